"""The Match in plain words: five steps over short lists, drawn from the same addresses as `fast/`, which must equal it.

Everybody applies; programmes read files and invite; both sides rank; applicants propose and programmes hold the best
(deferred acceptance); those left without a position apply to the positions left without a person (SOAP).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from imgsim.base.arrays import Ints
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import words
from imgsim.base.randomness.quantiles import normal
from imgsim.markets.allocation import (
    IN_ROUND,
    IN_SOAP,
    INELIGIBLE,
    NO_CHANNEL,
    OUTSIDE,
    PLACED,
    UNPLACED,
    Allocation,
    Applicants,
)
from imgsim.markets.match.match import Match
from imgsim.markets.match.positions import Positions
from imgsim.markets.match.reference_applicants import Market, Person, competitors, graduates

Lists = Mapping[int, Sequence[int]]  # by applicant: programmes, the favourite first
Scores = Mapping[tuple[int, int], float]  # by applicant and programme
Matching = dict[int, int]  # by applicant: the programme

FILE, INTERVIEW, TASTE, SOAP_FILE = range(4)  # the four draws of an applicant and a programme in a year
TRIES = 3  # points on the ring for each application wanted, before an applicant has run out of programmes
POINTS = 2**16  # of a specialty's ring of programmes
SEASON = 2**17  # moments in which each programme fills its interview slots once


def allocate(match: Match, year: int, replication: int, applicants: Applicants) -> Allocation:
    """One year's Match, from applications to the last position."""
    positions = match.by_year.of_year(year)
    market = Market(match, year, replication, applicants.day, positions, rings_of(match, positions))
    people = [*competitors(market), *graduates(market, applicants)]
    applied = [apply(market, person) for person in people]
    interviews = invite(market, people, applied)
    lists = {a: rank(market, person, interviews[a]) for a, person in enumerate(people)}
    scores = {(a, p): judge(market, people[a], p, INTERVIEW, people[a].merit) for a in lists for p in lists[a]}
    imgs = {a: lists[a] for a in lists if people[a].img}
    outside = deferred_acceptance(imgs, scores, market.positions.outside)
    active = {a: lists[a] for a in lists if lists[a] and a not in outside}
    matched = deferred_acceptance(active, scores, market.positions.quota)
    soap = fill_by_soap(market, people, [a for a in active if a not in matched], matched)
    return report(market, people, lists, active, {OUTSIDE: outside, IN_ROUND: matched, IN_SOAP: soap})


# --- step 1: applications ---------------------------------------------------------------------------------------------


def apply(market: Market, person: Person) -> list[int]:
    """The programmes that a person applies to: those at random points of a ring that consider such an applicant."""
    sent: list[int] = []
    every = round(market.value("second_specialty_every"))
    for tried in range(TRIES * person.wanted):
        word = market.words("applies", person.actor, tried // 8)[tried % 8 // 2]
        point = word % POINTS if tried % 2 == 0 else word // POINTS
        hedges = person.second >= 0 and tried % every == every - 1
        programme = programme_at(market, person.second if hedges else person.wish, point)
        if programme >= 0 and market.positions.considers[person.kind, programme] and programme not in sent:
            sent.append(programme)
        if len(sent) == person.wanted:
            break
    return sent


def programme_at(market: Market, specialty: int, point: int) -> int:
    """The first programme at or after a point of the specialty's ring; -1 if the specialty has none."""
    ring = market.rings[specialty]
    return ring[bisect_left(ring, (point, -1)) % len(ring)][1] if ring else -1


def rings_of(match: Match, positions: Positions) -> list[list[tuple[int, int]]]:
    """Every programme with seats at eight fixed points of its specialty's ring, so that others may come and go."""
    rings: list[list[tuple[int, int]]] = [[] for _ in match.specialties]
    for p in np.flatnonzero(positions.quota):
        drawn = words(match.seed, 0, int(match.programmes.actor[p]), decision(f"{match.name}.place"), 0, 0)
        points = [point for word in drawn for point in (int(word) % POINTS, int(word) // POINTS)]
        rings[match.programmes.specialty[p]] += [(point, int(p)) for point in points]
    return [sorted(ring) for ring in rings]


# --- step 2: interviews -----------------------------------------------------------------------------------------------


def invite(market: Market, people: Sequence[Person], applied: Sequence[Sequence[int]]) -> list[list[int]]:
    """The interviews of each applicant: programmes invite down their lists, who has enough interviews declines.

    All programmes invite through one season, each at an even pace: its slots in proportion to their number.
    """
    attends = round(market.value("interviews_attended"))
    room = market.positions.slots.tolist()
    interviews: list[list[int]] = [[] for _ in people]
    invitations = []
    for p, order in screening_lists(market, people, applied).items():
        if room[p] > 0:
            invitations += [(slot * SEASON // room[p], p, a) for slot, a in enumerate(order)]
    for _, p, a in sorted(invitations, key=lambda invitation: invitation[:2]):
        if room[p] > 0 and len(interviews[a]) < attends:
            interviews[a].append(p)
            room[p] -= 1
    return interviews


def screening_lists(market: Market, people: Sequence[Person], applied: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    """By programme: its applicants, the best file first; a preference signal lifts a file."""
    files: dict[int, list[tuple[int, int]]] = {}
    for a, person in enumerate(people):
        signals = round(market.value("signals", market.match.specialties[person.wish]))
        signalled = rank(market, person, applied[a])[:signals]
        for p in applied[a]:
            merit = person.merit + (market.value("signals.weight") if p in signalled else 0.0)
            score = judge(market, person, p, FILE, merit)
            files.setdefault(p, []).append((grade(score), a))
    return {p: [a for _, a in sorted(own)] for p, own in files.items()}


# --- step 3: both sides rank ------------------------------------------------------------------------------------------


def rank(market: Market, person: Person, programmes: Iterable[int]) -> list[int]:
    """The applicant's rank order list: what draws everybody, the specialty wished for, and the own taste."""
    bonus, specialty = market.value("wish_bonus"), market.match.programmes.specialty

    def utility(p: int) -> float:
        extra = bonus if specialty[p] == person.wish else 0.0
        return float(idiosyncratic(market, person, p, TASTE) + market.positions.attraction[p] + extra)

    return sorted(programmes, key=lambda p: (grade(utility(p)), p))


def judge(market: Market, person: Person, p: int, occasion: int, merit: float) -> float:
    """A programme's score of an applicant: merit, openness to graduates from abroad, and the luck of the occasion."""
    spread = market.value("interview.spread" if occasion == INTERVIEW else "screen.spread")
    openness = market.positions.openness[p] if person.img else 0.0
    return float(merit + openness + spread * idiosyncratic(market, person, p, occasion))


def idiosyncratic(market: Market, person: Person, p: int, which: int) -> float:
    """A standard normal of applicant and programme, interpolated in a table of quantiles except in the tails."""
    word = market.words("pair", person.actor, int(market.match.programmes.partner[p]))[which]
    step, rest = divmod(word, 2**20)
    if 32 <= step < 4096 - 32:
        low, high = normal(step / 4096), normal((step + 1) / 4096)
        return float(np.float32(low + rest / 2**20 * (high - low)))
    return float(np.float32(normal((word + 0.5) / 2**32)))


def grade(score: float) -> int:
    """A score to half a millionth, as a whole number that is lowest for the best score; ties go by number."""
    return int(min(max((32.0 - score) * 2**21, 0.0), 2.0**27 - 1))


# --- step 4: deferred acceptance --------------------------------------------------------------------------------------


def deferred_acceptance(lists: Lists, scores: Scores, seats: Ints) -> Matching:
    """Gale and Shapley (1962), applicants proposing: the stable matching that every applicant likes best.

    Whoever is free proposes to the next programme of the own list; a programme holds the best so far, up to its seats,
    and rejects the rest. Of equal scores the lower number is preferred.
    """
    holds: dict[int, list[int]] = {p: [] for own in lists.values() for p in own}
    next_choice = dict.fromkeys(lists, 0)
    free = list(lists)
    while free:
        a = free.pop()
        if next_choice[a] == len(lists[a]):
            continue  # rejected by all: stays without a position
        p = lists[a][next_choice[a]]
        next_choice[a] += 1
        holds[p] = [one for _, one in sorted((-scores[one, p], one) for one in (*holds[p], a))]
        free += holds[p][seats[p] :]
        holds[p] = holds[p][: seats[p]]
    return {a: p for p, own in holds.items() for a in own}


# --- step 5: SOAP -----------------------------------------------------------------------------------------------------


def fill_by_soap(market: Market, people: Sequence[Person], unmatched: Iterable[int], matched: Matching) -> Matching:
    """Another round of deferred acceptance, of those left with the positions left, over applications sent at random."""
    match, left = market.match, market.positions.quota.copy()
    for p in matched.values():
        left[p] -= 1
    vacant = np.flatnonzero(left)
    if not len(vacant):
        return {}
    threshold = int(2.0**32 * min(1.0, round(market.value("after_applications")) / len(vacant)))
    lists = {}
    for a in unmatched:
        considered = [int(p) for p in vacant if market.positions.considers[people[a].kind, p]]
        partner, who = match.programmes.partner, people[a].actor
        sent = [p for p in considered if market.words("after_applies", who, int(partner[p]))[0] < threshold]
        lists[a] = rank(market, people[a], sent)
    scores = {(a, p): judge(market, people[a], p, SOAP_FILE, people[a].soap_merit) for a in lists for p in lists[a]}
    return deferred_acceptance(lists, scores, left)


# --- what is reported -------------------------------------------------------------------------------------------------


def report(
    market: Market, people: Sequence[Person], lists: Lists, active: Collection[int], placed: Mapping[int, Matching]
) -> Allocation:
    """The graduates' results in their order, and the tallies of every group of applicants."""
    positions, imgs = market.positions, [a for a, person in enumerate(people) if person.img]
    channel = {a: by for by, matching in placed.items() for a in matching}
    programme = {a: p for matching in placed.values() for a, p in matching.items()}
    considered = {a: any(positions.considers[people[a].kind, positions.quota > 0]) for a in imgs}
    groups = [*market.match.book.categories["competitor"], "citizen_img", "noncitizen_img"]
    outcomes = [PLACED if a in programme else UNPLACED if considered[a] else INELIGIBLE for a in imgs]
    return Allocation(
        outcome=np.array(outcomes, np.int64),
        channel=np.array([channel.get(a, NO_CHANNEL) for a in imgs], np.int64),
        interviews=np.array([len(lists[a]) for a in imgs], np.int64),
        ranks=np.array([len(lists[a]) if a in active else 0 for a in imgs], np.int64),
        active=np.array([a in active for a in imgs], bool),
        specialty=np.array([of_programme(market.match.programmes.specialty, programme.get(a)) for a in imgs], np.int64),
        sponsor=np.array([of_programme(positions.sponsor, programme.get(a)) for a in imgs], np.int64),
        rows=[tally(market, group, people, channel, active) for group in (*groups, "all")],
    )


def of_programme(values: Ints, programme: int | None) -> int:
    """A programme's value; -1 without a programme."""
    return -1 if programme is None else int(values[programme])


def tally(
    market: Market, group: str, people: Sequence[Person], channel: Mapping[int, int], active: Collection[int]
) -> dict[str, object]:
    """How many of a group applied, ranked, and were placed by each channel; the seats of all programmes with `all`."""
    own = [a for a, person in enumerate(people) if group in (person.group, "all")]
    by = [channel.get(a) for a in own]
    row: dict[str, object] = {"group": group, "seats": int(market.positions.quota.sum()) if group == "all" else 0}
    row |= {"applicants": len(own), "active": sum(a in active for a in own)}
    row |= {"placed": by.count(IN_ROUND), "outside": by.count(OUTSIDE), "after": by.count(IN_SOAP)}
    return row
