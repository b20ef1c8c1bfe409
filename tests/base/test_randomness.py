"""Random numbers are those of the published generator at their address, and quantiles those of their distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.base.randomness.philox import philox, uniform, words
from imgsim.base.randomness.quantiles import exponential, gompertz_age, normal

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
    actor = counter[1] << 32 | counter[0]
    address = key[0], counter[2] >> 16, actor, key[1], counter[2] & 0xFFFF, counter[3]
    assert [int(word) for word in words(*address)] == result


def test_a_uniform_is_made_of_the_first_two_words_of_its_address() -> None:
    first, second = (int(word) for word in words(*ADDRESS)[:2])
    assert uniform(*ADDRESS) == ((first >> 6 << 26) + (second >> 6) + 0.5) / 2**52


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


@given(st.floats(1e-12, 1 - 1e-12))
def test_normal_quantile_agrees_with_scipy(u: float) -> None:
    assert normal(u) == pytest.approx(stats.norm.ppf(u), rel=1e-12, abs=1e-12)


def test_exponential_quantile_has_the_closed_form() -> None:
    assert exponential(0.5) == pytest.approx(np.log(2))


@given(st.floats(0.001, 0.999), st.floats(20, 90))
def test_a_gompertz_timer_follows_its_hazard_given_the_age_reached(u: float, age: float) -> None:
    mode, scale = 86.0, 10.0
    due = gompertz_age(u, mode, scale, age)
    cumulative = np.exp((due - mode) / scale) - np.exp((age - mode) / scale)
    assert 1 - np.exp(-cumulative) == pytest.approx(u, rel=1e-9)
    assert due >= age
