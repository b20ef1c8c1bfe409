"""Which values a parameter may have: bounds and wholeness by its unit, narrower by what the parameter stands for.

Bounds do not say what is plausible (the `range` of a value does), only what the model can obey: a value within them is
simulated as it stands, one outside them is refused where it is read. What distributions and ratios make of a value has
no such bounds, and is cut where it becomes a number of days (``imgsim.base.dates.day_numbers.to_days``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from imgsim.inputs.parameters.dispersion import owner_of


class Limits(NamedTuple):
    """The least and the largest value, and whether values are whole."""

    low: float
    high: float
    integer: bool = False
    divisible: bool = False  # whole as written, but a scale or a line may make a fraction of it: an expected number


UNLIMITED: Final = float("inf")
ANYTHING: Final = Limits(-UNLIMITED, UNLIMITED)

UNITS: Final[Mapping[str, Limits]] = {
    "probability": Limits(0, 1),
    "rate": Limits(0, 1_000),  # a year: whatever is more often has happened within a day or two
    "days": Limits(0, 366_000),  # a thousand years: longer than any run
    "years": Limits(0, 1_000),
    "count": Limits(0, 1_000_000_000),
    "amount": Limits(0, 1_000_000),  # a number that ratios multiply
    "factor": Limits(0, 1_000_000),  # odds ratios and multipliers
    "USD": Limits(0, 1_000_000_000),
    "CAD": Limits(0, 1_000_000_000),
    "score": Limits(-100, 100),  # standard deviations of ability or of a programme's judgement
    "number": Limits(-1_000_000, 1_000_000),
    "flag": Limits(0, 1, integer=True),
    "month-day": Limits(101, 1231, integer=True),  # 100 x month + day
}

# By unit and the last words of a name.
NARROWER: Final[Mapping[str, Mapping[str, Limits]]] = {
    "count": {
        # exams: what one person does, or one sitting consists of
        "attempts": Limits(0, 999, integer=True),
        "per_year": Limits(0, 366, integer=True),  # sittings in twelve months: one a day at most
        "apart": Limits(1, 366, integer=True),  # the next session is the first that there is
        "stations": Limits(0, 1_000, integer=True),
        "pass_mark": Limits(0, 1_000, integer=True),
        "borderline": Limits(0, 1_000, integer=True),
        "compulsory": Limits(0, 100, integer=True),
        "subject_stations": Limits(0, 100, integer=True),
        "items": Limits(1, 10_000, integer=True),  # without an item nothing is measured
        # rounds
        "meetings": Limits(0, 365, integer=True),  # on different days
        "jurisdictions": Limits(1, 10_000, integer=True),  # places belong to one
        "places": Limits(0, 1_000_000, integer=True, divisible=True),
        "growth": Limits(0, 1_000_000, integer=True, divisible=True),
        "positions": Limits(0, 1_000_000, integer=True, divisible=True),
        "outside_seats": Limits(0, 1_000_000),
        "positions.advanced": Limits(0, 1_000_000, integer=True, divisible=True),
        "programmes": Limits(0, 30_000, integer=True),  # a Match has numbers for 32,768
        "programmes.advanced": Limits(0, 30_000, integer=True, divisible=True),
        "least_programmes": Limits(1, 30_000, integer=True),
        "competitors": Limits(0, 1_000_000, integer=True, divisible=True),
        "interviews_per_position": Limits(0, 100),
        "soap.rounds": Limits(0, 100, integer=True),
        "soap.applications": Limits(0, 100_000, integer=True, divisible=True),
        "applications.cap": Limits(0, 100_000, integer=True),
        "signals": Limits(0, 1_000, integer=True),
        "second_specialty_every": Limits(1, 56, integer=True),  # the pattern of applications is one word of 64 bits
        # people: entrants are expected numbers of a year, often means of several
        "population.entrants": Limits(0, 1_000_000),  # of a group: about as many as all medical schools graduate
        "population.stock": Limits(0, 20_000_000, integer=True, divisible=True),  # more than all physicians
    },
    "amount": {
        "discrimination": Limits(0.01, 100),  # an item that does not discriminate measures nothing
        "applications": Limits(0, 30_000),  # one to each programme
        "interviews_attended": Limits(0, 250),  # counted in eight bits
    },
    "number": {
        "concentration": Limits(0, 100),  # the first jurisdiction then has all applicants
        "size_spread": Limits(0, 5),
        "openness_sponsors": Limits(-1, 1),  # a correlation
        "variation": Limits(0, 5),  # of a logarithm, as `sd_log`
    },
    "score": {"manner": Limits(0, 100)},  # standard deviations, as `spread`
    "years": {
        "population.age_at_graduation": Limits(15, 80),  # nobody graduates as a child, or after a life's work
        "population.stock_age": Limits(18, 100),  # of physicians with a licence
        "population.entry_before": Limits(0, 20),  # longer than any medical school takes
        "population.entry_after": Limits(0, 80),  # longer than any career
        "population.experience": Limits(0, 80),
        "experience.least": Limits(0, 80),
    },
}
# By the last word of the parameter beside a duration or a score that holds its dispersion, in any unit.
DISPERSIONS: Final[Mapping[str, Limits]] = {
    "sd_log": Limits(0, 5),  # the middle two thirds are then from 1/148 to 148 times the median
    "scale": Limits(0.1, 1_000),  # years; below it all die on one day, of a width of 0 there is no distribution
    "spread": Limits(0, 100),  # standard deviations
}


def limits_of(name: str, unit: str) -> Limits:
    """The limits of a parameter by its name and unit."""
    if owner_of(name):
        return DISPERSIONS[name.rpartition(".")[2]]
    narrower = NARROWER.get(unit, {})
    return next((narrower[end] for end in ends_of(name) if end in narrower), UNITS[unit])


def ends_of(name: str) -> Iterator[str]:
    """A dotted name and its last words, the longest first."""
    yield name
    while "." in name:
        name = name.partition(".")[2]
        yield name


def fault(value: float, limits: Limits, unit: str, shown: str, written: bool = True) -> str | None:
    """What is wrong with a value that is shown so; None if nothing is.

    A value that was not ``written``, but came of a scale or a lever, may be a fraction of what is shared out.
    """
    if not limits.low <= value <= limits.high:
        return f"{shown} is outside {number_text(limits.low)} to {number_text(limits.high)} ({unit})"
    if limits.integer and value != int(value) and (written or not limits.divisible):
        return f"{shown} is no whole number ({unit})"
    return None


def number_text(value: float) -> str:
    """A number with all its digits, and no more than that."""
    return repr(float(value)).removesuffix(".0")
