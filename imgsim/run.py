"""Run a scenario and hold its results: `imgsim.run(path)` gives a `Run`, `imgsim.open_run(folder)` reloads one."""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from imgsim.errors import ImgsimError

if TYPE_CHECKING:
    from pandas import DataFrame

    from imgsim.replicate import Recipe
    from imgsim.scenario import Scenario

RESULTS = "results"


class Run:
    """The results of a run, read from its folder when first asked for."""

    def __init__(self, folder: str | os.PathLike[str], scenario: Scenario | None = None) -> None:
        self.folder = Path(folder)
        self._scenario = scenario

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Versions, seed, scale, command, machine, times and checksums."""
        from imgsim.store import read_manifest

        return read_manifest(self.folder)

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The whole scenario of the run as plain data, as `Scenario.canonical` writes it."""
        import json

        content: dict[str, Any] = json.loads((self.folder / "scenario.resolved.json").read_text("utf-8"))
        return content

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario; a reloaded run reads its file again and refuses if that has changed since."""
        if self._scenario is not None:
            return self._scenario
        return _reloaded(self.manifest)

    @cached_property
    def people(self) -> DataFrame:
        """One row a graduate: traits, milestones with date and age, end."""
        return self.table("people")

    @cached_property
    def events(self) -> DataFrame:
        """One row an event in a life."""
        return self.table("events")

    @cached_property
    def livelihood(self) -> DataFrame:
        """One row a spell of livelihood."""
        return self.table("livelihood")

    @cached_property
    def seasons(self) -> DataFrame:
        """One row a graduate and Match."""
        return self.table("seasons")

    @cached_property
    def rounds(self) -> DataFrame:
        """Seats, applicants and placed by round, year and group."""
        return self.table("rounds")

    @cached_property
    def yearly(self) -> DataFrame:
        """Stocks and flows by calendar year and state."""
        return self.table("yearly")

    @cached_property
    def outcomes(self) -> DataFrame:
        """Measures by cohort, group and replication."""
        return self.table("outcomes")

    @cached_property
    def parameters(self) -> DataFrame:
        """Every parameter value used, with source and standing."""
        return self.table("parameters")

    @cached_property
    def summary(self) -> DataFrame:
        """The headline table with 95% intervals over replications."""
        from imgsim.outcomes import summary

        table: DataFrame = summary(self.outcomes)
        return table

    def table(self, name: str) -> DataFrame:
        """A table by its name, checked against the run's checksums."""
        from imgsim.store import load_table

        return load_table(self.folder, name)

    def query(self, sql: str) -> DataFrame:
        """The answer to a DuckDB query over the run's tables, without loading them whole."""
        from imgsim.parquet import query

        return query(sorted((self.folder / "tables").glob("*.parquet")), sql)

    @cached_property
    def plot(self) -> Plots:
        """The figures of `imgsim.plots` for this run, each giving matplotlib axes."""
        return Plots(self)

    def _repr_html_(self) -> str:
        facts = self.manifest
        about = f"{facts['replications']} replications, scale {facts['scale']:g}, seed {facts['seed']}"
        head = f"<h4>{html.escape(facts['title'])}</h4><p>{about}<br><code>{html.escape(str(self.folder))}</code></p>"
        return head + self.summary.to_html(index=False, float_format="{:.4g}".format)


class Plots:
    """`plot.name(...)` is `imgsim.plots.name(run, ...)`, imported when first used."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:
        from functools import partial

        import imgsim.plots

        if name.startswith("_") or not callable(function := getattr(imgsim.plots, name, None)):
            raise AttributeError(f"imgsim.plots has no figure `{name}`")
        return partial(function, self._run)

    def __dir__(self) -> list[str]:
        import imgsim.plots

        return [name for name in getattr(imgsim.plots, "__all__", dir(imgsim.plots)) if not name.startswith("_")]


def run(
    path: str | os.PathLike[str],
    *,
    replications: int | None = None,
    seed: int | None = None,
    scale: float | None = None,
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    sets: Sequence[str] = (),
    tables: Sequence[str] | None = None,
    quiet: bool = False,
    figures: bool = True,
    recipe: Recipe | None = None,
) -> Run:
    """Simulate the scenario in a file, keep everything in a new folder under `out`, and return the results.

    `None` takes the scenario's own setting, all cores for `workers`, every table for `tables` (outcomes are always
    kept), and ``results`` for `out`. The same inputs give the same rows whatever the number of workers.
    """
    from imgsim.scenario import load_scenario

    scenario = load_scenario(Path(path), sets=tuple(sets), seed=seed, scale=scale, replications=replications)
    return run_scenario(scenario, workers=workers, out=out, tables=tables, quiet=quiet, figures=figures, recipe=recipe)


def run_scenario(
    scenario: Scenario,
    *,
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    tables: Sequence[str] | None = None,
    quiet: bool = False,
    figures: bool = True,
    recipe: Recipe | None = None,
) -> Run:
    """As `run`, for a scenario already loaded."""
    from dataclasses import replace

    from imgsim.parts import claimed
    from imgsim.progress import progress
    from imgsim.replicate import Recipe, run_replications
    from imgsim.store import Store, parts_key

    store, start = Store(Path(out or RESULTS)), datetime.now(UTC)
    count, processes = scenario.run.replications, workers or os.cpu_count() or 1
    wanted = tuple(sorted({*tables, "outcomes"})) if tables is not None else None
    steps = replace(recipe or Recipe(), tables=wanted)
    with claimed(store.parts, parts_key(scenario, wanted)) as parts:
        with progress(count, quiet=quiet) as tick:
            run_replications(scenario, parts, count, processes, tick, steps)
        folder = store.keep(scenario, parts, start, processes, lambda new: _finish(Run(new, scenario), figures))
        parts.remove()
    return Run(folder, scenario)


def open_run(folder: str | os.PathLike[str]) -> Run:
    """A finished run from its folder."""
    found = Run(folder)
    found.manifest  # noqa: B018  refuses a folder that holds no run, now rather than at the first table
    return found


def _finish(unsealed: Run, figures: bool) -> None:
    """Add the headline table and the figures to a folder that has its tables but no manifest yet."""
    from imgsim.parquet import read_table

    tables = unsealed.folder / "tables"
    unsealed.table = lambda name: read_table(tables / f"{name}.parquet")  # type: ignore[method-assign]
    unsealed.summary.to_csv(unsealed.folder / "summary.csv", index=False)
    if figures:
        _draw(unsealed)


def _draw(unsealed: Run) -> None:
    """Draw the figures; a figure that fails must not cost the run its results."""
    try:
        from imgsim.plots import draw_all

        (unsealed.folder / "figures").mkdir()
        draw_all(unsealed, unsealed.folder / "figures")
    except ImportError as error:
        print(f"imgsim: no figures were drawn ({error})", file=sys.stderr)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        print(f"imgsim: not all figures were drawn ({type(error).__name__}: {error})", file=sys.stderr)


def _reloaded(manifest: dict[str, Any]) -> Scenario:
    from imgsim.scenario import load_scenario

    settings = {name: manifest[name] for name in ("seed", "scale", "replications")}
    scenario = load_scenario(Path(manifest["scenario_file"]), sets=tuple(manifest.get("sets", ())), **settings)
    if scenario.digest() != manifest["scenario_sha256"]:
        raise ImgsimError(f"{manifest['scenario_file']}: is not what it was when the run was made")
    return scenario


class _CallableModule(ModuleType):
    """`imgsim.run` is this module and, in `imgsim.run("scenarios/us.toml")`, the function: importing one would hide
    the other, so the module can be called."""

    def __call__(self, *arguments: Any, **settings: Any) -> Run:
        return run(*arguments, **settings)


sys.modules[__name__].__class__ = _CallableModule
