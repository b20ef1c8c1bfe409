"""The Match by specialty and level: positions, how many are filled and by whom, and what SOAP fills of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np

from imgsim.outcomes.applicant_groups import SPECIALTY, Counts, MatchTable, add, add_share, applicants, groups_of
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.definitions import ALL
from imgsim.outcomes.outcome_rows import Rows, ratio
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import APPLICANTS, EVERYBODY, Stratum

LEVEL: Final = "level"
LEVELS: Final = ("pgy1", "pgy2")  # posts that begin in the year of the Match, and advanced ones a year later
COUNTED: Final = ("seats", "interviews", "placed", "after", "unfilled")
TRACKS: Final = (ALL, LEVEL, SPECIALTY, f"{SPECIALTY}/{LEVEL}")
WHOSE: Final = tuple(APPLICANTS if by == ALL else f"{by}/{APPLICANTS}" for by in TRACKS)
MATCH: Final = ("a Match",)
OF_LEVELS: Final = (
    "Levels are `pgy1` (posts that begin in the year, preliminary and transitional ones too) and `pgy2` (advanced "
    "posts); a specialty has them apart if it ever has advanced posts."
)


@dataclass(frozen=True)
class Tracks:
    """Posts by specialty and level, and the strata that they are reported by."""

    table: MatchTable

    @cached_property
    def counts(self) -> dict[str, Counts]:
        """Every count by replication, year, specialty and level (along one axis), and kind of applicant."""
        table, names = self.table, self.table.specialties
        specialty, level = table.codes("specialty", names), table.column("level").astype(np.int64) - 1
        track = np.where(specialty >= 0, specialty * len(LEVELS) + level, -1)
        kinds = table.kinds
        axes = [(track, len(names) * len(LEVELS)), (table.codes("group", kinds), len(kinds))]
        return table.counts(COUNTED, axes)

    @cached_property
    def strata(self) -> list[Stratum]:
        """Everything, levels, specialties, and the levels of each specialty."""
        names = self.table.specialties
        apart = [Stratum(SPECIALTY, name).within(Stratum(LEVEL, level)) for name in names for level in LEVELS]
        both_levels = [Stratum(SPECIALTY, name) for name in names]
        return [EVERYBODY, *(Stratum(LEVEL, level) for level in LEVELS), *both_levels, *apart]

    @cached_property
    def members(self) -> Counts:
        """Which tracks each stratum is made of, shape (tracks, strata)."""
        names, tracks = len(self.table.specialties), np.eye(len(self.table.specialties) * len(LEVELS), dtype=np.int64)
        by_track = tracks.reshape(-1, names, len(LEVELS))
        parts = [np.ones((len(tracks), 1), np.int64), by_track.sum(axis=1), by_track.sum(axis=2), tracks]
        return np.hstack(parts)

    @cached_property
    def shown(self) -> Counts:
        """1 for strata that are reported, 0 for levels of specialties that have one only; (replications, 1, strata)."""
        seats = self.counts["seats"][..., -1].sum(axis=1)  # of everybody, the last kind
        advanced = seats.reshape(len(seats), -1, len(LEVELS))[..., 1] > 0
        always = np.ones((len(seats), len(self.strata) - seats.shape[1]), bool)
        return np.hstack((always, np.repeat(advanced, len(LEVELS), axis=1))).astype(np.int64)[:, None]

    def everybody(self, name: str) -> Counts:
        """A count of all applicants together, or of what programmes offer: (replications, years, strata)."""
        total: Counts = self.counts[name][..., -1] @ self.members * self.shown
        return total

    def by_group(self, name: str, groups: Counts) -> Counts:
        """A count by group of applicants and stratum: (replications, years, groups, strata)."""
        total: Counts = groups.T @ (self.counts[name].swapaxes(-1, -2) @ self.members)
        return total


@measure(
    name="match_fill_rate", label="Positions filled in the Match", unit="share",
    definition=f"Share of the positions offered in the Match of the year that the Match itself fills. {OF_LEVELS}",
    denominator="simulated positions", by=TRACKS, needs=MATCH,
)  # fmt: skip
@measure(
    name="match_unfilled", label="Positions that the Match leaves unfilled", unit="positions",
    definition=f"Positions offered in the Match of the year that it leaves unfilled, at full size. {OF_LEVELS}",
    denominator="simulated positions offered", by=TRACKS, statistics=("count",), needs=MATCH,
)  # fmt: skip
@measure(
    name="match_share_of_positions", label="Positions of the Match by who fills them", unit="share",
    definition="Share of the positions offered in the Match of the year that a group of applicants fills in the Match "
    f"itself; `img` are all graduates from abroad. {OF_LEVELS}",
    denominator="simulated positions", by=WHOSE, needs=MATCH,
)  # fmt: skip
@measure(
    name="match_rankings_per_position", label="Rank-list entries per position", unit="ranks",
    definition="Programmes ranked by all applicants together, over the positions offered in the Match of the year, "
    f"by specialty of the programmes. {OF_LEVELS}",
    denominator="simulated positions", by=TRACKS, statistics=("mean",), needs=MATCH,
)  # fmt: skip
@measure(
    name="soap_fill_rate", label="Positions left over that are filled after the Match", unit="share",
    definition="Share of the positions of the year (those of level `pgy1`) that the Match leaves unfilled which are "
    "filled after it (SOAP).",
    denominator="simulated positions left over", by=(ALL, SPECIALTY), needs=MATCH,
)  # fmt: skip
def match_by_specialty(view: View, rows: Rows) -> None:
    """Positions of the Match by specialty and level: filled, by whom, left over, filled after it."""
    table = MatchTable(view, "round_specialties")
    if not len(table.rows):
        return
    tracks = Tracks(table)
    seats, unfilled = tracks.everybody("seats"), tracks.everybody("unfilled")
    add_share(rows, view, "match_fill_rate", tracks.strata, tracks.everybody("placed"), seats)
    add(rows, view, "match_unfilled", tracks.strata, unfilled / view.scale, seats, "count")
    entries = ratio(tracks.everybody("interviews"), seats)
    add(rows, view, "match_rankings_per_position", tracks.strata, entries, seats, "mean")
    declared = list(view.scenario.pathway.applicant_groups)[:1]
    groups = {name: of for name, of in groups_of(view).items() if name not in declared}
    filled = tracks.by_group("placed", table.membership(groups))
    strata = [of_group(stratum, group) for group in groups for stratum in tracks.strata]
    every = np.broadcast_to(seats[:, :, None], filled.shape)
    add_share(rows, view, "match_share_of_positions", strata, filled, every)
    after_match(view, rows, tracks)


@cache
def of_group(stratum: Stratum, group: str) -> Stratum:
    """A stratum of positions, and the group of applicants that fills them."""
    return applicants(group) if stratum == EVERYBODY else stratum.within(applicants(group))


def after_match(view: View, rows: Rows, tracks: Tracks) -> None:
    """What SOAP fills of the positions of the year that are left over, by specialty."""
    first = slice(None, None, len(LEVELS))
    left, after = (tracks.counts[name][..., -1][..., first] for name in ("unfilled", "after"))
    strata = [EVERYBODY, *(Stratum(SPECIALTY, name) for name in tracks.table.specialties)]
    left, after = (np.concatenate((part.sum(axis=-1, keepdims=True), part), axis=-1) for part in (left, after))
    add_share(rows, view, "soap_fill_rate", strata, after, left)
