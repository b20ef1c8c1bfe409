"""Places of small pools in a sample: what is less than a place, and what chance leaves unused, is carried on.

A province with five places has a quarter of a place a year at a scale of 0.05: a whole one every fourth year. And where
about as many apply as there are places, the few applicants of a sample scatter so much that many more places stay
unused than at full size. So some of them may be used in later years, as many as make up for it, which is none at full
size. If n places are asked for by n applicants on average, sqrt(n / (2 pi)) of them stay unused in a year at full size.
In a sample with n places a year of which k may be carried on, about n / (2 (k + c)) do, with c = sqrt(n pi / 2): the
loss of a random walk between two barriers, which for k = 0 is the loss of a year. Both are the same share of the places
where k is the difference of the two values of c. Places for which nobody has come yet are not carried on: that is no
chance.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import uniforms

SCATTER: Final = math.sqrt(math.pi / 2.0)


class CarriedState(NamedTuple):
    """What the pools of a round carry on after a meeting."""

    day: int
    fraction: Floats  # of a place
    unused: Ints  # whole places that may still be used
    begun: Bools  # pools of which a place has been used
    owed: int  # places used beyond those of their years, for which fewer are counted in later ones


class PoolPlaces(NamedTuple):
    """The whole places of each pool at a meeting."""

    new: Ints  # of the meeting itself
    carried: Ints  # of earlier meetings, for the pool's own applicants


class CarriedPlaces:
    """The whole places that the pools of a round have at a scale, meeting by meeting and replication by replication."""

    def __init__(self, name: str, seed: int, scale: float) -> None:
        self.seed, self.scale, self.begun = seed, scale, decision(f"{name}.carried")
        self.states: dict[int, CarriedState] = {}

    def places(self, replication: int, day: int, at_full_size: Ints) -> PoolPlaces:
        """Whole places of each pool at a meeting, new ones and those that may still be used of earlier ones."""
        before = self.before(replication, day, len(at_full_size))
        new = np.floor(before.fraction + at_full_size * self.scale).astype(np.int64)
        return PoolPlaces(new, np.minimum(before.unused, most_carried(at_full_size, self.scale)))

    def record(self, replication: int, day: int, at_full_size: Ints, used: Ints) -> int:
        """Carry on what a meeting leaves over; the places of all pools together to be counted for it.

        At least as many are counted as are used, and over the years as many as there are new ones.
        """
        new, carried = self.places(replication, day, at_full_size)
        before = self.before(replication, day, len(used))
        counted, begun = max(int(used.sum()), int(new.sum()) - before.owed), before.begun | (used > 0)
        left = np.minimum(new + carried - used, most_carried(at_full_size, self.scale))
        self.states[replication] = CarriedState(
            day,
            fraction=(before.fraction + at_full_size * self.scale) % 1.0,
            unused=np.where(begun, left, 0),
            begun=begun,
            owed=before.owed + counted - int(new.sum()),
        )
        return counted

    def before(self, replication: int, day: int, pools: int) -> CarriedState:
        """What earlier meetings left; a replication that begins anew has a part of each place, by chance."""
        state = self.states.get(replication)
        if state is not None and state.day < day:
            return state
        fraction = uniforms(self.seed, replication, np.arange(pools), self.begun, 0)
        none = np.zeros(pools, np.int64)
        return CarriedState(day, fraction, unused=none, begun=none > 0, owed=0)

    def restore(self, replication: int, memory: object) -> None:
        """Take what another world of the same replication has carried on."""
        if isinstance(memory, CarriedState):
            self.states[replication] = memory


def most_carried(at_full_size: Ints, scale: float) -> Ints:
    """How many unused places of each pool may be used later; none at full size."""
    most: Ints = np.rint(SCATTER * np.sqrt(at_full_size) * (1.0 - math.sqrt(scale))).astype(np.int64)
    return most
