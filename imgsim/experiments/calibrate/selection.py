"""What one calibration uses: which parameters it adjusts, which published figures it aims at, up to which date."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from typing import Final, TypeVar

from imgsim.base.errors import InputError
from imgsim.experiments.calibrate.calibration_parameters import Address, CalibrationParameter, is_at
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.published import Target
from imgsim.inputs.scenarios.run_settings import CALENDAR
from imgsim.inputs.scenarios.scenario import Scenario

FAMILIES = ("exam", "soap")  # fitted apart: pass rates depend on nothing that the Match decides, nor it much on SOAP
MOST_NAMED: Final = 6  # figures in a refusal
MOST_HALVINGS: Final = 100  # of the weight of an old figure, which is nothing long before
STOCK: Final = "population.stock"
Named = TypeVar("Named", CalibrationParameter, Target)


def in_family(entries: list[Named], only: str) -> list[Named]:
    """Choose the parameters or targets of one family (``exam``), those of no family (empty text), or ``all``."""
    if only == "all":
        return entries
    names = [entry.name if isinstance(entry, CalibrationParameter) else entry.family for entry in entries]
    return [
        entry
        for entry, name in zip(entries, names, strict=True)
        if name.startswith(only) and (only or not name.startswith(FAMILIES))
    ]


def targets_within(targets: list[Target], end: datetime.date, until: int | None) -> list[Target]:
    """Targets that a fit to this horizon can meet; those of the year ``until`` and later become its holdout."""
    inside = [target for target in targets if target.use == "check" or not dated_after(target.cohort, end.year)]
    if until is None:
        return inside
    return [replace(t, use="holdout") if t.use == "fit" and t.cohort[:4] >= str(until) else t for t in inside]


def dated_after(cohort: str, year: int) -> bool:
    """Tell whether a cohort named by its year is of this year or later; cohorts pooled over years are not."""
    return cohort[:4].isdigit() and cohort[:4] >= str(year)


def dated_before(cohort: str, year: int) -> bool:
    """Tell whether a cohort named by its year is of an earlier one; cohorts pooled over years are not."""
    return cohort[:4].isdigit() and cohort[:4] < str(year)


def discount_older(targets: list[Target], until: int | None, half_life: float) -> list[Target]:
    """Halve the weight of a target with every half-life before the last year known to a forecast.

    A forecast rests on the present; what drifted for reasons that the model does not know has drifted since. Targets
    pooled over years keep their weight.
    """
    if until is None or math.isinf(half_life):
        return targets
    return [
        replace(t, error=t.error * 2 ** min((until - 1 - int(t.cohort[:4])) / (2 * half_life), MOST_HALVINGS))
        if t.use == "fit" and t.cohort[:4].isdigit()
        else t
        for t in targets
    ]


def known_before(
    free: list[CalibrationParameter], parameters: Parameters, until: int | None
) -> list[CalibrationParameter]:
    """Calibration parameters that a forecaster could have adjusted: those of values that had begun and were known."""
    if until is None:
        return free
    begun = [tuple(row for row in one.rows if row[2] < str(until) and is_there(row, parameters)) for one in free]
    cut = [replace(one, rows=rows) for one, rows in zip(free, begun, strict=True)]
    return [one for one in cut if one.rows]


def is_there(address: Address, parameters: Parameters) -> bool:
    """Whether the parameters have a row at an address."""
    name, *place = address
    return any(is_at(place, group, row) for group, rows in parameters[name].rows.items() for row in rows)


def refuse_odd_window(scenario: Scenario, end: datetime.date, until: int | None) -> None:
    """InputError if the horizon of a fit, or the year that it may not know, lies before what is measured."""
    begin, (_, last) = scenario.run.measured_from, CALENDAR
    if not begin < end <= last:
        raise InputError(f"must be after {begin}, when measuring begins, and not after {last}", key="--end")
    if until is not None and not begin.year < until <= last.year:
        raise InputError(f"must be a year from {begin.year + 1} to {last.year}, not {until}", key="--until")


def window(scenario: Scenario, end: datetime.date, until: int | None) -> tuple[int, str]:
    """The first year of which a fit measures anything, and all that it may use in words."""
    begin = scenario.run.measured_from
    return begin.year, f"from {begin} to {end}{f', before {until}' if until is not None else ''}"


def refuse_nothing_to_fit(
    only: str, free: list[CalibrationParameter], figures: list[Target], within: list[Target], window: tuple[int, str]
) -> None:
    """InputError where there are no parameters to adjust, or none of the published ``figures`` is ``within`` reach.

    The misfit of no figure is no number.
    """
    (first, words), named = window, f" whose names begin with `{only}`" if only not in ("", "all") else ""
    if not free:
        raise InputError(f"there are no calibration parameters{named} for the window {words}", key="--only")
    if any(target.use == "fit" and not dated_before(target.cohort, first) for target in within):
        return
    lacking = [f"{target.measure} {target.cohort}" for target in figures if target.use == "fit"]
    if not lacking:
        raise InputError(f"there are no published figures{named} to fit", key="--only")
    more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
    listed = f"{', '.join(lacking[:MOST_NAMED])}{more}"
    raise InputError(f"no figure to fit lies in the window {words}: {listed}; another --end may help", key="--only")


def up_to(scenario: Scenario, end: datetime.date) -> Scenario:
    """The scenario up to the horizon of the fit, without the licensed stock, which no fitted target depends on."""
    parameters = scenario.parameters
    if STOCK in parameters:  # a country may begin with nobody licensed
        none = {group: tuple(row._replace(value=0.0) for row in rows) for group, rows in parameters[STOCK].rows.items()}
        parameters = parameters.replacing(replace(parameters[STOCK], rows=none))
    return replace(scenario, parameters=parameters, run=replace(scenario.run, end=end))


def knowledge(until: int | None, half_life: float) -> str:
    """Words for the figures that a fit used."""
    if until is None:
        return "fitted on all figures"
    most = "" if math.isinf(half_life) else f", the last ones most (half-life {half_life:g} years)"
    return f"fitted on figures before {until}{most}"
