"""What a mixed model says of one pupil, with the derivatives that modes and Laplace's approximation need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from onroll.statistics._families import LOGISTIC, POISSON, Family
from onroll.statistics._inputs import FloatArray

MOST = 100.0
"""No logarithm of a rate is larger: what a search tries beyond can still be squared and counted."""


@dataclass(frozen=True, slots=True)
class MixedFamily:
    """A family with its canonical link: mean, its slope, and the slope's slope over the slope."""

    family: Family
    mean: Callable[[FloatArray], FloatArray]
    bend: Callable[[FloatArray], FloatArray]

    def moments(self, linear: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and slope of the mean."""
        mean = self.mean(linear)
        return mean, mean * special.expit(-linear) if self.family.zero_one else mean

    def all_at_once(
        self, linear: FloatArray, y: FloatArray, n: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log-likelihood, mean and slope from one exponential: what takes the time where there are many cells."""
        if not self.family.zero_one:
            mean = self.mean(linear)
            return y * linear - n * mean, mean, mean
        small = np.exp(-np.abs(linear))
        large = 1.0 / (1.0 + small)
        less = small * large
        likelihood = y * linear - n * (np.maximum(linear, 0.0) + np.log(1.0 + small))
        return likelihood, np.where(linear >= 0, large, less), less * large

    def likelihood(self, linear: FloatArray, y: FloatArray, n: FloatArray) -> FloatArray:
        """Log-likelihood of each cell but for what no parameter moves."""
        if not self.family.zero_one:
            return y * linear - n * self.mean(linear)
        return self.family.likelihood(linear, y, n)


def _mean_logistic(linear: FloatArray) -> FloatArray:
    return np.asarray(special.expit(linear))


def _mean_poisson(linear: FloatArray) -> FloatArray:
    return np.asarray(np.exp(np.minimum(linear, MOST)))


MIXED = {
    "logistic": MixedFamily(LOGISTIC, _mean_logistic, lambda mean: 1.0 - 2.0 * mean),
    "poisson": MixedFamily(POISSON, _mean_poisson, lambda mean: np.ones(mean.shape)),
}
