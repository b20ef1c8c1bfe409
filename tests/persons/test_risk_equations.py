"""The rules give what their formulas say, worked out by hand or by closed form."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from builders import toy
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import NEVER
from imgsim.base.errors import InputError
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.traits import COLUMN, CURRENT_YEAR, FIRST_FLAG
from imgsim.persons.compile_rules import CompiledRules, academic_year_of
from imgsim.persons.risk_equations import Who, base, chooses, expires_after, happens, lasts, predict, probability, trait

DAY = to_day("2005-06-01")
MANY = 4000
Row = npt.NDArray[np.float64]


def person(**traits: float) -> Row:
    """A row of traits, all 0 but those given."""
    row = np.zeros(FIRST_FLAG + 1)
    for name, value in traits.items():
        row[COLUMN[name]] = value
    return row


def asked(book: CompiledRules, name: str, row: Row, day: int = DAY) -> float:
    return probability(book.rules, book.number(name), day, row)


def whos(count: int = MANY) -> list[Who]:
    return [Who(3, 0, actor(GRADUATE, 2005, 0, number)) for number in range(count)]


def lengths(*given: Parameter, row: Row | None = None, name: str = "population.experience") -> npt.NDArray[np.int64]:
    """The duration of many people."""
    book = toy.book(*given)
    q = book.number(name)
    return np.array([lasts(book.rules, who, q, DAY, person() if row is None else row, 0) for who in whos()])


def chance(value: toy.Given, *ratios: tuple[str, float], by: str | None = None, between: str = "step") -> CompiledRules:
    """The rulebook of one probability with odds ratios."""
    held = [toy.parameter("population.needs_visa", "probability", value, by=by, between=between)]
    return toy.book(*held, *(toy.parameter(f"population.needs_visa.odds.{trait}", "factor", r) for trait, r in ratios))


def test_an_odds_ratio_multiplies_the_odds_once_per_standard_deviation() -> None:
    book = chance(0.7, ("ability", 2.0))
    for ability in (-1.0, 0.0, 1.5):
        odds = 0.7 / 0.3 * 2.0**ability
        assert asked(book, "population.needs_visa", person(ability=ability)) == pytest.approx(odds / (1 + odds))


def test_odds_ratios_of_several_traits_multiply() -> None:
    book = chance(0.2, ("ability", 1.5), ("citizen", 0.5), ("region.south", 3.0))
    plain = 0.25
    for citizen, south in ((0, 0), (1, 0), (0, 1), (1, 1)):
        odds = plain * 1.5**0.4 * 0.5**citizen * 3.0**south
        held = asked(book, "population.needs_visa", person(ability=0.4, citizen=citizen, region=south))
        assert held == pytest.approx(odds / (1 + odds))


def test_traits_that_depend_on_the_day_are_those_of_the_day() -> None:
    book = chance(0.5, ("age", 1.1), ("years_since_graduation", 0.9), ("practice_gap", 0.8))
    row = person(birth=DAY - 30 * 365.25, graduation=DAY - 4 * 365.25, last_clinical=DAY + 100)
    odds = 1.1**30 * 0.9**4  # a gap that has not begun is none
    assert asked(book, "population.needs_visa", row) == pytest.approx(odds / (1 + odds))


def test_whoever_has_failed_before_has_the_odds_of_a_repeater_however_often() -> None:
    book = chance(0.5, ("failed_before", 0.4))
    held = [asked(book, "population.needs_visa", person(failures=failures)) for failures in (0, 1, 5)]
    assert held == pytest.approx([0.5, 0.4 / 1.4, 0.4 / 1.4])


def test_graduates_of_the_current_year_are_those_since_the_first_of_july_before() -> None:
    book = chance(0.5, ("current_year", 3.0))
    match_day, since = to_day("2020-03-04"), to_day("2019-07-01")
    held = [
        asked(book, "population.needs_visa", person(graduation=graduation), match_day)
        for graduation in (since - 1, since, match_day + 100)
    ]
    assert held == pytest.approx([0.5, 0.75, 0.75])
    assert asked(book, "population.needs_visa", person(graduation=since), since + 366) == 0.5


def test_a_flag_changes_the_odds_of_those_who_hold_it() -> None:
    book = chance(0.5, ("flag.marked", 3.0))
    row = person()
    row[FIRST_FLAG] = 1.0
    assert asked(book, "population.needs_visa", person()) == 0.5
    assert asked(book, "population.needs_visa", row) == pytest.approx(0.75)


@given(st.floats(0.01, 100), st.floats(-6, 6), st.sampled_from([0.0, 1.0]))
def test_what_is_certain_stays_certain_whatever_the_odds(ratio: float, ability: float, certain: float) -> None:
    book = chance(certain, ("ability", ratio))
    assert asked(book, "population.needs_visa", person(ability=ability)) == certain
    q = book.number("population.needs_visa")
    outcomes = {happens(book.rules, who, q, DAY, person(ability=ability), 0) for who in whos(20)}
    assert outcomes == {certain == 1.0}


def test_a_value_by_category_is_that_of_the_person() -> None:
    book = chance({"near": 0.1, "far": 0.9}, by="group")
    assert asked(book, "population.needs_visa", person(group=0)) == pytest.approx(0.1)
    assert asked(book, "population.needs_visa", person(group=1)) == pytest.approx(0.9)


def test_a_value_by_a_trait_that_is_not_set_is_none_at_all() -> None:
    """No chance, no time, no risk and no points; a ratio that does not apply leaves the odds as they are."""
    nobody = person(group=-1)
    values = {"near": 0.4, "far": 0.9}
    assert asked(chance(values, by="group"), "population.needs_visa", nobody) == 0
    ratio = toy.parameter("population.needs_visa.odds.citizen", "factor", values, by="group")
    book = toy.book(toy.parameter("population.needs_visa", "probability", 0.3), ratio)
    assert asked(book, "population.needs_visa", person(group=-1, citizen=1)) == pytest.approx(0.3)
    days = toy.parameter("population.experience", "days", values, by="group")
    assert set(lengths(days, row=nobody)) == {0}
    spread = toy.parameter("population.experience.sd_log", "number", values, by="group")
    assert set(lengths(toy.parameter("population.experience", "days", 70), spread, row=nobody)) == {70}
    rate = toy.parameter("livelihood.preparing.unemployed", "rate", values, by="group")
    book = toy.book(rate, toy.parameter("population.ability", "score", values, by="group"))
    q = book.number("livelihood.preparing.unemployed")
    assert {expires_after(book.rules, who, q, DAY, nobody, 0) for who in whos(20)} == {NEVER}
    assert predict(book.rules, book.number("population.ability"), DAY, nobody) == 0


def test_a_law_holds_from_its_first_day_on() -> None:
    book = chance([(None, 0.2), ("2004-07-01", 0.6), ("2008-07-01", 0.4)])
    days = ["1950-01-01", "2004-06-30", "2004-07-01", "2008-06-30", "2008-07-01", "2100-01-01"]
    held = [asked(book, "population.needs_visa", person(), to_day(day)) for day in days]
    assert held == pytest.approx([0.2, 0.2, 0.6, 0.6, 0.4, 0.4])


def test_before_its_first_date_the_first_value_holds() -> None:
    book = chance([("2004-07-01", 0.6), ("2008-07-01", 0.4)])
    assert asked(book, "population.needs_visa", person(), to_day("1990-01-01")) == pytest.approx(0.6)


def test_a_linear_score_lies_on_the_line_between_its_dates() -> None:
    values = [("2000-01-01", 1.0), ("2000-01-11", 2.0)]
    book = toy.book(toy.parameter("population.ability", "score", values, between="linear"))
    q = book.number("population.ability")
    days = ["1999-01-01", "2000-01-01", "2000-01-04", "2000-01-11", "2001-01-01"]
    held = [base(book.rules, q, to_day(day), person()) for day in days]
    assert held == pytest.approx([1.0, 1.0, 1.3, 2.0, 2.0])


def test_compiled_scores_and_plain_parameters_agree_on_every_day() -> None:
    for between in ("step", "linear"):
        values = [("2000-01-01", 1.0), ("2003-05-06", -2.0), ("2009-09-09", 0.5)]
        held = toy.parameter("population.ability", "score", values, between=between)
        book = toy.book(held)
        q = book.number("population.ability")
        for day in range(to_day("1999-06-01"), to_day("2010-06-01"), 37):
            assert base(book.rules, q, day, person()) == pytest.approx(held.value(day))


def test_a_score_adds_what_its_traits_bring() -> None:
    book = toy.book(
        toy.parameter("population.ability", "score", 0.5),
        toy.parameter("population.ability.plus.region.south", "score", -0.7),
        toy.parameter("population.ability.plus.citizen", "score", 0.2),
    )
    assert predict(book.rules, book.number("population.ability"), DAY, person(region=1, citizen=1)) == pytest.approx(0)


def test_ratios_multiply_durations_and_rates() -> None:
    book = toy.book(
        toy.parameter("population.experience", "years", 4.0),
        toy.parameter("population.experience.times.ability", "factor", 0.5),
        toy.parameter("livelihood.preparing.unemployed", "rate", 0.3),
        toy.parameter("livelihood.preparing.unemployed.times.citizen", "factor", 2.0),
    )
    years, rate = (book.number(name) for name in ("population.experience", "livelihood.preparing.unemployed"))
    assert math.exp(predict(book.rules, years, DAY, person(ability=2.0))) == pytest.approx(1.0)
    assert math.exp(predict(book.rules, rate, DAY, person(citizen=1.0))) == pytest.approx(0.6)


@pytest.mark.parametrize(("unit", "value", "days"), [("years", 2.0, 731), ("days", 2.4, 2), ("days", 0.5, 1)])
def test_a_duration_without_spread_is_its_median_in_whole_days(unit: str, value: float, days: int) -> None:
    """Two years are 730.5 days, and half a day is rounded up."""
    assert set(lengths(toy.parameter("population.experience", unit, value))) == {days}


def test_a_duration_of_nothing_takes_no_day() -> None:
    spread = toy.parameter("population.experience.sd_log", "number", 1.0)
    assert set(lengths(toy.parameter("population.experience", "years", 0.0), spread)) == {0}


def test_lognormal_durations_have_their_median_and_spread() -> None:
    held = lengths(
        toy.parameter("population.experience", "days", 1000.0),
        toy.parameter("population.experience.sd_log", "number", 0.5),
    )
    assert stats.kstest(np.log(held / 1000.0) / 0.5, "norm").pvalue > 0.001
    assert abs(np.mean(held <= 1000) - 0.5) < 4 * 0.5 / math.sqrt(MANY)


def test_exponential_durations_have_their_mean() -> None:
    held = lengths(toy.parameter("population.experience", "days", 1000.0, distribution="exponential"))
    assert stats.kstest(held / 1000.0, "expon").pvalue > 0.001


def test_a_gompertz_clock_leaves_the_share_alive_that_its_hazard_says() -> None:
    """Born 60 years ago; alive at 80 with exp(-(e^((80-86)/10) - e^((60-86)/10)))."""
    held = lengths(
        toy.parameter("population.experience", "years", 86.0, distribution="gompertz"),
        toy.parameter("population.experience.scale", "number", 10.0),
        row=person(birth=DAY - 60 * 365.25),
    )
    alive = math.exp(-(math.exp(-0.6) - math.exp(-2.6)))
    assert abs(np.mean(held > 20 * 365.25) - alive) < 4 * math.sqrt(alive * (1 - alive) / MANY)


def test_a_yearly_risk_strikes_at_its_rate() -> None:
    book = toy.book(toy.parameter("livelihood.preparing.unemployed", "rate", 0.4))
    q = book.number("livelihood.preparing.unemployed")
    held = np.array([expires_after(book.rules, who, q, DAY, person(), 0) for who in whos()])
    assert held.min() >= 1
    assert stats.kstest((held - 0.5) / 365.25 * 0.4, "expon").pvalue > 0.001


def test_a_risk_of_nothing_never_strikes() -> None:
    book = toy.book(toy.parameter("livelihood.preparing.unemployed", "rate", 0.0))
    q = book.number("livelihood.preparing.unemployed")
    assert {expires_after(book.rules, who, q, DAY, person(), 0) for who in whos(50)} == {NEVER}


def chosen(heart: float, bone: float, occurrence: int = 0) -> Sequence[int]:
    book = toy.book(
        toy.parameter("population.wish.heart", "probability", heart),
        toy.parameter("population.wish.bone", "probability", bone),
    )
    first = book.number("population.wish.heart")
    return [chooses(book.rules, who, first, 3, DAY, person(), occurrence) for who in whos()]


def test_options_are_taken_in_turn_by_their_conditional_probabilities() -> None:
    """0.2, then half of the rest, then what is left: 0.2, 0.4, 0.4."""
    counts = np.bincount(chosen(0.2, 0.5), minlength=3)
    assert stats.chisquare(counts, MANY * np.array([0.2, 0.4, 0.4])).pvalue > 0.001


def test_a_rule_that_is_certain_is_a_choice_with_odds_of_nought_or_one() -> None:
    assert set(chosen(1.0, 0.5)) == {0}
    assert set(chosen(0.0, 1.0)) == {1}
    assert set(chosen(0.0, 0.0)) == {2}


def test_events_happen_as_often_as_their_probability_and_anew_at_each_occurrence() -> None:
    book = chance(0.3)
    q = book.number("population.needs_visa")
    once, again = (
        np.array([happens(book.rules, who, q, DAY, person(), occurrence) for who in whos()]) for occurrence in (0, 1)
    )
    assert abs(once.mean() - 0.3) < 4 * math.sqrt(0.21 / MANY)
    assert abs(np.mean(once & again) - 0.09) < 4 * math.sqrt(0.09 * 0.91 / MANY)


def test_a_greater_chance_never_undoes_what_would_have_happened() -> None:
    """Common random numbers: the reform reaches only those between the two probabilities."""
    low, high = chance(0.3), chance(0.5)
    q, p = low.number("population.needs_visa"), high.number("population.needs_visa")
    for who in whos(500):
        before, after = (
            happens(low.rules, who, q, DAY, person(), 0), happens(high.rules, who, p, DAY, person(), 0)
        )  # fmt: skip
        assert after or not before


def test_a_graduate_is_of_the_current_year_from_the_day_that_the_country_names() -> None:
    """Graduated on 10 March 2010, asked on 1 May: of this academic year if it begins on 1 March, not on 1 April."""
    row = np.zeros(FIRST_FLAG)
    row[COLUMN["graduation"]], day = to_day("2010-03-10"), to_day("2010-05-01")
    assert [trait(row, CURRENT_YEAR, day, begins) for begins in (301, 310, 311, 401, 701, 101)] == [1, 1, 0, 0, 1, 1]


def test_the_academic_year_is_one_day_for_everybody_or_the_calendar_year() -> None:
    assert academic_year_of(Parameters([], {})) == 101
    begins = toy.parameter("academic_year.begins", "month-day", 701)
    assert academic_year_of(Parameters([begins], {})) == 701
    changing = toy.parameter("academic_year.begins", "month-day", [(None, 701), ("2001-01-01", 101)])
    with pytest.raises(InputError, match=r"academic_year\.begins: must be one value for everybody and every day"):
        toy.scenario(toy.career(), *toy.career_numbers(), changing)
