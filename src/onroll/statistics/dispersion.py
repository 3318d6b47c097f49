"""Dispersion: how much more than Poisson pairs of counts scatter round their common ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import FloatArray, above_zero, choice, counts, open_share, together

METHODS = ("pearson", "winsorised")
NO_SPREAD = "the pairs do not differ at all: no limits"
ROUNDED = 1e-20
"""A dispersion below this is what rounding left of 0."""
WINSORISED_SHARE = 0.1
"""Share of the scores drawn in at either end, as Spiegelhalter has it."""
WINSORISED_MEAN = 0.6786546
"""Mean square of a standard normal drawn in by a tenth at either end."""
WINSORISED_EFFICIENCY = 0.7113395
"""How much of the degrees of freedom the drawing in leaves: 2 over the variance of its influence function."""
STEPS = 100


@dataclass(frozen=True, slots=True)
class Dispersion:
    """A dispersion with its interval.

    Attributes
    ----------
    estimate, lower, upper : float
        Variance as a multiple of Poisson's; below 1 is possible and is given as it is.
    confidence : float
        Coverage asked of the interval.
    method : str
        ``"pearson"`` or ``"winsorised"``.
    df : float
        Degrees of freedom of the interval.
    pairs, left_out : int
        Pairs used, and pairs left out because neither period had an event.
    ratio : float
        The common rate ratio the pairs scatter round.
    note : str
        ``NO_SPREAD`` where all pairs have one ratio: limits are then NaN; else empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    df: float
    pairs: int
    left_out: int
    ratio: float
    note: str = ""

    @property
    def at_least_one(self) -> float:
        """The estimate, or 1 where the pairs scatter less than Poisson."""
        return max(self.estimate, 1.0)


def paired_dispersion(
    events: ArrayLike,
    exposure: ArrayLike,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    *,
    confidence: float = 0.95,
    method: str = "pearson",
) -> Dispersion:
    """Measure how much more than Poisson many authorities' rate ratios scatter round their common ratio.

    Given each authority's sum over the two periods its events are binomial with one common ratio; Pearson's
    chi-square of that, over its degrees of freedom, is the dispersion.

    Parameters
    ----------
    events, reference_events : array_like, shape (pairs,)
        Each authority's events in the two periods: whole numbers of 0 or more.
    exposure, reference_exposure : array_like, shape (pairs,)
        Pupils on roll in the two periods, above 0; a single number serves all.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"pearson", "winsorised"}, default "pearson"
        Pearson's; or with the outer tenth of the scores at either end drawn in to the tenth and ninetieth
        centile, so that a few authorities that truly changed do not make the measure.

    Returns
    -------
    Dispersion
        The raw estimate: take ``at_least_one`` where less than Poisson is not believed. Where all pairs have one
        ratio it is 0, nothing varies that limits could be made of: they are NaN, and ``note`` says so.

    Raises
    ------
    ValueError
        If an input is not allowed, or fewer than two pairs have an event, or one period has none at all.

    Notes
    -----
    What the ratio of one authority varies by, when nothing is done, is ``dispersion * (1 / events + 1 /
    reference_events)``; both repeat events and real differences in trend go into it. The interval takes the
    chi-square as such: pairs whose sums are some five or more. The winsorised estimate is divided by what
    it would be were the scores normal (Spiegelhalter's own is not, and is a third lower by design); with
    thirty pairs it is still some 5 per cent high, with 140 some 1 per cent.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, 4.5; Spiegelhalter (2005), Quality and Safety in
    Health Care 14, 347-351. tests/reference/quasipoisson.R: R 4.2.2, ``glm`` with family quasibinomial.

    Examples
    --------
    >>> found = paired_dispersion([30, 52, 41, 18], 1000, [40, 40, 60, 12], 1000)
    >>> found.estimate, found.ratio, found.pairs
    (2.4551..., 0.9276..., 4)
    """
    shapes = {
        "events": counts("events", events),
        "exposure": above_zero("exposure", exposure),
        "reference_events": counts("reference_events", reference_events),
        "reference_exposure": above_zero("reference_exposure", reference_exposure),
    }
    y, e, y0, e0 = (array.ravel() for array in together(shapes))
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    seen = (y + y0) > 0
    y, e, y0, e0 = y[seen], e[seen], y0[seen], e0[seen]
    ratio = _common_ratio(y, e, y0, e0)
    p = ratio * e / (ratio * e + e0)
    n = y + y0
    scores = (y - n * p) / np.sqrt(n * p * (1.0 - p))
    estimate, df = _spread(scores, used)
    tail = (1.0 - level) / 2.0
    none = estimate < ROUNDED
    width = float("nan") if none else estimate * df / 2.0
    return Dispersion(
        estimate=estimate,
        lower=width / float(special.gammainccinv(df / 2.0, tail)),
        upper=width / float(special.gammaincinv(df / 2.0, tail)),
        confidence=level,
        method=used,
        df=df,
        pairs=int(seen.sum()),
        left_out=int((~seen).sum()),
        ratio=ratio,
        note=NO_SPREAD if none else "",
    )


def _spread(scores: FloatArray, method: str) -> tuple[float, float]:
    """Mean square of the scores over what it would be under Poisson, with its degrees of freedom."""
    free = float(scores.size - 1)
    if method == "pearson":
        return float(scores @ scores) / free, free
    ends = np.quantile(scores, [WINSORISED_SHARE, 1.0 - WINSORISED_SHARE])
    drawn = np.clip(scores, ends[0], ends[1])
    return float(drawn @ drawn) / (free * WINSORISED_MEAN), free * WINSORISED_EFFICIENCY


def _common_ratio(y: FloatArray, e: FloatArray, y0: FloatArray, e0: FloatArray) -> float:
    """Maximum likelihood of the one ratio, by Newton's steps on its log from the Mantel-Haenszel ratio."""
    if y.size < 2:
        raise ValueError(f"pairs with an event are {y.size}; give two or more, scatter needs them")
    for name, count in (("events", y), ("reference_events", y0)):
        if not count.any():
            raise ValueError(
                f"{name} are all 0; there is no common ratio to scatter round: take longer periods"
            )
    n = y + y0
    log_ratio = float(np.log((y * e0 / (e + e0)).sum() / (y0 * e / (e + e0)).sum()))
    for _ in range(STEPS):
        p = special.expit(log_ratio + np.log(e / e0))
        step = float((y.sum() - n @ p) / (n @ (p * (1.0 - p))))
        log_ratio += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-13:
            break
    return float(np.exp(log_ratio))
