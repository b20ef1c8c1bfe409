"""Short windows, days at the edge of the calendar, and numbers that a market cannot read by a trait."""

from __future__ import annotations

import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fuzz.edits import Case, Edit
from fuzz.oracle import RAN, REFUSED, checked, judge

from imgsim.engines.engine import simulate
from imgsim.engines.model import build
from imgsim.inputs.scenarios.scenario import Scenario

WINDOWS = [
    ("2000-01-01", "2000-01-02", "2000-01-03"),  # two days
    ("2020-01-01", "2020-03-01", "2020-06-03"),  # no calendar year and no academic year
    ("2020-01-01", "2020-03-01", "2021-07-03"),  # an academic year, and no calendar year
    ("2019-06-30", "2019-12-31", "2020-01-01"),
    ("1901-01-01", "1901-01-02", "1901-01-03"),  # the calendar's first days
    ("2199-12-30", "2199-12-31", "2200-01-01"),  # and its last
]
OUTSIDE = ["0001-01-01", "1677-09-21", "1900-12-31", "2200-01-02", "2262-04-12", "9999-12-31"]


def date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def accepted(case: Case) -> Scenario:
    """The scenario of a case."""
    with TemporaryDirectory() as folder:
        case.write(Path(folder))
        return checked(Path(folder))


def number(unit: str, value: Any, **more: Any) -> dict[str, Any]:
    return {
        "unit": unit,
        "value": value,
        "evidence": "assumed",
        "why": "trial",
        "range": [0, 1000 if unit in ("count", "days") else 1],
    } | more


@pytest.mark.parametrize("dates", WINDOWS, ids=[" ".join(dates) for dates in WINDOWS])
def test_a_window_runs_however_short_it_is(dates: tuple[str, str, str]) -> None:
    run = dict(zip(("start", "measured_from", "end"), map(date, dates), strict=True))
    base = "crossroads" if dates[0] < "2001" else "isle"  # crossroads has a census in 2001
    verdict = judge(Case(base, (("set", "main.toml", ("run",), run),)), "simpy")
    assert verdict.kind == RAN, verdict.said


@pytest.mark.parametrize("day", OUTSIDE)
@pytest.mark.parametrize("key", ["start", "end"])
def test_a_day_outside_the_calendar_is_refused(day: str, key: str) -> None:
    verdict = judge(Case("isle", (("set", "main.toml", ("run", key), date(day)),)))
    assert verdict.kind == REFUSED
    assert verdict.said.endswith(f"run.{key}: must be from 1901-01-01 to 2200-01-01, not {day}")


DATED = {
    "unit": "count",
    "values": [
        {"value": 1, "evidence": "assumed", "why": "trial", "range": [0, 2]},
        {"from": date("2004-01-01"), "value": 2, "evidence": "assumed", "why": "trial", "range": [0, 2]},
    ],
}
BY_REGION = {"value": {"north": 3, "south": 4}, "by": "region"}
BY_CITIZEN = {"value": {"no": 0.3, "yes": 0.4}, "by": "citizen"}
ROAD, ROUNDS, PEOPLE = (f"crossroads/parameters/{name}.toml" for name in ("road", "rounds", "people"))
PATHWAY = "crossroads/pathway.toml"
UNREADABLE: list[tuple[Edit, str]] = [
    (
        ("set", ROUNDS, ("lot", "places"), number("count", 0) | BY_REGION),
        "lot.places: must be one value for everybody, not given by `region`",
    ),
    (
        ("set", ROUNDS, ("match", "positions"), number("count", 0) | BY_REGION),
        "match.positions: must be one value for everybody, not given by `region`",
    ),
    (
        ("set", ROUNDS, ("match", "programmes"), number("count", 0) | BY_REGION),
        "match.programmes: must be one value for everybody, or given by `specialty`, not given by `region`",
    ),
    (
        ("set", PEOPLE, ("population", "entrants"), number("count", 0) | BY_REGION),
        "population.entrants: must be one value for everybody, or given by `group`, not given by `region`",
    ),
    (
        ("set", PEOPLE, ("livelihood", "clinical", "in_training"), number("flag", {"near": 1, "far": 0}, by="group")),
        "livelihood.clinical.in_training: must be one value for everybody and every day",
    ),
    (
        ("set", ROAD, ("paper", "done"), number("days", {}, by="group")),
        "paper.done.value: needs at least one category of `group`",
    ),
    (
        ("set", ROUNDS, ("match", "programme", "size_spread"), DATED | {"unit": "number"}),
        "match.programme.size_spread: must be the same on every day: the programmes of a Match are drawn once",
    ),
    (("drop", ROUNDS, ("lot", "places")), "stage.lot: the pathway needs a parameter `lot.places` (count)"),
    (
        ("drop", ROUNDS, ("match", "sponsor", "guest")),
        "stage.match: the pathway needs a parameter `match.sponsor.guest` (probability)",
    ),
    (
        ("drop", ROUNDS, ("match", "first_year", "fallback")),
        "match.first_year: needs `match.first_year.fallback` beside it",
    ),
    (
        ("drop", ROUNDS, ("match", "programmes", "advanced")),
        "match.positions.advanced: needs `match.programmes.advanced` beside it",
    ),
    (
        ("drop", ROUNDS, ("match", "competitor_wish", "locals")),
        "stage.match: the pathway needs a parameter `match.competitor_wish.locals` (probability)",
    ),
    (
        ("set", ROUNDS, ("match", "first_year", "share", "skin"), number("score", 0)),
        "match.first_year.share.skin: the pathway needs it in probability, not in score",
    ),
    (
        ("set", ROUNDS, ("match", "first_year", "linked"), number("probability", 0) | BY_CITIZEN),
        "match.first_year.linked: must be one value for everybody, or given by `specialty`, not given by `citizen`",
    ),
    (
        ("set", ROUNDS, ("match", "interview", "manner"), number("score", -1)),
        "match.interview.manner.value: -1 is outside 0 to 100 (score)",
    ),
    (
        ("set", PATHWAY, ("categories", "sponsor"), ["none", "guest"]),
        "crossroads/pathway.toml: categories.sponsor: a Match (`match`) needs at least 3 categories of `sponsor`",
    ),
]


@pytest.mark.parametrize(("edit", "message"), UNREADABLE, ids=[message.partition(":")[0] for _, message in UNREADABLE])
def test_a_number_that_a_run_could_not_read_is_refused_where_it_stands(edit: Edit, message: str) -> None:
    verdict = judge(Case("crossroads", (edit,)))
    assert verdict.kind == REFUSED
    assert any(message in line and line.startswith("crossroads/") for line in verdict.said.split("\n")), verdict.said


ISLE = "isle/parameters/people.toml"
BEFORE = ("population", "entry_before")
COMBINED: list[tuple[Edit, str]] = [
    (
        ("drop", "pair/parameters/all.toml", ("population", "cell", "isle")),
        "pair/pathway.toml:5:1: countries: a combined pathway needs a parameter `population.cell.isle`",
    ),
    (
        ("set", "pair/pathway.toml", ("countries",), ["isle", "crossroads"]),
        "pair/pathway.toml: crossroads: a country with a Match must come first among those combined",
    ),
    (
        ("set", ISLE, ("population", "ability"), number("score", {"no": 0, "yes": 1}, by="needs_visa")),
        "population.ability: cannot be given by `needs_visa` in a combined pathway, which takes the mean of countries",
    ),
    (
        ("set", ISLE, (*BEFORE, "distribution"), "exponential"),
        "population.entry_before: cannot be exponential in a combined pathway, which takes the mean of countries",
    ),
    (
        ("set", ISLE, ("population", "ability"), DATED | {"unit": "score"}),
        "population.ability: must be the same on every day in a combined pathway, which takes the mean of countries",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "message"), COMBINED, ids=["cells", "order", "means", "distributions", "dates"])
def test_what_two_countries_cannot_be_combined_with_is_refused(edit: Edit, message: str) -> None:
    verdict = judge(Case("pair", (edit,)))
    assert verdict.kind == REFUSED
    assert message in verdict.said


def test_a_combined_pathway_needs_entrants_with_dates() -> None:
    key = ("population", "entrants")
    files = {"isle": ("nationals", "immigrants"), "crossroads": ("near", "far")}
    edits = tuple(
        ("set", f"{name}/parameters/people.toml", key, number("count", dict.fromkeys(of, 9), by="group"))
        for name, of in files.items()
    )
    verdict = judge(Case("pair", edits))
    assert "a combined pathway needs dated values of `population.entrants` in one of its countries" in verdict.said


def test_a_combined_pathway_has_the_distribution_of_its_countries() -> None:
    scale = number("number", 7) | {"range": [1, 60]}
    edits: list[Edit] = []
    for file in (ISLE, PEOPLE):
        edits += [("set", file, (*BEFORE, "distribution"), "gompertz"), ("drop", file, (*BEFORE, "sd_log"))]
        edits += [("set", file, (*BEFORE, "scale"), scale)]
    parameters = accepted(Case("pair", tuple(edits))).parameters
    assert parameters["population.entry_before"].distribution == "gompertz"
    rows = [row for series in parameters["population.entry_before.scale"].rows.values() for row in series]
    assert [row.value for row in rows] == pytest.approx([7] * len(rows))


def test_visa_policies_are_in_the_order_of_the_pathway_and_not_of_the_file() -> None:
    none, guest = (number("probability", {"heart": x, "bone": x, "skin": x}, by="specialty") for x in (0.9, 0.2))
    drops: tuple[Edit, ...] = (("drop", ROUNDS, ("match", "sponsor")),)
    orders = [{"none": none, "guest": guest}, {"guest": guest, "none": none}]
    one, other = (
        accepted(Case("crossroads", (*drops, ("set", ROUNDS, ("match", "sponsor"), order)))) for order in orders
    )
    assert list(one.parameters.family("match.sponsor.")) != list(other.parameters.family("match.sponsor."))
    tables = [simulate("simpy", build(each), 0)["people"] for each in (one, other)]
    assert tables[0].equals(tables[1])
