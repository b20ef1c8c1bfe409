"""Write the folder of a comparison: tables, figures and one page, completely or not at all."""

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


def write_comparison(comparison: Comparison, root: Path, call: Call, figures: bool) -> Path:
    """Write the folder of a comparison; its path."""
    home = root / FOLDER / "+".join(comparison.names)[:100]
    with refused_in_one_line(f"{home}: cannot write results"):
        home.mkdir(parents=True, exist_ok=True)
        target = unused(home / f"{call.start.astimezone(UTC):%Y%m%d-%H%M%S}-{comparison.worlds.digest()[:8]}")
        with published(target) as folder:
            for name, table in tables_of(comparison).items():
                write_table(layout(name), table, folder / f"{name}.parquet")
                table.to_csv(folder / f"{name}.csv", index=False)
            drawings = write_figures(comparison, folder / "figures") if figures else {}
            (folder / PAGE).write_text(page(comparison, drawings, call), "utf-8")
            write_manifest(folder, comparison, call)
    return target


def unused(path: Path) -> Path:
    """A path that no comparison has used."""
    if not path.exists():
        return path
    return next(other for k in range(2, 10**6) if not (other := path.with_name(f"{path.name}-{k}")).exists())


def tables_of(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Every table of a comparison, by the name of its file."""
    tables = {
        "differences": comparison.differences, "gains": comparison.gains, "places": comparison.places,
        "flows": comparison.flows, "curves": comparison.curves, "replications": comparison.tables["headline"],
        "parameters": parameter_table(comparison.scenario),
    }  # fmt: skip
    if (uncertainty := comparison.parameter_uncertainty) is not None:
        tables |= {"uncertainty": uncertainty.summary(), "draws": uncertainty.table}
        tables["points"] = pd.DataFrame(uncertainty.points, columns=list(uncertainty.parameters))
    if comparison.sweep is not None:
        tables["switching_points"] = comparison.switching_points
    if comparison.sensitivity is not None:
        tables |= {"morris": comparison.sensitivity.morris, "sobol": comparison.sensitivity.sobol}
    return tables


def write_figures(comparison: Comparison, folder: Path) -> dict[str, str]:
    """Write every figure as PNG and SVG; the SVG texts by name."""
    from imgsim.experiments.compare.figures import wanted
    from imgsim.reports.figures.draw_all import save

    folder.mkdir()
    for name, figure in wanted(comparison).items():
        save(figure(comparison), folder / name)
    return {name: (folder / f"{name}.svg").read_text("utf-8") for name in wanted(comparison)}


def write_manifest(folder: Path, comparison: Comparison, call: Call) -> None:
    """Write the manifest: what was compared, with which program, and the checksum of every file."""
    content: Mapping[str, Any] = manifest(comparison.scenario, call, checksums(folder)) | {
        "worlds": list(comparison.names),
        "reforms": [[reform.as_data() for reform in scenario.reforms] for scenario in comparison.worlds.scenarios],
        "replications": comparison.replications,
    }
    (folder / "manifest.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8"
    )
