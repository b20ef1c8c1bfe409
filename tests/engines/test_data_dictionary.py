"""The data dictionary describes every table, column by column."""

from __future__ import annotations

from imgsim.engines.records.data_dictionary import layout, markdown, tables


def test_the_dictionary_orders_every_table_by_columns_it_describes() -> None:
    for table in tables().values():
        assert all(table.column(name) is not None for name in table.key)
        assert len({column.name for column in table.columns}) == len(table.columns)


def test_a_column_per_milestone_is_described_by_its_pattern() -> None:
    assert layout("people").type_of("licensed_date") == "DATE"
    assert layout("people").type_of("birth_date") == "DATE"
    assert layout("people").type_of("years_survival_job") == "DOUBLE"
    assert layout("people").type_of("nonsense") is None
    assert "| `nonsense` |  |  | undocumented |" in markdown({"people": ["nonsense"]})
