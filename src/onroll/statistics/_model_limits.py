"""How far limits of coefficients, and of sums of them, are from the estimate; or why there are none.

Decided once for all adjusted models and what is averaged from them. A standard error of 0 because nothing varies is no
certainty: the limits are NaN and a note says so. What one school alone tells of has no error of schools whatever the
formula gives, for with that school the answer would be gone: its limits are without end and a note says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from onroll.statistics._inputs import ROUNDING, BoolArray, FloatArray, StrArray, reasons
from onroll.statistics.sandwich import Covariance

ALONE = "known from single schools alone: no error of schools"
NOTHING_VARIES = "nothing varies that an error could be made of: no limits"
FEW = "fewer than 4 degrees of freedom: limits not to be trusted"
TRUSTED_FROM = 4.0
LEANS, MOSTLY = 1e-6, 0.5
"""Part of an estimate's variance that single schools tell alone: more than none; more than all others together."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Of every sum of coefficients: standard error, degrees of freedom, how far its limits are, and what to know."""

    error: FloatArray
    freedom: FloatArray
    far: FloatArray
    note: StrArray


def reach(
    covariance: Covariance,
    contrasts: FloatArray,
    confidence: float,
    alone: BoolArray | None = None,
) -> Reach:
    """Limits of sums of coefficients (``contrasts``: sums, columns).

    ``alone`` says which sums hang on single schools; for single coefficients it is found.
    """
    moves = np.any(contrasts != 0, axis=1)
    freedom = np.full(len(contrasts), np.inf)
    if np.any(moves):
        freedom[moves] = covariance.freedom(contrasts[moves])
    error = covariance.error(contrasts)
    least = covariance.least * np.linalg.norm(contrasts @ covariance.root, axis=1)
    single = (covariance.told_alone(contrasts) > LEANS) if alone is None else alone
    single = moves & (single | (freedom == 0))
    nothing = moves & ~single & (error <= least)
    freedom = np.where(single, 0.0, freedom)
    few = moves & (freedom < TRUSTED_FROM * (1.0 - ROUNDING))
    far = np.where(nothing, np.nan, distance(confidence, freedom, error))
    told = reasons(far.shape, (single, ALONE), (nothing, NOTHING_VARIES), (few, FEW))
    return Reach(error, freedom, far, told)


def distance(confidence: float, freedom: FloatArray, error: FloatArray) -> FloatArray:
    """How far limits are from the estimate: by t, or the normal without end of freedom; ``inf`` without any."""
    upper = 0.5 + confidence / 2.0
    some = np.where(np.isfinite(freedom) & (freedom > 0), freedom, 1.0)
    found = np.where(np.isinf(freedom), special.ndtri(upper), special.stdtrit(some, upper))
    return np.where(freedom > 0, found * error, np.inf)
