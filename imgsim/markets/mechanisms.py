"""The mechanisms that a pathway can name, each a way to allocate the places of a round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.markets.allocation import Allocation, Applicants, Mechanism
from imgsim.markets.lottery import Quota
from imgsim.markets.match.match import Match
from imgsim.markets.merit_ranked import Ranked
from imgsim.persons.compile_rules import CompiledRules

Maker = Callable[[str, Parameters, CompiledRules, Pathway, int, float], Mechanism]

MECHANISMS: Final[dict[str, Maker]] = {"match": Match, "lottery": Quota, "ranked": Ranked}

__all__ = ["MECHANISMS", "Allocation", "Applicants", "Maker", "Mechanism"]
