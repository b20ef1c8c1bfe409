"""The arguments of the functions that users call: every one is checked by its name, alike in all of them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from numbers import Integral, Real
from typing import Any, Final, NoReturn

from imgsim.base.errors import InputError
from imgsim.base.files.toml import finite, shown
from imgsim.inputs.scenarios.run_settings import MOST_REPLICATIONS, argument

Check = Callable[[str, Any], object]

MOST_YEARS: Final = 100  # of a comparison: longer than any law lasts
MOST_DRAWS: Final = 1_000_000


def wrong(name: str, message: str) -> NoReturn:
    """Refuse an argument of a call."""
    raise InputError(message, key=f"argument `{name}`")


def check_arguments(given: Mapping[str, object]) -> None:
    """InputError for the first argument that is not what its name asks for; None stands for the usual value.

    Names that are not listed below are checked by what they are for, such as the workers.
    """
    for name, check in CHECKS.items():
        if given.get(name) is not None:
            check(name, given[name])


def is_number(value: Any) -> bool:
    """Is this a finite number? NumPy's are numbers, true and false are not."""
    number: Any = math.nan if isinstance(value, bool) or not isinstance(value, Real) else value
    return finite(number)


def integer(least: int, most: int | None, name: str, value: Any) -> None:
    """Refuse all but whole numbers of a range; NumPy's are numbers, true and false are not."""
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        wrong(name, f"must be a whole number of at least {least}, not {shown(value)}")
    if most is not None and int(value) > most:
        wrong(name, f"must be at most {most}, not {shown(value)}")


def positive(name: str, value: Any) -> None:
    """Refuse all but finite numbers above 0."""
    if not is_number(value) or not value > 0:
        wrong(name, f"must be a number above 0, not {shown(value)}")


def yes_or_no(name: str, value: Any) -> None:
    """Refuse all but True and False."""
    if not isinstance(value, bool):
        wrong(name, f"must be True or False, not {shown(value)}")


def text(name: str, value: Any) -> None:
    """Refuse all but texts."""
    if not isinstance(value, str):
        wrong(name, f"must be a text, not {shown(value)}")


def path(name: str, value: Any) -> None:
    """Refuse all but the names of files."""
    if not isinstance(value, (str, os.PathLike)):
        wrong(name, f"must be the name of a file, not {shown(value)}")
    if not os.fspath(value):
        wrong(name, "must be the name of a file, not empty")


def many(each: Check, name: str, value: Any) -> None:
    """Refuse all but lists; a single text is none, for its letters would be taken one by one."""
    if isinstance(value, (str, bytes, os.PathLike, Mapping)) or not isinstance(value, Iterable):
        one = f"the one text {shown(value)}" if isinstance(value, str) else shown(value)
        wrong(name, f"must be a list of texts, not {one}")
    if not isinstance(value, (list, tuple)):
        return  # looking at what is given but once would use it up
    for item in value:
        each(name, item)


def sizes(name: str, value: Any) -> None:
    """Refuse all but finite numbers by name."""
    if not isinstance(value, Mapping):
        wrong(name, f"must be sizes by name, such as {{'entries': 610}}, not {shown(value)}")
    for lever, size in value.items():
        text(name, lever)
        if not is_number(size):
            wrong(name, f"`{lever}` must be a number, not {shown(size)}")


CHECKS: Final[Mapping[str, Check]] = {
    **dict.fromkeys(("path", "base", "out"), path),
    **dict.fromkeys(("sets", "tables"), partial(many, text)),
    "reforms": partial(many, path),
    **dict.fromkeys(("levers", "doses"), sizes),
    **dict.fromkeys(("quiet", "figures", "together"), yes_or_no),
    "sweep": text,
    "precision": positive,
    **dict.fromkeys(("replications", "seed", "scale"), argument),
    "most": partial(integer, 2, MOST_REPLICATIONS),
    "years": partial(integer, 1, MOST_YEARS),
    **dict.fromkeys(("uncertainty", "morris", "sobol"), partial(integer, 0, MOST_DRAWS)),
}
