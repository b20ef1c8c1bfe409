"""imgsim: the careers of international medical graduates, simulated one career at a time.

>>> import imgsim
>>> run = imgsim.run("scenarios/us.toml")  # doctest: +SKIP
>>> run.people, run.events, run.outcomes  # doctest: +SKIP

`run` simulates a scenario and gives its results, `compare` simulates every person with and without a reform, `open_run`
opens the results of an earlier run, `load_scenario` reads and checks a scenario without running it. Errors of the
user's making are `InputError`, all others that imgsim raises on purpose `ImgsimError`. Names load when first used, so
that `import imgsim` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imgsim.base.errors import ImgsimError as ImgsimError
    from imgsim.base.errors import InputError as InputError
    from imgsim.experiments.compare.comparison import Comparison as Comparison
    from imgsim.experiments.compare.run import compare as compare
    from imgsim.inputs.scenarios.load import load_scenario as load_scenario
    from imgsim.runs.results import Run as Run
    from imgsim.runs.results import open_run as open_run
    from imgsim.runs.run import run as run

HOMES = {
    "Comparison": "imgsim.experiments.compare.comparison",
    "ImgsimError": "imgsim.base.errors",
    "InputError": "imgsim.base.errors",
    "Run": "imgsim.runs.results",
    "compare": "imgsim.experiments.compare.run",
    "load_scenario": "imgsim.inputs.scenarios.load",
    "open_run": "imgsim.runs.results",
    "run": "imgsim.runs.run",
}
__all__ = ["__version__", *HOMES]


def __getattr__(name: str) -> Any:
    """The public name, from the module it lives in; the version, from the installed distribution."""
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
