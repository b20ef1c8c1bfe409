"""Capped places on a fixed date that go to the highest merit, in one pool or one for each category of a trait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import uniforms
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import COLUMN, GRADUATION, LAST_CLINICAL
from imgsim.markets.allocation import IN_ROUND, INELIGIBLE, NO_CHANNEL, PLACED, UNPLACED, Allocation, Applicants
from imgsim.markets.carried_places import CarriedPlaces
from imgsim.markets.lottery import rounded_places
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Rules, Who, happens, predict

Codes = npt.NDArray[np.int8]

NO_POOL: Final = -1  # of applicants without a category, and of those who are not placed
ONE_POOL: Final = -1  # instead of a trait: all places in one pool
CITIZENSHIP: Final = ("citizen_img", "noncitizen_img")
FIRST_POOL: Final = 1 + len(CITIZENSHIP)  # among the tallies: all come first, then both kinds of citizenship


class Terms(NamedTuple):
    """A round's parameters on a day."""

    places: Ints  # whole places of each pool at full size
    open: Bools  # the pools that take applicants of other pools
    spread: float  # of the judgement of merit
    longest: float  # years without clinical work from which nobody is eligible
    least: float  # years of practice below which nobody is


class MeritRanked:
    """Places of a year by pool, given in the order of merit as judged on the day.

    Parameters: ``<round>.places`` (count: one pool, or one for each category of the trait it is given by),
    ``<round>.merit`` (score: the predictor of merit) and ``<round>.merit.spread`` (number: standard deviation of the
    judgement, drawn anew each year). Equal merit is settled in the order of actors.

    In a sample, parts of places and some of those not used are carried on to later years (``CarriedPlaces``).

    Optional: ``<round>.elsewhere`` (probability that an applicant also asks for places of other pools),
    ``<round>.closed`` (flag by the same trait: pools that take no applicants of others), ``<round>.gap_limit`` (years
    without clinical work from which nobody is eligible) and ``<round>.least_practice`` (years of practice between
    graduation and the last clinical work below which nobody is eligible).
    """

    def __init__(
        self, name: str, parameters: Parameters, book: CompiledRules, pathway: Pathway, seed: int, scale: float
    ) -> None:
        del pathway
        self.name, self.parameters, self.book, self.seed, self.scale = name, parameters, book, seed, scale
        self.merit = book.number(f"{name}.merit")
        self.elsewhere = book.number(f"{name}.elsewhere")
        self.judged, self.rounding = decision(f"{name}.merit.spread"), decision(f"{name}.rounding")
        self.by = parameters[f"{name}.places"].by
        self.pools = tuple(book.categories[self.by]) if self.by else ("",)
        self.known: dict[int, Terms] = {}
        self.carried = CarriedPlaces(name, seed, scale)

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """One year's round: places go by merit, in the applicant's own pool or another that is asked for."""
        terms = self.terms(applicants.day)
        pools, score = self.pools_of(terms, applicants), self.scores(terms, year, replication, applicants)
        new, carried = self.carried.places(replication, applicants.day, terms.places)
        if self.elsewhere < 0:
            placed_in = place_by_merit(pools, score, new + carried)
        else:
            wide, reserved = self.asks_elsewhere(year, replication, applicants), np.where(terms.open, 0, new) + carried
            placed_in = place_by_merit_across_pools(pools, wide, merit_order(score), new + carried, reserved)
        used = np.bincount(placed_in[placed_in != NO_POOL], minlength=len(new))
        seats = [self.carried.record(replication, applicants.day, terms.places, used), *new.tolist()]
        return self.allocation(pools, placed_in, seats, applicants, self.carried.states[replication])

    def remember(self, replication: int, allocation: Allocation) -> None:
        """Go on from an allocation that was made elsewhere: the places it carried on."""
        self.carried.restore(replication, allocation.memory)

    def terms(self, day: int) -> Terms:
        """The terms of a round on a day, read once for all applicants and replications."""
        if day not in self.known:
            self.known[day] = Terms(
                places=self.places(day),
                open=np.array([self.optional("closed", day, 0.0, pool) <= 0 for pool in self.pools]),
                spread=self.parameters.value(f"{self.name}.merit.spread", day),
                longest=self.optional("gap_limit", day, np.inf),
                least=self.optional("least_practice", day, -np.inf),
            )
        return self.known[day]

    def optional(self, word: str, day: int, otherwise: float, pool: str = "") -> float:
        """A parameter that a round may leave out."""
        name = f"{self.name}.{word}"
        return self.parameters.value(name, day, pool) if name in self.parameters else otherwise

    def places(self, day: int) -> Ints:
        """Whole places of each pool at full size, rounded by a uniform of the pool's own."""
        full = [self.parameters.value(f"{self.name}.places", day, pool) for pool in self.pools]
        return rounded_places(self.seed, self.rounding, len(full), np.array(full))

    def pools_of(self, terms: Terms, applicants: Applicants) -> Ints:
        """The pool of each applicant; NO_POOL for those whose practice is not recent enough, or not long enough."""
        by = COLUMN[self.by] if self.by else ONE_POOL
        return pool_of(applicants.traits, by, applicants.day, terms.longest, terms.least)

    def asks_elsewhere(self, year: int, replication: int, applicants: Applicants) -> Bools:
        """Who asks for the places of other pools too."""
        return which_happen(
            self.book.rules, self.seed, replication, applicants.actor, self.elsewhere, applicants.day,
            applicants.traits, year,
        )  # fmt: skip

    def scores(self, terms: Terms, year: int, replication: int, applicants: Applicants) -> Floats:
        """Merit as judged this year, one for each applicant, in standard deviations."""
        return judged(
            self.book.rules, self.seed, replication, applicants.actor, self.merit, applicants.day, applicants.traits,
            year, self.judged, terms.spread,
        )  # fmt: skip

    def allocation(
        self, pools: Ints, placed_in: Ints, seats: Sequence[int], applicants: Applicants, memory: object
    ) -> Allocation:
        """The allocation, with tallies for all, by citizenship and by pool; ``seats`` are those of all and each pool.

        A pool of a sample may use more places in a year than are its seats, which were left over in an earlier year.
        """
        n = len(placed_in)
        nobody, none = np.full(n, -1, np.int8), np.zeros(n, np.int8)
        citizen = applicants.traits[:, COLUMN["citizen"]]
        outcome, channel, active, counts = outcomes_and_counts(pools, placed_in, citizen, len(self.pools))
        groups = ["all", *CITIZENSHIP, *(self.pools if self.by else ())]  # one pool for everybody is no group
        seats = [seats[0], *(0 for _ in CITIZENSHIP), *seats[1:]]
        return Allocation(
            outcome=outcome,
            channel=channel,
            interviews=none,
            ranks=none,
            active=active,
            specialty=nobody,
            sponsor=nobody,
            rows=[row(*each) for each in zip(groups, seats, counts.tolist(), strict=False)],
            memory=memory,
        )


def row(group: str, seats: int, counts: Sequence[int]) -> dict[str, object]:
    """The tallies of one group: how many applicants there were, and how many were placed."""
    n, placed = counts
    tallies: dict[str, object] = {"group": group, "seats": seats, "applicants": n, "active": n}
    return tallies | {"placed": placed, "outside": 0, "after": 0}


@kernel
def pool_of(traits: Floats, by: int, day: int, longest: float, least: float) -> Ints:
    """The pool of each applicant, by the trait ``by``; the only one there is where that is ONE_POOL.

    NO_POOL for those whose last clinical work is the ``longest`` years ago or more, or came less than the ``least``
    years after graduation.
    """
    pools = np.empty(len(traits), np.int64)
    for k in range(len(traits)):
        own = 0 if by == ONE_POOL else int(traits[k, by])
        gap = (day - traits[k, LAST_CLINICAL]) / DAYS_A_YEAR
        practice = (traits[k, LAST_CLINICAL] - traits[k, GRADUATION]) / DAYS_A_YEAR
        pools[k] = own if gap < longest and practice >= least else NO_POOL
    return pools


@kernel
def outcomes_and_counts(own: Ints, placed_in: Ints, citizen: Floats, pools: int) -> tuple[Codes, Codes, Bools, Ints]:
    """Each applicant's outcome and channel, whether active, and by group the numbers of applicants and of those placed.

    The groups: all, citizens, others, and each pool: its own applicants, and all who were given one of its places.
    """
    n, counts = len(own), np.zeros((FIRST_POOL + pools, 2), np.int64)
    outcome, channel, active = np.empty(n, np.int8), np.empty(n, np.int8), own != NO_POOL
    for k in range(n):
        placed = placed_in[k] != NO_POOL
        outcome[k] = PLACED if placed else UNPLACED if active[k] else INELIGIBLE
        channel[k] = IN_ROUND if placed else NO_CHANNEL
        for group in (0, 1 if citizen[k] == 1.0 else 2):
            counts[group, 0] += 1
            counts[group, 1] += placed
        if active[k]:
            counts[FIRST_POOL + own[k], 0] += 1
        if placed:
            counts[FIRST_POOL + placed_in[k], 1] += 1
    return outcome, channel, active, counts


@kernel
def place_by_merit(pools: Ints, score: Floats, places: Ints) -> Ints:
    """The pool that places each applicant, or NO_POOL; ties go to the lower number."""
    placed_in = np.full(len(pools), NO_POOL)
    for pool, left in enumerate(places):
        own = np.flatnonzero(pools == pool)
        placed_in[own[above_the_cut(score[own], int(left))]] = pool
    return placed_in


@kernel
def above_the_cut(score: Floats, places: int) -> Bools:
    """Whose score is among the highest, as many as there are places; ties at the cut go to the lower number."""
    if places >= len(score):
        return np.ones(len(score), np.bool_)
    if places <= 0:
        return np.zeros(len(score), np.bool_)
    cut = np.partition(score, len(score) - places)[len(score) - places]
    placed: Bools = score > cut
    at_the_cut = np.flatnonzero(score == cut)
    placed[at_the_cut[: places - int(placed.sum())]] = True
    return placed


def merit_order(score: Floats) -> Ints:
    """Applicants from the highest score down; ties to the lower number."""
    return np.argsort(-score, kind="stable")


@kernel
def place_by_merit_across_pools(pools: Ints, wide: Bools, order: Ints, places: Ints, reserved: Ints) -> Ints:
    """The pool that places each applicant, or NO_POOL.

    In the order of merit, each takes a place of the own pool if one is left; who asks widely (``wide``), else one of
    the pool with most places left beyond those ``reserved`` for its own applicants (ties by pool). Applicants whose
    pool is NO_POOL are not placed.
    """
    placed_in = np.full(len(pools), NO_POOL)
    left = places.copy()
    for k in order:
        pool = pools[k]
        if pool >= 0 and left[pool] == 0 and wide[k]:
            pool = np.argmax(left - reserved)
            pool = pool if left[pool] > reserved[pool] else NO_POOL  # no other pool has a place for strangers
        if pool >= 0 and left[pool] > 0:
            placed_in[k] = pool
            left[pool] -= 1
    return placed_in


@kernel
def which_happen(
    rules: Rules, seed: int, replication: int, actor: Ints, q: int, day: int, traits: Floats, occurrence: int
) -> Bools:
    """Which of the applicants an event of a probability happens to."""
    all_rules, result = by_reference(rules), np.empty(len(actor), np.bool_)
    for k in range(len(actor)):
        result[k] = happens(all_rules, by_reference(Who(seed, replication, actor[k])), q, day, traits[k], occurrence)
    return result


@kernel
def judged(
    rules: Rules, seed: int, replication: int, actor: Ints, q: int, day: int, traits: Floats, year: int, decided: int,
    spread: float,
) -> Floats:  # fmt: skip
    """The merit of every applicant as judged this year: its predictor plus a normal of the ``spread``."""
    all_rules, score = by_reference(rules), uniforms(seed, replication, actor, decided, year)
    for k in range(len(actor)):
        score[k] = predict(all_rules, q, day, traits[k]) + spread * normal(score[k])
    return score
