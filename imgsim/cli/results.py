"""Commands about results folders: are they as they were written, and what have killed runs left in them?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.base.errors import InputError
from imgsim.base.printable import one_line
from imgsim.base.streams import remark, show
from imgsim.cli.options import examples
from imgsim.runs.folders import RESULTS

app = typer.Typer()

SOUND, CHANGED = 0, 1  # exit codes; that of bad input is higher


@app.command(
    short_help="Check that results are as they were written.",
    epilog=examples("verify results/us/20260102-030405-1a2b3c4d", "verify results/*/2026*"),
)
def verify(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of runs or comparisons.")],
) -> None:
    """Check every file of a run or a comparison against the checksum that was written with it.

    Exit code 1 if a file has changed, is missing, or was not there when the folder was written; each is named. Exit
    code 2 if a folder is none of a run or a comparison; all others are checked all the same.
    """
    from imgsim.runs.verify import verified

    codes = {SOUND}
    for folder in folders:
        try:
            report = verified(folder)
        except InputError as error:
            remark(f"imgsim: {error}")
            codes.add(error.exit_code)
        else:
            show("".join(f"{one_line(line)}\n" for line in report.lines))
            codes.add(SOUND if report.sound else CHANGED)
    if worst := max(codes):
        raise typer.Exit(worst)


@app.command(
    short_help="List, or remove, what killed runs have left.",
    epilog=examples("clean", "clean results --yes"),
)
def clean(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A folder for results.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove what is listed.")] = False,
    all: Annotated[bool, typer.Option("--all", help="Also what may be in use on another machine.")] = False,
) -> None:
    """List what runs that were killed have left: finished parts that nobody took up, half-written folders, locks.

    Nothing is removed without --yes, and nothing that a living process works in. Parts of shards, which wait to be
    gathered, are listed too, and removed with --all only.
    """
    from imgsim.runs.clean import abandoned, sweep_away

    root = folder or Path(RESULTS)
    left = abandoned(root) if folder or root.exists() else []
    texts = [each.text() for each in left]
    gone = [yes and (all or not each.may_be_used) and sweep_away(each) for each in left]
    lines = [f"{'removed: ' if removed else ''}{each}" for each, removed in zip(texts, gone, strict=True)]
    show("".join(f"{line}\n" for line in lines or [f"{one_line(str(root))}: nothing was left by killed runs"]))
    if left and not yes:
        remark("Nothing was removed; --yes removes it. The same run, begun again, takes its parts up.")
