"""The mechanisms that a pathway can name, each a way to allocate the places of a round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from imgsim.markets.allocation import Allocation, Applicants, Mechanism
from imgsim.markets.match import Match
from imgsim.markets.quota import Quota
from imgsim.markets.ranked import Ranked
from imgsim.parameters import Parameters
from imgsim.pathway import Pathway
from imgsim.rulebook import Rulebook

Maker = Callable[[str, Parameters, Rulebook, Pathway, int, float], Mechanism]

MECHANISMS: Final[dict[str, Maker]] = {"match": Match, "quota": Quota, "ranked": Ranked}

__all__ = ["MECHANISMS", "Allocation", "Applicants", "Maker", "Mechanism"]
