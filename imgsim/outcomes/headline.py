"""The headline table: a few measures over all replications, with intervals that show chance alone."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from imgsim.inputs.pathways.pathway import FIRST_POST
from imgsim.outcomes.catalogue import entry_of
from imgsim.outcomes.definitions import ALL, MEASURED

if TYPE_CHECKING:
    from imgsim.inputs.scenarios.scenario import Scenario

CONFIDENCE: Final = 0.95
WIDTH: Final = 100
ASSUMED: Final = "assumed"
COUNTED: Final = ("persons", "physician-years")  # units of counts, which have no denominator
KEY: Final = ("measure", "cohort", "group", "statistic")  # by which a line chooses its rows
COLUMNS: Final = ("label", "value", "low", "high", "unit", "n", "leans_on", "replications")


@lru_cache(maxsize=1)
def headline_layout() -> dict[str, Any]:
    """The content of `headline.toml`."""
    return tomllib.loads(files("imgsim.outcomes").joinpath("headline.toml").read_text("utf-8"))


def lines(first_post: str = FIRST_POST) -> list[dict[str, Any]]:
    """The lines of the headline table, in the words of a pathway; units and statistics are those of the catalogue."""
    return [
        described(line) | {"label": line["label"].format(first_post=first_post)} for line in headline_layout()["line"]
    ]


def described(line: dict[str, Any]) -> dict[str, Any]:
    """A line with the unit of its measure, and with its statistic where the measure has only one."""
    entry = entry_of(line["measure"])
    return {"statistic": entry.statistics[0]} | line | {"unit": entry.unit}


def measures_shown() -> list[str]:
    """The measures of the headline table."""
    return [line["measure"] for line in headline_layout()["line"]]


def families() -> list[dict[str, Any]]:
    """Families of parameters, with a letter and words for each."""
    return list(headline_layout()["family"])


def summary(outcomes: pd.DataFrame, scenario: Scenario | None = None) -> pd.DataFrame:
    """The headline table from the outcomes of all replications, by their column `replication`.

    Columns: label, value (mean over replications), low and high (ends of its 95% t-interval, missing with one
    replication and for given inputs), unit, n (simulated persons per replication), leans_on, replications.
    Lines that no replication has are left out.
    """
    leans = plain_leaning(scenario) if scenario is not None else {}
    rows = []
    for line in lines(scenario.pathway.first_post if scenario is not None else FIRST_POST):
        values = chosen(outcomes, line)
        if len(values):
            value, low, high = interval(values["value"].to_numpy(np.float64))
            n = float(values["n"].mean())
            if not n:  # an input beside the results: nobody is counted, so chance has no part in it
                low = high = np.nan
            on = leans_on(line, leans.get(line["measure"]))
            rows.append((line["label"], value, low, high, line["unit"], n, on, len(values)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def chosen(outcomes: pd.DataFrame, line: dict[str, Any]) -> pd.DataFrame:
    """The rows of one headline line, one a replication."""
    wanted = {"cohort": MEASURED, "group": ALL} | {name: line[name] for name in KEY if name in line}
    mask = np.ones(len(outcomes), bool)
    for name, value in wanted.items():
        mask &= (outcomes[name] == value).to_numpy(bool)
    rows: pd.DataFrame = outcomes.loc[mask]
    return rows


def interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float, float]:
    """Mean and 95% t-interval of replications (Law 2015, section 9.4); no interval for a single one."""
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return mean, np.nan, np.nan
    from scipy.special import stdtrit  # only here: workers, which measure one replication, need none of it

    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * np.std(values, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def leaning(scenario: Scenario) -> dict[str, list[str]]:
    """Headline measure -> the assumed parameters it leans on, in the order of their files."""
    assumed = [name for name in scenario.parameters if is_assumed(scenario, name)]
    prefixes: dict[str, set[str]] = {}
    for line in lines():
        prefixes.setdefault(line["measure"], set()).update(line["leans"])
    countries = list(scenario.pathway.parts)
    return {
        measure: [name for name in assumed if plain_name(name, countries).startswith(tuple(prefix))]
        for measure, prefix in prefixes.items()
    }


def plain_leaning(scenario: Scenario) -> dict[str, list[str]]:
    """Headline measure -> the assumed parameters it leans on, by names without countries, as the lines give them."""
    countries = list(scenario.pathway.parts)
    return {measure: [plain_name(name, countries) for name in names] for measure, names in leaning(scenario).items()}


def plain_name(name: str, countries: Sequence[str]) -> str:
    """The name of a parameter without the country it stands below in a combined pathway."""
    country, _, rest = name.partition(".")
    return rest if country in countries else name


def is_assumed(scenario: Scenario, name: str) -> bool:
    """Does any value of the parameter stand on an assumption?"""
    return any(row.evidence == ASSUMED for series in scenario.parameters[name].rows.values() for row in series)


def leans_on(line: dict[str, Any], assumed: Sequence[str] | None) -> str:
    """What a line leans on, in few words: families of names, with how many of them are assumed if that is known."""
    families = [prefix if prefix[-1] not in "._" else f"{prefix}*" for prefix in line["leans"]]
    if assumed is not None:
        counts = [sum(name.startswith(prefix) for name in assumed) for prefix in line["leans"]]
        families = [f"{family} ({n} assumed)" for family, n in zip(families, counts, strict=True) if n]
    remark = [line["remark"]] if "remark" in line else []
    return "; ".join([*remark, ", ".join(families)] if families else remark)


def headline_text(table: pd.DataFrame) -> str:
    """The headline table as plain text of at most 100 columns."""
    if not len(table):
        return "No headline measure: the run is too short to follow anybody."
    replications = int(table["replications"].max())
    text = [f"{'':58}{'value':>7}  {'95% interval' if replications > 1 else '':15}{'persons':>9} leans on"]
    text += [row_text(row) for row in table.itertuples(index=False)]
    return "\n".join([*text, "", *notes(table, replications)])


def row_text(row: Any) -> str:
    """One line: label, value, interval, denominator, letters of the families that it leans on."""
    shown = "" if np.isnan(row.low) else f"{number(row.low, row.unit)} to {number(row.high, row.unit)}"
    persons = f"{round(row.n):,}" if row.n else "given"
    letters = "".join(family["letter"] for family in families() if names(family, row.leans_on))
    return f"{row.label[:57]:58}{number(row.value, row.unit):>7}  {shown:15}{persons:>9} {letters}".rstrip()


def names(family: dict[str, Any], leans_on: str) -> bool:
    """Does the text of what a line leans on name a parameter of this family?"""
    return any(f" {prefix}" in f" {leans_on}" for prefix in family["prefixes"])


def number(value: float, unit: str) -> str:
    """Shares in percent, persons and their years as whole ones, everything else with one decimal."""
    if unit in COUNTED:
        return f"{value:,.0f}"
    return f"{100 * value:.1f}%" if unit == "share" else f"{value:.1f}"


def notes(table: pd.DataFrame, replications: int) -> list[str]:
    """Notes below the headline table: denominators, what the intervals show, and what leans on assumptions."""
    if replications > 1:
        interval = f"95% interval over {replications} replications: chance only, not parameter uncertainty."
    else:
        interval = "One replication: no interval; more replications show chance, not parameter uncertainty."
    remark = {line["label"]: line["remark"] for line in lines() if "remark" in line}
    remarks = [f"{label}: {remark[label]}." for label in table["label"] if label in remark]
    persons = "Persons: simulated, in the denominator, per replication. Ages and times in years."
    return [interval, persons, *legend(table), *remarks]


def legend(table: pd.DataFrame) -> list[str]:
    """What the letters stand for that the lines use: parameters whose uncertainty no interval shows."""
    used = [family for family in families() if any(names(family, text) for text in table["leans_on"])]
    if not used:
        return []
    words = ", ".join(f"{family['letter']} {family['words']}" for family in used)
    text = f"Leans on parameters that are assumed where no figure is published: {words}. `explain` lists them."
    return textwrap.wrap(text, WIDTH)
