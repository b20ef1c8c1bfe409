"""How long `imgsim --help` takes, beside a Python that does nothing.

python benchmarks/startup.py            prints the table
python benchmarks/startup.py --check    and fails above the limit
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from statistics import median
from time import perf_counter

LIMIT = 0.3  # seconds: what a person at a terminal still takes for at once
ROUNDS = 9
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import imgsim": ["-c", "import imgsim"],
    "imgsim --help": ["-m", "imgsim", "--help"],
    "imgsim run --help": ["-m", "imgsim", "run", "--help"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one fresh interpreter."""
    begin = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - begin


def measured() -> dict[str, list[float]]:
    """Sorted times by command; the commands take turns, so that a busy moment hits all of them."""
    for arguments in COMMANDS.values():  # the first call of each reads files from disk
        seconds(arguments)
    turns = [{name: seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(ROUNDS)]
    return {name: sorted(turn[name] for turn in turns) for name in COMMANDS}


def main() -> int:
    """Print the table; 1 if `--check` is given and the help takes longer than the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help=f"fail if the help takes more than {LIMIT} s")
    options = parser.parse_args()
    times = measured()
    bare = median(times["python -c pass"])
    print(f"{'command':20} {'median s':>9} {'fastest':>9} {'slowest':>9} {'x bare':>7}   ({ROUNDS} times each)")
    for name, taken in times.items():
        middle = median(taken)
        print(f"{name:20} {middle:9.3f} {taken[0]:9.3f} {taken[-1]:9.3f} {middle / bare:7.1f}")
    slow = median(times["imgsim --help"]) > LIMIT
    print(f"limit for imgsim --help: {LIMIT} s, {'exceeded' if slow else 'kept'}")
    return int(slow and options.check)


if __name__ == "__main__":
    sys.exit(main())
