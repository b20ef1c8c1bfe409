"""A results folder is there complete or not at all, and a changed bit in it is noticed."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders.small_engine import SmallScenario, measures, simulate

from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.files.atomic import checksums, published, sweep, temporary
from imgsim.base.files.parquet import query, read_table, write_table
from imgsim.engines.records.data_dictionary import layout, markdown, tables
from imgsim.runs.checkpoints import Checkpoints, claimed, guided, intact, one_by_one
from imgsim.runs.manifest import Call
from imgsim.runs.store import Store, checkpoint_key, load_table, parameter_table, read_manifest

CALL = Call(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
DEAD_PROCESS = 2**22 + 1  # above the largest process number of Linux


def full_checkpoints(folder: Path, scenario: SmallScenario) -> Checkpoints:
    checkpoints = Checkpoints(folder / "checkpoints")
    for replication in range(scenario.run.replications):
        made = simulate(scenario, replication)
        outcomes = measures(made, scenario).assign(replication=replication)
        checkpoints.write(range(replication, replication + 1), [{**made, "outcomes": outcomes}])
    return checkpoints


def write(folder: Path, scenario: SmallScenario | None = None) -> Path:
    scenario = scenario or SmallScenario().of(2)
    return Store(folder / "results").write(scenario, full_checkpoints(folder, scenario), CALL, lambda new: None)


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_run_folder_says_what_ran_and_the_checksum_of_every_file(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert folder.name == f"20260102-030405-{SmallScenario().of(2).digest()[:8]}"
    manifest = read_manifest(folder)
    found = checksums(folder)
    del found["manifest.json"]
    assert manifest["sha256"] == found
    assert (manifest["seed"], manifest["scale"], manifest["replications"]) == (1, 0.5, 2)
    assert {"scenario.resolved.json", "parameters.csv", "DATA_DICTIONARY.md", "tables/people.parquet"} <= set(found)


def test_two_runs_within_a_second_get_two_folders(tmp_path: Path) -> None:
    first, second = write(tmp_path), write(tmp_path)
    assert first != second
    assert second.name == f"{first.name}-2"


def test_a_table_reads_the_same_whether_it_came_sorted_or_not(tmp_path: Path) -> None:
    rows = [(0, "age", "all", 1.0), (0, "age", "all", np.nan), (0, "rate", "all", 0.0), (1, "age", "all", np.nan)]
    table = pd.DataFrame(rows, columns=["replication", "measure", "group", "time"]).assign(cohort="2005", value=1.0)
    text, names = ["measure", "cohort", "group"], pd.CategoricalDtype(["rate", "age", "all", "2005"])
    unlike = {
        "sorted": table.astype(dict.fromkeys(text, "category")),
        "categories not in the order of the alphabet": table.astype(dict.fromkeys(text, names)),
        "text": table,
        "missing time first": table.iloc[[1, 0, 2, 3]].astype(dict.fromkeys(text, "category")),
        "rows back to front": table.iloc[[3, 2, 1, 0]].astype(dict.fromkeys(text, "category")),
    }
    for name, unsorted in unlike.items():
        write_table(layout("outcomes"), unsorted, tmp_path / f"{name}.parquet")
        found = read_table(tmp_path / f"{name}.parquet").astype(dict.fromkeys(text, str))
        pd.testing.assert_frame_equal(found, table, check_dtype=False)


def test_tables_are_sorted_by_replication_person_and_sequence(tmp_path: Path) -> None:
    folder = write(tmp_path)
    events = load_table(folder, "events")
    key = list(zip(events["replication"], events["person"], events["sequence"], strict=True))
    assert key == sorted(key)
    assert len(events) == 2 * 500


def test_a_column_that_is_missing_throughout_keeps_its_documented_type(tmp_path: Path) -> None:
    write_table(
        layout("events"), pd.DataFrame({"replication": [0], "event": [None], "date": [None]}), tmp_path / "a.parquet"
    )
    table = read_table(tmp_path / "a.parquet")
    assert table["date"].dtype.kind == "M"
    assert table["replication"].dtype == "int32"


def test_a_count_that_is_missing_for_some_groups_stays_missing(tmp_path: Path) -> None:
    rounds = pd.DataFrame({"replication": 0, "group": ["a", "all"], "seats": [float("nan"), 7.0]})
    write_table(layout("rounds"), rounds, tmp_path / "rounds.parquet")
    assert read_table(tmp_path / "rounds.parquet")["seats"].isna().tolist() == [True, False]


def test_a_flipped_bit_in_a_finished_table_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    flip_a_bit(folder / "tables" / "events.parquet")
    with pytest.raises(ImgsimError, match=r"events\.parquet: has changed since the run"):
        load_table(folder, "events")


def test_a_flipped_bit_in_a_checkpoint_is_noticed_and_its_replications_computed_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints = full_checkpoints(tmp_path, SmallScenario().of(3))
    flip_a_bit(checkpoints.folder_of(range(1, 2)) / "events.00000.parquet")
    assert checkpoints.missing(3) == [range(1, 2)]
    assert "checkpoint of replication 1 is damaged" in capsys.readouterr().err
    assert not checkpoints.folder_of(range(1, 2)).exists()


@pytest.mark.parametrize("replications", [1, 2, 39, 40, 200, 1000, 12_345])
def test_batches_contain_every_replication_once_large_ones_first(replications: int) -> None:
    batches = guided(replications)
    assert [number for numbers in batches for number in numbers] == list(range(replications))
    sizes = [len(numbers) for numbers in batches]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] <= 1 + replications // 40
    if replications < 40:
        assert batches == one_by_one(replications)


def test_checkpoints_of_another_division_are_not_taken_for_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full_checkpoints(tmp_path, SmallScenario().of(3))
    together = Checkpoints(tmp_path / "checkpoints", lambda replications: [range(replications)])
    assert together.missing(3) == [range(3)]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("harm", ["truncate", "remove", "break the checksums", "add"])
def test_a_checkpoint_with_any_other_damage_is_noticed(tmp_path: Path, harm: str) -> None:
    folder = full_checkpoints(tmp_path, SmallScenario().of(1)).folder_of(range(1))
    table, sums = folder / "people.00000.parquet", folder / "checksums.json"
    match harm:
        case "truncate":
            table.write_bytes(table.read_bytes()[:100])
        case "remove":
            table.unlink()
        case "break the checksums":
            sums.write_text(sums.read_text()[:50])
        case "add":
            (folder / "other.parquet").touch()
    assert not intact(folder, range(1))


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


def test_a_disk_that_fills_while_duckdb_writes_is_one_message(tmp_path: Path) -> None:
    """A limit on the size of a file stands for a full disk: DuckDB meets it in its own write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    checkpoints = Checkpoints(tmp_path / ".checkpoints" / "abc")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(ImgsimError, match=r"\.checkpoints: cannot write replication 0: File too large$"):
            checkpoints.write(range(1), [simulate(SmallScenario(), 0)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(checkpoints.folder.iterdir()) == []


def test_control_c_while_duckdb_works_is_control_c() -> None:
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        query([], "SELECT sum(a.range * b.range) FROM range(100000) a, range(1000000) b")


def test_only_what_a_dead_process_left_is_swept(tmp_path: Path) -> None:
    mine = temporary(tmp_path / "rep-00001")
    dead = mine.with_name(mine.name.replace(f".{os.getpid()}.", f".{DEAD_PROCESS}."))
    elsewhere = tmp_path / f".rep-00001.another-machine.{DEAD_PROCESS}.tmp"
    for folder in (mine, dead, elsewhere):
        folder.mkdir()
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, elsewhere])


def test_a_folder_that_fails_half_way_is_gone(tmp_path: Path) -> None:
    def interrupted() -> None:
        with published(tmp_path / "a") as folder:
            (folder / "half").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_of_the_same_inputs_has_checkpoints_of_its_own(tmp_path: Path) -> None:
    with claimed(tmp_path, "abc") as first, claimed(tmp_path, "abc") as second:
        assert first.folder != second.folder
    with claimed(tmp_path, "abc") as third:
        assert third.folder == first.folder


def test_checkpoints_depend_on_the_inputs_the_program_and_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = SmallScenario()
    key = checkpoint_key(scenario, None)
    assert key == checkpoint_key(SmallScenario(), None)
    assert key != checkpoint_key(scenario, ("outcomes",))
    monkeypatch.setattr("imgsim.runs.store.code_digest", lambda: "another version")
    assert key != checkpoint_key(scenario, None)


def test_parameters_are_listed_with_date_source_and_range() -> None:
    row = parameter_table(SmallScenario()).iloc[0]
    assert (row["name"], row["from"], row["evidence"]) == ("exam.passed", "2007-01-01", "assumed")
    assert (row["low"], row["high"]) == (0.6, 0.8)


def test_the_dictionary_orders_every_table_by_columns_it_describes() -> None:
    for table in tables().values():
        assert all(table.column(name) is not None for name in table.key)
        assert len({column.name for column in table.columns}) == len(table.columns)


def test_a_column_per_milestone_is_described_by_its_pattern() -> None:
    assert layout("people").type_of("licensed_date") == "DATE"
    assert layout("people").type_of("birth_date") == "DATE"
    assert layout("people").type_of("years_survival_job") == "DOUBLE"
    assert layout("people").type_of("nonsense") is None
    assert "| `nonsense` |  |  | undocumented |" in markdown({"people": ["nonsense"]})


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the folder of a finished run"):
        read_manifest(tmp_path)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no table `evnts`"):
        load_table(write(tmp_path), "evnts")


def test_the_manifest_is_plain_json(tmp_path: Path) -> None:
    manifest = json.loads((write(tmp_path) / "manifest.json").read_text())
    assert {"command", "packages", "machine", "start", "end", "git", "code_sha256"} <= set(manifest)


def test_a_table_without_rows_keeps_its_columns_and_types(tmp_path: Path) -> None:
    empty = pd.DataFrame(columns=["replication", "person", "year", "active", "channel"])
    write_table(layout("seasons"), empty, tmp_path / "seasons.parquet")
    table = read_table(tmp_path / "seasons.parquet")
    assert list(table.columns) == list(empty.columns)
    assert table["active"].dtype == bool
    assert table["year"].dtype == "int32"
