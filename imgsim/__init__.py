"""imgsim: the careers of international medical graduates, simulated one life at a time.

>>> import imgsim
>>> run = imgsim.run("scenarios/us.toml")  # doctest: +SKIP
>>> run.people, run.events, run.outcomes  # doctest: +SKIP

`run` simulates a scenario and gives its results, `open_run` opens those of an earlier run, `load_scenario` reads and
checks a scenario without running it. Names load when first used, so that `import imgsim` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imgsim.compare import compare as compare
    from imgsim.results import Run as Run
    from imgsim.results import open_run as open_run
    from imgsim.run import run as run
    from imgsim.scenario import load_scenario as load_scenario

__all__ = ["__version__", "compare", "load_scenario", "open_run", "run"]

# Modules that can be called: importing `imgsim.run` would otherwise hide the function of that name.
CALLED = ("compare", "run")
HOMES = {"load_scenario": "imgsim.scenario", "open_run": "imgsim.results", "Run": "imgsim.results"}


def __getattr__(name: str) -> Any:
    """The public name, from the module it lives in; the version, from the installed distribution."""
    if name in CALLED:
        return import_module(f"imgsim.{name}")
    if name == "__version__":
        return _version()
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'imgsim' has no attribute {name!r}")


def _version() -> str:
    """The version of the installed distribution; ``0+unknown`` in a source tree that was never installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("imgsim")
    except PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    """What a reader may use."""
    return sorted(__all__)
