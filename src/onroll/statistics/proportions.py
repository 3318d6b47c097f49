"""Proportions: how many out of how many, with Wilson, Clopper-Pearson, Jeffreys or mid-p limits."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from onroll.statistics._inputs import (
    Figure,
    Words,
    above_zero,
    choice,
    counts,
    given,
    one_above_zero,
    open_share,
    refuse,
    same_word,
    together,
    words,
)
from onroll.statistics._proportion_limits import LIMITS

METHODS = tuple(LIMITS)


@dataclass(frozen=True, slots=True, eq=False)
class Proportion:
    """A proportion with its interval. Single numbers in give floats, arrays give arrays of one shape.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Out of ``per``: never below 0, never above ``per``.
    confidence : float
        Coverage asked of the interval.
    method : str or ndarray of str
        ``"wilson"``, ``"exact"``, ``"jeffreys"`` or ``"mid-p"``.
    events, total : float or ndarray
        How many, out of how many.
    per : float
        1 for a proportion, 100 for a percentage.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    events: Figure
    total: Figure
    per: float


def proportion(
    events: ArrayLike,
    total: ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    method: str = "wilson",
) -> Proportion:
    """Give how many out of how many, with its interval.

    Wilson's limits are the proportions that a score test would not set apart from the one seen;
    Clopper-Pearson's are exact, and for that wider; Jeffreys' and mid-p stand between.

    Parameters
    ----------
    events : array_like
        How many (pupils suspended at least once): whole numbers from 0 to ``total``.
    total : array_like
        Out of how many (pupils on roll): whole numbers of 1 or more.
    per : float, default 1.0
        1 gives a proportion, 100 a percentage; above 0.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"wilson", "exact", "jeffreys", "mid-p"}, default "wilson"
        Wilson's score limits; Clopper-Pearson's; the equal-tailed limits of Jeffreys' prior, in which half
        an event and half a non-event are added, but the lower is 0 where there is no event and the upper
        1 where all are events; or the exact tails with half the chance of what was seen left out.

    Returns
    -------
    Proportion
        ``lower`` is exactly 0 where there is no event, ``upper`` exactly ``per`` where all are events.

    Raises
    ------
    ValueError
        If a count is negative, fractional or not a number, a total is 0, events are above the total
        (then it is a rate, not a proportion), or ``confidence`` or ``method`` is not allowed.

    Notes
    -----
    Each of the total must be counted once at most, and one must not make another likelier. Pupils
    of one school are more alike than that: between schools the interval is too narrow. Exact limits cover
    at least as often as asked, the others on the average about as often (docs/coverage.md).

    References
    ----------
    Wilson (1927), JASA 22, 209-212; Clopper and Pearson (1934), Biometrika 26, 404-413; Brown, Cai and
    DasGupta (2001), Statistical Science 16, 101-133 (Jeffreys); Lancaster (1961), JASA 56, 223-234 (mid-p).
    tests/reference/exact_tests.R: R 4.2.2, ``prop.test(correct = FALSE)`` and ``binom.test``;
    data/validation/P02_byar_wilson_exact:
    PHEindicatormethods; tests/reference/two_by_two.R: epitools (mid-p), ``qbeta``.

    Examples
    --------
    >>> ever = proportion(65, 100, per=100)
    >>> ever.estimate, ever.lower, ever.upper
    (65.0, 55.254..., 73.635...)
    >>> proportion(0, 20, method="exact").upper
    0.1684...
    """
    shapes = {"events": counts("events", events), "total": above_zero("total", counts("total", total))}
    x, n = together(shapes)
    refuse("events", x, x > n, "events cannot pass the total in a proportion; ask for a rate instead")
    scale = one_above_zero("per", per)
    level = open_share("confidence", confidence)
    used = choice("method", method, METHODS)
    lower, upper = LIMITS[used](x, n, level)
    return Proportion(
        estimate=given(x / n * scale),
        lower=given(lower * scale),
        upper=given(upper * scale),
        confidence=level,
        method=words(same_word(used, x.shape)),
        events=given(x),
        total=given(n),
        per=scale,
    )
