"""A results folder is there complete or not at all, and a changed bit in it is noticed."""

from __future__ import annotations

import csv
import errno
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.small_engine import PASSED, SmallScenario, flip_a_bit, full_checkpoints

from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.files.checksums import checksums, read_manifest
from imgsim.runs.manifest import Call
from imgsim.runs.store import Store, load_table, parameter_table

CALL = Call(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def write(folder: Path, scenario: SmallScenario | None = None) -> Path:
    scenario = scenario or SmallScenario().of(2)
    return Store(folder / "results").write(scenario, full_checkpoints(folder, scenario), CALL, lambda new: None)


def test_a_run_folder_says_what_ran_and_the_checksum_of_every_file(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert folder.name == f"20260102-030405-{SmallScenario().of(2).digest()[:8]}"
    manifest = read_manifest(folder)
    written = checksums(folder)
    del written["manifest.json"], written["manifest.sha256"]
    assert manifest["sha256"] == written
    assert (manifest["seed"], manifest["scale"], manifest["replications"]) == (1, 0.5, 2)
    assert {"scenario.resolved.json", "parameters.csv", "DATA_DICTIONARY.md", "tables/people.parquet"} <= set(written)


def test_a_reason_that_would_be_a_formula_is_text_in_csv_and_as_it_is_in_the_table(tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://example.org")'
    (row,) = PASSED.rows[""]
    passed = replace(PASSED, rows={"": (row._replace(why=formula),)})
    folder = write(tmp_path, replace(SmallScenario().of(2), parameters={passed.name: passed}))
    with (folder / "parameters.csv").open(encoding="utf-8", newline="") as file:
        (written,) = csv.DictReader(file)
    assert (written["why"], written["value"]) == (f"'{formula}", "0.7")
    assert load_table(folder, "parameters")["why"].tolist() == [formula]
    assert "apostrophe" in (folder / "DATA_DICTIONARY.md").read_text("utf-8")


def test_two_runs_within_a_second_get_two_folders(tmp_path: Path) -> None:
    first, second = write(tmp_path), write(tmp_path)
    assert first != second
    assert second.name == f"{first.name}-2"


def test_tables_are_sorted_by_replication_person_and_sequence(tmp_path: Path) -> None:
    folder = write(tmp_path)
    events = load_table(folder, "events")
    key = list(zip(events["replication"], events["person"], events["sequence"], strict=True))
    assert key == sorted(key)
    assert len(events) == 2 * 500


def test_a_flipped_bit_in_a_finished_table_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    flip_a_bit(folder / "tables" / "events.parquet")
    with pytest.raises(ImgsimError, match=r"events\.parquet: has changed since it was written"):
        load_table(folder, "events")


def test_a_full_disk_is_one_message_and_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    scenario = SmallScenario().of(1)
    checkpoints = full_checkpoints(tmp_path, scenario)
    monkeypatch.setattr("imgsim.base.files.atomic._flush", full)
    with pytest.raises(ImgsimError, match="cannot write results: No space left on device") as caught:
        Store(tmp_path / "results").write(scenario, checkpoints, CALL, lambda new: None)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "results" / "small").iterdir()) == []
    assert checkpoints.missing(1) == []


def test_parameters_are_listed_with_date_source_and_range() -> None:
    row = parameter_table(SmallScenario()).iloc[0]
    assert (row["name"], row["from"], row["evidence"]) == ("exam.passed", "2007-01-01", "assumed")
    assert (row["low"], row["high"]) == (0.6, 0.8)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the folder of a finished run"):
        read_manifest(tmp_path)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no table `evnts`"):
        load_table(write(tmp_path), "evnts")


def test_the_manifest_is_plain_json(tmp_path: Path) -> None:
    manifest = json.loads((write(tmp_path) / "manifest.json").read_text())
    assert {"command", "packages", "machine", "start", "end", "git", "code_sha256"} <= set(manifest)
