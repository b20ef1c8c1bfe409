"""Keys of TOML files that have new names since 0.2: old and new by the place where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VERSION: Final = "0.2"

RENAMED: Final[Mapping[str, Mapping[str, str]]] = {
    "pathway": {"become": "maps_groups", "instead": "redirects"},
    "stage": {
        "starts": "starts_timer",
        "sets": "sets_flag",
        "status": "sets_trait",
        "adds": "increments",
        "ready": "completes_file",
    },
    "timer": {"strikes": "applies_in"},
    "parameter": {"standing": "evidence"},
    "reform": {"dose": "lever"},
    "lever": {"says": "label"},
    "amount": {"dose": "lever"},
    "calibration": {"knob": "parameter"},
}
# Values from a closed list, by the key they are given to.
RENAMED_VALUES: Final[Mapping[str, Mapping[str, str]]] = {"mechanism": {"quota": "lottery"}}


def was_renamed(old: str, new: str) -> str:
    """The sentence that answers an old name in a file."""
    return f"`{old}` was renamed to `{new}` in {VERSION} (imgsim migrate FILE rewrites it)"


def answers(place: str) -> dict[str, str]:
    """The answer to every old key of a place."""
    return {old: was_renamed(old, new) for old, new in RENAMED[place].items()}


def answer_to_value(key: str, value: str) -> str | None:
    """The answer to a value that was renamed; None if it was not."""
    new = RENAMED_VALUES.get(key, {}).get(value)
    return None if new is None else was_renamed(value, new)
