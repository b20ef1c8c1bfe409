"""``python -m tests.golden --write "why"``: the expected results of the golden run, written anew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("--write", metavar="REASON", required=True, help="why the results may change")
    reason = parser.parse_args().write.strip()
    if not reason:
        parser.error("say why the results change")
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names
    import golden_run

    golden_run.write(reason)
    print(f"written: {golden_run.FILE}")


if __name__ == "__main__":
    main()
