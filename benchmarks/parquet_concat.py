"""Joining thirty million events from forty files: copying row groups beside writing the table again with DuckDB.

`python benchmarks/parquet_concat.py [--rows 30000000] [--files 40] [--columns 44]`

The last figure is a wide table of as many files with a row each: what reading and writing footers costs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from memory import peak_above_start

from imgsim.base.files.parquet import connect
from imgsim.base.files.parquet_concat import concat

EVENTS = """
SELECT CAST({file} AS INTEGER) AS replication, i // 20 AS person, CAST(i % 20 AS INTEGER) AS sequence,
  DATE '2000-01-01' + CAST(hash(i // 20) % 9000 + i % 20 * 70 AS INTEGER) AS date, 'event ' || hash(i) % 40 AS event,
  CASE WHEN hash(i + 1) % 4 = 0 THEN (hash(i) % 300)::DOUBLE END AS value
FROM range({rows}) AS numbers(i)
"""


def copy(sql: str, path: Path) -> None:
    """Write the rows of a query to a file."""
    with connect() as database:
        database.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def again(paths: list[Path], target: Path) -> None:
    """Write the rows of all files to one, by reading them."""
    copy(f"SELECT * FROM read_parquet({[str(path) for path in paths]})", target)


def checksum(paths: list[Path]) -> object:
    """A number that is the same for the same rows, whatever their order."""
    with connect() as database:
        sql = f"SELECT count(*), sum(hash(rows)) FROM read_parquet({[str(path) for path in paths]}) AS rows"
        return database.execute(sql).fetchall()


def cost(work: Callable[[], object], turns: int = 3) -> str:
    """The shortest of some turns in seconds, and the highest memory above the start."""
    times, peaks = [], []
    for _ in range(turns):
        begin = perf_counter()
        peaks.append(peak_above_start(work))
        times.append(perf_counter() - begin)
    return f"{min(times):.2f} s, {max(peaks) / 1e6:.0f} MB"


def both(folder: Path, paths: list[Path]) -> None:
    """Print what both ways cost, and whether they give the same rows."""
    target = folder / "all.parquet"

    def fresh(join: Callable[[list[Path], Path], object]) -> None:
        target.unlink(missing_ok=True)
        join(paths, target)

    print(f"  written again: {cost(lambda: fresh(again))}")
    print(f"  copied: {cost(lambda: fresh(concat))}")
    print(f"  the same rows: {checksum([target]) == checksum(paths)}")


def main() -> None:
    """Print the figures of both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000_000)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--columns", type=int, default=44)
    options = parser.parse_args()
    for name, rows in (("events", options.rows), ("wide", options.files)):
        wide = "SELECT " + ", ".join(f"i AS column_{k}" for k in range(options.columns)) + " FROM range({rows}) AS n(i)"
        sql = EVENTS if name == "events" else wide
        with TemporaryDirectory() as place:
            paths = [Path(place, f"{k:05d}.parquet") for k in range(options.files)]
            for k, path in enumerate(paths):
                copy(sql.format(file=k, rows=rows // options.files), path)
            size = sum(path.stat().st_size for path in paths) / 1e6
            print(f"{name}: {rows:,} rows in {options.files} files, {size:.1f} MB")
            both(Path(place), paths)


if __name__ == "__main__":
    main()
