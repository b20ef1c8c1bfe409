"""One career in dates and plain words, from its events and spells of activity status.

The sentences of each stage kind stand in ``inputs/kinds/<kind>.py``, the labels of stages in ``pathway.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from imgsim.base.errors import InputError
from imgsim.inputs.kinds.all_kinds import KINDS
from imgsim.inputs.kinds.kind import OTHERWISE

if TYPE_CHECKING:
    from datetime import datetime

    from imgsim.inputs.pathways.pathway import Pathway, Stage
    from imgsim.inputs.scenarios.scenario import Scenario

DAYS_A_YEAR = 365.25
LARGEST_NUMBER = 2**31  # of a person or a replication
LIVELIHOOD = {
    "practising_home": "practises medicine abroad",
    "preparing": "prepares full-time",
    "local_experience": "does clinical research or observerships in the country of destination",
    "health_adjacent": "works in health below the level of training",
    "survival_job": "works in a survival job unrelated to medicine",
    "unemployed": "is without work",
    "in_training": "is in training",
    "in_practice": "practises medicine",
}

Record = Mapping[str, Any]


def sentence(pathway: Pathway, event: str, value: float) -> str:
    """An event such as `exam.step1.failed` in words."""
    if event in ("entry", "horizon"):
        return {"entry": "enters the pathway", "horizon": "still under way at the end of the simulated time"}[event]
    if event.startswith("clock.") and event.removeprefix("clock.") in pathway.timers:
        return f"time runs out: {pathway.timers[event.removeprefix('clock.')].label}"
    if event in pathway.stages:
        return f"END: {pathway.stages[event].label}"
    name, _, outcome = event.rpartition(".")
    if name not in pathway.stages:
        return event
    return _worded(pathway.stages[name], outcome, value)


def _worded(stage: Stage, outcome: str, value: float) -> str:
    """An outcome or event of a stage in the sentence of its kind."""
    sentences = KINDS[stage.kind].sentences
    template = sentences.get(outcome, sentences.get(OTHERWISE, "{label}: {outcome}"))
    return template.format(
        label=stage.label,
        question=stage.label if stage.label.endswith("?") else f"{stage.label}:",
        outcome=outcome.replace("_", " "),
        value=f"{value:.0f}" if value == value else "",  # a missing value is not equal to itself
    )


def _age(day: datetime, birth: datetime) -> str:
    return f"{(day - birth).days / DAYS_A_YEAR:4.1f}"


def moments(tables: Mapping[str, Any], pathway: Pathway) -> Iterator[tuple[datetime, int, str]]:
    """Every dated sentence of a career, unsorted: (date, order within a day, words)."""
    for order, event in enumerate(tables["events"].to_dict("records")):
        yield event["date"], order, sentence(pathway, str(event["event"]), event["value"])
    for order, spell in enumerate(tables["livelihood"].to_dict("records"), start=len(tables["events"])):
        years = (spell["end"] - spell["start"]).days / DAYS_A_YEAR
        doing = LIVELIHOOD.get(str(spell["state"]), str(spell["state"]))
        yield spell["start"], order, f"    . {doing} ({_span(years)})"


def _span(years: float) -> str:
    return f"for {years:.1f} years" if years >= 1 else f"for {round(years * DAYS_A_YEAR)} days"


def who(person: Record, pathway: Pathway) -> list[str]:
    """The head of the story: who this is."""
    group = pathway.groups[str(person["group"])]
    papers = "citizen or permanent resident" if person["citizen"] else "not a citizen"
    visa = "needs a visa to train" if person["needs_visa"] else "needs no visa"
    birth, graduation = person["birth_date"], person["graduation_date"]
    kind = "already licensed when the records begin" if person.get("stock") else f"entered in {person['entry_year']}"
    lines = [f"Person {person['person']}: {group.label}; {papers}, {visa}; {kind}."]
    at = _age(graduation, birth).strip()
    lines.append(f"Born {birth:%Y-%m-%d}; diploma dated {graduation:%Y-%m-%d}, at {at} years of age.")
    if isinstance(person.get("wish"), str):
        given = person.get("specialty")
        trained = f"; specialty given: {given.replace('_', ' ')}" if isinstance(given, str) else ""
        lines.append(f"Specialty hoped for: {person['wish'].replace('_', ' ')}{trained}.")
    return lines


def relive(scenario: Scenario, replication: int, person: int) -> str:
    """Simulate one replication and tell the story of one of its people."""
    from imgsim.engines.engine import AUTO, choose, trace
    from imgsim.engines.model import build

    nobody = InputError(f"no person {person} in replication {replication} at scale {scenario.run.scale:g}")
    if not (0 <= person < LARGEST_NUMBER and 0 <= replication < LARGEST_NUMBER):
        raise nobody
    tables = trace(choose(AUTO).name, build(scenario), replication, person)
    if not len(tables["person"]):
        raise nobody
    return tell(tables, scenario.pathway)


def tell(tables: Mapping[str, Any], pathway: Pathway) -> str:
    """The story of one career. `tables` holds `person` (one row), `events` and `livelihood` of `trace`."""
    person: Record = tables["person"].to_dict("records")[0]
    birth = person["birth_date"]
    lines = [*who(person, pathway), "", "date        age   what happens"]
    for day, _, words in sorted(moments(tables, pathway), key=lambda moment: moment[:2]):
        lines.append(f"{day:%Y-%m-%d}  {_age(day, birth)}  {words}")
    if person.get("end") == "under_way":
        lines.append("still under way when the simulated time ends")
    return "\n".join([*lines, "", *_years_lived(tables)])


def _years_lived(tables: Mapping[str, Any]) -> list[str]:
    """Person-years of this career in each activity status."""
    years: dict[str, float] = {}
    for spell in tables["livelihood"].to_dict("records"):
        state = str(spell["state"])
        years[state] = years.get(state, 0.0) + (spell["end"] - spell["start"]).days / DAYS_A_YEAR
    if not years:
        return []
    return ["Years in each livelihood: " + ", ".join(f"{k.replace('_', ' ')} {v:.1f}" for k, v in years.items()) + "."]
