"""An end of the pathway; ends are counted by class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imgsim.base.files.toml import Table
from imgsim.inputs.kinds.kind import OTHERWISE, Kind, Shape

END_CLASSES: Final = ("retired", "alternative_career", "gave_up", "left_country", "died")


def fields(table: Table, outcomes: Mapping[str, str]) -> dict[str, Any]:
    """The class of an end, from the closed list."""
    end_class = table.text("class")
    if end_class not in END_CLASSES:
        message = f"unknown class of ends `{end_class}`; one of {', '.join(END_CLASSES)}"
        table.fail(message, "class", name=end_class, known=END_CLASSES)
    return {"end_class": end_class}


END: Final = Kind(
    name="end",
    description="An end of the pathway.",
    outcomes=(),
    keys=("class",),
    fields=fields,
    sentences={OTHERWISE: "END: {label}"},
    shape=Shape(("([", "])"), "#e9e9ec", "#444450", "end of the pathway", corner=8),
    instant=True,
)
