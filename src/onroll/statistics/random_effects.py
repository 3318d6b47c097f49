"""Random-effects pooling: one mean of several estimates that differ by more than chance, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import (
    FloatArray,
    above_zero,
    choice,
    normal_quantile,
    numbers,
    open_share,
    so_many,
    together,
)

STEPS = 500
NEAR = 1e-12


@dataclass(frozen=True, slots=True)
class RandomEffects:
    """A pooled estimate on the scale of what went in.

    Attributes
    ----------
    estimate, lower, upper : float
        The mean of the true figures that the estimates are of, with its interval.
    confidence : float
        Coverage asked of the interval.
    method : str
        How ``tau2`` was found.
    standard_error : float
        Of the estimate.
    tau2 : float
        Variance between true figures; 0 or more.
    i2 : float
        Share of the scatter that is not chance, in per cent.
    q : float
        Cochran's sum of weighted squares.
    df : int
        Estimates less 1.
    p_value : float
        Probability of so large a ``q`` were there no variance between.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    standard_error: float
    tau2: float
    i2: float
    q: float
    df: int
    p_value: float


def random_effects(
    estimate: ArrayLike, standard_error: ArrayLike, *, method: str = "reml", confidence: float = 0.95
) -> RandomEffects:
    """Pool estimates whose true figures differ, such as log ratios of several years.

    Each estimate is weighted by one over its own variance and the variance between true figures, which is
    found from the scatter beyond chance: by moments, by restricted likelihood, or as Paule and Mandel have it.

    Parameters
    ----------
    estimate : array_like, shape (studies,)
        Estimates on a scale where they are about normal (log ratios, differences); two or more.
    standard_error : array_like, shape (studies,)
        Their standard errors, above 0.
    method : {"reml", "dersimonian-laird", "paule-mandel"}, default "reml"
        How the variance between is found.
    confidence : float, default 0.95
        Coverage of the interval, strictly between 0 and 1.

    Returns
    -------
    RandomEffects
        With no more scatter than chance ``tau2`` is 0, and the mean is the fixed-effect one.

    Raises
    ------
    ValueError
        If there are fewer than two estimates, an input is not allowed.

    Notes
    -----
    Estimates must be independent: years of one school share pupils, and are so only about. With fewer than
    ten the variance between is uncertain, and the normal interval too narrow.

    References
    ----------
    DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188; Viechtbauer (2005), Journal of
    Educational and Behavioral Statistics 30, 261-293; Paule and Mandel (1982), Journal of Research of the NBS
    87, 377-385. data/validation/P24_random_effects_bcg: metafor.

    Examples
    --------
    >>> pooled = random_effects([0.1, 0.5, 0.9], 0.2, method="dersimonian-laird")
    >>> pooled.estimate, pooled.tau2, pooled.i2
    (0.5, 0.12..., 75.0...)
    """
    y, s = estimates(estimate, standard_error)
    if y.size < 2:
        raise ValueError(f"estimate has {y.size} figure; give two or more, there is nothing to pool else")
    used, level = choice("method", method, tuple(METHODS)), open_share("confidence", confidence)
    variance = s**2
    df, q = y.size - 1, _generalised_q(y, variance, 0.0)
    tau2 = METHODS[used](y, variance)
    mean, error = _mean(y, variance, tau2)
    typical = df / _spare(1.0 / variance)
    half = normal_quantile(level) * error
    return RandomEffects(
        estimate=mean,
        lower=mean - half,
        upper=mean + half,
        confidence=level,
        method=used,
        standard_error=error,
        tau2=tau2,
        i2=100.0 * tau2 / (tau2 + typical),
        q=q,
        df=df,
        p_value=float(special.gammaincc(df / 2.0, q / 2.0)),
    )


def estimates(estimate: ArrayLike, standard_error: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """One row of estimates with their errors; one error may be that of all, one estimate is not several."""
    y, s = numbers("estimate", estimate), above_zero("standard_error", standard_error)
    if y.size < s.size:
        raise ValueError(
            f"estimate is {so_many(y.size, 'figure')}, standard_error {s.size}; give an estimate for each"
        )
    y, s = together({"estimate": y, "standard_error": s})
    return y.ravel(), s.ravel()


def _mean(y: FloatArray, variance: FloatArray, tau2: float) -> tuple[float, float]:
    """The weighted mean and its standard error."""
    weight = 1.0 / (variance + tau2)
    return float(weight @ y / weight.sum()), float(1.0 / np.sqrt(weight.sum()))


def _generalised_q(y: FloatArray, variance: FloatArray, tau2: float) -> float:
    """Weighted squares about the weighted mean, given a variance between."""
    mean, _ = _mean(y, variance, tau2)
    return float(((y - mean) ** 2 / (variance + tau2)).sum())


def _spare(weight: FloatArray) -> float:
    """Sum of weights less the sum of their squares over it."""
    return float(weight.sum() - (weight @ weight) / weight.sum())


def _dersimonian_laird(y: FloatArray, variance: FloatArray) -> float:
    """From the first moment of Cochran's sum."""
    spare = _spare(1.0 / variance)
    return max((_generalised_q(y, variance, 0.0) - (y.size - 1)) / spare, 0.0)


def _paule_mandel(y: FloatArray, variance: FloatArray) -> float:
    """The variance between that brings the weighted squares down to their degrees of freedom."""
    df = y.size - 1

    def beyond(tau2: float) -> float:
        return _generalised_q(y, variance, tau2) - df

    return _falls_to_zero(beyond, y)


def _reml(y: FloatArray, variance: FloatArray) -> float:
    """Where the restricted likelihood is flat in the variance between; 0 where it falls from there on.

    Its derivative need not fall throughout: of several crossings the one of greatest likelihood is taken.
    """

    def slope(tau2: float) -> float:
        weight = 1.0 / (variance + tau2)
        mean, _ = _mean(y, variance, tau2)
        return float((weight**2 * (y - mean) ** 2).sum() - weight.sum() + (weight @ weight) / weight.sum())

    def likelihood(tau2: float) -> float:
        weight = 1.0 / (variance + tau2)
        return float(np.log(weight).sum() - np.log(weight.sum()) - _generalised_q(y, variance, tau2)) / 2.0

    top = 10.0 * (float(np.var(y)) + float(variance.max()))
    grid = np.concatenate([[0.0], np.geomspace(1e-9 * top, top, STEPS)])
    slopes = np.array([slope(at) for at in grid])
    turns = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    found = [0.0, *(_bisected(slope, float(grid[at]), float(grid[at + 1])) for at in turns)]
    return max(found, key=likelihood)


def _falls_to_zero(function: Callable[[float], float], y: FloatArray) -> float:
    """Where a falling function passes 0; 0 where it is below already."""
    if function(0.0) <= 0:
        return 0.0
    high = max(float(np.var(y)), NEAR)
    while function(high) > 0:
        high *= 2.0
    return _bisected(function, 0.0, high)


def _bisected(function: Callable[[float], float], low: float, high: float) -> float:
    """Halving between a place above 0 and one below."""
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if high - low <= NEAR * high:
            break
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2.0


METHODS: Mapping[str, Callable[[FloatArray, FloatArray], float]] = MappingProxyType(
    {"reml": _reml, "dersimonian-laird": _dersimonian_laird, "paule-mandel": _paule_mandel}
)
