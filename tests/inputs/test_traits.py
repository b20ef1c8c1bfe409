"""Traits are declared once: a declared trait is drawn, reported, documented, and divides outcomes, everywhere.

The added trait stands in a copy of the package, in the three files that CONTRIBUTING.md names, and in no other.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import imgsim
from imgsim.inputs.traits import (
    BY_CHOICE,
    BY_DURATION,
    BY_PROBABILITY,
    BY_SCORE,
    CATEGORY,
    COLUMN,
    DURATION,
    FIRST_FLAG,
    SCORE,
    TRAITS,
    UNSET,
    YES_NO,
    Trait,
    trait_names,
)

SHARE = 0.3  # of people who went to local schools
CANADA_YEARS = ("run.start=1996-01-01", "run.measured_from=1996-02-01", "run.end=1999-01-01")
WORLD_YEARS = ("run.start=1995-01-01", "run.measured_from=1995-07-01", "run.end=1997-02-01")

DECLARED = """    Trait(
        "tongue", CATEGORY, "language of schooling",
        unset=-1.0, drawn=BY_CHOICE, set_by_stages=True,{more} reported="tongue",
        reported_if_listed=True, stratifies=True,
    ),
)  # fmt: skip
"""
NUMBERS = """
[population.tongue.local]
unit = "probability"
by = "group"
evidence = "assumed"
why = "a test"
range = [0, 1]
value = {{ {values} }}
"""
REPORT = """
import json, sys
from pathlib import Path
from imgsim.engines.model import build
from imgsim.engines.simpy.processes import simulate
from imgsim.engines.records.data_dictionary import markdown
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures

scenario = load_scenario(Path(sys.argv[1]), sys.argv[3:], scale=float(sys.argv[2]), replications=1)
tables = simulate(build(scenario), 0)
people, outcomes = tables["people"], measures(tables, scenario)
columns = [name for name in people if name in ("group", "tongue", "stock", "citizen", "canada.entering_date")]
held = people[columns].astype(object).where(people[columns].notna(), "").astype(str).to_dict("list")
groups = sorted(set(outcomes.loc[outcomes["by"] == "tongue", "group"].astype(str)))
words = [line for line in markdown({"people": people}).splitlines() if "tongue" in line]
print(json.dumps({"people": held, "groups": groups, "words": words, "parameters": list(scenario.parameters)}))
"""


def declare(package: Path, seen_by_country: bool) -> None:
    """The first file: the trait is declared after all others."""
    file = package / "inputs" / "traits.py"
    text = file.read_text("utf-8")
    end = text.index("\n)  # fmt: skip\n\n# Traits worked out") + 1
    more = ' seen_by_country="tongue",' if seen_by_country else ""
    file.write_text(text[:end] + DECLARED.format(more=more) + text[text.index("\n", end) + 1 :], "utf-8")


def list_values(package: Path, country: str) -> None:
    """The second file: the country's pathway lists the categories."""
    file = package / "countries" / country / "pathway.toml"
    file.write_text(
        file.read_text("utf-8").replace("[categories]", '[categories]\ntongue = ["local", "other"]#', 1), "utf-8"
    )


def give_numbers(package: Path, country: str, groups: list[str], share: float) -> None:
    """The third file: how many of each group."""
    file = package / "countries" / country / "parameters" / "people.toml"
    values = ", ".join(f"{group} = {share}" for group in groups)
    file.write_text(file.read_text("utf-8") + NUMBERS.format(values=values), "utf-8")


def groups_of(package: Path, country: str) -> list[str]:
    """The population groups of a shipped country."""
    return list(tomllib.loads((package / "countries" / country / "pathway.toml").read_text("utf-8"))["groups"])


def report(folder: Path, scenario: Path, scale: float, *sets: str) -> dict[str, Any]:
    """What a run of the copied package gives; nothing is compiled, as few people live a short time."""
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", REPORT, str(scenario), str(scale), *sets]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 0, run.stderr[-2000:]
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


@pytest.fixture(scope="module", params=[True, False], ids=["drawn by each country", "brought to any country"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    """A copy of the package in which one more trait is declared, listed and given numbers for Canada."""
    folder = tmp_path_factory.mktemp("package")
    copy = shutil.copytree(
        Path(imgsim.__file__).parent, folder / "imgsim", ignore=shutil.ignore_patterns("__pycache__")
    )
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    declare(copy, request.param)
    list_values(copy, "canada")
    give_numbers(copy, "canada", groups_of(copy, "canada"), SHARE)
    changed = [path for path, content in before.items() if path.read_bytes() != content]
    assert len(changed) == 3, "a trait takes three files"
    return folder, request.param


def near(tongues: list[str], share: float) -> bool:
    """Is the share that went to local schools within four standard errors of what was drawn from?"""
    return abs(tongues.count("local") / len(tongues) - share) < 4 * math.sqrt(share * (1 - share) / len(tongues))


def test_a_declared_trait_is_drawn_reported_documented_and_divides_outcomes(
    package: tuple[Path, bool], root: Path
) -> None:
    folder, _ = package
    answer = report(folder, root / "scenarios/canada.toml", 0.05, *CANADA_YEARS)
    people = answer["people"]
    drawn = [tongue for tongue, stock in zip(people["tongue"], people["stock"], strict=True) if stock == "False"]
    assert len(drawn) > 100
    assert set(drawn) == {"local", "other"}
    assert near(drawn, SHARE)
    assert answer["words"] == [
        "| `tongue` | VARCHAR |  | language of schooling; missing: none yet, or one of the stock |"
    ]
    assert answer["groups"] == ["local", "other"]


@pytest.mark.slow
def test_a_declared_trait_is_drawn_in_a_combined_pathway(package: tuple[Path, bool], root: Path) -> None:
    """Drawn by Canada itself for whoever sets out for it, or else at entry for everybody, by the share of Canada."""
    folder, by_country = package
    answer = report(folder, root / "scenarios/world.toml", 0.03, *WORLD_YEARS)
    people = answer["people"]
    came = [date != "" for date in people["canada.entering_date"]]
    tongues = [t for t, there in zip(people["tongue"], came, strict=True) if there or not by_country]
    assert len(tongues) > 30
    assert set(tongues) == {"local", "other"}
    assert near(tongues, SHARE)
    name = "canada.entering.tongue.local" if by_country else "population.tongue.local"
    assert name in answer["parameters"]
    assert by_country == any(tongue == "" for tongue, there in zip(people["tongue"], came, strict=True) if not there)
    assert answer["groups"] == ["local", "other"]


# --- what is declared today ----------------------------------------------------------------------------------------


def test_every_declared_trait_has_a_column_of_its_own_and_flags_follow() -> None:
    assert sorted(COLUMN.values()) == list(range(len(TRAITS)))
    assert len(UNSET) == len(TRAITS) == FIRST_FLAG


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_a_declaration_agrees_with_itself(trait: Trait) -> None:
    """Categories are chosen, scores are normal, yes or no is happening; what stratifies must stand in the table."""
    assert (trait.drawn == BY_CHOICE) <= (trait.kind == CATEGORY)
    assert (trait.drawn == BY_PROBABILITY) <= (trait.kind == YES_NO)
    assert (trait.drawn == BY_SCORE) <= (trait.kind == SCORE)
    assert (trait.drawn == BY_DURATION) <= (trait.kind == DURATION)
    assert trait.stratifies <= bool(trait.reported)
    assert trait.label
    assert not (trait.drawn and trait.by_group)
    assert not trait.values_of or trait.values_of in COLUMN


def test_rules_may_ask_for_everything_but_plain_days() -> None:
    asked = trait_names(("marked",))
    assert {"age", "practice_gap", "ability", "flag.marked", "area"} <= set(asked)
    assert not {"birth", "graduation", "ready_since", "last_clinical"} & set(asked)
