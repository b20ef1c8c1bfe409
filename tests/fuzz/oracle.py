"""What must hold of every input: it is refused in plain lines, or it runs; never a crash, a hang or a warning."""

from __future__ import annotations

import shutil
import signal
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fuzz.edits import Case

from imgsim.base.errors import MOST, ImgsimError

if TYPE_CHECKING:
    from imgsim.inputs.scenarios.scenario import Scenario

CHECKED_IN, RUN_IN = 10, 60  # seconds of this process: hangs, not slowness
WAITING: Final = 20  # times as long by the clock on the wall: other processes may need the processor
LONGEST_LINE: Final = 1200  # characters of a refusal: names may be long, and what is meant is said beside them
ENTRANTS: Final = 60
REFUSED, ACCEPTED, RAN, REFUSED_LATE, FAILED = "refused", "accepted", "ran", "refused late", "FAILED"
TOO_SMALL: Final = "use a larger scale"


@dataclass(frozen=True)
class Verdict:
    """What became of a case, and what was said."""

    kind: str
    said: str = ""


class Hang(BaseException):
    """Raised when a case takes too long."""


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    """Hang if what is done takes longer."""

    def ring(*_: object) -> None:
        raise Hang(f"takes more than {seconds} seconds")

    clocks = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, WAITING * seconds)}
    before = {number: signal.signal(number, ring) for number in clocks}
    for clock, most in clocks.values():
        signal.setitimer(clock, most)
    try:
        yield
    finally:
        for clock, _ in clocks.values():
            signal.setitimer(clock, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def judge(case: Case, runs: str = "", whole: bool = False) -> Verdict:
    """Check a case and, if it is accepted and an engine is named, run it."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    try:
        case.write(folder)
        verdict = judged_in(folder, runs, whole)
        return replace(verdict, said=verdict.said.replace(f"{folder}/", ""))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judged_in(folder: Path, runs: str, whole: bool) -> Verdict:
    """What becomes of the files in a folder."""
    scenario = attempt(lambda: checked(folder), CHECKED_IN)
    if isinstance(scenario, Verdict):
        return refusal(scenario)
    if not runs:
        return Verdict(ACCEPTED)
    ran = attempt(lambda: run(scenario, runs, folder if whole else None), RUN_IN)
    if not isinstance(ran, Verdict):
        return Verdict(RAN)
    late = TOO_SMALL if TOO_SMALL in ran.said else REFUSED_LATE  # the one refusal that `check` says it cannot foresee
    return Verdict(late if ran.kind == REFUSED else ran.kind, ran.said)


def attempt(work: Callable[[], Any], seconds: int) -> Any:
    """What the work gives, or a verdict: a refusal, or a failure with where it happened."""
    try:
        with limit(seconds), warnings.catch_warnings():
            warnings.simplefilter("error")
            return work()
    except ImgsimError as error:
        return Verdict(REFUSED, str(error))
    except Hang as error:
        return Verdict(FAILED, f"Hang: {error}\n{where(error)}")
    except Exception as error:
        return Verdict(FAILED, f"{type(error).__name__}: {error}\n{where(error)}")


def where(error: BaseException) -> str:
    """The last calls inside imgsim before an error, the last one first."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/imgsim/" in frame.filename]
    return "\n".join(
        f"  {frame.filename.rpartition('/imgsim/')[2]}:{frame.lineno} {frame.name}" for frame in frames[:-4:-1]
    )


def refusal(verdict: Verdict) -> Verdict:
    """A refusal is good if it is a few printable lines that name a file."""
    if verdict.kind != REFUSED:
        return verdict
    lines = verdict.said.split("\n")
    for line in lines:
        if not line.isprintable() or len(line) > LONGEST_LINE or len(lines) > MOST:
            return Verdict(FAILED, f"a refusal that is no plain line: {verdict.said!r}")
        if ".toml" not in line:
            return Verdict(FAILED, f"a refusal that names no file: {line}")
    return verdict


def checked(folder: Path) -> Scenario:
    """What ``imgsim check`` does, and the other readers of a valid scenario."""
    from imgsim.inputs.scenarios.load import load_scenario
    from imgsim.reports.checks_text import report

    reform = folder / "reform.toml"
    scenario = load_scenario(folder / "main.toml", reforms=[reform] if reform.exists() else [])
    report(scenario)
    return scenario


def described(scenario: Scenario) -> None:
    """Every text and picture about a scenario that needs no run."""
    from imgsim.inputs.reforms.differences import pathway_differences
    from imgsim.reports.bibliography import bibliography
    from imgsim.reports.model_description import description
    from imgsim.reports.parameters_text import explain
    from imgsim.reports.pathway_diagram import drawing
    from imgsim.reports.pathway_story import story

    explain(scenario, None)
    story(scenario.pathway)
    description(scenario.pathway, scenario.parameters, scenario.sources)
    bibliography(scenario.parameters, scenario.sources, scenario.pathway.stages.values())
    for form in ("svg", "mermaid"):
        drawing(scenario.pathway, form, None, pathway_differences(scenario))


def run(scenario: Scenario, engine: str, folder: Path | None) -> None:
    """Simulate a small copy of a scenario and measure it; in a folder, all that ``imgsim run`` does."""
    small = shrunk(scenario)
    described(scenario)
    if folder is not None:
        from imgsim.outcomes.headline import headline_text
        from imgsim.runs.run import run_scenario

        with redirect_stderr(StringIO()) as remarks:
            done = run_scenario(small, workers=1, out=folder / "results", engine=engine, quiet=True)
            headline_text(done.summary)
        refuse_unfit(remarks.getvalue())
        return
    from imgsim.engines.engine import simulate
    from imgsim.engines.model import build
    from imgsim.outcomes.all_measures import measures
    from imgsim.outcomes.headline import headline_text, summary

    tables = simulate(engine, build(small), 0)
    headline_text(summary(measures(tables, small), small))


def refuse_unfit(remarks: str) -> None:
    """AssertionError if a run that wrote all tables could not draw a figure, or a library warned of something."""
    unfit = [line for line in remarks.split("\n") if "figures" in line or "Warning" in line]
    assert not unfit, unfit[0]


def shrunk(scenario: Scenario) -> Scenario:
    """The scenario at a scale at which a few dozen enter."""
    from imgsim.base.dates.calendar import to_day

    entrants, run = scenario.parameters["population.entrants"], scenario.run
    days = [to_day(f"{year}-07-01") for year in range(run.start.year, run.end.year + 1)]
    total = sum(entrants.value(day, category) for day in days for category in entrants.rows)
    stock = scenario.parameters.get("population.stock")
    total += sum(row.value for rows in stock.rows.values() for row in rows) if stock else 0
    scale = min(scenario.run.scale, ENTRANTS / max(total, 1.0))
    return replace(scenario, run=replace(scenario.run, scale=max(scale, 1e-12), replications=1))
