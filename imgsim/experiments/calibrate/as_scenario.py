"""A fit as a scenario file that extends the one it was fitted to, with the fitted values as changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imgsim.base.dates.calendar import to_date
from imgsim.experiments.calibrate.calibration_parameters import CalibrationParameter
from imgsim.inputs.parameters.parameter import Parameters, Row


def scenario_text(fitted: Parameters, free: Sequence[CalibrationParameter], base: str, title: str, why: str) -> str:
    """The text of a scenario that extends ``base`` and gives every calibrated parameter its fitted values."""
    names = sorted({name for adjusted in free for name, _, _ in adjusted.rows})
    entries = [entry for name in names for entry in changes(fitted, name, why)]
    head = f'# Written by `imgsim calibrate`; do not edit.\n\ntitle = "{title}"\nextends = "{base}"\n'
    return head + "".join(f"\n[[change]]\n{entry}\n" for entry in entries)


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
