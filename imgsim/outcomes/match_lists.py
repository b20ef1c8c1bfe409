"""Rank lists of everybody in a Match: how long they are, and how often they lead to the specialty wished for."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.outcomes.applicant_groups import (
    Counts,
    MatchTable,
    add,
    add_share,
    applicants,
    groups_of,
    groups_with_specialties,
)
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.match_attempts import median
from imgsim.outcomes.match_specialties import SPECIALTY
from imgsim.outcomes.outcome_rows import Rows, ratio
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import APPLICANTS, Stratum

RANKS: Final = "ranks"
RESULT: Final = "result"
RESULTS: Final = ("matched", "unmatched")  # in the specialty wished for
MOST: Final = 20  # ranks: longer lists count as these
SINGLE: Final = 12  # ranks up to which each length is reported by itself
LENGTHS: Final = (*map(str, range(1, SINGLE + 1)), f"{SINGLE + 1}+")
FATES: Final = ("persons", "as_wished")
MATCH: Final = ("a Match",)
BY: Final = (APPLICANTS, f"{SPECIALTY}/{APPLICANTS}")
ACTIVE: Final = "simulated active applicants"
SOME: Final = "By specialty of graduates from abroad, and of the first group of applicants that the country declares."


@measure(
    name="preferred_rate", label="Match rate in the specialty wished for", unit="share",
    definition="Share of the active applicants of the year, by the specialty that they wish for, who get a place in "
    "it in the Match itself, at any level; `img` are all graduates from abroad.",
    denominator=ACTIVE, by=BY, needs=MATCH,
)  # fmt: skip
@measure(
    name="preferred_rate_by_ranks", label="Match rate in the specialty wished for, by length of the rank list",
    unit="share",
    definition="Share of the active applicants of the year who get a place in the specialty that they wish for in the "
    "Match itself, by the number of programmes of that specialty on the rank list. By specialty of the first group of "
    "applicants that the country declares.",
    denominator=ACTIVE, by=tuple(f"{RANKS}/{by}" for by in BY), needs=MATCH,
)  # fmt: skip
@measure(
    name="preferred_ranks", label="Rank-list entries in the specialty wished for", unit="ranks",
    definition="Programmes of the specialty wished for on the rank lists of the active applicants of the year who "
    f"match in it and of those who do not; more than {MOST} count as {MOST}. {SOME}",
    denominator=ACTIVE, by=tuple(f"{RESULT}/{by}" for by in BY), statistics=("mean", "median"), needs=MATCH,
)  # fmt: skip
def rank_lists(view: View, rows: Rows) -> None:
    """How long rank lists are, and how often they lead to the specialty wished for."""
    table = MatchTable(view, "rank_lists")
    if not len(table.rows):
        return
    counted = by_specialty(table, np.clip(table.column("ranks"), 0, MOST).astype(np.int64), MOST + 1)
    declared = list(view.scenario.pathway.applicant_groups)[:1]
    for group, (persons, matched) in counted.items():
        strata = strata_of(table, group)
        add_share(rows, view, "preferred_rate", strata, matched.sum(axis=-1), persons.sum(axis=-1))
        some = slice(None if group in declared else 1)
        by_length(rows, view, strata[some], persons[:, :, some], matched[:, :, some])
        some = slice(None if group in groups_with_specialties(view) else 1)
        entries(rows, view, strata[some], persons[:, :, some], matched[:, :, some])


def by_length(rows: Rows, view: View, strata: list[Stratum], persons: Counts, matched: Counts) -> None:
    """Share matched as they wished by length of the rank list, of each stratum."""
    classes = [Stratum(RANKS, length).within(stratum) for stratum in strata for length in LENGTHS]
    add_share(rows, view, "preferred_rate_by_ranks", classes, in_classes(matched), in_classes(persons))


def entries(rows: Rows, view: View, strata: list[Stratum], persons: Counts, matched: Counts) -> None:
    """Mean length of the rank lists of those matched as they wished and of others, and the median over specialties."""
    for result, of in zip(RESULTS, (matched, persons - matched), strict=True):
        own, n = [Stratum(RESULT, result).within(stratum) for stratum in strata], of.sum(axis=-1)
        add(rows, view, "preferred_ranks", own, mean(of, np.arange(MOST + 1)), n, "mean")
        add(rows, view, "preferred_ranks", own[:1], median(of[:, :, :1]), n[:, :, :1], "median")


def by_specialty(table: MatchTable, code: Ints, size: int) -> dict[str, list[Counts]]:
    """Persons, and those matched as they wished, of each group.

    Shape (replications, years, all specialties and each of them, values of a code).
    """
    names, kinds = table.specialties, table.kinds[:-1]
    axes = [(table.codes("group", kinds), len(kinds)), (table.codes("specialty", names), len(names)), (code, size)]
    counts = table.counts(FATES, axes)
    return {
        group: [with_all(counts[name][:, :, [kinds.index(kind) for kind in of]].sum(axis=2)) for name in FATES]
        for group, of in groups_of(table.view).items()
    }


def with_all(counts: Counts) -> Counts:
    """Counts with those of all specialties together before them; specialties are the last axis but one."""
    return np.concatenate((counts.sum(axis=-2, keepdims=True), counts), axis=-2)


def strata_of(table: MatchTable, group: str) -> list[Stratum]:
    """A group of applicants, and those in it who wish for each specialty."""
    return [applicants(group), *(Stratum(SPECIALTY, name).within(applicants(group)) for name in table.specialties)]


def in_classes(counts: Counts) -> Counts:
    """Counts by length as classes of length: without those of no entry, the longest together."""
    longest = counts[..., SINGLE + 1 :].sum(axis=-1, keepdims=True)
    return np.concatenate((counts[..., 1 : SINGLE + 1], longest), axis=-1)


def mean(counts: Counts, values: Floats | Ints) -> Floats:
    """The mean of values, given along the last axis how many there are of each; NaN where there are none."""
    return ratio((counts * values).sum(axis=-1), counts.sum(axis=-1))
