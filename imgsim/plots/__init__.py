"""Figures of a run for people who decide about policy; each function gives matplotlib axes."""

from imgsim.plots.destinations import by_destination
from imgsim.plots.drawing import draw_all
from imgsim.plots.lives import life_lines, livelihood
from imgsim.plots.lots import exam_attempts, queue
from imgsim.plots.matches import attempt_ladder, match_rates
from imgsim.plots.pools import licensed_stock, warm_up
from imgsim.plots.stocks import where_the_cohort_is
from imgsim.plots.times import age, cumulative_incidence, time_to_residency

__all__ = [
    "age",
    "attempt_ladder",
    "by_destination",
    "cumulative_incidence",
    "draw_all",
    "exam_attempts",
    "licensed_stock",
    "life_lines",
    "livelihood",
    "match_rates",
    "queue",
    "time_to_residency",
    "warm_up",
    "where_the_cohort_is",
]
