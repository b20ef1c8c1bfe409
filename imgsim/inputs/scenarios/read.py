"""Read scenario files and those they extend, and texts ``NAME=VALUE`` from the command line."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from imgsim.base.dates.calendar import month_day, to_day
from imgsim.base.errors import InputError, Problems
from imgsim.base.files.source import sibling_paths
from imgsim.base.files.toml import Table, finite, locate, read_toml, shown
from imgsim.base.printable import as_name
from imgsim.inputs.countries import shipped_countries
from imgsim.inputs.parameters.changes import Change
from imgsim.inputs.parameters.parameter import Source
from imgsim.inputs.parameters.read import source
from imgsim.inputs.pathways.read import stages_of
from imgsim.inputs.scenarios.draft import Draft
from imgsim.inputs.scenarios.run_settings import DATES, RUN_KEYS, refuse_settings, run_of

TOP_KEYS: Final = ("title", "country", "extends", "run", "population", "change", "stage", "parameter", "source")
CHANGE_KEYS: Final = ("parameter", "from", "until", "value", "scale", "add", "join", "of", "why", "source", "where")
LONGEST_CHAIN: Final = 50  # scenarios that extend one another
SETTINGS: Final = {f"run.{key}": key for key in RUN_KEYS} | {"population.scale": "scale"}


def read_draft(file: Path, chain: tuple[Path, ...] = ()) -> Draft:
    """Read a scenario file, laid over the one it extends."""
    top = read_toml(file)
    if (real := file.resolve()) in chain:
        names = " -> ".join(path.name for path in (*chain[chain.index(real) :], real))
        raise InputError(f"scenarios extend each other in a loop: {names}", file=str(file), key="extends")
    if len(chain) >= LONGEST_CHAIN:
        top.fail(f"more than {LONGEST_CHAIN} scenarios extend one another")
    top.only(*TOP_KEYS)
    base = base_of(top, file, (*chain, real))
    return Draft(
        title=top.text("title"),
        country=base.country,
        run={**base.run, **run_of(top)},
        changes=(*base.changes, *changes_of(top)),
        stages={**base.stages, **stages_of(top.table("stage"))},
        parameters=(*base.parameters, top.table("parameter")),
        sources={**base.sources, **new_sources(top.table("source"))},
        chain=(as_name(file.stem), *base.chain),
    )


def base_of(top: Table, file: Path, chain: tuple[Path, ...]) -> Draft:
    """Read what a scenario builds on: another scenario, or a country as it stands."""
    if ("country" in top) == ("extends" in top):
        top.fail(
            "a scenario names either a `country` or the scenario it `extends`", "extends" if "extends" in top else None
        )
    if "extends" in top:
        return read_draft(extended(top, file), chain)
    country = top.text("country")
    if country.startswith("."):
        return Draft("", str(own_country(top, file, country)), {})
    if country not in shipped_countries():
        top.fail(
            f"unknown country `{country}`; there is {', '.join(shipped_countries())}",
            "country",
            name=country,
            known=shipped_countries(),
        )
    return Draft("", country, {})


def extended(top: Table, file: Path) -> Path:
    """The file of the scenario that another one extends."""
    places = sibling_paths(file, top.text("extends"))
    for place in places:
        if exists(place):
            return place
    siblings = [path.name for folder in places for path in folder.parent.glob("*.toml")]
    also = "".join(f", nor {place}, where a link to it lies" for place in places[1:])
    missing = f"no such file: {places[0]}{also}"
    top.fail(missing, "extends", name=top.text("extends"), known=siblings)


def own_country(top: Table, file: Path, country: str) -> Path:
    """The folder of a user's own country, named from the scenario's folder as ``./name`` or ``../name``."""
    folders = sibling_paths(file, country)
    for folder in folders:
        if exists(folder / "pathway.toml"):
            return folder.resolve()
    top.fail(f"no `pathway.toml` in {' nor in '.join(os.path.normpath(folder) for folder in folders)}", "country")


def exists(path: Path) -> bool:
    """Is there something of this name, if only a link that leads nowhere? To read it refuses what is no file."""
    try:
        return path.is_symlink() or (path.exists() and not path.is_dir())
    except (OSError, ValueError):  # a name that is too long, or has a NUL
        return False


def changes_of(top: Table) -> list[Change]:
    """Read the dated changes of a file."""
    changes: list[Change] = []
    problems = Problems()
    for entry in top.tables("change"):
        with problems:
            changes.append(change(entry))
    problems.refuse()
    return changes


def change(table: Table) -> Change:
    """Read one dated change."""
    table.only(*CHANGE_KEYS)
    if len(given := [key for key in ("value", "scale", "add") if key in table]) != 1:
        table.fail("a change gives one of `value`, `scale` and `add`", given[0] if given else None)
    start = to_day(table.date("from")) if "from" in table else None
    until = to_day(table.date("until")) if "until" in table else None
    if start is not None and until is not None and until <= start:
        table.fail("`until` must come after `from`", "until")
    name = table.text("parameter")
    if not table.text("why").strip():
        table.fail("say why", "why")
    if "of" in table and not table.text("of"):
        table.fail("name a category, or leave it out to change all of them", "of")
    line, _ = locate(table.file, (*table.path, "parameter"))
    return Change(
        parameter=name,
        start=start,
        until=until,
        value=changed_value(table),
        scale=table.number("scale", None),
        why=table.text("why"),
        category=table.text("of", ""),
        source=table.text("source", ""),
        where=table.text("where", ""),
        file=str(table.file),
        line=line,
        in_words=isinstance(table.data.get("value"), str),
        joins=is_knot(table),
        add=table.number("add", None),
        shown=shown(table.data["value"]) if "value" in table else "",
    )


def is_knot(table: Table) -> bool:
    """Does the change add a date between which and its neighbours values are interpolated?"""
    if "join" not in table:
        return False
    if (join := table.text("join")) != "linear":
        table.fail(f"unknown join `{join}`; there is only `linear`", "join", name=join, known=["linear"])
    for key in ("from", "value"):
        if key not in table:
            table.fail(f"`join` needs `{key}`: it puts a knot on that day", "join")
    return True


def changed_value(table: Table) -> float | None:
    """Read the new value; a month and day is written as text."""
    if isinstance(table.data.get("value"), str):
        try:
            return month_day(table.data["value"])
        except ValueError:
            table.fail("must be a number (or a month and day such as 07-01)", "value")
    return table.number("value", None)


def new_sources(table: Table) -> dict[str, Source]:
    """Read the sources that a scenario adds."""
    return {key: source(key, entry) for key, entry in table.children()}


def assignments(sets: Sequence[str]) -> tuple[dict[str, Any], list[Change]]:
    """Read texts ``NAME=VALUE`` as settings of the run, and as changes that hold on all days."""
    run: dict[str, Any] = {}
    changes: list[Change] = []
    for text in sets:
        name, _, value = (part.strip() for part in text.partition("="))
        if not name or not value:
            raise InputError(f"`{text}` is no NAME=VALUE", key="--set")
        if name in SETTINGS:
            run[SETTINGS[name]] = setting(text, name, value)
        elif name.startswith("run."):
            raise InputError(f"unknown setting `{name}`", key="--set", name=name, known=SETTINGS)
        else:
            changes.append(assigned(text, name, value))
    return run, changes


def setting(text: str, name: str, value: str) -> datetime.date | float:
    """Read the value of a run setting from the command line, and refuse it if it is out of bounds."""
    key = SETTINGS[name]
    if key in DATES:
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise InputError(f"`{value}` is no date in `{text}`", key="--set") from None
    number = numeric(text, value, integral=key != "scale")
    try:
        refuse_settings({key: number})
    except ValueError as problem:
        raise InputError(problem.args[1], file="--set", key=name) from None
    return number


def assigned(text: str, name: str, value: str) -> Change:
    """Read one text ``NAME=VALUE`` or ``NAME[category]=VALUE`` as a change."""
    name, bracket, rest = name.partition("[")
    if bracket and (rest[-1:] != "]" or len(rest) == 1):
        raise InputError(f"`{text}` is no NAME[category]=VALUE", key="--set")
    in_words = len(value) == 5 and value[2] == "-"
    try:
        number = month_day(value) if in_words else numeric(text, value)
    except ValueError:
        raise InputError(f"`{value}` is no month and day in `{text}`", key="--set") from None
    why = f"set on the command line: {text}"
    return Change(
        name, None, None, float(number), None, why, rest[:-1], file="--set", in_words=in_words, shown=clipped(value)
    )  # fmt: skip


def numeric(text: str, value: str, integral: bool = False) -> float:
    """Read a number from a text."""
    try:
        number = int(value) if integral else float(value)
    except ValueError:
        number = math.nan
    if not finite(number):
        kind = "whole number" if integral else "number"
        raise InputError(f"`{clipped(value)}` is no {kind} in `{clipped(text)}`", key="--set")
    return number


def clipped(text: str) -> str:
    """A text from the command line, shortened for a message."""
    return text if len(text) <= 40 else text[:37] + "..."
