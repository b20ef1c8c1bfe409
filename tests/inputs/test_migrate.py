"""Beliefs about renamed keys: an old one is answered with the new name, and `imgsim migrate` rewrites files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders import paper
from builders.paper import Country

from imgsim.base.errors import InputError
from imgsim.cli.main import main
from imgsim.experiments.calibrate.calibration_parameters import load_calibration_parameters
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.migrate import migrate
from imgsim.inputs.renamed import RENAMED
from imgsim.inputs.scenarios.load import load_scenario

OLD_ROAD = (
    paper.ROAD.replace("applies_in", "strikes").replace("starts_timer", "starts").replace("sets_flag", "sets")
    + '[stage.more]\nkind = "wait"\nlabel = "More"\nphase = "papers"\nnext = { done = "gone" } # a remark\n'
    + 'status = { done = { citizen = "yes" } }\nadds = { done = ["seasons"] }\nready = ["done"]\n'
)
OLD_ROAD = OLD_ROAD.replace('refused = "gone", done = "way"', 'refused = "more", done = "way"')
OLD_NUMBERS = paper.NUMBERS.replace("evidence =", "standing =").replace("sd_log", "spread") + (
    "\n# a line of its own\n[more.done]\nsame_as = 'test.prepare'  # single quotes stay\n"
    '[more.done.spread]\nsame_as = "test.prepare.spread"\n'
)
OLD_REFORM = """\
title = "More"
actor = "Somebody"
document = "A bill"
date = 2010-01-01
base = "paper"
not_modelled = []

[dose.size]      # how much of it
says = "how much"
unit = "share"
value = 1
low = 0.5
high = 1.5
why = "unknown"

[[change]]
parameter = "test.passed"
from = 2010-01-01
value = { dose = "size", plus = 0.1, times = 0.5 }
why = "reform"

[[change]]
parameter = "test.prepare.spread"
from = 2010-01-01
value = 0.2
why = "reform"
"""


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Country:
    """The country on paper."""
    return Country(tmp_path, monkeypatch)


def write_old(country: Country) -> list[Path]:
    """Put every file of the country as it was written before 0.2; a reform beside it."""
    road, numbers = (country.files[name][0] for name in ("pathway.toml", "numbers.toml"))
    reform = country.scenario.parent / "more.toml"
    for file, text in ((road, OLD_ROAD), (numbers, OLD_NUMBERS), (reform, OLD_REFORM)):
        file.write_text(text)
    return [road, numbers, reform]


# File, what stands in it, what is put there, what must be said.
OLD_KEYS = [
    ("pathway.toml", "starts_timer = {", "starts = {", "stage.test.starts", "starts_timer"),
    ("pathway.toml", "sets_flag = {", "sets = {", "stage.test.sets", "sets_flag"),
    ("pathway.toml", "sets_flag = {", "status = {", "stage.test.status", "sets_trait"),
    ("pathway.toml", "sets_flag = {", "adds = {", "stage.test.adds", "increments"),
    ("pathway.toml", "sets_flag = {", "ready = {", "stage.test.ready", "completes_file"),
    ("pathway.toml", 'applies_in = ["test"]', 'strikes = ["test"]', "clock.patience.strikes", "applies_in"),
    ("pathway.toml", "[flags]", "[become.paper]\n[flags]", "become", "maps_groups"),
    ("pathway.toml", "[flags]", "[instead.paper]\n[flags]", "instead", "redirects"),
    ("numbers.toml", 'evidence = "derived"', 'standing = "derived"', "test.prepare.standing", "evidence"),
    ("numbers.toml", "{ value = 0.5 }", "{ value = 0.5, standing = 1 }", "test.passed.values[1].standing", "evidence"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "key", "now"), OLD_KEYS)
def test_an_old_key_is_answered_with_its_new_name(
    country: Country, name: str, old: str, new: str, key: str, now: str
) -> None:
    country.spoil(name, old, new)
    was = re.split(r"[.\[]", key)[-1]
    said = country.refusal()
    assert re.match(rf"{'parameters/' if name == 'numbers.toml' else ''}{re.escape(name)}:\d+:\d+: ", said), said
    assert said.endswith(f"{key}: `{was}` was renamed to `{now}` in 0.2 (imgsim migrate FILE rewrites it)")


OLD_REFORM_KEYS = [
    ("[dose.size]", "[dose.size]", "8:1: dose: `dose` was renamed to `lever`"),
    ("[dose.size]", "[lever.size]", "9:1: lever.size.says: `says` was renamed to `label`"),
]


@pytest.mark.parametrize(("old", "new", "said"), OLD_REFORM_KEYS)
def test_an_old_key_of_a_reform_is_answered_with_its_new_name(country: Country, old: str, new: str, said: str) -> None:
    file = country.scenario.parent / "more.toml"
    file.write_text(OLD_REFORM.replace(old, new))
    with pytest.raises(InputError, match=re.escape(said)):
        load_scenario(country.scenario, reforms=[file])


def test_a_dose_in_an_amount_is_answered_with_lever(country: Country) -> None:
    file = country.scenario.parent / "more.toml"
    file.write_text(OLD_REFORM.replace("[dose.", "[lever.").replace("says =", "label ="))
    with pytest.raises(InputError, match=r"19:11: change\[1\].value.dose: `dose` was renamed to `lever` in 0\.2"):
        load_scenario(country.scenario, reforms=[file])


def test_an_old_knob_is_answered_with_parameter(tmp_path: Path) -> None:
    (tmp_path / "calibration.toml").write_text('[[knob]]\nname = "a"\n')
    with pytest.raises(InputError, match=r"1:1: knob: `knob` was renamed to `parameter` in 0\.2"):
        load_calibration_parameters(tmp_path)


WAIT = 'kind = "wait"\nlabel = "Paper"\nphase = "papers"\nnext = { refused = "gone", done = "way" }'
ROUND = 'kind = "round"\nmechanism = "quota"\nlabel = "Paper"\nphase = "papers"\n' + (
    'next = { placed = "way", unplaced = "gone", ineligible = "gone" }'
)


def test_a_quota_is_answered_with_lottery(country: Country) -> None:
    line = country.spoil("pathway.toml", WAIT, ROUND)
    said = f"pathway.toml:{line + 1}:1: stage.paper.mechanism: `quota` was renamed to `lottery` in 0.2"
    assert country.refusal().startswith(said)


@pytest.mark.parametrize(
    ("sets", "text"),
    [
        (["test.prepare.spread=0.2"], None),
        ((), '[[change]]\nparameter = "test.prepare.spread"\nfrom = 2010-01-01\nvalue = 0.2\nwhy = "w"\n'),
    ],
)
def test_a_change_of_a_spread_is_answered_with_the_name_it_has_now(
    country: Country, sets: list[str], text: str | None
) -> None:
    assert "`test.prepare.spread` was renamed to `test.prepare.sd_log` in 0.2" in country.refusal(text, sets)


def test_a_spread_of_a_duration_is_answered_by_its_distribution(country: Country) -> None:
    country.spoil("numbers.toml", "[test.prepare.sd_log]", "[test.prepare.spread]")
    assert "`test.prepare.spread` was renamed to `test.prepare.sd_log` in 0.2" in country.refusal()


def test_a_lognormal_duration_has_no_scale(country: Country) -> None:
    country.spoil("numbers.toml", "[test.prepare.sd_log]", "[test.prepare.scale]")
    assert country.refusal().endswith("test.prepare.scale: a lognormal duration has `test.prepare.sd_log`")


def test_a_gompertz_duration_has_a_scale_and_an_exponential_one_nothing(country: Country) -> None:
    more = '\n[clock.patience.sd_log]\nvalue = 1\nevidence = "measured"\nsource = "census"\n'
    file, text = country.files["numbers.toml"]
    file.write_text(text + more)
    assert country.refusal().endswith("clock.patience.sd_log: an exponential duration has no parameter but its mean")
    file.write_text(text.replace('"exponential"', '"gompertz"') + more)
    assert country.refusal().endswith("clock.patience.sd_log: a gompertz duration has `clock.patience.scale`")


def test_files_of_before_load_once_they_are_migrated_and_say_what_they_said(country: Country) -> None:
    *_, reform = write_old(country)
    with pytest.raises(InputError, match="was renamed"):
        load_scenario(country.scenario, reforms=[reform])
    migrate([country.scenario.parent])
    scenario = load_scenario(country.scenario, reforms=[reform])
    more, test = scenario.pathway.stages["more"], scenario.pathway.stages["test"]
    assert (more.sets_trait, more.increments, more.completes_file) == (
        {"done": {"citizen": "yes"}},
        {"done": ("seasons",)},
        ("done",),
    )
    assert (test.starts_timer, test.sets_flag) == ({"passed": ("validity",)}, {"passed": ("marked",)})
    assert scenario.pathway.timers["patience"].applies_in.stages == ("test",)
    assert scenario.parameters["more.done.sd_log"].rows[""][0].evidence == "assumed"
    assert scenario.reforms[0].levers["size"].label == "how much"
    assert scenario.parameters.value("test.prepare.sd_log", 365 * 45) == 0.2


def undone(text: str) -> str:
    """A text with every new name put back: what must be left of a migration is nothing but these."""
    old = {new: old for names in RENAMED.values() for old, new in names.items() if new != "parameter"} | {
        "sd_log": "spread"
    }
    return re.sub(
        r"\b(" + "|".join(old) + r")\b", lambda found: old[found[0]], text.replace('label = "how', 'says = "how')
    )


def test_nothing_else_of_a_file_is_touched(country: Country) -> None:
    files = write_old(country)
    migrate(files)
    for file, before in zip(files, (OLD_ROAD, OLD_NUMBERS, OLD_REFORM), strict=True):
        assert undone(file.read_text()).replace("label =", "says =") == before.replace("label =", "says =")
    assert "# a remark" in files[0].read_text()
    assert "# how much of it" in files[2].read_text()
    assert "'test.prepare'  # single quotes stay" in files[1].read_text()


def test_a_second_migration_finds_nothing(country: Country) -> None:
    files = write_old(country)
    assert all(done.renamed for done in migrate(files))
    first = [file.read_bytes() for file in files]
    assert not any(done.renamed for done in migrate(files))
    assert [file.read_bytes() for file in files] == first


def test_what_ships_needs_no_migration() -> None:
    shipped = [COUNTRIES, Path("scenarios"), Path("benchmarks")]
    assert [done.summary() for done in migrate(shipped, write=False) if done.renamed] == []


def test_a_name_goes_by_the_distribution_of_its_duration(tmp_path: Path) -> None:
    folder = tmp_path / "parameters"
    folder.mkdir()
    (folder / "a.toml").write_text('[x]\nunit = "years"\ndistribution = "gompertz"\nvalue = 1\n[y]\nsame_as = "x"\n')
    (folder / "b.toml").write_text(
        '[x.spread]\nvalue = 1\n["y.spread"]\nvalue = 1\n[z]\nunit = "days"\nvalue = 1\nspread.value = 2\n'
        '[merit]\nunit = "score"\nvalue = 0\n[merit.spread]\nvalue = 1\n[x.spread.times.ability]\nvalue = 1\n'
    )
    migrate([folder])
    assert (folder / "b.toml").read_text() == (
        '[x.scale]\nvalue = 1\n["y.scale"]\nvalue = 1\n[z]\nunit = "days"\nvalue = 1\nsd_log.value = 2\n'
        '[merit]\nunit = "score"\nvalue = 0\n[merit.spread]\nvalue = 1\n[x.scale.times.ability]\nvalue = 1\n'
    )


def test_rows_of_a_calibration_follow_the_names_of_their_country(tmp_path: Path) -> None:
    folder = tmp_path / "parameters"
    folder.mkdir()
    (folder / "a.toml").write_text('[x]\nunit = "days"\nvalue = 1\n')
    file = tmp_path / "calibration.toml"
    file.write_text('[[knob]]  # turned\nname = "a"\nrows = ["x", "x.spread[b|c]@2010-07-01"]\n')
    migrate([file])
    assert file.read_text() == '[[parameter]]  # turned\nname = "a"\nrows = ["x", "x.sd_log[b|c]@2010-07-01"]\n'


def test_a_dry_run_shows_the_change_and_writes_nothing(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    *_, reform = write_old(country)
    assert main(["migrate", str(reform), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "-[dose.size]      # how much of it\n" in said
    assert "+[lever.size]      # how much of it\n" in said
    assert reform.read_text() == OLD_REFORM


def test_the_command_says_what_it_renamed(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    *_, reform = write_old(country)
    assert main(["migrate", str(reform)]) == 0
    dispersion = "`test.prepare.spread` -> `test.prepare.sd_log` (1)"
    assert capsys.readouterr().out == f"{reform}: `dose` -> `lever` (2), `says` -> `label` (1), {dispersion}\n"


def test_nothing_is_written_if_one_file_is_broken(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    _, numbers, reform = write_old(country)
    reform.write_text(f"{OLD_REFORM}\n[dose.size\n")
    assert main(["migrate", str(numbers), str(reform)]) == 2
    assert re.search(r"more\.toml:\d+:\d+: not valid TOML", capsys.readouterr().err)
    assert numbers.read_text() == OLD_NUMBERS


REFUSED = [
    ('[x]\nevidence = "measured"\nstanding = "measured"\nvalue = 1\n', "a.toml:3:1: x.standing: both `standing` and"),
    (None, "no such file"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_cannot_be_rewritten_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "a.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(InputError, match=re.escape(said)):
        migrate([file])
    assert text is None or file.read_text() == text


def test_a_law_is_a_rule_and_counts_as_such(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    country.spoil("numbers.toml", 'evidence = "derived"', 'evidence = "rule"')
    assert country.load().parameters["test.prepare"].rows[""][0].evidence == "rule"
    assert main(["check", str(country.scenario)]) == 0
    assert "(5 rule, " in capsys.readouterr().out  # the time to prepare and the four numbers that are the same as it


def test_a_folder_without_toml_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no TOML file in this folder"):
        migrate([tmp_path])


def test_a_linked_file_is_rewritten_where_it_lies_with_its_permissions(tmp_path: Path) -> None:
    file, link = tmp_path / "a.toml", tmp_path / "link.toml"
    file.write_text('[x]\nvalue = 1\nstanding = "measured"\n')
    file.chmod(0o640)
    link.symlink_to(file)
    migrate([link])
    assert link.is_symlink()
    assert "evidence" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.toml", "link.toml"]
