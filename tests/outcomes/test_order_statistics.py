"""Sorting for many groups at once gives what sorting each of them would."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imgsim.outcomes.order_statistics import moments, quantile, runs, sorted_rows

ROWS = st.integers(1, 60)


@given(st.data(), ROWS, st.sampled_from([3, 1000, 2**20]))
def test_rows_are_sorted_as_by_the_last_bit_of_every_column(data: st.DataObject, rows: int, most: int) -> None:
    columns = [
        data.draw(arrays(kind, rows, elements=st.integers(-low, most))) for kind, low in ((np.int32, 0), (np.int64, 5))
    ]
    order = np.lexsort(columns[::-1])
    for mine, column in zip(sorted_rows(*columns), columns, strict=True):
        assert (mine == column[order]).all()


def test_rows_of_nobody_are_sorted_too() -> None:
    assert [len(column) for column in sorted_rows(np.zeros(0, np.int32), np.zeros(0, np.int64))] == [0, 0]


def test_columns_that_do_not_fit_into_one_number_are_refused() -> None:
    wide = np.array([-(2**40), 2**40])
    with pytest.raises(OverflowError, match="too wide"):
        sorted_rows(wide, wide)


@pytest.mark.parametrize("most", [2**15, 2**16, 2**31])
def test_every_bit_of_a_number_counts(most: int) -> None:
    columns = np.array([0, most - 1, 0, most - 1]), np.array([most - 1, 0, 0, most - 1])
    assert [column.tolist() for column in sorted_rows(*columns)] == [
        [0, 0, most - 1, most - 1],
        [0, most - 1, 0, most - 1],
    ]


def members(
    of: npt.NDArray[Any], value: npt.NDArray[Any], cell: npt.NDArray[Any], mask: npt.NDArray[Any]
) -> dict[int, npt.NDArray[Any]]:
    """The values of a group by what its members have in common."""
    return {int(k): value[mask[cell] & (of == k)] for k in np.unique(of[mask[cell]])}


def test_runs_are_the_members_of_each_group_and_have_their_quantiles() -> None:
    rng = np.random.default_rng(11)
    of, value, cell = sorted_rows(rng.integers(0, 4, 300), rng.integers(0, 50, 300), rng.integers(0, 3, 300))
    masks = np.array([[True, True, True], [False, True, False], [False, False, False], [True, False, True]])
    held = runs(masks, of, value / 7, cell)
    mean, squares = moments(held)
    found = {(int(g), int(k)): run for run, (g, k) in enumerate(zip(held.group, held.of, strict=True))}
    expected = {(g, k): one for g, mask in enumerate(masks) for k, one in members(of, value / 7, cell, mask).items()}
    assert found.keys() == expected.keys()
    for key, one in expected.items():
        run = found[key]
        assert held.n[run] == len(one)
        assert mean[run] == pytest.approx(one.mean())
        assert squares[run] == pytest.approx(one.var() * len(one))
        for share in (0.1, 0.5, 0.9):
            assert quantile(held, share)[run] == pytest.approx(np.quantile(one, share))


def test_a_group_that_begins_as_the_last_one_ended_is_a_run_of_its_own() -> None:
    held = runs(np.ones((2, 1), bool), np.zeros(3, np.int64), np.arange(3.0), np.zeros(3, np.int64))
    assert held.group.tolist() == [0, 1]
    assert held.begin.tolist() == [0, 3]
