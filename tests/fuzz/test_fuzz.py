"""Random and kept inputs: each is refused in plain lines that name a file, or accepted, and then it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.campaign import SHIPPED, judged, judged_shipped, kind_of, smaller
from fuzz.edits import Case, loaded
from fuzz.generate import case, shipped_case
from fuzz.oracle import ACCEPTED, FAILED, RAN, REFUSED, TOO_SMALL, Verdict, judge
from fuzz.shipped_scenarios import shipped
from fuzz.small_countries import bases

SEEDS = sorted((Path(__file__).parent / "seeds").glob("*.json"))


@pytest.mark.parametrize("name", ["isle", "reformed", "crossroads", "pair"])
def test_what_the_fuzzer_begins_with_runs(name: str) -> None:
    assert judge(Case(name, ()), "simpy").kind == RAN


@pytest.mark.parametrize("seed", SEEDS, ids=[path.stem for path in SEEDS])
def test_what_once_failed_is_refused_or_runs(seed: Path) -> None:
    verdict = judge(loaded(seed.read_text("utf-8")), "simpy")
    assert verdict.kind in (REFUSED, RAN, TOO_SMALL), verdict.said


def test_random_files_are_refused_in_plain_lines_or_accepted() -> None:
    found = judged(seed=19, numbers=range(80), run_every=10, whole_every=0)
    assert not found.failures, "\n".join(f"{said}\n{case.dumped()}" for case, said in found.failures.values())
    assert min(found.counts[REFUSED], found.counts[ACCEPTED] + found.counts[RAN]) >= 15  # neither is all there is


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_that_the_fuzzer_begins_with_is_accepted(name: str) -> None:
    verdict = judge(Case(name, ()))
    assert verdict.kind == ACCEPTED, verdict.said


def test_changed_shipped_scenarios_are_refused_in_plain_lines_or_accepted() -> None:
    found = judged_shipped(seed=19, numbers=range(40))
    assert not found.failures, "\n".join(f"{said}\n{case.dumped()}" for case, said in found.failures.values())
    assert min(found.counts[f"{SHIPPED}{kind}"] for kind in (REFUSED, ACCEPTED)) >= 8  # neither is all there is


def test_shipped_scenarios_are_judged_at_every_so_many_numbers() -> None:
    counts = judged(19, range(38, 42), 0, 0, 20).counts
    assert sum(number for kind, number in counts.items() if kind.startswith(SHIPPED)) == 1
    assert sum(counts.values()) == 5
    assert shipped_case(19, 40) == shipped_case(19, 40) != shipped_case(19, 41)


def test_a_case_is_the_same_whenever_it_is_asked_for() -> None:
    assert [case(1, number) for number in (5, 3)] == [case(1, number) for number in (3, 5)][::-1]
    assert len({case(1, number).dumped() for number in range(50)}) == 50


def test_a_kept_case_is_read_as_it_was_written() -> None:
    for number in range(50):
        assert loaded(case(2, number).dumped()).dumped() == case(2, number).dumped()


def test_failures_are_told_apart_by_where_they_happen() -> None:
    one, other = (Verdict(FAILED, f"KeyError: '{name}'\n  inputs/x.py:1 read\n  y") for name in ("a", "b"))
    assert kind_of(one) == kind_of(other) == "KeyError inputs/x.py:1 read"


def test_a_case_is_made_smaller_as_long_as_the_same_is_said() -> None:
    main = bases()["isle"]["main.toml"]
    without_title = ("drop", "main.toml", ("title",))
    edits = (("set", "main.toml", ("run", "seed"), 7), without_title, ("set", "main.toml", ("change",), main["change"]))
    assert smaller(Case("isle", edits), "", False) == Case("isle", (without_title,))
