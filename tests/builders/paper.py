"""A country on paper: the smallest road and numbers that load, to be spoiled one line at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario

ROAD = """\
country = "paper"
title = "Paper"
entry = "test"

[categories]
region = ["north", "south"]

[groups]
near = { region = "north", citizen = true, label = "Near" }
far = { region = "south", citizen = false, label = "Far" }

[flags]
marked = "Marked"

[milestones]
licensed = ["post.completed"]

[clock.patience]
label = "patience"
starts = "entry"
applies_in = ["test"]
to = "gone"

[clock.validity]
label = "validity"
applies_in = ["paper"]
to = "gone"

[stage.test]
kind = "exam"
label = "Test"
phase = "exams"
next = { passed = "paper", exhausted = "gone" }
starts_timer = { passed = ["validity"] }
sets_flag = { passed = ["marked"] }

[stage.paper]
kind = "wait"
label = "Paper"
phase = "papers"
next = { refused = "gone", done = "way" }

[stage.way]
kind = "choose"
label = "Way"
phase = "papers"
next = { straight = "post", away = "gone" }

[stage.post]
kind = "work"
label = "Post"
phase = "work"
livelihood = "in_practice"
next = { completed = "home", left = "gone" }

[stage.gone]
kind = "end"
label = "Gone"
class = "gave_up"

[stage.home]
kind = "end"
label = "Home"
class = "retired"
"""

NUMBERS = """\
[test.passed]
unit = "probability"
evidence = "measured"
source = "census"
values = [
  { value = 0.5 },
  { from = 2007-01-01, value = 0.7, where = "table 2" },
  { from = 2012-01-01, value = 0.6 },
]

[test.passed.odds.ability]
value = 2.0
evidence = "assumed"
why = "abler people pass"
range = [1.5, 2.5]

[test.passed.odds.region.north]
value = 1.5
evidence = "assumed"
why = "schools differ"
range = [1.0, 2.0]

[test.prepare]
unit = "days"
distribution = "lognormal"
value = 100
evidence = "derived"
source = "census"

[test.prepare.sd_log]
value = 0.3
evidence = "assumed"
why = "people differ"
range = [0.1, 0.5]

[test.retake]
same_as = "test.prepare"

[test.result]
same_as = "test.prepare"

[test.late_gap]
same_as = "test.prepare"

[test.attempts]
unit = "count"
evidence = "measured"
source = "census"
values = [{ from = 2000-01-01, value = 6 }, { from = 2021-07-01, value = 4 }]

[test.per_year]
unit = "count"
value = 3
evidence = "measured"
source = "census"

[paper.done]
same_as = "test.prepare"

[paper.refused]
unit = "probability"
by = "group"
evidence = "calibrated"
why = "fitted to refusals"
range = [0.0, 0.5]
values = [{ of = { near = 0.1, far = 0.2 } }]

[way.straight]
unit = "probability"
value = 0.8
evidence = "calibrated"
source = "census"
range = [0.5, 1.0]

[post.completed]
unit = "years"
value = 3
evidence = "measured"
source = "census"

[post.left]
unit = "rate"
value = 0.05
evidence = "measured"
source = "census"

[clock.patience]
unit = "years"
distribution = "exponential"
value = 8
evidence = "measured"
source = "census"

[clock.validity]
same_as = "post.completed"

[population.entrants]
unit = "count"
by = "group"
between = "linear"
evidence = "measured"
source = "census"
values = [{ from = 2000-01-01, of = { near = 10, far = 20 } }, { from = 2010-01-01, of = { near = 20, far = 40 } }]

[test.session.1]
unit = "month-day"
value = "09-15"
evidence = "measured"
source = "census"

[population]
age_at_graduation = { unit = "years", value = 25, evidence = "measured", source = "census" }
entry_before = { unit = "years", value = 0, evidence = "measured", source = "census" }
entry_after = { unit = "years", value = 0.25, evidence = "measured", source = "census" }
needs_visa = { unit = "probability", value = 0.25, evidence = "measured", source = "census" }
ability = { unit = "score", value = 0, evidence = "measured", source = "census" }
english = { unit = "score", value = 0, evidence = "measured", source = "census" }
experience = { unit = "years", value = 0, evidence = "measured", source = "census" }

[livelihood.start]
practising_home = { unit = "probability", value = 0, evidence = "measured", source = "census" }
preparing = { unit = "probability", value = 1, evidence = "measured", source = "census" }
local_experience = { unit = "probability", value = 0, evidence = "measured", source = "census" }
health_adjacent = { unit = "probability", value = 0, evidence = "measured", source = "census" }
survival_job = { unit = "probability", value = 0, evidence = "measured", source = "census" }
"""

SOURCES = """\
[census]
title = "The census"
year = 2010
"""

SCENARIO = """\
title = "As it stands"
country = "paper"

[run]
start = 2000-01-01
measured_from = 2005-01-01
end = 2020-01-01
replications = 2
seed = 7

[population]
scale = 0.5
"""


class Country:
    """Files in a folder, each of which a test may replace; ``spoil`` changes one place of one of them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "countries" / "paper"
        self.scenario = folder / "base.toml"
        (self.folder / "parameters").mkdir(parents=True)
        self.files = {
            "pathway.toml": (self.folder / "pathway.toml", ROAD),
            "numbers.toml": (self.folder / "parameters" / "numbers.toml", NUMBERS),
            "sources.toml": (self.folder / "sources.toml", SOURCES),
            "base.toml": (self.scenario, SCENARIO),
        }
        for file, text in self.files.values():
            file.write_text(text)
        monkeypatch.setattr("imgsim.inputs.countries.COUNTRIES", self.folder.parent)

    def spoil(self, name: str, old: str, new: str) -> int:
        """Put new text in the place of the one place that has the old; the line at which it begins."""
        file, text = self.files[name]
        assert text.count(old) == 1, (name, old, text.count(old))
        file.write_text(text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    def overlay(self, text: str, name: str = "reform.toml") -> Path:
        """A scenario file beside the base that extends it: title and base on lines 1 and 2, the text from line 3."""
        file = self.scenario.parent / name
        file.write_text(f'title = "Reform"\nextends = "base.toml"\n{text}')
        return file

    def load(self, text: str | None = None, sets: Sequence[str] = ()) -> Scenario:
        """The base scenario, or one that extends it."""
        return load_scenario(self.scenario if text is None else self.overlay(text), sets)

    def refusal(self, text: str | None = None, sets: Sequence[str] = ()) -> str:
        """What is said when the base scenario, or one that extends it, does not load; without the folder's name."""
        with pytest.raises(InputError) as caught:
            self.load(text, sets)
        return str(caught.value).replace(f"{self.scenario.parent}/", "").replace("countries/paper/", "")
