"""Every rule person by person: what is drawn at which address, and what a quantity depends on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders import toy
from scipy import stats

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import NEVER
from imgsim.base.randomness.addresses import GRADUATE, actor, decision
from imgsim.base.randomness.philox import uniform
from imgsim.inputs.traits import (
    AGE,
    COLUMN,
    FAILED_BEFORE,
    FIRST_FLAG,
    LIVELIHOODS,
    PRACTICE_GAP,
    YEARS_SINCE_GRADUATION,
)
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import (
    NO_TRAIT,
    Row,
    Rules,
    Who,
    amount,
    base,
    chooses,
    draw,
    draw_many,
    expires_after,
    happens,
    is_steady,
    lasts,
    leans_on,
    predict,
    probability,
    spread,
    trait,
)
from imgsim.persons.risk_equations import asked as looked_up

DAY = to_day("2005-06-01")
LASTS, RISK, CHANCE, SCORE = (
    "population.experience",
    "livelihood.preparing.unemployed",
    "population.needs_visa",
    "population.ability",
)
SEED, REPLICATION, OCCURRENCE = 3, 2, 4
ACTORS = [actor(GRADUATE, 2005, 0, number) for number in range(60)]
PEOPLE = [Who(SEED, REPLICATION, one) for one in ACTORS]


def person(**traits: float) -> Row:
    """A row of traits, all 0 but those given."""
    row = np.zeros(FIRST_FLAG + 1)
    for name, value in traits.items():
        row[COLUMN[name]] = value
    return row


def drawn(name: str, occurrence: int = OCCURRENCE) -> list[float]:
    """Everybody's uniform for the decision of this name."""
    return [uniform(SEED, REPLICATION, one, decision(name), occurrence, 0) for one in ACTORS]


# --- what a quantity depends on ---------------------------------------------------------------------------------------


def leaning_book() -> CompiledRules:
    """A chance by group, moved by ability and citizenship, the ratio of the latter by region; others around it."""
    return toy.book(
        toy.parameter(CHANCE, "probability", {"near": 0.1, "far": 0.2}, by="group"),
        toy.parameter(f"{CHANCE}.odds.ability", "factor", 2.0),
        toy.parameter(f"{CHANCE}.odds.citizen", "factor", {"north": 2.0, "south": 3.0}, by="region"),
        toy.parameter(f"{SCORE}.plus.english", "score", 1.0),
        toy.parameter(f"{LASTS}.times.age", "factor", 1.1),
        toy.parameter(f"{LASTS}.times.failed_before", "factor", 1.1),
    )


def test_a_quantity_leans_on_the_traits_of_its_ratios_and_categories_and_on_those_of_its_ratios() -> None:
    book = leaning_book()
    names = [COLUMN[name] for name in ("group", "ability", "citizen", "region")]
    assert leans_on(book.rules, book.number(CHANCE)) == set(names)
    assert leans_on(book.rules, book.number(SCORE)) == {COLUMN["english"]}
    assert leans_on(book.rules, book.number(LASTS)) == {AGE, FAILED_BEFORE}
    assert leans_on(book.rules, book.number(f"{CHANCE}.odds.citizen")) == {COLUMN["region"]}
    assert leans_on(book.rules, book.number(f"{CHANCE}.odds.ability")) == set()


def test_for_a_quantity_itself_and_its_ratios_are_looked_up() -> None:
    book = leaning_book()
    for name, ratios in (
        (CHANCE, ("odds.ability", "odds.citizen")),
        (SCORE, ("plus.english",)),
        ("academic_year.begins", ()),
    ):
        first, *others = looked_up(book.rules, book.number(name))
        assert first == book.number(name)
        assert sorted(others) == sorted(book.number(f"{name}.{ratio}") for ratio in ratios)


@pytest.mark.parametrize(
    "changing", ["age", "years_since_graduation", "practice_gap", "current_year", "experience", "livelihood.unemployed"]
)
def test_a_risk_that_leans_on_what_passes_is_not_steady(changing: str) -> None:
    """Neither is one whose ratio alone is given by it; what changes with an exam alone leaves it steady."""
    ratio = toy.parameter(f"{RISK}.times.{changing}", "factor", 2.0)
    book = toy.book(
        toy.parameter(RISK, "rate", 0.2), ratio, toy.parameter(f"{LASTS}.times.failed_before", "factor", 2.0)
    )
    assert not is_steady(book.rules, book.number(RISK))
    assert is_steady(book.rules, book.number(LASTS))


def test_a_quantity_is_steady_unless_it_or_a_ratio_or_a_category_has_dated_values() -> None:
    """The quantities stand in the order of their names, so that each has steady and dated neighbours."""
    dated: list[tuple[str | None, float]] = [(None, 0.2), ("2004-07-01", 0.6)]
    risks: dict[str, toy.Given] = {
        "livelihood.preparing.health_adjacent": {"north": 0.1, "south": 0.2},
        "livelihood.preparing.local_experience": {"north": 0.1, "south": dated},
        "livelihood.preparing.practising_home": 0.3,
        "livelihood.preparing.survival_job": dated,
        "livelihood.preparing.unemployed": 0.3,
        "livelihood.survival_job.preparing": 0.3,
        "livelihood.unemployed.preparing": {"north": dated, "south": 0.2},
        "livelihood.unemployed.survival_job": {"north": 0.1, "south": 0.2},
    }
    ratios = [
        toy.parameter("livelihood.preparing.practising_home.times.citizen", "factor", dated),
        toy.parameter("livelihood.preparing.unemployed.times.citizen", "factor", 2.0),
        toy.parameter("livelihood.unemployed.survival_job.times.citizen", "factor", 2.0),
    ]
    given = [
        toy.parameter(name, "rate", value, by="region" if isinstance(value, dict) else None)
        for name, value in risks.items()
    ]
    book = toy.book(*given, *ratios)
    assert [name.removeprefix("livelihood.") for name in risks if is_steady(book.rules, book.number(name))] == [
        "preparing.health_adjacent", "preparing.unemployed", "survival_job.preparing", "unemployed.survival_job",
    ]  # fmt: skip


def test_the_last_quantity_of_all_is_looked_at_to_the_end_of_its_values() -> None:
    for value, steady in ((0.2, True), ([(None, 0.2), ("2004-07-01", 0.6)], False)):
        book = toy.book(toy.parameter("work.left", "rate", {"north": 0.1, "south": value}, by="region"))
        assert book.number("work.left") == len(book.numbers) - 1
        assert is_steady(book.rules, book.number("work.left")) == steady


# --- traits and values ------------------------------------------------------------------------------------------------


def test_time_that_has_not_begun_is_none_and_a_trait_that_is_none_of_all_is_nought() -> None:
    row = person(birth=DAY - 3652.5, graduation=DAY + 50, last_clinical=DAY - 731)
    assert trait(row, AGE, DAY, 101) == 10
    assert trait(row, YEARS_SINCE_GRADUATION, DAY, 101) == 0
    assert trait(row, YEARS_SINCE_GRADUATION, DAY + 50 + 1461, 101) == 4
    assert trait(row, PRACTICE_GAP, DAY, 101) == pytest.approx(731 / 365.25)
    assert trait(row, PRACTICE_GAP, DAY - 800, 101) == 0
    row[-1] = 5.0
    assert [trait(row, code, DAY, 101) for code in (NO_TRAIT, -1)] == [0, 0]


def test_lines_between_dates_end_with_the_last_date_of_the_own_category() -> None:
    values = {
        "near": [("2000-01-01", 1.0), ("2000-01-11", 2.0)],
        "far": [("2000-01-06", 7.0), ("2000-01-08", 9.0), ("2000-01-16", 5.0)],
    }
    book = toy.book(toy.parameter(SCORE, "score", values, by="group", between="linear"))
    q = book.number(SCORE)
    days = [
        "1999-12-31",
        "2000-01-01",
        "2000-01-06",
        "2000-01-07",
        "2000-01-08",
        "2000-01-12",
        "2000-01-16",
        "2000-02-01",
    ]
    near, far = ([base(book.rules, q, to_day(day), person(group=group)) for day in days] for group in (0, 1))
    assert near == pytest.approx([1, 1, 1.5, 1.6, 1.7, 2, 2, 2])
    assert far == pytest.approx([7, 7, 7, 8, 9, 7, 5, 5])


def test_without_an_odds_ratio_that_applies_the_probability_is_the_number_of_the_file_to_the_last_digit() -> None:
    values = [(None, 0.1), ("2004-07-01", 0.7)]
    book = toy.book(
        toy.parameter(CHANCE, "probability", values), toy.parameter(f"{CHANCE}.odds.citizen", "factor", 3.0)
    )
    q = book.number(CHANCE)
    assert probability(book.rules, q, DAY, person()) == 0.7
    assert probability(book.rules, q, to_day("2004-06-30"), person()) == 0.1
    assert probability(book.rules, q, DAY, person(citizen=1)) == pytest.approx(7 / 8)  # odds of 7 : 3, three times


def test_a_ratio_of_nought_concerns_only_those_to_whom_it_applies() -> None:
    """Odds of nothing are no chance, a rate times nothing is none; what is certain stays so."""
    book = toy.book(
        toy.parameter(CHANCE, "probability", 0.4),
        toy.parameter(f"{CHANCE}.odds.citizen", "factor", 0.0),
        toy.parameter(RISK, "rate", 0.3),
        toy.parameter(f"{RISK}.times.region.south", "factor", 0.0),
    )
    q, risk = book.number(CHANCE), book.number(RISK)
    assert [probability(book.rules, q, DAY, person(citizen=citizen)) for citizen in (0, 1)] == [0.4, 0]
    assert [amount(book.rules, risk, DAY, person(region=region)) for region in (0, 1)] == [0.3, 0]
    sure = toy.book(toy.parameter(CHANCE, "probability", 1.0), toy.parameter(f"{CHANCE}.odds.citizen", "factor", 0.0))
    assert probability(sure.rules, sure.number(CHANCE), DAY, person(citizen=1)) == 1
    assert predict(sure.rules, sure.number(CHANCE), DAY, person(citizen=1)) == math.inf


def test_a_ratio_of_a_category_applies_once_to_those_in_it_and_to_nobody_else() -> None:
    ratios = {"heart": 2.0, "bone": 3.0, "skin": 5.0}
    book = toy.book(
        toy.parameter(RISK, "rate", 0.01),
        *(toy.parameter(f"{RISK}.times.specialty.{name}", "factor", ratio) for name, ratio in ratios.items()),
    )
    rates = [amount(book.rules, book.number(RISK), DAY, person(specialty=code)) for code in (-1, 0, 1, 2)]
    assert rates == pytest.approx([0.01, 0.02, 0.03, 0.05])


def test_an_amount_is_the_number_of_the_file_times_its_ratios() -> None:
    book = toy.book(
        toy.parameter(RISK, "rate", {"north": 0.3, "south": 0.0}, by="region"),
        toy.parameter(f"{RISK}.times.ability", "factor", 1.5),
        toy.parameter(f"{RISK}.times.citizen", "factor", 4.0),
    )
    q = book.number(RISK)
    assert amount(book.rules, q, DAY, person()) == 0.3
    assert amount(book.rules, q, DAY, person(ability=2.0, citizen=1)) == pytest.approx(0.3 * 1.5**2 * 4)
    assert amount(book.rules, q, DAY, person(ability=2.0, region=1)) == 0
    for plain, ratio in ((1.0, 2.0), (0.5, math.e), (0.5, 1 / math.e)):
        book = toy.book(toy.parameter(RISK, "rate", plain), toy.parameter(f"{RISK}.times.citizen", "factor", ratio))
        assert amount(book.rules, book.number(RISK), DAY, person(citizen=1)) == pytest.approx(plain * ratio)


# --- draws ------------------------------------------------------------------------------------------------------------


def test_a_draw_is_found_under_the_name_of_the_quantity() -> None:
    book = leaning_book()
    for name in (CHANCE, LASTS, SCORE):
        q = book.number(name)
        assert [draw(book.rules, who, q, OCCURRENCE) for who in PEOPLE] == drawn(name)
        many = draw_many(book.rules, SEED, REPLICATION, np.array(ACTORS), q, OCCURRENCE)
        assert many.tolist() == drawn(name)


def test_a_draw_that_is_the_probability_itself_is_not_below_it() -> None:
    u = drawn(CHANCE)[0]
    book = toy.book(toy.parameter(CHANCE, "probability", u))
    assert not happens(book.rules, PEOPLE[0], book.number(CHANCE), DAY, person(), OCCURRENCE)
    first = f"livelihood.start.{LIVELIHOODS[0]}"
    book = toy.book(toy.parameter(first, "probability", drawn(first)[0]))
    assert chooses(book.rules, PEOPLE[0], book.number(first), 2, DAY, person(), OCCURRENCE) == 1


def test_an_event_happens_to_those_whose_draw_is_below_its_probability() -> None:
    book = toy.book(toy.parameter(CHANCE, "probability", 0.4))
    q = book.number(CHANCE)
    assert [happens(book.rules, who, q, DAY, person(), OCCURRENCE) for who in PEOPLE] == [
        u < 0.4 for u in drawn(CHANCE)
    ]


@pytest.mark.parametrize("median", [0.1, 2.0, 9.7])
def test_a_lognormal_duration_is_the_median_times_the_quantile_of_the_person(median: float) -> None:
    deviation = toy.parameter(f"{LASTS}.sd_log", "number", {"north": 0.5, "south": 1.5}, by="region")
    book = toy.book(toy.parameter(LASTS, "years", median), deviation)
    for region, sd in ((0, 0.5), (1, 1.5)):
        found = [lasts(book.rules, who, book.number(LASTS), DAY, person(region=region), OCCURRENCE) for who in PEOPLE]
        days = median * np.exp(sd * stats.norm.ppf(drawn(LASTS))) * 365.25
        assert found == np.floor(days + 0.5).astype(int).tolist()
        assert spread(book.rules, book.number(LASTS), DAY, person(region=region)) == sd


def test_the_dispersion_may_be_the_first_quantity_of_all() -> None:
    """A median of 100 days with a standard deviation of the logarithm of 0.5, as bare arrays."""
    rules = Rules(
        head=np.array([
            [0, NO_TRAIT, 0, 0, 0, -1, 0, 0, decision("wait.sd_log"), 0],
            [1, NO_TRAIT, 0, 0, 0, 0, 0, 0, decision("wait"), 1],
        ]),
        first=np.array([0, 1, 2]), day=np.array([-(2**60)] * 2), value=np.array([0.5, math.log(100)]),
        plain=np.array([0.5, 100.0]), ratio=np.zeros((0, 3), np.int64), academic_year=101,
    )  # fmt: skip
    days = 100 * np.exp(0.5 * stats.norm.ppf(drawn("wait")))
    lengths = [lasts(rules, who, 1, DAY, person(), OCCURRENCE) for who in PEOPLE]
    assert lengths == np.floor(days + 0.5).astype(int).tolist()


def test_a_duration_in_days_is_not_one_in_years() -> None:
    book = toy.book(toy.parameter(LASTS, "days", 90.0), toy.parameter(f"{LASTS}.sd_log", "number", 0.8))
    found = [lasts(book.rules, who, book.number(LASTS), DAY, person(), OCCURRENCE) for who in PEOPLE]
    assert found == np.floor(90 * np.exp(0.8 * stats.norm.ppf(drawn(LASTS))) + 0.5).astype(int).tolist()


def test_an_exponential_duration_is_its_mean_times_the_quantile_of_the_person() -> None:
    book = toy.book(toy.parameter(LASTS, "days", 500.0, distribution="exponential"))
    found = [lasts(book.rules, who, book.number(LASTS), DAY, person(), OCCURRENCE) for who in PEOPLE]
    assert found == np.floor(stats.expon.ppf(drawn(LASTS), scale=500.0) + 0.5).astype(int).tolist()
    assert spread(book.rules, book.number(LASTS), DAY, person()) == 0


def test_a_gompertz_clock_expires_at_the_age_that_scipy_draws() -> None:
    """From birth on, and for somebody of fifty, of those who live that long."""
    scale = toy.parameter(f"{LASTS}.scale", "number", 10.0)
    book = toy.book(toy.parameter(LASTS, "years", 86.0, distribution="gompertz"), scale)
    law = stats.gompertz(math.exp(-8.6), scale=10.0)  # its hazard at age a is exp((a - 86) / 10) / 10
    for age in (0.0, 50.0):
        row = person(birth=DAY - age * 365.25)
        found = [lasts(book.rules, who, book.number(LASTS), DAY, row, OCCURRENCE) for who in PEOPLE]
        ages = law.isf(law.sf(age) * (1 - np.array(drawn(LASTS))))
        assert np.abs(np.array(found) - (ages - age) * 365.25).max() <= 0.5 + 1e-6


def test_a_risk_strikes_on_the_day_that_the_quantile_of_the_person_falls_in() -> None:
    book = toy.book(toy.parameter(RISK, "rate", 0.25), toy.parameter(f"{RISK}.times.citizen", "factor", 4.0))
    for citizen, rate in ((0, 0.25), (1, 1.0)):
        found = [
            expires_after(book.rules, who, book.number(RISK), DAY, person(citizen=citizen), OCCURRENCE)
            for who in PEOPLE
        ]
        days = stats.expon.ppf(drawn(RISK), scale=365.25 / rate)
        assert found == np.ceil(days).astype(int).tolist()


def test_what_takes_longer_than_any_career_is_never() -> None:
    book = toy.book(toy.parameter(LASTS, "years", 1e9), toy.parameter(RISK, "rate", 1e-12))
    assert lasts(book.rules, PEOPLE[0], book.number(LASTS), DAY, person(), 0) == NEVER
    assert expires_after(book.rules, PEOPLE[0], book.number(RISK), DAY, person(), 0) == NEVER


@pytest.mark.parametrize("odds", [(0.3, 0.5, 0.4), (0.0, 0.5, 0.4), (0.3, 0.0, 0.6), (0.3, 1.0, 0.6), (0.0, 0.0, 0.0)])
def test_a_choice_is_made_by_one_draw_along_the_options(odds: tuple[float, float, float]) -> None:
    """The bounds of the options between 0 and 1: each takes its part of what those before it leave."""
    names = [f"livelihood.start.{state}" for state in LIVELIHOODS[:3]]
    book = toy.book(*(toy.parameter(name, "probability", p) for name, p in zip(names, odds, strict=True)))
    first = book.number(names[0])
    assert [book.number(name) for name in names] == [first, first + 1, first + 2]
    bounds = 1 - np.cumprod(1 - np.array(odds))
    found = [chooses(book.rules, who, first, 4, DAY, person(), OCCURRENCE) for who in PEOPLE]
    assert found == [int(np.searchsorted(bounds, u, side="right")) for u in drawn(names[0])]
    two = [chooses(book.rules, who, first, 2, DAY, person(), OCCURRENCE) for who in PEOPLE]  # the rest is not asked
    assert two == [int(u >= odds[0]) for u in drawn(names[0])]
