"""The Match in plain words: five steps over short lists, drawn from the same addresses as `fast/`, which must equal it.

Everybody applies; programmes read files and invite; both sides rank; applicants propose and programmes hold the best
(deferred acceptance); those left without a position apply to the positions left without a person (SOAP).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from imgsim.base.arrays import Bools, Ints
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import words
from imgsim.base.randomness.quantiles import normal
from imgsim.markets.allocation import IN_ROUND, IN_SOAP, OUTSIDE, Allocation, Applicants
from imgsim.markets.match.match import Match
from imgsim.markets.match.reference_applicants import Market, Person, competitors, considers, graduates
from imgsim.markets.match.reference_report import Lists, Matching, Result, Scores, Steps, report

Rings = Sequence[Sequence[tuple[int, int]]]  # by specialty: points and the programmes that stand there

FILE, INTERVIEW, TASTE, SOAP_FILE = range(4)  # the four draws of an applicant and a programme in a year
TRIES = 3  # points on the ring for each application wanted, before an applicant has run out of programmes
POINTS = 2**16  # of a specialty's ring of programmes
SEASON = 2**17  # moments in which each programme fills its interview slots once


def allocate(match: Match, year: int, replication: int, applicants: Applicants) -> Allocation:
    """One year's Match, from applications to the last position."""
    positions = match.by_year.of_year(year)
    market = Market(match, year, replication, match.by_year.day(year), applicants.day, positions)
    people = [*competitors(market), *graduates(market, applicants)]
    one_year, quota = positions.first_year, positions.quota
    rings = rings_of(match, (quota > 0) & ~one_year)
    applied, signals = [apply(market, rings, person) for person in people], [signals_of(market, p) for p in people]
    lasting = stage_of(market, people, applied, [person.attends for person in people], signals)
    applied = apply_for_first_year(market, people)
    short = stage_of(market, people, applied, [person.first_year_attends for person in people], [0] * len(people))
    imgs, least = {a for a, person in enumerate(people) if person.img}, market.value("interview.least")
    outside = deferred_acceptance(only(lasting, imgs, least), lasting.scores, positions.outside)
    ranks = [len(lasting.lists[a]) + len(short.lists[a]) for a in range(len(people))]
    active = {a for a in range(len(people)) if ranks[a] and a not in outside}
    matched = deferred_acceptance(only(lasting, active, least), lasting.scores, np.where(one_year, 0, quota))
    advanced = {a: p for a, p in matched.items() if match.programmes.advanced[p]}
    without = active - (matched.keys() - advanced.keys())
    first = deferred_acceptance(only(short, without, least), short.scores, np.where(one_year, quota, 0))
    in_round = {a: p for a, p in {**matched, **first}.items() if a not in advanced or a in first}
    left = {a for a in without - first.keys() if people[a].takes_part}
    soap = fill_by_soap(market, people, left, advanced, in_round)
    placed = {OUTSIDE: outside, IN_ROUND: in_round, IN_SOAP: soap}
    return report(market, people, Result([lasting, short], ranks, active, advanced, placed))


def stage_of(
    market: Market, people: Sequence[Person], applied: Sequence[Sequence[int]], attends: Sequence[int],
    signals: Sequence[int],
) -> Steps:  # fmt: skip
    """From applications to rank lists."""
    interviews = invite(market, screening_lists(market, people, applied, signals), attends)
    lists = {a: rank(market, person, interviews[a]) for a, person in enumerate(people)}
    scores = {
        (a, p): judge(market, people[a], p, INTERVIEW, people[a].merit + people[a].manner)
        for a in lists
        for p in lists[a]
    }
    return Steps(applied, lists, scores)


def only(steps: Steps, who: Collection[int], least: float) -> Lists:
    """The lists of some applicants, without the programmes that do not rank them after the interview."""
    return {a: [p for p in own if steps.scores[a, p] >= least] for a, own in steps.lists.items() if a in who}


# --- step 1: applications ---------------------------------------------------------------------------------------------


def apply(market: Market, rings: Rings, person: Person) -> list[int]:
    """The programmes that a person applies to; each so-many-th try is for the second specialty, if there is one."""
    every = round(market.value("second_specialty_every"))
    second = person.second if person.second >= 0 else person.wish
    return sent_to(market, rings, person, "applies", person.wanted, [person.wish] * (every - 1) + [second])


def apply_for_first_year(market: Market, people: Sequence[Person]) -> list[list[int]]:
    """The programmes with one-year posts that each person applies to, one kind of posts after another."""
    match, rings = market.match, rings_of(market.match, (market.positions.quota > 0) & market.positions.first_year)
    sent: list[list[int]] = [[] for _ in people]
    for s, name in enumerate(match.specialties):
        if market.value("first_year", name) <= 0:
            continue
        for a, person in enumerate(people):
            wish = match.specialties[person.wish] if person.wish >= 0 else ""
            share = market.value(f"first_year.share.{name}", wish) if wish else 0.0
            wanted = int(person.first_year * share + person.rounding) if person.first_year > 0 else 0
            sent[a] += sent_to(market, rings, person, f"applies.{name}", wanted, [s])
    return sent


def sent_to(
    market: Market, rings: Rings, person: Person, purpose: str, wanted: int, pattern: Sequence[int]
) -> list[int]:
    """So many different programmes that consider the person, at random points of rings of specialties in turn."""
    sent: list[int] = []
    for tried in range(TRIES * wanted):
        word = market.words(purpose, person.actor, tried // 8)[tried % 8 // 2]
        point = word % POINTS if tried % 2 == 0 else word // POINTS
        programme = programme_at(rings, pattern[tried % len(pattern)], point)
        if programme >= 0 and considers(market, programme, person) and programme not in sent:
            sent.append(programme)
        if len(sent) == wanted:
            break
    return sent


def programme_at(rings: Rings, specialty: int, point: int) -> int:
    """The first programme at or after a point of the specialty's ring; -1 if the specialty has none."""
    ring = rings[specialty]
    return ring[bisect_left(ring, (point, -1)) % len(ring)][1] if ring else -1


def rings_of(match: Match, running: Bools) -> list[list[tuple[int, int]]]:
    """Every running programme at eight fixed points of its specialty's ring, so that others may come and go."""
    rings: list[list[tuple[int, int]]] = [[] for _ in match.specialties]
    for p in np.flatnonzero(running):
        drawn = words(match.seed, 0, int(match.programmes.actor[p]), decision(f"{match.name}.place"), 0, 0)
        points = [point for word in drawn for point in (int(word) % POINTS, int(word) // POINTS)]
        rings[match.programmes.specialty[p]] += [(point, int(p)) for point in points]
    return [sorted(ring) for ring in rings]


# --- step 2: interviews -----------------------------------------------------------------------------------------------


def invite(market: Market, lists: Mapping[int, Sequence[int]], attends: Sequence[int]) -> list[list[int]]:
    """The interviews of each applicant: programmes invite down their lists, who has enough interviews declines.

    All programmes invite through one season, each at an even pace: its slots in proportion to their number.
    """
    room = market.positions.slots.tolist()
    interviews: list[list[int]] = [[] for _ in attends]
    invitations = []
    for p, order in lists.items():
        if room[p] > 0:
            invitations += [(slot * SEASON // room[p], p, a) for slot, a in enumerate(order)]
    for _, p, a in sorted(invitations, key=lambda invitation: invitation[:2]):
        if room[p] > 0 and len(interviews[a]) < attends[a]:
            interviews[a].append(p)
            room[p] -= 1
    return interviews


def signals_of(market: Market, person: Person) -> int:
    """How many preference signals a person may send, by specialty wished for."""
    return round(market.value("signals", market.match.specialties[person.wish])) if person.wish >= 0 else 0


def screening_lists(
    market: Market, people: Sequence[Person], applied: Sequence[Sequence[int]], signals: Sequence[int]
) -> dict[int, list[int]]:
    """By programme: its applicants, the best file first; a preference signal lifts a file."""
    files: dict[int, list[tuple[int, int]]] = {}
    for a, person in enumerate(people):
        signalled = rank(market, person, applied[a])[: signals[a]]
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
    """A programme's score: merit, exam ability, openness to graduates from abroad, and the luck of the occasion."""
    spread, positions = market.value("interview.spread" if occasion == INTERVIEW else "screen.spread"), market.positions
    openness = positions.openness[person.origin, p] if person.img else 0.0
    known = merit + positions.ability_weight[p] * person.ability + openness
    return float(known + spread * idiosyncratic(market, person, p, occasion))


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


def fill_by_soap(
    market: Market, people: Sequence[Person], left: Collection[int], advanced: Matching, in_round: Matching
) -> Matching:
    """Positions left are offered, round by round, to those left, who applied to some of the programmes they like.

    Who has an advanced position needs a one-year post and nothing else. Advanced positions are not offered.
    """
    match, positions, seats = market.match, market.positions, market.positions.quota.copy()
    for p in in_round.values():
        seats[p] -= 1
    seats[match.programmes.advanced] = 0
    vacant = [int(p) for p in np.flatnonzero((seats > 0) & (positions.appeal > 0))]
    share = min(1.0, market.value("soap.applications") / max(1, len(vacant)))
    lists: dict[int, Sequence[int]] = {}
    for a in sorted(left) if seats.any() else ():
        wanted = [
            p for p in vacant if considers(market, p, people[a]) and (a not in advanced or positions.first_year[p])
        ]
        drawn = {p: market.words("soap.applies", people[a].actor, int(match.programmes.partner[p])) for p in wanted}
        sent = [p for p, w in drawn.items() if w[0] < 2.0**32 * share and w[1] < 2.0**32 * positions.appeal[p]]
        lists[a] = rank(market, people[a], sent)
    scores = {(a, p): judge(market, people[a], p, SOAP_FILE, people[a].soap_merit) for a in lists for p in lists[a]}
    return offered(lists, scores, seats, round(market.value("soap.rounds")))


def offered(lists: Lists, scores: Scores, seats: Ints, rounds: int) -> Matching:
    """In each round programmes offer what is vacant to the best of those left; all take their best offer."""
    vacant, placed = seats.copy(), Matching()
    for _ in range(rounds):
        offers: dict[int, list[int]] = {}
        for p in sorted({p for own in lists.values() for p in own}):
            free = [a for a in lists if a not in placed and p in lists[a]]
            for _, a in sorted((-scores[a, p], a) for a in free)[: vacant[p]]:
                offers.setdefault(a, []).append(p)
        for a, own in offers.items():
            placed[a] = min(own, key=lists[a].index)
            vacant[placed[a]] -= 1
    return placed
