"""Changes without effect are remarked on, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.inputs.new_country import new_country
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.without_effect import remarks

# The country's run is from 2000-01-01 to 2031-01-01; of its places there are 150.
CHANGES = [
    ("value = 160\nfrom = 2031-01-01", "begins after the last simulated day, the day before 2031-01-01"),
    ("value = 160\nuntil = 2000-01-01", "is over on 2000-01-01, the first simulated day"),
    ("value = 150\nfrom = 2010-01-01", "the value is in force already"),
    ("scale = 1", "the value is in force already"),
    ("value = 160\nfrom = 2030-12-31", ""),
    ("value = 160\nuntil = 2000-01-02", ""),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_a_change_without_effect_is_named_with_its_place(tmp_path: Path, change: str, said: str) -> None:
    new_country("isle", tmp_path)
    file = tmp_path / "s.toml"
    file.write_text(
        f'title = "s"\nextends = "isle.toml"\n[[change]]\nparameter = "match.places"\nwhy = "trial"\n{change}\n'
    )
    lines = list(remarks(load_scenario(file)))
    assert len(lines) == bool(said)
    assert all(line.startswith(f"{file}:4: match.places: this change has no effect") and said in line for line in lines)
