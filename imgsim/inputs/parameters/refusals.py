"""Refusals of parameters, where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from imgsim.base.errors import InputError
from imgsim.base.files.toml import locate_name
from imgsim.inputs.parameters.parameter import Parameter


def refuse(
    parameter: Parameter, message: str, key: str | None = None, name: str | None = None, known: Iterable[str] = ()
) -> NoReturn:
    """Refuse a parameter where it, or this key of it, stands."""
    line, column = locate_name(Path(parameter.file), parameter.name, key) if parameter.file else (None, None)
    raise InputError(
        message, file=parameter.file or None, line=line, column=column, key=parameter.name, name=name, known=known
    )
