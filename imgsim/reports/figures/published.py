"""Published figures to set beside simulated ones, from the country's folder."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from imgsim.inputs.countries import country_folder
from imgsim.inputs.published import Target, load_published

if TYPE_CHECKING:
    from imgsim.reports.figures.run_protocol import Run

COLUMNS = ["year", "value", "unused", "source"]


def all_published(run: Run) -> list[Target]:
    """Every published figure of the country of a run."""
    return load_published(country_folder(str(getattr(run.scenario, "country", ""))))


def published(run: Run, measure: str, group: str) -> pd.DataFrame:
    """Published values of a measure for a group by calendar year, whether unused in fitting, and the source's key."""
    rows = [
        (int(target.cohort), target.value, target.use != "fit", target.source)
        for target in all_published(run)
        if target.measure == measure and target.group == group and target.cohort.isdigit()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def published_growth(run: Run, measure: str) -> pd.DataFrame:
    """Published growth (percent) over spans of years: group, span (text, `2001-2009`), value, source's key."""
    figures = [figure for figure in all_published(run) if figure.measure == measure and "-" in figure.cohort]
    rows = [(figure.group, figure.cohort, figure.value, figure.source) for figure in figures]
    return pd.DataFrame(rows, columns=["group", "span", "value", "source"])


def named_sources(run: Run, keys: Collection[str]) -> str:
    """The titles of sources in words, or nothing."""
    known = getattr(run.scenario, "sources", {})
    names = [known[key].title if key in known else key for key in sorted(keys) if key]
    return f"Published: {'; '.join(names)}." if names else ""
