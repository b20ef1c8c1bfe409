"""A quota that grows by a rule: more places in every year after one in which most were used."""

from __future__ import annotations

from typing import Final, NamedTuple

from imgsim.inputs.parameters.parameter import Parameters

ALL_USED: Final = 1.0  # the share used from which places grow, where no other is given


class GrowthState(NamedTuple):
    """A replication's growth so far: the last year recorded, places added in it, and in the years after it."""

    year: int
    before: float
    more: float


class QuotaGrowth:
    """Places added in each jurisdiction of a round that meets once a year, replication by replication.

    Parameters, which a round may leave out: ``<round>.growth`` (count: places added after a year in which enough were
    used) and ``<round>.growth.when_used`` (probability: the share of all places that is enough).
    """

    def __init__(self, name: str, parameters: Parameters) -> None:
        self.name, self.parameters = name, parameters
        self.grows = f"{name}.growth" in parameters
        self.states: dict[int, GrowthState] = {}

    def more(self, year: int, replication: int) -> float:
        """Places added so far; a replication that begins anew starts from none."""
        state = self.states.get(replication)
        if state is None or state.year > year:
            return 0.0
        return state.before if state.year == year else state.more

    def record(self, year: int, day: int, replication: int, placed: int, places: int) -> None:
        """Record how many places of a year were used."""
        if not self.grows:
            return
        rule = f"{self.name}.growth.when_used"
        enough = self.parameters.value(rule, day) if rule in self.parameters else ALL_USED
        step = self.parameters.value(f"{self.name}.growth", day) if places and placed >= enough * places else 0.0
        before = self.more(year, replication)
        self.states[replication] = GrowthState(year, before, before + step)

    def restore(self, replication: int, memory: object) -> None:
        """Take the growth recorded by another world of the same replication."""
        if isinstance(memory, GrowthState):
            self.states[replication] = memory
