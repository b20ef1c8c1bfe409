"""Parts are listed exactly, verified while they are joined or copied, and lost ones are computed again or named."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from builders.small_engine import PEOPLE, SMALL, SmallScenario, flip_a_bit, full_checkpoints, simulate, small_outcomes

from imgsim.base.errors import ImgsimError
from imgsim.base.files import checksums
from imgsim.base.files.checksums import add_manifest, read_manifest
from imgsim.base.files.parquet import read_table
from imgsim.runs import checkpoints as checkpoints_module
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.parts import Part, PartLost, copy_part, join
from imgsim.runs.portions import Portion
from imgsim.runs.run import run_scenario

SECOND = range(1, 2)


def harm(part: Path, how: str) -> None:
    """Do to a part what a disk, a colleague or a synchronising program may do."""
    match how:
        case "remove":
            shutil.rmtree(part)
        case "remove a table":
            (part / "events.00000.parquet").unlink()
        case "flip a bit of a table":
            flip_a_bit(part / "events.00000.parquet")
        case "flip a bit of the manifest":
            flip_a_bit(part / "manifest.json")
        case "flip a bit of the seal":
            flip_a_bit(part / "manifest.sha256")
        case "put another part there":
            shutil.rmtree(part)
            shutil.copytree(part.with_name("rep-00002-00002"), part)


HOW = [
    "remove", "remove a table", "flip a bit of a table", "flip a bit of the manifest", "flip a bit of the seal",
    "put another part there",
]  # fmt: skip


@pytest.mark.parametrize("how", HOW)
def test_a_part_that_is_lost_before_the_join_is_named(tmp_path: Path, how: str) -> None:
    checkpoints = full_checkpoints(tmp_path, SmallScenario().of(3))
    harm(checkpoints.part(SECOND).folder, how)
    (tmp_path / "tables").mkdir()
    with pytest.raises(PartLost, match=r"^the part with replication 1 is lost \(.*rep-00001-00001.*\)$"):
        checkpoints.concat_into(tmp_path / "tables", 3)


@pytest.mark.parametrize("how", HOW)
def test_a_part_that_is_lost_while_the_run_goes_on_is_computed_again(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())
    whole = run_scenario(SmallScenario().of(3), workers=1, out=tmp_path / "whole", job=SMALL, figures=False, quiet=True)
    monkeypatch.setattr("imgsim.runs.replicate.complete", losing_once(tmp_path / "out", how))
    done = run_scenario(SmallScenario().of(3), workers=1, out=tmp_path / "out", job=SMALL, figures=False, quiet=True)
    assert done.manifest["sha256"] == whole.manifest["sha256"]
    assert done.manifest["rows"] == {"events": 3 * PEOPLE * 10, "outcomes": 3, "people": 3 * PEOPLE}


def losing_once(out: Path, how: str) -> Callable[[Checkpoints, int, Callable[[], None], Callable[[], Path]], Path]:
    """`complete`, but between the first computing and the first join a part is harmed."""
    harmed: list[str] = []
    complete = checkpoints_module.complete

    def losing(parts: Checkpoints, count: int, compute: Callable[[], None], use: Callable[[], Path]) -> Path:
        def computed_and_harmed() -> None:
            compute()
            if not harmed:
                harmed.append(how)
                (part,) = out.glob(".checkpoints/*/rep-00001-00001")
                harm(part, how)

        return complete(parts, count, computed_and_harmed, use)

    return losing


def test_a_part_that_is_lost_again_and_again_ends_the_run_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())
    whole = Checkpoints.concat_into

    def losing(self: Checkpoints, folder: Path, replications: int) -> dict[str, int]:
        shutil.rmtree(self.part(SECOND).folder)
        return whole(self, folder, replications)

    monkeypatch.setattr(Checkpoints, "concat_into", losing)
    with pytest.raises(PartLost, match="the part with replication 1 is lost"):
        run_scenario(SmallScenario().of(3), workers=1, out=tmp_path, job=SMALL, figures=False, quiet=True)
    assert not list(tmp_path.glob("small/*"))
    assert sorted(path.name for path in tmp_path.glob(".checkpoints/*/*")) == ["rep-00000-00000", "rep-00002-00002"]


def test_parts_that_are_not_on_the_list_are_not_joined(tmp_path: Path) -> None:
    checkpoints = full_checkpoints(tmp_path, SmallScenario().of(3))
    shutil.copytree(checkpoints.part(SECOND).folder, checkpoints.folder / "rep-00000-00001")
    shutil.copytree(checkpoints.part(SECOND).folder, checkpoints.folder / "rep-00003-00003")
    (tmp_path / "tables").mkdir()
    assert checkpoints.concat_into(tmp_path / "tables", 3)["people"] == 3 * PEOPLE
    assert set(read_table(tmp_path / "tables" / "people.parquet")["replication"]) == {0, 1, 2}


def test_a_part_that_is_listed_twice_is_noticed_when_rows_are_counted(tmp_path: Path) -> None:
    checkpoints = full_checkpoints(tmp_path, SmallScenario().of(2))
    (tmp_path / "tables").mkdir()
    with pytest.raises(ImgsimError, match=r"has \(1000, 1\) rows and replications, its parts have \(1000, 2\)"):
        join([checkpoints.part(SECOND), checkpoints.part(SECOND)], tmp_path / "tables")


@pytest.mark.parametrize(
    ("simulated", "message"),
    [([0], "rows missing of [1], rows of others: []"), ([0, 1, 2], "rows missing of [], rows of others: [2]")],
)
def test_a_part_without_exactly_its_replications_is_not_sealed(
    tmp_path: Path, simulated: list[int], message: str
) -> None:
    checkpoints = Checkpoints(tmp_path / "parts")
    with pytest.raises(ImgsimError) as caught:
        checkpoints.write(range(2), [simulate(SmallScenario(), number) for number in simulated])
    assert str(caught.value).endswith(message)
    assert list(checkpoints.folder.iterdir()) == []


def test_parts_of_two_folders_are_gathered_in_one(tmp_path: Path) -> None:
    whole = full_checkpoints(tmp_path / "whole", SmallScenario().of(3))
    other = full_checkpoints(tmp_path / "other", SmallScenario().of(3))
    shutil.rmtree(whole.part(SECOND).folder)
    assert whole.faults(3) == {SECOND: "is missing"}
    assert whole.take(other.folder) == [SECOND]
    assert whole.faults(3) == {}
    assert whole.take(other.folder) == []  # parts that came twice are the same


@pytest.mark.parametrize("how", ["remove", "flip a bit of a table"])
def test_parts_of_another_folder_that_is_looked_at_are_read_where_there_is_none_here(tmp_path: Path, how: str) -> None:
    """So `missing` knows what a comparison needs next, though its parts lie on several machines."""
    whole = full_checkpoints(tmp_path / "whole", SmallScenario().of(3))
    other = full_checkpoints(tmp_path / "other", SmallScenario().of(3))
    harm(whole.part(SECOND).folder, how)
    shutil.rmtree(other.part(range(1)).folder)
    both = replace(whole, also=(other.folder,))
    folders = [path.parent.parent for path in both.files("events", 3)]
    assert folders == [whole.folder, other.folder, whole.folder]
    assert both.rows("events", 3) == 3 * 500


@pytest.mark.parametrize("how", ["remove a table", "flip a bit of a table", "flip a bit of the seal"])
def test_a_damaged_part_is_not_gathered(tmp_path: Path, how: str) -> None:
    whole, other = Checkpoints(tmp_path / "whole"), full_checkpoints(tmp_path / "other", SmallScenario().of(3))
    harm(other.part(SECOND).folder, how)
    with pytest.raises(ImgsimError, match=r"rep-00001-00001: is damaged"):
        whole.take(other.folder)
    assert whole.part(SECOND).fault() == "is missing"


def test_a_part_that_another_process_finishes_at_this_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not there when it is looked for, and there when what is damaged is removed."""
    checkpoints = full_checkpoints(tmp_path, SmallScenario().of(2))
    elsewhere, part = tmp_path / "elsewhere", checkpoints.part(SECOND)
    part.folder.rename(elsewhere)
    fault = Part.fault

    def finished_meanwhile(self: Part) -> str | None:
        answer = fault(self)
        if elsewhere.exists() and self == part:
            elsewhere.rename(part.folder)
        return answer

    monkeypatch.setattr(Part, "fault", finished_meanwhile)
    assert checkpoints.missing(2) == []
    assert fault(part) is None


def test_a_damaged_part_of_another_shard_is_left_to_that_shard(tmp_path: Path) -> None:
    full = full_checkpoints(tmp_path, SmallScenario().of(4))
    first, second = (replace(full, portion=Portion(number, 2, record={"command": ""})) for number in (1, 2))
    harm(full.part(SECOND).folder, "flip a bit of a table")
    assert first.missing(4) == []
    assert full.part(SECOND).folder.exists()
    assert second.missing(4) == [SECOND]
    assert not full.part(SECOND).folder.exists()


def test_a_part_that_changes_while_it_is_copied_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its manifest is copied after its files; by then another may be there, sealed like the first."""
    source = full_checkpoints(tmp_path / "a", SmallScenario().of(2)).part(SECOND)

    def sealed_anew(file: Path, target: Path, sha256: str) -> None:
        checksums.copy_checked(file, target, sha256)
        manifest = read_manifest(file.parent)
        add_manifest(file.parent, {**manifest, "sha256": {}, "tables": {}})

    monkeypatch.setattr("imgsim.runs.parts.copy_checked", sealed_anew)
    target = Part(tmp_path / "b" / source.folder.name, SECOND, source.key)
    with pytest.raises(PartLost, match="has changed while it was copied"):
        copy_part(source, target)
    assert list((tmp_path / "b").iterdir()) == []


def test_a_copied_part_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = full_checkpoints(tmp_path / "a", SmallScenario().of(2)).part(SECOND)
    target = Part(tmp_path / "b" / source.folder.name, SECOND, source.key)
    with monkeypatch.context() as patch:
        patch.delattr(checksums, "digest")  # which would read a file again
        copy_part(source, target)
    assert target.fault() is None


def test_parts_of_other_inputs_are_not_gathered(tmp_path: Path) -> None:
    other = full_checkpoints(tmp_path / "other", SmallScenario().of(1))
    with pytest.raises(ImgsimError, match="belongs to other inputs or another version of the program"):
        Checkpoints(tmp_path / "whole", key="another key").take(other.folder)


def test_two_results_of_the_same_replications_are_refused(tmp_path: Path) -> None:
    whole = full_checkpoints(tmp_path / "whole", SmallScenario().of(2))
    other = Checkpoints(tmp_path / "other")
    other.write(range(1), [simulate(SmallScenario(), 0)])  # without its outcomes
    with pytest.raises(ImgsimError, match=r"is another result than .*rep-00000-00000 of the same replications"):
        whole.take(other.folder)


def test_a_shorter_run_leaves_the_parts_of_a_longer_one_that_was_interrupted(tmp_path: Path) -> None:
    checkpoints = full_checkpoints(tmp_path, SmallScenario().of(3))
    checkpoints.remove(2)
    assert list(checkpoints.faults(3)) == [range(1), SECOND]
