"""What a mixed model predicts for each group: with its own intercept, and by the design alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from onroll.statistics._cell_rows import sums
from onroll.statistics._inputs import FloatArray
from onroll.statistics._mixed_fit import MixedFit


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Mean chance of each group's pupils with limits, and by the design alone."""

    total: FloatArray
    lower: FloatArray
    upper: FloatArray
    fixed: FloatArray


def predicted(fit: MixedFit, x: FloatArray, n: FloatArray, ids: NDArray[np.intp], z: float) -> Predicted:
    """Average over the pupils of each group; limits on the log odds, coefficients and intercept both uncertain.

    An intercept moves with the coefficients (Kass and Steffey 1989): its own error is added to what theirs
    leave of the sum. A second kind of group stands at its middle.
    """
    many = fit.effects[0].size
    share = n / sums(ids, n, many)[ids]
    linear = x @ fit.beta
    chance = special.expit(linear + fit.effects[0][ids])
    steep = share * chance * (1.0 - chance)
    total = sums(ids, share * chance, many)
    slope = sums(ids, steep, many)
    pull = np.column_stack([sums(ids, steep * column, many) for column in x.T])
    pull = pull + slope[:, None] * fit.shifts[0]
    variance = np.einsum("gk,kl,gl->g", pull, fit.covariance, pull) + (slope * fit.errors[0]) ** 2
    inside = np.clip(total, 1e-300, 1.0 - 1e-16)
    far = z * np.sqrt(variance) / (inside * (1.0 - inside))
    middle = special.logit(inside)
    fixed = sums(ids, share * special.expit(linear), many)
    return Predicted(total, special.expit(middle - far), special.expit(middle + far), fixed)
