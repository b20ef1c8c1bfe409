"""A branch: a certain rule. The first option whose condition holds is taken at once, the last option otherwise.

A condition is a text that can be read aloud. It stands beside the wiring, for no number belongs to it:

    when = "flag.final_exam"                                      # the first of two options
    when = { own = "area == north", other = "specialty == surgery" }   # the first that holds
    when = "region == overseas and before 2025-07-01 or not citizen"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.base.files.toml import Table
from imgsim.inputs.kinds.kind import OTHERWISE, Kind, Shape
from imgsim.inputs.pathways.pathway import TODAY, Condition, Criterion, Stage

MARK: Final = re.compile(r"(not )?([a-z][\w.]*)")
COMPARISON: Final = re.compile(r"([a-z][\w.]*) (==|in|>=|<) (.+)")
DATED: Final = re.compile(r"(from|before) (\d{4}-\d\d-\d\d)")
FORMS: Final = (
    "`trait`, `not trait`, `trait == category`, `trait in one, other`, `trait >= number`, `trait < number`, "
    "`from 2021-07-01` or `before 2021-07-01`"
)


# --- from text to criteria -------------------------------------------------------------------------------------------


def condition(text: str) -> Condition:
    """The alternatives of a condition, each with its criteria; ValueError if it cannot be read."""
    return tuple(tuple(criterion(part) for part in alternative.split(" and ")) for alternative in text.split(" or "))


def criterion(text: str) -> Criterion:
    """One criterion for a trait or the date; ValueError if the text is none."""
    text = text.strip()
    if dated := DATED.fullmatch(text):
        return within(TODAY, dated[1] == "from", to_day(date.fromisoformat(dated[2])))
    if mark := MARK.fullmatch(text):
        return Criterion(mark[2], ("no",) if mark[1] else ("yes",))
    compared = COMPARISON.fullmatch(text)
    if compared is None:
        raise ValueError(text)
    trait, sign, value = compared.groups()
    if sign in ("==", "in"):
        return Criterion(trait, tuple(part.strip() for part in value.split(",")) if sign == "in" else (value,))
    return within(trait, sign == ">=", float(value))


def within(trait: str, is_lower: bool, limit: float) -> Criterion:
    """A criterion for a number or day with its lower or its upper limit."""
    return Criterion(trait, (), limit, None) if is_lower else Criterion(trait, (), None, limit)


def words(of: Condition) -> str:
    """A condition in the words in which it is written."""
    return " or ".join(" and ".join(map(words_of_criterion, alternative)) for alternative in of)


def words_of_criterion(of: Criterion) -> str:
    """One criterion in the words in which it is written."""
    if of.trait == TODAY:
        return f"from {to_date(int(of.low))}" if of.low is not None else f"before {to_date(int(of.high or 0))}"
    if of.values in (("yes",), ("no",)):
        return of.trait if of.values == ("yes",) else f"not {of.trait}"
    if of.values:
        return f"{of.trait} {'==' if len(of.values) == 1 else 'in'} {', '.join(of.values)}"
    return f"{of.trait} >= {of.low:g}" if of.low is not None else f"{of.trait} < {of.high:g}"


def values_deciding(stage: Stage, option: str, trait: str) -> set[str]:
    """The categories of a trait that lead to an option by themselves."""
    alone = [alternative[0] for alternative in stage.when.get(option, ()) if len(alternative) == 1]
    return {value for one in alone if one.trait == trait for value in one.values}


# --- the kind --------------------------------------------------------------------------------------------------------


def fields(table: Table, outcomes: Mapping[str, str]) -> dict[str, Any]:
    """The conditions of the options but the last, and where the rule comes from."""
    when = {option: read(table, option, text) for option, text in texts(table, list(outcomes)).items()}
    source = table.text("source", "")
    if not source and any(one.trait == TODAY for held in when.values() for criteria in held for one in criteria):
        table.fail("a rule that changes on a day needs a `source`", "when")
    return {"when": when, "source": source, "where": table.text("where", "")}


def texts(table: Table, options: list[str]) -> dict[str, str]:
    """The condition of each option but the last; one text alone is that of the first of two options."""
    if not isinstance(table.get("when", (str, dict), "a condition, or one for each option but the last"), dict):
        conditions = {options[0]: table.text("when")}
    else:
        table.table("when").only(*options[:-1])
        conditions = {option: table.table("when").text(option) for option in table.table("when")}
    for option in options[:-1]:
        if option not in conditions:
            table.fail(f"`when` does not say when `{option}` is taken (the last option needs no condition)", "when")
    return {option: conditions[option] for option in options[:-1]}


def read(table: Table, option: str, text: str) -> Condition:
    """One condition, refused where it stands if it cannot be read."""
    try:
        return condition(text)
    except ValueError:
        table.fail(f"`{text}` is no condition for `{option}`; write {FORMS}, joined by `and` and `or`", "when")


def details(stage: Stage) -> str:
    """The rule in words: when each option is taken, the last one otherwise, and where the rule comes from."""
    rules = [f"{option} when {words(stage.when[option])}" for option in stage.when]
    grounds = ", ".join(filter(None, (stage.source, stage.where)))
    return "; ".join([*rules, f"otherwise {list(stage.next)[-1]}"]) + "." + (f" ({grounds})" if grounds else "")


def traits_of(stages: Iterable[Stage]) -> set[str]:
    """The traits on which branches depend."""
    return {one.trait for stage in stages for held in stage.when.values() for criteria in held for one in criteria}


BRANCH: Final = Kind(
    name="branch",
    description="A certain rule: the first option whose condition holds.",
    outcomes=None,
    keys=("when", "source", "where"),
    fields=fields,
    sentences={OTHERWISE: "{question} {outcome}"},
    details=details,
    shape=Shape(("{", "}"), "#fdf3e3", "#a8651c", "branch: a certain rule", outline="octagon"),
    instant=True,
)
