"""The tables of docs/match.md: ``python docs/match_tables.py [--scale 1] [--seeds 4] [--page docs/match.md]``.

Every seed draws the programmes anew; values are means over seeds, one replication each. With ``--page`` the tables are
written into the page, below its mark; without it they are printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from imgsim.engines.engine import pieces
from imgsim.engines.model import build
from imgsim.engines.records.columns import frames
from imgsim.experiments.calibrate.validate import figure_text, markdown
from imgsim.inputs.countries import country_folder
from imgsim.inputs.published import Target, load_published
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures
from imgsim.outcomes.outcome_key import Outcomes, means, outcome_key, target_key

SCENARIO: Final = Path(__file__).parent.parent / "scenarios" / "us.toml"
MARK: Final = "<!-- Below this line the page is written by docs/match_tables.py. -->"
LARGE: Final = (
    "internal_medicine", "family_medicine", "pediatrics", "emergency_medicine", "psychiatry", "anesthesiology",
    "general_surgery", "obgyn",
)  # fmt: skip
BY_RANKS: Final = ("independent", "internal_medicine/independent", "family_medicine/independent", "us_md")
SINGLE_RANKS: Final = 12
BOTH: Final = ("2008", "2025")
SINCE: Final = ("0-2", "3-5", "6-9", "10+")  # years since graduation

Figures = Sequence[Target]


def lived(scale: float, seeds: int) -> Outcomes:
    """Mean outcomes over draws of programmes."""
    first, outcomes = load_scenario(SCENARIO, scale=scale), []
    for seed in range(first.run.seed, first.run.seed + seeds):
        scenario = load_scenario(SCENARIO, scale=scale, seed=seed)
        tables = frames(next(pieces("compiled", build(scenario), 0)))  # events are not asked for
        outcomes.append(measures(tables, scenario))
    return means(pd.concat(outcomes))


def of(figures: Figures, measure: str, statistic: str = "") -> list[Target]:
    """The published figures of a measure."""
    return [each for each in figures if each.measure == measure and statistic in ("", target_key(each).statistic)]


def errors(outcomes: Outcomes, figures: Figures) -> list[float]:
    """Simulated less published, of what was simulated."""
    keys = [(target_key(figure), figure.value) for figure in figures]
    return [outcomes[key] - value for key, value in keys if key in outcomes]


def mean_error(outcomes: Outcomes, figures: Figures) -> float:
    """The mean absolute error; NaN of no figure."""
    off = errors(outcomes, figures)
    return float(np.mean(np.abs(off))) if off else float("nan")


# --- figure by figure ------------------------------------------------------------------------------------------------


def by_year(outcomes: Outcomes, figures: Figures) -> str:
    """A row for each group: mean and largest error, and every year, simulated (published)."""
    rows = []
    for group in dict.fromkeys(figure.group for figure in figures):
        own = sorted((f for f in figures if f.group == group), key=lambda figure: figure.cohort)
        known = [(f.cohort, outcomes[target_key(f)], f.value) for f in own if target_key(f) in outcomes]
        if known:
            off = [abs(simulated - value) for _, simulated, value in known]
            cells = "; ".join(f"{year}: {figure_text(one, v)} ({figure_text(v, v)})" for year, one, v in known)
            like = known[0][2]
            rows.append((group, figure_text(float(np.mean(off)), like), figure_text(max(off), like), cells))
    return markdown(pd.DataFrame(rows, columns=["group", "mean error", "largest", "simulated (published)"]))


def by_ranks(outcomes: Outcomes, figures: Figures) -> str:
    """A row for each length of the rank list, simulated (published), and the mean absolute error below."""
    lengths = [*map(str, range(1, SINGLE_RANKS + 1)), f"{SINGLE_RANKS + 1}+"]
    published = {figure.group: figure for figure in figures}
    columns = {group: [cell(outcomes, published.get(f"{k}/{group}")) for k in lengths] for group in BY_RANKS}
    table = pd.DataFrame({"programmes ranked": lengths} | columns)
    table.loc[len(table)] = ["mean error, 1-12", *(f"{error_by_ranks(outcomes, figures, g):.3f}" for g in BY_RANKS)]
    return markdown(table)


def error_by_ranks(outcomes: Outcomes, figures: Figures, group: str) -> float:
    """The mean absolute error of the match rate over lengths of 1 to 12."""
    names = {f"{k}/{group}" for k in range(1, SINGLE_RANKS + 1)}
    return mean_error(outcomes, [figure for figure in figures if figure.group in names])


def cell(outcomes: Outcomes, figure: Target | None) -> str:
    """One simulated share, with the published one in brackets."""
    if figure is None or target_key(figure) not in outcomes:
        return "-"
    return f"{outcomes[target_key(figure)]:.2f} ({figure.value:.2f})"


def by_group(outcomes: Outcomes, figures: Figures) -> str:
    """A row for each figure: year, group, simulated, published."""
    rows = [
        (f.cohort, f.group, key.statistic, figure_text(outcomes[key], f.value), figure_text(f.value, f.value))
        for f in figures
        if (key := target_key(f)) in outcomes
    ]
    return markdown(pd.DataFrame(rows, columns=["year", "group", "statistic", "simulated", "published"]))


def by_years_since_graduation(outcomes: Outcomes) -> str:
    """Match rates of graduates from abroad by years since graduation, in all measured years together."""
    rows = [(years, *(since(outcomes, f"{years}/{group}") for group in ("citizen", "noncitizen"))) for years in SINCE]
    return markdown(pd.DataFrame(rows, columns=["years since graduation", "citizens", "others"]))


def since(outcomes: Outcomes, group: str) -> str:
    """A match rate by years since graduation."""
    return f"{100 * outcomes.get(outcome_key('img_match_rate_since_graduation', 'measured', group), np.nan):.1f}%"


# --- how good --------------------------------------------------------------------------------------------------------


def bars(outcomes: Outcomes, figures: Figures) -> str:
    """What is asked of the Match, and what it gives."""
    ranks, rates = of(figures, "preferred_rate_by_ranks"), of(figures, "match_rate")
    preferred, late = of(figures, "preferred_rate"), since(outcomes, "10+/noncitizen")
    rows = [
        ("ranks of IMGs, 2007: matched / unmatched", "5-7.5 / 2-3.5", pair(outcomes, "2007", "img")),
        ("ranks of other than US-citizen IMGs, 2026: matched / unmatched", "5-7.5 / 2-3.5",
         pair(outcomes, "2026", "noncitizen_img")),
        ("IMGs without any interview, 2008 / 2025", "10-18%", " / ".join(without(outcomes, y) for y in BOTH)),
        *((f"P(match given k ranks), 2007, {name}: mean error", "0.08", f"{error_by_ranks(outcomes, ranks, name):.3f}")
          for name in BY_RANKS[:3]),
        ("d of ability, internal medicine, 2024-26", "0.4-0.65", difference(outcomes, "internal_medicine")),
        ("d of ability, family medicine, 2024-26", "at most 0.3", difference(outcomes, "family_medicine")),
        ("preferred-specialty rates: mean error", "8 points", points(mean_error(outcomes, preferred))),
        ("fill rate, 8 large specialties: mean error", "4 points", points(mean_error(outcomes, fills(figures)))),
        ("IMG share, 8 large specialties: mean error", "5 points", points(mean_error(outcomes, shares(figures)))),
        ("unfilled positions, all: mean error", "1 point", points(mean_error(outcomes, unfilled(figures)))),
        *((f"match rate of {group}, to 2018: mean error", bar, points(mean_error(outcomes, to_2018(rates, group))))
          for group, bar in (("citizen_img", "2 points"), ("noncitizen_img", "2 points"), ("us_md", "1 point"),
                             ("us_do", "3 points"), ("us_previous", "4 points"))),
        ("match rate of others than citizens ten years after graduation", "at most 20%", late),
        *((f"SOAP, {group}: largest error", "3 points", points(largest(outcomes, soap(figures, group))))
          for group in dict.fromkeys(figure.group for figure in of(figures, "soap_rate"))),
    ]  # fmt: skip
    return markdown(pd.DataFrame(rows, columns=["figure", "asked", "simulated"]))


def points(share: float) -> str:
    """An error of a share."""
    return f"{100 * share:.1f} points"


def pair(outcomes: Outcomes, year: str, group: str) -> str:
    """Mean ranks of the matched and of others."""
    keys = [outcome_key("preferred_ranks", year, f"{result}/{group}", "mean") for result in ("matched", "unmatched")]
    return " / ".join(f"{outcomes.get(key, np.nan):.1f}" for key in keys)


def without(outcomes: Outcomes, year: str) -> str:
    """Share of the graduates from abroad in a Match who get no interview."""
    return f"{100 * outcomes.get(outcome_key('no_interview_share', year), np.nan):.1f}%"


def difference(outcomes: Outcomes, specialty: str) -> str:
    """The difference in ability of 2024 to 2026, on average."""
    keys = [outcome_key("ability_difference", str(year), f"{specialty}/noncitizen_img") for year in (2024, 2025, 2026)]
    return f"{np.mean([outcomes.get(key, np.nan) for key in keys]):.2f}"


def large(figures: Iterable[Target]) -> list[Target]:
    """Those of the large specialties."""
    return [figure for figure in figures if figure.group.partition("/")[0] in LARGE]


def fills(figures: Figures) -> list[Target]:
    """Fill rates of the large specialties."""
    return large(of(figures, "match_fill_rate"))


def shares(figures: Figures) -> list[Target]:
    """Shares that IMGs, or all but MD and DO seniors, fill of the positions of the large specialties."""
    names = ("img", "graduates")
    return [f for f in large(of(figures, "match_share_of_positions")) if f.group.rpartition("/")[2] in names]


def unfilled(figures: Figures) -> list[Target]:
    """Fill rates of all PGY-1 positions, of which the unfilled are the rest."""
    return [figure for figure in of(figures, "match_fill_rate") if figure.group == "pgy1"]


def to_2018(figures: Figures, group: str) -> list[Target]:
    """Figures of a group up to 2018."""
    return [figure for figure in figures if figure.group == group and figure.cohort <= "2018"]


def soap(figures: Figures, group: str) -> list[Target]:
    """Shares of the unmatched of a group that SOAP places."""
    return [figure for figure in of(figures, "soap_rate") if figure.group == group]


def largest(outcomes: Outcomes, figures: Figures) -> float:
    """The largest absolute error; NaN of no figure."""
    return max((abs(off) for off in errors(outcomes, figures)), default=float("nan"))


# --- the page --------------------------------------------------------------------------------------------------------


def sections(outcomes: Outcomes, figures: Figures) -> list[tuple[str, str]]:
    """Headings and tables."""
    share = of(figures, "match_share_of_positions")
    graduates = ("img", "citizen_img", "noncitizen_img", "graduates")
    img = [figure for figure in share if figure.group.rpartition("/")[2] in graduates]
    return [
        ("What is asked", bars(outcomes, figures)),
        ("Positions filled, by specialty", by_year(outcomes, of(figures, "match_fill_rate"))),
        ("Positions that graduates from abroad fill", by_year(outcomes, img)),
        ("Positions that US seniors fill", by_year(outcomes, [figure for figure in share if figure not in img])),
        ("Match rate by programmes ranked, 2007", by_ranks(outcomes, of(figures, "preferred_rate_by_ranks"))),
        ("Length of rank lists", by_group(outcomes, of(figures, "preferred_ranks"))),
        ("Match rate in the specialty wished for", by_group(outcomes, of(figures, "preferred_rate"))),
        ("Match rate by years since graduation", by_years_since_graduation(outcomes)),
        ("SOAP", by_year(outcomes, [*of(figures, "soap_rate"), *of(figures, "soap_fill_rate")])),
    ]


def page_of(text: str, tables: str) -> str:
    """The page with its tables anew."""
    head, mark, _ = text.partition(MARK)
    if not mark:
        raise SystemExit(f"the page has no line {MARK}")
    return f"{head}{MARK}\n\n{tables}"


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    outcomes = lived(asked.scale, asked.seeds)
    parts = sections(outcomes, load_published(country_folder("us")))
    how = f"{asked.seeds} draws of programmes at scale {asked.scale:g}, one replication each."
    tables = "\n\n".join([how, *(f"## {heading}\n\n{table}" for heading, table in parts)]) + "\n"
    if asked.page:
        asked.page.write_text(page_of(asked.page.read_text("utf-8"), tables), encoding="utf-8")
    else:
        print(tables)


if __name__ == "__main__":
    main()
