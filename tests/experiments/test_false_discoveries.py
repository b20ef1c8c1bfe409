"""Pure noise has no findings, and a planted effect is found among hundreds of parameters that do nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from imgsim.base.arrays import Floats
from imgsim.experiments.uncertainty import sensitivity
from imgsim.experiments.uncertainty.false_discoveries import SHARE, stand_out, two_sided
from imgsim.experiments.uncertainty.parameter_uncertainty import ParameterUncertainty

SEEDS = 50


def analysis(seed: int, effect: float, draws: int = 30, parameters: int = 266) -> ParameterUncertainty:
    """Noise of standard deviation 1, and so many times the seventh parameter."""
    points = qmc.LatinHypercube(parameters, seed=seed).random(draws)
    return drawn(points, np.random.default_rng(1000 + seed).normal(size=draws) + effect * (points[:, 7] - 0.5))


def drawn(points: Floats, difference: Floats) -> ParameterUncertainty:
    draws = len(points)
    table = pd.DataFrame({"draw": np.tile(np.arange(draws), 2), "world": np.repeat([0, 1], draws)})
    table = table.assign(measure="starts", cohort="measured", group="all", statistic="", n=100.0)
    table["value"] = np.concatenate([np.zeros(draws), difference])
    return ParameterUncertainty(tuple(f"p{k}" for k in range(points.shape[1])), points, table, ("base", "reform"))


def test_the_procedure_is_that_of_benjamini_and_hochberg() -> None:
    # Benjamini and Hochberg 1995, section 4: 15 p-values, of which the four smallest are rejected at 0.05
    p = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                  0.6528, 0.7590, 1.0])  # fmt: skip
    assert SHARE == 0.05
    assert np.flatnonzero(stand_out(p)).tolist() == [0, 1, 2, 3]
    assert not stand_out(np.array([np.nan, np.nan])).any()


def test_p_values_are_students() -> None:
    p = two_sided(np.array([12.706, 0.0, 1.0]), np.array([1.0, 0.0, 0.0]), 1)
    assert p == pytest.approx([0.05, 1.0, 0.0], abs=1e-5)  # 12.706: the 97.5% point with one degree of freedom
    assert np.isnan(two_sided(np.ones(2), np.ones(2), 0)).all()


def test_pure_noise_paints_no_bars() -> None:
    painted = [int(analysis(seed, 0.0).tornado("starts")["beyond"].sum()) for seed in range(SEEDS)]
    # any bar at all has a probability of 5%: more than eight of 50 has one of 0.1%
    assert sum(bars > 0 for bars in painted) <= 8
    assert sum(painted) <= 10  # two standard errors alone paint thirteen each time


def test_a_planted_effect_is_found_and_little_else() -> None:
    tables = [analysis(seed, 12.0).tornado("starts") for seed in range(SEEDS)]
    assert all(table["parameter"][0] == "p7" and table["beyond"][0] for table in tables)
    false = sum(int(table["beyond"].sum()) - 1 for table in tables)
    assert false <= 12  # five in a hundred of those shown, in expectation


def test_two_draws_find_nothing() -> None:
    assert not analysis(0, 12.0, draws=2).tornado("starts")["beyond"].any()


def test_knowing_noise_is_worth_nothing() -> None:
    tables = [analysis(seed, 0.0, 20, 60).worth("starts") for seed in range(10)]
    assert sum(bool(table["beyond"].any()) for table in tables) <= 3  # 5% each: more than three has 0.1%
    assert all(table["worth"][~table["beyond"]].eq(0).all() for table in tables)
    assert all(table["uncorrected"].max() > 0.1 for table in tables)  # what a maximum gives by chance


def test_a_number_that_changes_the_choice_is_worth_what_it_is_worth() -> None:
    worth = [analysis(seed, 12.0, 60, 60).worth("starts") for seed in range(5)]
    assert all(table["parameter"][0] == "p7" for table in worth)
    # mean of max(0, 12 (u - 1/2)) is 12 / 8, less max(0, mean of the difference), which is about 0
    assert np.mean([table["worth"][0] for table in worth]) == pytest.approx(1.5, abs=0.15)


# --- screening ------------------------------------------------------------------------------------------------------


def screened(effects: Floats) -> pd.DataFrame:
    """The table of a screening with these effects, of shape (trajectories, parameters)."""
    table = pd.DataFrame({"parameter": [f"p{k}" for k in range(effects.shape[1])], "label": "starts"})
    table = table.assign(trajectories=len(effects), mu=effects.mean(axis=0), sigma=effects.std(axis=0, ddof=1))
    return sensitivity.by_line(table, sensitivity.morris_chance)


def test_effects_without_a_direction_are_no_finding_of_a_screening() -> None:
    noise = [np.random.default_rng(seed).normal(size=(10, 225)) for seed in range(SEEDS)]
    assert sum(bool(screened(effects)["beyond"].any()) for effects in noise) <= 8
    for effects in noise:
        effects[:, 3] += 5.0
        table = screened(effects)
        assert table.loc[3, "beyond"]
    nothing = screened(np.zeros((10, 3)))
    assert not nothing["beyond"].any()


def test_a_share_of_variance_within_its_error_is_no_finding() -> None:
    table = pd.DataFrame({"label": "starts", "first": [0.6, 0.05, 0.0], "first_error": [0.1, 0.1, 0.0]})
    assert sensitivity.by_line(table, sensitivity.sobol_chance)["beyond"].tolist() == [True, False, False]
