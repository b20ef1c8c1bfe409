"""The notebooks run from top to bottom, as they would in the folder they lie in."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs_from_top_to_bottom(file: Path, root: Path, tmp_path: Path) -> None:
    """In a copy of the folders it uses, so that its results do not mix with those of the reader."""
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(root / "scenarios", tmp_path / "scenarios")
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=500, resources={"metadata": {"path": str(tmp_path / "notebooks")}}).execute()
    assert list((tmp_path / "results").rglob("manifest.json"))  # every run and comparison leaves one
    assert not list((tmp_path / "results").rglob(".checkpoints"))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_kept_without_results(file: Path) -> None:
    """What a notebook shows comes from the reader's own run; kept output would go stale unseen."""
    cells = nbformat.read(file, as_version=4).cells
    assert [cell.id for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_there_is_a_notebook_to_begin_with() -> None:
    assert [file.stem for file in NOTEBOOKS] == ["01_first_run", "02_policy_what_if", "03_three_countries"]
