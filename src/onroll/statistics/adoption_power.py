"""Staggered adoption by few units: what change would stand out among shuffles, by planting changes and looking."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._design_power import DesignPower, chances
from onroll.statistics._inputs import FloatArray, figures, numbers, whole
from onroll.statistics._panel import TIE
from onroll.statistics._shuffled_dates import STEPS, WIDEST, changes_of, checked, shuffled_dates

METHOD = "{} changes planted at shuffled dates, each ranked among {} shuffles"
NEVER = "no change of any size stands out so often: too few ways to deal out the dates"


def adoption_power(
    outcome: ArrayLike,
    first_treated: ArrayLike,
    *,
    planted: int = 200,
    shuffles: int = 499,
    seed: int = 2021,
    confidence: float = 0.95,
    power: float = 0.80,
) -> DesignPower:
    """Say what fall ``adoption_permutation`` would see, by planting falls at shuffled dates in these very units.

    What was found with treatment is taken out first. Then the dates are dealt out anew, a fall is planted from each
    unit's new date on, and it is ranked among other deals; the fall is the smallest that stands out so often.

    Parameters
    ----------
    outcome, first_treated
        As for ``adoption_permutation``.
    planted : int, default 200
        Deals in which a fall is planted, 20 or more.
    shuffles, seed, confidence
        As for ``adoption_permutation``.
    power : float, default 0.80
        Above 1 - ``confidence`` and below 1.

    Returns
    -------
    DesignPower
        In the unit of the outcome; ``error`` is how far deals scatter with nothing planted. ``inf`` with a note where no
        fall stands out so often.

    Raises
    ------
    ValueError
        As ``adoption_permutation``, or if ``planted`` is below 20 or ``power`` out of its bounds.

    Notes
    -----
    The fall is the same for all units and periods. Good to some three in a hundred of power with 200 planted.

    References
    ----------
    Checked by counting how often planted falls stand out in ``adoption_permutation`` itself.

    Examples
    --------
    >>> rate = np.sin(7.0 * np.arange(14)[:, None] * np.arange(1, 7)[None, :])
    >>> found = adoption_power(rate, np.where(np.arange(14) % 2 == 0, 3.0, np.inf), planted=50, shuffles=199)
    >>> 2.0 < found.estimate / found.error < 4.0
    True
    """
    table, first = numbers("outcome", outcome), figures("first_treated", first_treated)
    checked(table, first, shuffles)
    level, chance = chances(confidence, power)
    many = whole("planted", planted, 20)
    dates = shuffled_dates(first, shuffles, seed)
    own = np.asarray(np.arange(table.shape[1])[None, :] >= first[:, None], dtype=np.float64)
    found = changes_of(table, dates[:1]) / changes_of(own, dates[:1])
    still = table - found[0] * own
    nothing = changes_of(still, dates)
    deals = shuffled_dates(first, many, seed + 1)[1:]
    base = changes_of(still, deals)
    carried = np.array([changes_of(_under(deal, table.shape[1]), dates) for deal in deals])
    fall = _smallest(base, nothing, carried, 1.0 - level, chance)
    return DesignPower(
        estimate=fall, lower=-fall, upper=fall, confidence=level, method=METHOD.format(many, shuffles), power=chance,
        error=float(nothing.std()), freedom=float("inf"), note="" if np.isfinite(fall) else NEVER,
    )  # fmt: skip


def _under(deal: FloatArray, periods: int) -> FloatArray:
    return np.asarray(np.arange(periods)[None, :] >= deal[:, None], dtype=np.float64)


def _smallest(
    base: FloatArray, nothing: FloatArray, carried: FloatArray, alpha: float, chance: float
) -> float:
    """The fall that stands out in so many of the deals, by bisection."""

    def often(fall: float) -> float:
        """Share of deals in which it does."""
        own = np.abs(base - fall)[:, None]
        others = np.abs(nothing[None, :] - fall * carried)
        as_far = np.count_nonzero(others >= own * (1.0 - TIE), axis=1)
        return float(((1.0 + as_far) / (1.0 + nothing.size) <= alpha).mean())

    out = max(float(np.ptp(nothing)), 1e-9)
    limit = WIDEST * out
    while often(out) < chance:
        out *= 2.0
        if out > limit:
            return float("inf")
    kept = 0.0
    for _ in range(STEPS // 3):
        half = (kept + out) / 2.0
        kept, out = (half, out) if often(half) < chance else (kept, half)
    return out
