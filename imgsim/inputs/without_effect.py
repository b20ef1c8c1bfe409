"""Changes of a scenario that change nothing: on no simulated day, or to the value that is in force already."""

from __future__ import annotations

from collections.abc import Iterator

from imgsim.base.dates.calendar import to_day
from imgsim.base.printable import one_line
from imgsim.inputs.parameters.changes import Change, changed
from imgsim.inputs.scenarios.run_settings import RunSettings
from imgsim.inputs.scenarios.scenario import Scenario


def remarks(scenario: Scenario) -> Iterator[str]:
    """A line for every change that has no effect, with its place."""
    parameters = scenario.base_parameters
    for change in scenario.changes:
        if change.parameter not in parameters:  # a reform's own
            continue
        after = changed(parameters[change.parameter], change)
        if why := reason(change, scenario.run, after.rows == parameters[change.parameter].rows):
            place = ":".join(str(part) for part in (change.file, change.line) if part)
            yield one_line(f"{place}: {change.parameter}: {why}")
        parameters = parameters.replacing(after)


def reason(change: Change, run: RunSettings, same: bool) -> str:
    """Why a change has no effect; empty if it may have one."""
    if change.start is not None and change.start >= to_day(run.end):
        return f"this change has no effect: it begins after the last simulated day, the day before {run.end}"
    if change.until is not None and change.until <= to_day(run.start):
        return f"this change has no effect: it is over on {run.start}, the first simulated day"
    return "this change has no effect: the value is in force already" if same else ""
