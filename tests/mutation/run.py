"""Run the tests of a module against its mutants, each in a forked process with the mistake put in."""

from __future__ import annotations

import importlib
import json
import math
import os
import random
import resource
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

import pytest
from mutation.mutants import Mutant, mutants_of, mutated
from mutation.transplant import transplant

ROOT: Final = Path(__file__).parents[2]
LIST: Final = Path(__file__).with_name("modules.toml")
SECONDS: Final = 2  # of processor time that a test has, beyond three times what it takes without a mutant
MEMORY: Final = 4 * 2**30


class Module(NamedTuple):
    """A module that decides."""

    name: str
    file: Path
    tests: tuple[str, ...]  # files, or single tests
    always: Mapping[str, str]  # mutants that the tests of every day run too, each with the test that must notice it


@dataclass
class Result:
    """What became of the mutants of a module: by mutant the test that noticed it; None if none did."""

    module: Module
    noticed: dict[Mutant, str | None] = field(default_factory=dict)

    @property
    def survivors(self) -> list[Mutant]:
        """The mutants that no test noticed; among them those that nothing can tell from the original."""
        return [mutant for mutant, test in self.noticed.items() if test is None]

    @property
    def score(self) -> float:
        """The share of mutants that some test noticed."""
        return 1 - len(self.survivors) / max(len(self.noticed), 1)


Work = tuple[Module, list[Mutant]]
Listener = Callable[[Module, Mutant, str | None], None]


def modules() -> dict[str, Module]:
    """The modules that decide, by name."""
    listed = tomllib.loads(LIST.read_text("utf-8"))
    return {
        name: Module(name, ROOT / given["file"], tuple(given["tests"]), given.get("always", {}))
        for name, given in listed.items()
    }


def chosen(module: Module, count: int | None, seed: int) -> Work:
    """A module with all of its mutants, or with some of them by chance."""
    every = mutants_of(module.file)
    if count is None or count >= len(every):
        return module, every
    return module, [every[place] for place in sorted(random.Random(seed).sample(range(len(every)), count))]


def of_every_day(module: Module) -> Work:
    """A module with the mutants that are always run, and with the tests that must notice them alone."""
    tests = tuple(dict.fromkeys(module.always.values()))
    return module._replace(tests=tests), [one for one in mutants_of(module.file) if str(one) in module.always]


def run(work: Sequence[Work], listener: Listener) -> list[Result]:
    """The results of running the tests of modules against some of their mutants.

    AssertionError if the tests fail without a mutant, or if compilation is on.
    """
    assert os.environ.get("NUMBA_DISABLE_JIT") == "1", "compiled functions cannot be changed"
    session = Session(work, listener)
    tests = dict.fromkeys(str(ROOT / test) for module, _ in work for test in module.tests)
    given = ["-q", "-s", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=mutation"]
    code = pytest.main([*given, f"--rootdir={ROOT}", *tests], plugins=[session])
    assert code == 0, f"the tests could not be run: {code!r}"
    return session.results


class Session:
    """A plugin of pytest that runs the tests once for every mutant, instead of once."""

    def __init__(self, work: Sequence[Work], listener: Listener) -> None:
        self.work, self.listener = work, listener
        self.results: list[Result] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called by pytest when the tests are collected."""
        if session.testsfailed:
            raise session.Interrupted("a file of tests cannot be loaded")
        for module, mutants in self.work:
            items = [item for item in session.items if item.nodeid.startswith(module.tests)]
            result = Result(module)
            for mutant, test in noticed(module, mutants, items):
                result.noticed[mutant] = test
                self.listener(module, mutant, test)
            self.results.append(result)
        return True


def noticed(module: Module, mutants: Sequence[Mutant], items: list[pytest.Item]) -> Iterator[tuple[Mutant, str | None]]:
    """By mutant the first test that noticed it.

    Only tests that enter the mutant's function are asked, the one that noticed the last mutant first, then the fast.
    """
    loaded = importlib.import_module(".".join(module.file.relative_to(ROOT).with_suffix("").parts))
    entered, seconds = observed(module, items)
    order = sorted(items, key=lambda item: seconds[item.nodeid])
    for mutant in mutants:
        asked = [one for one in order if not mutant.in_function or mutant.function in entered[one.nodeid]]
        change = partial(transplant, loaded, mutated(module.file, mutant))
        test = in_fork(partial(first_failure, asked, seconds, change)) if asked else ""
        yield mutant, test or None
        order.sort(key=lambda one: one.nodeid != test)


def observed(module: Module, items: Sequence[pytest.Item]) -> tuple[dict[str, set[str]], dict[str, float]]:
    """By test the functions of a module that it enters, and its processor time; AssertionError if one fails."""
    text = in_fork(partial(observe, str(module.file), items))
    assert str(text).startswith("{"), f"fails without a mutant: {text}"
    seen = json.loads(str(text))
    return {test: set(one[0]) for test, one in seen.items()}, {test: one[1] for test, one in seen.items()}


def in_fork(work: Callable[[], str | None]) -> str | None:
    """What some work in a copy of this process returns, with nothing of it left but that."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        alone()
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write((work() or "").encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        text = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return text or ("out of time or memory" if status else None)


def alone() -> None:
    """Let this process print nothing and take no more memory than it needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def first_failure(items: Sequence[pytest.Item], seconds: Mapping[str, float], change: Callable[[], None]) -> str | None:
    """The first test that fails after a change of the code; one that takes much longer than before ends the process."""
    try:
        change()
    except BaseException as error:
        return f"cannot be loaded: {error!r}"
    failures = failures_of(items[0].config)
    for item, following in zip(items, [*items[1:], None], strict=True):
        end = time.process_time() + 3 * seconds[item.nodeid] + SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(end), resource.RLIM_INFINITY))
        run_test(item, following)
        if failures:
            return failures[0]
    return None


def observe(file: str, items: Sequence[pytest.Item]) -> str:
    """By test, as JSON, the functions of a file that it enters and its processor time; or a test that fails."""
    failures, seen = failures_of(items[0].config), {}
    entered: set[str] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename == file:
            entered.add(frame.f_code.co_qualname.partition(".<")[0])

    sys.setprofile(note)
    for item, following in zip(items, [*items[1:], None], strict=True):
        entered.clear()
        begun = time.process_time()
        run_test(item, following)
        seen[item.nodeid] = sorted(entered), time.process_time() - begun
    sys.setprofile(None)
    return failures[0] if failures else json.dumps(seen)


def run_test(item: pytest.Item, following: pytest.Item | None) -> None:
    """Run a test with its fixtures; whatever a mutant raises is a failure of the test."""
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def failures_of(config: pytest.Config) -> list[str]:
    """A list to which the names of tests that fail from now on are added; nothing else is reported of them."""
    failures: list[str] = []
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(Failures(failures))
    return failures


class Failures:
    """A plugin of pytest that writes down which tests fail."""

    def __init__(self, failures: list[str]) -> None:
        self.failures = failures

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest after each part of a test."""
        if report.failed:
            self.failures.append(report.nodeid)
