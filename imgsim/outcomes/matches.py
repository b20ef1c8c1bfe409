"""Rounds by year: seats, applicants, places, by group of applicants; and the queues for quotas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imgsim.outcomes.counting import Floats
from imgsim.outcomes.definitions import ALL, IMG, MARKET, QUEUE
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.view import View
from imgsim.pathway import MERIT

COUNTS = ["seats", "applicants", "active", "placed", "outside", "after"]


def matches(view: View, rows: Rows) -> None:
    """Rates and counts of the Match by year: every group in it, and all simulated graduates together."""
    table = of_mechanism(view, MARKET)
    competitors = view.scenario.pathway.competitors
    simulated = table[~table["group"].isin([ALL, *competitors])]
    together = simulated.groupby("year", as_index=False)[COUNTS].sum().assign(group=IMG)
    for group, held in pd.concat([table, together], ignore_index=True).groupby("group", sort=True):
        match_rows(view, rows, str(group), held.sort_values("year"))
    for group, held in pd.concat([simulated, together], ignore_index=True).groupby("group", sort=True):
        img_rows(view, rows, str(group), held.sort_values("year"))


def of_mechanism(view: View, mechanism: str) -> pd.DataFrame:
    """The measured years of all rounds with a mechanism; rounds of one year are summed."""
    stages = view.scenario.pathway.stages.values()
    names = [stage.name for stage in stages if stage.mechanism == mechanism]
    table = view.tables["rounds"]
    kept = table[table["round"].isin(names) & table["year"].isin(view.years)]
    kept = kept.assign(group=kept["group"].astype(str), **{name: kept[name].fillna(0).astype(float) for name in COUNTS})
    return kept.groupby(["year", "group"], as_index=False)[COUNTS].sum()


def match_rows(view: View, rows: Rows, group: str, table: pd.DataFrame) -> None:
    """What every group has: applicants, active applicants, placed; positions for everybody."""
    year, count = labels(table["year"].to_numpy()), {name: table[name].to_numpy() for name in COUNTS}
    rows.add("match_rate", year, group, divided(count["placed"], count["active"]), count["active"])
    for measure, name in (("match_applicants", "applicants"), ("match_active", "active"), ("match_placed", "placed")):
        rows.add(measure, year, group, count[name] / view.scale, count[name])
    rows.add("entered_outside", year, group, count["outside"] / view.scale, count["outside"])
    if group == ALL:
        rows.add("match_positions", year, group, count["seats"] / view.scale, count["seats"])


def img_rows(view: View, rows: Rows, group: str, table: pd.DataFrame) -> None:
    """Entrants to the first year of training by channel, for graduates whose careers are simulated."""
    year, count = labels(table["year"].to_numpy()), {name: table[name].to_numpy() for name in COUNTS}
    left_over = count["active"] - count["placed"]
    entrants = count["outside"] + count["placed"] + count["after"]
    rows.add("soap_rate", year, group, divided(count["after"], left_over), left_over)
    rows.add("outside_share", year, group, divided(count["outside"], entrants), entrants)
    rows.add("img_pgy1_entrants", year, group, entrants / view.scale, entrants)


def queues(view: View, rows: Rows) -> None:
    """Places, applicants and placed of each round by lot or by merit by year, in the whole population.

    Rounds by merit tell every group and pool, those by lot everybody together.
    """
    table = view.tables["rounds"]
    table = table[table["year"].isin(view.years)]
    for stage in view.scenario.pathway.stages.values():
        if stage.mechanism in (QUEUE, MERIT):
            for group, held in table[table["round"] == stage.name].groupby("group", sort=True, observed=True):
                if group == ALL or stage.mechanism == MERIT:
                    queue_rows(view, rows, stage.name, str(group), held.sort_values("year"))


def queue_rows(view: View, rows: Rows, name: str, group: str, table: pd.DataFrame) -> None:
    """The counts of one group in one round."""
    year = labels(table["year"].to_numpy())
    for column in ("seats", "applicants", "placed"):
        count = table[column].to_numpy(np.float64)
        rows.add(f"{name}.{column}", year, group, count / view.scale, count)


def divided(part: Floats, whole: Floats) -> Floats:
    """The ratio, missing where there is nothing to divide by."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
