"""Figures say what they show: labelled axes, denominators, sources; nobody to show is said, and bytes repeat."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imgsim.base.errors import InputError
from imgsim.engines.model import build
from imgsim.engines.simpy.processes import simulate
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.published import load_published
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures
from imgsim.outcomes.definitions import MEASURED
from imgsim.reports.figures.careers import life_lines
from imgsim.reports.figures.draw_all import draw_all, every_figure, figures_of, save
from imgsim.reports.figures.published import published
from imgsim.reports.figures.stock_and_warm_up import licensed_stock
from imgsim.reports.figures.style import apart, over_replications, share
from imgsim.reports.figures.time_to_event import age

OTHERS = {"exam_attempts", "queue", "by_destination"}  # of lotteries, and of several countries
FIGURES = {name: draw for name, draw in every_figure().items() if name not in OTHERS}
SCENARIO = Path(__file__).parents[2] / "scenarios" / "us.toml"


@pytest.fixture(scope="module")
def run() -> Any:
    """Two small replications of the base scenario."""
    return small(SCENARIO, 0.02)


@pytest.fixture(scope="module")
def by_lot() -> Any:
    """The same of a road whose places go by lot."""
    return small(SCENARIO.with_name("australia.toml"), 0.05)


def small(file: Path, scale: float) -> Any:
    """Two small replications of a scenario."""
    scenario = load_scenario(file, scale=scale)
    model = build(scenario)
    tables = [simulate(model, replication) for replication in (0, 1)]
    joined = {name: pd.concat([each[name] for each in tables], ignore_index=True) for name in tables[0]}
    outcomes = measures(joined, scenario).astype(dict.fromkeys(("measure", "cohort", "by", "group", "statistic"), str))
    return SimpleNamespace(scenario=scenario, outcomes=outcomes, **joined)


def nobody(run: Any) -> Any:
    """The same run without a single row."""
    tables = {name: table.iloc[:0] for name, table in vars(run).items() if isinstance(table, pd.DataFrame)}
    return SimpleNamespace(scenario=run.scenario, **tables)


def words(axes: Any) -> str:
    """Everything written on a sheet outside its axes, as one line."""
    return " ".join(" ".join(text.get_text() for text in axes.figure.texts).split())


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_labels_a_denominator_and_a_source(run: Any, name: str) -> None:
    axes = FIGURES[name](run)
    assert axes.has_data()
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert "n = " in words(axes)
    assert "scale 1 to 50" in words(axes)
    assert run.scenario.title in words(axes)


@pytest.mark.parametrize("name", FIGURES)
def test_words_stay_on_the_sheet(run: Any, name: str) -> None:
    axes = FIGURES[name](run)
    figure = axes.figure
    canvas: Any = figure.canvas
    renderer = canvas.get_renderer()
    texts = [*figure.texts, *axes.texts, axes.xaxis.label, axes.yaxis.label]
    figure.draw(renderer)
    boxes = {text.get_text(): text.get_window_extent(renderer) for text in texts if text.get_text()}
    width, height = figure.bbox.width, figure.bbox.height
    off = {w for w, b in boxes.items() if b.x0 < -1 or b.y0 < -1 or b.x1 > width + 1 or b.y1 > height + 1}
    assert off == set()


@pytest.mark.parametrize("name", FIGURES)
def test_nobody_to_show_is_said_on_the_sheet(run: Any, name: str) -> None:
    axes = FIGURES[name](nobody(run))
    assert any("Nothing to draw" in text.get_text() for text in axes.texts)
    assert "n = 0" in words(axes)


def test_a_table_that_was_not_kept_is_nobody_to_show(run: Any) -> None:
    class Kept:
        scenario = run.scenario

        @property
        def people(self) -> pd.DataFrame:
            raise InputError("has no table `people`")

    axes = age(Kept())
    assert any("Nothing to draw" in text.get_text() for text in axes.texts)


class WithoutEvents:
    """A run that kept every table but that of events."""

    def __init__(self, run: Any) -> None:
        self.run = run

    def __getattr__(self, name: str) -> Any:
        if name == "events":
            raise InputError("has no table `events`")
        return getattr(self.run, name)


def test_a_figure_whose_table_was_not_kept_is_left_out_and_named(run: Any, tmp_path: Path) -> None:
    reason = "the table `events` was not written"
    left_out = draw_all(WithoutEvents(nobody(run)), tmp_path)
    assert left_out == {"where_the_cohort_is": reason, "life_lines": reason}
    assert {file.stem for file in tmp_path.iterdir()} == set(FIGURES) - set(left_out)


def test_a_figure_that_fails_is_left_out_with_the_reason_and_costs_no_other(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Any) -> Any:
        raise ValueError("no colour left")

    figures = {"age": failing, "match_rates": FIGURES["match_rates"]}
    monkeypatch.setattr("imgsim.reports.figures.draw_all.figures_of", lambda _: figures)
    assert draw_all(nobody(run), tmp_path) == {"age": "ValueError: no colour left"}
    assert {file.name for file in tmp_path.iterdir()} == {"match_rates.png", "match_rates.svg"}


@pytest.mark.parametrize("name", FIGURES)
def test_people_without_a_measured_cohort_are_a_figure_too(run: Any, name: str) -> None:
    outcomes = run.outcomes[run.outcomes["cohort"] != MEASURED]
    without = SimpleNamespace(**vars(run) | {"outcomes": outcomes})
    assert any(text.get_text() for text in FIGURES[name](without).figure.texts)


@pytest.mark.parametrize("name", ["where_the_cohort_is", "life_lines"])
def test_a_figure_asked_for_says_which_table_it_lacks(run: Any, name: str) -> None:
    axes = FIGURES[name](WithoutEvents(run))
    assert any("did not keep the table `events`" in text.get_text() for text in axes.texts)


def test_the_same_tables_give_the_same_bytes(run: Any, tmp_path: Path) -> None:
    for name in ("match_rates", "life_lines"):
        for copy in ("a", "b"):
            save(FIGURES[name](run), tmp_path / f"{name}_{copy}")
        for kind in ("svg", "png"):
            assert (tmp_path / f"{name}_a.{kind}").read_bytes() == (tmp_path / f"{name}_b.{kind}").read_bytes()


def test_all_figures_are_written_as_png_and_svg(run: Any, tmp_path: Path) -> None:
    draw_all(nobody(run), tmp_path / "figures")
    assert {file.name for file in (tmp_path / "figures").iterdir()} == {
        f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")
    }


def test_a_road_without_a_match_has_figures_of_its_queue_and_exams(run: Any, by_lot: Any) -> None:
    assert set(figures_of(run)) == set(FIGURES)
    of_the_match = {"attempt_ladder", "match_rates", "match_by_specialty", "match_rate_by_ranks", "rank_list_lengths"}
    assert set(figures_of(by_lot)) == set(FIGURES) - of_the_match | {"exam_attempts", "queue"}
    for figure in figures_of(by_lot).values():
        axes = figure(by_lot)
        assert axes.has_data()
        assert axes.get_xlabel()
        assert "n = " in words(axes)
        axes.figure.clear()


@pytest.mark.parametrize("name", ["exam_attempts", "queue"])
def test_a_queue_of_nobody_is_a_figure_that_says_so(by_lot: Any, name: str) -> None:
    axes = figures_of(by_lot)[name](nobody(by_lot))
    assert any("nobody" in text.get_text() for text in axes.texts)


def test_an_axis_says_what_the_catalogue_calls_the_measure_and_its_unit(run: Any) -> None:
    assert FIGURES["match_rates"](run).get_ylabel() == "Match rate (%)"
    assert FIGURES["licensed_stock"](run).get_ylabel() == "Licensed physicians on 1 January (real persons)"


def test_a_figure_of_several_countries_suits_no_single_one(run: Any, by_lot: Any) -> None:
    assert "by_destination" in every_figure()
    assert "by_destination" not in {*figures_of(run), *figures_of(by_lot)}


def test_states_of_the_cohort_fill_the_sheet(run: Any) -> None:
    from imgsim.reports.figures.states_over_time import certified_cohort, shares_by_state

    cohort, followed = certified_cohort(run)
    shares = shares_by_state(run, cohort, np.arange(0, followed + 1.0))
    assert np.allclose(sum(shares.values()), 1)


def test_lines_of_lives_last_until_the_end_or_the_horizon(run: Any) -> None:
    from imgsim.reports.figures.careers import sample

    lives, axes = sample(run), life_lines(run)
    until = lives["end_date"].fillna(pd.Timestamp(run.scenario.run.end))
    longest = ((until - lives["birth_date"]).dt.days / 365.25).to_numpy()
    bars: Any = axes.patches
    drawn = {round(bar.get_y() + bar.get_height() / 2): bar.get_x() + bar.get_width() for bar in bars}
    assert {row: round(end, 6) for row, end in drawn.items()} == {row: round(longest[row], 6) for row in drawn}
    assert len(drawn) > len(lives) / 2


def test_an_attempt_without_a_place_is_followed_by_another_by_an_end_or_by_neither_yet() -> None:
    from imgsim.reports.figures.match import fates

    held = pd.DataFrame(
        {"channel": ["match", "none", "none", "none"], "end_class": ["died", "died", "died", "under_way"]}
    )
    found = fates(held, pd.Series([False, True, False, False]))
    assert found.tolist() == ["match", "again", "stopped", "open"]


def test_everybody_who_tried_again_has_a_later_attempt(run: Any) -> None:
    from imgsim.reports.figures.match import tries

    held = tries(run).sort_values("year")
    life = held.groupby(["replication", "person"])
    assert ((held["fate"] == "again") == (life.cumcount(ascending=False) > 0)).all()


def test_published_growth_stands_beside_the_simulated_one(run: Any) -> None:
    assert "published +78%, simulated" in words(licensed_stock(run))


def test_published_points_that_the_shipped_numbers_were_not_fitted_to_are_marked(run: Any) -> None:
    rates, active = (published(run, measure, "citizen_img") for measure in ("match_rate", "match_active"))
    assert not rates["unused"].any()  # 2014-18 are kept back from the forecast only
    assert active["unused"].tolist() == (active["year"] > 2018).tolist()  # compared, never an input
    assert rates["source"].isin(list(run.scenario.sources)).all()


def test_a_band_needs_three_replications_and_does_not_go_below_nothing() -> None:
    two = pd.DataFrame({"year": [1, 1], "value": [1.0, 3.0]})
    three = pd.DataFrame({"year": [1, 1, 1], "value": [0.0, 1.0, 5.0]})
    assert over_replications(two, "year")[["mean", "low", "high"]].to_numpy().tolist() == [[2.0, 2.0, 2.0]]
    band = over_replications(three, "year").iloc[0]
    assert band["low"] == 0
    assert band["high"] == pytest.approx(2 + 4.3026527 * np.sqrt(7 / 3))  # t with 2 degrees of freedom, 97.5%


def test_labels_keep_their_distance() -> None:
    assert np.diff(np.sort(apart([0.5, 0.5, 0.51, 0.99], 0.1, 0, 1))).min() >= 0.1 - 1e-12
    assert apart([0.2, 0.8], 0.1, 0, 1).tolist() == [0.2, 0.8]


def test_a_share_that_rounds_to_nothing_is_told_from_nothing() -> None:
    assert [share(value) for value in (0, 0.001, 0.25)] == ["0%", "<1%", "25%"]


# --- the Match by specialty, and rank lists ---------------------------------------------------------------------------


def hollow_points(axes: Any) -> list[tuple[float, float]]:
    """The published points on axes."""
    lines = [line for line in axes.lines if line.get_marker() == "o"]
    return [(float(x), float(y)) for line in lines for x, y in zip(*line.get_data(), strict=True)]


def test_match_rates_by_ranks_stand_beside_those_published_for_the_same_year(run: Any) -> None:
    axes = FIGURES["match_rate_by_ranks"](run)
    figures = [f for f in load_published(COUNTRIES / "us") if f.measure == "preferred_rate_by_ranks"]
    expected = [
        (int(figure.group.partition("/")[0].rstrip("+")), figure.value)
        for figure in figures
        if figure.cohort == "2007" and figure.group.count("/") == 1
    ]
    assert len(expected) == 26  # 1 to 12, and longer, of US seniors and of all others
    assert sorted(hollow_points(axes)) == sorted(expected)
    assert "2007" in words(axes)


def test_every_large_specialty_has_a_panel_with_its_published_fills(run: Any) -> None:
    axes = FIGURES["match_by_specialty"](run)
    panels = {panel.get_title(): panel for panel in axes.figure.axes}
    assert {"internal medicine", "family medicine", "psychiatry", "anesthesiology"} <= set(panels)
    assert len(panels) == 12
    filled = [f for f in load_published(COUNTRIES / "us") if f.measure == "match_fill_rate" and f.group == "psychiatry"]
    assert {(float(f.cohort), f.value) for f in filled} <= set(hollow_points(panels["psychiatry"]))


def test_rank_lists_by_result_stand_beside_published_means(run: Any) -> None:
    axes = FIGURES["rank_list_lengths"](run)
    figures = [f for f in load_published(COUNTRIES / "us") if f.measure == "preferred_ranks" and f.statistic == "mean"]
    expected = {(float(f.cohort), f.value) for f in figures if f.group.split("/")[1:] in (["us_md"], ["independent"])}
    assert len(expected) == 4
    assert set(hollow_points(axes)) == expected
