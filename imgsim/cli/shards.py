"""`imgsim gather` and `imgsim missing`: put together what several machines have computed, or say what they have not."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from imgsim.base.errors import InputError
from imgsim.base.printable import one_line
from imgsim.base.streams import remark, show
from imgsim.cli.options import examples
from imgsim.runs.folders import results_folder

app = typer.Typer()

# What can be divided among machines: the function that computes it, and the one that puts its results into words.
DIVIDED: Final[Mapping[str, tuple[str, str]]] = {
    "run": ("imgsim.runs.run.run", "imgsim.cli.run.in_words"),
    "compare": ("imgsim.experiments.compare.run.compare", "imgsim.cli.compare.in_words"),
    "calibrate": ("imgsim.experiments.calibrate.run.covariance", "imgsim.cli.calibrate.in_words"),
}
HERE: Final = ("--shard", "--out", "--workers")  # options that say how and where a shard is computed, not what
Folders = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Results folders that shards were written to.")]


def carried_out(
    command: str, arguments: dict[str, Any], shard: str | None, out: Path | None, workers: int | None
) -> None:
    """Carry out a command whole and print its results, or compute a shard of it and say what was computed."""
    from imgsim.runs.job import function
    from imgsim.runs.portions import Incomplete, Portion, shard_named

    compute, in_words = map(function, DIVIDED[command])
    if shard is None:
        show(in_words(compute(**arguments, out=out, workers=workers)))
        return
    number, of = shard_named(shard)
    record = {"command": typed(sys.argv[1:]), "function": command, "arguments": plain(arguments), "from": os.getcwd()}
    folder = results_folder(out)
    try:
        compute(**arguments, out=folder, workers=workers, portion=Portion(number, of, record=record))
    except Incomplete as left:
        remark(f"imgsim: shard {number} of {of} is computed; {left}")
        show(f"Parts: {one_line(str(folder))} (imgsim gather puts the parts of all shards together)\n")


def typed(arguments: list[str]) -> str:
    """A command as it was typed, without what differs from shard to shard."""
    words, skipped = [], False
    for argument in arguments:
        is_here = argument.partition("=")[0] in HERE
        if not (skipped or is_here):
            words.append(argument)
        skipped = is_here and "=" not in argument
    return shlex.join(["imgsim", *words])


def plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call as they come back from JSON: paths are texts, tuples are lists."""
    data: dict[str, Any] = json.loads(json.dumps(arguments, default=str))
    return data


@app.command(
    short_help="Put the parts of all shards together and write the results.",
    epilog=examples("gather results", "gather laptop_a laptop_b --out results"),
)
def gather(
    folders: Folders,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the results (default: the first DIR).")
    ] = None,
) -> None:
    """Put together what the shards of a command computed, in any number of folders, and write its results.

    Every part is checked while it is copied. Nothing is computed: if a part is missing, nothing is written.
    """
    from imgsim.runs.job import function
    from imgsim.runs.portions import GATHERED, Portion, read_record

    record = read_record(folders)
    compute, in_words = map(function, named(record))
    portion = Portion(GATHERED, record["shards"], tuple(folders))
    show(in_words(compute(**from_here(record), out=out or folders[0], workers=1, portion=portion)))


@app.command(
    short_help="Print the commands of the shards that are missing.",
    epilog=examples("missing results", "missing laptop_a laptop_b", "missing results | sh"),
)
def missing(folders: Folders) -> None:
    """Print the command of every shard of which a part is missing or damaged, to be submitted again; exit code 1 then.

    Nothing is computed and nothing is written.
    """
    from imgsim.runs.job import function
    from imgsim.runs.portions import LOOKED_AT, Incomplete, Portion, read_record

    record = read_record(folders)
    compute, _ = map(function, named(record))
    try:
        compute(
            **from_here(record), out=folders[0], workers=1, quiet=True,
            portion=Portion(LOOKED_AT, record["shards"], tuple(folders)),
        )  # fmt: skip
    except Incomplete as left:
        remark(f"imgsim: {left}")
        show("".join(f"{again(record, shard, folders[0])}\n" for shard in left.shards))
        if left.shards:
            raise typer.Exit(1) from None


def from_here(record: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a record, in which names of files lead from this folder to the files that were meant."""
    from imgsim.runs.portions import FILES

    folder = record.get("from", "")
    arguments = dict(record["arguments"])
    for name in (name for name in FILES if name in arguments):
        given = arguments[name]
        arguments[name] = file_from(folder, given) if isinstance(given, str) else [file_from(folder, f) for f in given]
    return arguments


def file_from(folder: str, name: str) -> str:
    """A file by the name that it has in a folder, or here where that folder is not (it is another machine's)."""
    if is_here(folder):
        return name
    files = [path for path in (Path(folder, name), Path(name)) if path.exists()]
    if not files:
        what = f"call this from a folder in which the name `{one_line(name)}` leads to the same file"
        raise InputError(f"is neither here nor in {folder}, where the shards were computed; {what}", file=name)
    return str(files[0])


def is_here(folder: str) -> bool:
    """Whether a folder, if it is known at all, is the one that the command was called from."""
    return not folder or (Path(folder).is_dir() and Path(folder).samefile(Path()))


def again(record: Mapping[str, Any], shard: int, out: Path) -> str:
    """The command that computes a shard again, in the folder from which it was called at first if that is there."""
    command, folder = f"{record['command']} --shard {shard}/{record['shards']} --out", record.get("from", "")
    if is_here(folder) or not Path(folder).is_dir():
        return f"{command} {shlex.quote(str(out))}"
    return f"(cd {shlex.quote(folder)} && {command} {shlex.quote(str(out.absolute()))})"


def named(record: Mapping[str, Any]) -> tuple[str, str]:
    """The functions of the command that a record names."""
    if record["function"] not in DIVIDED:
        raise InputError(f"shards of `{record['function']}` are unknown here", name=record["function"], known=DIVIDED)
    return DIVIDED[record["function"]]
