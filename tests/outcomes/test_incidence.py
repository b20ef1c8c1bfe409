"""Cumulative incidence with competing ends: against closed forms, statsmodels, and careers counted by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders.synthetic import people, small_scenario, tables, value_of

from imgsim.outcomes.all_measures import measures
from imgsim.outcomes.incidence import aalen_johansen, incidence, summed_in_runs
from imgsim.outcomes.outcome_rows import Rows
from imgsim.outcomes.people_arrays import View


def curves_of(days: Any, cause: Any, causes: int, grid: Any) -> Any:
    """The curves of one group."""
    order = np.argsort(days, kind="stable")
    everybody = np.ones(len(days), bool)
    return aalen_johansen(days[order], cause[order], np.array([0, len(days)]), everybody, causes, grid)[1][0]


def test_incidence_follows_the_closed_form_of_exponential_competing_risks() -> None:
    rng, n, grid = np.random.default_rng(7), 40_000, np.arange(41) / 4
    rates = np.array([0.30, 0.10, 0.05])  # per year
    waits = rng.exponential(1 / rates, (n, 3)) * 365.25
    until = np.minimum(waits.min(axis=1), rng.uniform(1, 12, n) * 365.25)
    cause = np.where(until < waits.min(axis=1), 0, waits.argmin(axis=1) + 1)
    curves = curves_of(np.ceil(until).astype(np.int64), cause, 3, grid)
    for rate, curve in zip(rates, curves, strict=True):
        expected = rate / rates.sum() * (1 - np.exp(-rates.sum() * grid))
        assert np.abs(curve - expected).max() < 0.012  # four standard errors of 40 000, censoring included


def test_incidence_without_censoring_is_the_share_that_has_happened() -> None:
    days, cause = np.array([10, 400, 400, 800]), np.array([1, 3, 1, 3])
    first, second, third = curves_of(days, cause, 3, np.array([0.0, 1.0, 2.0, 3.0]))
    assert first.tolist() == pytest.approx([0, 0.25, 0.5, 0.5])
    assert third.tolist() == pytest.approx([0, 0, 0.25, 0.5])
    assert not second.any()


def test_incidence_with_ties_on_one_day_is_the_product_of_hand() -> None:
    """Events precede censoring on the same day; those of the first day count at once."""
    days, cause = np.array([0, 100, 100, 100, 200, 200, 300]), np.array([1, 1, 2, 0, 1, 0, 2])
    first, second = curves_of(days, cause, 2, np.array([0, 100, 200, 300]) / 365.25)
    s0 = 6 / 7
    s1 = s0 * (1 - 2 / 6)
    s2 = s1 * (1 - 1 / 3)
    assert first.tolist() == pytest.approx([1 / 7, 1 / 7 + s0 / 6, 1 / 7 + s0 / 6 + s1 / 3, 1 / 7 + s0 / 6 + s1 / 3])
    assert second.tolist() == pytest.approx([0, s0 / 6, s0 / 6, s0 / 6 + s2])


def test_incidence_is_that_of_statsmodels_to_the_last_bit() -> None:
    from statsmodels.duration.survfunc import CumIncidenceRight

    rng, grid = np.random.default_rng(3), np.arange(41) / 4
    days, cause = rng.integers(0, 4000, 5000), rng.integers(0, 4, 5000)
    theirs = CumIncidenceRight(days, cause, freq_weights=np.ones(len(days)))
    place = np.searchsorted(theirs.times, grid * 365.25, side="right")
    for mine, curve in zip(curves_of(days, cause, 3, grid), theirs.cinc, strict=True):
        assert (mine == np.r_[0.0, curve][place]).all()


def test_curves_of_several_groups_are_those_of_each() -> None:
    rng, grid = np.random.default_rng(5), np.arange(9) / 2
    days, cause = np.sort(rng.integers(0, 1500, (3, 40)), axis=1), rng.integers(0, 3, (3, 40))
    of = rng.random((3, 40)) < 0.5
    heads, together = aalen_johansen(days.ravel(), cause.ravel(), np.array([0, 40, 80, 120]), of.ravel(), 2, grid)
    assert (heads == of.sum(axis=1)).all()
    assert all((together[k] == curves_of(days[k][of[k]], cause[k][of[k]], 2, grid)).all() for k in range(3))


def test_ends_compete_with_training_and_the_horizon_censors() -> None:
    graduates = people(
        [
            {
                "certified_date": "2005-01-01",
                "training_date": "2005-07-01",
                "end_class": "died",
                "end_date": "2015-01-01",
            },
            {"certified_date": "2005-01-01", "end_class": "gave_up", "end_date": "2006-06-01"},
            {"certified_date": "2019-07-01"},
        ]
    )
    table = measures(tables(people=graduates), small_scenario())
    assert value_of(table, "cumulative_incidence", group="training", time=0.25) == 0
    # the third is censored half a year after its certificate, after the first began training
    assert value_of(table, "cumulative_incidence", group="training", time=10) == pytest.approx(1 / 3)
    assert value_of(table, "cumulative_incidence", group="gave_up", time=10) == pytest.approx(2 / 3)
    assert value_of(table, "cumulative_incidence_entry", group="gave_up", time=10) == pytest.approx(1 / 3)


# --- curves of careers ------------------------------------------------------------------------------------------------

SINCE_CERTIFICATE, SINCE_ENTRY = "cumulative_incidence", "cumulative_incidence_entry"
CERTIFIED = {"certified_date": "2005-01-01"}


def outcomes(graduates: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """The curves of the people of some replications."""
    view = View(tables(people=graduates), small_scenario(**settings))
    rows = Rows(view.replications)
    incidence(view, rows)
    return rows.frame()


def final(table: pd.DataFrame, measure: str = SINCE_CERTIFICATE) -> dict[str, float]:
    """Where the curves of all groups end, ten years on."""
    last = table[(table["measure"] == measure) & (table["time"] == 10)]
    return {str(group): float(value) for group, value in zip(last["group"], last["value"], strict=True)}


def ended(end_class: str, day: str, **more: Any) -> dict[str, Any]:
    return {**CERTIFIED, "end_class": end_class, "end_date": day, "end": end_class, **more}


def test_every_class_of_end_has_its_curve_the_first_of_the_alphabet_too() -> None:
    """Of five, one dies, two give up, one is refused and one trains; nobody is censored."""
    ends = [("died", "2006-01-01"), ("gave_up", "2007-01-01"), ("gave_up", "2008-01-01"), ("refused", "2009-01-01")]
    trained = {**CERTIFIED, "training_date": "2010-01-01"}
    table = outcomes(people([*(ended(*one) for one in ends), trained]))
    expected = {"died": 0.2, "gave_up": 0.4, "refused": 0.2, "training": 0.2}
    for measure in (SINCE_CERTIFICATE, SINCE_ENTRY):
        curves = final(table, measure)
        assert {group: curves[group] for group in expected} == pytest.approx(expected)
    assert set(final(table)) == {*expected, *(f"{group}/noncitizen" for group in expected)}
    died = table[(table["measure"] == SINCE_CERTIFICATE) & (table["group"] == "died")]
    assert died["time"].tolist() == [quarter / 4 for quarter in range(41)]
    assert died["value"].tolist() == pytest.approx([0.0] * 4 + [0.2] * 37)  # after 365 days: not by year 0.75
    assert set(died["n"]) == {5}
    assert set(died["by"]) == {"cause"}
    assert set(table["statistic"]) == {"share"}


def test_an_end_that_is_the_only_one_has_its_curve() -> None:
    assert final(outcomes(people([ended("died", "2006-01-01"), CERTIFIED])))["died"] == pytest.approx(0.5)


def test_curves_of_citizens_and_of_others_are_of_their_own_number() -> None:
    """Of two citizens one trains; of three others one trains and one dies."""
    training = {**CERTIFIED, "training_date": "2006-01-01"}
    rows: list[dict[str, Any]] = [
        training | {"citizen": True},
        CERTIFIED | {"citizen": True},
        training,
        ended("died", "2007-01-01"),
    ]
    table = outcomes(people([*rows, CERTIFIED]))
    curves = final(table)
    assert curves["training"] == pytest.approx(2 / 5)
    assert (curves["training/citizen"], curves["training/noncitizen"]) == pytest.approx((1 / 2, 1 / 3))
    assert (curves["died/citizen"], curves["died/noncitizen"]) == pytest.approx((0, 1 / 3))
    citizens = table[(table["measure"] == SINCE_CERTIFICATE) & (table["group"] == "training/citizen")]
    assert set(citizens["n"]) == {2}
    assert set(citizens["by"]) == {"cause/citizenship"}


def test_training_comes_before_the_end_of_the_same_career() -> None:
    """She trains and dies later: of the two, one has trained, and none has died before training."""
    trained = ended("died", "2007-01-01", training_date="2006-01-01")
    curves = final(outcomes(people([trained, ended("gave_up", "2006-06-01")])))
    assert (curves["training"], curves["died"], curves["gave_up"]) == pytest.approx((1 / 2, 0, 1 / 2))


def test_a_class_of_end_that_nobody_who_entered_has_come_to_has_no_curve() -> None:
    """Who was in practice from the beginning dies: no entrant has."""
    old = ended("died", "2006-01-01", stock=True, entry_date="1999-01-01")
    assert set(final(outcomes(people([old, ended("gave_up", "2006-01-01")])))) == {
        "training", "training/noncitizen", "gave_up", "gave_up/noncitizen",
    }  # fmt: skip


def test_only_entrants_certified_in_the_measured_window_are_counted() -> None:
    early = ended("gave_up", "2006-01-01") | {"certified_date": "2003-12-31"}
    stock = ended("gave_up", "2006-01-01", stock=True)
    table = outcomes(people([early, stock, CERTIFIED, ended("died", "2008-01-01")]))
    assert final(table)["died"] == pytest.approx(1 / 2)
    later = outcomes(people([CERTIFIED, ended("died", "2008-01-01")]), measured_from=date(2005, 1, 2))
    assert SINCE_CERTIFICATE not in set(later["measure"])


def test_who_trains_before_the_certificate_has_no_time_since_it_but_since_entry() -> None:
    """On the day of the certificate itself counts: at time 0 already."""
    before = {**CERTIFIED, "training_date": "2004-12-31"}
    same_day = {**CERTIFIED, "training_date": "2005-01-01"}
    table = outcomes(people([before, same_day, CERTIFIED, CERTIFIED]))
    assert value_of(table, SINCE_CERTIFICATE, group="training", time=0) == pytest.approx(1 / 3)
    assert value_of(table, SINCE_ENTRY, group="training", time=10) == pytest.approx(2 / 4)
    assert value_of(table, SINCE_ENTRY, group="training", time=0.75) == 0  # entered a year before


@pytest.mark.parametrize("end_date", [None, "2020-01-01", "2031-01-01"])
def test_careers_under_way_are_censored_at_the_horizon_whatever_comes_after_it(end_date: str | None) -> None:
    """Certified in 2012 and under way in 2020: no longer at risk when the other gives up after nine years."""
    open_end = {"certified_date": "2012-01-01", "end_date": end_date}
    table = outcomes(people([open_end, ended("gave_up", "2014-01-01")]))
    assert value_of(table, SINCE_CERTIFICATE, group="gave_up", time=8.5) == 0
    assert final(table)["gave_up"] == pytest.approx(1)


def test_replications_have_curves_of_their_own() -> None:
    """In the first, one of two trains and one dies; in the second, one of three trains and none ends."""
    training = {**CERTIFIED, "training_date": "2006-01-01"}
    graduates = people([training, ended("died", "2007-01-01"), CERTIFIED, training, CERTIFIED])
    graduates["replication"] = [3, 3, 7, 7, 7]
    table = outcomes(graduates)
    by_replication = {number: final(table[table["replication"] == number]) for number in (3, 7)}
    assert by_replication[3] == pytest.approx(dict.fromkeys(("training", "training/noncitizen"), 0.5) | {
        "died": 0.5, "died/noncitizen": 0.5})  # fmt: skip
    assert by_replication[7] == pytest.approx(dict.fromkeys(("training", "training/noncitizen"), 1 / 3))


def test_a_pathway_without_training_has_no_curves_and_one_without_certificate_those_since_entry() -> None:
    graduates = people([ended("died", "2006-01-01")])
    assert not len(outcomes(graduates.drop(columns="training_date")))
    assert set(outcomes(graduates.drop(columns="certified_date"))["measure"]) == {SINCE_ENTRY}


# --- life tables ------------------------------------------------------------------------------------------------------


def curves_by_hand(days: Sequence[int], cause: Sequence[int], causes: int, grid: Sequence[float]) -> list[list[float]]:
    """From the definition: on each day its share of those at risk, of those who came that far."""
    curves = []
    for k in range(1, causes + 1):
        curve = []
        for time in grid:
            total, free = 0.0, 1.0
            for day in sorted({day for day in days if day <= time * 365.25}):
                at_risk = sum(other >= day for other in days)
                total += free * sum(d == day and c == k for d, c in zip(days, cause, strict=True)) / at_risk
                free *= 1 - sum(d == day and c > 0 for d, c in zip(days, cause, strict=True)) / at_risk
            curve.append(total)
        curves.append(curve)
    return curves


def test_curves_of_runs_of_any_length_are_those_of_the_definition() -> None:
    """One run has nobody, one a single person; one ends on the day on which the next begins; some rows are left out."""
    runs: Sequence[Mapping[str, list[int]]] = [
        {"days": [0, 30, 30, 90, 400, 400, 500], "cause": [2, 1, 0, 1, 2, 0, 1]},
        {"days": [], "cause": []},
        {"days": [200], "cause": [1]},
        {"days": [10, 10, 10, 10], "cause": [1, 2, 2, 0]},
        {"days": [10, 20], "cause": [2, 0]},
    ]
    days, cause = (np.array([x for run in runs for x in run[name]], np.int64) for name in ("days", "cause"))
    first = np.cumsum([0, *(len(run["days"]) for run in runs)])
    grid = np.array([0.0, 0.05, 30 / 365.25, 0.5, 1.0, 2.0])
    for left_out in (None, 0, 3, 7, 11):
        of = np.ones(len(days), bool)
        if left_out is not None:
            of[left_out] = False
        persons, curves = aalen_johansen(days, cause, first, of, 2, grid)
        for run in range(len(runs)):
            rows = [k for k in range(first[run], first[run + 1]) if of[k]]
            assert persons[run] == len(rows)
            expected = curves_by_hand(days[rows].tolist(), cause[rows].tolist(), 2, grid.tolist())
            assert curves[run].ravel() == pytest.approx(np.array(expected).ravel())


def test_sums_begin_anew_with_each_run() -> None:
    sums = summed_in_runs(np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.array([0, 2, 2, 5]))
    assert sums.tolist() == [1, 3, 4, 12, 28]
