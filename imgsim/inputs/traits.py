"""The closed list of traits: what a rule may know about a person.

A person is one row of ``float64``. The first traits have a fixed place; a pathway's flags follow them. Categorical
traits hold the code of their category (its place in the pathway's list), or -1 where none applies yet.
"""

from __future__ import annotations

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

# Stored traits, in the order of their places in the row. Days count from 1970-01-01.
STORED: Final = (
    "birth",  # day
    "graduation",  # day
    "ready_since",  # day on which the papers for a round were complete (0: nothing is needed)
    "last_clinical",  # day on which clinical work last ended (or today while it lasts)
    "ability",  # standard deviations around the mean of all graduates
    "english",  # standard deviations
    "citizen",  # 1 for citizens and permanent residents of the country of destination
    "needs_visa",  # 1 if a visa is needed to train
    "experience",  # years of clinical experience in the country of destination
    "ready",  # 1 if certified when programmes read the files of the coming round
    "seasons",  # match seasons ended without a place
    "failures",  # failed sittings of the exam at hand
    "group",
    "region",
    "wish",  # specialty wished for
    "specialty",  # specialty of the post held or last held
    "visa",  # status held in training
    "sponsor",  # what the placing programme sponsors
    "livelihood",
    "competitor",  # kind of competitor; -1 for the graduates whose lives are simulated
    "area",  # part of the country of destination in which a post is sought; -1 where a road knows no areas
)

# Traits worked out from stored ones on the day a rule is asked.
COMPUTED: Final = (
    "age",
    "years_since_graduation",
    "practice_gap",
    "failed_before",
    "current_year",  # 1 if graduated in the academic year (from 1 July) of the day, or later
)

CATEGORICAL: Final = ("group", "region", "wish", "specialty", "visa", "sponsor", "livelihood", "competitor", "area")
COUNTS: Final = ("seasons",)  # what stages may count on a person
YES_NO: Final = ("citizen", "needs_visa", "ready", "failed_before", "current_year")

COLUMN: Final[Mapping[str, int]] = {name: place for place, name in enumerate(STORED)}
BIRTH, GRADUATION, LAST_CLINICAL = COLUMN["birth"], COLUMN["graduation"], COLUMN["last_clinical"]
READY_SINCE: Final = COLUMN["ready_since"]
FIRST_FLAG: Final = len(STORED)

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
    """The integer that names a trait in rules: a place in the row, or a negative code for a computed trait.

    Raises KeyError if no such trait exists; flags are named ``flag.<name>``.
    """
    if name in COMPUTED_CODE:
        return COMPUTED_CODE[name]
    if name.startswith("flag."):
        return FIRST_FLAG + list(flags).index(name[5:])
    return COLUMN[name]


def trait_names(flags: Sequence[str] = ()) -> list[str]:
    """All names a rule may use, flags included: for messages and checks."""
    hidden = {"birth", "graduation", "ready_since", "last_clinical"}
    return [*(name for name in STORED if name not in hidden), *COMPUTED, *(f"flag.{flag}" for flag in flags)]


def width(flags: Sequence[str]) -> int:
    """The length of one person's row of traits."""
    return FIRST_FLAG + len(flags)
