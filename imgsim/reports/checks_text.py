"""The report of `imgsim check` on a valid scenario: what was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.base.printable import one_line
from imgsim.reports.parameters_text import evidence_counts

if TYPE_CHECKING:
    from imgsim.inputs.scenarios.scenario import Scenario


def report(scenario: Scenario) -> str:
    """List what was checked in a valid scenario."""
    pathway, run = scenario.pathway, scenario.run
    ends = sum(stage.kind == "end" for stage in pathway.stages.values())
    rules = sum(bool(stage.when) for stage in pathway.stages.values())
    names = list(scenario.parameters)
    lines = [
        f"{one_line(str(scenario.file))}: valid.",
        f"  title       {scenario.title}",
        f"  pathway     {len(pathway.stages)} stages: every one can be reached and reaches one of {ends} ends",
        f"  rules       {rules} branches: every trait and category of their conditions exists",
        f"  timers      {len(pathway.timers)}: every one leads to a stage",
        f"  parameters  {len(names)}: known, complete, of the right type and within bounds",
        f"              ({evidence_counts(scenario.parameters, names)})",
        f"  sources     {len(scenario.sources)}: every citation resolves, every source is used",
        f"  changes     {len(scenario.changes)}: names known, dates valid",
        *(one_line(f"  reform      {reform.name}: {reform.title} ({reform.file})") for reform in scenario.reforms),
        f"  dates       {run.start} to {run.end}, measured from {run.measured_from}",
        f"  runs        {run.replications} replications, seed {run.seed}, scale {run.scale:g}",
        f"  fingerprint {scenario.digest()[:12]}",
        "Not checked here: whether there are programmes enough at this scale; that needs a run.",
    ]
    return "\n".join(lines)
