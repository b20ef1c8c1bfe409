"""The folder a comparison leaves behind: tables, figures and one page, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from imgsim.base.files.atomic import checksums, published, refused_in_one_line
from imgsim.base.files.parquet import write_table
from imgsim.engines.records.data_dictionary import layout
from imgsim.experiments.compare.page import page
from imgsim.runs.manifest import Call, manifest
from imgsim.runs.store import parameter_table

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison

FOLDER: Final = "compare"
PAGE: Final = "index.html"


def keep(found: Comparison, root: Path, call: Call, figures: bool) -> Path:
    """Write the folder of a comparison; where it is."""
    home = root / FOLDER / "+".join(found.names)[:100]
    with refused_in_one_line(f"{home}: cannot write results"):
        home.mkdir(parents=True, exist_ok=True)
        target = unused(home / f"{call.start.astimezone(UTC):%Y%m%d-%H%M%S}-{found.worlds.digest()[:8]}")
        with published(target) as folder:
            for name, table in tables_of(found).items():
                write_table(layout(name), table, folder / f"{name}.parquet")
                table.to_csv(folder / f"{name}.csv", index=False)
            drawings = draw(found, folder / "figures") if figures else {}
            (folder / PAGE).write_text(page(found, drawings, call), "utf-8")
            seal(folder, found, call)
    return target


def unused(path: Path) -> Path:
    """A folder that no comparison has."""
    if not path.exists():
        return path
    return next(other for k in range(2, 10**6) if not (other := path.with_name(f"{path.name}-{k}")).exists())


def tables_of(found: Comparison) -> dict[str, pd.DataFrame]:
    """Every table of a comparison by name."""
    held = {
        "differences": found.differences, "gains": found.gains, "places": found.places, "flows": found.flows,
        "curves": found.curves, "replications": found.tables["compared"], "parameters": parameter_table(found.scenario),
    }  # fmt: skip
    if found.doubt is not None:
        held |= {"uncertainty": found.doubt.summary(), "draws": found.doubt.table}
        held["points"] = pd.DataFrame(found.doubt.points, columns=list(found.doubt.parameters))
    if found.sweep is not None:
        held["turns"] = found.turns
    if found.sensitivity is not None:
        held |= {"morris": found.sensitivity.morris, "sobol": found.sensitivity.sobol}
    return held


def draw(found: Comparison, folder: Path) -> dict[str, str]:
    """Every figure as PNG and SVG; the SVG texts by name."""
    from imgsim.experiments.compare.figures import wanted
    from imgsim.reports.figures.draw_all import save

    folder.mkdir()
    for name, figure in wanted(found).items():
        save(figure(found), folder / name)
    return {name: (folder / f"{name}.svg").read_text("utf-8") for name in wanted(found)}


def seal(folder: Path, found: Comparison, call: Call) -> None:
    """The manifest: what was compared, with what, and the checksum of every file."""
    content: Mapping[str, Any] = manifest(found.scenario, call, checksums(folder)) | {
        "worlds": list(found.names),
        "reforms": [[reform.as_data() for reform in scenario.reforms] for scenario in found.worlds.scenarios],
        "replications": found.replications,
    }
    (folder / "manifest.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8"
    )
