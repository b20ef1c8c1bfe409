# ruff: noqa: E501 -- a case of the tables is best read in one line
"""Beliefs about bad input: one line for each mistake, with file, line, column, key and the nearest right name."""

from __future__ import annotations

import math
import pickle
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders.paper import NUMBERS, ROAD, SCENARIO, SOURCES, Country
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imgsim.base.errors import MOST, InputError, Problems, nearest
from imgsim.base.files.source import LARGEST
from imgsim.base.files.toml import locate, read_toml
from imgsim.base.randomness.addresses import refuse_collisions
from imgsim.inputs.parameters.read import read_parameters, read_sources
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.runs.run import run

ROAD_FILE, NUMBERS_FILE, SOURCES_FILE, BASE = "pathway.toml", "numbers.toml", "sources.toml", "base.toml"
Case = tuple[str, str, str, str, str]

# File, what stands in it, what is put there, the place that must be named, what must be said.
IN_SCENARIO: list[Case] = [
    (BASE, "seed = 7", "sed = 7", "sed", "run.sed: unknown key `sed` (did you mean `seed`?)"),
    (BASE, "scale = 0.5", "scael = 0.5", "scael", "population.scael: unknown key `scael` (did you mean `scale`?)"),
    (BASE, "[run]", "[runn]", "[runn]", "runn: unknown key `runn` (did you mean `run`?)"),
    (BASE, "seed = 7", "seed = true", "seed", "run.seed: must be a whole number, not true"),
    (BASE, "seed = 7", "seed = 1.5", "seed", "run.seed: must be a whole number, not 1.5"),
    (BASE, "seed = 7", "seed = -1", "seed", "run.seed: must be from 0 to 4294967295, not -1"),
    (BASE, "seed = 7", "seed = 4294967296", "seed", "run.seed: must be from 0 to 4294967295, not 4294967296"),
    (BASE, "scale = 0.5", 'scale = "0.5"', "scale", 'population.scale: must be a number, not "0.5"'),
    (BASE, "scale = 0.5", "scale = -0.5", "scale", "population.scale: must be above 0 and at most 1, not -0.5"),
    (BASE, "scale = 0.5", "scale = 0", "scale", "population.scale: must be above 0 and at most 1, not 0"),
    (BASE, "scale = 0.5", "scale = 1.2", "scale", "population.scale: must be above 0 and at most 1, not 1.2"),
    (BASE, "scale = 0.5", "scale = nan", "scale", "population.scale: must be a finite number, not nan"),
    (BASE, "replications = 2", "replications = 0", "replications", "run.replications: must be at least 1, not 0"),
    (BASE, "end = 2020-01-01", "end = 2004-01-01", "end", "run.end: must be start < measured_from < end"),
    (BASE, "end = 2020-01-01", "end = 2020-02-30", "2020-02-30", "`2020-02-30` is no date"),
    (BASE, "end = 2020-01-01", 'end = "2020-01-01"', "end", 'run.end: must be a date such as 2021-07-01, not "2020-01-01"'),
    (BASE, "end = 2020-01-01", "end = 2020-01-01T08:00:00", "end", "run.end: must be a date without a time of day"),
    (BASE, '"paper"', '"papr"', "country", "country: unknown country `papr`; there is paper (did you mean `paper`?)"),
    (BASE, '"As it stands"', "7", "title", "title: must be a text in quotes, not 7"),
    (BASE, SCENARIO[SCENARIO.index("[run]") : SCENARIO.index("[population]")], "run = 3\n", "run", "run: must be a table, not 3"),
]  # fmt: skip

IN_NUMBERS: list[Case] = [
    (NUMBERS_FILE, "{ value = 0.5 }", "{ value = 1.2 }", "value = 1.2", "test.passed.values[1].value: 1.2 is outside 0 to 1 (probability)"),
    (NUMBERS_FILE, "{ value = 0.5 }", "{ value = true }", "value = true", "test.passed.values[1].value: must be a number, not true"),
    (NUMBERS_FILE, "{ value = 0.5 }", '{ value = "0.7" }', 'value = "0.7"', 'test.passed.values[1].value: must be a number, not "0.7"'),
    (NUMBERS_FILE, "{ value = 0.5 }", "{ value = 2012-01-01 }", "value = 2012", "test.passed.values[1].value: must be a number, not a date"),
    (NUMBERS_FILE, "{ value = 0.5 }", "{ valeu = 0.5 }", "valeu", "test.passed.values[1].valeu: unknown key `valeu` (did you mean `value`?)"),
    (NUMBERS_FILE, "value = 0.05", "value = -0.05", "value = -0.05", "post.left.value: -0.05 is outside 0 to 1000 (rate)"),
    (NUMBERS_FILE, "value = 0.05", "value = inf", "value = inf", "post.left.value: must be a finite number, not inf"),
    (NUMBERS_FILE, "value = 0.05", "value = 1" + "0" * 400, "value = 10000", "post.left.value: must be a finite number, not 1" + "0" * 36 + "..."),
    (NUMBERS_FILE, "value = 0.05", "value = 0.05\nvalues = [{ value = 1 }]", "value = 0.05", "post.left.value: give either a `value` or dated `values`"),
    (NUMBERS_FILE, "value = 0.05", "values = []", "values = []", "post.left.values: needs at least one value"),
    (NUMBERS_FILE, "value = 0.05\n", "", "[post.left]", "post.left: needs `value`, `values` or `same_as`"),
    (NUMBERS_FILE, "value = 0.05", "value = 0.05\nunits = 3", "units", "post.left.units: unknown key `units` (did you mean `unit`?)"),
    (NUMBERS_FILE, "value = 0.05", "value = 0.05\nbounds = [-1, 2]", "bounds", "post.left.bounds: can only be narrower than 0 to 1000 (rate)"),
    (NUMBERS_FILE, "value = 0.05", "value = 0.05\nbounds = [0.1, 0.2]", "value = 0.05", "post.left.value: 0.05 is outside 0.1 to 0.2 (rate)"),
    (NUMBERS_FILE, "value = 0.05", "value = 0.05\nrange = [0.2, 0.1]", "range = [0.2, 0.1]", "post.left.range: must be [low, high], not [0.2, 0.1]"),
    (NUMBERS_FILE, "value = 0.05", "value = 0.05\nrange = [nan, nan]", "range = [nan", "post.left.range: must be [low, high], not [nan, nan]"),
    (NUMBERS_FILE, "value = 0.05", "value = 0.05\nrange = [true, true]", "range = [true", "post.left.range: must be [low, high], not [True, True]"),
    (NUMBERS_FILE, "from = 2012-01-01", "from = 2007-01-01", "from = 2007-01-01, value = 0.6", "test.passed.values[3].from: dates must increase from row to row"),
    (NUMBERS_FILE, "from = 2012-01-01", "from = 2006-01-01", "from = 2006", "test.passed.values[3].from: dates must increase from row to row"),
    (NUMBERS_FILE, "from = 2012-01-01", "from = 2012-13-01", "2012-13-01", "`2012-13-01` is no date"),
    (NUMBERS_FILE, 'unit = "rate"', 'unit = "raet"', "unit = \"raet", "post.left.unit: unknown unit `raet`; one of probability, rate, days, years, count, amount, factor, USD, CAD, score, number, flag, month-day (did you mean `rate`?)"),
    (NUMBERS_FILE, 'unit = "rate"\n', "", "[post.left]", "post.left: `unit` is missing"),
    (NUMBERS_FILE, 'unit = "rate"', 'unit = "years"', 'unit = "years"\nvalue = 0.05', "post.left: the pathway needs it in rate, not in years"),
    (NUMBERS_FILE, '"exponential"', '"exponental"', 'distribution = "exponental"', "clock.patience.distribution: unknown distribution `exponental`; one of lognormal, gompertz, exponential (did you mean `exponential`?)"),
    (NUMBERS_FILE, 'unit = "rate"', 'unit = "rate"\ndistribution = "gompertz"', 'distribution = "gompertz"', "post.left.distribution: only days and years have a distribution, not a rate"),
    (NUMBERS_FILE, "{ from = 2000-01-01, of", "{ of", "values = [{ of = { near = 10, far = 20", "population.entrants.values: a line needs dates: the first value has none"),
    (NUMBERS_FILE, 'unit = "rate"', 'unit = "rate"\nbetween = "linear"', 'between = "linear"\nvalue', "post.left.between: only count, USD, CAD, score, number can run linearly between dates, not a rate"),
    (NUMBERS_FILE, '"linear"', '"lineal"', 'between = "lineal"', "population.entrants.between: unknown between `lineal`; one of step, linear (did you mean `linear`?)"),
    (NUMBERS_FILE, '"calibrated"\nwhy', '"calibratd"\nwhy', 'evidence = "calibratd"', "paper.refused.evidence: unknown evidence `calibratd`; one of rule, measured, derived, calibrated, assumed (did you mean `calibrated`?)"),
    (NUMBERS_FILE, 'why = "people differ"\n', "", 'evidence = "assumed"\nrange = [0.1', "test.prepare.sd_log.evidence: an assumed value needs `why` and a plausible `range`"),
    (NUMBERS_FILE, "range = [0.1, 0.5]\n", "", 'evidence = "assumed"\nwhy = "people', "test.prepare.sd_log.evidence: an assumed value needs `why` and a plausible `range`"),
    (NUMBERS_FILE, 'why = "fitted to refusals"\n', "", 'evidence = "calibrated"\nrange = [0.0', "paper.refused.evidence: a calibrated value needs a `why` or a `source`"),
    (NUMBERS_FILE, "range = [0.5, 1.0]\n", "", 'evidence = "calibrated"\nsource', "way.straight.evidence: a calibrated value needs a `range` that the fit may use"),
    (NUMBERS_FILE, 'evidence = "derived"\nsource = "census"', 'evidence = "derived"', 'evidence = "derived"', "test.prepare.evidence: a derived value needs a `source`"),
    (NUMBERS_FILE, 'evidence = "derived"\nsource = "census"', 'evidence = "rule"', 'evidence = "rule"', "test.prepare.evidence: a rule value needs a `source`"),
    (NUMBERS_FILE, 'value = 8\nevidence = "measured"\nsource = "census"', 'value = 8\nevidence = "measured"', 'evidence = "measured"\n\n', "clock.patience.evidence: a measured value needs a `source`"),
    (NUMBERS_FILE, 'value = 8\nevidence = "measured"\nsource = "census"', 'value = 8\nevidence = "measured"\nsource = "cencus"', 'source = "cencus"', "clock.patience: unknown source `cencus` (did you mean `census`?)"),
    (NUMBERS_FILE, "value = 0.3", "value = -0.3", "value = -0.3", "test.prepare.sd_log.value: -0.3 is outside 0 to 5 (number)"),
    (NUMBERS_FILE, '"test.prepare"\n\n[test.result]', '"test.prepaer"\n\n[test.result]', 'same_as = "test.prepaer"', "test.retake.same_as: unknown parameter `test.prepaer` (did you mean `test.prepare`?)"),
    (NUMBERS_FILE, 'same_as = "post.completed"', 'same_as = "post.completed"\nvalue = 3', "value = 3\n\n[population", "clock.validity.value: unknown key `value`"),
    (NUMBERS_FILE, "[post.left]", '[cost.post.started]\nunit = "USD"\nby = "specialty"\nevidence = "assumed"\nwhy = "so"\nrange = [1, 2]\nvalues = [{ of = { heart = 1 } }]\n[post.left]', 'by = "specialty"', "cost.post.started: costs can differ by group, region, not by `specialty`"),
    (NUMBERS_FILE, 'by = "group"\nevidence', 'by = "gruop"\nevidence', 'by = "gruop"', "paper.refused: values cannot be given by `gruop` (did you mean `group`?)"),
    (NUMBERS_FILE, "near = 0.1", "naer = 0.1", "naer", "paper.refused: unknown group `naer` (did you mean `near`?)"),
    (NUMBERS_FILE, "far = 0.2", "far = 1.2", "far = 1.2", "paper.refused.values[1].of.far: 1.2 is outside 0 to 1 (probability)"),
    (NUMBERS_FILE, "near = 0.1, ", "", "of = { far = 0.2", "paper.refused: no value for group `near`"),
    (NUMBERS_FILE, "near = 20, far = 40", "near = 20, fra = 40", "fra = 40", "population.entrants.values[2].of.fra: the first row gives every category"),
    (NUMBERS_FILE, "of = { near = 0.1, far = 0.2 }", "value = 0.1", "value = 0.1", "paper.refused.values[1].value: one value per category of `group` is needed"),
    (NUMBERS_FILE, "{ value = 0.5 }", "{ of = { near = 0.5 } }", "of = { near = 0.5", "test.passed.values[1].of: values by category need `by`"),
    (NUMBERS_FILE, "of = { near = 0.1, far = 0.2 }", "of = { near = 0.1, far = 0.2 }, value = 1", "value = 1 }", "paper.refused.values[1].value: give either a `value` or values `of` categories"),
    (NUMBERS_FILE, '"09-15"', '"09-31"', 'value = "09-31"', "test.session.1.value: must be a month and day such as 07-01: day is out of range for month"),
    (NUMBERS_FILE, '"09-15"', "915", "value = 915", "test.session.1.value: must be a text in quotes, not 915"),
    (NUMBERS_FILE, "odds.ability", "odds.abilty", "[test.passed.odds.abilty]", "test.passed.odds.abilty: unknown trait `abilty` (did you mean `ability`?)"),
    (NUMBERS_FILE, "odds.ability", "times.ability", "[test.passed.times.ability]", "test.passed.times.ability: a parameter in probability takes `odds`, not `times`"),
    (NUMBERS_FILE, "region.north]", "region.norht]", "[test.passed.odds.region.norht]", "test.passed.odds.region.norht: unknown region `norht` (did you mean `north`?)"),
    (NUMBERS_FILE, "region.north]", "region]", "[test.passed.odds.region]", "test.passed.odds.region: needs a category of `region`: one of north, south"),
    (NUMBERS_FILE, "odds.ability", "odd.ability", "[test.passed.odd.ability]", "test.passed.odd.ability: `unit` is missing"),
    (NUMBERS_FILE, "[test.prepare.sd_log]", "[test.passed.spread]", "[test.passed.spread]", "test.passed.spread: only days and years have a `sd_log` or `scale`, and only scores a `spread`"),
    (NUMBERS_FILE, "[test.prepare.sd_log]", '[test.prepare.sd_log]\nunit = "days"', 'unit = "days"\nvalue = 0.3', "test.prepare.sd_log: a dispersion is given in number or score, not in days"),
    (NUMBERS_FILE, "[post.left]", '[test.apart]\nunit = "days"\nvalue = 2\nevidence = "measured"\nsource = "census"\n\n[post.left]', 'unit = "days"\nvalue = 2', "test.apart: the pathway needs it in count, not in days"),
    (NUMBERS_FILE, "[post.left]", "[test.attempts]", "4:", "not valid TOML: Cannot declare ('test', 'attempts') twice"),
    (SOURCES_FILE, "title", "titel", "titel", "census.titel: unknown key `titel` (did you mean `title`?)"),
    (SOURCES_FILE, 'title = "The census"\n', "", "[census]", "census: `title` is missing"),
    (SOURCES_FILE, "2010", "2010.5", "year", "census.year: must be a year, not 2010.5"),
]  # fmt: skip

IN_ROAD: list[Case] = [
    (ROAD_FILE, 'kind = "exam"', 'kind = "exma"', "kind = \"exma", "stage.test.kind: unknown stage kind `exma`; one of exam, wait, choose, branch, round, work, end (did you mean `exam`?)"),
    (ROAD_FILE, "exhausted =", "exhausetd =", "exhausetd", "stage.test.next.exhausetd: a stage of kind exam has no outcome `exhausetd` (it has passed, exhausted, lapsed, failed, borderline) (did you mean `exhausted`?)"),
    (ROAD_FILE, "refused =", "refusd =", "refusd", "stage.paper.next.refusd: a stage of kind wait has no outcome `refusd` (it has done, refused) (did you mean `refused`?)"),
    (ROAD_FILE, "completed = ", "complete = ", "complete =", "stage.post.next.complete: a stage of kind work has no outcome `complete` (it has completed, left) (did you mean `completed`?)"),
    (ROAD_FILE, ', exhausted = "gone"', "", 'next = { passed = "paper" }', "stage.test.next: a stage of kind exam must say where `exhausted` leads"),
    (ROAD_FILE, ', done = "way"', "", 'next = { refused = "gone" }', "stage.paper.next: a stage of kind wait must say where `done` leads"),
    (ROAD_FILE, ', away = "gone"', "", 'next = { straight', "stage.way.next: a stage of kind choose needs at least two options"),
    (ROAD_FILE, 'next = { completed = "home", left = "gone" }\n', "", "[stage.post]", "stage.post: the stage cannot be left: no outcome is wired"),
    (ROAD_FILE, 'class = "retired"', 'class = "retird"', "class = \"retird", "stage.home.class: unknown class of ends `retird`; one of retired, alternative_career, gave_up, left_country, died (did you mean `retired`?)"),
    (ROAD_FILE, 'class = "retired"', 'class = "retired"\nnext = { done = "gone" }', "done = \"gone\"", "stage.home.next.done: a stage of kind end has no outcome `done` (it has none)"),
    (ROAD_FILE, 'class = "retired"', 'class = "retired"\nuntil = "graduation"', "until", "stage.home.until: only a stage of kind wait has `until`"),
    (ROAD_FILE, 'phase = "work"', 'phase = "work"\nmechanism = "match"', "mechanism", "stage.post.mechanism: only a stage of kind round has `mechanism`"),
    (ROAD_FILE, 'done = "way"', 'done = "wya"', "done = \"wya", "stage.paper.next.done: unknown stage `wya` (did you mean `way`?)"),
    (ROAD_FILE, 'entry = "test"', 'entry = "tset"', 'entry = "tset', "entry: unknown stage `tset` (did you mean `test`?)"),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = ["tets"]', "applies_in = [\"tets", "clock.patience.applies_in: unknown stage `tets` (did you mean `test`?)"),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = { phases = ["exmas"] }', "phases", "clock.patience.applies_in.phases: unknown phase `exmas` (did you mean `exams`?)"),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = { phases = ["exams"], except = ["tset"] }', "applies_in = {", "clock.patience.applies_in: unknown stage `tset` (did you mean `test`?)"),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = { phases = ["exams"], except = ["paper"] }', "except", "clock.patience.applies_in.except: `paper` is in none of these phases"),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = { phase = ["exams"] }', "phase = [", "clock.patience.applies_in.phase: unknown key `phase` (did you mean `phases`?)"),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = { stages = ["test"] }', "applies_in = {", "clock.patience.applies_in: `phases` is missing: without them, a list of stages is enough"),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = 3', "applies_in = 3", 'clock.patience.applies_in: must be "everywhere", a list of stages, or a table with `phases`, not 3'),
    (ROAD_FILE, 'applies_in = ["test"]', 'applies_in = "everywhere "', "applies_in = \"every", 'clock.patience.applies_in: must be a list of texts, not "everywhere "'),
    (ROAD_FILE, 'starts = "entry"', 'starts = "etnry"', "starts = \"etnry", "clock.patience.starts: a clock starts at birth or entry, not at `etnry` (did you mean `entry`?)"),
    (ROAD_FILE, '["validity"]', '["validty"]', 'passed = ["validty"]', "stage.test.starts_timer.passed: unknown timer `validty` (did you mean `validity`?)"),
    (ROAD_FILE, '["marked"]', '["makred"]', 'passed = ["makred"]', "stage.test.sets_flag.passed: unknown flag `makred` (did you mean `marked`?)"),
    (ROAD_FILE, 'sets_flag = { passed =', 'sets_flag = { pased =', "pased", "stage.test.sets_flag.pased: unknown key `pased` (did you mean `passed`?)"),
    (ROAD_FILE, "sets_flag = { passed = [\"marked\"] }", 'increments = { passed = ["sesaons"] }', 'passed = ["sesaons"]', "stage.test.increments.passed: unknown count `sesaons` (did you mean `seasons`?)"),
    (ROAD_FILE, "sets_flag = { passed = [\"marked\"] }", 'completes_file = ["pased"]', "completes_file", "stage.test.completes_file: unknown outcome `pased` (did you mean `passed`?)"),
    (ROAD_FILE, "sets_flag = { passed = [\"marked\"] }", 'sets_trait = { passed = { needs_visa = "ys" } }', "needs_visa = \"ys", "stage.test.sets_trait.passed.needs_visa: unknown value `needs_visa = ys` (did you mean `yes`?)"),
    (ROAD_FILE, "sets_flag = { passed = [\"marked\"] }", 'sets_trait = { passed = { needs_vsia = "yes" } }', "needs_vsia", "stage.test.sets_trait.passed.needs_vsia: a stage cannot set `needs_vsia` (did you mean `needs_visa`?)"),
    (ROAD_FILE, "sets_flag = { passed = [\"marked\"] }", 'sets_trait = { passed = { region = "north" } }', "region = \"north\" }", "stage.test.sets_trait.passed.region: a stage cannot set `region`"),
    (ROAD_FILE, '"in_practice"', '"in_practise"', "livelihood", "stage.post.livelihood: unknown livelihood `in_practise` (did you mean `in_practice`?)"),
    (ROAD_FILE, '["post.completed"]', '["post.complete"]', "licensed", "milestones.licensed: unknown event `post.complete` (did you mean `post.completed`?)"),
    (ROAD_FILE, "[flags]", '[competitors]\nlocals = "Locals"\n\n[applicant_groups]\nothers = { label = "Others", of = ["loclas"] }\n\n[flags]', "of = [", "applicant_groups.others.of: unknown kind of applicants `loclas` (did you mean `locals`?)"),
    (ROAD_FILE, "[flags]", '[applicant_groups]\nimg = { label = "All", of = ["citizen_img"] }\n\n[flags]', "img = {", "applicant_groups.img: `img` is the name of a group already"),
    (ROAD_FILE, "[flags]", '[applicant_groups]\nothers = { lable = "All", of = ["citizen_img"] }\n\n[flags]', "lable", "applicant_groups.others.lable: unknown key `lable` (did you mean `label`?)"),
    (ROAD_FILE, "[flags]", '[applicant_groups]\nothers = { label = "All", of = [] }\n\n[flags]', "of = [", "applicant_groups.others.of: a group of applicants needs at least one kind"),
    (ROAD_FILE, 'region = "south"', 'region = "suoth"', "region = \"suoth", "groups.far.region: unknown region `suoth` (did you mean `south`?)"),
    (ROAD_FILE, "citizen = false", "citizen = 0", "citizen = 0", "groups.far.citizen: must be true or false, not 0"),
    (ROAD_FILE, "region = [", "regoin = [", "regoin", "categories.regoin: unknown key `regoin` (did you mean `region`?)"),
    (ROAD_FILE, '["north", "south"]', '["north", "south", "north"]', "region = [", "categories.region: `north` is listed twice"),
    (ROAD_FILE, 'completed = "home"', 'completed = "gone"', "[stage.home]", "stage.home: this stage cannot be reached"),
    (ROAD_FILE, 'phase = "papers"\nnext = { refused = "gone", done = "way" }', 'phase = "papers"\nuntil = "graduatoin"\nnext = { refused = "gone", done = "way" }', "until", "stage.paper.until: `until` names no date: `graduatoin` (did you mean `graduation`?)"),
    (ROAD_FILE, "label = \"Test\"\n", "", "[stage.test]", "stage.test: `label` is missing"),
    (ROAD_FILE, "[stage.home]", "[stage.home", "\nkind = \"end\"\nlabel = \"Home\"", "not valid TOML"),
]  # fmt: skip


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Country:
    return Country(tmp_path, monkeypatch)


def place(text: str, at: str) -> tuple[int, int]:
    """Line and column of a piece of text that stands there once."""
    assert text.count(at) == 1, (at, text.count(at))
    before = text[: text.index(at)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def test_the_country_on_paper_loads(country: Country) -> None:
    assert country.load().title == "As it stands"


@pytest.mark.parametrize(("file", "old", "new", "at", "message"), [*IN_SCENARIO, *IN_NUMBERS, *IN_ROAD])
def test_a_mistake_is_told_with_its_place(
    country: Country, file: str, old: str, new: str, at: str, message: str
) -> None:
    country.spoil(file, old, new)
    told = country.refusal()
    where = "parameters/numbers.toml" if file == NUMBERS_FILE else file
    if message.startswith("not valid TOML"):  # the parser's own place and words
        assert re.match(rf"{where}:\d+:\d+: {re.escape(message)}", told), told
        return
    line, column = place(country.files[file][0].read_text(), at)
    assert f"{where}:{line}:{column}: {message}" in told.split("\n"), told


CHANGE = '[[change]]\nparameter = "test.passed"\nfrom = 2010-01-01\nvalue = 0.9\nwhy = "reform"\n'  # lines 3 to 7
IN_REFORM: list[tuple[str, str, str]] = [
    ("test.passed", "test.pased", "reform.toml:4: test.pased: unknown parameter (did you mean `test.passed`?)"),
    ("parameter =", "paramter =", "reform.toml:4:1: change[1].paramter: unknown key `paramter` (did you mean `parameter`?)"),
    ("value = 0.9", "value = 1.2", "reform.toml:4: test.passed: 1.2 is outside 0 to 1 (probability)"),
    ("value = 0.9", "scale = 2", "reform.toml:4: test.passed: 1.4 is outside 0 to 1 (probability)"),
    ("value = 0.9", "scale = -1", "reform.toml:4: test.passed: -0.7 is outside 0 to 1 (probability)"),
    ("value = 0.9", "value = true", "reform.toml:6:1: change[1].value: must be a number, not true"),
    ("value = 0.9", 'value = "0.9"', "reform.toml:6:1: change[1].value: must be a number (or a month and day such as 07-01)"),
    ("value = 0.9", 'value = "07-01"', "reform.toml:4: test.passed: must be a number (probability), not a month and day"),
    ("value = 0.9\n", "", "reform.toml:3:1: change[1]: a change gives one of `value`, `scale` and `add`"),
    ("value = 0.9", "value = 0.9\nscale = 1.1", "reform.toml:6:1: change[1].value: a change gives one of `value`, `scale` and `add`"),
    ("value = 0.9", "value = 0.9\nof = \"near\"", "reform.toml:4: test.passed: has one value for everybody, none of `near`"),
    ("value = 0.9", "value = 0.9\nuntil = 2010-01-01", "reform.toml:7:1: change[1].until: `until` must come after `from`"),
    ("2010-01-01", '"2010"', 'reform.toml:5:1: change[1].from: must be a date such as 2021-07-01, not "2010"'),
    ("2010-01-01", "2010-02-29", "reform.toml:5:8: `2010-02-29` is no date"),
    ('why = "reform"\n', "", "reform.toml:3:1: change[1]: `why` is missing"),
    ('"reform"', '" "', "reform.toml:7:1: change[1].why: say why"),
    ('"test.passed"', '"paper.refused"\nof = "naer"', "reform.toml:4: paper.refused: unknown group `naer` (did you mean `near`?)"),
    ('"test.passed"\nfrom = 2010-01-01\nvalue = 0.9', '"test.session.1"\nvalue = 950', "reform.toml:4: test.session.1: must be set to a month and day such as 07-01"),
    ('"test.passed"\nfrom = 2010-01-01\nvalue = 0.9', '"test.session.1"\nscale = 1.1', "reform.toml:4: test.session.1: must be set to a month and day such as 07-01"),
    ('"test.passed"\nfrom = 2010-01-01', '"population.entrants"\nfrom = 2010-01-01\njoin = "lineal"', "reform.toml:6:1: change[1].join: unknown join `lineal`; there is only `linear` (did you mean `linear`?)"),
    ('"test.passed"\nfrom = 2010-01-01', '"population.entrants"\njoin = "linear"', "reform.toml:5:1: change[1].join: `join` needs `from`: it puts a knot on that day"),
    ('"test.passed"\nfrom = 2010-01-01\nvalue = 0.9', '"population.entrants"\nfrom = 2010-01-01\njoin = "linear"\nscale = 2', "reform.toml:6:1: change[1].join: `join` needs `value`: it puts a knot on that day"),
    ('"test.passed"\nfrom = 2010-01-01', '"test.passed"\nfrom = 2010-01-01\njoin = "linear"', "reform.toml:4: test.passed: `join` is for numbers that run linearly between their dates; this one goes by steps"),
    (CHANGE, "change = 3\n", "reform.toml:3:1: change: must be a list of tables, not 3"),
    (CHANGE, "change = [3]\n", "reform.toml:3:11: change[1]: must be a table, not 3"),
    (CHANGE, '[parameter."test.passed"]\nvalue = 0.1\n', 'reform.toml:3:1: parameter."test.passed": `test.passed` is defined already'),
    (CHANGE, '[parameter."tset.passed"]\nunit = "probability"\nvalue = 0.1\nevidence = "assumed"\nwhy = "w"\nrange = [0, 1]\n', "reform.toml:3:1: tset.passed: nothing uses a parameter of this name (did you mean `test.passed`?)"),
    (CHANGE, '[parameter.test.passed.odds.abilty]\nvalue = 2\nevidence = "assumed"\nwhy = "w"\nrange = [0, 3]\n', "reform.toml:3:1: test.passed.odds.abilty: unknown trait `abilty` (did you mean `ability`?)"),
    (CHANGE, '[stage.new]\nkind = "wait"\nlabel = "New"\nphase = "x"\nnext = { done = "gone" }\n', "reform.toml:3:1: stage.new: this stage cannot be reached"),
    (CHANGE, '[stage.way]\nkind = "choose"\nlabel = "New"\nphase = "x"\nnext = { straight = "way", away = "way" }\n', "reform.toml:3:1: stage.way: no end can be reached from this stage"),
    (CHANGE, '[stage.way]\nkind = "choose"\nlabel = "New"\nphase = "x"\nnext = { straight = "gone", away = "gone" }\n', "reform.toml: stage.post: this stage cannot be reached"),
    (CHANGE, '[stage.paper]\nkind = "wait"\nlabel = "New"\nphase = "x"\nnext = { done = "new" }\n[stage.new]\nkind = "wait"\nlabel = "New"\nphase = "x"\nnext = { done = "way" }\n', "reform.toml:8:1: stage.new: the pathway needs a parameter `new.done` (days)"),
    (CHANGE, '[stage.paper]\nkind = "round"\nmechanism = "mach"\nlabel = "New"\nphase = "x"\nnext = { placed = "way", unplaced = "gone", ineligible = "gone" }\n', "reform.toml:5:1: stage.paper.mechanism: unknown mechanism `mach` (did you mean `match`?)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), IN_REFORM)
def test_a_mistake_in_a_reform_is_told_with_its_place(country: Country, old: str, new: str, message: str) -> None:
    assert CHANGE.count(old) == 1
    told = country.refusal(CHANGE.replace(old, new)).split("\n")
    assert message in [*told, *(line.partition(" (did")[0] for line in told if "(did" not in message)]


IN_SETS = [
    ("test.passed", "--set: `test.passed` is no NAME=VALUE"),
    ("test.passed=", "--set: `test.passed=` is no NAME=VALUE"),
    ("test.pased=0.1", "--set: test.pased: unknown parameter (did you mean `test.passed`?)"),
    ("test.passed=1.2", "--set: test.passed: 1.2 is outside 0 to 1 (probability)"),
    ("test.passed=true", "--set: `true` is no number in `test.passed=true`"),
    ("test.passed=nan", "--set: `nan` is no number in `test.passed=nan`"),
    ("test.passed=07-01", "--set: test.passed: must be a number (probability), not a month and day"),
    ("test.passed[near=0.1", "--set: `test.passed[near=0.1` is no NAME[category]=VALUE"),
    ("test.passed[]=0.1", "--set: `test.passed[]=0.1` is no NAME[category]=VALUE"),
    ("test.passed[near]=0.1", "--set: test.passed: has one value for everybody, none of `near`"),
    ("paper.refused[naer]=0.1", "--set: paper.refused: unknown group `naer` (did you mean `near`?)"),
    ("test.session.1=02-30", "--set: `02-30` is no month and day in `test.session.1=02-30`"),
    ("run.sed=3", "--set: unknown setting `run.sed` (did you mean `run.seed`?)"),
    ("run.seed=1.5", "--set: `1.5` is no whole number in `run.seed=1.5`"),
    ("run.seed=" + "9" * 400, "--set: `" + "9" * 37 + "...` is no whole number in `run.seed=" + "9" * 28 + "...`"),
    ("run.seed=-1", "--set: run.seed: must be from 0 to 4294967295, not -1"),
    ("run.end=2020-02-30", "--set: `2020-02-30` is no date in `run.end=2020-02-30`"),
    ("run.replications=0", "--set: run.replications: must be at least 1, not 0"),
    ("run.end=1990-01-01", "--set: run.end: must be start < measured_from < end"),
    ("run.start=2006-01-01", "--set: run.start: must be start < measured_from < end"),
    ("population.scale=2", "--set: population.scale: must be above 0 and at most 1, not 2"),
]


@pytest.mark.parametrize(("text", "message"), IN_SETS)
def test_a_mistake_on_the_command_line_is_told(country: Country, text: str, message: str) -> None:
    assert country.refusal(sets=[text]).startswith(message)


IN_ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"seed": -1}, "argument `seed`: must be from 0 to 4294967295, not -1"),
    ({"seed": 2**32}, "argument `seed`: must be from 0 to 4294967295, not 4294967296"),
    ({"seed": 1.0}, "argument `seed`: must be a whole number, not 1.0"),
    ({"seed": True}, "argument `seed`: must be a whole number, not true"),
    ({"seed": "1"}, 'argument `seed`: must be a whole number, not "1"'),
    ({"scale": 0}, "argument `scale`: must be above 0 and at most 1, not 0"),
    ({"scale": 1.5}, "argument `scale`: must be above 0 and at most 1, not 1.5"),
    ({"scale": math.nan}, "argument `scale`: must be above 0 and at most 1, not nan"),
    ({"scale": 10**400}, "argument `scale`: must be a number that fits a float, not 1" + "0" * 36 + "..."),
    ({"scale": "0.1"}, 'argument `scale`: must be a number, not "0.1"'),
    ({"replications": 0}, "argument `replications`: must be at least 1, not 0"),
    ({"replications": 65_537}, "argument `replications`: at most 65536 replications have addresses of their own"),
    ({"replications": [2]}, "argument `replications`: must be a whole number, not [2]"),
]


@pytest.mark.parametrize(("given", "message"), IN_ARGUMENTS)
def test_a_mistake_in_a_call_is_blamed_on_the_argument(country: Country, given: dict[str, Any], message: str) -> None:
    for function in (load_scenario, run):
        with pytest.raises(InputError) as caught:
            function(country.scenario, **given)
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"workers": 0}, "argument `workers`: must be a whole number of at least 1, not 0"),
        ({"workers": 1.5}, "argument `workers`: must be a whole number of at least 1, not 1.5"),
        ({"sets": "run.seed=1"}, 'argument `sets`: must be a list of texts, not the one text "run.seed=1"'),
        ({"tables": "people"}, 'argument `tables`: must be a list of texts, not the one text "people"'),
    ],
)
def test_a_mistake_in_how_to_run_is_blamed_on_the_argument(
    country: Country, tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        run(country.scenario, out=tmp_path / "results", **given)
    assert str(caught.value) == message
    assert not (tmp_path / "results").exists()


def test_numbers_of_numpy_are_numbers(country: Country) -> None:
    held = load_scenario(country.scenario, seed=np.int64(3), scale=np.float64(0.5), replications=np.int32(4)).run  # type: ignore[arg-type]
    assert (held.seed, held.scale, held.replications) == (3, 0.5, 4)
    assert {type(number) for number in (held.seed, held.replications)} == {int}


def test_dates_of_a_file_that_do_not_fit_may_be_set_right(country: Country) -> None:
    country.spoil("base.toml", "end = 2020-01-01\n", "")
    assert country.load(sets=["run.end=2019-01-01"]).run.end == date(2019, 1, 1)


def test_several_mistakes_are_told_at_once_and_not_all_of_many(country: Country) -> None:
    two = country.refusal("[run]\nsed = 1\nstrat = 2000-01-01\n")
    assert two.split("\n") == [
        "reform.toml:4:1: run.sed: unknown key `sed` (did you mean `seed`?)",
        "reform.toml:5:1: run.strat: unknown key `strat` (did you mean `start`?)",
    ]
    many = country.refusal("".join(f"key{k} = {k}\n" for k in range(50)))
    assert len(many.split("\n")) == MOST


def test_mistakes_of_several_parameters_and_stages_are_told_together(country: Country) -> None:
    country.files[NUMBERS_FILE][0].write_text(
        NUMBERS.replace("value = 0.05", "value = -1").replace("value = 0.8", "value = 8")
    )
    told = country.refusal().split("\n")
    assert [line.split(": ")[1] for line in told] == ["way.straight.value", "post.left.value"]
    country.files[ROAD_FILE][0].write_text(ROAD.replace('"exam"', '"exma"').replace('"wait"', '"wiat"'))
    assert [line.split(": ")[1] for line in country.refusal().split("\n")] == ["stage.test.kind", "stage.paper.kind"]


def test_names_that_lead_nowhere_are_told_together(country: Country) -> None:
    country.files[ROAD_FILE][0].write_text(ROAD.replace('"way"', '"wya"').replace('"home"', '"hmoe"'))
    told = country.refusal().split("\n")
    assert [line.partition("unknown")[2] for line in told] == [
        " stage `wya` (did you mean `way`?)",
        " stage `hmoe` (did you mean `home`?)",
    ]


def test_a_number_that_the_pathway_needs_is_missed_and_one_that_it_does_not_need_refused(country: Country) -> None:
    country.spoil(NUMBERS_FILE, "[way.straight]", "[way.strait]")
    line, column = place(country.files[NUMBERS_FILE][0].read_text(), "[way.strait]")
    stage, _ = place(ROAD, "[stage.way]")
    assert country.refusal().split("\n") == [
        f"pathway.toml:{stage}:1: stage.way: the pathway needs a parameter `way.straight` (probability)"
        " (did you mean `way.strait`?)",
        f"parameters/numbers.toml:{line}:{column}: way.strait: nothing uses a parameter of this name"
        " (did you mean `way.straight`?)",
    ]


def test_a_parameter_defined_twice_is_refused_where_it_stands_again(country: Country) -> None:
    again = country.folder / "parameters" / "second.toml"
    again.write_text('\n[post.left]\nunit = "rate"\nvalue = 1\nevidence = "measured"\nsource = "census"\n')
    assert country.refusal() == "parameters/second.toml:2:1: post.left: `post.left` is defined already"


def test_a_source_that_nothing_cites_is_refused(country: Country) -> None:
    country.files[SOURCES_FILE][0].write_text(SOURCES + '[cencus]\ntitle = "Another"\n')
    assert country.refusal() == "sources.toml: cencus: nothing cites this source (did you mean `census`?)"


def test_scenarios_that_extend_each_other_are_refused_with_the_chain(country: Country) -> None:
    first = country.overlay("", "first.toml")
    first.write_text('title = "First"\nextends = "second.toml"\n')
    country.overlay("", "second.toml").write_text('title = "Second"\nextends = "first.toml"\n')
    with pytest.raises(InputError, match=r"extend each other in a loop: first\.toml -> second\.toml -> first\.toml"):
        load_scenario(first)
    first.write_text('title = "First"\nextends = "first.toml"\n')
    with pytest.raises(InputError, match=r"in a loop: first\.toml -> first\.toml"):
        load_scenario(first)


def test_a_base_that_does_not_exist_is_refused_with_the_nearest_file(country: Country) -> None:
    file = country.overlay("")
    file.write_text('title = "Reform"\nextends = "bse.toml"\n')
    with pytest.raises(
        InputError, match=r"reform.toml:2:1: extends: no such file: .*bse.toml \(did you mean `base.toml`"
    ):
        load_scenario(file)
    for name in ("a" * 5000, r"a\u0000b", ""):
        file.write_text(f'title = "Reform"\nextends = "{name}"\n')
        with pytest.raises(InputError, match=r"reform\.toml:2:1: extends: no such file"):
            load_scenario(file)


def test_a_scenario_stands_on_a_country_or_on_a_scenario_and_not_on_both(country: Country) -> None:
    message = "a scenario names either a `country` or the scenario it `extends`"
    assert country.refusal('country = "paper"\n') == f"reform.toml:2:1: extends: {message}"
    country.spoil(BASE, 'country = "paper"\n', "")
    assert country.refusal() == f"base.toml:1:1: {message}"


@pytest.mark.parametrize("key", ["start", "measured_from", "end"])
def test_a_missing_date_of_the_run_is_told(country: Country, key: str) -> None:
    country.spoil(BASE, next(line for line in SCENARIO.splitlines() if line.startswith(f"{key} =")), "")
    assert country.refusal() == f"base.toml: run.{key}: is missing"


def test_dates_of_a_reform_that_do_not_fit_those_of_its_base_are_told(country: Country) -> None:
    assert country.refusal("[run]\nend = 1990-01-01\n") == (
        "reform.toml:4:1: run.end: must be start < measured_from < end"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "is not UTF-8: it looks like UTF-16; save it as UTF-8"),
        (b"#" * (LARGEST + 1), "larger than 16 MB (16,777,216 bytes): this is no scenario"),
        (b"a = " + b"[" * 5000, "not valid TOML: nested more than 64 levels deep"),
        (b"a = " + b"1" * 5000, "not valid TOML: a number of too many digits"),
    ],
)
def test_what_is_no_text_or_no_toml_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "strange.toml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(f"{file}: {message}")):
        read_toml(file)


def test_what_cannot_be_read_is_refused_in_plain_words(tmp_path: Path) -> None:
    for file, message in ((tmp_path, "is a folder, not a file"), (tmp_path / "absent.toml", "no such file")):
        with pytest.raises(InputError, match=f"{file}: {message}"):
            read_toml(file)
    with pytest.raises(InputError, match="no such file"):
        read_toml(tmp_path / "a\0b")
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        read_toml(tmp_path / ("a" * 5000))


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(InputError, match="/dev/zero: is a device, not a file"):
        read_toml(Path("/dev/zero"))


def test_two_names_with_the_same_draws_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imgsim.base.randomness.addresses.decision", len)
    with pytest.raises(InputError, match="`two` and `one` have the same hash; rename one of them"):
        refuse_collisions(["one", "three", "two"])


def test_a_message_is_one_line_of_bounded_length_whatever_is_quoted() -> None:
    told = str(InputError("unknown key `a\nb\x1b[31m`", file="f.toml", line=1))
    assert told == r"f.toml:1: unknown key `a\nb\x1b[31m`"
    assert len(str(InputError("x" * 10_000))) == 500


def test_an_error_keeps_its_lines_on_its_way_from_a_worker() -> None:
    error = InputError.together([InputError("one", file="a"), InputError("two")])
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), back.exit_code, type(back)) == ("a: one\ntwo", 2, InputError)


def test_collected_problems_do_not_hide_other_errors() -> None:
    problems = Problems()
    with pytest.raises(ZeroDivisionError), problems:
        _ = 1 / 0
    with problems:
        raise InputError("one")
    with pytest.raises(InputError, match="one"):
        problems.refuse()


def test_the_nearest_name_is_none_if_none_is_alike() -> None:
    assert nearest("atempts", ["attempts", "passed"]) == "attempts"
    assert nearest("xyz", ["attempts", "passed"]) is None


def test_a_key_without_a_place_of_its_own_is_placed_with_its_parent(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('top = 1\n\n[a.b]\n"c.d" = { e = [1, { f = 2 }] }\n\n[[list]]\nx = 1\n\n[[list]]\nx = 2\n')
    assert locate(file, ("a", "b", "c.d", "e", 1, "f")) == (4, 21)
    assert locate(file, ("a", "b", "absent")) == (3, 1)
    assert locate(file, ("list", 1, "x")) == (10, 1)
    assert locate(file, ("absent",)) == (1, 1)
    assert locate(tmp_path / "absent.toml", ("a",)) == (None, None)


PIECES = ["[", "]", "{", "}", '"', "=", ".", "\n", ",", "true", "-1", "1e999", "nan", "2020-02-30", "''", "\\", "[[change]]",
          "of", "by", "value", '"\\u0000"', "9" * 400, "0.5", "{}", "[]", "é"]  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn, text: str) -> str:
    """A text with a few pieces cut out, doubled or put in where nobody expects them."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from([*PIECES, text[start:end] * 2, ""])) + text[end:]
    return text


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
REFORM = CHANGE + '[parameter.cost.fee]\nunit = "USD"\nvalue = 3\nevidence = "measured"\nsource = "census"\n'


@settings(suppress_health_check=SLOW, max_examples=80)
@given(spoiled(REFORM), spoiled(SCENARIO))
def test_no_reform_however_spoiled_ends_in_a_traceback(country: Country, reform: str, base: str) -> None:
    said: list[str] = []
    for base_text in (SCENARIO, base):
        country.scenario.write_text(base_text)
        try:
            country.load(reform)
        except InputError as error:
            said.append(str(error))
    assert all(line for told in said for line in told.split("\n"))


@settings(suppress_health_check=SLOW, max_examples=80)
@given(spoiled(ROAD), spoiled(NUMBERS), spoiled(SOURCES))
def test_no_country_however_spoiled_ends_in_a_traceback(
    country: Country, road: str, numbers: str, sources: str
) -> None:
    for name, text in ((ROAD_FILE, road), (NUMBERS_FILE, numbers), (SOURCES_FILE, sources)):
        country.files[name][0].write_text(text)
    said: list[str] = []
    for read in (
        lambda: load_pathway(country.files[ROAD_FILE][0]),
        lambda: read_parameters([country.files[NUMBERS_FILE][0]]),
        lambda: read_sources(country.folder),
        country.load,
    ):
        try:
            read()
        except InputError as error:
            said.append(str(error))
    assert all(line for told in said for line in told.split("\n"))
