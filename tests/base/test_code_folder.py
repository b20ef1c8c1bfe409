"""Compiled code lies where nobody else can put any, and without such a place in a folder that nobody can foresee."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.base.compiled import code_folder
from imgsim.base.compiled.code_folder import TEMPORARY, code_folders, written_folder
from imgsim.base.files import private_folder


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Path]]:
    """The three places for code; a place is made unusable by a file in its way, which stops root too."""
    places = {name: Path(os.path.realpath(tmp_path)) / name for name in ("asked", "home", "temporary")}
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(places["asked"]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(places["home"]))
    for name in (TEMPORARY, code_folder.REMARK):
        monkeypatch.setenv(name, "")
    places["temporary"].mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(places["temporary"]))
    code_folders.cache_clear()
    yield places
    code_folders.cache_clear()


def made_unusable(*places: Path) -> None:
    for place in places:
        place.touch()


def test_code_lies_where_it_is_asked_for(places: dict[str, Path]) -> None:
    assert code_folders() == (places["asked"] / "imgsim",)
    assert written_folder() == places["asked"] / "imgsim"
    assert (places["asked"] / "imgsim").stat().st_mode & 0o777 == 0o700


def test_a_place_that_cannot_be_written_is_left_for_the_users_cache(places: dict[str, Path]) -> None:
    made_unusable(places["asked"])
    assert code_folders() == (places["home"] / "imgsim",)


def test_a_place_that_can_only_be_read_is_read_and_another_one_written(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container: code of the image is used, further code goes to the user's cache."""
    (places["asked"] / "imgsim").mkdir(parents=True)
    can = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: "asked" not in str(path) and can(path, mode))
    assert code_folders() == (places["asked"] / "imgsim", places["home"] / "imgsim")
    assert written_folder() == places["home"] / "imgsim"


@pytest.mark.parametrize("name", ["asked", "home"])
def test_a_place_to_which_others_may_write_is_refused_with_one_remark(
    places: dict[str, Path], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    made_unusable(*(places[other] for other in ("asked", "home") if other != name))
    (places[name] / "imgsim").mkdir(parents=True)
    (places[name] / "imgsim").chmod(0o777)
    for _ in range(2):
        code_folders.cache_clear()
        (folder,) = code_folders()
        assert folder.parent == places["temporary"]
    folder = places[name] / "imgsim"
    assert (
        capsys.readouterr().err
        == f"imgsim: compiled code is not stored in {folder}, for others may write to {folder}\n"
    )


def test_a_place_of_another_user_is_refused(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (places["asked"] / "imgsim").mkdir(parents=True)
    monkeypatch.setattr(private_folder, "is_trusted", lambda owner: False)
    folders = code_folders()
    assert [folder.parent for folder in folders] == [places["temporary"]]


def test_a_link_is_followed_to_where_the_code_lies(places: dict[str, Path], tmp_path: Path) -> None:
    places["asked"].mkdir()
    (places["asked"] / "imgsim").symlink_to(tmp_path / "elsewhere")
    assert code_folders() == (Path(os.path.realpath(tmp_path)) / "elsewhere",)


def test_a_circle_of_links_is_left_for_the_users_cache(places: dict[str, Path]) -> None:
    places["asked"].symlink_to(places["asked"])
    assert code_folders() == (places["home"] / "imgsim",)


def test_without_any_place_code_lies_in_a_temporary_folder_that_nobody_can_foresee(places: dict[str, Path]) -> None:
    made_unusable(places["asked"], places["home"])
    folders = set()
    for _ in range(2):
        code_folders.cache_clear()
        os.environ[TEMPORARY] = ""
        folders |= {*code_folders()}
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {places["temporary"]}
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_a_temporary_folder_that_a_killed_process_has_left_is_removed_by_the_next(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_unusable(places["asked"], places["home"])
    env = {**os.environ, "TMPDIR": str(places["temporary"]), "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = SCRIPT + "os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", killed], env=env, capture_output=True, text=True, timeout=120)
    left = Path(done.stdout.strip())
    assert left.is_dir()
    first = code_folders()
    assert not left.exists()
    code_folders.cache_clear()
    monkeypatch.setenv(TEMPORARY, "")
    assert code_folders() != first
    assert first[0].is_dir()  # for this process lives


def test_a_temporary_folder_of_the_process_that_started_this_one_is_used(places: dict[str, Path]) -> None:
    made_unusable(places["asked"], places["home"])
    first = code_folders()
    code_folders.cache_clear()
    assert code_folders() == first
    assert os.environ[TEMPORARY] == str(first[0])


@pytest.mark.parametrize("wrong", ["open to others", "a link", "missing", "a file"])
def test_a_temporary_folder_that_somebody_else_could_have_made_is_not_trusted(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: str
) -> None:
    made_unusable(places["asked"], places["home"])
    planted = places["temporary"] / "planted"
    if wrong == "open to others":
        planted.mkdir()
        planted.chmod(0o755)
    elif wrong == "a link":
        (tmp_path / "target").mkdir(mode=0o700)
        planted.symlink_to(tmp_path / "target")
    elif wrong == "a file":
        planted.touch(0o600)
    monkeypatch.setenv(TEMPORARY, str(planted))
    (folder,) = code_folders()
    assert folder != planted
    assert folder.parent == places["temporary"]


def test_a_relative_folder_for_caches_is_ignored(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path.replace("~", str(places["home"])))
    assert code_folders() == (places["home"] / ".cache" / "imgsim",)


def test_a_user_without_a_home_has_a_place_too(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert code_folders()[0].parent == places["temporary"]


def test_where_nothing_can_be_written_there_is_no_place(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_unusable(places["asked"], places["home"])
    monkeypatch.setattr(tempfile, "tempdir", str(places["temporary"] / "missing"))
    assert code_folders() == ()
    assert written_folder() is None


SCRIPT = """
import os, subprocess, sys
from imgsim.base.compiled.code_folder import code_folders
print(*code_folders(), sep="\\n", flush=True)
if "deeper" in sys.argv:
    subprocess.run([sys.executable, "-c", sys.argv[1], sys.argv[1]], check=True)
    print(os.path.isdir(code_folders()[0]))
"""


def test_the_temporary_folder_is_shared_with_what_a_process_starts_and_removed_at_its_end(
    places: dict[str, Path],
) -> None:
    made_unusable(places["asked"], places["home"])
    env = {**os.environ, "TMPDIR": str(places["temporary"]), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SCRIPT, SCRIPT, "deeper"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True)
    of_parent, of_child, is_there = done.stdout.splitlines()
    assert (of_parent, is_there) == (of_child, "True")
    assert Path(of_parent).parent == places["temporary"]
    assert not Path(of_parent).exists()
    assert done.stderr == ""
