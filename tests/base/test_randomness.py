"""Random numbers are those of the published generator at their address, and quantiles those of their distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from imgsim.base.errors import InputError
from imgsim.base.randomness.addresses import (
    COMPETITOR,
    GRADUATE,
    NATION,
    PROGRAMME,
    actor,
    decision,
    refuse_collisions,
)
from imgsim.base.randomness.philox import ALL_REPLICATIONS, philox, uniform, uniforms, words
from imgsim.base.randomness.quantiles import exponential, gompertz_age, normal, ratio_of_polynomials

# Random123's kat_vectors for philox4x32 with 10 rounds (Salmon et al. 2011): counter, key, result.
VECTORS = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]
ADDRESS = (2026, 3, (1 << 60) | (105 << 48) | (2 << 32) | 77, 123456789, 4, 99)


@pytest.mark.parametrize(("counter", "key", "words"), VECTORS)
def test_philox_gives_the_published_words(counter: list[int], key: list[int], words: list[int]) -> None:
    assert [int(word) for word in philox(*map(np.uint64, counter), *map(np.uint64, key))] == words


def test_words_at_an_address_are_the_published_ones() -> None:
    counter, key, result = VECTORS[2]
    # A plain number would be taken for a signed one once other tests have called the kernel.
    actor: Any = np.uint64(counter[1] << 32 | counter[0])
    address = key[0], counter[2] >> 16, actor, key[1], counter[2] & 0xFFFF, counter[3]
    assert [int(word) for word in words(*address)] == result


def test_a_uniform_is_made_of_the_first_two_words_of_its_address() -> None:
    first, second = (int(word) for word in words(*ADDRESS)[:2])
    assert uniform(*ADDRESS) == ((first >> 6 << 26) + (second >> 6) + 0.5) / 2**52


def philox_of_the_paper(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x32-10 in whole numbers of Python, as figure 2 of Salmon et al. 2011 has it."""
    (left, bumped_left), (right, bumped_right) = (key[0], 0x9E3779B9), (key[1], 0xBB67AE85)
    for turn in range(10):
        if turn:
            left, right = (left + bumped_left) % 2**32, (right + bumped_right) % 2**32
        first, second = divmod(0xD2511F53 * counter[0], 2**32), divmod(0xCD9E8D57 * counter[2], 2**32)
        counter = [second[0] ^ counter[1] ^ left, second[1], first[0] ^ counter[3] ^ right, first[1]]
    return counter


WORD = st.integers(0, 2**32 - 1)


@given(st.lists(WORD, min_size=4, max_size=4), st.lists(WORD, min_size=2, max_size=2))
def test_any_counter_and_key_give_the_words_of_the_paper(counter: list[int], key: list[int]) -> None:
    expected = philox_of_the_paper(counter, key)
    assert [int(word) for word in philox(*map(np.uint64, counter), *map(np.uint64, key))] == expected


HALF = st.integers(0, 2**16 - 1)


@given(WORD, HALF, st.integers(0, 2**63 - 1), WORD, HALF, WORD)
def test_an_address_is_the_counter_and_the_key_that_it_says(
    seed: int, replication: int, who: int, decided: int, occurrence: int, partner: int
) -> None:
    counter = [who % 2**32, who // 2**32, replication * 2**16 + occurrence, partner]
    expected = philox_of_the_paper(counter, [seed, decided])
    address = seed, replication, who, decided, occurrence, partner
    assert [int(word) for word in words(*address)] == expected
    assert uniform(*address) == (expected[0] // 64 * 2**26 + expected[1] // 64 + 0.5) / 2**52


def test_a_part_that_is_too_wide_for_its_place_does_not_reach_into_the_next() -> None:
    seed, replication, who, decided, occurrence, partner = ADDRESS
    too_wide = seed + 2**32, replication + 2**16, who, decided + 2**32, occurrence + 2**16, partner + 2**32
    assert uniform(*too_wide) == uniform(*ADDRESS)
    assert words(*too_wide) == words(*ADDRESS)


def test_uniforms_of_many_actors_are_those_of_each_without_a_partner() -> None:
    actors = np.array([actor(GRADUATE, 2005, 3, number) for number in range(5)])
    assert uniforms(7, 2, actors, 99, 4).tolist() == [uniform(7, 2, int(one), 99, 4, 0) for one in actors]
    assert uniforms(7, 2, actors[:0], 99, 4).tolist() == []


def test_draws_that_all_replications_share_have_the_address_of_the_first() -> None:
    assert ALL_REPLICATIONS == 0


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "printed"), [("exam.passed", "789ef05c"), ("fair.merit.spread", "8056fe70")])
def test_a_decision_is_the_short_hash_of_its_name(name: str, printed: str) -> None:
    """As ``printf NAME | b2sum -l 32`` prints it, whose first byte is the lowest."""
    assert decision(name) == int("".join(reversed([printed[k : k + 2] for k in range(0, 8, 2)])), 16)


def test_an_actor_is_domain_year_group_and_number_side_by_side() -> None:
    assert [f"{actor(domain, 1900, 0, 0):016x}" for domain in (GRADUATE, COMPETITOR, PROGRAMME, NATION)] == [
        "1000000000000000", "2000000000000000", "3000000000000000", "4000000000000000",
    ]  # fmt: skip
    assert f"{actor(1, 2005, 2, 77):016x}" == "106900020000004d"  # the year 0x69 after 1900
    assert actor(15, 1900 + 4095, 2**16 - 1, 2**32 - 1) == 2**64 - 1
    assert actor(0, 1900, 0, 0) == 0


@pytest.mark.parametrize(
    "parts",
    [
        (16, 2005, 2, 77), (-1, 2005, 2, 77), (1, 1899, 2, 77), (1, 1900 + 4096, 2, 77), (1, 2005, 2**16, 77),
        (1, 2005, -1, 77), (1, 2005, 2, 2**32), (1, 2005, 2, -1),
    ],
)  # fmt: skip
def test_an_actor_whose_parts_do_not_fit_is_refused(parts: tuple[int, int, int, int]) -> None:
    domain, year, group, number = parts
    text = f"no such actor: domain {domain}, year {year}, group {group}, number {number}"
    with pytest.raises(ValueError, match=f"^{text}$"):
        actor(*parts)


def test_two_names_with_one_hash_are_refused_and_one_name_twice_is_not() -> None:
    """These two were found by trying: ``printf n64481 | b2sum -l 32`` and ``printf n159558 | b2sum -l 32``."""
    assert decision("n64481") == decision("n159558")
    with pytest.raises(InputError, match=r"^`n159558` and `n64481` have the same hash; rename one of them$"):
        refuse_collisions(["a", "n64481", "b", "n159558"])
    refuse_collisions(["a", "b", "n64481", "a", "n64481"])


# --- in any place -----------------------------------------------------------------------------------------------------


@given(st.integers(0, 5), st.integers(1, 2**31))
def test_changing_any_part_of_an_address_changes_the_uniform(place: int, step: int) -> None:
    other = list(ADDRESS)
    other[place] = (other[place] + step) % (2**16 if place in (1, 4) else 2**32)
    if tuple(other) != ADDRESS:
        assert uniform(*other) != uniform(*ADDRESS)


def test_uniforms_of_neighbouring_addresses_look_uniform_and_independent() -> None:
    draws = np.array([[uniform(1, 0, person, decision, 0, 0) for person in range(4000)] for decision in (7, 8)])
    assert stats.kstest(draws[0], "uniform").pvalue > 0.001
    assert abs(np.corrcoef(draws)[0, 1]) < 4 / np.sqrt(4000)
    assert draws.min() > 0
    assert draws.max() < 1


@pytest.mark.parametrize(
    ("u", "z"), [(0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-20, -9.262340089798408)]
)
def test_normal_quantiles_are_those_that_the_algorithm_was_published_with(u: float, z: float) -> None:
    """Wichura 1988, in the last paragraph of the description of PPND16."""
    assert normal(u) == pytest.approx(z, rel=1e-15)


ROOTS = st.floats(0.84, 27)  # of the negative logarithm of the tail: AS 241 changes its formula at 5


@given(st.one_of(ROOTS, st.floats(4, 6), st.floats(1.5, 1.7)))
def test_normal_quantiles_far_out_agree_with_scipy(root: float) -> None:
    u = np.exp(-(root**2))
    assert normal(u) == pytest.approx(special.ndtri(u), rel=1e-13, abs=1e-15)
    assert normal(1 - 2.0**-50) == pytest.approx(-special.ndtri(2.0**-50), rel=1e-13)


@given(st.floats(0.06, 0.94))
def test_normal_quantiles_in_the_middle_agree_with_scipy(u: float) -> None:
    assert normal(u) == pytest.approx(special.ndtri(u), rel=1e-14, abs=1e-15)


@given(st.floats(1e-12, 1 - 1e-12))
def test_normal_quantile_agrees_with_scipy(u: float) -> None:
    assert normal(u) == pytest.approx(stats.norm.ppf(u), rel=1e-12, abs=1e-12)


def test_exponential_quantile_has_the_closed_form() -> None:
    assert exponential(0.5) == pytest.approx(np.log(2))
    assert exponential(1 - math.exp(-3)) == pytest.approx(3)
    assert exponential(1e-20) == pytest.approx(1e-20)  # no digit is lost where the chance is small


def test_a_ratio_of_polynomials_begins_with_the_highest_power() -> None:
    assert ratio_of_polynomials(2.0, (3.0, 5.0, 7.0), (1.0, 0.0, 2.0)) == (3 * 4 + 5 * 2 + 7) / (4 + 2)


@given(st.floats(0.001, 0.999), st.floats(20, 90))
def test_a_gompertz_timer_follows_its_hazard_given_the_age_reached(u: float, age: float) -> None:
    mode, scale = 86.0, 10.0
    due = gompertz_age(u, mode, scale, age)
    cumulative = np.exp((due - mode) / scale) - np.exp((age - mode) / scale)
    assert 1 - np.exp(-cumulative) == pytest.approx(u, rel=1e-9)
    assert due >= age


def test_a_gompertz_timer_of_somebody_far_beyond_the_mode_expires_at_once_and_never_before() -> None:
    """A scale of a tenth of a year, seventy years after the mode: no float holds the hazard beyond that."""
    assert gompertz_age(0.5, 86.0, 0.1, 86.0 + 70.5) == 86.0 + 70.5
    assert gompertz_age(0.5, 86.0, 0.1, 86.0 + 69.5) == pytest.approx(86.0 + 69.5)
    assert gompertz_age(0.5, 86.0, 0.1, 1e6) == 1e6
