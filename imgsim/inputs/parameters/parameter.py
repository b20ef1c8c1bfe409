"""Named, dated, sourced numbers: one parameter is at once a decision, an event and a column of that name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

RATIO_KINDS: Final = ("odds", "times", "plus")
EVIDENCE: Final = ("rule", "measured", "derived", "calibrated", "assumed")  # rule: a law or rule in force
DISTRIBUTIONS: Final = ("lognormal", "gompertz", "exponential")
BETWEEN: Final = ("step", "linear")
UNLIMITED: Final = float("inf")
MONEY: Final = ("USD", "CAD")
# The bounds that a unit implies; a parameter may narrow them.
UNITS: Final[Mapping[str, tuple[float, float]]] = {
    "probability": (0.0, 1.0),
    "rate": (0.0, UNLIMITED),  # per year
    "days": (0.0, UNLIMITED),
    "years": (0.0, UNLIMITED),
    "count": (0.0, UNLIMITED),
    "amount": (0.0, UNLIMITED),  # a number that ratios multiply
    "factor": (0.0, UNLIMITED),  # odds ratios and multipliers
    "USD": (0.0, UNLIMITED),
    "CAD": (0.0, UNLIMITED),
    "score": (-UNLIMITED, UNLIMITED),  # standard deviations of ability or of a programme's judgement
    "number": (-UNLIMITED, UNLIMITED),
    "flag": (0.0, 1.0),
    "month-day": (101.0, 1231.0),  # 100 x month + day
}


class Row(NamedTuple):
    """One value from a day on (None: since ever), with what stands behind it."""

    start: int | None
    value: float
    evidence: str
    source: str = ""
    where: str = ""
    why: str = ""
    range: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of a quantity over a trait, or over one category of a categorical trait."""

    trait: str
    category: str | None
    parameter: str  # full name of the parameter that holds it
    kind: str  # odds, times or plus


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name with its dated values; ``rows`` are by category of the trait ``by``, or under "" without one."""

    name: str
    unit: str
    distribution: str | None
    by: str | None
    between: str
    rows: Mapping[str, tuple[Row, ...]]
    ratios: tuple[Ratio, ...] = ()
    bounds: tuple[float, float] = (-UNLIMITED, UNLIMITED)
    file: str = ""
    line: int = 0

    def value(self, day: int, category: str = "") -> float:
        """The value on a day: the last one begun (the first one before that), or on the line to the next."""
        rows = self.rows[category if self.by else ""]
        place = max((k for k, row in enumerate(rows) if row.start is None or row.start <= day), default=0)
        row, following = rows[place], rows[place + 1] if place + 1 < len(rows) else None
        if self.between == "step" or following is None or row.start is None or row.start >= day:
            return row.value
        assert following.start is not None
        return row.value + (day - row.start) / (following.start - row.start) * (following.value - row.value)


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the bibliography."""

    key: str
    title: str
    publisher: str = ""
    year: str = ""
    url: str = ""
    note: str = ""


class Parameters(Mapping[str, Parameter]):
    """All parameters of a country or scenario by name, in the order of their files, with their sources."""

    def __init__(self, parameters: Iterable[Parameter], sources: Mapping[str, Source]) -> None:
        self._held = {parameter.name: parameter for parameter in parameters}
        self.sources = dict(sources)

    def __getitem__(self, name: str) -> Parameter:
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def value(self, name: str, day: int, category: str = "") -> float:
        """The plain dated value of a parameter, without ratios. KeyError if there is none of that name."""
        return self[name].value(day, category)

    def family(self, prefix: str) -> list[str]:
        """The names that begin with the prefix."""
        return [name for name in self if name.startswith(prefix)]

    def replacing(self, *parameters: Parameter) -> Parameters:
        """The same with some parameters replaced or added."""
        return Parameters([*(self._held | {p.name: p for p in parameters}).values()], self.sources)
