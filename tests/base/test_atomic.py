"""A folder is there complete or not at all, and only what a dead process left is removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.base.files.atomic import sweep, temporary, try_to_write, unfinished, write_file

DEAD_PROCESS = 2**22 + 1  # above the largest process number of Linux


def test_only_what_a_dead_process_left_is_swept(tmp_path: Path) -> None:
    mine = temporary(tmp_path / "rep-00001")
    dead = mine.with_name(mine.name.replace(f".{os.getpid()}-", f".{DEAD_PROCESS}-"))
    elsewhere = tmp_path / f".rep-00001.another-machine.{DEAD_PROCESS}-1-0123abcd.tmp"
    others = tmp_path / ".notes.tmp"
    for folder in (dead, elsewhere, others):
        folder.mkdir()
    with unfinished(tmp_path / "rep-00001") as living:
        sweep(tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted([living, elsewhere, others])


def test_a_folder_that_fails_half_way_is_gone(tmp_path: Path) -> None:
    def interrupted() -> None:
        with unfinished(tmp_path / "a") as folder:
            (folder / "half").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_being_replaced_is_not_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run that sweeps the folder at any moment of the writing takes nothing away."""
    moments: list[str] = []

    def swept_before(name: str) -> None:
        real = getattr(os, name)

        def then(*args: object, **more: object) -> object:
            sweep(tmp_path)
            moments.append(name)
            return real(*args, **more)

        monkeypatch.setattr(os, name, then)

    for name in ("fsync", "replace"):
        swept_before(name)
    write_file(tmp_path / "record.json", b"content")
    assert "fsync" in moments
    assert (tmp_path / "record.json").read_bytes() == b"content"
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]


def test_trying_to_write_a_file_leaves_it_as_it_is_and_nothing_else(tmp_path: Path) -> None:
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text("old")
    temporary(new).touch()  # of a writer that was killed: nobody locks it
    for file in (old, new):
        try_to_write(file)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("old.toml", "old")]


@pytest.mark.parametrize(("name", "error"), [("gone/x", FileNotFoundError), ("", InputError)])
def test_trying_to_write_fails_where_writing_would(tmp_path: Path, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        write_file(tmp_path / name, b"new")
    with pytest.raises(error):
        try_to_write(tmp_path / name)
