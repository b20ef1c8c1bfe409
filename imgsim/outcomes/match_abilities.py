"""What exam ability decides in a Match: how far those matched as they wished are above the others."""

from __future__ import annotations

import numpy as np

from imgsim.base.arrays import Floats
from imgsim.outcomes.applicant_groups import Counts, MatchTable, add, groups_with_specialties
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.match_lists import ACTIVE, BY, MATCH, SOME, by_specialty, mean, strata_of
from imgsim.outcomes.outcome_rows import Rows, ratio
from imgsim.outcomes.people_arrays import View

STEP = 0.25  # of exam ability in the table
FURTHEST = 5.0  # abilities beyond, on both sides, stand with it


@measure(
    name="ability_difference", label="Exam ability of the matched above that of others", unit="standard deviations",
    definition="Mean exam ability of the active applicants of the year who match in the specialty that they wish for, "
    f"less that of those who do not, over the standard deviation within both (Cohen's d). {SOME}",
    denominator=ACTIVE, by=BY, statistics=("difference",), needs=MATCH,
)  # fmt: skip
def abilities(view: View, rows: Rows) -> None:
    """How far those matched as they wished are above the others in exam ability."""
    table = MatchTable(view, "exam_abilities")
    if not len(table.rows):
        return
    lowest, steps = round(-FURTHEST / STEP), round(2 * FURTHEST / STEP) + 1
    step = np.clip(np.floor(table.column("ability") / STEP).astype(np.int64) - lowest, 0, steps - 1)
    counted = by_specialty(table, step, steps)
    for group in groups_with_specialties(view):
        persons, matched = counted[group]
        difference = standardised_difference(matched, persons - matched)
        add(rows, view, "ability_difference", strata_of(table, group), difference, persons.sum(axis=-1), "difference")


def standardised_difference(ones: Counts, others: Counts) -> Floats:
    """Difference of two means in units of the standard deviation within both groups; NaN if that is 0 or unknown."""
    values: Floats = STEP * np.arange(ones.shape[-1], dtype=np.float64)
    squares = spread(ones, values) + spread(others, values)
    free = ones.sum(axis=-1) + others.sum(axis=-1) - 2
    within = np.sqrt(np.maximum(ratio(squares, np.maximum(free, 0)), 0.0))
    apart: Floats = mean(ones, values) - mean(others, values)
    return ratio(apart, within)


def spread(counts: Counts, values: Floats) -> Floats:
    """The sum of squared distances from the mean."""
    centre = np.nan_to_num(mean(counts, values))[..., None]
    total: Floats = (counts * (values - centre) ** 2).sum(axis=-1)
    return total
