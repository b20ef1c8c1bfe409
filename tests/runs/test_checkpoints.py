"""A checkpoint is there complete or not at all, a changed bit in it is noticed, and a later run goes on from it."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from builders.small_engine import SmallScenario, flip_a_bit, full_checkpoints, simulate

from imgsim.base.errors import ImgsimError
from imgsim.runs.checkpoints import Checkpoints, claimed, guided, one_by_one
from imgsim.runs.parts import Part
from imgsim.runs.store import checkpoint_key


def test_a_flipped_bit_in_a_checkpoint_is_noticed_and_its_replications_computed_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints = full_checkpoints(tmp_path, SmallScenario().of(3))
    flip_a_bit(checkpoints.part(range(1, 2)).folder / "events.00000.parquet")
    assert checkpoints.missing(3) == [range(1, 2)]
    assert "checkpoint of replication 1 is damaged" in capsys.readouterr().err
    assert not checkpoints.part(range(1, 2)).folder.exists()


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


HARMS = [
    "truncate", "remove", "break the checksums", "remove the seal", "remove the manifest", "add", "rename",
    "take from other inputs",
]  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_a_checkpoint_with_any_other_damage_is_noticed(tmp_path: Path, harm: str) -> None:
    part = full_checkpoints(tmp_path, SmallScenario().of(1)).part(range(1))
    assert part.fault() is None
    table, sums, checksum = (
        part.folder / name for name in ("people.00000.parquet", "manifest.json", "manifest.sha256")
    )
    match harm:
        case "truncate":
            table.write_bytes(table.read_bytes()[:100])
        case "remove":
            table.unlink()
        case "break the checksums":
            sums.write_text(sums.read_text()[:50])
        case "remove the seal":
            checksum.unlink()
        case "remove the manifest":
            sums.unlink()
        case "add":
            (part.folder / "other.parquet").touch()
        case "rename":
            part = Part(part.folder.rename(tmp_path / "rep-00001-00001"), range(1, 2))
        case "take from other inputs":
            part = Part(part.folder, part.numbers, "another key")
    assert part.fault() is not None


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
    monkeypatch.setattr("imgsim.runs.keys.code_digest", lambda: "another version")
    assert key != checkpoint_key(scenario, None)
