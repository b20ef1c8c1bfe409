"""The worlds of a comparison: the baseline, and a world for each reform or for each size of a swept lever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imgsim.base.errors import InputError
from imgsim.engines.engine import choose
from imgsim.experiments.compare.paired_replications import Worlds, refuse_unpaired, window, within
from imgsim.experiments.compare.sweep import sizes_of, world_of
from imgsim.inputs.reforms.overlay import owners_of_levers, read_reforms, reformed
from imgsim.inputs.reforms.reform import Reform
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario


def worlds_of(
    base: Path, reforms: list[Path], together: bool, years: int, sweep: str | None, levers: Mapping[str, float],
    engine: str, given: dict[str, Any],
) -> Worlds:  # fmt: skip
    """The baseline and the worlds to compare with it, each under a name of its own."""
    if not reforms:
        raise InputError("nothing to compare: name at least one reform", key="--reform")
    baseline = load_scenario(base, **given)
    overlaid = read_reforms(reforms, levers, taken=(baseline.name,))
    if sweep is not None:
        others = swept(baseline, reforms, overlaid, together, sweep, levers)
    else:
        others = each_world(baseline, [overlaid] if together else [(reform,) for reform in overlaid])
    begin, end = window(baseline, [scenario for _, scenario in others], years)
    scenarios = tuple(within(scenario, begin, end) for scenario in (baseline, *(scenario for _, scenario in others)))
    names = (baseline.name, *(name for name, _ in others))
    refuse_one_name(names)
    refuse_unpaired(names, scenarios)
    return Worlds(names, scenarios, choose(engine).name)


def each_world(baseline: Scenario, sets: Sequence[Sequence[Reform]]) -> list[tuple[str, Scenario]]:
    """A world for each set of reforms, with the name of the set."""
    return [("+".join(reform.name for reform in reforms), reformed(baseline, reforms)) for reforms in sets]


def swept(
    baseline: Scenario, files: Sequence[Path], overlaid: Sequence[Reform], together: bool, sweep: str,
    levers: Mapping[str, float],
) -> list[tuple[str, Scenario]]:  # fmt: skip
    """A world for each size of a lever, and one for each reform without that lever, to be ranked among them."""
    name, sizes = sizes_of(sweep)
    refuse_swept_and_given(name, overlaid, levers)
    owner = owners_of_levers(overlaid).get(name, [""])[0]
    by_size = []
    for size in sizes:
        sized = read_reforms(files, {**levers, name: size}, taken=(baseline.name,))
        moved = [reform for reform in sized if together or has_lever(reform, owner)]
        by_size.append((world_of(name, size), reformed(baseline, moved)))
    others = [] if together else [(reform,) for reform in overlaid if not has_lever(reform, owner)]
    return by_size + each_world(baseline, others)


def has_lever(reform: Reform, owner: str) -> bool:
    """Whether this is the reform of a lever that is named ``<reform>.<lever>``."""
    return owner in {f"{reform.name}.{lever}" for lever in reform.levers}


def refuse_swept_and_given(name: str, reforms: Sequence[Reform], levers: Mapping[str, float]) -> None:
    """InputError for a lever that is swept and has a size too."""
    owners = owners_of_levers(reforms)
    for given in levers:
        if given in owners and owners[given] == owners.get(name):
            raise InputError(f"`{given}` is swept; it cannot have a size too", key="--lever")


def refuse_one_name(names: Sequence[str]) -> None:
    """InputError if two worlds have one name."""
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two worlds would have the name `{name}`; rename a file", key="--reform")
