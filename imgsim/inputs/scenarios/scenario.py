"""Scenarios: a country's pathway and parameters after all changes, with the settings of the run."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from imgsim.inputs.parameters.changes import Change
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Source
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.reforms.reform import Reform
from imgsim.inputs.scenarios.run_settings import RunSettings


@dataclass(frozen=True, slots=True)
class Scenario:
    """A pathway with its parameters after all changes, and the settings of the run."""

    title: str
    name: str
    file: Path
    country: str
    pathway: Pathway
    parameters: Parameters
    base_parameters: Parameters
    sources: Mapping[str, Source]
    run: RunSettings
    changes: tuple[Change, ...] = ()
    chain: tuple[str, ...] = ()  # names of the scenario and of those it extends
    reforms: tuple[Reform, ...] = ()  # laid over it, in this order
    baseline: Scenario | None = None  # the same without the reforms, if there are any

    def canonical(self) -> str:
        """All that determines the results of one replication, as JSON; equal inputs give equal text."""
        run = {
            k: str(v) if isinstance(v, datetime.date) else v for k, v in asdict(self.run).items() if k != "replications"
        }
        parameters = {name: plain(parameter) for name, parameter in sorted(self.parameters.items())}
        content = {
            "country": Path(self.country).name,
            "run": run,
            "pathway": asdict(self.pathway),
            "parameters": parameters,
        }
        return json.dumps(content, ensure_ascii=False)  # keys in their order: that of options, groups and clocks counts

    def digest(self) -> str:
        """SHA-256 of the canonical text: the fingerprint of a scenario."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def plain(parameter: Parameter) -> dict[str, Any]:
    """The part of a parameter that determines results: values and distribution, without its evidence."""
    rows = {category: [[row.start, row.value] for row in series] for category, series in sorted(parameter.rows.items())}
    content = {"unit": parameter.unit, "distribution": parameter.distribution, "by": parameter.by}
    return content | {"between": parameter.between, "rows": rows}
