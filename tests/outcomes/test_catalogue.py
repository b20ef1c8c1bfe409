"""The catalogue of measures is complete, and says no more than what is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from builders.synthetic import small_road

from imgsim.base.errors import InputError
from imgsim.cli.main import main
from imgsim.engines.engine import engine
from imgsim.engines.model import build
from imgsim.engines.records.tables import build_tables
from imgsim.inputs.countries import COUNTRIES, country_folder, shipped_countries
from imgsim.inputs.published import load_published, load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import headline_makers, measures
from imgsim.outcomes.by_country import destinations_layout
from imgsim.outcomes.catalogue import FEATURES, PLACEHOLDERS, Measure, catalogue_of, entries, entry_of, makers, measure
from imgsim.outcomes.check_targets import check_targets
from imgsim.outcomes.headline import headline_layout, lines
from imgsim.outcomes.outcome_key import means, outcome_key, target_key
from imgsim.reports.measures_text import page

ROOT = Path(__file__).resolve().parents[2]
SCALE = {"us": 0.02, "canada": 0.1, "australia": 0.05, "world": 0.02}  # enough for every exam and round to be met


@cache
def scenario(country: str) -> Scenario:
    return load_scenario(ROOT / "scenarios" / f"{country}.toml", scale=SCALE[country])


@cache
def written(country: str) -> pd.DataFrame:
    """The outcomes of one replication, names as text."""
    held = scenario(country)
    tables = build_tables(engine("compiled").run(build(held), 0).finished())  # without events, which no measure needs
    table = measures(tables, held)
    return table.astype(dict.fromkeys(("measure", "cohort", "by", "group", "statistic"), str))


def test_every_shipped_country_is_looked_at() -> None:
    assert set(SCALE) == set(shipped_countries())


@pytest.mark.parametrize("country", SCALE)
def test_every_measure_that_is_written_has_an_entry(country: str) -> None:
    known = catalogue_of(scenario(country).pathway)
    assert set(written(country)["measure"]) - set(known) == set()


@pytest.mark.parametrize("country", SCALE)
def test_statistics_and_kinds_of_groups_are_those_of_the_entry(country: str) -> None:
    known = catalogue_of(scenario(country).pathway)
    table = written(country)[["measure", "by", "statistic"]].drop_duplicates()
    wrong = [
        (name, by, statistic)
        for name, by, statistic in table.astype(str).to_numpy().tolist()
        if by not in known[name].by or statistic not in known[name].statistics
    ]
    assert wrong == []


def test_no_entry_is_about_what_no_country_writes() -> None:
    columns = ["measure", "by", "statistic"]
    rows = pd.concat([written(country)[columns].drop_duplicates() for country in SCALE])
    found = {(entry_of(name).name, by, statistic) for name, by, statistic in rows.itertuples(index=False)}
    by = {(entry.name, kind) for entry in entries() for kind in entry.by}
    statistics = {(entry.name, statistic) for entry in entries() for statistic in entry.statistics}
    assert by - {(name, kind) for name, kind, _ in found} == set()
    assert statistics - {(name, statistic) for name, _, statistic in found} == set()


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_an_entry_has_a_unit_a_definition_and_a_denominator(entry: Measure) -> None:
    for text in (entry.label, entry.unit, entry.denominator):
        assert text.strip()
        assert not text.endswith(".")
    assert len(entry.definition.split()) >= 6
    assert entry.definition.endswith(".")
    assert not entry.placeholder or entry.placeholder in PLACEHOLDERS
    assert all(need in FEATURES or need.isidentifier() for need in entry.needs)


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="two measures `match_rate`"):
        measure(name="match_rate", label="Match rate", unit="share", definition="Once more.", denominator="all")


def test_a_pathway_has_the_names_of_its_own_stages() -> None:
    known = catalogue_of(small_road())
    assert known["test.pass_rate"].label == "Pass rate: test"
    assert known["queue.seats"].unit == "positions"
    assert known["age_certified"].label == "Age at milestone: certified"
    assert "yearly_rate_examined_to_training" not in known  # it has no milestone `examined`
    assert "destination_turned" not in known  # nor several countries


def test_an_unknown_measure_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no measure `match_rat` .*`match_rate`"):
        entry_of("match_rat")


def test_a_statistic_must_be_named_where_there_are_several_and_be_one_of_them() -> None:
    assert outcome_key("match_rate", "2004").statistic == "share"
    with pytest.raises(InputError, match="`age_certified` needs a `statistic`: one of mean, sd"):
        outcome_key("age_certified", "2004")
    with pytest.raises(InputError, match=r"`age_certified` has no statistic `meen` .*`mean`"):
        outcome_key("age_certified", "2004", statistic="meen")


TARGET = """
[[target]]
measure = "match_rate"
cohort = "2004"
value = 0.5
error = 0.1

[[target]]
measure = "age_certified"
statistic = "mean"
cohort = "2004"
value = 30
error = 1
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"match_rate"',
            '"match_rat"',
            "3:{}: target[1].measure: there is no measure `match_rat` (did you mean `match_rate`?)",
        ),
        (
            '"mean"',
            '"meen"',
            "10:{}: target[2].statistic: `age_certified` has no statistic `meen` (did you mean `mean`?)",
        ),
        (
            'statistic = "mean"',
            "",
            "9:{}: target[2].measure: `age_certified` needs a `statistic`: one of mean, sd, p10",
        ),
    ],
)
def test_a_target_of_what_is_not_measured_is_refused_where_it_stands(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "targets.toml"
    file.write_text(TARGET.replace(old, new))
    with pytest.raises(InputError) as refusal:
        check_targets(tmp_path, small_road())
    text = re.sub(r":(\d+):\d+:", r":\1:{}:", str(refusal.value))
    assert text.startswith(f"{file}:{message}")


def test_targets_of_what_is_measured_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "targets.toml").write_text(TARGET)
    check_targets(tmp_path, small_road())


@pytest.mark.parametrize("country", [name for name in SCALE if (country_folder(name) / "targets.toml").is_file()])
def test_every_target_names_what_its_country_measures(country: str) -> None:
    known: Mapping[str, Measure] = catalogue_of(scenario(country).pathway)
    keys = [target_key(target) for target in load_targets(COUNTRIES / country)]
    assert {key.measure for key in keys} - set(known) == set()
    check_targets(COUNTRIES / country, scenario(country).pathway)
    simulated = means(written(country))
    sure = [key for key in keys if key.measure != "preferred_rate_by_ranks"]  # in a sample some lengths are nobody's
    assert {key[:4] for key in sure} - {key[:4] for key in simulated} == set()
    assert [key for key in sure if key not in simulated] == []


@pytest.mark.parametrize("country", [name for name in SCALE if (country_folder(name) / "targets.toml").is_file()])
def test_every_published_figure_of_a_country_names_an_outcome_that_its_runs_can_have(country: str) -> None:
    known: Mapping[str, Measure] = catalogue_of(scenario(country).pathway)
    keys = [target_key(figure) for figure in load_published(COUNTRIES / country)]
    assert {(key.measure, key.statistic) for key in keys} <= {(m.name, s) for m in known.values() for s in m.statistics}
    simulated = {(key.measure, part) for key in means(written(country)) for part in key.group.split("/")}
    assert {(key.measure, part) for key in keys for part in key.group.split("/")} - simulated == set()


def test_every_headline_line_names_a_measure_with_its_statistic() -> None:
    for line in [*lines(), *destinations_layout()["line"]]:
        entry = entry_of(line["measure"])
        assert line.get("statistic", entry.statistics[0]) in entry.statistics
        assert "unit" not in headline_layout()["line"][0]  # it is the catalogue's
    ambiguous = [line["label"] for line in headline_layout()["line"] if len(entry_of(line["measure"]).statistics) > 1]
    assert [line["label"] for line in headline_layout()["line"] if "statistic" in line] == ambiguous


def test_what_a_comparison_measures_is_the_headline_and_one_curve() -> None:
    made = {entry.name for maker in headline_makers() for entry in makers()[maker]}
    assert {entry_of(line["measure"]).name for line in lines()} <= made
    assert "cumulative_incidence_entry" in made
    assert len(headline_makers()) < len(makers())


def test_the_page_of_measures_is_current() -> None:
    text = (ROOT / "docs" / "measures.md").read_text("utf-8")
    assert text == page(entries()), "run `imgsim measures --markdown --out docs/measures.md`"


def test_the_command_lists_defines_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measures"]) == 0
    lines_ = capsys.readouterr().out.splitlines()
    assert len(lines_) == len(entries())
    assert next(line for line in lines_ if line.startswith("match_rate ")).split()[1] == "share"
    assert main(["measures", "exam.step1.pass_rate", "--of", "us"]) == 0
    assert "Unit: share." in capsys.readouterr().out
    assert main(["measures", "exam.step1.pass_rat", "--of", "us"]) == 2
    assert "us has no measure `exam.step1.pass_rat` (did you mean `exam.step1.pass_rate`?)" in capsys.readouterr().err
    assert main(["measures", "matc_rate"]) == 2
    assert "did you mean `match_rate`?" in capsys.readouterr().err
