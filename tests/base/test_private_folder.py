"""Code is taken from places only to which nobody but the user and the system could have written."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.base.files import private_folder
from imgsim.base.files.private_folder import make_private, objection, read_private

OTHERS_GROUP = 0o020
OTHERS = 0o002


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the user alone, below one to which others cannot write."""
    made = Path(os.path.realpath(tmp_path)) / "above" / "folder"
    make_private(made)
    return made


@pytest.fixture
def someone_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process seems to run as another user than the one who owns all files here."""
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 4321)
    monkeypatch.setattr(private_folder, "system_owners", lambda: frozenset({-1}))


@pytest.fixture
def shared_group(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user's group has another member."""
    monkeypatch.setattr(grp, "getgrgid", lambda _: grp.struct_group(("staff", "x", 1, ["somebody"])))
    private_folder.is_of_one.cache_clear()
    yield
    private_folder.is_of_one.cache_clear()


@pytest.fixture
def own_group(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user's group is named like the user and has no other member."""
    name = pwd.getpwuid(os.geteuid()).pw_name
    monkeypatch.setattr(grp, "getgrgid", lambda _: grp.struct_group((name, "x", 1, [])))
    private_folder.is_of_one.cache_clear()
    yield
    private_folder.is_of_one.cache_clear()


def test_a_folder_is_made_for_the_user_alone_with_those_above_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "one" / "two")
    finally:
        os.umask(before)
    assert [each.stat().st_mode & 0o777 for each in (tmp_path / "one", tmp_path / "one" / "two")] == [0o700, 0o700]
    assert objection(Path(os.path.realpath(tmp_path / "one" / "two"))) == ""


def test_a_folder_that_cannot_be_made_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    make_private(tmp_path / "file" / "folder")
    make_private(tmp_path / ("long" * 100))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file"]


@pytest.mark.usefixtures("shared_group")
@pytest.mark.parametrize("mode", [OTHERS, OTHERS_GROUP])
@pytest.mark.parametrize("above", [False, True])
def test_a_folder_to_which_others_may_write_is_objected_to_by_name(folder: Path, mode: int, above: bool) -> None:
    chosen = folder.parent if above else folder
    chosen.chmod(0o700 | mode)
    assert objection(folder) == f"others may write to {chosen}"


def test_above_it_others_may_write_where_they_cannot_remove(folder: Path) -> None:
    folder.parent.chmod(0o1777)
    assert objection(folder) == ""
    folder.chmod(0o1777)
    assert objection(folder) == f"others may write to {folder}"


@pytest.mark.usefixtures("own_group")
def test_a_group_of_the_user_alone_may_write(folder: Path) -> None:
    folder.chmod(0o770)
    assert objection(folder) == ""


@pytest.mark.usefixtures("someone_else")
def test_a_folder_of_another_user_is_objected_to(folder: Path) -> None:
    assert objection(folder) == f"{folder} belongs to another user"


def test_what_is_no_folder_is_objected_to(folder: Path) -> None:
    (folder / "file").touch()
    (folder / "link").symlink_to(folder)
    assert objection(folder / "file") == f"{folder / 'file'} is no folder"
    assert objection(folder / "link") == f"{folder / 'link'} is no folder"


@pytest.mark.usefixtures("shared_group")
@pytest.mark.parametrize(("mode", "read"), [(0o600, b"code"), (0o644, b"code"), (0o662, b""), (0o620, b"")])
def test_a_file_to_which_others_may_write_is_not_read(folder: Path, mode: int, read: bytes) -> None:
    (folder / "file").write_bytes(b"code")
    (folder / "file").chmod(mode)
    assert read_private(folder / "file") == read


@pytest.mark.usefixtures("someone_else")
def test_a_file_of_another_user_is_not_read(folder: Path) -> None:
    (folder / "file").write_bytes(b"code")
    assert read_private(folder / "file") == b""


def test_what_is_no_regular_file_is_not_read_nor_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe", 0o600)
    assert read_private(folder / "pipe") == b""
    assert read_private(folder) == b""
    with pytest.raises(FileNotFoundError):
        read_private(folder / "missing")
