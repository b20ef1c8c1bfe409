"""Beliefs about the tallies of a Match by specialty, rank list and exam ability, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from imgsim.engines.records.columns import frame
from imgsim.engines.records.data_dictionary import layout
from imgsim.engines.records.round_details import LAYOUTS, Meeting, details_tables

FATES = {"persons": [5, 2], "placed": [3, 1], "as_wished": [2, 1]}


def details(placed: int = 4) -> dict[str, dict[str, np.ndarray[Any, Any]]]:
    """Five seats in one specialty, for which one group applies."""
    tallies: dict[str, dict[str, list[Any]]] = {
        "specialties": {
            "specialty": ["surgery", "surgery"], "level": [1, 1], "group": ["ours", "all"],
            "programmes": [0, 2], "seats": [0, 5], "applications": [30, 30], "interviews": [12, 12], "ranked": [7, 7],
            "placed": [placed, placed], "outside": [1, 1], "soap": [1, 1],
        },
        "rank_lists": {"group": ["ours", "ours"], "specialty": ["surgery", "surgery"], "ranks": [1, 3], **FATES},
        "files": {"group": ["ours", "ours"], "specialty": ["surgery", "surgery"], "ability": [-0.25, 0.5], **FATES},
    }  # fmt: skip
    return {
        name: {
            column: np.array(values, object if isinstance(values[0], str) else None)
            for column, values in columns.items()
        }
        for name, columns in tallies.items()
    }


def tables_of(*meetings: Meeting) -> dict[str, pd.DataFrame]:
    return {name: frame(table) for name, table in details_tables(meetings).items()}


def test_unfilled_seats_stand_with_everybody_as_seats_do() -> None:
    table = tables_of(Meeting("match", 2001, details()))["round_specialties"].set_index("group")
    assert table["unfilled"].to_dict() == {"ours": 0, "all": 5 - 4}
    assert table["after"].to_dict() == {"ours": 1, "all": 1}


def test_meetings_of_different_years_stand_one_below_the_other() -> None:
    tables = tables_of(Meeting("match", 2001, details()), Meeting("match", 2002, details(placed=5)))
    everybody = tables["round_specialties"].query("group == 'all'")
    assert everybody["year"].tolist() == [2001, 2002]
    assert everybody["placed"].tolist() == [4, 5]
    assert tables["rank_lists"][["year", "ranks", "persons"]].to_numpy().tolist() == [
        [2001, 1, 5], [2001, 3, 2], [2002, 1, 5], [2002, 3, 2],
    ]  # fmt: skip


def test_meetings_of_one_year_are_summed() -> None:
    tables = tables_of(Meeting("match", 2001, details()), Meeting("match", 2001, details(placed=5)))
    everybody = tables["round_specialties"].query("group == 'all'")
    assert everybody[["seats", "placed", "unfilled"]].to_numpy().tolist() == [[10, 9, 1]]
    assert tables["exam_abilities"][["ability", "persons", "as_wished"]].to_numpy().tolist() == [
        [-0.25, 10, 4], [0.5, 4, 2],
    ]  # fmt: skip


def test_two_rounds_of_one_year_are_told_apart() -> None:
    table = tables_of(Meeting("late", 2001, details()), Meeting("early", 2001, details(placed=5)))["round_specialties"]
    placed = table.query("group == 'all'").set_index("round")["placed"]
    assert placed.to_dict() == {"late": 4, "early": 5}


def test_without_a_match_the_tables_have_their_columns_and_no_rows() -> None:
    for name, table in tables_of().items():
        documented = [column.name for column in layout(name).columns if column.name != "replication"]
        assert list(table) == documented
        assert len(table) == 0
    assert list(tables_of()) == list(LAYOUTS)
