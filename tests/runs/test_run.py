"""The Python interface: a run, its tables, and what it refuses."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from builders.small_engine import PEOPLE, SMALL, SmallScenario, small_outcomes

import imgsim
from imgsim.base.errors import ImgsimError, InputError
from imgsim.runs.folders import results_folder
from imgsim.runs.run import Run, open_run, run_scenario


@pytest.fixture
def done(tmp_path: Path) -> Run:
    return run_scenario(SmallScenario(), workers=1, out=tmp_path, job=SMALL, figures=False)


@pytest.fixture(autouse=True)
def headline_of_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """The headline table is tested elsewhere; here a mean will do."""
    monkeypatch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())


def test_tables_are_data_frames_and_a_reloaded_run_has_the_same(done: Run) -> None:
    again = open_run(done.folder)
    assert len(done.people) == 4 * PEOPLE
    for name in ("people", "events", "outcomes", "parameters"):
        assert done.table(name).equals(again.table(name))


def test_a_query_sees_every_table_without_loading_it(done: Run) -> None:
    answer = done.query("SELECT count(*) AS n FROM events JOIN people USING (replication, person)")
    assert answer["n"].item() == 4 * PEOPLE * 10


def test_only_the_wanted_tables_are_written(tmp_path: Path) -> None:
    done = run_scenario(SmallScenario(), workers=1, out=tmp_path, job=SMALL, tables=["people"], figures=False)
    assert {path.stem for path in done.folder.glob("tables/*")} == {"people", "outcomes", "parameters"}
    with pytest.raises(InputError, match="has no table `events`"):
        _ = done.events


def test_people_and_outcomes_are_always_written(tmp_path: Path) -> None:
    done = run_scenario(SmallScenario(), workers=1, out=tmp_path, job=SMALL, tables=["events"], figures=False)
    assert {path.stem for path in done.folder.glob("tables/*")} == {"people", "events", "outcomes", "parameters"}


def test_a_run_shows_its_title_settings_and_headline_in_a_notebook(done: Run) -> None:
    shown = done._repr_html_()
    assert "A small &lt;world&gt;" in shown
    assert "4 replications, scale 0.5, seed 1" in shown
    assert "<table" in shown


def test_the_headline_counts_the_assumed_numbers_as_long_as_the_scenario_is_what_it_was(
    done: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"small.toml": SmallScenario()}
    monkeypatch.setattr("imgsim.inputs.scenarios.load.load_scenario", lambda path, **_: files[path.name])
    assert set(done.summary["leans_on"]) == {"1 assumed"}
    assert "1 assumed" in (done.folder / "summary.csv").read_text()
    assert set(open_run(done.folder).summary["leans_on"]) == {"1 assumed"}
    files["small.toml"] = SmallScenario().of(9)
    assert set(open_run(done.folder).summary["leans_on"]) == {"?"}


def test_checkpoints_are_gone_once_the_run_is_finished(done: Run) -> None:
    assert [path.name for path in done.folder.parent.parent.iterdir()] == ["small"]


def test_the_same_seed_gives_the_same_bytes(done: Run, tmp_path: Path) -> None:
    again = run_scenario(SmallScenario(), workers=1, out=tmp_path / "again", job=SMALL, figures=False)
    assert again.manifest["sha256"] == done.manifest["sha256"]


def test_a_place_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImgsimError, match="cannot write results: ") as caught:
        run_scenario(SmallScenario(), workers=1, out=tmp_path / "file", job=SMALL, figures=False)
    assert "\n" not in str(caught.value)


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    (tmp_path / "small").touch()
    with pytest.raises(ImgsimError, match="small: cannot write results: Not a directory"):
        run_scenario(SmallScenario(behaviour={"seconds": 60}), workers=1, out=tmp_path, job=SMALL, figures=False)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_message(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ImgsimError, match="cannot write results: Permission denied"):
        run_scenario(SmallScenario(), workers=1, out=tmp_path / "results", job=SMALL, figures=False)


def test_a_figure_that_fails_does_not_cost_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plots = ModuleType("imgsim.reports.figures.draw_all")

    def draw_all(run: Run, folder: Path) -> None:
        (folder / "first.svg").write_text(f"<svg>{run.manifest['scale']} {len(run.people)}</svg>")
        raise ValueError("no colour left")

    plots.draw_all = draw_all  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imgsim.reports.figures.draw_all", plots)
    done = run_scenario(SmallScenario(), workers=1, out=tmp_path, job=SMALL)
    assert "not all figures were drawn (ValueError: no colour left)" in capsys.readouterr().err
    assert "figures/first.svg" in done.manifest["sha256"]
    assert (done.folder / "figures" / "first.svg").read_text() == "<svg>0.5 200</svg>"


def test_a_plot_is_found_by_name_and_bound_to_the_run(done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plots = ModuleType("imgsim.reports.figures.draw_all")
    plots.every_figure = lambda: {"ladder": lambda run, step=1: (run, step)}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imgsim.reports.figures.draw_all", plots)
    assert done.plot.ladder(step=2) == (done, 2)
    with pytest.raises(AttributeError, match="no figure `laddder`"):
        _ = done.plot.laddder


def test_a_reloaded_run_reads_its_scenario_again_and_refuses_another(
    done: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"small.toml": SmallScenario()}
    monkeypatch.setattr("imgsim.inputs.scenarios.load.load_scenario", lambda path, **_: files[path.name])
    assert open_run(done.folder).scenario == SmallScenario()
    files["small.toml"] = SmallScenario().of(9)
    with pytest.raises(ImgsimError, match=r"small\.toml: is not what it was"):
        _ = open_run(done.folder).scenario


def test_run_is_the_function_even_once_its_module_is_imported() -> None:
    with pytest.raises(ImgsimError):
        imgsim.run("there_is_no_such_scenario.toml")


def test_a_results_folder_whose_name_is_no_text_is_refused_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(ImgsimError, match=r"la\\udcff: cannot write results: its name is no UTF-8"):
        run_scenario(SmallScenario(), workers=1, out=f"{tmp_path}/la\udcff", job=SMALL, figures=False)


def test_results_that_were_moved_to_a_folder_whose_name_is_no_text_are_refused_in_one_line(
    done: Run, tmp_path: Path
) -> None:
    folder = shutil.copytree(done.folder, f"{tmp_path}/la\udcff")
    with pytest.raises(ImgsimError, match=r"people\.parquet: can be neither read nor written: its name is no UTF-8"):
        _ = open_run(folder).people


@pytest.mark.parametrize("name", ["M\u00fcnchen", "\u533b\u751f", "\U0001f642"])
def test_any_name_that_is_text_is_one_for_results(name: str) -> None:
    assert results_folder(name) == Path(name)
    assert results_folder(None) == Path("results")


def test_a_folder_inside_one_whose_name_is_no_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "la\udcff").mkdir()
    monkeypatch.chdir(tmp_path / "la\udcff")
    with pytest.raises(InputError, match=r"la\\udcff/results: cannot write results: its name is no UTF-8"):
        results_folder(None)


@pytest.mark.parametrize("name", ["la\udcff", "\ud800"])
def test_half_a_character_is_no_text(name: str) -> None:
    with pytest.raises(InputError, match="its name is no UTF-8"):
        results_folder(name)
