"""Run a scenario: `imgsim.run(path)` simulates it, writes its results to a folder, and returns a `Run`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.errors import InputError
from imgsim.base.files.toml import shown
from imgsim.base.streams import remark
from imgsim.runs.folders import results_folder
from imgsim.runs.portions import ALL, Portion
from imgsim.runs.results import Run, open_run
from imgsim.runs.workers import chosen_workers

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from imgsim.engines.engine import Choice
    from imgsim.inputs.scenarios.scenario import Scenario
    from imgsim.runs.job import Job
    from imgsim.runs.manifest import Call
    from imgsim.runs.store import Store
    from imgsim.runs.workers import Workers

__all__ = ["Run", "open_run", "run", "run_scenario"]

AUTO = "auto"
ENGINES = (AUTO, "simpy", "compiled")
COMPILED_FUNCTIONS = {  # a function of each engine whose compiled code is there once a run was made
    "simpy": "imgsim.engines.simpy._generated_flat_calls.lasts",
    "compiled": "imgsim.engines.compiled.advance.advance",
}
ALWAYS = ("people", "outcomes")  # tables that every run writes


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
    job: Job | None = None, executor: Executor | None = None, portion: Portion | None = None,
) -> Run:  # fmt: skip
    """Simulate the scenario in a file, write the results to a new folder under `out`, and return them.

    `None` takes the scenario's own setting, all cores for `workers`, every table for `tables` (people and outcomes are
    always written), and ``results`` for `out`. The same inputs give the same rows whatever the number of workers and
    whichever engine simulates the careers (``"simpy"``, ``"compiled"``, or ``"auto"``: the faster one of those usable).
    `executor` computes instead of `workers`: any of `concurrent.futures`, such as a cluster's (see docs/clusters.md).
    `reforms` are files laid over the scenario, `levers` the sizes of their levers (`doses` is the former name);
    `portion` computes a shard only, or gathers what shards computed (see `imgsim.runs.portions`).
    """
    from imgsim.inputs.arguments import check_arguments
    from imgsim.inputs.scenarios.load import load_scenario

    check_arguments(locals())
    scenario = load_scenario(
        Path(path), sets=tuple(sets), reforms=[Path(each) for each in reforms],
        levers=levers, doses=doses, seed=seed, scale=scale, replications=replications,
    )  # fmt: skip
    _name_changes_without_effect(scenario, quiet)
    return run_scenario(
        scenario, sets=sets, workers=workers, out=out, tables=tables, engine=engine, quiet=quiet,
        figures=figures, job=job, executor=executor, portion=portion,
    )  # fmt: skip


def _name_changes_without_effect(scenario: Scenario, quiet: bool) -> None:
    """Print a line for every change that has no effect."""
    from imgsim.inputs.without_effect import remarks

    for line in () if quiet else remarks(scenario):
        remark(line)


def run_scenario(
    scenario: Scenario,
    *,
    sets: Sequence[str] = (),
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    tables: Sequence[str] | None = None,
    engine: str = AUTO,
    quiet: bool = False, figures: bool = True,
    job: Job | None = None, executor: Executor | None = None, portion: Portion | None = None,
) -> Run:  # fmt: skip
    """Simulate a scenario that is loaded already; `sets` only notes the settings it was loaded with (see `run`)."""
    from dataclasses import replace

    from imgsim.inputs.arguments import check_arguments

    check_arguments(locals())
    _need_engine(engine)
    by = chosen_workers(workers, executor, quiet)
    from imgsim.runs.checkpoints import guided
    from imgsim.runs.job import Job
    from imgsim.runs.manifest import Call
    from imgsim.runs.store import Store
    from imgsim.runs.workers import started_early

    store, count, start = Store(results_folder(out)), scenario.run.replications, datetime.now(UTC)
    wanted = _wanted(tables) if tables is not None else None
    store.refuse_unwritable(scenario)
    with started_early(by.at_most(len(guided(count))), (job or Job()).load):
        choice = _chosen(engine)
        job = replace(job or Job(pieces=_pieces(choice.name)), tables=wanted)
        call = Call(start, by.described, tuple(sets), *choice)
        _announce(choice, quiet)
        folder = _carried_out(scenario, store, call, by, job, figures, quiet, portion or ALL)
    return Run(folder, scenario)


def _carried_out(
    scenario: Scenario, store: Store, call: Call, by: Workers, job: Job, figures: bool, quiet: bool, portion: Portion
) -> Path:
    """Compute all replications and write them to a new folder; its path. A shard ends with Incomplete."""
    from imgsim.base.progress import progress
    from imgsim.runs.checkpoints import claims, guided
    from imgsim.runs.replicate import complete_replications
    from imgsim.runs.store import checkpoint_key

    count = scenario.run.replications
    with claims(store.checkpoints, portion) as claimed:
        checkpoints = claimed.of(checkpoint_key(scenario, job.tables), f"run of {scenario.file}", guided)
        claimed.finish(checkpoints, count)

        def write() -> Path:
            if not portion.writes_results:
                raise checkpoints.nothing_to_write(count)
            with progress(1, "tables and figures", quiet=quiet):
                return store.write(scenario, checkpoints, call, lambda new: _finish(Run(new, scenario), figures))

        return complete_replications(scenario, checkpoints, count, by, job, write, quiet=quiet)


def _chosen(asked: str) -> Choice:
    """The engine to be used, and why; numba loads for it while the workers begin."""
    from imgsim.engines.engine import choose

    return choose(asked)


def _pieces(engine: str) -> str:
    """The dotted name of the function that gives the tables of an engine's replications piece by piece."""
    from imgsim.engines.engine import ENGINES as MODULES

    return f"{MODULES[engine]}.pieces"


def _announce(choice: Choice, quiet: bool) -> None:
    """Print the engine, and that it compiles first if it does."""
    if not quiet:
        remark(f"imgsim: {choice.name} engine ({choice.why}){_compiling(choice.name)}")


def _compiling(engine: str) -> str:
    """The message that a run compiles first, if its compiled code is not there yet."""
    from imgsim.base.compiled.code_cache import is_cached

    return "" if is_cached(COMPILED_FUNCTIONS[engine]) else "; compiling it first, which takes about a minute, once"


def _need_engine(asked: str) -> None:
    """Refuse a name that no engine has."""
    if asked not in ENGINES:
        raise InputError(f"no engine is called {shown(asked)}", key="argument `engine`", name=asked, known=ENGINES)


def _wanted(tables: Sequence[str]) -> tuple[str, ...]:
    """The tables to write; InputError for one that no run has."""
    from imgsim.engines.records.data_dictionary import tables as known

    for name in tables:
        if name not in known():
            raise InputError(f"unknown table `{name}`; one of {', '.join(known())}", name=name, known=known())
    return tuple(sorted({*tables, *ALWAYS}))


def _finish(unfinished: Run, figures: bool) -> None:
    """Add the headline table and the figures to a folder that has its tables but no checksums yet."""
    from imgsim.base.files.spreadsheet import write_csv

    write_csv(unfinished.summary, unfinished.folder / "summary.csv")
    if unfinished.scenario.pathway.parts:
        write_csv(unfinished.beside, unfinished.folder / "countries.csv")
    if figures:
        _draw(unfinished)


def _draw(unfinished: Run) -> None:
    """Draw the figures; a figure that fails must not cost the run its results."""
    try:
        from imgsim.reports.figures.draw_all import draw_all

        (unfinished.folder / "figures").mkdir()
        reasons = draw_all(unfinished, unfinished.folder / "figures")
        if reasons:
            remark(f"imgsim: figures left out: {'; '.join(f'{name} ({why})' for name, why in reasons.items())}")
    except ImportError as error:
        remark(f"imgsim: no figures were drawn ({error})")
    except (OSError, MemoryError):
        raise
    except Exception as error:
        remark(f"imgsim: not all figures were drawn ({type(error).__name__}: {error})")
