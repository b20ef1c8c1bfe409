"""Validation: how well the model forecasts and fits published figures, as the tables of a page.

The forecast scenario is fitted on figures before a year (see ``--until`` of ``imgsim calibrate``); from that year on it
knows seats, competitors and rules, and no applicant or outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from imgsim.base.errors import InputError
from imgsim.experiments.calibrate.benchmarks import (
    Published,
    errors,
    last_known_rate,
    previous_year_rate,
    seats_left_over,
)
from imgsim.experiments.calibrate.fit import simulate_measures
from imgsim.inputs.countries import country_folder
from imgsim.inputs.published import Target, load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.check_targets import check_targets
from imgsim.outcomes.outcome_key import Outcomes, outcome_key, target_key
from imgsim.runs.tasks import in_order
from imgsim.runs.workers import Workers, chosen_workers

SERIES: Final = {
    "citizen_img": ("citizen_img",),
    "noncitizen_img": ("noncitizen_img",),
    "both": ("citizen_img", "noncitizen_img"),
}
RIVALS: Final = ("us_md", "us_do")


def published_series(targets: Sequence[Target], scenario: Scenario) -> Published:
    """The published series that benchmark forecasts need; matched applicants are the rate times the active."""
    rate = {(t.group, int(t.cohort)): t.value for t in targets if t.measure == "match_rate"}
    active = {(t.group, int(t.cohort)): t.value for t in targets if t.measure == "match_active"}
    years = range(scenario.run.measured_from.year, scenario.run.end.year)
    for kind in scenario.pathway.competitors:
        active |= {(kind, year): scenario.parameters.value("match.competitors", day(year), kind) for year in years}
    positions = {year: scenario.parameters.value("match.positions", day(year)) for year in years}
    matched = {key: rate[key] * active[key] for key in rate if key in active}
    return Published(active, matched, positions)


def refuse_without_figures(targets: Sequence[Target], scenarios: Sequence[Scenario], first: int, last: int) -> None:
    """InputError if a year of a forecast is not simulated, or a published figure that it needs is missing."""
    if first > last:
        raise InputError(f"the first year forecast ({first}) comes after the last ({last})", key="--first")
    for scenario in scenarios:
        if "match.positions" not in scenario.parameters:
            raise InputError("only a Match named `match` has forecasts to be judged", file=str(scenario.file))
        begin, end = scenario.run.measured_from.year, scenario.run.end.year
        if first <= begin or last >= end:
            message = f"years from {first} to {last} are not all simulated: only from {begin + 1} to {end - 1}"
            raise InputError(message, file=str(scenario.file), key="--first" if first <= begin else "--last")
    published = {(target.measure, target.group, str(target.cohort)) for target in targets}
    groups = {group for series in SERIES.values() for group in series}
    for needed in product(("match_rate", "match_active"), sorted(groups), map(str, range(first - 1, last + 1))):
        if needed not in published:
            raise InputError(f"no published figure of {' '.join(needed)}", key="--first, --last")
    for rival in RIVALS:
        if ("match_rate", rival, str(first - 1)) not in published:
            raise InputError(f"no published figure of match_rate {rival} {first - 1}", key="--first")


def day(year: int) -> int:
    """Day number of 1 March of a year."""
    from imgsim.base.dates.day_numbers import day_of

    return int(day_of(year, 3, 1))


def simulated_rate(outcomes: Outcomes, groups: Sequence[str], year: int) -> float:
    """Share of active applicants who match in the simulation, over several groups together."""
    placed = sum(outcomes[outcome_key("match_placed", str(year), group)] for group in groups)
    return placed / sum(outcomes[outcome_key("match_active", str(year), group)] for group in groups)


def forecasts(outcomes: Outcomes, known: Published, first: int, last: int) -> pd.DataFrame:
    """Forecasts of the model and of simple benchmarks: series, year, method, value, published."""
    rows = []
    for series, groups in SERIES.items():
        for year in range(first, last + 1):
            values = {
                "model": simulated_rate(outcomes, groups, year),
                f"rate of {first - 1}": last_known_rate(known, groups, year, first - 1),
                "seats left over": seats_left_over(known, RIVALS, SERIES["both"], year, first - 1),
                "rate of the year before": previous_year_rate(known, groups, year, first - 1),
            }
            rows += [(series, year, method, value, known.rate(groups, year)) for method, value in values.items()]
    return pd.DataFrame(rows, columns=["series", "year", "method", "value", "published"])


def split_error(forecast: pd.DataFrame) -> pd.Series[float]:
    """Mean absolute error, in points, of the difference between the two groups' rates, by method."""
    wide = forecast[forecast["series"] != "both"].pivot_table(index=["method", "year"], columns="series", sort=False)
    gap = wide["value"]["citizen_img"] - wide["value"]["noncitizen_img"]
    true = wide["published"]["citizen_img"] - wide["published"]["noncitizen_img"]
    off: pd.Series[float] = ((gap - true).abs() * 100).groupby("method", sort=False).mean()
    return off


def markdown(table: pd.DataFrame) -> str:
    """A table as Markdown."""
    head = "| " + " | ".join(map(str, table.columns)) + " |"
    rule = "|" + "---|" * len(table.columns)
    return "\n".join([head, rule, *("| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False))])


def percent(values: Iterable[float]) -> list[str]:
    """Shares as percentages with one digit."""
    return [f"{100 * value:.1f}" for value in values]


def forecast_section(forecast: pd.DataFrame) -> str:
    """The forecast as Markdown, year by year and in mean absolute errors."""
    parts = []
    for series, rows in forecast.groupby("series", sort=False):
        wide = rows.pivot(index="year", columns="method", values="value")[rows["method"].unique()]
        table = wide.apply(percent)
        table.insert(0, "published", percent(rows.groupby("year")["published"].first()))
        parts.append(f"**{series}** (percent matched of active applicants)\n\n" + markdown(table.reset_index()))
    table = errors(forecast).round(2)
    table.loc["difference between the groups"] = split_error(forecast).round(2)
    table = table.reset_index().rename(columns={"series": "mean absolute error, points"})
    return "\n\n".join([*parts, markdown(table)])


def fit_section(outcomes: Outcomes, targets: Sequence[Target]) -> str:
    """Every published figure with its simulated value as Markdown, series by series, with the mean absolute error."""
    rows = []
    published_by_key = {target_key(target): target.value for target in targets}
    for series, group in dict.fromkeys((key.series, key.group) for key in published_by_key):
        own = [key for key in published_by_key if (key.series, key.group) == (series, group) and key in outcomes]
        if own:
            values = [(key.cohort, outcomes[key], published_by_key[key]) for key in own]
            off = [abs(simulated - value) for _, simulated, value in values]
            cells = "; ".join(f"{y}: {figure_text(one, v)} ({figure_text(v, v)})" for y, one, v in values)
            mean, largest = (figure_text(float(error), values[0][2]) for error in (np.mean(off), np.max(off)))
            rows.append((series, group, mean, largest, cells))
    columns = ["measure", "group", "mean error", "largest", "simulated (published)"]
    return markdown(pd.DataFrame(rows, columns=columns))


def figure_text(value: float, like: float) -> str:
    """A value as text: a share as percent (if the published figure is one), all else with sensible digits."""
    return f"{100 * value:.1f}%" if abs(like) <= 1 else f"{value:,.0f}" if abs(value) > 200 else f"{value:.1f}"


def measured(scenario: Scenario, replications: int, workers: Workers) -> Outcomes:
    """Simulate replications in parallel; the mean of every outcome over them."""
    parts = in_order(workers, partial(simulate_measures, scenario), [[k] for k in range(replications)])
    keys = set.intersection(*(set(part) for part in parts))
    return {
        key: float(np.nanmean([part[key] for part in parts]))
        for key in keys
        if any(part[key] == part[key] for part in parts)
    }


def validation(
    file: str, forecast: str, first: int, last: int, *, scale: float, replications: int,
    workers: int | None = None, executor: Executor | None = None,
) -> str:  # fmt: skip
    """Simulate a scenario and the one fitted on earlier figures; the tables of the validation page as Markdown."""
    by, shipped = chosen_workers(workers, executor), load_scenario(Path(file), scale=scale)
    then = load_scenario(Path(forecast), scale=scale)
    folder = country_folder(shipped.country)
    check_targets(folder, shipped.pathway)
    targets = load_targets(folder)
    refuse_without_figures(targets, (shipped, then), first, last)
    table = forecasts(measured(then, replications, by), published_series(targets, shipped), first, last)
    fit = fit_section(measured(shipped, replications, by), targets)
    how = f"{replications} replications at scale {scale:g}"
    return f"## Forecast {first}-{last} ({how})\n\n{forecast_section(table)}\n\n## Fit to all figures ({how})\n\n{fit}"
