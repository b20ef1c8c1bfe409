"""A fit as a scenario file: what was known when it was made, laid over the numbers that ship."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imgsim.calendar import to_date
from imgsim.calibrate.plan import Knob
from imgsim.parameters import Parameters, Row


def overlay(fitted: Parameters, knobs: Sequence[Knob], base: str, title: str, why: str) -> str:
    """The text of a scenario that extends ``base`` and gives every parameter a knob turned its fitted values."""
    names = sorted({name for knob in knobs for name, _, _ in knob.rows})
    entries = [entry for name in names for entry in changes(fitted, name, why)]
    head = f'# Written by `python -m imgsim.calibrate`; do not edit.\n\ntitle = "{title}"\nextends = "{base}"\n'
    return head + "".join(f"\n[[change]]\n{entry}\n" for entry in entries)


def changes(fitted: Parameters, name: str, why: str) -> Iterator[str]:
    """One change a dated value of a parameter; the last one holds for good."""
    for category, series in fitted[name].rows.items():
        for place, row in enumerate(series):
            following = series[place + 1] if place + 1 < len(series) else None
            yield "\n".join(lines(name, category, row, following, why))


def lines(name: str, category: str, row: Row, following: Row | None, why: str) -> Iterator[str]:
    """The keys of one change."""
    yield f'parameter = "{name}"'
    if category:
        yield f'of = "{category}"'
    if row.start is not None:
        yield f"from = {to_date(row.start)}"
    if following is not None and following.start is not None:
        yield f"until = {to_date(following.start)}"
    yield f"value = {row.value:.6g}"
    yield f'why = "{why}"'
