"""``python -m tests.golden --write "why"``: the expected results of the golden run, written anew.

With ``--reforms`` those of the shipped reforms instead, with ``--scenarios`` the fingerprints of the shipped scenarios.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("--write", metavar="REASON", required=True, help="why the results may change")
    parser.add_argument("--reforms", action="store_true", help="the results of the shipped reforms")
    parser.add_argument("--scenarios", action="store_true", help="the fingerprints of the shipped scenarios")
    given = parser.parse_args()
    reason = given.write.strip()
    if not reason:
        parser.error("say why the results change")
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names
    from golden import shipped_reforms, shipped_scenarios, toy_run

    results = shipped_reforms if given.reforms else shipped_scenarios if given.scenarios else toy_run
    results.write(reason)
    print(f"written: {results.FILE}")


if __name__ == "__main__":
    main()
