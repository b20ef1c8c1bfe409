"""The folder of a finished run: written under a temporary name, renamed when complete, never overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.errors import InputError
from imgsim.base.files.atomic import publish, refused_in_one_line, remove_if_empty, sweep, unfinished
from imgsim.base.files.checksums import add_manifest, checked, checksums, read_manifest, write_manifest
from imgsim.base.files.parquet import read_table, table_columns, write_table
from imgsim.base.files.spreadsheet import write_csv
from imgsim.engines.records.data_dictionary import layout, markdown
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.folders import CHECKPOINTS
from imgsim.runs.keys import key_of
from imgsim.runs.manifest import Call, manifest

if TYPE_CHECKING:
    from pandas import DataFrame

    from imgsim.inputs.scenarios.scenario import Scenario

TABLES = "tables"
EPOCH = date(1970, 1, 1)
Finish = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Store:
    """The folder for the results of all scenarios."""

    root: Path

    @property
    def checkpoints(self) -> Path:
        """The folder for the finished replications of interrupted runs."""
        return self.root / CHECKPOINTS

    def refuse_unwritable(self, scenario: Scenario) -> None:
        """Refuse a folder that cannot be written before hours of computing, not after."""
        home = self.root / scenario.name
        with refused_in_one_line(f"{home}: cannot write results"):
            with unfinished(home / "trial"):
                sweep(home)
            remove_if_empty(home)

    def write(self, scenario: Scenario, checkpoints: Checkpoints, call: Call, finish: Finish) -> Path:
        """Write a run's folder from its checkpoints and return its path; `finish` adds summary and figures to it."""
        home = self.root / scenario.name
        names = names_at(home, call.start, scenario.digest())
        with refused_in_one_line(f"{home}: cannot write results"), unfinished(home / "run") as folder:
            write_inputs(folder, scenario)
            rows = checkpoints.concat_into(folder / TABLES, scenario.run.replications)
            with ThreadPoolExecutor(1) as thread:
                tables = thread.submit(checksums, folder / TABLES)  # large files: while summary and figures are made
                _describe(folder)
                record = manifest(scenario, call) | {"rows": rows}
                write_manifest(folder, record | {"sha256": {}})  # figures name scale and seed
                finish(folder)
                known = {f"{TABLES}/{name}": digest for name, digest in tables.result().items()}
            add_manifest(folder, manifest(scenario, call) | {"rows": rows}, known)
            return publish(folder, names)


def checkpoint_key(scenario: Scenario, tables: tuple[str, ...] | None) -> str:
    """The key of the replications of a scenario, with the tables wanted of them."""
    return key_of("replications", scenario.digest(), tables)


def names_at(home: Path, start: datetime, digest: str) -> Iterator[Path]:
    """Names for the folder of a run, the first one first: runs of one second differ by a number at the end."""
    name = f"{start.astimezone(UTC):%Y%m%d-%H%M%S}-{digest[:8]}"
    return (home / (name if number == 1 else f"{name}-{number}") for number in range(1, 10**6))


def write_inputs(folder: Path, scenario: Scenario) -> None:
    """The resolved scenario and every parameter value used, readable without this program."""
    heading = {"title": scenario.title, "name": scenario.name, "changes": [asdict(each) for each in scenario.changes]}
    heading["reforms"] = [reform.as_data() for reform in scenario.reforms]
    resolved = heading | json.loads(scenario.canonical())
    text = json.dumps(resolved, indent=1, ensure_ascii=False, default=str)
    (folder / "scenario.resolved.json").write_text(text + "\n", "utf-8", "backslashreplace")
    table = parameter_table(scenario)
    (folder / TABLES).mkdir()
    write_table(layout("parameters"), table, folder / TABLES / "parameters.parquet")
    write_csv(table, folder / "parameters.csv")


def parameter_table(scenario: Scenario) -> DataFrame:
    """One row per dated value of every parameter of the scenario, with its source."""
    from pandas import DataFrame

    rows = [
        {
            "name": parameter.name,
            "category": category,
            "from": None if row.start is None else (EPOCH + timedelta(days=int(row.start))).isoformat(),
            "value": float(row.value),
            "unit": parameter.unit,
            "between": parameter.between,
            "evidence": row.evidence,
            "source": row.source,
            "where": row.where,
            "why": row.why,
            "low": row.range[0] if row.range else None,
            "high": row.range[1] if row.range else None,
        }
        for parameter in scenario.parameters.values()
        for category, dated in parameter.rows.items()
        for row in dated
    ]
    return DataFrame(rows)


def _describe(folder: Path) -> None:
    columns = {path.stem: table_columns(path) for path in sorted((folder / TABLES).glob("*.parquet"))}
    (folder / "DATA_DICTIONARY.md").write_text(markdown(columns), "utf-8")


def load_table(folder: Path, name: str, only: Mapping[str, Collection[str]] | None = None) -> DataFrame:
    """A table of a run, or some of its rows (see `read_table`), checked against the checksum in its manifest.

    A flipped bit reads back silently otherwise. While the run is being written the manifest lists no checksums yet, and
    nothing is checked.
    """
    return read_table(table_file(folder, name), only)


def table_file(folder: Path, name: str) -> Path:
    """The file of a table of a run, checked; InputError for a table that the run has not."""
    manifest, file = read_manifest(folder), f"{TABLES}/{name}.parquet"
    if file not in manifest["sha256"] and not (folder / file).exists():
        raise InputError(f"has no table `{name}`", file=str(folder), known=table_names(folder), name=name)
    return checked(folder, file, manifest)


def table_names(folder: Path) -> list[str]:
    """The names of the tables of a run."""
    listed = {Path(name) for name in read_manifest(folder)["sha256"]} | set((folder / TABLES).glob("*.parquet"))
    return sorted({path.stem for path in listed if path.suffix == ".parquet" and path.parent.name == TABLES})
