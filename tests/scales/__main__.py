"""``python -m tests.scales --replications 4 --seed 1``: does a small scale give the answer of full size?

Every headline line and every round of the shipped countries at several scales, beside full size; 1 if a figure drifts
by more than chance and one point (of a share; one percent of anything else).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> int:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names
    from scales.campaign import SCALES, campaign, tasks
    from scales.report import report

    parser = argparse.ArgumentParser(prog="python -m tests.scales", description=__doc__)
    parser.add_argument("--replications", type=int, default=4, help="at full size; at smaller scales there are more")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenarios", nargs="+", default=["us", "canada", "australia"])
    parser.add_argument("--scales", type=float, nargs="+", default=SCALES)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    if given.replications < 2 or 1.0 not in given.scales:
        parser.error("chance shows from two replications on, and drifts are those from scale 1")
    beyond = 0
    for scenario in given.scenarios:
        every = list(tasks(scenario, given.scales, given.replications, given.seed))
        found = campaign(every, given.processes)
        beyond += sum(not drift.is_within for drift in found)
        print(f"\n## {scenario}: {given.replications} replications at full size, seeds from {given.seed}\n")
        print(report(found), flush=True)
    return beyond > 0


if __name__ == "__main__":
    sys.exit(main())
