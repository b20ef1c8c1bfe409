"""What is new in a road under reforms: stages, wires, and stages of which a number changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.inputs.pathways.pathway import Pathway
    from imgsim.inputs.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PathwayDifferences:
    """Names of what a reform adds to a road or changes in it; empty without one."""

    stages: frozenset[str] = frozenset()  # added
    changed: frozenset[str] = frozenset()  # there before: wired anew, or with a number that changes
    wires: frozenset[tuple[str, str]] = frozenset()  # stage and outcome, of new stages and of those wired anew

    def __bool__(self) -> bool:
        return bool(self.stages or self.changed or self.wires)


def pathway_differences(scenario: Scenario) -> PathwayDifferences:
    """What the reforms of a scenario change in its road."""
    if scenario.baseline is None:
        return PathwayDifferences()
    before = scenario.baseline.parameters
    numbers = [name for name, held in scenario.parameters.items() if name in before and before[name].rows != held.rows]
    return differences_between(scenario.baseline.pathway, scenario.pathway, numbers)


def differences_between(before: Pathway, after: Pathway, numbers: Iterable[str]) -> PathwayDifferences:
    """What differs between two roads, and the stages that the changed numbers belong to."""
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
    """The stage that a parameter belongs to by its name, the longest that fits; None if it is of none."""
    owners = [name for name in pathway.stages if parameter.startswith(f"{name}.")]
    return max(owners, key=len, default=None)
