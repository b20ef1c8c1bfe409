"""Read and write tables as Parquet files with DuckDB: sorted and typed by a layout, the same bytes every time."""

from __future__ import annotations

import atexit
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from imgsim.base.errors import InputError
from imgsim.base.files.source import is_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray
    from pandas import DataFrame, Series


class Layout(Protocol):
    """How a table is written: the columns that order its rows, and the DuckDB type of each column."""

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that order the rows, the most significant first."""
        ...

    def type_of(self, column: str) -> str | None:
        """The DuckDB type of a column, or None to leave it as it is."""
        ...


CATEGORIES_AT_MOST = 1000  # text columns with fewer different values are read as pandas categoricals


@contextmanager
def connect() -> Iterator[DuckDBPyConnection]:
    """A connection to a database in memory, made once a process: opening one costs more than writing a small table."""
    with _database(os.getpid()).cursor() as database:
        try:
            yield database
        except RuntimeError as error:  # what DuckDB makes of Ctrl-C
            if "interrupted" in str(error):
                raise KeyboardInterrupt from None
            raise


@lru_cache(maxsize=1)
def _database(process: int) -> DuckDBPyConnection:
    """A database with one thread, as sums of floats must not depend on the order of threads, and without network.

    A forked process makes its own. Nor has it threads that read ahead: whenever one of those falls idle, DuckDB returns
    all unused memory of the process to the system, and a replication waits to be given it again.
    """
    import duckdb

    del process
    config: dict[str, Any] = {
        "threads": 1,
        "async_threads": 0,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    database = duckdb.connect(config=config)
    atexit.register(_close)
    return database


def _close() -> None:
    """Close the database before the interpreter ends."""
    _database(os.getpid()).close()
    _database.cache_clear()


def write_table(layout: Layout, table: DataFrame, path: Path) -> None:
    """One table of one replication, in the order and with the types of its layout."""
    with connect() as database:
        database.register("rows_of_table", table)
        if _is_sorted(layout, table):  # a category is written as text anyway, but sorted by its rank among categories
            known = {column: kind for column, kind in table.dtypes.items() if kind == "category"}
            categories = [str(column) for column, kind in known.items() if len(kind.categories)]
            _copy(database, f"{_typed(layout, table.columns, categories)} FROM rows_of_table", path)
        else:
            _copy(database, f"{_typed(layout, table.columns)} FROM rows_of_table{_order(layout, table.columns)}", path)


def read_table(path: Path, only: Mapping[str, Collection[str]] | None = None) -> DataFrame:
    """A table as a DataFrame; text columns come back as categoricals.

    ``only`` gives columns and the texts they must have one of; the rest of the table is not read.
    """
    chosen = [f"{_name(name)} IN ({', '.join(map(_text, texts))})" for name, texts in (only or {}).items()]
    rows = f"{_files([path])} WHERE {' AND '.join([*chosen, 'TRUE'])}"
    with connect() as database:
        columns = [_as_category(database, rows, *row[:2]) for row in _describe(database, path)]
        return _frame(database, f"SELECT {', '.join(columns)} FROM {rows}")


def query(paths: Iterable[Path], sql: str) -> DataFrame:
    """The answer to a query in which every file is a table of its own name."""
    with connect() as database:
        for path in paths:
            database.execute(f"CREATE OR REPLACE TEMP VIEW {_name(path.stem)} AS SELECT * FROM {_files([path])}")
        return _frame(database, sql)


def _frame(database: DuckDBPyConnection, sql: str) -> DataFrame:
    table: DataFrame = database.sql(sql).df()
    return table


def _copy(database: DuckDBPyConnection, rows: str, path: Path) -> None:
    database.execute(f"COPY ({rows}) TO {_file(path)} (FORMAT parquet, COMPRESSION zstd)")


def _typed(layout: Layout, columns: Iterable[str], as_they_are: Collection[str] = ()) -> str:
    """The SELECT that gives each column its documented type, so that an all-missing column keeps it too."""
    wanted = {column: None if column in as_they_are else layout.type_of(column) for column in columns}
    return "SELECT " + ", ".join(
        f"CAST({_name(column)} AS {kind}) AS {_name(column)}" if kind else _name(column)
        for column, kind in wanted.items()
    )


def _is_sorted(layout: Layout, table: DataFrame) -> bool:
    """Are the rows sorted already, as far as can be seen without sorting? Then nothing is sorted."""
    ranks = [_rank(table[column]) for column in layout.key if column in table]
    values = [rank for rank in ranks if rank is not None]
    if len(values) < len(ranks):
        return False
    tied = values[0][1:] == values[0][1:] if values else []
    for value in values:
        if (tied & (value[1:] < value[:-1])).any():
            return False
        tied = tied & (value[1:] == value[:-1])
    return bool(values)


def _rank(column: Series[Any]) -> NDArray[Any] | None:
    """Numbers in the order of a column's values, missing ones last; None where finding them would be sorting."""
    import numpy as np

    if column.dtype == "category":
        in_order = column.cat.categories.is_monotonic_increasing and not column.hasnans
        codes: NDArray[Any] = column.cat.codes.to_numpy()
        return codes if in_order else None
    if column.dtype.kind == "f":
        return np.where(np.isnan(column), np.inf, column)
    return column.to_numpy() if column.dtype.kind in "iub" else None


def _order(layout: Layout, columns: Iterable[str]) -> str:
    present = set(columns)
    key = [_name(column) for column in layout.key if column in present]
    return " ORDER BY " + ", ".join(key) if key else ""


def _describe(database: DuckDBPyConnection, path: Path) -> list[tuple[str, ...]]:
    return database.sql(f"DESCRIBE SELECT * FROM {_files([path])}").fetchall()


def _as_category(database: DuckDBPyConnection, rows: str, column: str, kind: str) -> str:
    """The column as an enumeration of its values, if it is text and they are few."""
    name = _name(column)
    if kind != "VARCHAR":
        return name
    values = database.sql(
        f"SELECT DISTINCT {name} FROM {rows} AND {name} IS NOT NULL ORDER BY 1 LIMIT {CATEGORIES_AT_MOST}"
    ).fetchall()
    if not 0 < len(values) < CATEGORIES_AT_MOST:
        return name
    return f"CAST({name} AS ENUM({', '.join(_text(value) for (value,) in values)})) AS {name}"


def _files(paths: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(map(_file, paths))}])"


def _file(path: Path) -> str:
    """The name of a file in SQL; InputError for one that DuckDB cannot take."""
    if not is_text(path):
        raise InputError("can be neither read nor written: its name is no UTF-8", file=str(path))
    return _text(path)


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def count_rows(path: Path, columns: Collection[str]) -> tuple[int, int]:
    """The number of rows of a table, and of different values in the first of some columns that it has, if any."""
    present = [f"count(DISTINCT {_name(column)})" for column in columns if column in table_columns(path)]
    different = (*present, "0")[0]
    with connect() as database:
        rows, values = database.sql(f"SELECT count(*), {different} FROM {_files([path])}").fetchall()[0]
    return int(rows), int(values)


def table_columns(path: Path) -> list[str]:
    """The names of the columns of a table, in their order."""
    with connect() as database:
        return [row[0] for row in _describe(database, path)]
