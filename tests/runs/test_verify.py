"""A folder of results is as it was written, or each file that is not is named; a run reads nothing that has changed."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builders.small_engine import SMALL, SmallScenario, flip_a_bit, small_outcomes

from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.files.checksums import checksum_line
from imgsim.cli.main import main
from imgsim.runs.results import Run, open_run
from imgsim.runs.run import run_scenario
from imgsim.runs.verify import verified


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run, with figures that another program might have drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())
        patch.setattr("imgsim.runs.run._draw", draw)
        out = tmp_path_factory.mktemp("results")
        return run_scenario(SmallScenario().of(2), workers=1, out=out, job=SMALL, quiet=True).folder


def draw(unfinished: Run) -> None:
    (unfinished.folder / "figures").mkdir()
    (unfinished.folder / "figures" / "age.svg").write_text("<svg/>")


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    return shutil.copytree(written, tmp_path / "run")


def test_a_folder_as_it_was_written_is_one_line(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(written)]) == 0
    count = sum(path.is_file() for path in written.rglob("*")) - 2  # without the manifest and its checksum
    assert capsys.readouterr().out == f"{written}: the manifest and all {count} files are as they were written\n"


EVERY_FILE = (
    "tables/events.parquet", "tables/parameters.parquet", "parameters.csv", "summary.csv", "figures/age.svg",
    "DATA_DICTIONARY.md", "scenario.resolved.json", "manifest.json", "manifest.sha256",
)  # fmt: skip


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_flipped_bit_in_any_file_is_named(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    flip_a_bit(folder / name)
    assert main(["verify", str(folder)]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert name.rpartition("/")[2] in line
    assert "has changed since it was written" in line


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_missing_file_is_named(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).unlink()
    assert main(["verify", str(folder)]) == 1
    assert capsys.readouterr().out == f"{folder / name}: is missing\n"


def test_every_file_too_many_and_every_changed_one_is_named(folder: Path) -> None:
    (folder / "notes.txt").touch()
    (folder / "figures" / ".hidden").touch()
    os.mkfifo(folder / "pipe")
    (folder / "summary.csv").unlink()
    (folder / "summary.csv").symlink_to(folder / "parameters.csv")
    expected = {
        "notes.txt: was not there when the folder was written",
        "figures/.hidden: was not there when the folder was written",
        "pipe: was not there when the folder was written",
        "summary.csv: is no regular file any more",
    }
    assert {line.removeprefix(f"{folder}/") for line in verified(folder).lines} == expected


def test_a_folder_of_an_older_version_says_what_cannot_be_checked(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["checksum"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "manifest.sha256").unlink()
    report = verified(folder)
    assert report.sound
    assert report.lines[0].endswith("written by an older version), so that cannot be checked")
    flip_a_bit(folder / "summary.csv")
    assert not verified(folder).sound


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"sha256": 1}', '{"sha256": {}', "pipe"])
def test_a_folder_without_a_manifest_is_bad_input(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content == "pipe":
        os.mkfifo(tmp_path / "manifest.json")
    elif content is not None:
        (tmp_path / "manifest.json").write_text(content)
    assert main(["verify", str(tmp_path)]) == 2
    assert "is not the folder of a finished run" in capsys.readouterr().err


def test_each_folder_is_reported_whatever_is_wrong_with_the_others(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    flip_a_bit(damaged / "summary.csv")
    (tmp_path / "notes").mkdir()
    given = [tmp_path / "nowhere", folder, tmp_path / "notes", damaged, folder]
    assert main(["verify", *map(str, given)]) == 2
    printed = capsys.readouterr()
    assert [line.split(": ")[0] for line in printed.out.splitlines()] == [
        f"{folder}", f"{damaged}/summary.csv", f"{folder}"
    ]  # fmt: skip
    assert [line.split(": ")[1] for line in printed.err.splitlines()] == [
        f"{tmp_path}/nowhere", f"{tmp_path}/notes"
    ]  # fmt: skip
    assert main(["verify", str(folder), str(damaged)]) == 1


def test_a_manifest_that_is_sealed_anew_after_a_change_says_what_changed(folder: Path) -> None:
    """A checksum is no signature: it shows accidents, and changes by whoever does not know it."""
    flip_a_bit(folder / "tables" / "events.parquet")
    (folder / "manifest.sha256").write_text(checksum_line((folder / "manifest.json").read_bytes()))
    assert verified(folder).lines == (f"{folder}/tables/events.parquet: has changed since it was written",)


READERS: dict[str, tuple[str, Callable[[Run], object]]] = {
    "table": ("tables/events.parquet", lambda run: run.table("events")),
    "parameters": ("tables/parameters.parquet", lambda run: run.parameters),
    "summary": ("tables/outcomes.parquet", lambda run: run.summary),
    "resolved": ("scenario.resolved.json", lambda run: run.resolved),
    "query": ("tables/events.parquet", lambda run: run.query("SELECT count(*) FROM Events")),
    "query two": ("tables/people.parquet", lambda run: run.query("SELECT 1 FROM events JOIN people USING (person)")),
    "query by another way": ("tables/events.parquet", lambda run: run.query("FROM query_table('ev' || 'ents')")),
    "manifest": ("manifest.json", lambda run: run.manifest),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_run_reads_nothing_that_has_changed(folder: Path, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())
    name, read = READERS[reader]
    read(Run(folder))
    flip_a_bit(folder / name)  # after it was read once and was right
    with pytest.raises(ImgsimError, match="has changed since it was written"):
        read(Run(folder))


def test_a_query_may_go_on_while_another_table_is_damaged(folder: Path) -> None:
    flip_a_bit(folder / "tables" / "events.parquet")
    assert open_run(folder).query("SELECT count(*) AS n FROM people")["n"].item() == 100


def test_a_table_that_was_put_there_later_is_not_read(folder: Path) -> None:
    shutil.copy(folder / "tables" / "events.parquet", folder / "tables" / "exams.parquet")
    with pytest.raises(ImgsimError, match=r"exams\.parquet: was not there when the folder was written"):
        open_run(folder).table("exams")


def test_a_run_without_its_manifest_is_not_opened(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(ImgsimError, match=r"manifest\.json: is missing"):
        open_run(folder)
    (folder / "manifest.sha256").unlink()
    with pytest.raises(InputError, match="is not the folder of a finished run"):
        open_run(folder)
