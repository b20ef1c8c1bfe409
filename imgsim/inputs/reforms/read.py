"""Read reform files: the sizes of levers replace references to them, and every required statement is checked."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from imgsim.base.errors import InputError, Problems
from imgsim.base.files.toml import Table, finite, locate, read_toml, shown
from imgsim.base.printable import as_name
from imgsim.inputs.parameters.changes import Change
from imgsim.inputs.parameters.limits import number_text
from imgsim.inputs.pathways.read import stages_of
from imgsim.inputs.reforms.reform import Lever, Reform, Wire
from imgsim.inputs.renamed import answers
from imgsim.inputs.scenarios.read import change, new_sources

TOP_KEYS: Final = (
    "title", "actor", "document", "date", "reference", "where", "base", "not_modelled", "lever", "change", "stage",
    "rewire", "milestones", "parameter", "source",
)  # fmt: skip
LEVER_KEYS: Final = ("label", "unit", "value", "low", "high", "values", "why")
AMOUNTS: Final = ("value", "scale", "add")  # keys of a change that a lever may stand for
AMOUNT_KEYS: Final = ("lever", "times", "plus")


def read_reform(path: Path | str, sizes: Mapping[str, float] | None = None, name: str | None = None) -> Reform:
    """Read the reform of a file, with these sizes of its levers instead of its own. Raises InputError.

    A lever is named as in the file, or as ``<reform>.<lever>``; those of other reforms are passed over. The reform has
    the name given, or that of its file.
    """
    file, given = Path(path), sizes or {}
    top = read_toml(file)
    top.only(*TOP_KEYS, answers=answers("reform"))
    levers = dict(levers_of(top, (name or file.stem, file.stem), given))
    problems = Problems()
    changes: list[Change] = []
    used: dict[str, list[str]] = {name: [] for name in levers}
    for entry in top.tables("change"):
        with problems:
            require_date(entry)
            made = change(with_amounts(entry, levers, used))
            changes.append(replace(made, by_lever=isinstance(entry.data.get("value"), dict)))
    problems.refuse()
    refuse_unused(top, used)
    return Reform(
        name=name or as_name(file.stem),
        file=file,
        title=required_text(top, "title"),
        actor=required_text(top, "actor"),
        document=required_text(top, "document"),
        date=date_of(top),
        reference=top.texts("reference"),
        where=top.text("where", ""),
        base=required_text(top, "base"),
        not_modelled=not_modelled(top),
        levers={name: with_parameter_names(lever, used[name]) for name, lever in levers.items()},
        changes=tuple(changes),
        stages=stages_of(top.table("stage")),
        wires=tuple(wires_of(top.table("rewire"))),
        milestones={name: top.table("milestones").texts(name) for name in top.table("milestones")},
        parameters=top.table("parameter"),
        sources=new_sources(top.table("source")),
    )


def required_text(table: Table, key: str) -> str:
    """Read a text that must not be empty."""
    text: str = table.text(key)
    if not text.strip():
        table.fail("is empty", key)
    return text


def date_of(top: Table) -> str:
    """Read the date of the document: a date, or a text for one that is not known to the day."""
    date = top.get("date", (str, datetime.date), 'a date such as 2025-07-01, or a text such as "2025"')
    return str(date)


def not_modelled(top: Table) -> tuple[str, ...]:
    """Read what the reform leaves out; an empty list says that nothing is left out."""
    if "not_modelled" not in top:
        top.fail("`not_modelled` is missing: say what the reform leaves out")
    return top.texts("not_modelled")


def require_date(entry: Table) -> None:
    """Refuse a change without a first day: a reform begins on some day."""
    if "from" not in entry:
        entry.fail("`from` is missing: a reform's change begins on a day")


def levers_of(top: Table, names: Sequence[str], given: Mapping[str, float]) -> Iterator[tuple[str, Lever]]:
    """Read the levers of a file, each at the size that was asked for under one of its names or its best guess."""
    for name, entry in top.table("lever").children():
        lever = lever_of(name, entry)
        keys = [key for key in lever_names(name, *names) if key in given]
        if len(keys) > 1:
            raise InputError(f"the same lever is given as `{keys[0]}` too", file="--lever", key=keys[1])
        yield name, sized(lever, given[keys[0]], top.file) if keys else lever


def lever_names(lever: str, *reforms: str) -> list[str]:
    """The names by which a lever can be given: its own, and with each name of its reform before it."""
    return list(dict.fromkeys([lever, *(f"{reform}.{lever}" for reform in reforms)]))


def lever_of(name: str, entry: Table) -> Lever:
    """Read one lever: its best guess, its plausible range and sizes for a sweep."""
    entry.only(*LEVER_KEYS, answers=answers("lever"))
    best, low, high = (entry.number(key) for key in ("value", "low", "high"))
    if not low <= best <= high:
        entry.fail(f"must lie between low ({number_text(low)}) and high ({number_text(high)})", "value")
    values = tuple(entry.get("values", list, "a list of numbers", [low, best, high]))
    for place, value in enumerate(values):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            inner = Table({}, entry.file, (*entry.path, "values"))
            inner.fail(f"must be a number from {number_text(low)} to {number_text(high)}, not {shown(value)}", place)
    line, _ = locate(entry.file, entry.path)
    return Lever(
        name, required_text(entry, "label"), required_text(entry, "unit"), best, best, low, high,
        tuple(map(float, values)), required_text(entry, "why"), (), line,
    )  # fmt: skip


def sized(lever: Lever, value: Any, file: Path) -> Lever:
    """Set a lever to a size within its plausible range."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and finite(value)
    if not number or not lever.low <= value <= lever.high:
        low, high = number_text(lever.low), number_text(lever.high)
        raise InputError(
            f"{shown(value)} is outside {low} to {high} ({lever.unit}), the range that {file} gives"
            f"{f' in line {lever.line}' if lever.line else ''}",
            file="--lever", key=lever.name,
        )  # fmt: skip
    return replace(lever, value=float(value), given=True)


def with_parameter_names(lever: Lever, parameters: list[str]) -> Lever:
    """Note which parameters a lever sets."""
    return replace(lever, parameters=tuple(dict.fromkeys(parameters)))


def with_amounts(entry: Table, levers: Mapping[str, Lever], used: Mapping[str, list[str]]) -> Table:
    """Replace references to levers in a change by numbers: plus + times x lever."""
    data = dict(entry.data)
    for key in AMOUNTS:
        if not isinstance(data.get(key), dict):
            continue
        amount = entry.table(key)
        amount.only(*AMOUNT_KEYS, answers=answers("amount"))
        name = amount.text("lever")
        if name not in levers:
            amount.fail(f"unknown lever `{name}`", "lever", name=name, known=levers)
        data[key] = amount.number("plus", 0.0) + amount.number("times", 1.0) * levers[name].value
        used[name].append(entry.text("parameter"))
    return Table(data, entry.file, entry.path)


def refuse_unused(top: Table, used: Mapping[str, list[str]]) -> None:
    """Refuse a lever that no change uses."""
    for name, parameters in used.items():
        if not parameters:
            top.table("lever").fail("no change uses this lever", name)


def wires_of(table: Table) -> Iterator[Wire]:
    """Read outcomes that lead to another stage: ``[rewire."<stage>"]`` with ``<outcome> = "<stage>"``."""
    for stage, entry in table.children():
        for outcome in entry:
            yield Wire(stage, outcome, entry.text(outcome))
