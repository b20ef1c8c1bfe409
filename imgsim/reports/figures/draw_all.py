"""All figures of a run as PNG and SVG, the same bytes for the same tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import matplotlib as mpl

from imgsim.reports.figures.register import Draw, entries
from imgsim.reports.figures.style import is_kept, plain_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

DPI: Final = 150


def every_figure() -> dict[str, Draw]:
    """All figures by name, as `run.plot` offers them."""
    return {name: entry.draw for name, entry in entries().items()}


def figures_of(run: Run) -> dict[str, Draw]:
    """The figures for which a pathway has something to show."""
    return {name: entry.draw for name, entry in entries().items() if entry.suits(run)}


def draw_all(run: Run, folder: Path) -> dict[str, str]:
    """Write every figure into the folder; those that are left out, with the reason."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    reasons = {name: reason_against(run, name, figure, Path(folder)) for name, figure in figures_of(run).items()}
    return {name: reason for name, reason in reasons.items() if reason}


def reason_against(run: Run, name: str, figure: Draw, folder: Path) -> str:
    """Write one figure, or say why it cannot be drawn; one that fails costs neither the others nor the run."""
    table = entries()[name].table
    if table and not is_kept(run, table):
        return f"the table `{table}` was not written"
    try:
        save(figure(run), folder / name)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def save(axes: Axes, stem: Path) -> None:
    """One figure as stem.png and stem.svg, without the hour at which it was drawn."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    with mpl.rc_context({"svg.hashsalt": "imgsim"}), plain_texts():  # else ids in the SVG would be random
        figure.savefig(f"{stem}.png", dpi=DPI, metadata={"Software": "imgsim"})
        figure.savefig(f"{stem}.svg", metadata={"Date": None})
    figure.clear()
