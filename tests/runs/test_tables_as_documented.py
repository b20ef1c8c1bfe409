"""Beliefs about the data dictionary: every table that a run writes is as it says, column by column."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from builders.documented import CLOSED, claims, documented, objections

from imgsim.engines.records.data_dictionary import layout, tables
from imgsim.inputs.countries import COUNTRIES, shipped_countries
from imgsim.inputs.new_country import new_country
from imgsim.inputs.parameters.limits import UNITS
from imgsim.inputs.parameters.parameter import BETWEEN, EVIDENCE
from imgsim.inputs.pathways.load import load_pathway
from imgsim.markets.allocation import CHANNELS
from imgsim.outcomes.catalogue import catalogue_of
from imgsim.runs.results import Run
from imgsim.runs.run import run


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("documented")
    new_country("atlantis", folder)
    file = folder / "atlantis.toml"
    return run(file, replications=1, scale=0.05, workers=1, out=folder, quiet=True, figures=False, engine="simpy")


def test_a_run_writes_every_table_of_the_dictionary_with_the_types_it_says(done: Run) -> None:
    files = {file.stem: file for file in (done.folder / "tables").glob("*.parquet")}
    assert set(files) == set(tables())
    for name, file in files.items():
        rows = duckdb.sql(f"DESCRIBE SELECT * FROM '{file}'")
        assert rows is not None
        for column, kind, *_ in rows.fetchall():
            assert kind == layout(name).type_of(column), f"{name}.{column}"


def test_the_tables_of_a_run_are_as_documented(done: Run) -> None:
    tables_of_run = {name: done.query(f"FROM {name}") for name in tables()}
    assert [text for name, table in tables_of_run.items() for text in objections(name, table)] == []
    horizon = pd.Timestamp(done.scenario.run.end)
    assert [claim for claim, holds in claims(tables_of_run, horizon) if not holds] == []


def test_the_page_in_the_folder_says_when_values_are_missing(done: Run) -> None:
    page = (done.folder / "DATA_DICTIONARY.md").read_text("utf-8")
    assert "| `end_date` | DATE |  | day of the end; missing: under way at the horizon |" in page
    assert "undocumented" not in page


def test_every_word_that_the_dictionary_lists_can_occur() -> None:
    catalogues = [catalogue_of(load_pathway(COUNTRIES / name / "pathway.toml")) for name in shipped_countries()]
    can_occur = {
        "channel": set(CHANNELS),
        "statistic": {each for known in catalogues for measure in known.values() for each in measure.statistics},
        "unit": set(UNITS),
        "between": set(BETWEEN),
        "evidence": set(EVIDENCE),
    }
    for table, columns in CLOSED.items():
        for column in columns:
            text = documented(table, column)
            assert [word for word in can_occur[column] if word not in text] == [], column
    listed = documented("outcomes", "statistic").replace(" or ", ", ").split(", ")
    assert set(listed) == can_occur["statistic"]
