"""Paired replications: a null reform changes exactly nothing, and counts between worlds can be worked out by hand."""

from __future__ import annotations

import html.parser
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import toy
from builders.reforms import MORE_PLACES, NOTHING

import imgsim
from imgsim.base.errors import ImgsimError, InputError
from imgsim.cli.main import main
from imgsim.engines.compiled import replication as compiled_engine
from imgsim.engines.model import build
from imgsim.engines.records.tables import build_tables
from imgsim.experiments.compare import differences, paired_replications
from imgsim.experiments.compare import text as words
from imgsim.experiments.compare.comparison import Comparison
from imgsim.experiments.compare.reform_worlds import worlds_of
from imgsim.experiments.compare.run import compare
from imgsim.experiments.compare.sweep import sign_change, switching_points
from imgsim.experiments.uncertainty import parameter_draws as draws
from imgsim.experiments.uncertainty import parameter_uncertainty as uncertainty
from imgsim.experiments.uncertainty import sensitivity
from imgsim.inputs.new_country import new_country
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import headline_makers, measures

US = Path(__file__).parents[2] / "scenarios" / "us.toml"
REFORMS = US.parent / "reforms"


@pytest.fixture
def country(tmp_path: Path) -> Path:
    """A small country with a reform that gives places and one that does nothing."""
    new_country("atlantis", tmp_path)
    (tmp_path / "more.toml").write_text(MORE_PLACES)
    (tmp_path / "null.toml").write_text(NOTHING)
    return tmp_path


def compared(country: Path, *reforms: str, **more: object) -> Comparison:
    given: dict[str, object] = {"replications": 3, "scale": 0.3, "workers": 1, "quiet": True, "figures": False}
    files = [country / f"{name}.toml" for name in reforms]
    return compare(country / "atlantis.toml", files, out=country / "results", **(given | more))  # type: ignore[arg-type]


# --- worked out by hand ---------------------------------------------------------------------------------------------


def test_the_interval_of_a_difference_is_students() -> None:
    mean, low, high, helps = differences.paired_interval(np.array([1.0, 2.0, 3.0]), "more")
    assert mean == 2
    assert (high - low) / 2 == pytest.approx(4.302653 / np.sqrt(3), rel=1e-6)  # t of 2 degrees of freedom, SD 1
    assert helps == pytest.approx(0.963, abs=0.001)  # P(T < 2 sqrt(3)) with 2 degrees of freedom
    assert differences.paired_interval(np.array([1.0, 2.0, 3.0]), "less")[3] == pytest.approx(1 - helps)
    assert differences.paired_interval(np.zeros(3), "more")[:3] == (0, 0, 0)


def test_the_variance_reduction_factor_is_the_ratio_of_variances_without_and_with_pairing() -> None:
    one = np.array([1.0, 2.0, 3.0])
    factor = differences.variance_reduction_factor(one, one + np.array([0.0, 0.1, 0.2]))
    assert factor == pytest.approx((1 + 1.21) / 0.01)  # variances of 1, 2, 3; of 1, 2.1, 3.2; of 0, 0.1, 0.2


def test_a_number_is_drawn_between_the_ends_of_its_range() -> None:
    assert [draws.between(u, 1.0, 2.0, 5.0) for u in (0, 0.25, 0.5, 0.75, 1)] == [1, 1.5, 2, 3.5, 5]
    rows = (Row(None, 2.0, "assumed", why="w", range=(1.0, 5.0)), Row(9, 3.0, "measured", source="s"))
    parameters = Parameters([Parameter("a", "number", None, None, "step", {"": rows})], {})
    drawn = draws.moved_parameters(parameters, {"a": 1.0})["a"].rows[""]
    assert [row.value for row in drawn] == [5.0, 3.0]  # what is measured stays


def test_a_tornado_finds_the_slope_and_its_error() -> None:
    point = np.linspace(0, 1, 50)
    swing, error = uncertainty.swing(point, 3 * point + 1)
    assert swing == pytest.approx(2.4)  # eight tenths of a slope of 3
    assert error == pytest.approx(0, abs=1e-9)


def test_what_is_worth_knowing_is_what_would_change_the_choice() -> None:
    point = np.linspace(0, 1, 101)
    table = pd.DataFrame(
        {
            "draw": np.repeat(range(101), 2),
            "world": [0, 1] * 101,
            "measure": "placed_by_year_5",
            "cohort": "measured",
            "group": "all",
            "statistic": "share",
            "value": np.column_stack([np.zeros(101), point - 0.5]).ravel(),
        }
    )
    analysis = uncertainty.ParameterUncertainty(
        ("a", "b"), np.column_stack([point, point[::-1] ** 0]), table, ("base", "reform")
    )
    worth = analysis.worth("placed_by_year_5").set_index("parameter")["worth"]
    assert worth["a"] == pytest.approx(0.125, abs=0.002)  # mean of max(0, u - 1/2) less max(0, mean of u - 1/2)
    assert worth["b"] == pytest.approx(0, abs=1e-9)


def test_few_draws_have_a_range_from_the_least_to_the_most_and_many_a_95_percent_range() -> None:
    assert uncertainty.range_over(np.array([3.0, 1.0])) == (1.0, 3.0, "range of 2 draws")
    assert uncertainty.range_over(np.arange(39.0)) == (0.0, 38.0, "range of 39 draws")
    low, high, what = uncertainty.range_over(np.arange(41.0))
    assert (low, high) == pytest.approx((1, 39))  # 2.5% of 40 steps is one
    assert what == "95% range"


def test_the_sign_changes_on_the_line_between_two_sizes() -> None:
    assert sign_change([1, 2, 4], [-1.0, 1.0, 3.0], [-1, 1, 1]) == 1.5
    assert sign_change([1, 2, 4], [1.0, 1.0, 3.0], [1, 1, 1]) is None


def test_a_sign_that_is_not_known_does_not_change() -> None:
    assert sign_change([1, 2, 4], [-1.0, 1.0, 3.0], [0, 1, 1]) is None
    assert sign_change([1, 2, 4], [-1.0, 1.0, 3.0], [-1, 0, 0]) is None
    assert sign_change([1, 2, 4], [-1.0, 1.0, 3.0], [-1, 0, 1]) == 1.5  # between 1 and 4, where the line crosses


# --- whole comparisons ------------------------------------------------------------------------------------------------


def test_a_reform_that_changes_nothing_is_exactly_nothing(country: Path) -> None:
    found = compared(country, "null")
    assert (found.differences["difference"] == 0).all()
    assert (found.differences["low"] == 0).all()
    counts = found.tables["counterfactual_pairs"][["gained", "lost", "sooner", "later"]]
    assert (counts == 0).all(axis=None)
    assert (found.places["change"] == 0).all()
    assert (found.flows["before"] == found.flows["after"]).all()
    assert "the same persons start training or practise, and no physician-year" in words.sentences(found, "null")[0]
    assert f"{len(found.differences)} lines do not differ" in words.table_text(found)


def test_more_places_help_and_who_gains_is_counted(country: Path) -> None:
    found = compared(country, "more", "null")
    table: Any = found.differences.set_index(["reform", "measure"])
    assert table.loc[("more", "placed_by_year_5"), "difference"] > 0.1
    assert table.loc[("more", "placed_by_year_5"), "helps"] > 0.99
    assert table.loc[("more", "placed_by_year_5"), "variance_reduction_factor"] > 1
    gains: Any = found.gains[found.gains["dimension"] == "all"].set_index("reform")
    assert gains.loc["more", "gained"] > 100
    assert gains.loc["null", "gained"] == 0
    seats: Any = found.places[found.places["reform"] == "more"].set_index(["round", "group"])
    assert seats.loc[("match", "all"), "seats_reformed"] > 1.5 * seats.loc[("match", "all"), "seats_baseline"]


def test_workers_and_engine_do_not_change_the_numbers(country: Path) -> None:
    one = compared(country, "more", replications=2, scale=0.1)
    for other in (
        compared(country, "more", replications=2, scale=0.1, workers=2),
        compared(country, "more", replications=2, scale=0.1, engine="simpy"),
    ):
        for name, table in one.tables.items():
            pd.testing.assert_frame_equal(table, other.tables[name])


def test_replications_are_added_until_the_difference_is_known(country: Path) -> None:
    found = compared(country, "more", replications=2, precision=0.02, most=8, scale=0.1)
    assert found.replications in (2, 4, 8)
    assert "asked" in found.precision_text or "Stopped at 8" in found.precision_text
    capped = compared(country, "more", replications=2, precision=1e-6, most=3, scale=0.1)
    assert capped.replications == 3
    assert capped.precision_text.startswith("Stopped at 3 replications")


def test_an_interrupted_comparison_is_taken_up_where_it_stopped(country: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compared(country, "more", scale=0.1)
    ran: list[int] = []
    simulate = paired_replications.simulate_worlds

    def stops(built: paired_replications.BuiltWorlds, number: int) -> object:
        ran.append(number)
        if number == 1 and ran.count(1) == 1:
            raise KeyboardInterrupt
        return simulate(built, number)

    monkeypatch.setattr(paired_replications, "simulate_worlds", stops)
    with pytest.raises(KeyboardInterrupt):
        compared(country, "more", scale=0.1)
    again = compared(country, "more", scale=0.1)
    assert ran == [0, 1, 1, 2]  # the first replication had a checkpoint
    pd.testing.assert_frame_equal(whole.differences, again.differences)


def test_parameter_uncertainty_is_apart_from_stochastic_uncertainty(country: Path) -> None:
    found = compared(country, "more", replications=2, scale=0.1, uncertainty=6)
    assert found.parameter_uncertainty is not None
    assert "more.times" in found.parameter_uncertainty.parameters  # the size of the lever is uncertain too
    assert len(found.parameter_uncertainty.points) == 6
    summary = found.parameter_uncertainty.summary().set_index("label")
    assert (summary["low"] <= summary["median"]).all()
    assert set(summary["range"]) == {"range of 6 draws"}  # six have no percentile of 2.5%
    assert "(range of 6 draws " in words.sentences(found, "more")[0]
    shown = [
        words.table_text(found),
        (found.folder / "index.html").read_text(),
        (found.folder / "uncertainty.csv").read_text(),
    ]
    assert all("range of 6 draws" in text and "95% range" not in text for text in shown)
    assert (found.folder / "draws.csv").exists()
    again = compared(country, "more", replications=2, scale=0.1, uncertainty=6)
    assert again.parameter_uncertainty is not None
    pd.testing.assert_frame_equal(found.parameter_uncertainty.summary(), again.parameter_uncertainty.summary())


def test_a_lever_can_be_swept(country: Path) -> None:
    found = compared(country, "more", replications=2, scale=0.1, sweep="times=0.5,1,3")
    assert found.names[1:] == ("times = 0.5", "times = 1", "times = 3")
    placed = found.differences[found.differences["measure"] == "placed_by_year_5"]["difference"].tolist()
    assert placed[0] < 0 == placed[1] < placed[2]


def test_a_sweep_ranks_its_sizes_among_other_reforms(country: Path) -> None:
    (country / "twice.toml").write_text(MORE_PLACES)
    found = compared(country, "more", "twice", replications=2, scale=0.1, sweep="more.times=1,3", figures=True)
    assert found.names[1:] == ("more.times = 1", "more.times = 3", "twice")
    level = found.switching_points[found.switching_points["measure"] == "placed_by_year_5"].set_index("against")["size"]
    assert 1 < level["twice"] < 3  # with twice the places of today it would be level at the size 2
    assert (found.folder / "switching_points.csv").exists()
    assert "is level with twice at more.times" in words.table_text(found)


def test_rankings_change_on_the_line_between_two_sizes() -> None:
    table = pd.DataFrame(
        [("m", "all", "M", "x = 1", -1.0), ("m", "all", "M", "x = 3", 3.0), ("m", "all", "M", "other", 1.0)],
        columns=["measure", "group", "label", "reform", "difference"],
    )

    def at(half: float, moved: bool = False) -> dict[str, float]:
        known = table.assign(low=table["difference"] - half, high=table["difference"] + half, denominator_moved=moved)
        return dict(switching_points(known, ("x", (1.0, 3.0))).set_index("against")["size"])

    assert at(0.5) == {"the baseline": 1.5, "other": 2.0}
    assert at(1.2) == {}  # the interval of the smaller size holds zero, and touches that of the other reform
    assert at(0.99) == {"the baseline": 1.5, "other": 2.0}
    assert at(0.5, moved=True) == {}  # a share of other persons has no sign
    assert at(np.nan) == {}  # one replication


def test_screening_ranks_first_the_parameter_that_moves_the_answer(
    country: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = ("livelihood.preparing.survival_job", "match.merit.plus.citizen", "more.times")
    monkeypatch.setattr(sensitivity, "uncertain_parameters", lambda worlds: few)
    found = compared(country, "more", replications=2, scale=0.1, morris=3, sobol=2)
    result = found.sensitivity
    assert result is not None
    shown = result.morris[result.morris["label"] == "Certified, in residency by the end of year five"]
    assert shown["parameter"].iloc[0] == "more.times"
    assert shown["mu_star"].iloc[0] > 0.05  # from half the places to three times
    shares = result.sobol[result.sobol["label"] == shown["label"].iloc[0]].set_index("parameter")
    assert shares["total"].idxmax() == "more.times"
    page = (found.folder / "index.html").read_text()
    assert "Morris screening" in page
    assert {"morris.csv", "sobol.csv"} <= {path.name for path in found.folder.iterdir()}


def test_without_its_library_sensitivity_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    with pytest.raises(ImgsimError, match="needs SALib: pip install salib"):
        sensitivity.library()


def test_a_trajectory_with_a_missing_point_is_left_out() -> None:
    known = np.array([True, True, True, True, False, True])
    assert sensitivity.complete(known, 3).tolist() == [True] * 3 + [False] * 3


def test_refused_draws_are_counted_and_left_out() -> None:
    rows = [(0, 0, "placed_by_year_5", 0.5), (0, 1, "placed_by_year_5", 0.6), (1, 0, "refused", np.nan),
            (2, 0, "placed_by_year_5", 0.5), (2, 1, "placed_by_year_5", 0.8)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["draw", "world", "measure", "value"])
    table = table.assign(cohort="measured", group="all", statistic="share")
    analysis = uncertainty.ParameterUncertainty(("a",), np.array([[0.1], [0.5], [0.9]]), table, ("base", "reform"))
    assert analysis.refused == 1
    assert analysis.summary()["median"].tolist() == [pytest.approx(0.2)]


def test_calibrated_parameters_are_drawn_together_from_their_fit() -> None:
    worlds = worlds_of(US, [REFORMS / "conrad_35.toml"], False, 12, None, {}, "compiled", {"scale": 0.02})
    names = draws.uncertain_parameters(worlds)
    assert "fit.patience" in names
    base, moved = (
        draws.worlds_at(worlds, dict.fromkeys(names, 0.5) | {"fit.patience": u})[0].parameters for u in (0.5, 1.0)
    )
    assert base["clock.patience"] == worlds.scenarios[0].parameters["clock.patience"]
    assert moved["clock.patience"] != base["clock.patience"]
    assert moved["match.again.again"] != base["match.again.again"]  # correlated in the fit, so the other moves too


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_no_draw_takes_a_calibrated_value_out_of_its_range(end: float) -> None:
    worlds = worlds_of(US, [REFORMS / "conrad_35.toml"], False, 12, None, {}, "compiled", {"scale": 0.02})
    names = [name for name in draws.uncertain_parameters(worlds) if name.startswith(draws.FIT)]
    drawn = draws.worlds_at(worlds, dict.fromkeys(names, end))[0].parameters
    rows = [
        (name, row)
        for name, parameter in drawn.items()
        for series in parameter.rows.values()
        for row in series
        if row.evidence == "calibrated" and row.range
    ]
    assert any(row.value in row.range for _, row in rows if row.range)  # some stop at an end of theirs
    assert [(name, row) for name, row in rows if row.range and not row.range[0] <= row.value <= row.range[1]] == []


def test_a_value_that_a_scenario_sets_is_drawn_without_a_range() -> None:
    before = toy.parameter("a", "score", 1.0)
    set_by_a_scenario = before.rows[""][0]._replace(range=(1.0, 1.0))
    assert draws.stopped(set_by_a_scenario, set_by_a_scenario._replace(value=3.0)).value == 3.0
    known = set_by_a_scenario._replace(range=(0.5, 2.0))
    assert [draws.stopped(known, known._replace(value=v)).value for v in (0.0, 1.5, 3.0)] == [0.5, 1.5, 2.0]


class Tags(html.parser.HTMLParser):
    """Which tags a page has, and what they would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = {"link": "href", "script": "src", "img": "src", "use": "xlink:href", "image": "href"}
        self.fetched += [value or "" for name, value in attrs if names.get(tag) == name and "#" not in (value or "")]


def test_the_page_stands_alone(country: Path) -> None:
    found = compared(country, "more", replications=2, scale=0.1, figures=True)
    page = (found.folder / "index.html").read_text()
    tags = Tags()
    tags.feed(page)
    assert tags.fetched == []
    assert tags.tags.count("svg") == 4
    for words_of_page in ("The council", "what places cost", "stochastic", "Parameter uncertainty", "How to repeat it"):
        assert words_of_page in page
    assert {"differences.csv", "manifest.json", "index.html", "figures"} <= {
        path.name for path in found.folder.iterdir()
    }


def test_the_command_and_python_give_the_same_numbers(
    country: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(country)
    asked = ["--replications", "2", "--scale", "0.1", "--workers", "1"]
    assert main(["compare", "atlantis.toml", "--reform", "more.toml", *asked]) == 0
    printed = capsys.readouterr().out
    found = imgsim.compare(country / "atlantis.toml", [country / "more.toml"], replications=2, scale=0.1, workers=1)
    assert printed.startswith(words.table_text(found))


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"sweep": "times"}, "no NAME=a,b,c"),
        ({"sweep": "times=1,x"}, "no NAME=a,b,c"),
        ({"sweep": "time=1,2"}, "did you mean"),
        ({"sweep": "times=1,9"}, "9"),
        ({"uncertainty": 1}, "at least two draws"),
        ({"morris": 1}, "at least two trajectories"),
        ({"sobol": 8}, "needs --morris too"),
        ({"morris": 2, "sobol": 12}, "power of two"),
        ({"precision": 0}, "above 0"),
        ({"precision": 0.1, "replications": 1}, "at least two replications"),
        ({"precision": 0.1, "most": 2}, "at least the 3 replications"),
        ({"doses": {"tims": 2.0}}, "did you mean|no reform here"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(country: Path, more: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compared(country, "more", **more)


def test_a_country_is_no_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "us", "--reform", "more.toml"]) == 2
    assert "`us` is a country; this command needs a scenario file" in capsys.readouterr().err


def test_a_comparison_needs_a_reform(country: Path) -> None:
    with pytest.raises(InputError, match="name at least one reform"):
        compared(country)


@pytest.mark.parametrize(("name", "scale"), [("us", 0.05), ("canada", 0.2), ("australia", 0.1)])
def test_a_comparison_measures_everything_that_it_writes(name: str, scale: float) -> None:
    scenario = load_scenario(US.parent / f"{name}.toml", scale=scale)
    tables = build_tables(compiled_engine.run(build(scenario), 0).finished())
    pair = [paired_replications.headline_of(measures(tables, scenario, makers)) for makers in (None, headline_makers())]
    everything, leading = (
        table.astype(dict.fromkeys(("measure", "cohort", "by", "group", "statistic"), str)) for table in pair
    )
    pd.testing.assert_frame_equal(everything, leading)
