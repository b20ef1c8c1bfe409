"""Random small roads with random numbers: every stage kind, rival clocks, dated rules, sessions, rounds, a stock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from builders import toy
from builders.toy import end, fair, parameter, road, stage, timer
from imgsim.inputs.kinds.branch import condition
from imgsim.inputs.parameters.parameter import Parameter
from imgsim.inputs.parameters_read import OTHERWISE, VALUE
from imgsim.inputs.pathways.pathway import Stage, Timer
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.inputs.traits import LIVELIHOODS

Draw = Callable[..., Any]
ENDS = ("gone", "done")
TRAITS = (
    "ability",
    "age",
    "experience",
    "practice_gap",
    "seasons",
    "flag.marked",
    "livelihood.survival_job",
    "group.far",
    "current_year",
    "failed_before",
    "has_failed",
    "area.hills",
)
AREAS = ("coast", "hills", "plain")
INSTANT = ("choose", "branch")  # kinds in which no time passes
CRITERIA = (
    "flag.marked",
    "not flag.marked",
    "citizen",
    "not needs_visa",
    "failed_before",
    "not has_failed",
    "current_year",
    "region == north",
    "group in near, far",
    "visa in none, guest",
    "livelihood in survival_job, preparing, in_training",
    "area in hills, plain",
    "wish == heart",
    "seasons >= 1",
    "ability < 0.2",
    "age < 27",
    "practice_gap >= 0.5",
    "years_since_graduation >= 1.5",
    "from 2003-05-01",
    "before 2004-11-17",
)
RATIO = {"probability": "odds", "days": "times", "years": "times", "rate": "times"}


@st.composite
def scenarios(draw: Draw) -> Scenario:
    """A scenario of a dozen years with up to eighty entrants and perhaps a licensed stock."""
    names = [f"s{k}" for k in range(draw(st.integers(3, 7)))]
    kinds = [draw(st.sampled_from(("exam", "wait", "choose", "branch", "round", "work"))) for _ in names]
    kinds[0] = (
        "wait" if set(kinds) <= set(INSTANT) else kinds[0]
    )  # a road that takes no time gives death no time either
    timers = timers_of(draw, names, kinds)
    stages = [stage_of(draw, k, names, kinds, timers) for k in range(len(names))]
    stock = draw(st.none() | st.sampled_from(names))
    led_to = {name for held in stages for name in held.next.values()} | {held.to for held in timers}
    pathway = road(
        *stages, *(end(name) for name in (*ENDS, "dead") if name in led_to),
        timers=timers, stock_entry=stock, flags={"marked": "marked"}, milestones={},
        categories=toy.CATEGORIES | {"area": AREAS},
    )  # fmt: skip
    numbers = [one for held in stages for one in numbers_of(draw, held)]
    numbers += [one for held in timers for one in timer_numbers(draw, held)]
    numbers += [*livelihood(draw), *people(draw, stock)]
    near, far = draw(st.integers(0, 40)), draw(st.integers(0, 40))
    entrants: dict[str, Any] = {"near": [(None, near), ("2001-01-01", 0.0)], "far": [(None, far), ("2002-01-01", 0.0)]}
    seed = draw(st.integers(0, 2**32 - 1))
    return toy.scenario(pathway, *ratios(draw, numbers), **entrants, seed=seed, end="2008-07-01")


def timers_of(draw: Draw, names: list[str], kinds: list[str]) -> list[Timer]:
    """Death, perhaps, and up to two clocks that strike in some stages and lead to an end, so that no day recurs."""
    expired = [name for name, kind in zip(names, kinds, strict=True) if kind not in INSTANT]
    found = [timer("death", "dead", starts="birth")] if draw(st.booleans()) else []
    for name in ("patience", "validity")[: draw(st.integers(0, 2)) if expired else 0]:
        applies_in = draw(st.lists(st.sampled_from(expired), min_size=1, unique=True))
        found.append(
            timer(name, draw(st.sampled_from(ENDS)), tuple(applies_in), draw(st.sampled_from(("entry", None))))
        )
    return list(draw(st.permutations(found)))


def stage_of(draw: Draw, k: int, names: list[str], kinds: list[str], timers: list[Timer]) -> Stage:
    """Stage k: one outcome leads on to the next stage, others anywhere that cannot make a day recur for ever."""
    kind, name = kinds[k], names[k]
    later = [*names[k + 1 :], *ENDS]
    until = draw(st.none() | st.sampled_from(untils(names, kinds))) if kind == "wait" else None
    anywhere = later if kind in INSTANT or until else [*names, *ENDS]
    rule = draw(st.sampled_from((None, "stations", "adaptive"))) if kind == "exam" else None
    words = [*outcomes_of(draw, kind), *["borderline"] * (rule == "stations" and draw(st.booleans()))]
    following = {word: draw(st.sampled_from(anywhere)) for word in words} | {words[0]: later[0]}
    some = st.sampled_from(words)
    more: dict[str, Any] = {"until": until, "rule": rule}
    if kind == "branch":
        more["when"] = {word: condition(draw(conditions())) for word in words[:-1]}
    if (free := [held.name for held in timers if held.starts is None]) and draw(st.booleans()):
        more["starts_timer"] = {draw(some): (draw(st.sampled_from(free)),)}
    if draw(st.booleans()):
        more |= {
            "sets_flag": {draw(some): ("marked",)},
            "increments": {draw(some): ("seasons",)},
            "completes_file": (draw(some),),
        }
    if draw(st.booleans()):
        more["sets_trait"] = {draw(some): {"visa": draw(st.sampled_from(("none", "guest")))}}
    if kind not in INSTANT and draw(st.booleans()):
        more["livelihood"] = draw(st.sampled_from(LIVELIHOODS))
    return stage(
        name,
        kind,
        following,
        **more,
        mechanism=draw(st.sampled_from(("lottery", "ranked"))) if kind == "round" else None,
    )


def outcomes_of(draw: Draw, kind: str) -> list[str]:
    """The outcomes wired: all that must be, and perhaps the others."""
    lapsed, refused = draw(st.booleans()), draw(st.booleans())
    return {
        "exam": ["passed", *["lapsed"] * lapsed, "exhausted", *["failed"] * refused],
        "wait": ["done", *["refused"] * refused],
        "choose": ["one", "two", "three"][: 2 + lapsed],
        "branch": ["one", "two", "three"][: 2 + lapsed],
        "round": ["placed", "unplaced", "ineligible"],
        "work": [*["completed"] * lapsed, "left"],
    }[kind]


@st.composite
def conditions(draw: Draw) -> str:
    """A condition of up to three criteria."""
    criteria = draw(st.lists(st.sampled_from(CRITERIA), min_size=1, max_size=3))
    return "".join(f"{draw(st.sampled_from((' and ', ' or '))) if k else ''}{one}" for k, one in enumerate(criteria))


def untils(names: list[str], kinds: list[str]) -> list[str]:
    """What a wait may last until."""
    rounds = [name for name, kind in zip(names, kinds, strict=True) if kind == "round"]
    return ["graduation", "post", *(f"{name}.{mark}" for name in rounds for mark in ("opens", "allocates"))]


def numbers_of(draw: Draw, held: Stage) -> list[Parameter]:
    """The numbers of one stage."""
    name = held.name
    if held.kind == "exam":
        return exam_numbers(draw, held)
    if held.kind == "wait":
        refused = [parameter(f"{name}.refused", "probability", dated(draw, 0.0, 1.0))] * ("refused" in held.next)
        if held.until == "graduation" and draw(st.booleans()):
            refused += lasting(draw, f"{name}.before")
        return refused + lasting(draw, f"{name}.done") * (held.until is None)
    if held.kind == "choose":
        return [parameter(f"{name}.{word}", "probability", dated(draw, 0.0, 1.0)) for word in list(held.next)[:-1]]
    if held.kind == "branch":
        return []
    if held.kind == "round":
        day = draw(st.integers(1, 28))
        marks, places = {"closes": f"02-{day:02d}", "allocates": f"03-{day:02d}"}, draw(st.integers(0, 12))
        if held.mechanism == "ranked":
            return by_merit(draw, name, places, marks)
        return [*fair(name, places, **marks), parameter(f"{name}.meetings", "count", float(draw(st.integers(1, 4))))]
    years = [parameter(f"{name}.completed", "years", dated(draw, 0.2, 4.0))] * ("completed" in held.next)
    return [*years, parameter(f"{name}.left", "rate", dated(draw, 0.0, 1.0))]


def exam_numbers(draw: Draw, held: Stage) -> list[Parameter]:
    """The numbers of an exam by any pass rule."""
    name = held.name
    numbers = toy.exam(
        name, dated(draw, 0.0, 1.0), float(draw(st.integers(1, 4))), prepare=days(draw), retake=days(draw),
        per_year=float(draw(st.integers(1, 3))), late_gap=days(draw),
    )  # fmt: skip
    numbers += sessions(draw, name)
    unread = {"retake", "late_gap", "per_year"} if "failed" in held.next else set()
    unread |= {"passed"} if held.rule else set()
    numbers = [one for one in numbers if one.name.rpartition(".")[2] not in unread]
    if held.rule == "stations":
        numbers.append(parameter(f"{name}.station", "probability", dated(draw, 0.3, 0.9)))
        counts = {"stations": 8.0, "pass_mark": 5.0, "compulsory": 2.0, "subject_stations": 2.0}
        counts |= {"borderline": 4.0} if "borderline" in held.next else {}
        numbers += [parameter(f"{name}.{word}", "count", value) for word, value in counts.items()]
    if held.rule == "adaptive":
        numbers.append(parameter(f"{name}.performance", "score", dated(draw, -1.0, 1.0)))
        numbers += [parameter(f"{name}.items", "count", 30), parameter(f"{name}.discrimination", "amount", 1.5)]
        numbers.append(parameter(f"{name}.pass_mark", "score", dated(draw, -1.0, 1.0)))
    given = [(None, 1.0), (f"{draw(st.integers(2001, 2006))}-05-01", 0.0)]
    return numbers + [parameter(f"{name}.open", "probability", given)] * ("lapsed" in held.next)


def sessions(draw: Draw, name: str) -> list[Parameter]:
    """Any day, or up to three sessions a year, and perhaps some that must go by between two sittings."""
    marks = [100.0 * draw(st.integers(1, 12)) + draw(st.integers(1, 28)) for _ in range(draw(st.integers(0, 3)))]
    found = [parameter(f"{name}.session.{k}", "month-day", mark) for k, mark in enumerate(marks, start=1)]
    apart = [(None, float(draw(st.integers(0, 3)))), ("2003-01-01", float(draw(st.integers(1, 2))))]
    return found + [parameter(f"{name}.apart", "count", apart)] * draw(st.booleans())


def by_merit(draw: Draw, name: str, places: int, marks: dict[str, str]) -> list[Parameter]:
    """One pool of places, or one for each area, which people may leave; perhaps with rules on practice."""
    if draw(st.booleans()):
        return toy.ranked(name, places, 0.5, **marks)
    held = toy.ranked(name, {area: draw(st.integers(0, 5)) for area in AREAS}, 0.5, "area", **marks)
    if draw(st.booleans()):
        held.append(parameter(f"{name}.elsewhere", "probability", dated(draw, 0.0, 1.0)))
        closed = {area: float(draw(st.booleans())) for area in AREAS}
        held.append(parameter(f"{name}.closed", "flag", closed, by="area"))
    if draw(st.booleans()):
        held.append(parameter(f"{name}.gap_limit", "years", draw(st.floats(0.1, 4))))
        held.append(parameter(f"{name}.least_practice", "years", draw(st.floats(0, 1))))
    return held


def timer_numbers(draw: Draw, held: Timer) -> list[Parameter]:
    """When a clock strikes."""
    if held.name == "death":
        return [
            parameter("clock.death", "years", 30, distribution="gompertz"),
            parameter("clock.death.scale", "number", 3),
        ]
    kind = draw(st.sampled_from((None, "exponential")))
    return [parameter(f"clock.{held.name}", "years", dated(draw, 0.1, 4.0), distribution=kind)]


def lasting(draw: Draw, name: str) -> list[Parameter]:
    """A duration that never rounds to no day at all."""
    return [parameter(name, "days", days(draw)), parameter(f"{name}.sd_log", "number", draw(st.floats(0, 0.3)))]


def days(draw: Draw) -> float:
    return float(draw(st.integers(10, 400)))


def dated(draw: Draw, low: float, high: float) -> toy.Value:
    """One value for ever, or another one from some day on."""
    value = st.floats(low, high)
    if draw(st.booleans()):
        return float(draw(value))
    return [(None, draw(value)), (f"{draw(st.integers(2000, 2007))}-0{draw(st.integers(1, 9))}-11", draw(value))]


def livelihood(draw: Draw) -> list[Parameter]:
    """Some moves between livelihoods, and where people begin."""
    pairs = draw(st.lists(st.tuples(*[st.sampled_from(LIVELIHOODS[:6])] * 2), max_size=6, unique=True))
    moves = [parameter(f"livelihood.{a}.{b}", "rate", dated(draw, 0.0, 3.0)) for a, b in pairs if a != b]
    starts = [parameter(f"livelihood.start.{state}", "probability", 0.3) for state in LIVELIHOODS[:5]]
    counting = [
        parameter(f"livelihood.{kind}.{state}", "flag", 1)
        for kind in ("clinical", "experience")
        for state in draw(st.lists(st.sampled_from(LIVELIHOODS), unique=True))
    ]
    return [*moves, *starts, *counting]


def people(draw: Draw, stock: str | None) -> list[Parameter]:
    """Who enters, and who is licensed already."""
    held = [
        parameter("population.needs_visa", "probability", {"near": 0.0, "far": 0.9}, by="group"),
        parameter("population.entry_before", "years", draw(st.floats(0, 2))),
        parameter("population.experience", "years", 0.2),
        *(parameter(f"population.area.{area}", "probability", 0.4) for area in AREAS[:-1]),
    ]
    if stock is None:
        return held
    census = [("2001-01-01", float(draw(st.integers(0, 20))))]
    stock_of = parameter("population.stock", "count", {"near": census, "far": census}, by="group")
    return [*held, stock_of, parameter("population.stock_age", "years", 45)]


def takes_ratios(one: Parameter) -> bool:
    """Does a ratio over a trait change what this number does? Some are the same for everybody."""
    by_person = OTHERWISE.get(one.name.rpartition(".")[2]) != VALUE
    return by_person and one.unit in RATIO and not one.name.startswith(("population.", "livelihood.start"))


def ratios(draw: Draw, numbers: list[Parameter]) -> list[Parameter]:
    """The numbers and, for some of them, a ratio over a trait."""
    found = {one.name: one for one in numbers}
    for one in filter(takes_ratios, numbers):
        if draw(st.booleans()):
            name = f"{one.name}.{RATIO[one.unit]}.{draw(st.sampled_from(TRAITS))}"
            takes_time = RATIO[one.unit] == "times" and one.unit != "rate"
            shortest = 1.0 if takes_time else 0.7  # no stage may take no time at all
            found[name] = parameter(name, "factor", draw(st.floats(shortest, 1.5)))
    return list(found.values())
