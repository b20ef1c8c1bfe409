"""The programmes of a Match: fixed characteristics, drawn once, and seats that follow the year's positions.

A programme is drawn once from its own address (specialty and number), whatever the replication: size, sponsorship,
openness to foreign graduates, whether it asks for the letter. Seats of a year are dealt out so that they sum to the
positions of that specialty, and no programme loses a seat when positions are added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.base.errors import InputError
from imgsim.base.randomness.addresses import FIRST_YEAR, PROGRAMME, actor, decision
from imgsim.base.randomness.philox import ALL_REPLICATIONS, uniforms
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters

HALVINGS = 100  # more than there are bits in a factor


@dataclass(frozen=True, slots=True)
class Programmes:
    """All programmes that ever exist, track by track; arrays of shape (programmes,).

    A track is a specialty at a level: posts that begin at once (PGY-1), and advanced ones that begin a year later.
    """

    actor: Ints
    partner: Ints  # the 32 bits that stand for it as the other side of a pair
    specialty: Ints
    advanced: Bools
    place: Ints  # its number within its track: a year has those below the year's count
    size: Floats  # relative size
    sponsorship: Floats  # uniform: where the programme stands among visa policies
    openness: Floats  # standard normal: how open to foreign graduates, within its specialty
    gap: Floats  # standard normal: how long after graduation it considers applicants
    failed: Floats  # uniform: below the share of programmes that consider nobody who failed an exam
    experience: Floats  # uniform: below the share of programmes that ask for clinical experience
    letter: Floats  # uniform: below the share of programmes that ask for the letter
    rounding: Floats  # uniform: how its fraction of a seat is rounded
    thinning: Floats  # uniform: rounds the seats of its class at a scale


DRAWN: Final = ("size", "sponsorship", "openness", "gap", "failed", "experience", "letter", "rounding", "thinning")
ADVANCED: Final = 2**19  # added to the number of an advanced programme, so that either track can grow


def draw_programmes(name: str, parameters: Parameters, specialties: tuple[str, ...], seed: int) -> Programmes:
    """Every programme of the year that has most of them, each track on its own."""
    tracks = [
        (s, advanced, most(parameters, f"{name}.{word}", specialty))
        for s, specialty in enumerate(specialties)
        for advanced, word in enumerate(("programmes", "programmes.advanced"))
    ]
    numbers = [(s, advanced, number) for s, advanced, count in tracks for number in range(count)]
    actors = np.array(
        [actor(PROGRAMME, FIRST_YEAR, s, number + ADVANCED * adv) for s, adv, number in numbers], np.int64
    )
    specialty, advanced, place = np.array(numbers, np.int64).reshape(-1, 3).T
    spread, alike = (parameters.value(f"{name}.programme.{word}", 0) for word in ("size_spread", "openness_sponsors"))
    draws = {word: uniforms(seed, ALL_REPLICATIONS, actors, decision(f"{name}.programme.{word}"), 0) for word in DRAWN}
    openness = normals(draws["openness"])
    return Programmes(
        actor=actors,
        partner=(((actors >> 32) & 0xFFF) << 20) | (actors & 0xFFFFF),
        specialty=specialty,
        advanced=advanced > 0,
        place=place,
        size=np.exp(spread * normals(draws["size"])),
        sponsorship=correlated(openness, normals(draws["sponsorship"]), alike),
        openness=openness,
        gap=normals(draws["gap"]),
        failed=draws["failed"],
        experience=draws["experience"],
        letter=draws["letter"],
        rounding=draws["rounding"],
        thinning=draws["thinning"],
    )


def most(parameters: Parameters, name: str, category: str) -> int:
    """The largest count of a category over all dates; none of what a Match leaves out."""
    return round(max(row.value for row in parameters[name].rows[category])) if name in parameters else 0


@kernel
def normals(u: Floats) -> Floats:
    """The standard normal quantiles of uniforms."""
    quantiles = np.empty(len(u))
    for k in range(len(u)):
        quantiles[k] = normal(u[k])
    return quantiles


def correlated(one: Floats, other: Floats, correlation: float) -> Floats:
    """Uniforms correlated with the first of two independent normals by a Gaussian copula."""
    mixed = correlation * one + math.sqrt(1 - correlation**2) * other
    return np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in mixed])


def apportion(size: Floats, rounding: Floats, seats: int) -> Ints:
    """Whole seats in proportion to size, summing to ``seats``; each grows with their number.

    Programme k has floor(f x size + rounding) seats, with the factor f that makes the sum right.
    """
    if seats <= 0 or not len(size):
        return np.zeros(len(size), np.int64)
    quota: Ints = np.floor(factor(size, rounding, seats) * size + rounding).astype(np.int64)
    for k in np.flatnonzero(quota)[::-1][: quota.sum() - seats]:  # where programmes gain a seat at the same factor
        quota[k] -= 1
    return quota


@kernel
def factor(size: Floats, rounding: Floats, seats: int) -> float:
    """The least factor that deals out enough seats, by bisection."""
    low, high = 0.0, (seats + len(size)) / float(size.sum()) + 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        dealt_out = 0
        for k in range(len(size)):
            dealt_out += int(middle * size[k] + rounding[k])
        if dealt_out < seats:
            low = middle
        else:
            high = middle
    return high


def by_share(total: int, share: Floats) -> Ints:
    """Whole numbers in proportion to shares that sum to a total, largest remainders rounded up; none without shares."""
    if not share.any():
        return np.zeros(len(share), np.int64)
    exact = total * share / share.sum()
    numbers: Ints = np.floor(exact).astype(np.int64)
    numbers[np.argsort(numbers - exact, kind="stable")[: total - numbers.sum()]] += 1
    return numbers


def quotas(programmes: Programmes, seats: Ints, running: Ints, advanced: bool) -> Ints:
    """Seats by programme at full size on tracks of one level; ``seats`` and ``running`` programmes by specialty."""
    quota = np.zeros(len(programmes.actor), np.int64)
    for s, count in enumerate(seats):
        track = (programmes.specialty == s) & (programmes.advanced == advanced) & (programmes.place < running[s])
        quota[track] = apportion(programmes.size[track], programmes.rounding[track], int(count))
    return quota


def sponsors(
    policies: tuple[str, ...], parameters: Parameters, programmes: Programmes, specialties: tuple[str, ...], day: int
) -> Ints:
    """Visa policy by programme on a day, as codes of the pathway's sponsors: none, the first kind alone, both kinds.

    The parameters of the policies are conditional probabilities in this order; the last policy takes the rest.
    """
    first, second = policies
    none = np.array([parameters.value(first, day, specialty) for specialty in specialties])
    only = np.array([parameters.value(second, day, specialty) for specialty in specialties])
    low = none[programmes.specialty]
    high = low + (1 - low) * only[programmes.specialty]
    return np.where(programmes.sponsorship < low, 0, np.where(programmes.sponsorship < high, 1, 2))


def thin_quotas(programmes: Programmes, quota: Ints, sponsor: Ints, scale: float) -> Ints:
    """The seats left at a scale, class by class: every programme keeps its share of them, rounded by its own uniform.

    Classes are specialty x level x visa policy x openness (above or below the middle); the seats of a class are rounded
    by the uniform of its first programme. Dropping programmes instead would keep quotas, but leave an applicant of a
    small sample with fewer programmes to apply to than applications: measured at scale 0.05, that raised the share
    with an interview from 64 to 76 percent and lowered the match rate by twelve points.
    """
    if scale >= 1.0:
        return quota
    thinned = np.zeros_like(quota)
    classes = ((programmes.specialty * 2 + programmes.advanced) * 3 + sponsor) * 2 + (programmes.openness > 0)
    for code in np.unique(classes):
        own = np.flatnonzero((classes == code) & (quota > 0))
        if len(own):
            target = int(quota[own].sum() * scale + programmes.thinning[own[0]])
            thinned[own] = apportion(quota[own].astype(float), programmes.thinning[own], target)
    return thinned


def refuse_too_small(quota: Ints, scale: float, least: int) -> None:
    """InputError if a scale leaves the Match without enough programmes to apply to."""
    running = int((quota > 0).sum())
    if running < least:
        raise InputError(
            f"at scale {scale:g} only {running} programmes are left for applicants to choose from (at least {least});"
            " use a larger scale",
            key="population.scale",
        )
