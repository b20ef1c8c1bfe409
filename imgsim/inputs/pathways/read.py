"""From a pathway file (and the stages a scenario adds to it) to a pathway."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from imgsim.base.errors import Problems
from imgsim.base.files.toml import Table, read_toml
from imgsim.inputs.countries import countries_in, pathway_file
from imgsim.inputs.kinds.all_kinds import KINDS
from imgsim.inputs.kinds.end import END
from imgsim.inputs.kinds.kind import Kind
from imgsim.inputs.pathways.pathway import (
    FIRST_POST,
    GRADUATES,
    TOGETHER,
    ApplicantGroup,
    Group,
    Part,
    Pathway,
    Scope,
    Stage,
    Timer,
)
from imgsim.inputs.renamed import answers
from imgsim.inputs.traits import CATEGORICAL, COUNTS, LIVELIHOODS

STAGE_KEYS: Final = (
    "kind", "label", "phase", "next", "starts_timer", "sets_flag", "sets_trait", "increments", "completes_file",
    "livelihood",
)  # fmt: skip
OF_ONE_KIND: Final = {key: kind.name for kind in KINDS.values() for key in kind.keys}
TOP_KEYS: Final = (
    "country", "title", "entry", "stock_entry", "categories", "groups", "flags", "milestones", "competitors",
    "applicant_groups", "clock", "stage", "countries", "common", "maps_groups", "redirects", "first_post",
)  # fmt: skip


def read_pathway(path: Path) -> Pathway:
    """The pathway a file describes; names across the graph are checked elsewhere."""
    top = read_toml(path)
    top.only(*TOP_KEYS, answers=answers("pathway"))
    categories = categories_of(top.table("categories"))
    groups = {name: group(name, entry, categories) for name, entry in top.table("groups").children()}
    competitors = texts_of(top.table("competitors"))
    return Pathway(
        country=top.text("country"),
        title=top.text("title"),
        entry=top.text("entry"),
        stock_entry=top.text("stock_entry", None),
        categories=categories,
        groups=groups,
        flags=texts_of(top.table("flags")),
        milestones={name: top.table("milestones").texts(name) for name in top.table("milestones")},
        competitors=competitors,
        timers={name: timer(name, entry) for name, entry in top.table("clock").children()},
        stages=stages_of(top.table("stage")),
        parts=parts_of(top, groups),
        first_post=top.text("first_post", FIRST_POST),
        common=common_of(top),
        applicant_groups={
            name: applicant_group(name, entry, competitors) for name, entry in top.table("applicant_groups").children()
        },
    )


def parts_of(top: Table, groups: Mapping[str, Group]) -> dict[str, Part]:
    """The countries that a combined pathway is made of, each with the groups that people belong to there."""
    named = top.texts("countries")
    found = {name: part(name, top, groups) for name in named}
    for key in ("maps_groups", "redirects"):
        top.table(key).only(*named)
    return found


def part(name: str, top: Table, groups: Mapping[str, Group]) -> Part:
    """One country of a combined pathway."""
    file = pathway_file(top.file.parent.parent, name)
    if not file.is_file():
        top.fail(f"there is no country `{name}`", "countries", name=name, known=countries_in(top.file.parent.parent))
    if "countries" in read_toml(file):
        top.fail(f"`{name}` is a combined pathway itself", "countries")
    pathway = read_pathway(file)
    become = top.table("maps_groups").table(name)
    become.only(*groups)
    for group in groups:
        if (cell := become.text(group)) not in pathway.groups:
            become.fail(f"{name} has no group `{cell}`", group, name=cell, known=pathway.groups)
    instead = top.table("redirects").table(name)
    instead.only(*pathway.stages)
    return Part(pathway, texts_of(become), texts_of(instead))


def common_of(top: Table) -> str | None:
    """The country whose death rates and activity status hold for everybody in a combined pathway."""
    named = top.texts("countries")
    held = top.text("common", None)
    if named and held not in named:
        top.fail("a combined pathway says in which of its countries the `common` numbers stand", known=named, name=held)
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


def applicant_group(name: str, table: Table, competitors: Mapping[str, str]) -> ApplicantGroup:
    """Kinds of applicants in a Match that published tables count together."""
    table.only("label", "of")
    kinds, known = table.texts("of"), (*competitors, *GRADUATES)
    for kind in kinds:
        if kind not in known:
            table.fail(f"unknown kind of applicants `{kind}`", "of", name=kind, known=known)
    if not kinds:
        table.fail("a group of applicants needs at least one kind", "of")
    if name in (*known, *TOGETHER):
        table.fail(f"`{name}` is the name of a group already")
    return ApplicantGroup(table.text("label"), kinds)


def timer(name: str, table: Table) -> Timer:
    """One competing timer."""
    table.only("label", "starts", "applies_in", "to", answers=answers("timer"))
    starts = table.text("starts", None)
    if starts not in (None, "birth", "entry"):
        table.fail(
            f"a clock starts at birth or entry, not at `{starts}`", "starts", name=starts, known=("birth", "entry")
        )
    return Timer(name, table.text("label"), starts, scope(table), table.text("to"))


def scope(table: Table) -> Scope:
    """The stages in which a timer can expire: all, a list of names, or those of some phases."""
    given = table.get("applies_in", (str, list, dict), '"everywhere", a list of stages, or a table with `phases`', [])
    if given == "everywhere":
        return Scope(everywhere=True)
    if not isinstance(given, dict):
        return Scope(stages=table.texts("applies_in"))
    entry = table.table("applies_in")
    entry.only("phases", "except", "stages")
    if "phases" not in entry:
        entry.fail("`phases` is missing: without them, a list of stages is enough")
    return Scope(phases=entry.texts("phases"), excluded=entry.texts("except"), stages=entry.texts("stages"))


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
    table.only(*STAGE_KEYS, *OF_ONE_KIND, answers=answers("stage"))
    kind = kind_of(table)
    outcomes = texts_of(table.table("next"))
    refuse_outcomes(table, kind, outcomes)
    return Stage(
        name=name,
        kind=kind.name,
        label=table.text("label"),
        phase=table.text("phase", "") if kind is END else table.text("phase"),
        next=outcomes,
        starts_timer=lists_by_outcome(table, "starts_timer", outcomes),
        sets_flag=lists_by_outcome(table, "sets_flag", outcomes),
        sets_trait=traits_set(table, outcomes),
        increments=counts_raised(table, outcomes),
        completes_file=completing_outcomes(table, outcomes),
        livelihood=imposed_livelihood(table),
        **kind.fields(table, outcomes),
    )


def kind_of(table: Table) -> Kind:
    """The kind of a stage; keys of another kind are refused."""
    name = table.text("kind")
    if name not in KINDS:
        table.fail(f"unknown stage kind `{name}`; one of {', '.join(KINDS)}", "kind", name=name, known=KINDS)
    for key, only in OF_ONE_KIND.items():
        if key in table and name != only:
            table.fail(f"only a stage of kind {only} has `{key}`", key)
    return KINDS[name]


def refuse_outcomes(table: Table, kind: Kind, outcomes: Mapping[str, str]) -> None:
    """Refuse outcomes that the kind does not have, and too few of them."""
    legal, at = kind.outcomes, "next" if "next" in table else None
    for outcome in outcomes:
        if legal is not None and outcome not in legal:
            have = ", ".join(legal) if legal else "none"
            message = f"a stage of kind {kind.name} has no outcome `{outcome}` (it has {have})"
            table.table("next").fail(message, outcome, name=outcome, known=legal)
    if legal is None and len(outcomes) < 2:
        table.fail(f"a stage of kind {kind.name} needs at least two options", at)
    if legal and not outcomes:
        table.fail("the stage cannot be left: no outcome is wired", at)
    for outcome in kind.certain:
        if outcome not in outcomes:
            table.fail(f"a stage of kind {kind.name} must say where `{outcome}` leads", "next")


def by_outcome(table: Table, key: str, outcomes: Mapping[str, str]) -> Table:
    """A table keyed by the stage's outcomes."""
    entry = table.table(key)
    entry.only(*outcomes)
    return entry


def lists_by_outcome(table: Table, key: str, outcomes: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Lists of names keyed by the stage's outcomes."""
    entry = by_outcome(table, key, outcomes)
    return {outcome: entry.texts(outcome) for outcome in entry}


def traits_set(table: Table, outcomes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The traits that each outcome sets, with their values."""
    return {outcome: texts_of(entry) for outcome, entry in by_outcome(table, "sets_trait", outcomes).children()}


def counts_raised(table: Table, outcomes: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The counts of the person that each outcome raises by one."""
    counts = lists_by_outcome(table, "increments", outcomes)
    for outcome, names in counts.items():
        for name in names:
            if name not in COUNTS:
                table.table("increments").fail(f"unknown count `{name}`", outcome, name=name, known=COUNTS)
    return counts


def completing_outcomes(table: Table, outcomes: Mapping[str, str]) -> tuple[str, ...]:
    """The outcomes that complete the file that a round asks for."""
    names = table.texts("completes_file")
    for name in names:
        if name not in outcomes:
            table.fail(f"unknown outcome `{name}`", "completes_file", name=name, known=outcomes)
    return names


def imposed_livelihood(table: Table) -> str | None:
    """The activity status that the stage imposes."""
    state = table.text("livelihood", None)
    if state is not None and state not in LIVELIHOODS:
        table.fail(f"unknown livelihood `{state}`", "livelihood", name=state, known=LIVELIHOODS)
    return state
