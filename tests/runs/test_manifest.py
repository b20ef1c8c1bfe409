"""A manifest says with which reforms and levers a run was made, so that its scenario can be read again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from imgsim.base.errors import ImgsimError
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.runs.manifest import Call, manifest
from imgsim.runs.results import open_run


@pytest.fixture(scope="module")
def reformed(root: Path) -> Scenario:
    reform = root / "scenarios" / "reforms" / "gme_posts.toml"
    return load_scenario(root / "scenarios" / "us.toml", reforms=[reform], levers={"entries": 400.0})


@pytest.fixture
def content(reformed: Scenario) -> dict[str, Any]:
    """The manifest of a run of the scenario, as it is read back from its file."""
    text = json.dumps(manifest(reformed, Call(datetime(2026, 1, 2, tzinfo=UTC))) | {"sha256": {}})
    return dict(json.loads(text))


def opened(folder: Path, content: dict[str, Any]) -> Scenario:
    (folder / "manifest.json").write_text(json.dumps(content), "utf-8")
    return open_run(folder).scenario


def test_a_manifest_names_every_lever_with_its_reform(content: dict[str, Any]) -> None:
    assert content["levers"] == {"gme_posts.entries": 400.0}


def test_a_run_made_with_levers_finds_its_scenario_again(
    tmp_path: Path, content: dict[str, Any], reformed: Scenario
) -> None:
    assert opened(tmp_path, content).digest() == reformed.digest()


def test_a_run_from_before_the_key_was_renamed_finds_its_scenario_again(
    tmp_path: Path, content: dict[str, Any], reformed: Scenario
) -> None:
    content["doses"] = content.pop("levers")
    assert opened(tmp_path, content).digest() == reformed.digest()


def test_a_lever_of_another_size_is_another_scenario(tmp_path: Path, content: dict[str, Any]) -> None:
    content["levers"] = {"gme_posts.entries": 401.0}
    with pytest.raises(ImgsimError, match=r"us\.toml: is not what it was when the run was made"):
        opened(tmp_path, content)
