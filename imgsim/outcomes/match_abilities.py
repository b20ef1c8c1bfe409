"""What exam ability decides in a Match: how far those matched as they wished are above the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from imgsim.base.arrays import Floats
from imgsim.outcomes.applicant_groups import (
    MatchTable,
    add,
    groups_with_specialties,
    of_groups,
    places_with_specialties,
    strata_of,
)
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.match_lists import ACTIVE, BY, FATES, MATCH, SOME
from imgsim.outcomes.outcome_rows import Rows, ratio
from imgsim.outcomes.people_arrays import View

Moments = Sequence[Floats]  # number, sum, sum of squares

HALF_STEP: Final = 0.125  # from the lower end of a step of exam ability to its middle


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
    middle = table.column("ability") + HALF_STEP
    weights = {f"{name} {power}": table.column(name) * middle**power for name in FATES for power in range(3)}
    totals, some = of_groups(table, table.sums(weights, table.kinds_and_wishes())), places_with_specialties(table)
    everybody, matched = ([totals[f"{name} {power}"][:, :, some] for power in range(3)] for name in FATES)
    others = [all_ - hit for all_, hit in zip(everybody, matched, strict=True)]
    strata = [stratum for group in groups_with_specialties(view) for stratum in strata_of(table, group)]
    apart = standardised_difference(matched, others)
    add(rows, view, "ability_difference", strata, apart, everybody[0], "difference")


def standardised_difference(ones: Moments, others: Moments) -> Floats:
    """Difference of two means in units of the standard deviation within both groups; NaN if that is 0 or unknown.

    Each group is given by how many there are, the sum of their values and that of the squares.
    """
    squares = [ratio(n * square - total * total, n) for n, total, square in (ones, others)]  # exact where all are alike
    within = np.sqrt(np.maximum(ratio(sum(squares), np.maximum(ones[0] + others[0] - 2, 0)), 0.0))
    apart: Floats = ratio(ones[1], ones[0]) - ratio(others[1], others[0])
    return ratio(apart, within)
