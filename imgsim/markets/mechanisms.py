"""The allocation mechanisms that a pathway can name: a match, a lottery, or a ranking by merit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from imgsim.inputs.kinds.round import LOTTERY, MATCH, MERIT
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.markets.allocation import Allocation, Applicants, Mechanism
from imgsim.markets.lottery import Lottery
from imgsim.markets.match.match import Match
from imgsim.markets.merit_ranked import MeritRanked
from imgsim.persons.compile_rules import CompiledRules

Maker = Callable[[str, Parameters, CompiledRules, Pathway, int, float], Mechanism]

MECHANISMS: Final[dict[str, Maker]] = {MATCH: Match, LOTTERY: Lottery, MERIT: MeritRanked}

__all__ = ["MECHANISMS", "Allocation", "Applicants", "Maker", "Mechanism"]
