"""How much pairing narrows intervals, and how long comparing takes: ``python benchmarks/compare.py``.

For every reform of a country: how many times wider the 95% interval of the difference would be with other seeds for
the reform, over the headline lines that it moves (least, median, most). With ``--national``: the wall time of one
reform at full size, and of an uncertainty analysis, as issue and README state them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pandas as pd

from imgsim.experiments.compare.run import compare
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.reforms.read import read_reform

ROOT = Path(__file__).parents[1]
REFORMS = ROOT / "scenarios" / "reforms"
SCALE = {"us": 0.1, "canada": 0.5, "australia": 0.3}


def of_country(country: str) -> list[Path]:
    """The reforms that are for a country."""
    return [file for file in sorted(REFORMS.glob("*.toml")) if read_reform(file).base == country]


def narrower(country: str, replications: int) -> pd.DataFrame:
    """For each reform, how many times narrower the interval of the difference is through pairing."""
    with tempfile.TemporaryDirectory() as folder:
        base = ROOT / "scenarios" / f"{country}.toml"
        found = compare(
            base, of_country(country), replications=replications, scale=SCALE[country], out=folder, figures=False
        )
    moved = found.differences.dropna(subset=["variance_reduction_factor"])
    ratio = moved["variance_reduction_factor"] ** 0.5
    table = ratio.groupby(moved["reform"], sort=False).agg(["count", "min", "median", "max"]).reset_index()
    return table.rename(columns={"count": "lines moved", "min": "least", "max": "most"})


def national() -> None:
    """Wall times of a comparison at full size and of an uncertainty analysis."""
    us, reform = ROOT / "scenarios/us.toml", [REFORMS / "gme_posts.toml"]
    asked = {
        "one reform, full size, 20 replications of both worlds": {"scale": 1.0, "replications": 20},
        "200 draws at scale 0.1": {"scale": 0.1, "replications": 2, "uncertainty": 200},
    }
    for what, given in asked.items():
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            compare(us, reform, out=folder, quiet=True, **given)  # type: ignore[arg-type]
            print(f"{what}: {time.perf_counter() - begin:.0f} s")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=10)
    parser.add_argument("--national", action="store_true")
    given = parser.parse_args()
    for country in SCALE if not given.national else ():
        assert (COUNTRIES / country).is_dir()
        print(f"\n{country}, scale {SCALE[country]:g}, {given.replications} replications")
        print(narrower(country, given.replications).to_string(index=False, float_format="{:.1f}".format))
    if given.national:
        national()


if __name__ == "__main__":
    main()
