"""A small scale gives the answer of full size: bounded on a made-up country, and the bounds themselves on paper."""

from __future__ import annotations

import math
from functools import cache

import pytest
from scales.campaign import AT_MOST, Task, tasks
from scales.drift import Drift, Estimate, drift, drifts, estimate
from scales.figures import SHARE, Figure, figures
from scales.report import report
from scales.small_country import ROUNDS, small_country

TIMES = {1.0: 10, 0.3: 20, 0.1: 40}  # replications by scale


@cache
def found() -> list[Drift]:
    """Every figure of the small country at small scales, beside full size."""
    return drifts({scale: [figures(small_country(scale, seed)) for seed in range(n)] for scale, n in TIMES.items()})


def test_every_headline_line_and_every_round_of_a_small_country_is_that_of_full_size_at_small_scales() -> None:
    assert [one for one in found() if not one.is_within] == []


@pytest.mark.parametrize("name", ["states, all", "queue, all", "provinces, north"])
def test_the_bounds_are_tight_enough_to_notice_places_lost_to_rounding(name: str) -> None:
    """With its places rounded state by state, a tenth of the country left 27 points more of them unused."""
    bounds = {one.scale: one.chance for one in found() if one.line == f"{name}: places used"}
    assert bounds.keys() == {0.1, 0.3}
    assert max(bounds.values()) < 3


def test_every_round_and_some_headline_lines_are_compared() -> None:
    lines = [one.line for one in found()]
    assert all(f"{name}, all: {word}" in lines for name in ROUNDS for word in ("places used", "applicants placed"))
    assert any(line.startswith("age_training") for line in lines)


# --- the arithmetic of drifts -----------------------------------------------------------------------------------------


def test_a_ratio_of_sums_has_the_error_of_its_residuals() -> None:
    """Halves of 10 and 30: residuals -1 and 1 about 0.5, so the error is sqrt(2 x 2) / 40."""
    value, error, replications = estimate([4, 16], [10, 30])
    assert (value, replications) == (0.5, 2)
    assert error == pytest.approx(0.05)
    assert estimate([3, 3, 3], [1, 1, 1]) == Estimate(3.0, 0.0, 3)


def test_a_point_is_a_hundredth_of_a_share_and_one_percent_of_anything_else() -> None:
    small, full = Estimate(0.25, 0.0, 5), Estimate(0.20, 0.0, 5)
    assert drift(("a", SHARE), 0.1, small, full, 0.975).points == pytest.approx(5)
    assert drift(("a", "persons"), 0.1, small, full, 0.975).points == pytest.approx(25)


def test_chance_is_the_interval_of_a_difference_of_means() -> None:
    """Two errors of 0.01 with ten replications each: 18 degrees of freedom, 2.101 standard errors of 0.01414."""
    one = drift(("a", SHARE), 0.1, Estimate(0.25, 0.01, 10), Estimate(0.2, 0.01, 10), 0.975)
    assert one.chance == pytest.approx(2.101 * math.sqrt(2), abs=0.001)
    assert not one.is_within
    assert one._replace(points=-3.9).is_within
    assert not one._replace(points=-4.0).is_within


def test_a_figure_that_drifts_without_chance_is_noticed_and_one_that_full_size_lacks_is_left_out() -> None:
    same, twice, more = Figure("same", SHARE, 1, 2), Figure("other", SHARE, 1, 4), Figure("more", SHARE, 1, 2)
    results = drifts({1.0: [[same, twice]] * 2, 0.5: [[same, twice._replace(amount=2), more]] * 2})
    assert [(one.line, one.points, one.is_within) for one in results] == [("same", 0, True), ("other", 25, False)]
    text = report(results).splitlines()
    assert text[2:4] == ["| same | 50.0% | +0.0 ± 0.0 |", "| other | 25.0% | **+25.0 ± 0.0** |"]
    assert text[-1] == "1 of 2 differences are more than chance and one point."


def test_small_scales_have_as_many_more_replications_as_they_are_smaller_up_to_a_limit() -> None:
    every = list(tasks("us", (0.05, 0.25, 1.0), 3, 7))
    assert [task.scale for task in every] == [1.0] * 3 + [0.25] * 12 + [0.05] * 3 * AT_MOST
    assert every[:2] == [Task("us", 1.0, 7), Task("us", 1.0, 8)]
