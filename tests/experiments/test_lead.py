"""The line that leads an answer has the sign of the net of persons, on a denominator that no reform can move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden import shipped_reforms

from imgsim.experiments.compare import differences
from imgsim.experiments.compare import text as words
from imgsim.experiments.compare.counterfactual_pairs import COUNTS
from imgsim.experiments.compare.figures import spaced
from imgsim.experiments.compare.lead import lead_sentence, lead_table, leading, quantity, with_lead
from imgsim.experiments.compare.run import precision_text, widest

NAMES = ("base", "bill")
BEYOND, WITHIN, NONE = (5.0, 6.0, 7.0), (-4.0, 1.0, 6.0), (0.0, 0.0, 0.0)  # of three replications
EQUAL, EVERY_TIME = (3.0, 3.0, 3.0), "the same in all 3 replications: no interval"


def pairs(net: tuple[float, ...], years: tuple[float, ...]) -> pd.DataFrame:
    """A table of pairs: so many gain less lose a start in each replication, so many years of practice."""
    rows = [
        dict.fromkeys(COUNTS, 0.0)
        | {"replication": k, "world": 1, "dimension": "all", "group": "all", "persons": 1000.0, "started": 400.0}
        | {"practised": 9000.0, "gained": 20.0 + max(one, 0), "lost": 20.0 + max(-one, 0), "practice_years": other}
        for k, (one, other) in enumerate(zip(net, years, strict=True))
    ]
    return pd.DataFrame(rows)


def answer(net: tuple[float, ...], years: tuple[float, ...]) -> str:
    gains = differences.gain_table(pairs(net, years), NAMES, 1.0)
    return lead_sentence(next(differences.each_row(gains)))


def minus(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(-value for value in values)


@pytest.mark.parametrize(
    ("net", "years", "persons", "physicians"),
    [
        (BEYOND, BEYOND, "6.0 more start", "and 6.0 more physician-years"),
        (BEYOND, minus(BEYOND), "6.0 more start", "but 6.0 fewer physician-years"),
        (BEYOND, WITHIN, "6.0 more start", "but there is no difference beyond chance in physician-years"),
        (BEYOND, NONE, "6.0 more start", "but no physician-year"),
        (minus(BEYOND), BEYOND, "6.0 fewer start", "but 6.0 more physician-years"),
        (minus(BEYOND), minus(BEYOND), "6.0 fewer start", "and 6.0 fewer physician-years"),
        (minus(BEYOND), WITHIN, "6.0 fewer start", "but there is no difference beyond chance in physician-years"),
        (minus(BEYOND), NONE, "6.0 fewer start", "but no physician-year"),
        (WITHIN, BEYOND, "no difference beyond chance in how many start", "but 6.0 more physician-years"),
        (WITHIN, minus(BEYOND), "no difference beyond chance in how many start", "but 6.0 fewer physician-years"),
        (WITHIN, WITHIN, "no difference beyond chance in how many start", "and there is no difference beyond chance"),
        (NONE, BEYOND, "the same number start", "but 6.0 more physician-years"),
        (NONE, minus(BEYOND), "the same number start", "but 6.0 fewer physician-years"),
        (NONE, NONE, "the same number start", "and no physician-year"),
        ((3.0,), (-2.0,), "3.0 more start training or practise (one replication: no interval)", "and 2.0 fewer"),
        (EQUAL, BEYOND, f"3.0 more start training or practise ({EVERY_TIME}", "and 6.0 more physician-years"),
        (BEYOND, EQUAL, "6.0 more start", f"and 3.0 more physician-years are worked by the horizon ({EVERY_TIME}"),
        (NONE, EQUAL, f"the same number start training or practise ({EVERY_TIME}", "3.0 more physician-years"),
    ],
)
def test_the_answer_has_the_sign_of_both_results(
    net: tuple[float, ...], years: tuple[float, ...], persons: str, physicians: str
) -> None:
    found = answer(net, years)
    assert found.startswith("Among 1,000 persons who live in both worlds ")
    assert persons in found
    assert physicians in found
    signs = {np.sign(sum(net)), np.sign(sum(years))}
    known = BEYOND in (net, minus(net)) and BEYOND in (years, minus(years))
    assert ("opposite directions" in found) == (known and len(signs) == 2)


def test_a_net_of_nobody_is_the_same_persons_in_both_worlds() -> None:
    counted = pairs(NONE, NONE).assign(gained=0.0, lost=0.0)
    row = next(differences.each_row(differences.gain_table(counted, NAMES, 1.0)))
    assert (row.net_low, row.net_high) == (0, 0)  # known without any interval: nobody's start differs
    assert "the same persons start training or practise, and no physician-year" in lead_sentence(row)
    assert np.isnan(differences.gain_table(pairs(NONE, NONE), NAMES, 1.0)["net_low"]).all()  # others start instead


@pytest.mark.parametrize("change", [[2.0, 2.0], [0.1 + 0.2, 0.3, 0.3], [-1e6, -1e6]])
def test_equal_differences_give_neither_interval_nor_probability(change: list[float]) -> None:
    mean, *rest = differences.paired_interval(np.array(change), "more")
    assert mean == pytest.approx(change[-1])
    assert np.isnan(rest).all()


def test_two_replications_that_lie_close_together_give_an_interval_and_no_probability() -> None:
    mean, low, high, helps = differences.paired_interval(np.array([2.0, 2.001]), "more")
    assert (high - mean, mean - low) == pytest.approx((0.0063531, 0.0063531), rel=1e-4)  # 12.7062 x 0.001 / 2
    assert np.isnan(helps)
    assert differences.paired_interval(np.array([2.0, 2.001, 2.002]), "more")[3] > 0.99


def test_precision_is_not_reached_by_equal_differences() -> None:
    shares = pd.DataFrame({"unit": "share", "low": [-0.01, np.nan], "high": [0.01, np.nan], "replications": [2, 2]})
    assert widest(shares) == np.inf
    assert "differs by the same in all of them" in precision_text(0.1, np.inf, 4)
    assert widest(shares.assign(replications=[2, 1])) == pytest.approx(0.01)  # one that a single replication has


def test_the_interval_beside_a_net_is_students() -> None:
    # mean 6, standard deviation 1, three replications: half = 4.302653 / sqrt(3) = 2.484
    assert "(95% interval +3.5 to +8.5)" in answer(BEYOND, NONE)


@pytest.mark.parametrize(
    ("value", "signed", "shown"),
    [
        (1495.4, False, "1,495"), (-1495.4, True, "-1,495"), (-0.04, True, "+0.0"), (3.21, True, "+3.2"),
        (-3.2, False, "3.2"),
    ],
)  # fmt: skip
def test_quantities_are_whole_from_ten_on_and_zero_has_no_minus(value: float, signed: bool, shown: str) -> None:
    assert quantity(value, signed) == shown


def test_leading_lines_are_counted_at_full_size_over_the_pairs() -> None:
    table = lead_table(pairs(BEYOND, NONE), NAMES, 0.5).set_index("measure")
    starts: Any = table.loc["starts"]
    assert (starts["baseline"], starts["reformed"], starts["difference"]) == (800, 812, 12)
    assert (starts["n_baseline"], starts["n_reformed"], starts["denominator_moved"]) == (1000, 1000, False)
    assert table.loc["physician_years", "difference"] == 0


def test_a_reform_that_acts_after_training_is_led_by_physician_years() -> None:
    def led_by(net: tuple[float, ...], years: tuple[float, ...]) -> str | None:
        top = leading(lead_table(pairs(net, years), NAMES, 1.0))
        return None if top is None else str(top.measure)

    assert led_by(WITHIN, BEYOND) == "starts"
    assert led_by(NONE, BEYOND) == "physician_years"
    assert led_by(NONE, NONE) is None


def test_each_reform_begins_with_its_leading_lines() -> None:
    lead = pd.DataFrame({"reform": ["a", "b"], "label": ["lead", "lead"]})
    rest = pd.DataFrame({"reform": ["a", "a", "b"], "label": ["x", "y", "x"]})
    table = with_lead(lead, rest, ("base", "b", "a"))
    assert list(zip(table["reform"], table["label"], strict=True)) == [
        ("b", "lead"), ("b", "x"), ("a", "lead"), ("a", "x"), ("a", "y"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", shipped_reforms.names())
def test_the_answer_about_every_shipped_reform_has_the_sign_of_its_net(name: str) -> None:
    """The frozen sentences; `test_a_shipped_reform_gives_what_it_gave` holds them equal to those of today."""
    words_of_sign = {1: " more start training", -1: " fewer start training", 0: " the same "}
    for result in shipped_reforms.expected()[name].values():
        net = result["starts"]["gained"] - result["starts"]["lost"]  # counted from the tables of people, without twins
        assert [sign for sign, phrase in words_of_sign.items() if phrase in result["lead"]] == [np.sign(net)]
        shown = quantity(net / shipped_reforms.SCALE[shipped_reforms.country_of(name)])
        assert net == 0 or f" {shown} {'more' if net > 0 else 'fewer'} start" in result["lead"]


# --- denominators ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ([0, 0, 0], False),
        ([1], True),  # nothing tells one replication's noise
        ([-200, -260], True),  # the same way every time, though the interval of two is wide
        ([1, -1, 1, -1], False),
        ([5, 4, 6, 5, -1, 5, 6, 4], True),  # mean 4.25, standard deviation 2.25: 2.4 to 6.1
    ],
)
def test_a_denominator_has_moved_if_it_differs_by_more_than_its_noise(change: list[float], moved: bool) -> None:
    before = np.full(len(change), 3810.0)
    assert differences.denominator_moved(before, before + np.array(change, float)) == moved


def headline(n_reformed: tuple[float, ...]) -> pd.DataFrame:
    """A share that rises from 0.8 to about 0.9 in every replication, of 100 persons or as many as given."""
    rows = [
        (
            world,
            k,
            "placed_by_year_5",
            "measured",
            "all",
            "share",
            0.8 + (0.1 + k / 1000) * world,
            n if world else 100.0,
        )
        for world in (0, 1)
        for k, n in enumerate(n_reformed)
    ]
    columns = ["world", "replication", "measure", "cohort", "group", "statistic", "value", "n"]
    return pd.DataFrame(rows, columns=columns)


def test_a_share_of_other_persons_helps_nobody_and_shows_both_denominators() -> None:
    same, other = (
        next(differences.each_row(differences.difference_table(headline(n), NAMES)))
        for n in ((100.0, 100.0, 100.0), (90.0, 93.0, 92.0))
    )
    assert same.helps == pytest.approx(0.99998, abs=1e-5)  # P(T < 0.101 sqrt(3) / 0.001) with 2 degrees of freedom
    assert not same.denominator_moved
    assert np.isnan(other.helps)
    assert (other.n_baseline, other.n_reformed) == (100, pytest.approx(91.667, abs=0.001))
    assert other.denominator_moved
    assert words.lines_of(other)[1].strip() == (
        "not of the same persons: of 100 simulated persons without the reform, of 92 with it"
    )
    assert "%" not in words.lines_of(other)[0].split("±")[1]
    assert ">99%" in words.lines_of(same)[0]


# --- what is printed --------------------------------------------------------------------------------------------------


def rows_of(*given: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "label": label,
                "unit": "share",
                "baseline": 0.5,
                "reformed": 0.5,
                "difference": value,
                "low": value - half,
            }
            | {"high": value + half, "helps": np.nan, "variance_reduction_factor": np.nan, "denominator_moved": False}
            for label, value, half in given
        ]
    )


def test_lines_without_a_difference_are_folded_into_one() -> None:
    rows = rows_of(("Placed", 0.0, 0.0), ("... citizens", 0.0, 0.0), ("... others", 0.1, 0.01), ("Age", 0.0, 0.02))
    text = words.block("bill", rows)
    assert "2 lines do not differ to the last digit shown: Placed; Placed (citizens)." in text
    assert [line[:10] for line in text.splitlines()[1:3]] == ["... others", "Age       "]  # an interval is news
    assert words.folded_text(rows_of(("Age", 0.1, 0.0))) == ""


def test_a_line_without_an_interval_says_so() -> None:
    table = rows_of(("Placed", 0.1, np.nan)).assign(replications=2)
    assert "±" not in words.block("bill", table)
    assert "all replications differ by the same" in words.no_interval(table)
    assert words.no_interval(rows_of(("Placed", 0.1, 0.02)).assign(replications=2)) == ""
    assert words.no_interval(table.assign(replications=1)) == ""


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(1.0, ">99%"), (0.9951, ">99%"), (0.99, "99%"), (0.5, "50%"), (0.0, "<1%"), (0.0049, "<1%"), (np.nan, "")],
)
def test_nothing_is_ever_certain(probability: float, shown: str) -> None:
    assert words.chance(probability) == shown


def test_a_size_in_the_name_of_a_world_keeps_its_point() -> None:
    assert spaced("gme_posts.times = 0.5") == "gme posts.times = 0.5"
