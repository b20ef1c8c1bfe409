"""Shards of a run, computed anywhere: together they give the bytes of one process, and what is missing is named."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from builders.small_engine import SMALL, SmallScenario, small_outcomes

from imgsim.base.errors import ImgsimError, InputError
from imgsim.cli import shards
from imgsim.runs import keys
from imgsim.runs.clean import abandoned
from imgsim.runs.folders import CHECKPOINTS
from imgsim.runs.portions import ALL, GATHERED, LOOKED_AT, Incomplete, Portion, read_record, shard_named
from imgsim.runs.run import Run, run_scenario

REPLICATIONS = 23
SHARDS = 40


@pytest.fixture(autouse=True)
def headline_of_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """The headline table is tested elsewhere; here a mean will do."""
    monkeypatch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())


def simulate(path: str = "small.toml", *, seed: int = 1, out: Path, portion: Portion = ALL, **_: object) -> Run:
    """A small run of so many replications, or a portion of it."""
    small = SmallScenario()
    small = replace(small, run=replace(small.run, seed=seed, replications=REPLICATIONS))
    return run_scenario(small, workers=1, out=out, job=SMALL, figures=False, quiet=True, portion=portion)


def in_words(done: Run) -> str:
    return f"Results: {done.folder}\n"


@pytest.fixture
def divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of a small run, called from the folder of its scenario."""
    monkeypatch.setattr(shards, "DIVIDED", {"run": (f"{__name__}.simulate", f"{__name__}.in_words")})
    monkeypatch.setattr(sys, "argv", ["imgsim", "run", "small.toml", "--shard", "1/40", "--seed", "1", "--out=a"])
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "small.toml").touch()
    monkeypatch.chdir(tmp_path / "project")


def submit(numbers: Sequence[int], out: Path, of: int = SHARDS) -> None:
    for number in numbers:
        shards.carried_out("run", {"path": "small.toml", "seed": 1}, f"{number}/{of}", out, 1)


def everything(folder: Path) -> dict[str, bytes]:
    """The files of a run but for its manifest and the seal of that, which tell the time."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "manifest" not in path.name)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def gathered(folders: list[Path], out: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    capsys.readouterr()
    shards.gather(folders, out)
    return Path(capsys.readouterr().out.removeprefix("Results: ").strip())


@pytest.mark.usefixtures("divided")
def test_forty_shards_in_any_order_and_several_folders_give_the_bytes_of_one_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = simulate(out=tmp_path / "alone")
    order, folders = list(range(1, SHARDS + 1)), [tmp_path / name for name in ("a", "b", "c")]
    random.Random(1).shuffle(order)
    for place, number in enumerate(order):
        submit([number], folders[place % 3])
    together = gathered(folders, tmp_path / "out", capsys)
    assert everything(together) == everything(alone.folder)
    assert not (tmp_path / "out" / CHECKPOINTS).exists()


@pytest.mark.usefixtures("divided")
def test_missing_names_exactly_the_shards_that_were_lost_and_gather_writes_nothing_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = {3, 4, 11, 19}  # of the 23 shards that have a replication
    submit([number for number in range(1, SHARDS + 1) if number not in lost], tmp_path / "a")
    capsys.readouterr()
    with pytest.raises(typer.Exit) as stopped:
        shards.missing([tmp_path / "a"])
    assert stopped.value.exit_code == 1
    commands = capsys.readouterr().out.splitlines()
    assert commands == [
        f"imgsim run small.toml --seed 1 --shard {number}/40 --out {tmp_path / 'a'}" for number in sorted(lost)
    ]
    with pytest.raises(Incomplete, match="4 of 23 parts are missing, of shards 3, 4, 11, 19 of 40"):
        shards.gather([tmp_path / "a"], tmp_path / "out")
    assert not list(tmp_path.glob("out/small/*"))
    submit(sorted(lost), tmp_path / "b")
    shards.missing([tmp_path / "a", tmp_path / "b"])
    assert capsys.readouterr().out.count("shard") == len(lost)  # what the four shards said; nothing is missing
    assert everything(gathered([tmp_path / "a", tmp_path / "b"], tmp_path / "out", capsys)) == everything(
        simulate(out=tmp_path / "alone").folder
    )


@pytest.mark.usefixtures("divided")
def test_a_shard_that_is_computed_twice_or_in_two_places_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submit([1, 2, 1, 3, 3], tmp_path / "a", of=3)
    submit([2], tmp_path / "b", of=3)
    together = gathered([tmp_path / "a", tmp_path / "b"], tmp_path / "a", capsys)
    assert everything(together) == everything(simulate(out=tmp_path / "alone").folder)


@pytest.mark.usefixtures("divided")
def test_a_damaged_part_is_named_by_gather_and_missed_by_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submit([1, 2, 3], tmp_path / "a", of=3)
    part = sorted((tmp_path / "a" / CHECKPOINTS).glob("*/rep-*/people*.parquet"))[4]
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    capsys.readouterr()
    with pytest.raises(typer.Exit):
        shards.missing([tmp_path / "a"])
    assert capsys.readouterr().out == f"imgsim run small.toml --seed 1 --shard 2/3 --out {tmp_path / 'a'}\n"
    with pytest.raises(ImgsimError, match=r"rep-00004-00004.* is damaged"):
        shards.gather([tmp_path / "a"], tmp_path / "out")


@pytest.mark.usefixtures("divided")
def test_shards_of_other_inputs_are_not_put_together(tmp_path: Path) -> None:
    submit([1], tmp_path / "a", of=2)
    shards.carried_out("run", {"path": "small.toml", "seed": 2}, "2/2", tmp_path / "b", 1)
    with pytest.raises(InputError, match="shards of several commands"):
        read_record([tmp_path / "a", tmp_path / "b"])


def test_a_folder_without_shards_or_with_a_damaged_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_record([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="has no parts of shards"):
        read_record([tmp_path])
    (tmp_path / CHECKPOINTS).mkdir()
    for damaged in ("{", "[]", "null", '{"function": ["run"]}', "[" * 100_000):
        (tmp_path / CHECKPOINTS / "key.shards.json").write_text(damaged)
        with pytest.raises(InputError, match="is damaged"):
            read_record([tmp_path])


@pytest.mark.usefixtures("divided")
def test_every_changed_character_of_a_record_is_noticed(tmp_path: Path) -> None:
    submit([1], tmp_path, of=2)
    (record,) = tmp_path.glob(f"{CHECKPOINTS}/*.shards.json")
    text = record.read_text()
    assert read_record([tmp_path])["shards"] == 2
    for place, letter in enumerate(text):
        if not letter.isspace():
            record.write_text(text[:place] + chr(ord(letter) ^ 1) + text[place + 1 :])
            with pytest.raises(InputError, match=r"is damaged|is not UTF-8|control"):
                read_record([tmp_path])


@pytest.mark.usefixtures("divided")
def test_a_record_that_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINTS).mkdir()
    os.mkfifo(tmp_path / CHECKPOINTS / "key.shards.json")
    with pytest.raises(InputError, match="is a pipe"):
        read_record([tmp_path])


@pytest.mark.usefixtures("divided")
def test_shards_of_another_number_are_refused_where_others_wait(tmp_path: Path) -> None:
    submit([1], tmp_path, of=2)
    with pytest.raises(InputError, match=r"parts of `imgsim run small.toml --seed 1` \(of 2 shards\) wait here"):
        submit([1], tmp_path, of=3)


@pytest.mark.usefixtures("divided")
def test_a_scenario_may_be_spelled_in_several_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    submit([1], tmp_path / "a", of=2)
    shards.carried_out("run", {"path": "./small.toml", "seed": 1}, "2/2", tmp_path / "b", 1)
    gathered([tmp_path / "a", tmp_path / "b"], tmp_path / "out", capsys)


@pytest.mark.parametrize("text", ["0/4", "5/4", "3", "3/", "/4", "3/0", "-1/4", "a/b", "1.5/3", "3/4/5", ""])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="must be a shard and their number, such as 3/40"):
        shard_named(text)


def test_a_shard_is_named_by_its_number_and_theirs() -> None:
    assert shard_named("3/40") == (3, 40)
    assert shard_named(" 1 / 1 ") == (1, 1)


def test_every_batch_belongs_to_exactly_one_shard() -> None:
    portions = [Portion(number, 7, record={"command": ""}) for number in range(1, 8)]
    for batch in range(50):
        assert [portion.number for portion in portions if portion.has(batch)] == [portions[0].shard_of(batch)]
    assert not any(Portion(number, 7).has(batch) for number in (GATHERED, LOOKED_AT) for batch in range(50))


@pytest.mark.usefixtures("divided")
def test_parts_of_shards_wait_to_be_gathered_and_are_listed_as_such(tmp_path: Path) -> None:
    submit([1], tmp_path / "a", of=3)
    lines = [each.what for each in abandoned(tmp_path / "a")]
    assert len(lines) == 1
    assert "finished parts of shards, to be gathered" in lines[0]


def test_what_is_typed_is_recorded_without_what_differs_from_shard_to_shard() -> None:
    arguments = ["run", "a b.toml", "--shard", "3/4", "--workers=2", "--out", "x", "--scale", "0.5"]
    assert shards.typed(arguments) == "imgsim run 'a b.toml' --scale 0.5"


@pytest.mark.usefixtures("divided")
def test_a_folder_copied_from_another_machine_is_as_good_as_the_one_it_was_written_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submit([1, 2], tmp_path / "laptop", of=2)
    shutil.copytree(tmp_path / "laptop", tmp_path / "stick")
    shutil.rmtree(tmp_path / "laptop")
    together = gathered([tmp_path / "stick"], tmp_path / "out", capsys)
    assert everything(together) == everything(simulate(out=tmp_path / "alone").folder)
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.usefixtures("divided")
def test_shards_are_gathered_from_another_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit([1, 2], tmp_path / "a", of=2)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    together = gathered([tmp_path / "a"], tmp_path / "out", capsys)
    assert everything(together) == everything(simulate(out=tmp_path / "alone").folder)
    record = read_record([tmp_path / "a"])
    assert shards.from_here(record)["path"] == str(tmp_path / "project" / "small.toml")
    monkeypatch.chdir(tmp_path / "project")
    assert shards.from_here(record)["path"] == "small.toml"
    many = {"from": str(tmp_path), "arguments": {"reforms": ["project/small.toml", str(tmp_path / "a")], "seed": 1}}
    assert shards.from_here(many) == {"reforms": [f"{tmp_path}/project/small.toml", f"{tmp_path}/a"], "seed": 1}


@pytest.mark.usefixtures("divided")
def test_what_is_missing_is_computed_in_the_folder_that_the_shards_were_called_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit([1], tmp_path / "a", of=2)
    capsys.readouterr()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(typer.Exit):
        shards.missing([Path("a")])
    command = f"imgsim run small.toml --seed 1 --shard 2/2 --out {tmp_path / 'a'}"
    assert capsys.readouterr().out == f"(cd {tmp_path / 'project'} && {command})\n"


@pytest.mark.usefixtures("divided")
@pytest.mark.parametrize("command", [shards.gather, shards.missing])
def test_a_scenario_that_is_nowhere_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[[list[Path]], None]
) -> None:
    submit([1, 2], tmp_path / "a", of=2)
    (tmp_path / "project").rename(tmp_path / "renamed")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"small\.toml: is neither here nor in .*/project, .* call this from a folder"):
        command([tmp_path / "a"])
    monkeypatch.chdir(tmp_path / "renamed")
    command([tmp_path / "a"])


@pytest.mark.usefixtures("divided")
def test_parts_that_other_versions_made_are_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit([1, 2], tmp_path / "a", of=2)
    here = keys.versions()
    monkeypatch.setattr(keys, "versions", lambda: {**here, "numpy": "9.9.9"})
    why = rf"23 more in .* were made by other versions \(numpy {here['numpy']}, here 9\.9\.9\)"
    with pytest.raises(Incomplete, match=rf"23 of 23 parts are missing, of shards 1, 2 of 2; {why}"):
        shards.gather([tmp_path / "a"], tmp_path / "out")
    submit([1], tmp_path / "b", of=2)
    capsys.readouterr()
    with pytest.raises(typer.Exit):
        shards.missing([tmp_path / "b", tmp_path / "a"])
    printed = capsys.readouterr()
    assert "11 of 23 parts are missing, of shards 2 of 2; 23 more in" in printed.err
    assert f"numpy {here['numpy']}, here 9.9.9" in printed.err
    assert printed.out.count("--shard") == 1


@pytest.mark.usefixtures("divided")
def test_parts_of_a_file_that_has_changed_are_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submit([1, 2], tmp_path / "a", of=2)
    monkeypatch.setattr(SmallScenario, "digest", lambda _: "another")
    with pytest.raises(
        Incomplete, match=r"23 of 23 parts are missing.*; 23 more in .* are of other inputs, as a file has"
    ):
        shards.gather([tmp_path / "a"], None)
