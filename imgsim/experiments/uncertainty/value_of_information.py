"""Value of knowing a parameter before choosing: expected value of partial perfect information, cleared of chance.

By regression of the options on each parameter alone (Strong, Oakley and Brennan 2014), of second order: mean of the
best fitted choice less the best mean choice. A maximum over fitted values is above zero by chance alone, so the value
is compared with what it is where the options are dealt anew over the points (a permutation test), and a value that
stands out is cleared of the part that the residuals of its own regression give it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.arrays import Floats
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import uniforms
from imgsim.experiments.uncertainty.false_discoveries import stand_out

DEALS: Final = 200  # permutations
SEED: Final = 1  # of the permutations, so that a table is the same every time
DEAL: Final = "value_of_information.deal"  # the decision that deals the options
COLUMNS: Final = ["parameter", "worth", "uncorrected", "p", "beyond"]


def value_table(names: tuple[str, ...], points: Floats, options: Floats) -> pd.DataFrame:
    """The worth of knowing each parameter, zero for those that do not stand out from chance.

    ``points`` has a row for each draw and a column for each parameter, ``options`` a column for each choice, in the
    unit in which more is better. ``uncorrected`` is the plain estimate, ``p`` how often chance gives as much.
    """
    basis, solver = regression(points)
    plain = worth(fitted(basis, solver, options), options)
    p = chance_of(plain, basis, solver, options)
    beyond = stand_out(p)
    cleared = np.zeros(len(names))
    for k in np.flatnonzero(beyond):
        cleared[k] = max(0.0, plain[k] - bias(basis[k : k + 1], solver[k : k + 1], options))
    table = pd.DataFrame({"parameter": names, "worth": cleared, "uncorrected": plain, "p": p, "beyond": beyond})
    return table.sort_values(["worth", "uncorrected"], ascending=False, kind="stable", ignore_index=True)[COLUMNS]


def regression(points: Floats) -> tuple[Floats, Floats]:
    """For each parameter the terms of second order at every draw, and the matrix that fits their coefficients."""
    basis = np.stack([np.vander(column, 3) for column in points.T])
    return basis, np.linalg.pinv(basis)


def fitted(basis: Floats, solver: Floats, options: Floats) -> Floats:
    """The options as functions of each parameter alone: shape (parameters, draws, options)."""
    values: Floats = basis @ (solver @ options)
    return values


def worth(values: Floats, options: Floats) -> Floats:
    """How much better the best choice at each point is than the best on average, for each parameter."""
    gain: Floats = values.max(axis=-1).mean(axis=-1) - options.mean(axis=0).max()
    return np.maximum(gain, 0.0)


def chance_of(plain: Floats, basis: Floats, solver: Floats, options: Floats) -> Floats:
    """How often chance makes knowing a parameter worth as much: the options dealt anew over the draws.

    The points of all parameters are Latin hypercubes of the same draws, so their deals are pooled.
    """
    deals = np.concatenate([worth(fitted(basis, solver, dealt), dealt) for dealt in dealt_anew(options)])
    deals.sort()
    as_much = len(deals) - np.searchsorted(deals, plain - 1e-12 * (1 + np.abs(plain)))
    p: Floats = (1 + as_much) / (1 + len(deals))
    return p


def bias(basis: Floats, solver: Floats, options: Floats) -> float:
    """How much residuals add to the worth of one parameter: they are dealt anew over its fitted values."""
    values = fitted(basis, solver, options)[0]
    again = [worth(fitted(basis, solver, values + dealt), values + dealt)[0] for dealt in dealt_anew(options - values)]
    return float(np.mean(again) - worth(values[None], values)[0])


def dealt_anew(rows: Floats) -> list[npt.NDArray[np.float64]]:
    """The rows in other orders, the same at every call."""
    actors = np.arange(len(rows))
    return [rows[np.argsort(uniforms(SEED, deal, actors, decision(DEAL), 0))] for deal in range(DEALS)]
