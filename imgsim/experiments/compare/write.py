"""Write the folder of a comparison: tables, figures and one page, completely or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from imgsim.base.files.atomic import publish, refused_in_one_line, sweep, unfinished
from imgsim.base.files.checksums import add_manifest
from imgsim.base.files.parquet import write_table
from imgsim.base.files.spreadsheet import write_csv
from imgsim.engines.records.data_dictionary import layout
from imgsim.experiments.compare.page import page
from imgsim.runs.manifest import Call, manifest
from imgsim.runs.store import names_at, parameter_table

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison

FOLDER: Final = "compare"
PAGE: Final = "index.html"


def write_comparison(comparison: Comparison, root: Path, call: Call, figures: bool) -> Path:
    """Write the folder of a comparison; its path."""
    home = root / FOLDER / folder_name(comparison.names)
    with refused_in_one_line(f"{home}: cannot write results"):
        sweep(home)
        with unfinished(home / "comparison") as folder:
            for name, table in tables_of(comparison).items():
                write_table(layout(name), table, folder / f"{name}.parquet")
                write_csv(table, folder / f"{name}.csv")
            drawings = write_figures(comparison, folder / "figures") if figures else {}
            (folder / PAGE).write_text(page(comparison, drawings, call), "utf-8", "backslashreplace")
            add_manifest(folder, record(comparison, call))
            return publish(folder, names_at(home, call.start, comparison.worlds.digest()))


def folder_name(names: Sequence[str]) -> str:
    """The name of a folder for comparisons of these worlds: one folder, whose name a file system takes."""
    return "+".join(names).replace("/", "-").encode()[:100].decode(errors="ignore")


def tables_of(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Every table of a comparison, by the name of its file."""
    tables = {
        "differences": comparison.differences, "gains": comparison.gains, "places": comparison.places,
        "flows": comparison.flows, "curves": comparison.curves, "replications": comparison.tables["headline"],
        "parameters": parameter_table(comparison.scenario),
    }  # fmt: skip
    if (uncertainty := comparison.parameter_uncertainty) is not None:
        tables |= {"uncertainty": comparison.drawn, "draws": uncertainty.table}
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


def record(comparison: Comparison, call: Call) -> dict[str, Any]:
    """What was compared, and with which program; sealing the folder adds the checksum of every file."""
    return manifest(comparison.scenario, call) | {
        "worlds": list(comparison.names),
        "reforms": [[reform.as_data() for reform in scenario.reforms] for scenario in comparison.worlds.scenarios],
        "replications": comparison.replications,
    }
