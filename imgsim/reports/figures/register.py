"""The figures of a run by name: each is registered where it is drawn, with the table it needs and the runs it suits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar

import imgsim.reports.figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

Drawn = TypeVar("Drawn")
Draw = Callable[["Run"], "Axes"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure."""

    draw: Draw
    table: str  # that it is drawn from; empty where people and outcomes, which every run keeps, are enough
    suits: Callable[[Run], bool]


_ENTRIES: dict[str, Entry] = {}


def figure(*, table: str = "", suits: Callable[[Run], bool] = lambda _: True) -> Callable[[Draw], Draw]:
    """Register a function as the figure of its name."""

    def registered(draw: Draw) -> Draw:
        plain = with_plain_texts(draw)
        _ENTRIES[draw.__name__] = Entry(plain, table, suits)
        return plain

    return registered


def with_plain_texts(draw: Callable[[Drawn], Axes]) -> Callable[[Drawn], Axes]:
    """The figure in which titles and labels are texts, never formulas."""

    @wraps(draw)
    def drawn(of: Drawn) -> Axes:
        from imgsim.reports.figures.style import as_text, plain_texts

        with plain_texts():
            return as_text(draw(of))

    return drawn


@cache
def entries() -> Mapping[str, Entry]:
    """Every figure by name, once all modules of this folder are loaded."""
    for module in iter_modules(imgsim.reports.figures.__path__):
        import_module(f"{imgsim.reports.figures.__name__}.{module.name}")
    return dict(sorted(_ENTRIES.items()))
