"""E-values: how strongly something not measured would have to be tied to group and outcome to explain a ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    Words,
    above_zero,
    given,
    open_share,
    refuse,
    same_word,
    together,
    words,
)

METHOD = "vanderweele-ding"


@dataclass(frozen=True, slots=True, eq=False)
class EValue:
    """E-values of a ratio and of its interval. Single numbers in give floats, arrays give arrays.

    Attributes
    ----------
    estimate : float or ndarray
        Relative risk that something not measured would need with both group and outcome to move the
        estimate to 1; 1 or more.
    lower, upper : float or ndarray
        The same for the two ends of the interval; 1 for an end on the other side of 1, or on it.
    confidence : float
        Of the interval that was given.
    method : str or ndarray of str
        ``"vanderweele-ding"``.
    limit : float or ndarray
        The smaller of the two: what would move the interval to hold 1.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    limit: Figure


def e_value(ratio: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, confidence: float = 0.95) -> EValue:
    """Say how strong something not measured would have to be to explain a relative risk.

    For a ratio R above 1 it is R + root(R (R - 1)); one below 1 is turned round first.

    Parameters
    ----------
    ratio : array_like
        Relative risks, or rate ratios, above 0.
    lower, upper : array_like
        Their limits, above 0, about the ratio.
    confidence : float, default 0.95
        Of those limits: it is passed on.

    Returns
    -------
    EValue
        For a ratio of 1 ``estimate`` and ``limit`` are 1.

    Raises
    ------
    ValueError
        If a figure is not above 0, or the ratio not within its limits.

    Notes
    -----
    It says how strong, not how likely. For odds ratios of frequent events take their relative risk first.

    References
    ----------
    VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274: data/validation/P25_evalue.

    Examples
    --------
    >>> strong = e_value(3.9, 1.8, 8.7)
    >>> strong.estimate, strong.limit
    (7.263..., 3.0...)
    """
    shapes = {
        name: above_zero(name, value)
        for name, value in (("ratio", ratio), ("lower", lower), ("upper", upper))
    }
    r, low, high = together(shapes)
    refuse("ratio", r, (r < low) | (r > high), "give a ratio within its limits")
    up = r >= 1.0
    ends = [np.where(up, np.maximum(end, 1.0), np.minimum(end, 1.0)) for end in (low, high)]
    at_low, at_high = (_of(end) for end in ends)
    return EValue(
        estimate=given(_of(r)),
        lower=given(np.minimum(at_low, at_high)),
        upper=given(np.maximum(at_low, at_high)),
        confidence=open_share("confidence", confidence),
        method=words(same_word(METHOD, r.shape)),
        limit=given(np.minimum(at_low, at_high)),
    )


def _of(ratio: FloatArray) -> FloatArray:
    """The E-value of a ratio on either side of 1."""
    above = np.maximum(ratio, 1.0 / ratio)
    return np.asarray(above + np.sqrt(above * (above - 1.0)))
