"""Inverse quantile functions: the only place where a uniform becomes a number of another kind."""

from __future__ import annotations

import math
from typing import Final

from imgsim.base.compiled.jit import inline_kernel

LARGEST_EXPONENT: Final = 700.0  # exp(710) fits no float


@inline_kernel
def ratio_of_polynomials(r: float, a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """P(r)/Q(r) with coefficients given from the highest power down."""
    top, bottom = 0.0, 0.0
    for k in range(len(a)):
        top = top * r + a[k]
        bottom = bottom * r + b[k]
    return top / bottom


CENTRE_P = (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
            13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608)  # fmt: skip
CENTRE_Q = (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
            5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0)  # fmt: skip
MIDDLE_P = (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
            3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734)  # fmt: skip
MIDDLE_Q = (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
            0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0)  # fmt: skip
TAIL_P = (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
          0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772)  # fmt: skip
TAIL_Q = (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
          0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0)  # fmt: skip


@inline_kernel
def normal(u: float) -> float:
    """The standard normal quantile (Wichura 1988, algorithm AS 241, PPND16: about 1 part in 1e16)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * ratio_of_polynomials(0.180625 - q * q, CENTRE_P, CENTRE_Q)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        z = ratio_of_polynomials(r - 1.6, MIDDLE_P, MIDDLE_Q)
    else:
        z = ratio_of_polynomials(r - 5.0, TAIL_P, TAIL_Q)
    return -z if q < 0.0 else z


@inline_kernel
def exponential(u: float) -> float:
    """The unit exponential quantile."""
    return -math.log1p(-u)


@inline_kernel
def gompertz_age(u: float, mode: float, scale: float, age: float) -> float:
    """The age at which a Gompertz timer with modal age ``mode`` expires for somebody now aged ``age`` (all in years).

    The hazard is exp((a - mode) / scale) / scale (Gompertz 1825, in the modal-age form of Carriere 1992).
    """
    beyond = (age - mode) / scale
    if beyond > LARGEST_EXPONENT:  # the hazard is then so large that not a day is left
        return age
    return mode + scale * math.log(math.exp(beyond) + exponential(u))
