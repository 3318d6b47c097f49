"""What a model says of one pupil: mean, slope and variance at a linear predictor, and the likelihood of a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from onroll.statistics._inputs import FloatArray

ROOT_TWO_PI = float(np.sqrt(2.0 * np.pi))
Moments = tuple[FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Family:
    """A link with a variance.

    Attributes
    ----------
    name : str
    moments : callable
        Linear predictor -> mean, slope of the mean, variance.
    likelihood : callable
        Linear predictor, events, pupils -> log-likelihood of each cell, but for what no coefficient moves.
    zero_one : bool
        Whether all of a group having the event is as bad as none.
    """

    name: str
    moments: Callable[[FloatArray], Moments]
    likelihood: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
    zero_one: bool = False


def _logit(eta: FloatArray) -> Moments:
    mean = special.expit(eta)
    variance = mean * special.expit(-eta)
    return mean, variance, variance


def _probit(eta: FloatArray) -> Moments:
    mean = special.ndtr(eta)
    return mean, np.exp(-0.5 * eta**2) / ROOT_TWO_PI, mean * special.ndtr(-eta)


def _log(eta: FloatArray) -> Moments:
    mean = np.exp(np.minimum(eta, 700.0))
    return mean, mean, mean


def _identity(eta: FloatArray) -> Moments:
    return eta, np.ones(eta.shape), np.ones(eta.shape)


LOGISTIC = Family("logistic", _logit, lambda e, k, n: k * e - n * np.logaddexp(0.0, e), zero_one=True)
PROBIT = Family(
    "probit",
    _probit,
    lambda e, k, n: k * special.log_ndtr(e) + (n - k) * special.log_ndtr(-e),
    zero_one=True,
)
POISSON = Family("Poisson", _log, lambda e, k, n: k * e - n * np.exp(np.minimum(e, 700.0)))
LINEAR = Family("linear", _identity, lambda e, k, n: k * e - 0.5 * n * e**2)


def negative_binomial_family(alpha: float) -> Family:
    """NB2 at a known alpha: variance ``mean + alpha mean^2``."""

    def moments(eta: FloatArray) -> Moments:
        mean = np.exp(np.minimum(eta, 700.0))
        return mean, mean, mean * (1.0 + alpha * mean)

    def likelihood(eta: FloatArray, k: FloatArray, n: FloatArray) -> FloatArray:
        longer = np.log1p(alpha * np.exp(np.minimum(eta, 600.0)))
        return np.asarray(k * (eta - longer) - n / alpha * longer)

    return Family("negative binomial", moments, likelihood) if alpha > 0 else POISSON
