"""From a pathway file (and the stages a scenario adds to it) to a pathway."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from imgsim.base.errors import Problems
from imgsim.base.files.toml import Table, read_toml
from imgsim.inputs.countries import countries_in, pathway_file
from imgsim.inputs.pathways.pathway import (
    CERTAIN,
    END_CLASSES,
    FIRST_POST,
    MECHANISMS,
    OUTCOMES,
    PASS_RULES,
    Group,
    Part,
    Pathway,
    Stage,
    Timer,
)
from imgsim.inputs.renamed import answer_to_value, answers
from imgsim.inputs.traits import CATEGORICAL, COUNTS, LIVELIHOODS

STAGE_KEYS: Final = (
    "kind", "label", "phase", "next", "starts_timer", "sets_flag", "sets_trait", "increments", "completes_file",
    "until", "mechanism", "livelihood", "class", "rule",
)  # fmt: skip
OF_ONE_KIND: Final = {
    "until": "wait",
    "mechanism": "round",
    "class": "end",
    "rule": "exam",
}  # keys that mean nothing elsewhere
TOP_KEYS: Final = (
    "country", "title", "entry", "stock_entry", "categories", "groups", "flags", "milestones", "competitors", "clock",
    "stage", "countries", "common", "maps_groups", "redirects", "first_post",
)  # fmt: skip


def read_pathway(path: Path) -> Pathway:
    """The pathway a file describes; names across the graph are checked elsewhere."""
    top = read_toml(path)
    top.only(*TOP_KEYS, answers=answers("pathway"))
    categories = categories_of(top.table("categories"))
    groups = {name: group(name, entry, categories) for name, entry in top.table("groups").children()}
    return Pathway(
        country=top.text("country"),
        title=top.text("title"),
        entry=top.text("entry"),
        stock_entry=top.text("stock_entry", None),
        categories=categories,
        groups=groups,
        flags=texts_of(top.table("flags")),
        milestones={name: top.table("milestones").texts(name) for name in top.table("milestones")},
        competitors=texts_of(top.table("competitors")),
        timers={name: timer(name, entry) for name, entry in top.table("clock").children()},
        stages=stages_of(top.table("stage")),
        parts=parts_of(top, groups),
        first_post=top.text("first_post", FIRST_POST),
        common=common_of(top),
    )


def parts_of(top: Table, groups: Mapping[str, Group]) -> dict[str, Part]:
    """The countries that a road is composed of, each with the cells its groups become there."""
    named = top.texts("countries")
    found = {name: part(name, top, groups) for name in named}
    for key in ("maps_groups", "redirects"):
        top.table(key).only(*named)
    return found


def part(name: str, top: Table, groups: Mapping[str, Group]) -> Part:
    """One country of a composed road."""
    file = pathway_file(top.file.parent.parent, name)
    if not file.is_file():
        top.fail(f"there is no country `{name}`", "countries", name=name, known=countries_in(top.file.parent.parent))
    if "countries" in read_toml(file):
        top.fail(f"`{name}` is composed itself", "countries")
    road = read_pathway(file)
    become = top.table("maps_groups").table(name)
    become.only(*groups)
    for group in groups:
        if (cell := become.text(group)) not in road.groups:
            become.fail(f"{name} has no group `{cell}`", group, name=cell, known=road.groups)
    instead = top.table("redirects").table(name)
    instead.only(*road.stages)
    return Part(road, texts_of(become), texts_of(instead))


def common_of(top: Table) -> str | None:
    """The country whose death rates and second track hold for everybody in a composed road."""
    named = top.texts("countries")
    held = top.text("common", None)
    if named and held not in named:
        top.fail("a composed road says in which of its countries the `common` numbers stand", known=named, name=held)
    return held


def categories_of(table: Table) -> dict[str, tuple[str, ...]]:
    """The values of each categorical trait, each value once."""
    table.only(*CATEGORICAL)
    listed = {trait: table.texts(trait) for trait in table}
    for trait, values in listed.items():
        for value in values:
            if values.count(value) > 1:
                table.fail(f"`{value}` is listed twice", trait)
    return listed


def texts_of(table: Table) -> dict[str, str]:
    """A table of texts."""
    return {key: table.text(key) for key in table}


def group(name: str, table: Table, categories: dict[str, tuple[str, ...]]) -> Group:
    """One population cell."""
    table.only("label", "region", "citizen")
    region, known = table.text("region"), categories.get("region", ())
    if region not in known:
        table.fail(f"unknown region `{region}`", "region", name=region, known=known)
    return Group(name, table.text("label"), region, table.flag("citizen"))


def timer(name: str, table: Table) -> Timer:
    """One rival clock."""
    table.only("label", "starts", "applies_in", "to", answers=answers("timer"))
    starts = table.text("starts", None)
    if starts not in (None, "birth", "entry"):
        table.fail(
            f"a clock starts at birth or entry, not at `{starts}`", "starts", name=starts, known=("birth", "entry")
        )
    everywhere = table.data.get("applies_in") == "everywhere"
    return Timer(
        name, table.text("label"), starts, "everywhere" if everywhere else table.texts("applies_in"), table.text("to")
    )


def stages_of(table: Table) -> dict[str, Stage]:
    """The stages of a table by name."""
    found: dict[str, Stage] = {}
    problems = Problems()
    for name, entry in table.children():
        with problems:
            found[name] = stage(name, entry)
    problems.refuse()
    return found


def stage(name: str, table: Table) -> Stage:
    """One stage; its outcomes must be those of its kind."""
    table.only(*STAGE_KEYS, answers=answers("stage"))
    kind = table.text("kind")
    if kind not in OUTCOMES:
        table.fail(f"unknown stage kind `{kind}`; one of {', '.join(OUTCOMES)}", "kind", name=kind, known=OUTCOMES)
    for key, only in OF_ONE_KIND.items():
        if key in table and kind != only:
            table.fail(f"only a stage of kind {only} has `{key}`", key)
    following = texts_of(table.table("next"))
    refuse_outcomes(table, kind, following)
    return Stage(
        name=name,
        kind=kind,
        label=table.text("label"),
        phase=table.text("phase", "") if kind == "end" else table.text("phase"),
        next=following,
        starts=lists_by_outcome(table, "starts_timer", following),
        sets=lists_by_outcome(table, "sets_flag", following),
        status={outcome: texts_of(entry) for outcome, entry in by_outcome(table, "sets_trait", following).children()},
        adds=counted(table, following),
        ready=ready_outcomes(table, following),
        until=table.text("until", None),
        mechanism=mechanism(table) if kind == "round" else None,
        rule=pass_rule(table, following),
        livelihood=known_livelihood(table),
        end_class=end_class(table) if kind == "end" else None,
    )


def refuse_outcomes(table: Table, kind: str, following: dict[str, str]) -> None:
    """Refuse outcomes that the kind does not have, and a choice that is none."""
    legal = OUTCOMES[kind]
    for outcome in following:
        if legal is not None and outcome not in legal:
            have = ", ".join(legal) if legal else "none"
            message = f"a stage of kind {kind} has no outcome `{outcome}` (it has {have})"
            table.table("next").fail(message, outcome, name=outcome, known=legal)
    if kind == "choose" and len(following) < 2:
        table.fail("a choice needs at least two options", "next" if "next" in table else None)
    if legal and not following:
        table.fail("the stage cannot be left: no outcome is wired", "next" if "next" in table else None)
    for outcome in CERTAIN.get(kind, ()):
        if outcome not in following:
            table.fail(f"a stage of kind {kind} must say where `{outcome}` leads", "next")


def by_outcome(table: Table, key: str, following: dict[str, str]) -> Table:
    """A table keyed by the stage's outcomes."""
    held = table.table(key)
    held.only(*following)
    return held


def lists_by_outcome(table: Table, key: str, following: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Lists of names keyed by the stage's outcomes."""
    held = by_outcome(table, key, following)
    return {outcome: held.texts(outcome) for outcome in held}


def counted(table: Table, following: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The counts of the person that each outcome raises."""
    held = lists_by_outcome(table, "increments", following)
    for outcome, names in held.items():
        for name in names:
            if name not in COUNTS:
                table.table("increments").fail(f"unknown count `{name}`", outcome, name=name, known=COUNTS)
    return held


def ready_outcomes(table: Table, following: dict[str, str]) -> tuple[str, ...]:
    """The outcomes that complete the papers for a round."""
    named = table.texts("completes_file")
    for outcome in named:
        if outcome not in following:
            table.fail(f"unknown outcome `{outcome}`", "completes_file", name=outcome, known=following)
    return named


def known_livelihood(table: Table) -> str | None:
    """The state of the second track that the stage imposes."""
    state = table.text("livelihood", None)
    if state is not None and state not in LIVELIHOODS:
        table.fail(f"unknown livelihood `{state}`", "livelihood", name=state, known=LIVELIHOODS)
    return state


def mechanism(table: Table) -> str:
    """How the places of a round are allocated."""
    held = table.text("mechanism")
    if answer := answer_to_value("mechanism", held):
        table.fail(answer, "mechanism")
    if held not in MECHANISMS:
        table.fail(f"unknown mechanism `{held}`", "mechanism", name=held, known=MECHANISMS)
    return held


def pass_rule(table: Table, following: dict[str, str]) -> str | None:
    """How a sitting becomes a pass, if not by one probability; only stations can be passed by half."""
    held = table.text("rule", None)
    if held is not None and held not in PASS_RULES:
        table.fail(f"unknown pass rule `{held}`", "rule", name=held, known=PASS_RULES)
    if "borderline" in following and held != "stations":
        table.table("next").fail("only an exam by stations can be borderline", "borderline")
    return held


def end_class(table: Table) -> str:
    """The class of an end, from the closed list."""
    held: Any = table.text("class")
    if held not in END_CLASSES:
        table.fail(
            f"unknown class of ends `{held}`; one of {', '.join(END_CLASSES)}", "class", name=held, known=END_CLASSES
        )
    return str(held)
