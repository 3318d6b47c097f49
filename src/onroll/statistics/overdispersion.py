"""Overdispersion of units: how much more than chance they scatter about a target, as a factor and as a variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import (
    BoolArray,
    FloatArray,
    above_zero,
    choice,
    numbers,
    open_share,
    together,
)

OUTER = ("winsorised", "truncated", "kept")
AT_TARGET = "every unit used is on the target: no limits of a factor of 0"
TOO_FEW = "no spread can be seen: fewer than two units are left"


@dataclass(frozen=True, slots=True, eq=False)
class Overdispersion:
    """How much more than chance units scatter.

    Attributes
    ----------
    estimate, lower, upper : float
        ``phi``, the mean square of the scores: 1 is chance alone, below 1 is possible and given as it is.
    confidence : float
        Coverage asked of the interval.
    method : str
        ``"winsorised"``, ``"truncated"`` or ``"kept"``: what became of the outermost scores.
    tau2 : float
        Variance between units on the scale of the scores' errors, by DerSimonian and Laird; 0 or more.
    units, units_used : int
        Units given, and units that ``phi`` rests on.
    used : ndarray of bool
        Which units those are.
    note : str
        Why there is no spread to see, or none to make limits of; empty where there is one.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    tau2: float
    units: int
    units_used: int
    used: BoolArray
    note: str

    @property
    def at_least_one(self) -> float:
        """The factor, or 1 where units scatter less than chance: limits are never drawn in by it."""
        return max(self.estimate, 1.0)


def overdispersion(
    score: ArrayLike,
    standard_error: ArrayLike,
    *,
    outer: str = "winsorised",
    share: float = 0.1,
    confidence: float = 0.95,
) -> Overdispersion:
    """Measure how much more than chance units scatter about a target, a few odd ones not counting.

    The mean square of the scores is Spiegelhalter's ``phi``, with a share of scores at either end drawn in
    or left out; what ``phi`` is above 1, put against the weights, is the variance between units.

    Parameters
    ----------
    score : array_like, shape (units,)
        Each unit's distance from the target over its standard error, both on the same scale.
    standard_error : array_like, shape (units,)
        Those errors, above 0; a single number serves all.
    outer : {"winsorised", "truncated", "kept"}, default "winsorised"
        The outermost scores are drawn in to the quantile, left out (as the SHMI has it), or kept.
    share : float, default 0.1
        Share of units at either end that is dealt with so, from 0 to below 0.5.
    confidence : float, default 0.95
        Coverage of the interval of ``phi``, strictly between 0 and 1.

    Returns
    -------
    Overdispersion
        With fewer than two units left ``phi`` is 1, its limits 0 and ``inf``, ``tau2`` 0, and the ``note``
        says why. Where every unit used is on the target ``phi`` is 0, its limits are NaN, and the ``note`` says so.

    Raises
    ------
    ValueError
        If a score is not a number, an error is not above 0, either is of no size that can be squared, or a choice is
        out of its bounds.

    Notes
    -----
    Drawing in or leaving out makes ``phi`` smaller than 1 even where there is chance alone: normal scores
    drawn in by a tenth have a mean square of 0.68. That is by design: ``phi`` below 1 is taken as 1. The
    interval is the chi-square's of the units used, as if nothing had been drawn in: a rough one.

    References
    ----------
    Spiegelhalter (2005), Quality and Safety in Health Care 14, 347-351; Spiegelhalter et al. (2012), JRSS A
    175, 1-47; DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188.
    data/validation/P06_funnel_overdispersion_medpar: FunnelPlotR.

    Examples
    --------
    >>> found = overdispersion([-4.0, 1.0, 0.5, 3.0, -2.0], 0.1, outer="kept")
    >>> found.estimate, found.tau2
    (6.05, 0.065...)
    """
    shapes = {
        "score": numbers("score", score),
        "standard_error": above_zero("standard_error", standard_error),
    }
    z, s = (array.ravel() for array in together(shapes))
    level, way = open_share("confidence", confidence), choice("outer", outer, OUTER)
    at_either_end = _share(share) if way != "kept" else 0.0
    used = _inner(z, at_either_end) if way == "truncated" else np.ones(z.shape, dtype=np.bool_)
    n = int(used.sum())
    if n < 2:
        return Overdispersion(1.0, 0.0, np.inf, level, way, 0.0, z.size, n, used, TOO_FEW)
    drawn = np.clip(z, *np.quantile(z, [at_either_end, 1.0 - at_either_end])) if way == "winsorised" else z
    phi, tail = float(np.mean(drawn[used] ** 2)), (1.0 - level) / 2.0
    width = phi * n / 2.0 if phi > 0 else float("nan")
    return Overdispersion(
        estimate=phi,
        lower=width / float(special.gammainccinv(n / 2.0, tail)),
        upper=width / float(special.gammaincinv(n / 2.0, tail)),
        confidence=level,
        method=way,
        tau2=between_units(phi, s[used]),
        units=z.size,
        units_used=n,
        used=used,
        note="" if phi > 0 else AT_TARGET,
    )


def between_units(phi: float, standard_error: FloatArray) -> float:
    """Variance between units that would make the mean square of the scores ``phi``; 0 where it is below chance."""
    weight = (float(standard_error.min()) / standard_error) ** 2
    spare = float(weight.sum() - (weight @ weight) / weight.sum())
    n = standard_error.size
    return max((n * phi - (n - 1.0)) / spare, 0.0) * float(standard_error.min()) ** 2


def _share(share: float) -> float:
    """A share at either end: from 0 to below one half."""
    value = numbers("share", share)
    if value.ndim or not 0 <= value < 0.5:
        raise ValueError(f"share is {share!r}; give one number from 0 to below 0.5, such as 0.1")
    return float(value)


def _inner(score: FloatArray, share: float) -> BoolArray:
    """All but a share of the units at either end, by rank."""
    at_end = int(np.floor(share * score.size + 1e-9))
    kept = np.zeros(score.shape, dtype=np.bool_)
    kept[np.argsort(score, kind="stable")[at_end : score.size - at_end]] = True
    return kept
