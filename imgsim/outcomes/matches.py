"""Rounds by year: seats, applicants and placed by group of applicants, of Matches, lotteries and rounds by merit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.inputs.kinds.round import MERIT
from imgsim.markets.merit_ranked import CITIZENSHIP
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import Replicas
from imgsim.outcomes.definitions import ALL, IMG, MARKET, QUEUE
from imgsim.outcomes.outcome_rows import Rows, labels, where
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import APPLICANTS, EVERYBODY, Stratum

COUNTED: Final = {  # measure of every group in a Match -> what it counts
    "match_applicants": "applicants",
    "match_active": "active",
    "match_placed": "placed",
    "entered_outside": "outside",
}
COUNTS: Final = ("seats", "applicants", "active", "placed", "outside", "after")
OF_ROUNDS: Final = ("seats", "applicants", "placed")  # of lotteries and rounds by merit
POOL: Final = "pool"  # of the places of a round by merit
MATCH: Final = ("a Match",)
BY: Final = (ALL, APPLICANTS)


@dataclass(frozen=True)
class Rounds:
    """The measured years of the table of rounds as arrays, an entry a replication, round, year and group."""

    view: View

    @cached_property
    def rows(self) -> Ints:
        """The rows of the rounds table in measured years, sorted by year."""
        year, years = self.view.tables["rounds"]["year"].to_numpy(np.int64), self.view.years
        order = np.argsort(year, kind="stable")
        return order[(year[order] >= years.start) & (year[order] < years.stop)]

    @cached_property
    def year(self) -> Ints:
        """The year of each entry of the rounds table."""
        return self.view.tables["rounds"]["year"].to_numpy(np.int64)[self.rows]

    @cached_property
    def replicas(self) -> Replicas:
        """The replication of each entry of the rounds table."""
        return self.view.replicas_in(self.view.tables["rounds"]).of(self.rows)

    @cached_property
    def text(self) -> Mapping[str, list[str]]:
        """The round and group of each entry of the rounds table, as text."""
        return {name: [str(text) for text in self.column(name, object)] for name in ("round", "group")}

    def column(self, name: str, kind: type) -> np.ndarray:
        """One column of the rounds table in measured years."""
        return self.view.tables["rounds"][name].to_numpy(kind)[self.rows]

    @cached_property
    def count(self) -> Mapping[str, Floats]:
        """Every count of the rounds table by name; missing where a round has none."""
        return {name: self.column(name, np.float64) for name in COUNTS}

    def of(self, mechanism: str) -> list[str]:
        """The names of the rounds with an allocation mechanism."""
        return [stage.name for stage in self.view.scenario.pathway.stages.values() if stage.mechanism == mechanism]

    def groups(self, rounds: Collection[str]) -> dict[str, Bools]:
        """The entries of some rounds by group."""
        named, group = self.text["round"], self.text["group"]
        entries: dict[str, list[int]] = {}
        for k, name in enumerate(named):
            if name in rounds:
                entries.setdefault(group[k], []).append(k)
        return {name: marked(some, len(named)) for name, some in entries.items()}

    def by_year(self, entries: Bools) -> tuple[list[str], dict[str, Floats]]:
        """Some entries summed by replication and year: the years, and every count, NaN where there is no entry."""
        years, column = np.unique(self.year[entries], return_inverse=True)
        replicas, some = self.replicas.of(entries), len(years)
        occurs = replicas.by(some, column) > 0
        known = {name: np.nan_to_num(count[entries]) for name, count in self.count.items()}
        return labels(years), {name: where(occurs, replicas.by(some, column, count)) for name, count in known.items()}


def marked(entries: Iterable[int], length: int) -> Bools:
    """A mask of some entries."""
    mask = np.zeros(length, bool)
    mask[list(entries)] = True
    return mask


def stratum_of(view: View, group: str) -> Stratum:
    """The stratum of a group of a round: everybody, some applicants by citizenship or kind, or a pool of places."""
    if group == ALL:
        return EVERYBODY
    by = APPLICANTS if group in (*CITIZENSHIP, IMG, *view.scenario.pathway.competitors) else POOL
    return Stratum(by, group)


@measure(
    name="match_rate", label="Match rate", unit="share",
    definition="Share of the active applicants of the year (those with a rank list) who get a place in the Match "
    "itself; `img` are all graduates from abroad.",
    denominator="simulated active applicants", by=BY, needs=MATCH,
)  # fmt: skip
@measure(
    name="match_applicants", label="Applicants of the Match", unit="persons",
    definition="Applicants of the year, with or without a rank list, at full size.",
    denominator="simulated persons counted", by=BY, statistics=("count",), needs=MATCH,
)  # fmt: skip
@measure(
    name="match_active", label="Active applicants of the Match", unit="persons",
    definition="Applicants of the year who submit a rank list, at full size.",
    denominator="simulated persons counted", by=BY, statistics=("count",), needs=MATCH,
)  # fmt: skip
@measure(
    name="match_placed", label="Placed in the Match", unit="persons",
    definition="Applicants of the year who get a place in the Match itself, at full size.",
    denominator="simulated persons counted", by=BY, statistics=("count",), needs=MATCH,
)  # fmt: skip
@measure(
    name="entered_outside", label="Placed outside the Match", unit="persons",
    definition="Persons who get a place of the year outside the Match, at full size.",
    denominator="simulated persons counted", by=BY, statistics=("count",), needs=MATCH,
)  # fmt: skip
@measure(
    name="match_positions", label="Positions of the Match", unit="positions",
    definition="Positions offered in the Match of the year, at full size.",
    denominator="simulated positions", statistics=("count",), needs=MATCH,
)  # fmt: skip
@measure(
    name="soap_rate", label="Placed after the Match, of those left over", unit="share",
    definition="Share of the active applicants without a place in the Match itself who get one left over after it.",
    denominator="simulated active applicants without a place in the Match", by=BY, needs=MATCH,
)  # fmt: skip
@measure(
    name="outside_share", label="Entered outside the Match", unit="share",
    definition="Share of the graduates from abroad who get a place of the year that gets it outside the Match.",
    denominator="simulated persons with a place in the Match, after it or outside it", by=(APPLICANTS,), needs=MATCH,
)  # fmt: skip
@measure(
    name="img_pgy1_entrants", label="First-year places of graduates from abroad", unit="persons",
    definition="Graduates from abroad who get a place of the year in the Match, after it or outside it, at full size.",
    denominator="simulated persons counted", by=(APPLICANTS,), statistics=("count",), needs=MATCH,
)  # fmt: skip
def matches(view: View, rows: Rows) -> None:
    """Rates and counts of the Match by year: every group in it, and all simulated graduates together."""
    rounds = Rounds(view)
    groups = rounds.groups(rounds.of(MARKET))
    others = (ALL, *view.scenario.pathway.competitors)
    simulated = {name: entries for name, entries in groups.items() if name not in others}
    if simulated:
        simulated[IMG] = np.logical_or.reduce(list(simulated.values()))
    for group, entries in (groups | simulated).items():
        match_rows(view, rows, stratum_of(view, group), *rounds.by_year(entries))
    for group, entries in simulated.items():
        img_rows(view, rows, stratum_of(view, group), *rounds.by_year(entries))


def match_rows(view: View, rows: Rows, stratum: Stratum, year: list[str], count: Mapping[str, Floats]) -> None:
    """What every group has: applicants, active ones, placed in the Match and after it; positions for everybody."""
    rows.share("match_rate", year, stratum, count["placed"], count["active"])
    rows.share("soap_rate", year, stratum, count["after"], count["active"] - count["placed"])
    for name, counted in COUNTED.items():
        rows.add(name, year, stratum, count[counted] / view.scale, count[counted], "count")
    if stratum == EVERYBODY:
        rows.add("match_positions", year, stratum, count["seats"] / view.scale, count["seats"], "count")


def img_rows(view: View, rows: Rows, stratum: Stratum, year: list[str], count: Mapping[str, Floats]) -> None:
    """Entrants to the first year of training by channel, for graduates whose careers are simulated."""
    entrants = count["outside"] + count["placed"] + count["after"]
    rows.share("outside_share", year, stratum, count["outside"], entrants)
    rows.add("img_pgy1_entrants", year, stratum, entrants / view.scale, entrants, "count")


@measure(
    name="<round>.seats", label="Places: {}", unit="positions",
    definition="Places of the round in the year, at full size; of a round by merit by pool too.",
    denominator="simulated places", by=(*BY, POOL), statistics=("count",),
)  # fmt: skip
@measure(
    name="<round>.applicants", label="Applicants: {}", unit="persons",
    definition="Applications to the round in the year, at full size; a person may apply at several dates of the year.",
    denominator="simulated applications counted", by=(*BY, POOL), statistics=("count",),
)  # fmt: skip
@measure(
    name="<round>.placed", label="Placed: {}", unit="persons",
    definition="Persons who get a place of the round in the year, at full size.",
    denominator="simulated persons counted", by=(*BY, POOL), statistics=("count",),
)  # fmt: skip
def queues(view: View, rows: Rows) -> None:
    """Places, applicants and placed of each lottery and round by merit by year, in the whole population.

    Of rounds by merit for every group and pool, of lotteries for everybody together.
    """
    rounds = Rounds(view)
    for mechanism in (QUEUE, MERIT):
        for name in rounds.of(mechanism):
            for group, entries in rounds.groups([name]).items():
                if group == ALL or mechanism == MERIT:
                    year = labels(rounds.year[entries])
                    replica = rounds.replicas.code[entries]
                    for word in OF_ROUNDS:
                        count = rounds.count[word][entries]
                        value, stratum = count / view.scale, stratum_of(view, group)
                        rows.add(f"{name}.{word}", year, stratum, value, count, "count", replica=replica)
