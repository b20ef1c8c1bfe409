"""``imgsim calibrate SCENARIO``: fit a country's unknown parameters again.

Prints the shift of every knob with its standard error and every target beside what is simulated. With --write the
numbers in the country's parameter files are replaced by the fitted ones.
"""

from __future__ import annotations

import argparse
import datetime
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import NEVER
from imgsim.base.errors import ImgsimError
from imgsim.experiments.calibrate.as_scenario import overlay
from imgsim.experiments.calibrate.fit import Fit, Vector, fit, shifted
from imgsim.experiments.calibrate.knobs_and_targets import Knob, load_knobs
from imgsim.experiments.calibrate.posterior_spread import covariance, jacobian, write
from imgsim.experiments.calibrate.write_parameters import rewrite
from imgsim.inputs.countries import country_folder
from imgsim.inputs.published import Target, load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario


def years(text: str) -> float:
    """A length of time above zero, ``inf`` included."""
    try:
        length = float(text)
    except ValueError:
        length = math.nan
    if not length > 0:
        raise argparse.ArgumentTypeError(f"must be a number of years above 0, or inf, not `{text}`")
    return length


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="imgsim calibrate", description=__doc__)
    parser.add_argument("scenario", help="such as scenarios/us.toml")
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--end", type=datetime.date.fromisoformat, default=datetime.date(2019, 7, 1), help="horizon")
    parser.add_argument("--rounds", type=int, default=6, help="steps of the fit at most")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--until", type=int, help="fit only on years before this one, as a forecaster then could")
    parser.add_argument(
        "--half-life", type=years, default=math.inf, help="years in which a figure loses half its weight, with --until"
    )
    parser.add_argument(
        "--only", default="", help="turn the knobs, and aim at the measures, whose names begin so; or all"
    )
    parser.add_argument("--write", action="store_true", help="replace the numbers in the parameter files")
    parser.add_argument(
        "--spread", action="store_true", help="do not fit: measure how well the numbers are known, and keep that"
    )
    parser.add_argument("--replications", type=int, default=2, help="of every trial, with --spread")
    parser.add_argument("--save", type=Path, help="write the fit as a scenario that extends this one")
    return parser.parse_args(arguments)


def aims(targets: list[Target], end: datetime.date, until: int | None) -> list[Target]:
    """The targets a fit to this horizon can meet; figures of the year ``until`` and later are held out of it."""
    inside = [target for target in targets if target.use == "check" or not dated_after(target.cohort, end.year)]
    if until is None:
        return inside
    return [replace(t, use="holdout") if t.use == "fit" and t.cohort[:4] >= str(until) else t for t in inside]


def faded(targets: list[Target], until: int | None, half_life: float) -> list[Target]:
    """The targets, the older ones allowed more: weights halve with every half-life before the last year known.

    A forecast leans on the present; what drifted for reasons that the model does not know has drifted since. Targets
    pooled over years keep their weight.
    """
    if until is None or math.isinf(half_life):
        return targets
    return [
        replace(t, error=t.error * 2 ** ((until - 1 - int(t.cohort[:4])) / (2 * half_life)))
        if t.use == "fit" and t.cohort[:4].isdigit()
        else t
        for t in targets
    ]


def dated_after(cohort: str, year: int) -> bool:
    """Does a cohort named by its year come too late? Those pooled over years are named by words."""
    return cohort[:4].isdigit() and cohort[:4] >= str(year)


FAMILIES = ("exam", "soap", "competitors")  # fitted apart: pass rates depend on nothing that the Match decides, nor it
# much on SOAP; what US seniors wished for after 2018 moves no figure before
Named = TypeVar("Named", Knob, Target)


def chosen(entries: list[Named], only: str) -> list[Named]:
    """The knobs or targets of one family (``exam``), all that belong to no family, or simply all."""
    if only == "all":
        return entries
    names = [entry.name if isinstance(entry, Knob) else entry.family for entry in entries]
    return [
        e
        for e, name in zip(entries, names, strict=True)
        if name.startswith(only) and (only or not name.startswith(FAMILIES))
    ]


def known_then(knobs: list[Knob], until: int | None) -> list[Knob]:
    """The knobs a forecaster could have turned: those of rows that begin before the year."""
    if until is None:
        return knobs
    kept = [replace(k, rows=tuple(row for row in k.rows if not row[2] or row[2] < str(until))) for k in knobs]
    return [knob for knob in kept if knob.rows]


def over_workers(workers: int) -> Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]]:
    """A map over worker processes, one thread each."""
    from loky import get_reusable_executor

    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    executor = get_reusable_executor(max_workers=workers, env=one, timeout=600)
    return lambda trial, points: executor.map(trial, points)


def prepared(scenario: Scenario, end: datetime.date, until: int | None) -> Scenario:
    """The scenario up to the horizon of the fit, without the licensed stock, which no fitted target sees.

    A fit that stands before a year knows entry only until then: the last level is held.
    """
    stock, entry = scenario.parameters["population.stock"], scenario.parameters["population.entrants"]
    none = {group: tuple(row._replace(value=0.0) for row in rows) for group, rows in stock.rows.items()}
    last = to_day(f"{until}-01-01") if until else NEVER
    held = {group: tuple(row for row in rows if (row.start or 0) < last) for group, rows in entry.rows.items()}
    parameters = scenario.parameters.replacing(replace(stock, rows=none), replace(entry, rows=held))
    return replace(scenario, parameters=parameters, run=replace(scenario.run, end=end))


def shown(result: Fit) -> str:
    """The fit as text."""
    knobs = pd.DataFrame({"knob": [k.name for k in result.knobs], "shift": result.shift, "se": result.error})
    return knobs.round(3).to_string(index=False) + "\n\n" + result.table.round(4).to_string(index=False)


def knowing(until: int | None, half_life: float) -> str:
    """What a fit was made from, in words."""
    if until is None:
        return "fitted on all figures"
    most = "" if math.isinf(half_life) else f", the last ones most (half-life {half_life:g} years)"
    return f"fitted on figures before {until}{most}"


def kept_spread(
    start: Scenario, knobs: list[Knob], targets: list[Target], asked: argparse.Namespace, folder: Path
) -> None:
    """Measure the joint spread of the knobs, keep it in the country's folder, and print the standard errors."""
    held = jacobian(start, knobs, targets, range(asked.replications), over_workers(asked.workers))
    found = covariance(held, knobs)
    sizes = f"--scale {asked.scale:g} --end {asked.end} --replications {asked.replications}"
    how = f"imgsim calibrate {asked.scenario} --spread{f' --only {asked.only}' if asked.only else ''} {sizes}"
    write(folder, knobs, found, how)
    errors = pd.DataFrame({"knob": [knob.name for knob in knobs], "se": found.diagonal() ** 0.5})
    print(errors.round(3).to_string(index=False))


def main(arguments: list[str]) -> int:
    """Fit and print; 0, or the exit code of what went wrong."""
    asked = parsed(arguments)
    try:
        scenario = load_scenario(Path(asked.scenario), scale=asked.scale)
        folder = country_folder(scenario.country)
        knobs = known_then(chosen(load_knobs(folder), asked.only), asked.until)
        start = prepared(scenario, asked.end, asked.until)
        targets = aims(chosen(load_targets(folder), asked.only), asked.end, asked.until)
        targets = faded(targets, asked.until, asked.half_life)
        if asked.spread:
            kept_spread(start, knobs, targets, asked, folder)
            return 0
        result = fit(
            start,
            knobs,
            targets,
            rounds=asked.rounds,
            spread=over_workers(asked.workers),
            report=lambda line: print(line, file=sys.stderr, flush=True),
        )
        print(shown(result))
        if asked.write:
            rewrite(folder, knobs, result.shift)
        if asked.save:
            known = knowing(asked.until, asked.half_life)
            fitted = shifted(start, knobs, result.shift).parameters
            asked.save.write_text(
                overlay(fitted, knobs, Path(asked.scenario).name, f"{scenario.title}; {known}", known)
            )
    except ImgsimError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
