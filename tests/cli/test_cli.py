"""The command line: results on standard output, one clear message for bad input, never a traceback."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from imgsim.cli import main as cli
from imgsim.inputs import subject as subjects

COMMANDS = (
    "run", "explain", "sources", "check", "draw", "describe", "life", "compare", "calibrate", "validate", "new-country",
)  # fmt: skip
HEAVY = ("numba", "numpy", "pandas", "matplotlib", "scipy", "simpy", "duckdb")
ROOT = Path(__file__).parents[2]
START = "import sys; from imgsim.cli.main import main; sys.exit(main(sys.argv[1:]))"

SCENARIO = """
title = "A test"
country = "us"
[run]
start = 1992-01-01
measured_from = 2004-01-01
end = 2032-01-01
replications = 1
seed = 7
[population]
scale = 0.005
"""
CHANGE = """
[[change]]
parameter = "exam.step1.attempts"
from = 2027-01-01
value = 6
why = "the limit of before 2021 returns"
"""

Outcome = tuple[int, str, str]


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    file = tmp_path / "test.toml"
    file.write_text(SCENARIO + CHANGE)
    return str(file)


def call(capsys: pytest.CaptureFixture[str], *args: str) -> Outcome:
    code = cli.main(list(args))
    out, err = capsys.readouterr()
    return code, out, err


def shell(*args: str, code: str = START) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, cwd=ROOT, check=False)


def refused(outcome: Outcome, *words: str) -> None:
    code, out, err = outcome
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    assert "internal error" not in err
    for word in words:
        assert word in err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = call(capsys, command, "--help")
    assert code == 0
    assert f"  imgsim {command} " in out.partition("Examples:")[2]


def test_the_installed_command_runs_the_function_that_is_tested_here(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts["imgsim"].partition(":")
    monkeypatch.setattr(cli, "main", lambda: 7)
    handler = signal.getsignal(signal.SIGINT)
    try:
        assert getattr(importlib.import_module(module), function)() == 7
    finally:
        signal.signal(signal.SIGINT, handler)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--version")
    assert code == 0
    assert out.startswith("imgsim ")


@pytest.mark.parametrize(
    ("args", "option"),
    [
        (("run", "x.toml", "--scale", "-1"), "--scale"),
        (("run", "x.toml", "--scale", "0"), "--scale"),
        (("run", "x.toml", "--scale", "nan"), "--scale"),
        (("run", "x.toml", "--scale", "2"), "--scale"),
        (("run", "x.toml", "--scale", "big"), "--scale"),
        (("run", "x.toml", "--replications", "0"), "--replications"),
        (("run", "x.toml", "--replications", "1.5"), "--replications"),
        (("run", "x.toml", "--workers", "0"), "--workers"),
        (("run", "x.toml", "--seed", "-1"), "--seed"),
        (("run", "x.toml", "--set", "exam.step1.attempts"), "--set"),
        (("run", "x.toml", "--set", "=6"), "--set"),
        (("life", "x.toml", "--person", "-1"), "--person"),
        (("life", "x.toml"), "--person"),
        (("life", "x.toml", "--person", "1", "--replication", "-1"), "--replication"),
    ],
)
def test_a_bad_option_is_named(capsys: pytest.CaptureFixture[str], args: tuple[str, ...], option: str) -> None:
    refused(call(capsys, *args), option)


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    refused(call(capsys, "runn"), "runn")


@pytest.mark.parametrize("command", ["sources", "draw", "explain", "describe"])
def test_an_unknown_country_gets_the_nearest(capsys: pytest.CaptureFixture[str], command: str) -> None:
    refused(call(capsys, command, "uss"), "`uss`", "did you mean `us`?")


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_country_is_no_scenario(capsys: pytest.CaptureFixture[str], command: str) -> None:
    refused(call(capsys, command, "us"), "scenarios/us.toml")


@pytest.mark.parametrize("command", ["run", "check", "explain", "sources", "draw"])
def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str) -> None:
    outcome = call(capsys, command, str(tmp_path / "absent.toml"))
    refused(outcome, "absent.toml")
    assert len(outcome[2].strip().splitlines()) == 1


def test_an_unknown_parameter_gets_the_nearest(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    refused(call(capsys, "check", scenario, "--set", "exam.step1.atempts=6"), "exam.step1.attempts")


def test_an_unknown_table_gets_the_nearest(capsys: pytest.CaptureFixture[str], scenario: str, tmp_path: Path) -> None:
    outcome = call(capsys, "run", scenario, "--tables", "people, evnts", "--out", str(tmp_path / "results"))
    refused(outcome, "unknown table `evnts`", "did you mean `events`?")
    assert not (tmp_path / "results").exists()


def test_an_unknown_engine_gets_the_nearest(capsys: pytest.CaptureFixture[str], scenario: str, tmp_path: Path) -> None:
    outcome = call(capsys, "run", scenario, "--engine", "complied", "--out", str(tmp_path / "results"))
    refused(outcome, "argument `engine`", "did you mean `compiled`?")
    assert not (tmp_path / "results").exists()


def test_check_proves_that_both_engines_agree(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    lite = root / "benchmarks" / "img_lite" / "img_lite.toml"
    code, output, _ = call(capsys, "check", str(lite), "--engines")
    assert code == 0
    assert "Engines     equal bit for bit on " in output


def test_a_difference_between_engines_is_an_error(
    capsys: pytest.CaptureFixture[str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = "first differing event: simpy: person 0, event 0, 2000-01-01, entry (0); compiled: none"
    monkeypatch.setattr("imgsim.engines.equality.first_difference", lambda one, other: found)
    code, output, _ = call(capsys, "check", str(root / "benchmarks" / "img_lite" / "img_lite.toml"), "--engines")
    assert code == 1
    assert found in output


def test_no_parameter_of_that_pattern(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    refused(call(capsys, "explain", scenario, "exam.step1.atempts"), "did you mean `exam.step1.attempts`?")


def test_a_scenario_with_a_typo_leaves_one_message(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "typo.toml"
    file.write_text(SCENARIO.replace("replications", "replicatoins"))
    refused(call(capsys, "check", str(file)), "replicatoins", "replications", "typo.toml")


def test_check_says_what_was_checked(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    code, out, _ = call(capsys, "check", scenario)
    assert code == 0
    assert all(word in out for word in ("valid", "stages", "parameters", "sources", "changes     1"))


def test_explain_shows_old_and_new(capsys: pytest.CaptureFixture[str], scenario: str) -> None:
    code, out, _ = call(capsys, "explain", scenario, "exam.step1.attempts")
    assert code == 0
    assert "->" in out
    assert "6 from 2027-01-01" in " ".join(out.split())
    assert "the limit of before 2021 returns" in " ".join(out.split())


def test_explain_fits_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "explain", "us")
    assert "\x1b" not in out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_the_story_of_a_career_is_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "short.toml"
    file.write_text(SCENARIO.replace("1992-01-01", "2003-01-01").replace("2032", "2012").replace("0.005", "0.02"))
    code, out, err = call(capsys, "life", str(file), "--person", "10")
    assert (code, err.count("\n")) == (0, 1)
    assert out.startswith("Person 10: ")
    refused(call(capsys, "life", str(file), "--person", "999999"), "no person 999999")


def test_every_source_in_the_bibliography_says_what_uses_it(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "sources", "us")
    assert out.count("    used by ") == len([line for line in out.splitlines() if line and line[0] != " "]) - 1


def test_describe_tells_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    from imgsim.inputs.countries import country_folder
    from imgsim.inputs.pathways.load import load_pathway

    _, out, _ = call(capsys, "describe", "us")
    for stage in load_pathway(country_folder("us") / "pathway.toml").stages.values():
        assert f"### {stage.label}\n\n`{stage.name}`" in out


def test_a_drawing_goes_to_the_file_that_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = call(capsys, "draw", "us", "--out", str(tmp_path / "pathway.svg"))
    assert (code, out) == (0, "")
    assert "pathway.svg" in err
    assert (tmp_path / "pathway.svg").read_text().startswith("<svg")


def test_a_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = call(capsys, "draw", "us", "--out", str(tmp_path / "none" / "pathway.svg"))
    assert (code, out) == (1, "")
    assert "pathway.svg" in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("shard", [[], ["--shard", "1/2"]], ids=["all", "shard"])
@pytest.mark.parametrize(
    "words", [["run"], ["compare", "--reform", "scenarios/reforms/gme_posts.toml"], ["calibrate", "--covariance"]]
)
def test_every_command_with_results_refuses_a_folder_whose_name_is_no_text(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    shard: list[str],
    root: Path,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(root)
    folder = f"{tmp_path}/la\udcff/deep"
    outcome = call(capsys, *words, "scenarios/us.toml", *shard, "--out", folder)
    refused(outcome, "la\\udcff/deep: cannot write results: its name is no UTF-8; name another with --out")
    assert list(tmp_path.iterdir()) == []


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def broken(*_: object) -> None:
    raise ZeroDivisionError("division by zero")


def test_an_interrupt_ends_with_130_and_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "pathway_of", interrupted)
    assert call(capsys, "draw", "us") == (130, "", "imgsim: interrupted\n")


def test_an_error_of_our_own_is_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "pathway_of", broken)
    code, out, err = call(capsys, "draw", "us")
    assert (code, out) == (1, "")
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error() -> None:
    script = f'"{sys.executable}" -c "{START}" explain us | head -c 10; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].endswith("0")


LIGHT = (
    "import sys; from imgsim.cli.main import main; main(sys.argv[1:]); print([m for m in {heavy} if m in sys.modules])"
)


def loaded(*args: str) -> str:
    """The heavy libraries that a command has loaded, as the last line of its output."""
    return shell(*args, code=LIGHT.format(heavy=HEAVY)).stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "args", [("--help",), ("sources", "us"), ("explain", "us"), ("draw", "us"), ("describe", "us")]
)
def test_light_commands_load_nothing_heavy(args: tuple[str, ...]) -> None:
    assert loaded(*args) == "[]"


def test_check_loads_nothing_heavy(scenario: str) -> None:
    assert loaded("check", scenario) == "[]"
