"""The check that published figures name measures, statistics and years that exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from imgsim.base.errors import InputError, Problems
from imgsim.base.files.toml import dotted, locate, parsed
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.published import published_files
from imgsim.outcomes.catalogue import Measure, catalogue_of


def check_targets(folder: Path, pathway: Pathway) -> None:
    """One InputError for the first few published figures that name what the pathway does not measure."""
    known, problems = catalogue_of(pathway), Problems()
    for file in published_files(folder):
        for index, entry in enumerate(parsed(file)["target"]):
            with problems:
                check_target(file, index, entry, known)
    problems.refuse()


def check_target(file: Path, index: int, entry: Mapping[str, Any], known: Mapping[str, Measure]) -> None:
    """Refuse a figure of an unknown measure or statistic, and one that leaves open which statistic it is."""
    name, statistic = entry["measure"], entry.get("statistic")
    if name not in known:
        fail(file, index, "measure", f"there is no measure `{name}`", name, known)
    statistics = known[name].statistics
    if statistic is None and len(statistics) > 1:
        fail(file, index, "measure", f"`{name}` needs a `statistic`: one of {', '.join(statistics)}")
    if statistic is not None and statistic not in statistics:
        fail(file, index, "statistic", f"`{name}` has no statistic `{statistic}`", statistic, statistics)


def fail(
    file: Path, index: int, key: str, message: str, name: str | None = None, known: Iterable[str] = ()
) -> NoReturn:
    """Refuse a figure where it stands."""
    line, column = locate(file, ("target", index, key))
    where = dotted(("target", index, key))
    raise InputError(message, file=str(file), line=line, column=column, key=where, name=name, known=known)
