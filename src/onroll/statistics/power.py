"""Power: how often the exact test would set two Poisson means apart, added up outcome by outcome."""

from __future__ import annotations

import numpy as np
from scipy import special

from onroll.statistics._binomial import two_sided, two_sided_midp
from onroll.statistics._inputs import FloatArray, choice, one_above_zero, open_share

METHODS = ("exact", "mid-p")
FAR = 9.0
"""Poisson outcomes further than this many standard deviations (and this many squared) are left out."""


def exact_power(
    reference_mean: float,
    mean: float,
    *,
    exposure_ratio: float = 1.0,
    confidence: float = 0.95,
    method: str = "exact",
) -> float:
    """Give the power of the exact conditional test between two Poisson counts.

    Every pair of counts that could come is tested; the probabilities of those that the test sets apart
    are added up.

    Parameters
    ----------
    reference_mean, mean : float
        Events expected in the reference period (above 0) and in the later one (0 or more).
    exposure_ratio : float, default 1.0
        Exposure of the later period over that of the reference, above 0.
    confidence : float, default 0.95
        One less the size of the test.
    method : {"exact", "mid-p"}, default "exact"
        Which probability of ``rate_ratio`` is held against it.

    Returns
    -------
    float
        Between 0 and 1. With ``mean == reference_mean * exposure_ratio`` it is the size of the test.

    Raises
    ------
    ValueError
        If an input is out of its bounds.

    Notes
    -----
    Poisson counts, dispersion 1. Time grows with the product of the two means' square roots, times 300:
    instant for hundreds of events, some seconds for thousands.

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31, 313-323.
    tests/reference/exact_power.R: R 4.2.2, the same sum over ``binom.test``.

    Examples
    --------
    >>> exact_power(56, 30.27)
    0.7663...
    >>> exact_power(56, 30.27, method="mid-p")
    0.795...
    """
    base = one_above_zero("reference_mean", reference_mean)
    later = 0.0 if mean == 0 else one_above_zero("mean", mean)
    ratio = one_above_zero("exposure_ratio", exposure_ratio)
    level = open_share("confidence", confidence)
    (y, weight), (y0, weight0) = _outcomes(later), _outcomes(base)
    first, second = (np.ravel(grid) for grid in np.meshgrid(y, y0, indexing="ij"))
    share = np.full(first.shape, ratio / (1.0 + ratio))
    two_sided_of = two_sided if choice("method", method, METHODS) == "exact" else two_sided_midp
    p_value = two_sided_of(first, second, share, 1.0 - share)
    apart = (p_value <= 1.0 - level).reshape(y.size, y0.size)
    return float(weight @ apart @ weight0)


def _outcomes(mean: float) -> tuple[FloatArray, FloatArray]:
    """Counts that could come of a Poisson mean, and their probabilities."""
    reach = FAR * np.sqrt(mean) + FAR**2 / 2.0
    y = np.arange(max(np.floor(mean - reach), 0.0), np.ceil(mean + reach) + 1.0)
    return y, np.exp(special.xlogy(y, mean) - mean - special.gammaln(y + 1.0))
