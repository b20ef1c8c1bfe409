"""Run a scenario: `imgsim.run(path)` simulates it, keeps everything in a folder, and gives a `Run`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.errors import InputError
from imgsim.base.files.toml import shown
from imgsim.runs.results import Run, open_run

if TYPE_CHECKING:
    from imgsim.engines.engine import Choice
    from imgsim.inputs.scenarios.scenario import Scenario
    from imgsim.runs.replicate import Recipe

__all__ = ["Run", "open_run", "run", "run_scenario"]

RESULTS = "results"
AUTO = "auto"
ENGINES = (AUTO, "simpy", "compiled")
COMPILED_FUNCTIONS = {  # a function of each engine whose compiled code is there once a run was made
    "simpy": "imgsim.engines.simpy._generated_flat_calls.lasts",
    "compiled": "imgsim.engines.compiled.stages.advance",
}
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
    reforms: Sequence[str | os.PathLike[str]] = (),
    levers: Mapping[str, float] | None = None,
    doses: Mapping[str, float] | None = None,
    tables: Sequence[str] | None = None,
    engine: str = AUTO,
    quiet: bool = False,
    figures: bool = True,
    recipe: Recipe | None = None,
) -> Run:
    """Simulate the scenario in a file, keep everything in a new folder under `out`, and return the results.

    `None` takes the scenario's own setting, all cores for `workers`, every table for `tables` (people and outcomes are
    always kept), and ``results`` for `out`. The same inputs give the same rows whatever the number of workers and
    whichever engine walks the lives (``"simpy"``, ``"compiled"``, or ``"auto"``: the faster one that can be used).
    `reforms` are files laid over the scenario, `levers` the sizes of what they leave open (`doses` is the former name).
    """
    from imgsim.inputs.scenarios.load import load_scenario

    _need_list("sets", sets)
    _need_list("reforms", reforms)
    scenario = load_scenario(
        Path(path), sets=tuple(sets), reforms=[Path(each) for each in reforms],
        levers=levers, doses=doses, seed=seed, scale=scale, replications=replications,
    )  # fmt: skip
    return run_scenario(
        scenario, sets=sets, workers=workers, out=out, tables=tables, engine=engine, quiet=quiet,
        figures=figures, recipe=recipe,
    )  # fmt: skip


def run_scenario(
    scenario: Scenario,
    *,
    sets: Sequence[str] = (),
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    tables: Sequence[str] | None = None,
    engine: str = AUTO,
    quiet: bool = False,
    figures: bool = True,
    recipe: Recipe | None = None,
) -> Run:
    """As `run`, for a scenario already loaded; `sets` only notes how it was."""
    from dataclasses import replace

    _need_list("tables", tables)
    _need_count("workers", workers)
    _need_engine(engine)
    from imgsim.base.progress import progress
    from imgsim.runs.checkpoints import claimed, guided
    from imgsim.runs.manifest import Call
    from imgsim.runs.replicate import Recipe, begin_workers, run_replications
    from imgsim.runs.store import Store, parts_key

    store, count, start = Store(Path(out or RESULTS)), scenario.run.replications, datetime.now(UTC)
    hands, wanted = workers or os.cpu_count() or 1, _wanted(tables) if tables is not None else None
    store.try_out(scenario)
    begin_workers(hands, len(guided(count)), recipe or Recipe())
    walker = _chosen(engine)
    steps = replace(recipe or Recipe(pieces=_pieces(walker.name)), tables=wanted)
    call = Call(start, hands, tuple(sets), *walker)
    if not quiet:
        print(f"imgsim: {walker.name} engine ({walker.why}){_compiling(walker.name)}", file=sys.stderr)
    with claimed(store.parts, parts_key(scenario, wanted), guided) as parts:
        with progress(count, quiet=quiet) as tick:
            run_replications(scenario, parts, count, hands, tick, steps)
        with progress(1, "tables and figures", quiet=quiet):
            folder = store.keep(scenario, parts, call, lambda new: _finish(Run(new, scenario), figures))
        parts.remove()
    return Run(folder, scenario)


def _chosen(asked: str) -> Choice:
    """The engine to be used, and why; what tells it takes half a second to load, as long as workers begin."""
    from imgsim.engines.engine import choose

    return choose(asked)


def _pieces(engine: str) -> str:
    """The dotted name of the function that gives the tables of an engine's replications piece by piece."""
    from imgsim.engines.engine import ENGINES as MODULES

    return f"{MODULES[engine]}.pieces"


def _compiling(engine: str) -> str:
    """What to say if compiled code is not there yet."""
    from imgsim.base.compiled.code_cache import is_cached

    return "" if is_cached(COMPILED_FUNCTIONS[engine]) else "; compiling it first, which takes about a minute, once"


def _need_list(name: str, given: object) -> None:
    """Refuse one text where a list of texts is meant: its letters would be taken one by one."""
    if isinstance(given, str):
        raise InputError(f"must be a list of texts, not the one text {shown(given)}", key=f"argument `{name}`")


def _need_count(name: str, given: object) -> None:
    """Refuse what is neither None nor a whole number from 1 on."""
    if given is not None and (not isinstance(given, int) or isinstance(given, bool) or given < 1):
        raise InputError(f"must be a whole number of at least 1, not {shown(given)}", key=f"argument `{name}`")


def _need_engine(asked: str) -> None:
    """Refuse an engine that there is not."""
    if asked not in ENGINES:
        raise InputError(f"no engine is called {shown(asked)}", key="argument `engine`", name=asked, known=ENGINES)


def _wanted(tables: Sequence[str]) -> tuple[str, ...]:
    """The tables to keep; InputError for one that no run has."""
    from imgsim.engines.records.data_dictionary import tables as known

    for name in tables:
        if name not in known():
            raise InputError(f"unknown table `{name}`; one of {', '.join(known())}", name=name, known=known())
    return tuple(sorted({*tables, *ALWAYS}))


def _finish(unsealed: Run, figures: bool) -> None:
    """Add the headline table and the figures to a folder that has its tables but no checksums yet."""
    unsealed.summary.to_csv(unsealed.folder / "summary.csv", index=False)
    if unsealed.scenario.pathway.parts:
        unsealed.beside.to_csv(unsealed.folder / "countries.csv", index=False)
    if figures:
        _draw(unsealed)


def _draw(unsealed: Run) -> None:
    """Draw the figures; a figure that fails must not cost the run its results."""
    try:
        from imgsim.reports.figures.draw_all import draw_all

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
