# ruff: noqa: E501 -- a case of the tables is best read in one line
"""Odd inputs, one a line: each is refused with its place and value, or taken for a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.inputs.new_country import new_country
from imgsim.inputs.scenarios.load import load_scenario

TAKEN = "taken"  # begins the reason for which an odd input is sensible
PASSED, ATTEMPTS = "value = 0.6\n", "value = 4\n"
ENTRANTS_OF_2020 = "  { from = 2020-01-01, of = { nationals = 150, immigrants = 500 } },\n"
STOCK = '[population.stock]\nunit = "count"\nvalue = 10\nevidence = "assumed"\nwhy = "x"\nrange = [0, 20]\n\n[population.stock_age]\nunit = "years"\nvalue = 50\nevidence = "assumed"\nwhy = "x"\nrange = [40, 60]\n\n'

# A text NAME=VALUE of the command line, and what is said of it.
ON_THE_COMMAND_LINE = [
    ("exam.licensing.attempts=2.5", "exam.licensing.attempts: 2.5 is no whole number (count)"),
    ("exam.licensing.attempts=0.2", "exam.licensing.attempts: 0.2 is no whole number (count)"),
    ("exam.licensing.attempts=-1", "exam.licensing.attempts: -1 is outside 0 to 999 (count)"),
    ("exam.licensing.attempts=1000", "exam.licensing.attempts: 1000 is outside 0 to 999 (count)"),
    ("exam.licensing.attempts=0", "taken: nobody may sit"),
    ("exam.licensing.attempts=true", "`true` is no number in `exam.licensing.attempts=true`"),
    ("exam.licensing.attempts=four", "`four` is no number in `exam.licensing.attempts=four`"),
    ("exam.licensing.attempts=", "`exam.licensing.attempts=` is no NAME=VALUE"),
    ("exam.licensing.attempts", "`exam.licensing.attempts` is no NAME=VALUE"),
    ("=4", "`=4` is no NAME=VALUE"),
    ("exam.licensing.attemps=4", "exam.licensing.attemps: unknown parameter (did you mean `exam.licensing.attempts`?)"),
    ("exam.licensing.attempts[nationals]=4", "exam.licensing.attempts: has one value for everybody, none of `nationals`"),
    ("exam.licensing.attempts[=4", "`exam.licensing.attempts[=4` is no NAME[category]=VALUE"),
    ("exam.licensing.attempts[]=4", "`exam.licensing.attempts[]=4` is no NAME[category]=VALUE"),
    ("population.entrants[martians]=4", "population.entrants: unknown group `martians`"),
    ("population.entrants[nationals]=4.5", "taken: entrants are expected numbers"),
    ("population.entrants=1e7", "population.entrants: 1e7 is outside 0 to 1000000 (count)"),
    ("exam.licensing.per_year=0.5", "exam.licensing.per_year: 0.5 is no whole number (count)"),
    ("exam.licensing.per_year=400", "exam.licensing.per_year: 400 is outside 0 to 366 (count)"),
    ("exam.licensing.per_year=0", "taken: no sitting is allowed"),
    ("exam.licensing.passed=1.0000001", "exam.licensing.passed: 1.0000001 is outside 0 to 1 (probability)"),
    ("exam.licensing.passed=-0.1", "exam.licensing.passed: -0.1 is outside 0 to 1 (probability)"),
    ("exam.licensing.passed=60%", "`60%` is no number in `exam.licensing.passed=60%`"),
    ("exam.licensing.passed=0,6", "`0,6` is no number in `exam.licensing.passed=0,6`"),
    ("exam.licensing.passed=nan", "`nan` is no number in `exam.licensing.passed=nan`"),
    ("exam.licensing.passed=inf", "`inf` is no number in `exam.licensing.passed=inf`"),
    ("exam.licensing.prepare=-1", "exam.licensing.prepare: -1 is outside 0 to 366000 (days)"),
    ("exam.licensing.prepare=366001", "exam.licensing.prepare: 366001 is outside 0 to 366000 (days)"),
    ("exam.licensing.prepare=9e99", "exam.licensing.prepare: 9e99 is outside 0 to 366000 (days)"),
    ("exam.licensing.prepare=0.5", "taken: a median may be half a day"),
    ("exam.licensing.prepare=07-01", "exam.licensing.prepare: must be a number (days), not a month and day"),
    ("exam.licensing.prepare.sd_log=6", "exam.licensing.prepare.sd_log: 6 is outside 0 to 5 (number)"),
    ("exam.licensing.prepare.sd_log=-0.1", "exam.licensing.prepare.sd_log: -0.1 is outside 0 to 5 (number)"),
    ("exam.licensing.late_gap=9e99", "exam.licensing.late_gap: 9e99 is outside 0 to 366000 (days)"),
    ("exam.licensing.passed.odds.ability=-1", "exam.licensing.passed.odds.ability: -1 is outside 0 to 1000000 (factor)"),
    ("match.places=2.5", "match.places: 2.5 is no whole number (count)"),
    ("match.places=-3", "match.places: -3 is outside 0 to 1000000 (count)"),
    ("match.places=0", "taken: nobody is placed"),
    ("match.opens=13-01", "`13-01` is no month and day in `match.opens=13-01`"),
    ("match.opens=02-29", "`02-29` is no month and day in `match.opens=02-29`"),
    ("match.opens=0901", "match.opens: must be set to a month and day such as 07-01"),
    ("match.merit=500", "match.merit: 500 is outside -100 to 100 (score)"),
    ("match.merit.spread=-1", "match.merit.spread: -1 is outside 0 to 100 (number)"),
    ("residency.completed=1001", "residency.completed: 1001 is outside 0 to 1000 (years)"),
    ("residency.completed=0", "taken: training that takes no time"),
    ("residency.left=-0.1", "residency.left: -0.1 is outside 0 to 1000 (rate)"),
    ("residency.left=1e6", "residency.left: 1e6 is outside 0 to 1000 (rate)"),
    ("population.age_at_graduation=400", "population.age_at_graduation: 400 is outside 15 to 80 (years)"),
    ("population.age_at_graduation=3", "population.age_at_graduation: 3 is outside 15 to 80 (years)"),
    ("population.entry_after=100", "population.entry_after: 100 is outside 0 to 80 (years)"),
    ("population.entry_before=25", "population.entry_before: 25 is outside 0 to 20 (years)"),
    ("population.experience=-1", "population.experience: -1 is outside 0 to 80 (years)"),
    ("population.needs_visa=2", "population.needs_visa: 2 is outside 0 to 1 (probability)"),
    ("clock.death=9e99", "clock.death: 9e99 is outside 0 to 1000 (years)"),
    ("clock.death.scale=0", "clock.death.scale: 0 is outside 0.1 to 1000 (number)"),
    ("clock.death.scale=-9", "clock.death.scale: -9 is outside 0.1 to 1000 (number)"),
    ("clock.retirement=-67", "clock.retirement: -67 is outside 0 to 1000 (years)"),
    ("livelihood.clinical.in_practice=0.5", "livelihood.clinical.in_practice: 0.5 is no whole number (flag)"),
    ("livelihood.clinical.in_practice=2", "livelihood.clinical.in_practice: 2 is outside 0 to 1 (flag)"),
    ("livelihood.preparing.survival_job=1e9", "livelihood.preparing.survival_job: 1e9 is outside 0 to 1000 (rate)"),
    ("livelihood.start.preparing=1.5", "livelihood.start.preparing: 1.5 is outside 0 to 1 (probability)"),
    ("run.seed=-1", "run.seed: must be from 0 to 4294967295, not -1"),
    ("run.seed=18446744073709551617", "run.seed: must be from 0 to 4294967295, not 18446744073709551617"),
    ("run.seed=1.5", "`1.5` is no whole number in `run.seed=1.5`"),
    ("run.replications=0", "run.replications: must be at least 1, not 0"),
    ("run.replications=1000000000", "run.replications: at most 65536 replications have addresses of their own"),
    ("run.replications=2.5", "`2.5` is no whole number in `run.replications=2.5`"),
    ("population.scale=0", "population.scale: must be above 0 and at most 1, not 0"),
    ("population.scale=-1", "population.scale: must be above 0 and at most 1, not -1"),
    ("population.scale=1.0000001", "population.scale: must be above 0 and at most 1, not 1.0000001"),
    ("population.scale=nan", "`nan` is no number in `population.scale=nan`"),
    ("run.start=2009-01-01", "run.start: must be start < measured_from < end"),
    ("run.start=2008-01-01", "run.start: must be start < measured_from < end"),
    ("run.start=2000-13-01", "`2000-13-01` is no date in `run.start=2000-13-01`"),
    ("run.start=2000", "`2000` is no date in `run.start=2000`"),
    ("run.start=2000-07-15", "taken: a run may begin on any day"),
    ("run.start=9999-12-31", "run.start: must be "),
    ("run.end=1990-01-01", "run.end: must be start < measured_from < end"),
    ("run.measured_from=1999-01-01", "run.measured_from: must be start < measured_from < end"),
    ("run.measured_from=2040-01-01", "run.measured_from: must be start < measured_from < end"),
    ("run.years=4", "unknown setting `run.years` (did you mean `run.start`?)"),
]  # fmt: skip

# A file of a small country, what stands in it, what is put there, and what is said of it.
IN_FILES = [
    ("exams", PASSED, 'value = "0.6"\n', 'exam.licensing.passed.value: must be a number, not "0.6"'),
    ("exams", PASSED, "value = true\n", "exam.licensing.passed.value: must be a number, not true"),
    ("exams", PASSED, "value = 1.0000001\n", "exam.licensing.passed.value: 1.0000001 is outside 0 to 1 (probability)"),
    ("exams", PASSED, "value = 0.9\n", "exam.licensing.passed.value: 0.9 is outside its own `range`, 0.4 to 0.8"),
    ("exams", PASSED, "value = [0.6]\n", "exam.licensing.passed.value: must be a number, not [0.6]"),
    ("exams", PASSED, "value = nan\n", "exam.licensing.passed.value: must be a finite number, not nan"),
    ("exams", PASSED, "values = []\n", "exam.licensing.passed.values: needs at least one value"),
    ("exams", PASSED, "values = [{ value = 0.6 }, { value = 0.7 }]\n", "values[2]: dates must increase from row to row"),
    ("exams", PASSED, "values = [{ from = 2005-01-01, value = 0.6 }, { from = 2005-01-01, value = 0.7 }]\n", "values[2].from: dates must increase"),
    ("exams", PASSED, "values = [{ from = 2005-01-01, value = 0.6 }, { from = 2004-01-01, value = 0.7 }]\n", "values[2].from: dates must increase"),
    ("exams", PASSED, "values = [{ value = 0.6 }, { from = 2006-01-01, value = 0.9 }]\n", "values[2].value: 0.9 is outside its own `range`, 0.4 to 0.8"),
    ("exams", PASSED, "values = [{ from = 2005-01-01 }]\n", "exam.licensing.passed.values[1]: `value` is missing"),
    ("exams", PASSED, 'between = "linear"\nvalue = 0.6\n', "exam.licensing.passed.between: only count, USD, CAD, score, number can run linearly"),
    ("exams", "[0.4, 0.8]", "[0.8, 0.4]", "exam.licensing.passed.range: must be [low, high], not [0.8, 0.4]"),
    ("exams", "[0.4, 0.8]", "[0.4]", "exam.licensing.passed.range: must be [low, high], not [0.4]"),
    ("exams", "[0.4, 0.8]", "[]", "exam.licensing.passed.range: must be [low, high], not []"),
    ("exams", "[0.4, 0.8]", '["0.4", "0.8"]', "exam.licensing.passed.range: must be [low, high], not ['0.4', '0.8']"),
    ("exams", "[0.4, 0.8]", "[-5, 10]", "exam.licensing.passed.range: reaches beyond 0 to 1"),
    ("exams", "[0.4, 0.8]", "[0.6, 0.6]", "taken: a value about which nothing is uncertain"),
    ("exams", "[0.4, 0.8]", "[0.4, 0.8]\nbounds = [0, 2]", "exam.licensing.passed.bounds: can only be narrower than 0 to 1 (probability)"),
    ("exams", "[0.4, 0.8]", "[0.4, 0.8]\nbounds = [0.7, 0.8]", "exam.licensing.passed.value: 0.6 is outside 0.7 to 0.8 (probability)"),
    ("exams", ATTEMPTS, "value = 4.5\n", "exam.licensing.attempts.value: 4.5 is no whole number (count)"),
    ("exams", ATTEMPTS, "value = 4.0\n", "taken: four, with a point"),
    ("exams", ATTEMPTS, "value = 99999999999999999999\n", "exam.licensing.attempts.value: 99999999999999999999 is outside 0 to 999 (count)"),
    ("exams", ATTEMPTS, 'between = "linear"\nvalues = [{ from = 2000-01-01, value = 4 }, { from = 2010-01-01, value = 6 }]\n', "exam.licensing.attempts.between: whole numbers go by steps"),
    ("exams", "value = 270", "value = -270", "exam.licensing.prepare.value: -270 is outside 0 to 366000 (days)"),
    ("exams", "value = 270", 'distribution = "normal"\nvalue = 270', "unknown distribution `normal`; one of lognormal, gompertz, exponential"),
    ("exams", "value = 270", 'distribution = "gompertz"\nvalue = 270', "exam.licensing.prepare: a gompertz duration needs `exam.licensing.prepare.scale`"),
    ("people", "value = 25\n", "value = 400\n", "population.age_at_graduation.value: 400 is outside 15 to 80 (years)"),
    ("people", "nationals = 100, immigrants = 300", "nationals = 100", "population.entrants.values[2].of.immigrants: the first row gives every category"),
    ("people", "nationals = 100, immigrants = 300", "nationals = 100, immigrants = 3, martians = 3", "population.entrants: unknown group `martians`"),
    ("people", "nationals = 100, immigrants = 300", "nationals = 100, nationals = 300", "not valid TOML: Duplicate inline table key"),
    ("people", "nationals = 100, immigrants = 300", "nationals = -100, immigrants = 300", "values[1].of.nationals: -100 is outside 0 to 1000000 (count)"),
    ("people", ENTRANTS_OF_2020, "", "population.entrants.between: a line needs values on two dates at least"),
    ("people", "{ from = 2000-01-01, of", "{ of", "population.entrants.values: a line needs dates: the first value has none"),
    ("people", 'by = "group"', 'by = "planet"', "population.entrants: values cannot be given by `planet`"),
    ("people", "[population.needs_visa]", f"{STOCK}[population.needs_visa]", "population.stock: needs the day of its census"),
    ("people", "[population.needs_visa]", f"{STOCK.replace('value = 10', 'values = [{ from = 1999-12-31, value = 10 }]')}[population.needs_visa]", "run.start: 2000-01-01 is after 1999-12-31, the census day of `population.stock`"),
    ("work", 'distribution = "gompertz"', 'distribution = "exponential"', "clock.death.scale: an exponential duration has no parameter but its mean"),
    ("match", 'value = "09-01"', 'value = "9-1"', "match.opens.value: must be a month and day such as 07-01"),
    ("match", 'value = "09-01"', "value = 901", "match.opens.value: must be a text in quotes, not 901"),
    ("match", "value = 150", "value = 150.5", "match.places.value: 150.5 is no whole number (count)"),
    ("match", "value = 150", "value = 1e3", "match.places.value: 1000 is outside its own `range`, 100 to 250"),
    ("", "replications = 10", "replications = 10.0", "run.replications: must be a whole number, not 10.0"),
    ("", "replications = 10", "replications = 1000000000", "run.replications: at most 65536 replications"),
    ("", "seed = 1", "seed = 18446744073709551616", "run.seed: must be from 0 to 4294967295, not 18446744073709551616"),
    ("", "seed = 1", 'seed = "1"', 'run.seed: must be a whole number, not "1"'),
    ("", "scale = 1 ", "scale = 1.0000001 ", "population.scale: must be above 0 and at most 1, not 1.0000001"),
    ("", "scale = 1 ", "scale = true ", "population.scale: must be a number, not true"),
    ("", "start = 2000-01-01", "start = 2031-01-01", "run.end: must be start < measured_from < end"),
    ("", "start = 2000-01-01", "start = 2000", "run.start: must be a date such as 2021-07-01, not 2000"),
    ("", "start = 2000-01-01", "start = 2000-07-15", "taken: a run may begin on any day"),
    ("", "end = 2031-01-01\n", "", "run.end: is missing"),
]  # fmt: skip

# What a change says beside the parameter `match.places` (150 places), and what is said of it.
IN_CHANGES = [
    ("value = 10.5", "match.places: 10.5 is no whole number (count)"),
    ('value = "10"', "change[1].value: must be a number"),
    ("value = true", "change[1].value: must be a number, not true"),
    ("", "change[1]: a change gives one of `value`, `scale` and `add`"),
    ("value = 10\nscale = 2", "change[1].value: a change gives one of `value`, `scale` and `add`"),
    ("scale = -1", "match.places: -150 is outside 0 to 1000000 (count)"),
    ("scale = 1e300", "match.places: 1.5000000000000001e+302 is outside 0 to 1000000 (count)"),
    ("scale = nan", "change[1].scale: must be a finite number, not nan"),
    ("scale = 0", "taken: no places"),
    ("scale = 1.01", "taken: places are shared out by chance, so that one and a half are in one year one and in another two"),
    ("add = -200", "match.places: -50 is outside 0 to 1000000 (count)"),
    ("value = 10\nfrom = 2010-01-01\nuntil = 2010-01-01", "change[1].until: `until` must come after `from`"),
    ("value = 10\nfrom = 2010-01-01\nuntil = 2009-01-01", "change[1].until: `until` must come after `from`"),
    ("value = 10\nfrom = 2010", "change[1].from: must be a date such as 2021-07-01, not 2010"),
    ('value = 10\nof = "x"', "match.places: has one value for everybody, none of `x`"),
    ('value = 10\njoin = "linear"', "change[1].join: `join` needs `from`"),
    ("vlaue = 10", "change[1].vlaue: unknown key `vlaue` (did you mean `value`?)"),
]  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    new_country("atlantis", folder)
    return folder


def answer(scenario: Path, *sets: str) -> str:
    """What is said of a scenario; nothing if it is taken."""
    try:
        load_scenario(scenario, sets)
    except InputError as error:
        return str(error)
    return ""


def judge(told: str, message: str) -> None:
    """Compare what is said of an input with what should be."""
    if message.startswith(TAKEN):
        assert told == ""
    else:
        assert message in told
        assert all(len(line) < 400 for line in told.split("\n"))


def test_there_are_enough_of_them() -> None:
    assert len(ON_THE_COMMAND_LINE) + len(IN_FILES) + len(IN_CHANGES) >= 140


@pytest.mark.parametrize(("text", "message"), ON_THE_COMMAND_LINE)
def test_an_odd_setting_is_refused_or_taken_for_a_reason(small: Path, text: str, message: str) -> None:
    told = answer(small / "atlantis.toml", text)
    judge(told, message)
    assert told == "" or told.startswith("--set: ")


@pytest.mark.parametrize(("name", "old", "new", "message"), IN_FILES)
def test_an_odd_file_is_refused_or_taken_for_a_reason(small: Path, name: str, old: str, new: str, message: str) -> None:
    file = small / "atlantis" / "parameters" / f"{name}.toml" if name else small / "atlantis.toml"
    text = file.read_text("utf-8")
    assert old in text
    try:
        file.write_text(text.replace(old, new, 1), "utf-8")
        judge(answer(small / "atlantis.toml"), message)
    finally:
        file.write_text(text, "utf-8")


@pytest.mark.parametrize(("text", "message"), IN_CHANGES)
def test_an_odd_change_is_refused_or_taken_for_a_reason(small: Path, text: str, message: str) -> None:
    file = small / "changed.toml"
    change = f'[[change]]\nparameter = "match.places"\nwhy = "so"\n{text}\n'
    file.write_text(f'title = "t"\nextends = "atlantis.toml"\n{change}', "utf-8")
    judge(answer(file), message)


def test_of_two_settings_of_one_name_the_last_counts(small: Path) -> None:
    sets = ["match.places=1", "run.seed=1", "match.places=7", "run.seed=2"]
    scenario = load_scenario(small / "atlantis.toml", sets)
    assert (scenario.parameters.value("match.places", 0), scenario.run.seed) == (7, 2)
