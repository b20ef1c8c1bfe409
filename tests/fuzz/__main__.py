"""``python -m tests.fuzz --count 100000 --seed 1 --processes 2``: random files, checked and run; 1 if one fails.

With ``--command-line`` it is random command lines instead, in this process.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--run-every", type=int, default=10, help="one in so many accepted files is run (0: none)")
    parser.add_argument(
        "--whole-every", type=int, default=20, help="one in so many of these writes results and figures"
    )
    parser.add_argument(
        "--shipped-every", type=int, default=20, help="at one in so many a shipped scenario is changed too (0: none)"
    )
    parser.add_argument("--save", type=Path, help="folder for the smallest case of every kind of failure")
    parser.add_argument("--command-line", action="store_true", help="random command lines instead of files")
    given = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names
    from fuzz.campaign import Found, judged, single_threaded

    single_threaded()
    if given.command_line:
        return command_lines(given.seed, range(given.first, given.first + given.count))
    begun, found, step = time.monotonic(), Found(), 500
    every = (given.run_every, given.whole_every, given.shipped_every)
    numbers = range(given.first, given.first + given.count)
    parts = [numbers[k : k + step] for k in range(0, len(numbers), step)]
    if given.processes == 1:
        results = (judged(given.seed, part, *every) for part in parts)
        for part in results:
            found.merge(part)
            print(f"{sum(found.counts.values())}: {dict(found.counts)}", file=sys.stderr)
    else:
        with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
            waiting = [pool.submit(judged, given.seed, part, *every) for part in parts]
            for one in waiting:
                found.merge(one.result())
                print(f"{sum(found.counts.values())}: {dict(found.counts)}", file=sys.stderr)
    for kind, (case, said) in sorted(found.failures.items()):
        print(f"\n--- {kind}\n{said}\n{case.dumped()}")
    counts = ", ".join(f"{kind} {count:,}" for kind, count in sorted(found.counts.items()))
    print(
        f"seed {given.seed}: {given.count:,} files in {time.monotonic() - begun:.0f} s: {counts}; "
        f"{len(found.failures)} kinds of failure"
    )
    return bool(found.failures)


def command_lines(seed: int, numbers: range) -> int:
    """Give the command lines of some numbers; 1 if one fails."""
    from fuzz.command_oracle import judged_lines

    begun = time.monotonic()
    counts, failures = judged_lines(seed, numbers, figures=True)
    for line, said in failures.items():
        print(f"\n--- {line}\n{said}")
    words = ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items()))
    print(f"seed {seed}: {len(numbers):,} command lines in {time.monotonic() - begun:.0f} s: {words}")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
