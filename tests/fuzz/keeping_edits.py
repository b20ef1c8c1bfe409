"""Random edits that stay in the grammar of the files, and lead to the edges of what is valid."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random
from typing import Any, Final

from fuzz.breaking_edits import drop
from fuzz.edits import Edit, at
from fuzz.odd_values import DATES, NUMBERS
from fuzz.places import parameters, places, stages
from fuzz.shipped_scenarios import names_in
from fuzz.small_countries import Files

from imgsim.inputs.kinds.all_kinds import KINDS
from imgsim.inputs.parameters.limits import UNITS
from imgsim.inputs.parameters.parameter import DISTRIBUTIONS
from imgsim.inputs.traits import BY_NAME, COMPUTED, LIVELIHOODS

TRAITS: Final = (*BY_NAME, *COMPUTED, "flag.letter", "flag.none")


def number(random: Random, files: Files) -> Edit:
    numbers = [
        p
        for p in places(files)
        if isinstance(p[2], (int, float)) and not isinstance(p[2], bool) and "range" not in p[1]
    ]
    file, path, value = random.choice(numbers)
    return (
        "set",
        file,
        path,
        random.choice((random.choice(NUMBERS), random.choice(NUMBERS[:14]), value * 2, third(value))),
    )


def third(value: float) -> float:
    """A third of a number; of a whole number that is too large for that, the number itself."""
    try:
        return value / 3
    except OverflowError:
        return value


def dates(random: Random, files: Files) -> Edit:
    file, path, _ = random.choice([place for place in places(files) if isinstance(place[2], datetime.date)])
    return ("set", file, path, near(random))


def near(random: Random) -> datetime.date:
    """Often a date near those of the run."""
    if random.random() < 0.4:
        return random.choice(DATES)
    return datetime.date(2000, 1, 1) + datetime.timedelta(random.randrange(-400, 3600))


def window(random: Random, files: Files) -> Edit:
    """A valid window of the run, often very short."""
    start = near(random)
    try:
        dates = [start + datetime.timedelta(days) for days in (0, random.choice((1, 30, 365, 730)))]
        dates.append(dates[1] + datetime.timedelta(random.choice((1, 2, 40, 200, 370, 800))))
    except OverflowError:
        return dates_of_file(random, files)
    run = dict(zip(("start", "measured_from", "end"), dates, strict=True)) | {
        "replications": 1,
        "seed": random.choice((0, 1, 2**32 - 1)),
    }
    return ("set", "main.toml", ("run",), run)


def dates_of_file(random: Random, files: Files) -> Edit:
    return dates(random, files)


def scale(random: Random, files: Files) -> Edit:
    return ("set", "main.toml", ("population", "scale"), random.choice((1e-9, 1e-4, 0.01, 0.05, 0.2)))


def by_trait(random: Random, files: Files) -> Edit:
    """A number by a trait, complete."""
    file, path, table = random.choice(parameters(files))
    value = table.get("value")
    if isinstance(value, dict):
        plain = {key: item for key, item in table.items() if key != "by"} | {"value": next(iter(value.values()), 0)}
        return ("set", file, path, plain)
    trait = random.choice(
        (
            "group",
            "region",
            "citizen",
            "specialty",
            "area",
            "visa",
            "livelihood",
            "wish",
            "flag.letter",
            "sponsor",
            "failed_before",
            "competitor",
        )
    )
    return ("set", file, path, table | {"by": trait, "value": dict.fromkeys(values_of(files, file, trait), value)})


def values_of(files: Files, file: str, trait: str) -> list[str]:
    """The categories of a trait in the country of a file."""
    pathway = files.get(f"{file.partition('/')[0]}/pathway.toml", {})
    trait = {"wish": "specialty"}.get(trait, trait)
    named = {"group": "groups", "competitor": "competitors"}.get(trait, trait)
    found = at(pathway, (named,)) or at(pathway, ("categories", named))
    if isinstance(found, (dict, list)) and found:
        return [str(each) for each in found]
    return list(LIVELIHOODS) if trait == "livelihood" else ["no", "yes"]


def by_date(random: Random, files: Files) -> Edit:
    """A number by dates, by steps or on a line."""
    file, path, table = random.choice(parameters(files))
    if "value" not in table:
        rows = table.get("values")
        first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
        plain = {key: item for key, item in table.items() if key != "values"} | {
            "value": first.get("of", first.get("value", 0))
        }
        return ("set", file, path, plain)
    key = "of" if isinstance(table["value"], dict) else "value"
    steps = sorted({near(random) for _ in range(random.randrange(1, 4))})
    rows = [{"from": day, key: table["value"]} for day in steps]
    rows = rows if random.random() < 0.5 else [{key: table["value"]}, *rows]
    changed = {name: item for name, item in table.items() if name != "value"} | {"values": rows}
    return ("set", file, path, changed | ({"between": "linear"} if random.random() < 0.3 else {}))


def ratio(random: Random, files: Files) -> Edit:
    """A ratio of a number over a trait."""
    file, path, table = random.choice(parameters(files))
    kind = {"probability": "odds"}.get(
        table["unit"] if isinstance(table["unit"], str) else "", random.choice(("times", "plus"))
    )
    trait = random.choice(TRAITS)
    known = values_of(files, file, trait)
    parts = tuple(trait.split(".")) + ((random.choice(known),) if known != ["no", "yes"] else ())
    value = {"value": random.choice((0, 0.5, 1, 2, 1e300)), "evidence": "assumed", "why": "fuzz", "range": [0, 1e308]}
    return ("set", file, (*path, kind, *parts[:1]), value if len(parts) == 1 else {parts[1]: value})


def details(random: Random, files: Files) -> Edit:
    """A unit, distribution, way between dates, or dispersion."""
    file, path, _ = random.choice(parameters(files))
    key, value = random.choice(
        (
            ("unit", random.choice(list(UNITS))),
            ("distribution", random.choice(DISTRIBUTIONS)),
            ("between", "linear"),
            (
                "sd_log",
                {
                    "unit": "number",
                    "value": random.choice((0, 0.5, 5, 700)),
                    "evidence": "assumed",
                    "why": "fuzz",
                    "range": [0, 1e9],
                },
            ),
            ("bounds", [0, 1]),
            ("same_as", "match.places"),
            ("range", [1, 0]),
            ("evidence", "measured"),
            ("by", "group"),
        )
    )
    return ("set", file, (*path, key), value)


def wiring(random: Random, files: Files) -> Edit:
    """An outcome that leads to another stage."""
    file, path, stage = random.choice(stages(files))
    following = stage.get("next")
    names = [other[1][-1] for other in stages(files) if other[0] == file]
    if not isinstance(following, dict) or not following:
        return rekeyed(random, files)
    outcome = random.choice(list(following))
    return ("set", file, (*path, "next", outcome), random.choice(names))


def rekeyed(random: Random, files: Files) -> Edit:
    """A key of a stage set to something that the key may hold."""
    file, path, stage = random.choice(stages(files))
    outcomes = list(stage["next"]) if isinstance(stage.get("next"), dict) else []
    outcome = random.choice(outcomes or ["done"])
    words = [word for kind in KINDS.values() for word in kind.outcomes or ()]
    names = [str(other[1][-1]) for other in stages(files) if other[0] == file]
    key, value = random.choice(
        (
            ("kind", random.choice(list(KINDS))),
            ("mechanism", random.choice(("lottery", "ranked", "match"))),
            ("rule", random.choice(("stations", "adaptive"))),
            ("livelihood", random.choice(LIVELIHOODS)),
            (
                "until",
                random.choice(
                    ("graduation", "post", f"{random.choice(names)}.closes", f"{random.choice(names)}.allocates")
                ),
            ),
            ("increments", {outcome: ["seasons"]}),
            ("completes_file", [outcome]),
            ("starts_timer", {outcome: ["patience"]}),
            (
                "sets_trait",
                {
                    outcome: random.choice(
                        (
                            {"citizen": "yes"},
                            {"needs_visa": "no"},
                            {"visa": "none"},
                            {"area": "hills"},
                            {"specialty": "bone"},
                        )
                    )
                },
            ),
            ("next", {random.choice(words): random.choice(names)} | dict.fromkeys(outcomes, random.choice(names))),
            (
                "when",
                random.choice(
                    (
                        "citizen",
                        "not needs_visa",
                        "age < 30",
                        "before 2004-01-01",
                        "flag.letter or seasons >= 1",
                        "group in near, far",
                    )
                ),
            ),
            ("class", random.choice(("died", "retired", "gave_up", "left_country", "alternative_career"))),
        )
    )
    return ("set", file, (*path, key), value)


def scope(random: Random, files: Files) -> Edit:
    """A timer that begins, applies or leads elsewhere; or none."""
    timers = [
        place
        for place in places(files)
        if len(place[1]) == 2 and place[1][0] == "clock" and isinstance(place[2], dict) and "to" in place[2]
    ]
    if not timers:
        return drop(random, files)
    file, path, _ = random.choice(timers)
    names = [str(other[1][-1]) for other in stages(files) if other[0] == file] or ["x"]
    key, value = random.choice(
        (
            ("starts", random.choice(("birth", "entry"))),
            ("applies_in", "everywhere"),
            ("to", random.choice(names)),
            ("applies_in", random.sample(names, min(len(names), 3))),
            ("applies_in", {"phases": random.sample(names, 1)}),
        )
    )
    return ("set", file, (*path, key), value) if random.random() < 0.8 else ("drop", file, (*path, "starts"))


def change(random: Random, files: Files) -> Edit:
    """Another dated change of the scenario."""
    named = names_in(files) or [".".join(map(str, place[1])) for place in parameters(files)]
    entry: dict[str, Any] = {"parameter": random.choice(named), "why": "fuzz"}
    entry[random.choice(("value", "scale", "add"))] = random.choice(NUMBERS[:16])
    for key in ("from", "until"):
        if random.random() < 0.5:
            entry[key] = near(random)
    if random.random() < 0.2:
        entry["join"] = "linear"
    old = files.get("main.toml", {}).get("change")
    return ("set", "main.toml", ("change",), [*(old if isinstance(old, list) else []), entry])


def removed(random: Random, files: Files) -> Edit:
    """A whole parameter, stage, group, milestone or timer left out."""
    heads = [
        place
        for place in places(files)
        if isinstance(place[2], dict)
        and ({"unit", "kind", "region", "to"} & set(place[2]) or place[1][0] == "milestones")
    ]
    file, path, _ = random.choice(heads or places(files))
    return ("drop", file, path)


KEEPING: Final[tuple[Callable[[Random, Files], Edit], ...]] = (
    number,
    number,
    dates,
    window,
    window,
    scale,
    by_trait,
    by_date,
    ratio,
    details,
    wiring,
    rekeyed,
    scope,
    change,
    removed,
)
