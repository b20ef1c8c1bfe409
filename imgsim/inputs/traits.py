"""Traits: everything that a rule may know about a person, each declared once, in ``TRAITS``.

A person is one row of ``float64``: the declared traits in their order, then the pathway's flags. A categorical trait
holds the code of its category (its place in the pathway's list), or -1 where none applies. From the declaration follow
the drawing at entry, the columns of the table of people with their descriptions, the traits that a stage may set, the
traits that each country of a combined pathway draws by its own numbers, and the strata of the outcomes.

To add a trait: declare it here, list its categories in the country's ``pathway.toml``, and give its numbers
(``population.<name>...``) in ``parameters/people.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIVELIHOODS: Final = (
    "practising_home",  # practising medicine in the country of training or elsewhere abroad
    "preparing",  # full-time preparation
    "local_experience",  # clinical research or observership in the country of destination
    "health_adjacent",  # work in health below the level of training
    "survival_job",  # work unrelated to medicine
    "unemployed",
    "in_training",  # residency, fellowship
    "in_practice",
)

# Kinds of traits: a day counts from 1970-01-01, a yes-or-no trait holds 0 or 1, a category the code of its value.
DAY, SCORE, DURATION, COUNT, YES_NO, CATEGORY = "day", "score", "duration", "count", "yes_no", "category"

# How a trait is drawn when a person enters, by the parameter `population.<name>`: a probability (yes-or-no traits),
# the mean of a standard normal score, a duration in years, or conditional probabilities of the categories in their
# order, `population.<name>.<category>`, the categories without a number taking the rest.
BY_PROBABILITY, BY_SCORE, BY_DURATION, BY_CHOICE = "probability", "score", "duration", "choice"
UNIT_DRAWN: Final[Mapping[str, str]] = {
    BY_PROBABILITY: "probability", BY_SCORE: "score", BY_DURATION: "years", BY_CHOICE: "probability",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of a person: its kind, how it is drawn and set, and where it is reported."""

    name: str
    kind: str
    label: str  # what it means: its entry in the data dictionary
    unit: str = ""
    unset: float = 0.0  # the value as long as nothing has given another one
    drawn: str = ""  # how it is drawn at entry; empty: it follows from the group, or stages and rounds set it
    values_of: str = ""  # the categorical trait whose list of categories it shares, if it has none of its own
    by_group: bool = False  # given by the population group, for life
    set_by_stages: bool = False  # a stage's outcome may set it
    counted_by_stages: bool = False  # a stage's outcome may raise it by one
    asked_by_rules: bool = True  # parameters may depend on it
    seen_by_country: str = ""  # in a combined pathway: drawn anew for each country, by a stage of this name
    reported: str = ""  # its column in the table of people
    reported_if_listed: bool = False  # only where the pathway lists categories for it
    stratifies: bool = False  # outcomes are also given by its categories
    competitors: float | None = None  # the value of competitors in a Match, if it is not `unset`


# In the order of the row, of the drawing (a trait may depend on those before it) and of the columns.
TRAITS: Final = (
    Trait(
        "group", CATEGORY, "population group: region of school and citizenship",
        unset=-1.0, by_group=True, reported="group",
    ),
    Trait(
        "region", CATEGORY, "region of the medical school",
        unset=-1.0, by_group=True, reported="region", stratifies=True,
    ),
    Trait(
        "citizen", YES_NO, "citizen or permanent resident of the country, by group",
        by_group=True, set_by_stages=True, seen_by_country="citizen", reported="citizen", stratifies=True,
        competitors=1.0,
    ),
    Trait(
        "needs_visa", YES_NO, "needs a visa to train in the country",
        drawn=BY_PROBABILITY, set_by_stages=True, seen_by_country="visa", reported="needs_visa",
    ),
    Trait("birth", DAY, "day of birth", asked_by_rules=False, reported="birth_date"),
    Trait("graduation", DAY, "day of graduation from medical school", asked_by_rules=False, reported="graduation_date"),
    Trait(
        "ready_since", DAY, "day on which the papers for a round were complete, 0 where none are needed",
        asked_by_rules=False,
    ),
    Trait("last_clinical", DAY, "last day of clinical work, today while it lasts", asked_by_rules=False),
    Trait(
        "ability", SCORE, "exam ability relative to the reference mean", "score (SD)",
        drawn=BY_SCORE, reported="ability",
    ),
    Trait(
        "english", SCORE, "command of English relative to the reference mean", "score (SD)",
        drawn=BY_SCORE, reported="english",
    ),
    Trait("experience", DURATION, "clinical experience in the country of destination", "years", drawn=BY_DURATION),
    Trait("ready", YES_NO, "certified when programmes read the files of the coming round", competitors=1.0),
    Trait("failures", COUNT, "failed sittings of the present exam", "sittings"),
    Trait("has_failed", YES_NO, "has failed a sitting of an exam that may be sat again"),
    Trait(
        "wish", CATEGORY, "specialty hoped for",
        unset=-1.0, drawn=BY_CHOICE, values_of="specialty", set_by_stages=True, seen_by_country="wish", reported="wish",
    ),
    Trait(
        "specialty", CATEGORY, "specialty of the last place obtained",
        unset=-1.0, set_by_stages=True, reported="specialty",
    ),
    Trait("visa", CATEGORY, "status held in training", set_by_stages=True, reported="visa"),
    Trait("sponsor", CATEGORY, "visa that the placing programme sponsors", unset=-1.0, set_by_stages=True),
    Trait(
        "seasons", COUNT, "seasons entered that ended without a place", "Match seasons",
        counted_by_stages=True, reported="seasons",
    ),
    Trait("livelihood", CATEGORY, "activity status", unset=-1.0),
    Trait("competitor", CATEGORY, "kind of competitor in a Match, -1 for simulated graduates", unset=-1.0),
    Trait(
        "area", CATEGORY, "part of the country in which a post is sought; only where the pathway knows areas",
        unset=-1.0, drawn=BY_CHOICE, set_by_stages=True, seen_by_country="area", reported="area",
        reported_if_listed=True,
    ),
)  # fmt: skip

# Traits worked out from stored ones on the day a rule is asked.
COMPUTED: Final = (
    "age",
    "years_since_graduation",
    "practice_gap",
    "failed_before",
    "current_year",  # 1 if graduated in the academic year of the day (`academic_year.begins`), or later
)

BY_NAME: Final[Mapping[str, Trait]] = {trait.name: trait for trait in TRAITS}
COLUMN: Final[Mapping[str, int]] = {trait.name: column for column, trait in enumerate(TRAITS)}
CATEGORICAL: Final = tuple(trait.name for trait in TRAITS if trait.kind == CATEGORY)
COUNTS: Final = tuple(trait.name for trait in TRAITS if trait.counted_by_stages)
YES_NO_TRAITS: Final = (*(trait.name for trait in TRAITS if trait.kind == YES_NO), "failed_before", "current_year")
DRAWN: Final = tuple(trait for trait in TRAITS if trait.drawn)
BIRTH, GRADUATION, LAST_CLINICAL = COLUMN["birth"], COLUMN["graduation"], COLUMN["last_clinical"]
READY_SINCE: Final = COLUMN["ready_since"]
FIRST_FLAG: Final = len(TRAITS)
UNSET: Final = tuple(trait.unset for trait in TRAITS)  # the row of somebody about whom nothing is known

# Codes of computed traits lie below -1, so that one integer names any trait.
AGE, YEARS_SINCE_GRADUATION, PRACTICE_GAP, FAILED_BEFORE, CURRENT_YEAR = -2, -3, -4, -5, -6
COMPUTED_CODE: Final[Mapping[str, int]] = {
    "age": AGE,
    "years_since_graduation": YEARS_SINCE_GRADUATION,
    "practice_gap": PRACTICE_GAP,
    "failed_before": FAILED_BEFORE,
    "current_year": CURRENT_YEAR,
}


def trait_code(name: str, flags: Sequence[str] = ()) -> int:
    """The integer that names a trait in rules: a column of the row, or a negative code for a computed trait.

    Raises KeyError if no such trait exists; flags are named ``flag.<name>``.
    """
    if name in COMPUTED_CODE:
        return COMPUTED_CODE[name]
    if name.startswith("flag."):
        return FIRST_FLAG + list(flags).index(name[5:])
    return COLUMN[name]


def trait_names(flags: Sequence[str] = ()) -> list[str]:
    """All names a rule may use, flags included: for messages and checks."""
    asked = (trait.name for trait in TRAITS if trait.asked_by_rules)
    return [*asked, *COMPUTED, *(f"flag.{flag}" for flag in flags)]


def width(flags: Sequence[str]) -> int:
    """The length of one person's row of traits."""
    return FIRST_FLAG + len(flags)


def values_listed(trait: Trait, categories: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The values of a trait in the order of their codes: no and yes, or the categories that a pathway lists."""
    if trait.kind == YES_NO:
        return ("no", "yes")
    return tuple(categories.get(trait.values_of or trait.name, ()))


def parameters_drawn(trait: Trait, categories: Mapping[str, Sequence[str]]) -> list[str]:
    """The parameters that draw a trait: one for each category but the last, or one of the trait's own name.

    Of a choice the last few may be missing; the first category without one takes whoever is left.
    """
    if trait.drawn == BY_CHOICE:
        return [f"population.{trait.name}.{value}" for value in values_listed(trait, categories)[:-1]]
    return [f"population.{trait.name}"] if trait.drawn else []
