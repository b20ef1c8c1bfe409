"""Options that several commands share: their names and values, checked before anything heavy loads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.inputs.parameters.limits import number_text


def examples(*lines: str) -> str:
    """Examples for the end of a help page, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  imgsim {line}" for line in lines)


def _fraction(value: float | None) -> float | None:
    if value is not None and not 0 < value <= 1:
        raise typer.BadParameter(f"{number_text(value)} is not a fraction above 0 and up to 1.")
    return value


def _assignments(values: list[str] | None) -> list[str]:
    for text in values or []:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise typer.BadParameter(f"`{text}` is not NAME=VALUE, as in exam.step1.attempts=6.")
    return values or []


def _sizes(values: list[str] | None) -> list[str]:
    sizes(*_assignments(values))
    return values or []


def sizes(*texts: str) -> dict[str, float]:
    """Sizes of levers given as ``NAME=VALUE``, by the name of the lever."""
    by_name = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if name in by_name:
            raise typer.BadParameter(f"`{name}` is given twice.")
        try:
            by_name[name] = float(value)
        except ValueError:
            raise typer.BadParameter(f"`{value}` is no number in `{text}`.") from None
    return by_name


ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, such as scenarios/us.toml.")]
Model = Annotated[str, typer.Argument(metavar="us|SCENARIO", help="A country, such as us, or a scenario file.")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        callback=_assignments,
        help="Change a parameter; repeated, the last of a name counts.",
    ),
]
Reforms = Annotated[
    list[Path] | None,
    typer.Option("--reform", metavar="FILE", help="Lay a reform over it, as in scenarios/reforms; may be repeated."),
]
Levers = Annotated[
    list[str] | None,
    typer.Option(
        "--lever",
        "--dose",
        metavar="NAME=VALUE",
        callback=_sizes,
        help="Size of a reform's lever; repeated, the last of a name counts.",
    ),
]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of all random numbers (default: the scenario's).")]
Scale = Annotated[
    float | None,
    typer.Option(callback=_fraction, help="Share of people, competitors and seats simulated, above 0 and up to 1."),
]
Fraction = Annotated[float, typer.Option(callback=_fraction, help="Share of people, competitors and seats simulated.")]
Replications = Annotated[int | None, typer.Option(min=1, help="Replications (default: the scenario's).")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes (default: one for each core).")]
Engine = Annotated[str, typer.Option(metavar="auto|simpy|compiled", help="Engine that simulates the careers.")]
Shard = Annotated[
    str | None,
    typer.Option(metavar="K/N", help="Compute only shard K of N, to be put together by `imgsim gather`."),
]
Results = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for results (default: results).")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file instead of standard output.")]
