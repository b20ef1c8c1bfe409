"""What a Match must do whatever its numbers: seats, order of applicants, chance, scale, rules of the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders.toy import parameter

from imgsim.base.dates.day_numbers import day_of
from imgsim.base.errors import InputError
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.inputs.consistency import check_contract
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import COLUMN, width
from imgsim.markets.allocation import IN_ROUND, IN_SOAP, INELIGIBLE, OUTSIDE, PLACED, Allocation, Applicants
from imgsim.markets.match import match as match_module
from imgsim.markets.match.fast.deferred_acceptance import blocking_pairs, deferred_acceptance
from imgsim.markets.match.match import Match
from imgsim.markets.match.programmes import apportion, quotas, sponsors, thin_quotas
from imgsim.persons.compile_rules import compile_rules

SCALE = 0.05
SEED = 5
Make = Callable[..., Match]


@pytest.fixture(scope="module")
def pathway(root: Path) -> Pathway:
    return load_pathway(root / "imgsim/countries/us/pathway.toml")


@pytest.fixture(scope="module")
def parameters(root: Path) -> Parameters:
    return load_parameters(root / "imgsim/countries/us")


@pytest.fixture(scope="module")
def match(parameters: Parameters, pathway: Pathway) -> Match:
    return made(parameters, pathway)


def made(parameters: Parameters, pathway: Pathway, scale: float = SCALE, seed: int = SEED) -> Match:
    return Match("match", parameters, compile_rules(parameters, pathway), pathway, seed, scale)


def with_value(parameters: Parameters, name: str, value: float) -> Parameters:
    """The same parameters with one of them at one value for ever."""
    held = parameters[name]
    rows = {c: tuple(row._replace(value=value) for row in series) for c, series in held.rows.items()}
    return parameters.replacing(replace(held, rows=rows))


def graduates(year: int, count: int, pathway: Pathway, **traits: float) -> Applicants:
    """Foreign graduates of middling merit who differ in ability; every trait can be fixed."""
    held = np.zeros((count, width(tuple(pathway.flags))))
    held[:, COLUMN["ability"]] = np.linspace(-2, 2, count)
    held[:, COLUMN["ready"]] = 1
    held[:, COLUMN["competitor"]] = -1
    day = day_of(year, 3, 18)
    held[:, [COLUMN["graduation"], COLUMN["last_clinical"]]] = day - 700
    for name, value in traits.items():
        held[:, COLUMN[name]] = value
    actors = np.array([actor(GRADUATE, year - 1, 0, k) for k in range(count)], np.int64)
    return Applicants(actors, held, day)


def rate(allocation: Allocation) -> float:
    """Share of the active who match."""
    return float(np.sum(allocation.channel == IN_ROUND) / max(1, np.sum(allocation.active)))


def tallies(allocation: Allocation) -> dict[str, dict[str, object]]:
    return {str(row["group"]): row for row in allocation.rows}


@pytest.mark.parametrize(("year", "begin", "later"), [(2004, 21_192, 2880), (2008, 22_240, 2821), (2025, 40_041, 2780)])
def test_seats_of_all_specialties_are_the_published_positions(match: Match, year: int, begin: int, later: int) -> None:
    """PGY-1 and PGY-2 positions (NRMP, Results and Data); the latter lie on a line and are read two months after it."""
    seats, advanced = match.by_year.seats(year), match.programmes.advanced
    assert seats[~advanced].sum() == begin
    assert seats[advanced].sum() == pytest.approx(later, rel=0.004)


@pytest.mark.parametrize("year", [2006, 2018])
def test_programmes_have_the_seats_of_their_specialty_to_the_last_one(match: Match, year: int) -> None:
    seats, programmes = match.by_year.seats(year), match.programmes
    for advanced, share in enumerate(("specialty_share", "advanced_share")):
        of_level = np.where(programmes.advanced == advanced, seats, 0)
        by_specialty = np.bincount(programmes.specialty, of_level, len(match.specialties))
        shares = match.by_year.by_specialty(share, year)
        assert np.abs(by_specialty - of_level.sum() * shares / shares.sum()).max() < 1


def test_programmes_with_seats_are_no_more_than_their_specialty_has_in_the_year(match: Match) -> None:
    """Half of the programmes of a small one may have no seat: their number is published, their sizes are drawn."""
    seats, programmes = match.by_year.seats(2012), match.programmes
    for advanced, word in enumerate(("programmes", "programmes.advanced")):
        running = np.bincount(programmes.specialty[(seats > 0) & (programmes.advanced == advanced)], minlength=17)
        assert (running <= match.by_year.by_specialty(word, 2012).round()).all()


def test_more_positions_never_take_a_seat_from_a_programme() -> None:
    chance = np.random.default_rng(1)
    size, rounding = np.exp(chance.normal(0, 0.6, 300)), chance.random(300)
    before = apportion(size, rounding, 1200)
    for seats in (1201, 1300, 2500):
        after = apportion(size, rounding, seats)
        assert after.sum() == seats
        assert (after >= before).all()
        before = after


def test_a_smaller_scale_keeps_a_subset_of_the_seats(match: Match, parameters: Parameters) -> None:
    full = match.by_year.seats(2010)
    sponsor = sponsors(match.by_year.policies, parameters, match.programmes, match.specialties, day_of(2010, 3, 1))
    small, middle = (thin_quotas(match.programmes, full, sponsor, scale) for scale in (0.05, 0.1))
    assert (small <= middle).all()
    assert (middle <= full).all()
    assert abs(small.sum() / full.sum() - 0.05) < 0.003


def test_programmes_do_not_depend_on_the_replication(match: Match, pathway: Pathway) -> None:
    people = graduates(2010, 300, pathway)
    seats = [tallies(match.allocate(2010, replication, people))["all"]["seats"] for replication in (0, 1)]
    assert seats[0] == seats[1]


def test_no_more_are_placed_than_there_are_seats(match: Match, pathway: Pathway) -> None:
    for year in (2005, 2016):
        everyone = tallies(match.allocate(year, 0, graduates(year, 600, pathway)))["all"]
        assert int(everyone["placed"]) + int(everyone["after"]) <= int(everyone["seats"])  # type: ignore[call-overload]


def test_the_order_of_applicants_does_not_matter(match: Match, pathway: Pathway) -> None:
    people = graduates(2012, 400, pathway)
    turned = Applicants(people.actor[::-1], people.traits[::-1], people.day)
    one, other = match.allocate(2012, 0, people), match.allocate(2012, 0, turned)
    assert one.channel.tolist() == other.channel[::-1].tolist()
    assert one.specialty.tolist() == other.specialty[::-1].tolist()


def test_the_same_address_gives_the_same_match(match: Match, parameters: Parameters, pathway: Pathway) -> None:
    people = graduates(2012, 200, pathway)
    again = made(parameters, pathway)
    assert match.allocate(2012, 3, people).channel.tolist() == again.allocate(2012, 3, people).channel.tolist()


def test_only_those_with_interviews_are_active_and_match(match: Match, pathway: Pathway) -> None:
    held = match.allocate(2015, 0, graduates(2015, 600, pathway))
    assert (held.interviews[held.active] > 0).all()
    assert held.active[held.channel == IN_ROUND].all()
    assert (held.ranks[~held.active] == 0).all()
    assert ((held.outcome == PLACED) == (held.specialty >= 0)).all()


def test_those_who_sign_outside_the_match_withdraw_from_it(match: Match, pathway: Pathway) -> None:
    held = match.allocate(2006, 0, graduates(2006, 700, pathway))
    outside = held.channel == OUTSIDE
    assert outside.sum() > 20
    assert not held.active[outside].any()


def test_the_all_in_policy_ends_most_places_outside(match: Match, pathway: Pathway) -> None:
    before, after = (match.allocate(year, 0, graduates(year, 700, pathway)) for year in (2012, 2013))
    assert np.sum(after.channel == OUTSIDE) < np.sum(before.channel == OUTSIDE) / 3


def test_longer_rank_lists_match_more_often(match: Match, pathway: Pathway) -> None:
    held = match.allocate(2016, 0, graduates(2016, 800, pathway))
    placed = held.channel == IN_ROUND
    assert held.ranks[placed].mean() > 1.5 * held.ranks[held.active & ~placed].mean()


def test_ability_and_recency_help_and_needing_a_visa_does_not(match: Match, pathway: Pathway) -> None:
    people = graduates(2016, 800, pathway)
    plain = match.allocate(2016, 0, people)
    low, high = plain.outcome[:400] == PLACED, plain.outcome[400:] == PLACED
    assert high.mean() > low.mean() + 0.1  # two standard deviations of ability lie between the halves
    visa = match.allocate(2016, 0, graduates(2016, 800, pathway, needs_visa=1.0))
    old = match.allocate(2016, 0, graduates(2016, 800, pathway, graduation=float(people.day - 12 * 365)))
    assert np.sum(visa.outcome == PLACED) < np.sum(plain.outcome == PLACED)
    assert np.sum(old.outcome == PLACED) < np.sum(plain.outcome == PLACED)


def test_a_place_given_to_someone_in_need_of_a_visa_sponsors_one(match: Match, pathway: Pathway) -> None:
    held = match.allocate(2016, 0, graduates(2016, 500, pathway, needs_visa=1.0))
    assert (held.sponsor[held.outcome == PLACED] > 0).all()


def test_where_nobody_sponsors_those_in_need_are_ineligible(parameters: Parameters, pathway: Pathway) -> None:
    closed = made(with_value(parameters, "match.sponsor.none", 1.0), pathway)
    held = closed.allocate(2016, 0, graduates(2016, 50, pathway, needs_visa=1.0))
    assert (held.outcome == INELIGIBLE).all()


def test_more_positions_place_more_graduates(parameters: Parameters, pathway: Pathway) -> None:
    people = graduates(2016, 700, pathway)
    few, many = (
        made(with_value(parameters, "match.positions", positions), pathway).allocate(2016, 0, people).outcome
        for positions in (26_000, 30_000)
    )
    assert np.sum(few == PLACED) < np.sum(many == PLACED)


def test_unfilled_seats_go_to_the_unmatched_in_soap(match: Match, pathway: Pathway) -> None:
    rows = tallies(match.allocate(2018, 0, graduates(2018, 600, pathway)))
    assert int(rows["all"]["after"]) > 0  # type: ignore[call-overload]
    held = match.allocate(2018, 0, graduates(2018, 600, pathway, citizen=1.0))
    assert not held.ranks[(held.channel == IN_SOAP) & ~held.active].any()


def test_us_seniors_match_at_the_published_rate(match: Match, pathway: Pathway) -> None:
    """93.4-94.4% in 2007-08 and 2014-18 (NRMP, Results and Data of these years); sampling adds about one point."""
    for year in (2008, 2014, 2018):
        rows = tallies(match.allocate(year, 0, graduates(year, 620, pathway)))
        share = int(rows["us_md"]["placed"]) / int(rows["us_md"]["active"])  # type: ignore[call-overload]
        assert 0.90 < share < 0.98


def test_a_scale_without_enough_programmes_is_refused(parameters: Parameters, pathway: Pathway) -> None:
    with pytest.raises(InputError, match="programmes are left"):
        made(parameters, pathway, scale=0.0005).allocate(2010, 0, graduates(2010, 5, pathway))


def test_a_twentieth_of_the_market_gives_the_rates_of_the_whole(parameters: Parameters, pathway: Pathway) -> None:
    """Scale is a sampling fraction: what a small sample loses on the whole is bounded."""
    small, large = made(parameters, pathway, 0.05), made(parameters, pathway, 1.0)
    few = [small.allocate(2016, replication, graduates(2016, 650, pathway)) for replication in range(10)]
    many = large.allocate(2016, 0, graduates(2016, 13_000, pathway))
    assert np.mean([share_placed(held) for held in few]) == pytest.approx(share_placed(many), abs=0.03)
    assert np.mean([rate(held) for held in few]) == pytest.approx(rate(many), abs=0.03)
    assert np.mean([held.active.mean() for held in few]) == pytest.approx(many.active.mean(), abs=0.03)
    assert np.mean([us_seniors(held) for held in few]) == pytest.approx(us_seniors(many), abs=0.02)


def share_placed(allocation: Allocation) -> float:
    """Share of all graduates who apply that get a place, in the Match, outside it or in SOAP."""
    return float(np.mean(allocation.outcome == PLACED))


def us_seniors(allocation: Allocation) -> float:
    """Share of active US MD seniors who match."""
    row: Any = tallies(allocation)["us_md"]
    return float(row["placed"] / row["active"])


@pytest.mark.parametrize("year", [2004, 2012, 2019, 2025])
def test_at_full_size_all_seats_are_the_positions_of_the_year(match: Match, parameters: Parameters, year: int) -> None:
    day = day_of(year, 3, 1)
    sponsor = sponsors(match.by_year.policies, parameters, match.programmes, match.specialties, day)
    positions = sum(round(parameters.value(f"match.positions{level}", day)) for level in ("", ".advanced"))
    assert thin_quotas(match.programmes, match.by_year.seats(year), sponsor, 1.0).sum() == positions


def test_thinning_keeps_the_classes_of_programmes_in_proportion(match: Match, parameters: Parameters) -> None:
    """Specialty, level, visa policy and openness: each class keeps its share to the last seat."""
    held, full = match.programmes, match.by_year.seats(2016)
    sponsor = sponsors(match.by_year.policies, parameters, held, match.specialties, day_of(2016, 3, 1))
    kept = thin_quotas(held, full, sponsor, 0.1)
    classes = ((held.specialty * 2 + held.advanced) * 3 + sponsor) * 2 + (held.openness > 0)
    for code in np.unique(classes):
        own = classes == code
        assert abs(kept[own].sum() - 0.1 * full[own].sum()) < 1
        assert (np.abs(kept[own] - 0.1 * full[own]) < 2).all()


def test_no_programme_of_the_market_loses_a_seat_when_positions_grow(match: Match) -> None:
    running = match.by_year.by_specialty("programmes", 2016).round().astype(np.int64)
    seats = np.full(len(running), 500)
    before = quotas(match.programmes, seats, running, advanced=False)
    for more in (seats + 1, seats + seats // 10):
        assert (quotas(match.programmes, more, running, advanced=False) >= before).all()


def test_what_being_a_citizen_adds_runs_linearly_between_its_dates_for_every_programme_alike(
    parameters: Parameters, pathway: Pathway
) -> None:
    added = parameter("match.openness.citizen", "score", [("2010-03-01", -1.0), ("2014-03-01", 1.0)], between="linear")
    match = made(parameters.replacing(added), pathway)
    for year, points in ((2009, -1.0), (2010, -1.0), (2012, 0.0), (2014, 1.0), (2020, 1.0)):
        others, citizens = match.by_year.of_year(year).openness
        assert citizens - others == pytest.approx(points, abs=0.001)


def test_programmes_that_are_added_leave_the_places_of_the_others_on_their_ring(
    parameters: Parameters, pathway: Pathway, match: Match
) -> None:
    """A year with more programmes in another specialty draws no other programme anew."""
    rows = parameters["match.programmes"].rows
    more = {c: tuple(row._replace(value=row.value + 5 * (c == "pediatrics")) for row in rows[c]) for c in rows}
    larger = made(parameters.replacing(replace(parameters["match.programmes"], rows=more)), pathway).programmes
    drawn = dict(zip(larger.actor.tolist(), larger.openness.tolist(), strict=True))
    assert [drawn[one] for one in match.programmes.actor.tolist()] == match.programmes.openness.tolist()
    assert len(larger.actor) == len(match.programmes.actor) + 5


# --- stability -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2006, 2018])
def test_no_applicant_and_programme_would_rather_have_each_other_at_either_level(
    match: Match, pathway: Pathway, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside the Match, for posts that lead on, and for one-year posts among those who take part in each."""
    sizes = []

    def checked(first: Any, programme: Any, score: Any, least: Any, capacity: Any, who: Any) -> Any:
        matched = deferred_acceptance(first, programme, score, least, capacity, who)
        listed = np.repeat(who, np.diff(first))  # entries of those who take part
        begin = np.concatenate([[0], np.cumsum(np.where(who, np.diff(first), 0))])
        entry = np.cumsum(listed) - 1  # of each pair among these
        outcome = np.where(matched >= 0, entry[matched], -1)
        assert blocking_pairs(begin, programme[listed], score[listed], least, capacity, outcome) == 0
        assert (score[matched[matched >= 0]] >= least).all()
        assert (matched[~who] < 0).all()
        sizes.append(int((matched >= 0).sum()))
        return matched

    monkeypatch.setattr(match_module, "deferred_acceptance", checked)
    match.allocate(year, 0, graduates(year, 400, pathway, wish=8.0))
    assert len(sizes) == 3
    assert sizes[1] > 500
    assert sizes[2] > 50


def test_an_advanced_position_or_a_one_year_post_is_nobodys_twice(match: Match, pathway: Pathway) -> None:
    """Filled seats of every track are no more than its seats, counting the Match and SOAP."""
    tracks = match.allocate(2018, 0, graduates(2018, 600, pathway)).details["specialties"]
    everybody = tracks["group"] == "all"
    filled = (tracks["placed"] + tracks["soap"])[everybody]
    assert (filled <= tracks["seats"][everybody]).all()
    assert filled[tracks["level"][everybody] == 2].sum() > 50
    assert not tracks["soap"][tracks["level"] == 2].any()


@pytest.mark.parametrize("column", ["applications", "interviews", "ranked", "placed", "outside", "soap"])
def test_the_groups_of_a_track_sum_to_all_and_the_tracks_to_the_round(
    match: Match, pathway: Pathway, column: str
) -> None:
    allocation = match.allocate(2010, 0, graduates(2010, 600, pathway))
    tracks, rows = allocation.details["specialties"], tallies(allocation)
    everybody = tracks["group"] == "all"
    assert tracks[column][everybody].sum() == tracks[column][~everybody].sum()
    if column in ("outside", "soap"):
        assert tracks[column][everybody].sum() == rows["all"]["outside" if column == "outside" else "after"]


def test_persons_by_length_of_list_and_by_ability_are_the_active_ones(match: Match, pathway: Pathway) -> None:
    allocation = match.allocate(2010, 0, graduates(2010, 600, pathway))
    for table in ("rank_lists", "files"):
        columns = allocation.details[table]
        for group, row in tallies(allocation).items():
            if group != "all":
                assert columns["persons"][columns["group"] == group].sum() == row["active"]
        assert (columns["placed"] <= columns["persons"]).all()


def test_a_match_without_one_of_its_parameters_is_refused_by_name(parameters: Parameters, pathway: Pathway) -> None:
    fewer = Parameters([one for one in parameters.values() if one.name != "match.values_as_of"], parameters.sources)
    with pytest.raises(InputError, match=r"match\.values_as_of"):
        check_contract(fewer, pathway, changed=True)


@pytest.mark.parametrize("every", [0, 57])
def test_a_second_specialty_at_an_impossible_interval_is_refused(
    parameters: Parameters, pathway: Pathway, every: int
) -> None:
    impossible = made(with_value(parameters, "match.second_specialty_every", every), pathway)
    with pytest.raises(InputError, match=f"must be from 1 to 56, not {every}") as refused:
        impossible.allocate(2010, 0, graduates(2010, 5, pathway))
    assert "match.toml" in str(refused.value)


def test_seats_outside_the_match_are_offered_by_the_more_open_sponsors_alone(
    parameters: Parameters, pathway: Pathway
) -> None:
    few, many = (made(with_value(parameters, "match.outside_seats.open_share", share), pathway) for share in (0.2, 1.0))
    offered = [match.by_year.of_year(2010).outside > 0 for match in (few, many)]
    assert min(offer.sum() for offer in offered) > 50
    assert few.programmes.openness[offered[0]].min() > 0.8  # the upper fifth of a standard normal begins at 0.84
    assert many.programmes.openness[offered[1]].min() < 0
