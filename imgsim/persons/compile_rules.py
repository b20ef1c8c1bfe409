"""Turn the parameters of a scenario into the arrays that the risk equations read."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imgsim.base.randomness.addresses import decision
from imgsim.inputs.consistency import known_categories
from imgsim.inputs.parameters.dispersion import dispersion_of
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.parameters.parameter import Row as Dated
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import DRAWN, LIVELIHOODS, parameters_drawn, trait_code
from imgsim.persons.risk_equations import EXPONENTIAL, GOMPERTZ, LOGNORMAL, NO_TRAIT, SERIES, Rules

DISTRIBUTION: Final = {"lognormal": LOGNORMAL, "gompertz": GOMPERTZ, "exponential": EXPONENTIAL}
LOG_UNITS: Final = ("days", "years", "rate", "amount", "factor")
ALWAYS: Final = -(2**60)
ACADEMIC_YEAR: Final = "academic_year.begins"
NEW_YEAR: Final = 101  # 1 January, as 100 x month + day
# What a value by category is, behind its link, for whom the trait is not set: no chance, no risk and no time; nothing
# added and, as ratios are factors, nothing multiplied.
UNSET: Final = dict.fromkeys(("probability", "rate", "days", "years", "amount"), -math.inf)
WORKING_STATES: Final = 5  # livelihoods with a starting share of their own; the sixth takes the rest


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """The rules of a scenario and the numbers by which code asks for them."""

    rules: Rules
    numbers: Mapping[str, int]
    categories: Mapping[str, Sequence[str]]

    def number(self, name: str) -> int:
        """The number of a quantity, or -1 if the scenario has none of that name."""
        return self.numbers.get(name, -1)

    def largest(self, name: str) -> float:
        """The largest value, behind its link, that a quantity ever takes; 0 if the scenario has none of that name."""
        if name not in self.numbers:
            return 0.0
        q, rules = self.numbers[name], self.rules
        end = rules.head[q + 1, SERIES] if q + 1 < len(rules.head) else len(rules.first) - 1
        return float(rules.value[rules.first[rules.head[q, SERIES]] : rules.first[end]].max())


def compile_rules(parameters: Parameters, pathway: Pathway) -> CompiledRules:
    """All parameters of a scenario as arrays; options of one choice get consecutive numbers."""
    names = ordered(parameters, pathway)
    numbers = {name: q for q, name in enumerate(names)}
    builder = Builder(parameters, numbers, known_categories(pathway), tuple(pathway.flags))
    for name in names:
        builder.add(parameters[name])
    return CompiledRules(builder.rules(), numbers, builder.categories)


def ordered(parameters: Parameters, pathway: Pathway) -> list[str]:
    """Names of parameters, with the options of one choice next to each other in the order in which they are asked."""
    first = [
        f"{stage.name}.{option}"
        for stage in pathway.stages.values()
        if stage.kind == "choose"
        for option in list(stage.next)[:-1]
    ]
    first += [f"livelihood.start.{state}" for state in LIVELIHOODS[:WORKING_STATES]]
    first += [name for trait in DRAWN for name in parameters_drawn(trait, pathway.categories)]
    first += [name for stage in pathway.stages.values() for name in sessions_of(parameters, stage.name)]
    first = [name for name in dict.fromkeys(first) if name in parameters]
    return first + sorted(set(parameters) - set(first))


def academic_year_of(parameters: Parameters) -> int:
    """The day of the year on which the academic year begins, as 100 x month + day; 1 January where none is given."""
    return int(parameters.value(ACADEMIC_YEAR, 0)) if ACADEMIC_YEAR in parameters else NEW_YEAR


def sessions_of(parameters: Collection[str], exam: str) -> list[str]:
    """The yearly sessions of an exam (``<exam>.session.1`` and so on); none if it can be sat on any day."""
    return sorted(name for name in parameters if name.startswith(f"{exam}.session."))


class Builder:
    """Collects the rows of the arrays, one quantity after another."""

    def __init__(
        self,
        parameters: Parameters,
        numbers: Mapping[str, int],
        categories: Mapping[str, Sequence[str]],
        flags: Sequence[str],
    ) -> None:
        self.parameters, self.numbers, self.categories, self.flags = parameters, numbers, categories, flags
        self.head: list[list[int]] = []
        self.first: list[int] = []
        self.day: list[int] = []
        self.value: list[float] = []
        self.plain: list[float] = []
        self.ratio: list[list[int]] = []

    def add(self, parameter: Parameter) -> None:
        """Append one quantity: its series, its ratios and how to draw from it."""
        if parameter.by:  # the code of a trait that is not set, -1, leads to the series before the first category's
            self.add_series(parameter, (), UNSET.get(parameter.unit, 0.0))
        series = len(self.first)
        for category in self.categories[parameter.by] if parameter.by else ("",):
            self.add_series(parameter, parameter.rows.get(category, ()))
        first_ratio = len(self.ratio)
        for ratio in parameter.ratios:
            code = trait_code(ratio.trait, self.flags)
            place = list(self.categories[ratio.trait]).index(ratio.category) if ratio.category else -1
            self.ratio.append([code, place, self.numbers[ratio.parameter]])
        by = trait_code(parameter.by, self.flags) if parameter.by else NO_TRAIT
        self.head.append(
            [
                series,
                by,
                int(parameter.between == "linear"),
                first_ratio,
                len(self.ratio),
                self.numbers.get(dispersion_of(parameter.name, parameter.distribution) or "", -1),
                DISTRIBUTION[parameter.distribution or "lognormal"],
                int(parameter.unit == "years"),
                decision(parameter.name),
                self.first[series] if parameter.by is None and len(self.day) == self.first[series] + 1 else -1,
            ]
        )

    def add_series(self, parameter: Parameter, rows: Sequence[Dated], missing: float = math.nan) -> None:
        """Append the dated values of one category behind the link; a category without values is not a number."""
        self.first.append(len(self.day))
        if not rows:
            self.day.append(ALWAYS)
            self.value.append(missing)
            self.plain.append(0.0 if math.isinf(missing) else missing)
        for row in rows:
            self.day.append(ALWAYS if row.start is None else row.start)
            self.value.append(self.link(parameter, row.value))
            self.plain.append(row.value)

    def link(self, parameter: Parameter, value: float) -> float:
        """The value behind the link that its unit asks for."""
        if parameter.unit in LOG_UNITS:
            return math.log(value) if value > 0 else -math.inf
        if parameter.unit == "probability":
            return -math.inf if value == 0 else math.inf if value == 1 else math.log(value / (1 - value))
        return value

    def rules(self) -> Rules:
        """The finished arrays."""
        return Rules(
            np.array(self.head, np.int64).reshape(-1, 10),
            np.array([*self.first, len(self.day)], np.int64),
            np.array(self.day, np.int64),
            np.array(self.value, np.float64),
            np.array(self.plain, np.float64),
            np.array(self.ratio, np.int64).reshape(-1, 3),
            academic_year_of(self.parameters),
        )
