"""What all tests share: where the project lies, and chance that does not differ between two runs of the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

# Before any test loads numpy or numba: tests run side by side, so each keeps to one thread, in this process and in the
# workers it starts; figures are drawn to files.
for library in ("OMP", "OPENBLAS", "NUMBA"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

# The same examples every time: a test that fails must fail again. `--hypothesis-profile=search` looks for new ones.
# No deadline: the first example of a compiled function pays for its compilation.
settings.register_profile(
    "steady", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=2000)
# Mutants: the same examples, without the search for a smaller one (a mutant that is noticed is noticed).
settings.register_profile(
    "mutation", settings.get_profile("steady"), phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False
)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def scenarios(root: Path) -> Path:
    """The folder of the scenarios that come with the project."""
    return root / "scenarios"
