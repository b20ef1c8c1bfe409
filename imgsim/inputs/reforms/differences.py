"""What reforms change in a pathway: stages added, outcomes that lead elsewhere, stages of which a parameter changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.inputs.pathways.pathway import Pathway
    from imgsim.inputs.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PathwayDifferences:
    """Names of the stages and outcomes that reforms add to a pathway or change in it."""

    stages: frozenset[str] = frozenset()  # added
    changed: frozenset[str] = frozenset()  # there before: wired anew, or with a number that changes
    wires: frozenset[tuple[str, str]] = frozenset()  # stage and outcome, of new stages and of those wired anew

    def __bool__(self) -> bool:
        return bool(self.stages or self.changed or self.wires)


def pathway_differences(scenario: Scenario) -> PathwayDifferences:
    """Find what the reforms of a scenario change in its pathway."""
    if scenario.baseline is None:
        return PathwayDifferences()
    before = scenario.baseline.parameters
    after = scenario.parameters
    numbers = [name for name in after if name in before and before[name].rows != after[name].rows]
    return differences_between(scenario.baseline.pathway, scenario.pathway, numbers)


def differences_between(before: Pathway, after: Pathway, numbers: Iterable[str]) -> PathwayDifferences:
    """Find what differs between two pathways, and the stages to which changed parameters belong."""
    added = {name for name in after.stages if name not in before.stages}
    wires = {
        (name, outcome)
        for name, stage in after.stages.items()
        for outcome, to in stage.next.items()
        if name in added or before.stages[name].next.get(outcome) != to
    }
    rebuilt = {name for name, stage in after.stages.items() if name not in added and before.stages[name] != stage}
    numbered = {stage for number in numbers if (stage := stage_of(number, after)) is not None}
    return PathwayDifferences(frozenset(added), frozenset((rebuilt | numbered) - added), frozenset(wires))


def stage_of(parameter: str, pathway: Pathway) -> str | None:
    """The stage to which a parameter belongs by its name; None if it belongs to no stage."""
    owners = [name for name in pathway.stages if parameter.startswith(f"{name}.")]
    return max(owners, key=len, default=None)
