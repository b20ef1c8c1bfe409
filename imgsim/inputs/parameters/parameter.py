"""Parameters: named numbers with dates, sources and evidence, such as the attempt limit of an examination."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from imgsim.inputs.parameters.limits import ANYTHING, UNLIMITED, Limits, limits_of

RATIO_KINDS: Final = ("odds", "times", "plus")
EVIDENCE: Final = ("rule", "measured", "derived", "calibrated", "assumed")  # rule: a law or rule in force
DISTRIBUTIONS: Final = ("lognormal", "gompertz", "exponential")
BETWEEN: Final = ("step", "linear")
MONEY: Final = ("USD", "CAD")


class Row(NamedTuple):
    """One value of a parameter, the day from which it holds (None: on all days before), and the evidence for it."""

    start: int | None
    value: float
    evidence: str
    source: str = ""
    where: str = ""
    why: str = ""
    range: tuple[float, float] | None = None
    note: str = ""


def begun(row: Row) -> float:
    """The day from which a row holds."""
    return -UNLIMITED if row.start is None else row.start


@dataclass(frozen=True, slots=True)
class Ratio:
    """How a parameter differs by a trait: odds ratio, multiplier or points to add, for one category or per unit."""

    trait: str
    category: str | None
    parameter: str  # full name of the parameter that holds it
    kind: str  # odds, times or plus


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter with its dated values, given for everybody (under "") or by the categories of the trait ``by``."""

    name: str
    unit: str
    distribution: str | None
    by: str | None
    between: str
    rows: Mapping[str, tuple[Row, ...]]
    ratios: tuple[Ratio, ...] = ()
    limits: Limits = ANYTHING  # replaced by those of the name and unit
    file: str = ""
    line: int = 0

    def __post_init__(self) -> None:
        if self.limits is ANYTHING:
            object.__setattr__(self, "limits", limits_of(self.name, self.unit))

    @property
    def is_dated(self) -> bool:
        """Whether it has other values on other days."""
        return any(len(series) > 1 for series in self.rows.values())

    def value(self, day: int, category: str = "") -> float:
        """The value on a day: the latest begun by then, or interpolated between its date and the next one's."""
        rows = self.rows[category if self.by else ""]
        place = max(bisect_right(rows, float(day), key=begun) - 1, 0)
        row, following = rows[place], rows[place + 1] if place + 1 < len(rows) else None
        if self.between == "step" or following is None or row.start is None or row.start >= day:
            return row.value
        assert following.start is not None
        return row.value + (day - row.start) / (following.start - row.start) * (following.value - row.value)


@dataclass(frozen=True, slots=True)
class Source:
    """One publication, law or data set from which parameters are taken."""

    key: str
    title: str
    publisher: str = ""
    year: str = ""
    url: str = ""
    note: str = ""


class Parameters(Mapping[str, Parameter]):
    """All parameters of a country or scenario by name, with the sources they cite."""

    def __init__(self, parameters: Iterable[Parameter], sources: Mapping[str, Source]) -> None:
        self._by_name = {parameter.name: parameter for parameter in parameters}
        self.sources = dict(sources)

    def __getitem__(self, name: str) -> Parameter:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def value(self, name: str, day: int, category: str = "") -> float:
        """The value of a parameter on a day before any ratio is applied. KeyError if there is no such parameter."""
        return self[name].value(day, category)

    def family(self, prefix: str) -> list[str]:
        """Names of all parameters that begin with a prefix."""
        return [name for name in self if name.startswith(prefix)]

    def replacing(self, *parameters: Parameter) -> Parameters:
        """A copy in which some parameters are replaced or added."""
        return Parameters([*(self._by_name | {p.name: p for p in parameters}).values()], self.sources)
