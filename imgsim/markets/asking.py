"""What a Match asks of each applicant: merit, second specialty, number of applications, and whom to ask afterwards."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.chance import uniform
from imgsim.compiled import compiled
from imgsim.markets.applications import Pairs
from imgsim.markets.choice import chooses_among
from imgsim.rules import Rules, Who, draw, predict

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@compiled
def merits(rules: Rules, q: int, day: int, traits: Floats) -> Floats:
    """The merit of every applicant, in standard deviations of a programme's judgement."""
    found = np.empty(len(traits))
    for k in range(len(traits)):
        found[k] = predict(rules, q, day, traits[k])
    return found


@compiled
def second_and_wanted(
    rules: Rules, seed: int, replication: int, actor: Ints, traits: Floats, day: int, year: int, backup: int,
    second: Ints, seconds: Ints, applications: int,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Second specialty (-1 without one) and number of applications of every applicant."""
    also, wanted = np.full(len(actor), -1), np.empty(len(actor), np.int64)
    for k in range(len(actor)):
        who = Who(seed, replication, actor[k])
        if draw(rules, who, backup, 0) < 1.0 / (1.0 + np.exp(-predict(rules, backup, day, traits[k]))):
            also[k] = seconds[chooses_among(rules, who, second, day, traits[k], 0)]
        wanted[k] = int(np.exp(predict(rules, applications, day, traits[k])) + draw(rules, who, applications, year))
    return also, wanted


@compiled
def open_pairs(
    seed: int, replication: int, year: int, decided: int, actor: Ints, without: Ints, kind: Ints, open_programmes: Ints,
    partner: Ints, takes: Bools, wanted: int,
) -> Pairs:  # fmt: skip
    """Applications to unfilled programmes of any specialty: each applicant asks ``wanted`` of them on average."""
    share = min(1.0, wanted / len(open_programmes))
    applicant, programme = np.empty(0, np.int64), np.empty(0, np.int64)
    for fill in range(2):  # count first, then write
        n = 0
        for a in without:
            for p in open_programmes:
                if takes[kind[a], p] and uniform(seed, replication, actor[a], decided, year, partner[p]) < share:
                    if fill:
                        applicant[n], programme[n] = a, p
                    n += 1
        if not fill:
            applicant, programme = np.empty(n, np.int64), np.empty(n, np.int64)
    return Pairs(applicant, programme)
