"""Cohorts of certified graduates: who enters training when, and who never does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from imgsim.base.arrays import Bools, Ints
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import Tally, inside, tally
from imgsim.outcomes.definitions import COHORT_YEARS, FIRST_MONTH, MEASURED, NEVER_YEARS
from imgsim.outcomes.outcome_rows import Rows, academic
from imgsim.outcomes.people_arrays import View, academic_year_of, day, year_of
from imgsim.outcomes.strata import BY_PEOPLE, BY_TRAITS, Stratum

NEEDS: Final = ("certified", "training")
LATER: Final = COHORT_YEARS + 1  # enters after the last year followed, or never


@dataclass(frozen=True)
class Cohorts:
    """Those certified from 1 July to 30 June, by the calendar year in which they enter training."""

    view: View
    years: range  # of the cohorts certified inside the measured window

    @cached_property
    def persons(self) -> Ints:
        """Persons by replication, cohort, years from its first to that of entering (from -1: before) and cell."""
        view = self.view
        cohort, cells = view.year("certified", FIRST_MONTH), view.cells
        delay = np.clip(view.year("training") - cohort, -1, LATER) + 1
        cell = delay * np.int32(cells) + view.cell
        persons = tally(view.replicas, self.years, cohort, (LATER + 2) * cells, cell, view.entrant).persons
        return persons.reshape(view.replicas.all, len(self.years), LATER + 2, cells)

    def over(self, after: int) -> int:
        """The number of cohorts, from the first, whose calendar year number `after` is simulated to its end."""
        over = int(year_of(np.array([self.view.horizon], np.int32))[0]) - after  # cohorts before this year
        return int(np.clip(over - self.years.start, 0, len(self.years)))

    def untrained(self) -> Tally:
        """Persons by cohort and cell, and those without training in the calendar year of the horizon."""
        last = int(year_of(np.array([self.view.horizon], np.int32))[0])
        cohort = self.view.year("certified", FIRST_MONTH)
        return self.view.tally(self.years, cohort, self.view.entrant, self.view.year("training") > last)


@measure(
    name="cohort_size", label="Certified from July to June", unit="persons",
    definition="Entrants certified from 1 July of a year to 30 June of the next, at full size.",
    denominator="simulated persons certified in the academic year", by=BY_PEOPLE, statistics=("count",), needs=NEEDS,
)  # fmt: skip
@measure(
    name="cohort_entered", label="Certified cohort in training", unit="share",
    definition="Share of a cohort certified from July to June that has begun training by the end of a calendar year; "
    "`time` counts the years from that in which the cohort began.",
    denominator="simulated persons certified in the academic year", by=BY_PEOPLE, needs=NEEDS,
)  # fmt: skip
@measure(
    name="cohort_failure_first_year", label="Certified, not in training by the end of next year", unit="share",
    definition="Share of a cohort certified from July to June that has not begun training by the end of the calendar "
    "year after that in which the cohort began, without those in training before. Pooled: over all cohorts followed "
    "so far.",
    denominator="simulated persons certified and not in training in the cohort's first calendar year or before",
    by=BY_PEOPLE, needs=NEEDS,
)  # fmt: skip
@measure(
    name="placed_by_year_5", label="Certified, in training by the end of year five", unit="share",
    definition="Share in training by the end of the fifth calendar year after that in which the cohort began, over "
    "all cohorts that can be followed so long.",
    denominator="simulated persons certified in cohorts followed to the end of that year", by=BY_TRAITS, needs=NEEDS,
)  # fmt: skip
@measure(
    name="never_placed", label="Certified, never in training by the horizon", unit="share",
    definition="Share not in training by the horizon, over cohorts whose last member was certified at least "
    f"{NEVER_YEARS} years before it.",
    denominator="simulated persons certified in these cohorts", by=BY_TRAITS, needs=NEEDS,
)  # fmt: skip
def certified(view: View, rows: Rows) -> None:
    """Cohorts certified from 1 July to 30 June, followed by calendar year as far as the horizon lets them."""
    if not view.knows(*NEEDS):
        return
    cohorts = Cohorts(view, range(academic_year_of(view.start - 1) + 1, academic_year_of(view.horizon)))
    for stratum, cells in view.people_groups.items():
        entered(cohorts, rows, stratum, cells)
    by_year_five(cohorts, rows)
    never(cohorts, rows)


def entered(cohorts: Cohorts, rows: Rows, stratum: Stratum, cells: Bools) -> None:
    """Size, shares in training by the end of each calendar year, and failure in the first year, cohort by cohort."""
    label = academic(cohorts.years)
    by = np.cumsum(inside(cohorts.persons, cells), axis=2)  # who has entered by the end of each year
    size = by[:, :, LATER + 1]
    rows.add("cohort_size", label, stratum, size / cohorts.view.scale, size, "count")
    for after in range(COHORT_YEARS + 1):
        n = cohorts.over(after)
        rows.share("cohort_entered", label[:n], stratum, by[:, :n, after + 1], size[:, :n], time=after)
    n = cohorts.over(1)
    failed, tried = size - by[:, :, 2], size - by[:, :, 1]
    rows.share("cohort_failure_first_year", label[:n], stratum, failed[:, :n], tried[:, :n])


def by_year_five(cohorts: Cohorts, rows: Rows) -> None:
    """Share in training by the end of the fifth calendar year, and failure in the first, over cohorts so followed."""
    view = cohorts.view
    for stratum, cells in view.groups.items():
        by = entered_by(cohorts.persons[:, : cohorts.over(COHORT_YEARS)], cells)
        rows.share("placed_by_year_5", MEASURED, stratum, by[:, COHORT_YEARS + 1], by[:, -1])
    for stratum, cells in view.people_groups.items():
        by = entered_by(cohorts.persons[:, : cohorts.over(1)], cells)
        rows.share("cohort_failure_first_year", MEASURED, stratum, by[:, -1] - by[:, 2], by[:, -1] - by[:, 1])


def entered_by(persons: Ints, cells: Bools) -> Ints:
    """Persons of all cohorts in training by the end of each calendar year of their own, the last for all of them.

    Shape (replications, years).
    """
    return np.cumsum(inside(persons, cells).sum(axis=1), axis=1)


def never(cohorts: Cohorts, rows: Rows) -> None:
    """Share without training at the horizon, over cohorts whose last member was certified long enough before it."""
    view, untrained = cohorts.view, cohorts.untrained()
    ends = [day(f"{year + 1 + NEVER_YEARS}-{FIRST_MONTH:02d}-01") for year in cohorts.years]
    closed = np.array(ends) <= view.horizon
    for stratum, cells in view.groups.items():
        hits, persons = untrained.inside(cells)
        rows.share("never_placed", MEASURED, stratum, hits[:, closed].sum(axis=1), persons[:, closed].sum(axis=1))
