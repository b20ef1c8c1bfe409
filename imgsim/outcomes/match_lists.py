"""Rank lists of everybody in a Match: how long they are, and how often they lead to the specialty wished for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np

from imgsim.outcomes.applicant_groups import (
    SPECIALTY,
    Counts,
    MatchTable,
    add,
    add_share,
    applicants,
    by_group,
    groups_of,
    of_groups,
    places_with_specialties,
    strata_of,
    sum_of,
)
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.match_attempts import median
from imgsim.outcomes.outcome_rows import Rows, ratio
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import APPLICANTS, Stratum

BY_RANKS: Final = "preferred_rate_by_ranks"
RANKS: Final = "ranks"
RESULT: Final = "result"
RESULTS: Final = {"matched": "as_wished", "unmatched": "others"}  # in the specialty wished for -> what is counted
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
    name=BY_RANKS, label="Match rate in the specialty wished for, by length of the rank list",
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
    length = np.clip(table.column("ranks"), 0, MOST).astype(np.int64)
    counted = table.counts(FATES, [*table.kinds_and_wishes(), (length, MOST + 1)])
    counted["others"] = counted["persons"] - counted["as_wished"]
    rates(view, rows, table, counted)
    by_length(view, rows, table, counted)
    entries(view, rows, table, counted)


def rates(view: View, rows: Rows, table: MatchTable, counted: Mapping[str, Counts]) -> None:
    """Share matched as they wished, of every group and specialty."""
    of = of_groups(table, {name: counted[name].sum(axis=-1) for name in FATES})
    strata = [stratum for group in groups_of(view) for stratum in strata_of(table, group)]
    add_share(rows, view, "preferred_rate", strata, of["as_wished"], of["persons"])


def by_length(view: View, rows: Rows, table: MatchTable, counted: Mapping[str, Counts]) -> None:
    """Share matched as they wished by length of the rank list: of every group, and of one by specialty."""
    groups, kinds = groups_of(view), table.kinds
    together = {name: in_classes(by_group(table, counted[name].sum(axis=3))) for name in FATES}
    strata = [length for group in groups for length in lengths(applicants(group))]
    add_share(rows, view, BY_RANKS, strata, together["as_wished"], together["persons"])
    for group in list(view.scenario.pathway.applicant_groups)[:1]:
        places = [kinds.index(kind) for kind in groups[group]]
        hits, persons = (in_classes(sum_of(counted[name], places)) for name in reversed(FATES))
        strata = [length for stratum in strata_of(table, group)[1:] for length in lengths(stratum)]
        add_share(rows, view, BY_RANKS, strata, hits, persons)


@cache
def lengths(stratum: Stratum) -> tuple[Stratum, ...]:
    """A stratum by length of the rank list."""
    return tuple(Stratum(RANKS, length).within(stratum) for length in LENGTHS)


def entries(view: View, rows: Rows, table: MatchTable, counted: Mapping[str, Counts]) -> None:
    """Mean length of the rank lists of those matched as they wished and of others, and the median over specialties."""
    values, groups, some = np.arange(MOST + 1), list(groups_of(view)), places_with_specialties(table)
    shown = np.arange(1 + len(table.specialties)) == np.zeros((len(groups), 1))  # all specialties together
    shown[some] = True
    every = [stratum for group in groups for stratum in strata_of(table, group)]
    chosen = [every[k] for k in np.flatnonzero(shown)]
    for result, name in RESULTS.items():
        counts = counted[name]
        totals = of_groups(table, {"n": counts.sum(axis=-1), "ranks": counts @ values})
        n, ranks = (total[:, :, shown] for total in (totals["n"], totals["ranks"]))
        add(rows, view, "preferred_ranks", with_result(result, chosen), ratio(ranks, n), n, "mean")
        middle, strata = median(by_group(table, counts.sum(axis=3))), [applicants(group) for group in groups]
        add(rows, view, "preferred_ranks", with_result(result, strata), middle, totals["n"][..., 0], "median")


def with_result(result: str, strata: Sequence[Stratum]) -> list[Stratum]:
    """Strata of those with one result."""
    return [Stratum(RESULT, result).within(stratum) for stratum in strata]


def in_classes(counts: Counts) -> Counts:
    """Counts by length as classes of length: without those of no entry, the longest together."""
    longest = counts[..., SINGLE + 1 :].sum(axis=-1, keepdims=True)
    return np.concatenate((counts[..., 1 : SINGLE + 1], longest), axis=-1)
