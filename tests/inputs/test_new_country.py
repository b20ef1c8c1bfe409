"""A country to begin with, and the page that goes on from it, followed literally with an invented fourth country."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.cli.main import main
from imgsim.inputs.new_country import new_country

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add-a-country.md"
BLOCK = re.compile(r"^```(sh|toml|diff) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(kind: str, file: str, text: str) -> None:
    """Do what one block of the page says: run its commands, add to a file, or change lines of one."""
    if kind == "sh":
        for line in text.splitlines():
            assert main(shlex.split(line.removeprefix("imgsim "))) == 0, line
    elif kind == "toml":
        path = Path(file)
        path.write_text((path.read_text() if path.exists() else "") + "\n" + text)
    else:
        old = "".join(f"{line[1:]}\n" for line in text.splitlines() if line.startswith("-"))
        new = "".join(f"{line[1:]}\n" for line in text.splitlines() if line.startswith("+"))
        held = Path(file).read_text()
        assert old in held
        Path(file).write_text(held.replace(old, new, 1))


def test_the_page_works_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(PAGE.read_text())
    assert [kind for kind, _, _ in blocks].count("sh") >= 5
    for kind, file, text in blocks:
        follow(kind, file, text)
    told = capsys.readouterr().out
    assert told.count("Results: ") == 3
    assert "equal bit for bit" in told
    assert "Medical Council of Atlantis" in told


def test_a_country_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    new_country("atlantis", tmp_path)
    before = (tmp_path / "atlantis.toml").read_text()
    with pytest.raises(InputError, match="is there already; nothing was written"):
        new_country("atlantis", tmp_path)
    assert (tmp_path / "atlantis.toml").read_text() == before


@pytest.mark.parametrize("name", ["", "Atlantis", "a.b", "../x", "7th"])
def test_a_name_that_parameters_could_not_bear_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no name for a country"):
        new_country(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        new_country("atlantis", tmp_path / "file")
