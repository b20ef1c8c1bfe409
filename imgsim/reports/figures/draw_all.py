"""All figures of a run as PNG and SVG, the same bytes for the same tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import matplotlib as mpl

from imgsim.reports.figures.careers import life_lines, livelihood
from imgsim.reports.figures.destinations import by_destination
from imgsim.reports.figures.lottery_rounds import exam_attempts, queue
from imgsim.reports.figures.match import attempt_ladder, has_match, match_rates
from imgsim.reports.figures.states_over_time import where_the_cohort_is
from imgsim.reports.figures.stock_and_warm_up import licensed_stock, warm_up
from imgsim.reports.figures.style import is_kept
from imgsim.reports.figures.time_to_event import age, cumulative_incidence, time_to_residency

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

DPI: Final = 150
FIGURES: Final[Mapping[str, Callable[[Run], Axes]]] = {
    "cumulative_incidence": cumulative_incidence,
    "time_to_residency": time_to_residency,
    "age": age,
    "attempt_ladder": attempt_ladder,
    "match_rates": match_rates,
    "where_the_cohort_is": where_the_cohort_is,
    "livelihood": livelihood,
    "life_lines": life_lines,
    "warm_up": warm_up,
    "licensed_stock": licensed_stock,
}
# In the stead of the figures of a Match, on roads whose places go by lot.
BY_LOT: Final[Mapping[str, Mapping[str, Callable[[Run], Axes]]]] = {
    "attempt_ladder": {"exam_attempts": exam_attempts},
    "match_rates": {"queue": queue},
}
OF_SEVERAL: Final[Mapping[str, Callable[[Run], Axes]]] = {"by_destination": by_destination}  # roads composed of several
# All by name, as `run.plot` offers them.
EVERY_FIGURE: Final[Mapping[str, Callable[..., Axes]]] = {
    **FIGURES,
    **{name: figure for figures in BY_LOT.values() for name, figure in figures.items()},
    **OF_SEVERAL,
}
# Tables that a figure is drawn from; every run keeps people and outcomes.
NEEDS: Final[Mapping[str, str]] = {
    "attempt_ladder": "seasons",
    "where_the_cohort_is": "events",
    "life_lines": "events",
    "warm_up": "yearly",
}


def draw_all(run: Run, folder: Path) -> dict[str, str]:
    """Write every figure into the folder but those whose table the run did not keep: figure -> the missing table."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    missing = {name: needed for name, needed in NEEDS.items() if not is_kept(run, needed)}
    figures = figures_of(run)
    for name, figure in figures.items():
        if name not in missing:
            save(figure(run), Path(folder) / name)
    return missing


def figures_of(run: Run) -> dict[str, Callable[[Run], Axes]]:
    """The figures that a road has something for."""
    held = dict(OF_SEVERAL) if run.scenario.pathway.parts else {}
    by_lot = not has_match(run)
    for name, figure in FIGURES.items():
        held |= BY_LOT[name] if by_lot and name in BY_LOT else {name: figure}
    return held


def save(axes: Axes, stem: Path) -> None:
    """One figure as stem.png and stem.svg, without the hour at which it was drawn."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    with mpl.rc_context({"svg.hashsalt": "imgsim"}):  # else ids in the SVG would be drawn by lot
        figure.savefig(f"{stem}.png", dpi=DPI, metadata={"Software": "imgsim"})
        figure.savefig(f"{stem}.svg", metadata={"Date": None})
    figure.clear()
