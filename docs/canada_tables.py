"""The tables of docs/canada.md: ``python docs/canada_tables.py [--scale 0.3] [--replications 3]`` prints them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from imgsim.base.dates.day_numbers import day_of
from imgsim.engines.engine import pieces
from imgsim.engines.model import build
from imgsim.engines.records.columns import frames
from imgsim.experiments.calibrate.validate import figure_text, markdown
from imgsim.inputs.countries import country_folder
from imgsim.inputs.published import load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures
from imgsim.outcomes.outcome_key import Outcomes, means, outcome_key, target_key

SCENARIOS = Path(__file__).parent.parent / "scenarios"
FORECAST = {"low": "canada_places_low", "middle": "canada", "high": "canada_places_high"}
YEARS = range(2022, 2026)
FOLLOWED = 10  # years after entry within which "ever licensed" is asked


def lived(name: str, scale: float, replications: int) -> tuple[Outcomes, pd.DataFrame]:
    """Mean outcomes, and the people of all replications."""
    scenario = load_scenario(SCENARIOS / f"{name}.toml", scale=scale)
    model = build(scenario)
    parts = [next(pieces("compiled", model, number)) for number in range(replications)]  # events are not asked for
    tables = [frames(part) for part in parts]
    outcomes = means(pd.concat([measures(each, scenario) for each in tables]))
    return outcomes, pd.concat([each["people"] for each in tables])


def of(outcomes: Outcomes, measure: str, cohort: str, group: str = "all") -> float:
    """The value of one outcome."""
    return outcomes[outcome_key(measure, cohort, group)]


def ever(people: pd.DataFrame, milestones: Sequence[str], since: str = "entry") -> float:
    """Of the entrants of 2008-2018, the share that reached any of the milestones within ten years."""
    held = people[~people["stock"] & people[f"{since}_date"].between("2008-01-01", "2018-12-31")]
    limit = held[f"{since}_date"] + pd.DateOffset(years=FOLLOWED)
    reached = np.any([held[f"{milestone}_date"] <= limit for milestone in milestones], axis=0)
    return float(reached.mean())


def ten_percent(outcomes: Outcomes, people: pd.DataFrame) -> pd.DataFrame:
    """What "only ten percent get a position" is under each published definition, with its denominator."""
    seats = of(outcomes, "carms.first.seats", "2020") - of(outcomes, "carms.first.seats", "2020", "quebec")
    both = of(outcomes, "carms.first.seats", "2020") + of(outcomes, "carms.second.seats", "2020")
    positions = load_scenario(SCENARIOS / "canada.toml").parameters.value("comparison.r1_positions", day_of(2020, 7, 1))
    ontario = of(outcomes, "carms.first.seats", "2011", "ontario") / of(outcomes, "carms.first.applicants", "2011")
    rows = [
        ("Ontario's dedicated places per applicant, 2011", "applicants of one year", "10.6% (191 / 1,800)", ontario),
        ("IMG places of all first-year places (said of 2023; here 2020)", "all places", "10%", both / positions),
        ("dedicated IMG places over places for Canadian graduates, 2020", "places of others", "10.6% (325 / 3,072)",
         seats / 3072),
        ("matched of all applicants of the year, 2019", "applicants of one year", "22.7%",
         of(outcomes, "carms.season_rate", "2019")),
        ("matched of all applicants of the year, 2020", "applicants of one year", "22.9%",
         of(outcomes, "carms.season_rate", "2020")),
        ("the same, graduates of earlier years only, 2020", "their applicants", "13% (10-16)",
         of(outcomes, "carms.season_rate", "2020", "earlier_year")),
        ("the same, graduates of the year only, 2020", "their applicants", "61.3%",
         of(outcomes, "carms.season_rate", "2020", "current_year")),
        ("first post per year since Part I was passed", "person-years of passers", "10% a year (8-13)",
         of(outcomes, "yearly_rate_examined_to_training", "measured")),
        ("ever in residency within 10 years, of those with complete papers", "persons", "-",
         ever(people, ["training"], "certified")),
        ("ever licensed within 10 years of setting out", "entrants", "10% (a thesis, second hand)",
         ever(people, ["licensed"])),
        ("ever licensed or in training within 10 years of setting out", "entrants", "-",
         ever(people, ["licensed", "training", "practice"])),
    ]  # fmt: skip
    columns = ["definition", "denominator", "published", "model"]
    return pd.DataFrame([(a, b, c, f"{100 * d:.1f}%") for a, b, c, d in rows], columns=columns)


def against_targets(outcomes: Outcomes) -> pd.DataFrame:
    """Every published figure beside the simulation."""
    rows = [
        (t.measure, t.cohort, t.group, *(figure_text(v, t.value) for v in (t.value, outcomes[target_key(t)])), t.use)
        for t in load_targets(country_folder("canada"))
    ]
    return pd.DataFrame(rows, columns=["measure", "cohort", "group", "published", "simulated", "use"])


def forecast(scale: float, replications: int, lives: Callable[..., tuple[Outcomes, pd.DataFrame]]) -> pd.DataFrame:
    """Applicants, matches and match rate of 2022-2025 under the range of places."""
    rows = []
    for name, scenario in FORECAST.items():
        outcomes, _ = lives(scenario, scale, replications)
        for year in map(str, YEARS):
            held = [of(outcomes, f"carms.season_{word}", year) for word in ("applicants", "placed", "rate")]
            rows.append((name, year, f"{held[0]:,.0f}", f"{held[1]:,.0f}", f"{100 * held[2]:.1f}%"))
    return pd.DataFrame(rows, columns=["places", "year", "applicants", "matched", "rate"])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.3)
    parser.add_argument("--replications", type=int, default=3)
    asked = parser.parse_args()
    outcomes, people = lived("canada", asked.scale, asked.replications)
    print(f"{asked.replications} replications at scale {asked.scale:g}\n")
    for table in (against_targets(outcomes), ten_percent(outcomes, people)):
        print(markdown(table), end="\n\n")
    print(markdown(forecast(asked.scale, asked.replications, lived)))


if __name__ == "__main__":
    main()
