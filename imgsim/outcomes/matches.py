"""Rounds by year: seats, applicants, places, by group of applicants; and the queues for quotas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from imgsim.inputs.pathways.pathway import MERIT
from imgsim.outcomes.counts import Bools, Floats, Ints, Replicas
from imgsim.outcomes.definitions import ALL, IMG, MARKET, QUEUE
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import View

COUNTS: Final = ("seats", "applicants", "active", "placed", "outside", "after")
TOLD: Final = ("seats", "applicants", "placed")  # of rounds by lot or by merit


@dataclass(frozen=True)
class Rounds:
    """The measured years of the table of rounds as arrays, an entry a replication, round, year and group."""

    view: View

    @cached_property
    def rows(self) -> Ints:
        """The rows of measured years, in the order of years."""
        year, years = self.view.tables["rounds"]["year"].to_numpy(np.int64), self.view.years
        order = np.argsort(year, kind="stable")
        return order[(year[order] >= years.start) & (year[order] < years.stop)]

    @cached_property
    def year(self) -> Ints:
        """The year of each entry."""
        return self.view.tables["rounds"]["year"].to_numpy(np.int64)[self.rows]

    @cached_property
    def replicas(self) -> Replicas:
        """The replication of each entry."""
        return self.view.replicas_in(self.view.tables["rounds"]).of(self.rows)

    @cached_property
    def text(self) -> Mapping[str, list[str]]:
        """Name and group of each entry."""
        return {name: [str(held) for held in self.column(name, object)] for name in ("round", "group")}

    def column(self, name: str, kind: type) -> np.ndarray:
        """One column of the entries."""
        return self.view.tables["rounds"][name].to_numpy(kind)[self.rows]

    @cached_property
    def count(self) -> Mapping[str, Floats]:
        """Every count of the entries; missing where a round has none."""
        return {name: self.column(name, np.float64) for name in COUNTS}

    def of(self, mechanism: str) -> list[str]:
        """The rounds with a mechanism."""
        return [stage.name for stage in self.view.scenario.pathway.stages.values() if stage.mechanism == mechanism]

    def groups(self, rounds: Collection[str]) -> dict[str, Bools]:
        """The entries of some rounds by group."""
        named, group = self.text["round"], self.text["group"]
        found: dict[str, list[int]] = {}
        for k, name in enumerate(named):
            if name in rounds:
                found.setdefault(group[k], []).append(k)
        return {name: marked(entries, len(named)) for name, entries in found.items()}

    def by_year(self, entries: Bools) -> tuple[list[str], dict[str, Floats]]:
        """Some entries summed by replication and year: the years, and every count, NaN where there is no entry."""
        years, place = np.unique(self.year[entries], return_inverse=True)
        replicas, some = self.replicas.of(entries), len(years)
        told = replicas.by(some, place) > 0
        known = {name: np.nan_to_num(count[entries]) for name, count in self.count.items()}
        return labels(years), {name: where(told, replicas.by(some, place, count)) for name, count in known.items()}


def marked(entries: Iterable[int], length: int) -> Bools:
    """A mask of some entries."""
    found = np.zeros(length, bool)
    found[list(entries)] = True
    return found


def matches(view: View, rows: Rows) -> None:
    """Rates and counts of the Match by year: every group in it, and all simulated graduates together."""
    rounds = Rounds(view)
    groups = rounds.groups(rounds.of(MARKET))
    simulated = {name: held for name, held in groups.items() if name not in (ALL, *view.scenario.pathway.competitors)}
    if simulated:
        simulated[IMG] = np.logical_or.reduce(list(simulated.values()))
    for group, entries in (groups | simulated).items():
        match_rows(view, rows, group, *rounds.by_year(entries))
    for group, entries in simulated.items():
        img_rows(view, rows, group, *rounds.by_year(entries))


def match_rows(view: View, rows: Rows, group: str, year: list[str], count: Mapping[str, Floats]) -> None:
    """What every group has: applicants, active applicants, placed; positions for everybody."""
    rows.add("match_rate", year, group, ratio(count["placed"], count["active"]), count["active"])
    for measure, name in (("match_applicants", "applicants"), ("match_active", "active"), ("match_placed", "placed")):
        rows.add(measure, year, group, count[name] / view.scale, count[name])
    rows.add("entered_outside", year, group, count["outside"] / view.scale, count["outside"])
    if group == ALL:
        rows.add("match_positions", year, group, count["seats"] / view.scale, count["seats"])


def img_rows(view: View, rows: Rows, group: str, year: list[str], count: Mapping[str, Floats]) -> None:
    """Entrants to the first year of training by channel, for graduates whose careers are simulated."""
    left_over = count["active"] - count["placed"]
    entrants = count["outside"] + count["placed"] + count["after"]
    rows.add("soap_rate", year, group, ratio(count["after"], left_over), left_over)
    rows.add("outside_share", year, group, ratio(count["outside"], entrants), entrants)
    rows.add("img_pgy1_entrants", year, group, entrants / view.scale, entrants)


def queues(view: View, rows: Rows) -> None:
    """Places, applicants and placed of each round by lot or by merit by year, in the whole population.

    Rounds by merit tell every group and pool, those by lot everybody together.
    """
    rounds = Rounds(view)
    for mechanism in (QUEUE, MERIT):
        for name in rounds.of(mechanism):
            for group, entries in rounds.groups([name]).items():
                if group == ALL or mechanism == MERIT:
                    year = labels(rounds.year[entries])
                    for word in TOLD:
                        count = rounds.count[word][entries]
                        replica = rounds.replicas.place[entries]
                        rows.add(f"{name}.{word}", year, group, count / view.scale, count, replica=replica)
