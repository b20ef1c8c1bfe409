"""What the README tells a newcomer to type works as it stands there."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import tomli

from imgsim.base.dates.calendar import to_day
from imgsim.inputs.scenarios.load import load_scenario

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
LONG = {
    "run",
    "compare",
    "calibrate",
    "validate",
    "gather",
    "missing",
    "verify",
}  # simulate for minutes, or need what others have written: only their words are checked, others run them


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Every command line of the shell blocks, as words without comments."""
    lines = "\n".join(blocks("sh")).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


MAKE = [words[1:] for words in commands() if words[0] == "make"]
IMGSIM = [words[words.index("imgsim") + 1 :] for words in commands() if "imgsim" in words]


def test_the_readme_opens_with_the_two_commands() -> None:
    assert [words[0] for words in MAKE[:2]] == ["run", "test"]
    assert commands()[:2] == [["make", "run"], ["make", "test"]]


@pytest.mark.parametrize("words", MAKE, ids=" ".join)
def test_make_knows_the_target(words: list[str], root: Path) -> None:
    subprocess.run(["make", "--dry-run", *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    """A folder as after a clone, in which commands may leave files."""
    shutil.copytree(root / "scenarios", tmp_path / "scenarios")
    return tmp_path


def imgsim(words: list[str], place: Path) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run([sys.executable, "-m", "imgsim", *words], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", [words for words in IMGSIM if words[0] not in LONG], ids=" ".join)
def test_a_command_of_the_readme_succeeds(words: list[str], place: Path) -> None:
    imgsim(words, place)


@pytest.mark.parametrize("words", [words for words in IMGSIM if words[0] in LONG], ids=" ".join)
def test_the_options_of_a_long_command_exist(words: list[str], place: Path) -> None:
    known = imgsim([words[0], "--help"], place)
    assert [word for word in words if word.startswith("--") and word not in known] == []
    assert [word for word in words if word.endswith(".toml") and not (place / word).is_file()] == []


@pytest.mark.parametrize("block", blocks("python"))
def test_a_python_block_uses_what_exists(block: str) -> None:
    import imgsim as package
    from imgsim.runs.results import Run

    names = {node.attr for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Attribute)}
    columns = {name for name in names if not hasattr(package, name) and not hasattr(Run, name)}
    figures = {name for name in columns if f".plot.{name}(" in block}
    assert columns <= figures | {"head", "groupby", "mean"}


@pytest.mark.parametrize("block", blocks("toml"))
def test_a_scenario_of_the_readme_loads_and_changes_what_it_says(block: str, place: Path) -> None:
    (place / "scenarios" / "own.toml").write_text(block)
    scenario = load_scenario(place / "scenarios" / "own.toml")
    own = tomli.loads(block)["change"][0]
    days = [own["from"] - timedelta(1), own["from"], own["until"] - timedelta(1), own["until"]]
    held = [scenario.parameters.value(own["parameter"], to_day(day)) for day in days]
    base = [scenario.base_parameters.value(own["parameter"], to_day(day)) for day in days]
    assert held == [base[0], own["value"], own["value"], base[3]]


def links() -> list[str]:
    """The files of the project that the README links to."""
    targets = re.findall(r"\]\(([^)#\s]+)", README)
    return [target for target in targets if "://" not in target]


@pytest.mark.parametrize("target", links())
def test_a_linked_file_exists(target: str, root: Path) -> None:
    assert (root / target).exists()
