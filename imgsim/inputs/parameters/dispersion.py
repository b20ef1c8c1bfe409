"""How durations differ between people: the parameter beside a duration that holds its dispersion, by distribution."""

from __future__ import annotations

from typing import Final

DURATIONS: Final = ("days", "years")  # units that have a distribution
# Last part of the name, by distribution: the standard deviation of the logarithm, or the Gompertz scale in years. An
# exponential duration has its median alone.
DISPERSION: Final = {"lognormal": "sd_log", "gompertz": "scale"}
SPREAD: Final = "spread"  # standard deviation of a score; until 0.2 of durations too
LAST_PARTS: Final = (*DISPERSION.values(), SPREAD)


def dispersion_of(name: str, distribution: str | None) -> str | None:
    """Name of the parameter that holds the dispersion of a duration; None if its distribution has none."""
    last = DISPERSION.get(distribution or "lognormal")
    return None if last is None else f"{name}.{last}"


def owner_of(name: str) -> str | None:
    """The parameter whose dispersion a parameter of this name holds; None if it is no dispersion."""
    owner, dot, last = name.rpartition(".")
    return owner if dot and last in LAST_PARTS else None
