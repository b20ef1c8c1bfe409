"""A fit as a scenario file that extends the one it was fitted to, with the fitted values as changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from imgsim.base.dates.calendar import to_date
from imgsim.experiments.calibrate.calibration_parameters import CalibrationParameter
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row


def scenario_text(
    fitted: Parameters, base: Parameters, free: Sequence[CalibrationParameter], extends: str, title: str, why: str
) -> str:
    """The text of a scenario that extends the one of the ``base``: every calibrated parameter has its fitted values.

    All others end with the last value that the fit knew, where it knew less than the base.
    """
    names = {name for adjusted in free for name, _, _ in adjusted.rows}
    entries = [entry for name in sorted(names) for entry in changes(fitted, name, why)]
    entries += [entry for name in sorted(set(base) - names) for entry in carried_on(fitted[name], base[name], why)]
    head = f'# Written by `imgsim calibrate`; do not edit.\n\ntitle = "{title}"\nextends = "{extends}"\n'
    return head + "".join(f"\n[[change]]\n{entry}\n" for entry in entries)


def carried_on(known: Parameter, base: Parameter, why: str) -> Iterator[str]:
    """Changes that carry the last known value on, where a parameter lacks later ones of the base."""
    joins = base.between == "linear"
    for category, series in base.rows.items():
        dates = {row.start for row in known.rows[category]}
        for row, until in gaps(series, dates, joins):
            yield "\n".join(lines(base.name, category, row, until, why, joins))


def gaps(series: Sequence[Row], known: Collection[int | None], joins: bool) -> Iterator[tuple[Row, int | None]]:
    """For every run of rows that are not known the row before it, and when the next one begins.

    That row is dated by what it replaces; on a line it keeps its date, from which the line leads to the next one.
    """
    before, ends = series[0], [*(row.start for row in series[1:]), None]
    for is_known, run in groupby(zip(series, ends, strict=True), key=lambda row: row[0].start in known):
        rows = list(run)
        (first, _), (last, until) = rows[0], rows[-1]
        if is_known:
            before = last
        else:
            yield before if joins else before._replace(start=first.start), until


def changes(fitted: Parameters, name: str, why: str) -> Iterator[str]:
    """One change for each dated value of a parameter; the first also applies before its date, the last for good."""
    parameter = fitted[name]
    joins = parameter.between == "linear"
    for category, series in parameter.rows.items():
        rows = series if joins else (series[0]._replace(start=None), *series[1:])
        for row, until in zip(rows, [*(row.start for row in series[1:]), None], strict=True):
            yield "\n".join(lines(name, category, row, until, why, joins))


def lines(name: str, category: str, row: Row, until: int | None, why: str, joins: bool) -> Iterator[str]:
    """The keys of one change; values that are joined by lines must say so, or they would be steps."""
    yield f'parameter = "{name}"'
    if category:
        yield f'of = "{category}"'
    if row.start is not None:
        yield f"from = {to_date(row.start)}"
    if until is not None:
        yield f"until = {to_date(until)}"
    yield f"value = {row.value:.6g}"
    if joins and row.start is not None:
        yield 'join = "linear"'
    yield f'why = "{why}"'
