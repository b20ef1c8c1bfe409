"""Addresses of random numbers: whose draw it is (the actor) and for which decision (a dotted name)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from imgsim.base.errors import InputError

GRADUATE: Final = 1
COMPETITOR: Final = 2
PROGRAMME: Final = 3
NATION: Final = 4

FIRST_YEAR: Final = 1900


def decision(name: str) -> int:
    """The 32 bits that stand for a decision's dotted name in an address."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


def actor(domain: int, year: int, group: int, number: int) -> int:
    """The 64 bits that stand for an actor: domain (4), cell year since 1900 (12), cell group (16), number (32).

    A reform may append numbers to a cell, never renumber them. Raises ValueError if a part does not fit.
    """
    parts = ((domain, 4), (year - FIRST_YEAR, 12), (group, 16), (number, 32))
    if any(not 0 <= part < 2**bits for part, bits in parts):
        raise ValueError(f"no such actor: domain {domain}, year {year}, group {group}, number {number}")
    return (domain << 60) | ((year - FIRST_YEAR) << 48) | (group << 32) | number


def refuse_collisions(names: Iterable[str]) -> None:
    """InputError if two names would share the same draws."""
    seen: dict[int, str] = {}
    for name in names:
        other = seen.setdefault(decision(name), name)
        if other != name:
            raise InputError(f"`{name}` and `{other}` have the same hash; rename one of them")
