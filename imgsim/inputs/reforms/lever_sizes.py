"""The sizes of reforms' levers as a caller gives them, by name."""

from __future__ import annotations

from collections.abc import Mapping

from imgsim.base.errors import InputError


def lever_sizes(levers: Mapping[str, float] | None, former: Mapping[str, float] | None) -> dict[str, float]:
    """The sizes given as ``levers`` or by its ``former`` name, ``doses``; InputError for a lever in both."""
    for name in former or {}:
        if name in (levers or {}):
            raise InputError(f"`{name}` is given in `levers` too; `doses` is its former name", key="argument `doses`")
    return {**(former or {}), **(levers or {})}
