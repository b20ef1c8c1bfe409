"""Random command lines by number: the commands and options of the program itself, with plausible and odd values."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any, Final

import typer
from fuzz.odd_values import NAMES

from imgsim.cli.app import app

ODD: Final = (
    *NAMES, "0", "-0", "1", "2", "-1", "1.5", "0x1", "1_000", "1e3", "9e99", "1e400", "nan", "inf", "-inf", str(10**30),
    "٣", "1/2", "2/2", "0/2", "3/2", "1/0", "-1/2", "1/999999", "1/9999999", "1/2/3", "a/b", "=", "x=", "=1", "x=1",
    "x=x", "a=1,2", "a=", "a=,", "2000-01-01", "9999-12-31", "0001-01-01", "1e9", "true", "None", "-", "--", "--set",
    "--help", "-h", "--version", "@main.toml", "us", "US", "[", "*", "main.toml", "empty.toml", "binary.toml", "loop",
    "fifo", "folder", "gone.toml", "gone/gone.toml", "main.toml/x", "/dev/null", "/dev/full", "\udcff.toml", "\udcff",
)  # fmt: skip
SCENARIOS: Final = (*["main.toml"] * 12, "isle.toml", "./main.toml", "reform.toml", "isle/pathway.toml")
SETS: Final = (
    "residency.left=0.03", "clock.death=9e99", "clock.death=0", "population.entrants=0", "population.entrants=-1",
    "match.places=inf", "match.places=nan", "match.places=1e400", "match.opens=13-32", "match.opens=02-30",
    "residency.left=1.0000001", "residency.lef=0.5", "population.ability=1,2", "match.places={a=1}", "x.y.z=1",
    "academic_year.begins=02-29", "residency.left=", "residency.left==1", "residency.left=\x1b[31m",
    "match.places=1e300",
)  # fmt: skip
PLAUSIBLE: Final[dict[str, tuple[str, ...]]] = {  # by the name of an argument or option; never a long computation
    "scenario": SCENARIOS, "forecast": SCENARIOS, "model": ("us", *SCENARIOS), "of": ("us", "main.toml"),
    "sets": SETS, "reform": ("reform.toml", "reform.toml", "main.toml"),
    "lever": ("size=200", "size=0", "size=9e99", "sizes=2"),
    "sweep": ("size=100,400", "size=1", "size=1,1", "size=nan,1", "size=100,,400", "sizes=1,2", "size", "size=9e99,1"),
    "shard": ("1/2", "2/2", "1/1", "3/2"), "replications": ("1", "2", "0", "-1", "x"), "workers": ("1", "0", "x"),
    "seed": ("0", "7", str(2**32), str(2**64), str(10**30), "-1"), "scale": ("1", "0.5", "0.01", "1e-9", "1e-300", "0"),
    "engine": ("simpy", "compiled", "auto", "simp", ""),
    "tables": ("events", "people", "", ",", "event", "people,people"),
    "years": ("1", "5", "12", "0", "999999999", str(10**30)), "precision": ("1", "0.5", "0", "nan", "inf", "1e-300"),
    "most": ("2", "1", "0"), "uncertainty": ("0", "1", "2", "-1"), "morris": ("0", "1", "-1"),
    "sobol": ("0", "1", "-1"),
    "until": ("2005", "2005", "1", "0", "-1", str(10**30)),
    "end": ("2009-07-01", "2009-07-01", "2008-01-01", "1900-01-01", "2262-04-12", "0001-01-01"),
    "half_life": ("1", "1e-300", "inf", "nan", "0", "-1", "9e99"), "rounds": ("1", "0"),
    "only": ("", "all", "all", "all", "exam", "x"),
    "first": ("2004", "0", "-1", "9999", str(10**30)), "last": ("2005", "0", "10000", str(10**30)),
    "person": ("0", "1", "99999999", str(2**63), str(10**30)), "replication": ("0", "1", str(2**32), str(10**30)),
    "out": ("out", "main.toml", "folder", "gone/gone/x", "\udcff"), "save": ("saved.toml", "folder", "gone/x.toml"),
    "format": ("svg", "mermaid", "png", ""), "pattern": ("match", "*", "[", "", "match.*", "("),
    "name": ("match_rate", "x"),
    "folder": ("folder", "gone", "main.toml"), "folders": ("folder", "gone", "main.toml", "out"),
    "files": ("main.toml", "isle", "folder", "binary.toml", "gone"),
}  # fmt: skip
# Left out: what starts processes, and what removes files.
NOT_TAKEN: Final = ("engines", "yes", "all", "write", "help", "version", "install_completion", "show_completion")
COSTLY: Final = ("workers", "replications", "rounds", "uncertainty", "morris", "sobol", "most")  # by their number
MOST_OPTIONS: Final = 4
REQUIRED: Final = {  # without which a command has nothing to do
    "compare": ("--reform", "reform.toml", "--replications", "1"),
    "calibrate": ("--end", "2009-07-01", "--only", "all"),
    "life": ("--person", "0"),
}  # fmt: skip
SERIAL: Final = ("--workers", "1")  # one process, so that a clock of this one sees a hang


@cache
def commands() -> dict[str, Any]:
    """Every command of the program by name."""
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def command_line(seed: int, number: int) -> list[str]:
    """The command line of a number: mostly one that a user could mean, with an odd value here and there."""
    random = Random(f"command line {seed}/{number}")
    if random.random() < 0.03:
        return [random.choice(ODD) for _ in range(random.randrange(4))]
    name = random.choice(sorted(commands()))
    params = [param for param in commands()[name].params if param.name not in NOT_TAKEN]
    words = [name, *(REQUIRED.get(name, ()) if random.random() < 0.9 else ())]
    options = [param for param in params if param.param_type_name == "option"]
    for param in params:
        if param.param_type_name == "argument" and random.random() < 0.97:
            words += [value(random, param.name) for _ in range(random.choice((1, 1, 2)) if param.nargs == -1 else 1)]
    for param in random.choices(options, k=random.randrange(MOST_OPTIONS + 1)) if options else ():
        words += option(random, param)
    if any(param.name == "workers" for param in params) and "--workers" not in words:
        words += SERIAL
    return words


def option(random: Random, param: Any) -> list[str]:
    """An option with a value, in one word or two; flags stand alone."""
    given = random.choice(param.opts)
    if param.is_flag:
        return [given]
    text = value(random, param.name)
    return [f"{given}={text}"] if random.random() < 0.2 else [given, text]


def value(random: Random, name: str) -> str:
    """A value for an argument or option: plausible, seldom an odd one; never more processes than one."""
    if name in PLAUSIBLE and random.random() < 0.93:
        return random.choice(PLAUSIBLE[name])
    text = random.choice(ODD)
    return "0" if name in COSTLY and text.isdecimal() else text
