"""Run a scenario: `imgsim.run(path)` simulates it, keeps everything in a folder, and gives a `Run`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from imgsim.results import Run, open_run

if TYPE_CHECKING:
    from imgsim.replicate import Recipe
    from imgsim.scenario import Scenario

__all__ = ["Run", "open_run", "run", "run_scenario"]

RESULTS = "results"
ALWAYS = ("people", "outcomes")  # tables that every run keeps


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

    `None` takes the scenario's own setting, all cores for `workers`, every table for `tables` (people and outcomes are
    always kept), and ``results`` for `out`. The same inputs give the same rows whatever the number of workers.
    """
    from imgsim.scenario import load_scenario

    scenario = load_scenario(Path(path), sets=tuple(sets), seed=seed, scale=scale, replications=replications)
    return run_scenario(scenario, workers=workers, out=out, tables=tables, quiet=quiet, figures=figures, recipe=recipe)


def run_scenario(
    scenario: Scenario,
    *,
    sets: Sequence[str] = (),
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    tables: Sequence[str] | None = None,
    quiet: bool = False,
    figures: bool = True,
    recipe: Recipe | None = None,
) -> Run:
    """As `run`, for a scenario already loaded; `sets` only notes how it was."""
    from dataclasses import replace

    from imgsim.manifest import Call
    from imgsim.parts import claimed
    from imgsim.progress import progress
    from imgsim.replicate import Recipe, run_replications
    from imgsim.store import Store, parts_key

    store, count = Store(Path(out or RESULTS)), scenario.run.replications
    call = Call(datetime.now(UTC), workers or os.cpu_count() or 1, tuple(sets))
    wanted = _wanted(tables) if tables is not None else None
    steps = replace(recipe or Recipe(), tables=wanted)
    store.try_out(scenario)
    with claimed(store.parts, parts_key(scenario, wanted)) as parts:
        with progress(count, quiet=quiet) as tick:
            run_replications(scenario, parts, count, call.workers, tick, steps)
        with progress(1, "tables and figures", quiet=quiet):
            folder = store.keep(scenario, parts, call, lambda new: _finish(Run(new, scenario), figures))
        parts.remove()
    return Run(folder, scenario)


def _wanted(tables: Sequence[str]) -> tuple[str, ...]:
    """The tables to keep; InputError for one that no run has."""
    from imgsim.dictionary import tables as known
    from imgsim.errors import InputError

    for name in tables:
        if name not in known():
            raise InputError(f"unknown table `{name}`; one of {', '.join(known())}", name=name, known=known())
    return tuple(sorted({*tables, *ALWAYS}))


def _finish(unsealed: Run, figures: bool) -> None:
    """Add the headline table and the figures to a folder that has its tables but no checksums yet."""
    unsealed.summary.to_csv(unsealed.folder / "summary.csv", index=False)
    if figures:
        _draw(unsealed)


def _draw(unsealed: Run) -> None:
    """Draw the figures; a figure that fails must not cost the run its results."""
    try:
        from imgsim.plots import draw_all

        (unsealed.folder / "figures").mkdir()
        missing = draw_all(unsealed, unsealed.folder / "figures")
        if missing:
            which, needed = ", ".join(missing), ", ".join(dict.fromkeys(missing.values()))
            print(f"imgsim: figures left out: {which} (tables that were not kept: {needed})", file=sys.stderr)
    except ImportError as error:
        print(f"imgsim: no figures were drawn ({error})", file=sys.stderr)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        print(f"imgsim: not all figures were drawn ({type(error).__name__}: {error})", file=sys.stderr)


class _CallableModule(ModuleType):
    """`imgsim.run` is this module and, in `imgsim.run("scenarios/us.toml")`, the function: importing one would hide
    the other, so the module can be called.
    """

    def __call__(self, *arguments: Any, **settings: Any) -> Run:
        return run(*arguments, **settings)


sys.modules[__name__].__class__ = _CallableModule
