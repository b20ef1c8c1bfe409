"""The folder of a finished run: written under a temporary name, renamed when complete, never overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.files.atomic import (
    checksums,
    published,
    refused_in_one_line,
    remove_if_empty,
    sha256,
    sweep,
    temporary,
)
from imgsim.base.files.parquet import read_table, table_columns, write_table
from imgsim.engines.records.data_dictionary import layout, markdown
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.manifest import Call, code_digest, installed, manifest

if TYPE_CHECKING:
    from pandas import DataFrame

    from imgsim.inputs.scenarios.scenario import Scenario

CHECKPOINTS = ".checkpoints"
MANIFEST = "manifest.json"
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
            home.mkdir(parents=True, exist_ok=True)
            sweep(home)
            trial = temporary(home / "trial")
            trial.mkdir()
            trial.rmdir()
        remove_if_empty(home)

    def write(self, scenario: Scenario, checkpoints: Checkpoints, call: Call, finish: Finish) -> Path:
        """Write a run's folder from its checkpoints and return its path; `finish` adds summary and figures to it."""
        home = self.root / scenario.name
        with refused_in_one_line(f"{home}: cannot write results"):
            home.mkdir(parents=True, exist_ok=True)
            target = _unused(home, call.start, scenario.digest())
            with published(target) as folder, ThreadPoolExecutor(1) as thread:
                write_inputs(folder, scenario)
                checkpoints.concat_into(folder / TABLES, scenario.run.replications)
                tables = thread.submit(checksums, folder / TABLES)  # large files: while summary and figures are made
                _describe(folder)
                _write_manifest(folder, manifest(scenario, call, {}))  # figures name scale and seed
                finish(folder)
                known = {f"{TABLES}/{name}": digest for name, digest in tables.result().items()}
                _write_manifest(folder, manifest(scenario, call, _checksums(folder, known)))
        return target


def checkpoint_key(scenario: Scenario, tables: tuple[str, ...] | None) -> str:
    """A digest of all that a checkpoint depends on: the inputs, the program, its packages, and the tables wanted."""
    versions = [installed(package) for package in ("numpy", "numba", "pandas", "duckdb")]
    text = json.dumps([scenario.digest(), code_digest(), versions, tables])
    return hashlib.sha256(text.encode()).hexdigest()


def _unused(home: Path, start: datetime, digest: str) -> Path:
    """A path that no run has yet: two runs within a second differ by a number at the end."""
    name = f"{start.astimezone(UTC):%Y%m%d-%H%M%S}-{digest[:8]}"
    if not (home / name).exists():
        return home / name
    return next(path for number in range(2, 10**6) if not (path := home / f"{name}-{number}").exists())


def write_inputs(folder: Path, scenario: Scenario) -> None:
    """The resolved scenario and every parameter value used, readable without this program."""
    heading = {"title": scenario.title, "name": scenario.name, "changes": [asdict(each) for each in scenario.changes]}
    heading["reforms"] = [reform.as_data() for reform in scenario.reforms]
    resolved = heading | json.loads(scenario.canonical())
    text = json.dumps(resolved, indent=1, ensure_ascii=False, default=str)
    (folder / "scenario.resolved.json").write_text(text + "\n", "utf-8")
    table = parameter_table(scenario)
    (folder / TABLES).mkdir()
    write_table(layout("parameters"), table, folder / TABLES / "parameters.parquet")
    table.to_csv(folder / "parameters.csv", index=False)


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


def _checksums(folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    return {name: digest for name, digest in checksums(folder, known).items() if name != MANIFEST}


def _write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    (folder / MANIFEST).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished run."""
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("is not the folder of a finished run (no readable manifest.json)", file=str(folder)) from error
    return content


def load_table(folder: Path, name: str, only: Mapping[str, Collection[str]] | None = None) -> DataFrame:
    """A table of a run, or some of its rows (see `read_table`), checked against the checksum in its manifest.

    A flipped bit reads back silently otherwise. While the run is being written the manifest lists no checksums yet, and
    nothing is checked.
    """
    path = folder / TABLES / f"{name}.parquet"
    written = read_manifest(folder)["sha256"]
    if not path.exists():
        known = sorted(table.stem for table in path.parent.glob("*.parquet"))
        raise InputError(f"has no table `{name}`", file=str(folder), known=known, name=name)
    if written and sha256(path) != written.get(f"{TABLES}/{name}.parquet"):
        raise ImgsimError(f"{path}: has changed since the run (its SHA-256 is not the one in {MANIFEST})")
    return read_table(path, only)
