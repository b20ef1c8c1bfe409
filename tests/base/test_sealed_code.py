"""Compiled code on disk is used if it is intact, the user's own and of the same sources; else it is compiled anew."""

from __future__ import annotations

import errno
import importlib
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numba
import pytest
from numba.core.caching import NullCache
from reliability.damage import DAMAGES

from imgsim.base.compiled import code_cache, sealed_code
from imgsim.base.compiled.code_folder import code_folders
from imgsim.base.compiled.jit import kernel
from imgsim.base.compiled.sealed_code import read_sealed, sealed, unsealed, write_sealed

CONFIG: Any = numba.config  # its settings are not typed
compiled_only = pytest.mark.skipif(bool(CONFIG.DISABLE_JIT), reason="nothing is compiled")
RULE = "from imgsim.base.compiled.jit import kernel\n\n\n@kernel\ndef rule(number):\n    return number * {} + 1\n"


class Storage:
    """A folder of compiled code, and a module with one rule that is loaded as often as one likes."""

    def __init__(self, folder: Path, name: str) -> None:
        self.cache, self.sources, self.name = folder / "cache", folder, name
        self.write(2)

    def write(self, factor: int) -> None:
        """Write the rule: a number times a factor, and one."""
        (self.sources / f"{self.name}.py").write_text(RULE.format(factor), "utf-8")
        for known in (code_cache.source, code_cache.imported_by, code_cache.import_closure, code_cache.source_digest):
            known.cache_clear()

    def load(self) -> Any:
        """The rule as a process that has just begun would load it."""
        sys.modules.pop(self.name, None)
        importlib.invalidate_caches()
        return importlib.import_module(self.name).rule

    def files(self) -> list[Path]:
        return sorted(path for path in self.cache.rglob("*") if not path.is_dir())

    def file(self) -> Path:
        """The only file of compiled code."""
        (file,) = self.files()
        return file


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Storage]:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    code_folders.cache_clear()
    made = Storage(tmp_path, f"rules_of_{abs(hash(request.node.name))}")
    yield made
    sys.modules.pop(made.name, None)
    code_folders.cache_clear()


def hits(rule: Any) -> int:
    return sum(rule.stats.cache_hits.values())


@compiled_only
def test_a_second_process_compiles_nothing(storage: Storage) -> None:
    first = storage.load()
    assert (first(20), hits(first)) == (41, 0)
    before = storage.file().read_bytes()
    second = storage.load()
    assert (second(20), hits(second)) == (41, 1)
    assert storage.file().read_bytes() == before
    assert storage.file().stat().st_mode & 0o777 == 0o600


@compiled_only
def test_damaged_code_is_compiled_anew_without_a_word(storage: Storage, capfd: pytest.CaptureFixture[str]) -> None:
    storage.load()(20)
    chance, blocked = Random(19), {"replace_by_a_folder"}
    for damage in DAMAGES:
        file = storage.file()
        damage(file, chance)
        rule = storage.load()
        assert (rule(20), hits(rule)) == (41, 0), damage.__name__
        if damage.__name__ in blocked:
            assert not [left for left in storage.files() if left.name.endswith(".tmp")]
            (file / "in the way").rmdir()
            file.rmdir()
            storage.load()(20)
        rule = storage.load()
        assert (rule(20), hits(rule)) == (41, 1), damage.__name__  # it was stored anew
    assert capfd.readouterr() == ("", "")


class Planted:
    """A pickle that leaves a mark when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.mark),)


@compiled_only
def test_the_planted_pickle_of_these_tests_would_run(storage: Storage, tmp_path: Path) -> None:
    storage.load()(20)
    storage.file().write_bytes(sealed(pickle.dumps(Planted(tmp_path / "it ran"))))
    assert storage.load()(20) == 41
    assert (tmp_path / "it ran").is_dir()


@compiled_only
def test_code_without_its_seal_is_not_even_loaded(storage: Storage, tmp_path: Path) -> None:
    storage.load()(20)
    planted = pickle.dumps(Planted(tmp_path / "it ran"))
    content = storage.file().read_bytes()
    for head in (b"", content[:55], content):  # the seal of other content, and content that goes on
        storage.file().write_bytes(head + planted)
        assert storage.load()(20) == 41
    assert not (tmp_path / "it ran").exists()


@compiled_only
@pytest.mark.parametrize("open_to_others", ["folder", "file"])
def test_sealed_code_that_others_could_have_planted_is_not_loaded(
    storage: Storage, tmp_path: Path, open_to_others: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "of the user"))
    storage.load()(20)
    storage.file().write_bytes(sealed(pickle.dumps(Planted(tmp_path / "it ran"))))
    (storage.file() if open_to_others == "file" else storage.cache / "imgsim").chmod(0o777)
    code_folders.cache_clear()
    assert storage.load()(20) == 41
    assert not (tmp_path / "it ran").exists()


@compiled_only
def test_code_of_other_sources_is_not_used_under_their_name(storage: Storage) -> None:
    storage.load()(20)
    old = storage.file()
    storage.write(3)
    assert storage.load()(20) == 61
    new = next(file for file in storage.files() if file != old)
    new.write_bytes(old.read_bytes())
    rule = storage.load()
    assert (rule(20), hits(rule)) == (61, 0)


@compiled_only
def test_code_in_a_place_that_can_only_be_read_is_used(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    storage.load()(20)
    read_only, written = code_folders()[-1], storage.sources / "written"
    written.mkdir(mode=0o700)
    monkeypatch.setattr(sealed_code, "code_folders", lambda: (read_only, written))
    monkeypatch.setattr(sealed_code, "written_folder", lambda: written)
    rule = storage.load()
    assert (rule(20), hits(rule)) == (41, 1)
    assert rule(0.5) == 2.0  # other types of arguments: compiled, and stored where that can be done
    assert len(list(written.rglob("*.nbc"))) == len(storage.files()) == 1


@compiled_only
@pytest.mark.parametrize("step", ["mkdir", "replace"])
def test_a_full_disk_ends_no_run(storage: Storage, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    code_folders()
    monkeypatch.setattr(Path, step, full)
    assert storage.load()(20) == 41
    assert storage.files() == []


@compiled_only
def test_without_any_place_code_is_compiled_and_not_stored(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_code, "code_folders", lambda: ())
    monkeypatch.setattr(sealed_code, "written_folder", lambda: None)
    rule = storage.load()
    assert (rule(20), rule.stats.cache_path) == (41, "")
    assert not storage.cache.exists()


@compiled_only
def test_code_that_is_recompiled_replaces_what_was_stored(storage: Storage) -> None:
    rule = storage.load()
    rule(20)
    neighbour = storage.file().with_name("another.function-0.nbc")
    neighbour.write_bytes(b"")
    rule.recompile()
    assert (rule(20), hits(rule)) == (41, 0)
    assert len(storage.files()) == 2


@compiled_only
@pytest.mark.parametrize("module", ["typed_in_by_hand", __name__])
def test_a_function_whose_source_cannot_be_seen_is_not_stored(module: str) -> None:
    names: dict[str, Any] = {"__name__": module}
    exec("def rule(number):\n    return number + 1", names)
    rule: Any = kernel(names["rule"])
    assert rule(1) == 2
    assert isinstance(rule._cache, NullCache)


# --- seals ------------------------------------------------------------------------------------------------------------


def test_any_flipped_bit_and_any_cut_breaks_the_seal() -> None:
    payload = b"a few bytes of machine code"
    content = sealed(payload)
    assert unsealed(content) == payload
    for bit in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        assert unsealed(bytes(flipped)) is None
    for length in range(len(content)):
        assert unsealed(content[:length]) is None


def test_whoever_reads_while_others_write_reads_all_or_nothing(tmp_path: Path) -> None:
    file, payloads = tmp_path / "folder" / "file", [bytes([k]) * 20_000 for k in range(4)]

    def write(payload: bytes) -> None:
        for _ in range(50):
            write_sealed(file, payload)

    threads = [threading.Thread(target=write, args=(payload,)) for payload in payloads]
    for thread in threads:
        thread.start()
    seen = set()
    while any(thread.is_alive() for thread in threads):
        seen.add(read_sealed(file))
    for thread in threads:
        thread.join()
    assert seen <= {None, *payloads}
    assert read_sealed(file) in payloads
    assert list(file.parent.iterdir()) == [file]
