"""Roads composed of several: names, people and ways from one country to another, worked out on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imgsim.base.dates.calendar import to_day
from imgsim.base.errors import InputError
from imgsim.engines.engine import ENGINES, finished_replication
from imgsim.engines.equality import first_difference
from imgsim.engines.model import build
from imgsim.engines.simpy import processes as simpy_engine
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import measures

RED = """
country = "red"
title = "Red: a short road"
entry = "paper"
[categories]
region = ["north", "south"]
specialty = ["heart", "skin"]
visa = ["none"]
sponsor = ["none"]
[groups]
own = {{ region = "north", citizen = true, label = "Own" }}
others = {{ region = "south", citizen = false, label = "Others" }}
[flags]
known = "known here"
[milestones]
practice = ["practice.started"]
[clock.death]
label = "death"
starts = "birth"
applies_in = "everywhere"
to = "died"
[clock.patience]
label = "patience"
starts = "entry"
applies_in = ["paper"]
to = "stopping"
[stage.paper]
kind = "wait"
label = "Paper"
phase = "papers"
next = {{ refused = "stopping", done = "practice" }}
sets_flag = {{ done = ["known"] }}
[stage.practice]
kind = "work"
label = "Practice"
phase = "practice"
livelihood = "in_practice"
next = {{ left = "over" }}
[stage.stopping]
kind = "choose"
label = "Stopping"
phase = "papers"
next = {{ over = "over", again = "over" }}
[stage.over]
kind = "end"
label = "Over"
class = "gave_up"
[stage.died]
kind = "end"
label = "Died"
class = "died"
"""

NUMBERS = """
[population.entrants]
unit = "count"
by = "group"
between = "linear"
evidence = "measured"
source = "here"
values = [
  {{ from = 2000-07-01, of = {{ own = {own}, others = {others} }} }},
  {{ from = 2040-07-01, of = {{ own = {own}, others = {others} }} }},
]
[population.age_at_graduation]
unit = "years"
value = {age}
evidence = "measured"
source = "here"
[population]
entry_before = {{ unit = "years", value = 0, evidence = "measured", source = "here" }}
entry_after = {{ unit = "years", value = 0, evidence = "measured", source = "here" }}
ability = {{ unit = "score", value = 0, evidence = "measured", source = "here" }}
english = {{ unit = "score", value = 0, evidence = "measured", source = "here" }}
experience = {{ unit = "years", value = 0, evidence = "measured", source = "here" }}
wish.heart = {{ unit = "probability", value = {heart}, evidence = "measured", source = "here" }}
[population.needs_visa]
unit = "probability"
by = "group"
value = {{ own = 0, others = 1 }}
evidence = "measured"
source = "here"
[livelihood.start]
practising_home = {{ unit = "probability", value = 0, evidence = "measured", source = "here" }}
preparing = {{ unit = "probability", value = 1, evidence = "measured", source = "here" }}
local_experience = {{ unit = "probability", value = 0, evidence = "measured", source = "here" }}
health_adjacent = {{ unit = "probability", value = 0, evidence = "measured", source = "here" }}
survival_job = {{ unit = "probability", value = 0, evidence = "measured", source = "here" }}
[clock]
death = {{ unit = "years", value = 90, evidence = "measured", source = "here" }}
patience = {{ unit = "years", value = 2, evidence = "measured", source = "here" }}
[paper]
done = {{ unit = "days", value = 100, evidence = "measured", source = "here" }}
[paper.refused]
unit = "probability"
by = "citizen"
value = {{ no = {refused}, yes = 0 }}
evidence = "measured"
source = "here"
[practice.left]
unit = "rate"
value = 0
evidence = "measured"
source = "here"
[stopping.over]
unit = "probability"
value = 1
evidence = "measured"
source = "here"
"""

BOTH = """
country = "both"
title = "Both: two short roads"
entry = "destination"
countries = ["red", "blue"]
common = "red"
[categories]
region = ["north", "south"]
[groups]
norse = { region = "north", citizen = true, label = "Norse" }
south = { region = "south", citizen = false, label = "South" }
[maps_groups.red]
norse = "own"
south = "others"
[maps_groups.blue]
norse = "others"
south = "others"
[redirects.red]
stopping = "turn"
[clock.death]
label = "death"
starts = "birth"
applies_in = "everywhere"
to = "died"
[stage.destination]
kind = "choose"
label = "Destination"
phase = "route"
next = { red = "red.entering", blue = "blue.entering" }
[stage.turn]
kind = "choose"
label = "Turn"
phase = "route"
next = { blue = "blue.entering", nowhere = "red.stopping" }
[stage.died]
kind = "end"
label = "Died"
class = "died"
"""

CELLS = """
[population.cell.red]
unit = "probability"
by = "group"
value = { norse = 1, south = 1 }
evidence = "assumed"
why = "toy"
range = [0, 1]
[population.cell.blue]
unit = "probability"
by = "group"
value = { norse = 0, south = 1 }
evidence = "assumed"
why = "toy"
range = [0, 1]
[turn.blue]
unit = "probability"
value = 1
evidence = "assumed"
why = "toy"
range = [0, 1]
[turn.blue.odds.flag.blue.tried]
value = 0
evidence = "assumed"
why = "toy"
range = [0, 0]
"""

SCENARIO = """
title = "Both"
country = "./both"
[run]
start = 2001-01-01
measured_from = 2001-01-02
end = 2020-01-01
replications = 1
seed = 1
[population]
scale = 1
"""


def country(folder: Path, road: str, numbers: str) -> None:
    (folder / "parameters").mkdir(parents=True)
    (folder / "pathway.toml").write_text(road)
    (folder / "parameters" / "all.toml").write_text(numbers)
    (folder / "sources.toml").write_text('[here]\ntitle = "Toy"\n' if "here" in numbers else "")


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A scenario of two toy countries: red refuses all but its own, blue nobody."""
    red = {"own": 40, "others": 10, "age": 30, "heart": 1, "refused": 1}
    blue = {"own": 0, "others": 30, "age": 26, "heart": 0, "refused": 0}
    country(tmp_path / "red", RED.format(), NUMBERS.format(**red))
    country(tmp_path / "blue", RED.format().replace('"red"', '"blue"').replace("Red:", "Blue:"), NUMBERS.format(**blue))
    country(tmp_path / "both", BOTH, CELLS)
    file = tmp_path / "both.toml"
    file.write_text(SCENARIO)
    return file


def loaded(file: Path, **numbers: float) -> Scenario:
    return load_scenario(file, sets=[f"{name}={value}" for name, value in numbers.items()])


def test_entrants_of_the_whole_are_those_of_its_countries(both: Path) -> None:
    parameters = loaded(both).parameters
    day = to_day(np.datetime64("2005-07-01").astype(object))
    assert parameters.value("population.entrants", day, "norse") == 40  # red's own; blue's others are the south's
    assert parameters.value("population.entrants", day, "south") == 10 + 30
    assert parameters.value("destination.red", day, "norse") == 1
    assert parameters.value("destination.red", day, "south") == pytest.approx(10 / 40)


def test_people_bring_the_mean_of_their_cells(both: Path) -> None:
    parameters = loaded(both).parameters
    assert parameters.value("population.age_at_graduation", 0, "norse") == 30
    assert parameters.value("population.age_at_graduation", 0, "south") == pytest.approx((10 * 30 + 30 * 26) / 40)


def test_names_stand_below_their_country_and_shared_ones_once(both: Path) -> None:
    scenario = loaded(both)
    assert {"red.paper.done", "blue.paper.done", "clock.red.patience", "clock.death"} <= set(scenario.parameters)
    assert not {"red.clock.death", "clock.red.death", "blue.livelihood.start.preparing"} & set(scenario.parameters)
    assert "red.died" not in scenario.pathway.stages  # nothing leads there: death is shared
    assert scenario.parameters["red.paper.done"].rows[""][0].source == "red.here"
    assert set(scenario.sources) == {"red.here", "blue.here"}


def test_who_gives_up_on_one_country_lives_on_in_another(both: Path) -> None:
    scenario = loaded(both)
    tables = simpy_engine.simulate(build(scenario), 0)
    held = tables["people"]
    first = held["red.entering_date"] == held["entry_date"]
    norse = held["group"] == "norse"
    assert first[norse].all()
    assert (held.loc[norse, "red.practice_date"].notna() | (held.loc[norse, "entry_date"] > "2019-09-01")).all()
    refused = held[first & ~norse]
    assert len(refused) > 50
    assert refused["red.practice_date"].isna().all()  # red refuses all others, who then set out for blue
    waited = (refused["blue.practice_date"] - refused["entry_date"]).dropna()
    assert (waited.dt.days == 200).all()  # a hundred days in red, a hundred in blue
    assert (held["practice_date"] == held["red.practice_date"].fillna(held["blue.practice_date"])).sum() > 500


def test_both_engines_walk_a_composed_road_alike(both: Path) -> None:
    model = build(loaded(both))
    assert first_difference(*(finished_replication(name, model, 0) for name in ENGINES)) == ""


def test_countries_beside_each_other_count_by_first_destination(both: Path) -> None:
    scenario = loaded(both)
    found = measures(simpy_engine.simulate(build(scenario), 0), scenario)
    value = found[found["time"].isna() | (found["time"] == 10)].set_index(["measure", "group"])["value"]
    assert value["destination_started", "blue"] == 1
    assert value["destination_started_there", "red"] == pytest.approx(40 / 50, abs=0.05)
    assert value["destination_started", "red"] == 1  # the refused start in blue
    assert value["destination_turned", "red"] == pytest.approx(10 / 50, abs=0.05)
    assert value["destination_turned", "blue"] == 0
    assert value["destination_entrants", "red"] == pytest.approx(50, abs=5)


def test_a_country_that_is_not_there_is_named(both: Path) -> None:
    road = both.parent / "both" / "pathway.toml"
    road.write_text(road.read_text().replace('["red", "blue"]', '["red", "bleu"]'))
    with pytest.raises(InputError, match=r"no country `bleu`.*did you mean `blue`"):
        loaded(both)


def test_a_group_that_becomes_nobody_is_named(both: Path) -> None:
    road = both.parent / "both" / "pathway.toml"
    road.write_text(road.read_text().replace('norse = "own"', 'norse = "owm"'))
    with pytest.raises(InputError, match=r"red has no group `owm`.*did you mean `own`"):
        loaded(both)


def test_shares_of_cells_are_asked_for(both: Path) -> None:
    numbers = both.parent / "both" / "parameters" / "all.toml"
    numbers.write_text(numbers.read_text().replace("[population.cell.blue]", "[population.cell.blew]"))
    with pytest.raises(InputError, match=r"needs a parameter `population\.cell\.blue`"):
        loaded(both)


UNREAD = """
[paper.reffused]
unit = "probability"
value = 0.5
evidence = "measured"
source = "here"
"""


def test_a_number_that_nothing_reads_is_refused_where_its_country_says_it(both: Path) -> None:
    numbers = both.parent / "red" / "parameters" / "all.toml"
    line = numbers.read_text().count("\n") + 2
    numbers.write_text(numbers.read_text() + UNREAD)
    message = (
        rf"red/parameters/all\.toml:{line}:1: paper\.reffused: nothing uses .* \(did you mean `paper\.refused`\?\)"
    )
    with pytest.raises(InputError, match=message):
        loaded(both)


def test_a_ratio_that_a_combined_pathway_cannot_take_over_is_refused(both: Path) -> None:
    numbers = both.parent / "red" / "parameters" / "all.toml"
    ratio = '\n[population.age_at_graduation.times.citizen]\nvalue = 1\nevidence = "measured"\nsource = "here"\n'
    numbers.write_text(numbers.read_text() + ratio)
    with pytest.raises(
        InputError, match=r"population\.age_at_graduation\.times\.citizen: has no effect in a combined pathway"
    ):
        loaded(both)
