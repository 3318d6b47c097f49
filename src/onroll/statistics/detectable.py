"""Detectable change: what a change has to be before it can be seen. To be said before any probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import (
    Figure,
    Words,
    above_zero,
    choice,
    given,
    normal_quantile,
    open_share,
    together,
    words,
)
from onroll.statistics.power import exact_power

__all__ = ["DetectableChange", "detectable_change", "exact_power"]

METHODS = ("square root",)
NOT_EVEN = "square root: not even a fall to none"
"""What ``method`` says where no fall, however deep, would be seen with the power asked."""


@dataclass(frozen=True, slots=True)
class DetectableChange:
    """The smallest fall and rise that would be seen. Numbers in give floats, arrays give arrays.

    Attributes
    ----------
    estimate : float or ndarray
        The fall, as a share of the reference rate: 0.46 is 46 per cent lower.
    lower, upper : float or ndarray
        The change as a signed share, ``-fall`` and ``rise``: what lies between would oftener be missed.
    confidence : float
        One less the size of the two-sided test.
    method : str or ndarray of str
        ``"square root"``, with a word where even a fall to none would be missed.
    fall, rise : float or ndarray
        As shares of the reference rate; ``fall`` is 1 where no fall would be seen.
    lower_events, upper_events : float or ndarray
        Expected counts after such a fall or rise, in the exposure of the later period.
    reference_events, exposure_ratio, dispersion : float or ndarray
        What went in.
    power : float
        Chance with which a change of that size is seen.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    fall: Figure
    rise: Figure
    lower_events: Figure
    upper_events: Figure
    reference_events: Figure
    exposure_ratio: Figure
    dispersion: Figure
    power: float


def detectable_change(
    reference_events: ArrayLike,
    *,
    exposure_ratio: ArrayLike = 1.0,
    dispersion: ArrayLike = 1.0,
    confidence: float = 0.95,
    power: float = 0.80,
    method: str = "square root",
) -> DetectableChange:
    """Say how large a fall or rise must be before a two-sided test would see it.

    The square root of a count varies by a quarter of the dispersion whatever its mean, so two roots
    differ visibly once they are a fixed way apart; that way is turned back into a share.

    Parameters
    ----------
    reference_events : array_like
        Events expected in the reference period, above 0; an expectation, so it need not be whole.
    exposure_ratio : array_like, default 1.0
        Exposure of the later period over that of the reference: 1/3 for one year after three, above 0.
    dispersion : array_like, default 1.0
        Variance of the counts as a multiple of their mean, above 0.
    confidence : float, default 0.95
        One less the size of the two-sided test, strictly between 0 and 1.
    power : float, default 0.80
        Chance of seeing it, above half of ``1 - confidence`` and below 1.
    method : {"square root"}
        The approximation.

    Returns
    -------
    DetectableChange
        Where even a fall to none would be missed, ``fall`` is 1.0 and ``method`` says so.

    Raises
    ------
    ValueError
        If an input is out of its bounds; a reference of 0 has no share to fall by.

    Notes
    -----
    Both counts vary, the reference too. From ten expected events on, a mid-p test has the power asked to
    within 0.04; the exact test, being cautious, has less: 0.77 for 0.80 at 56 events, 0.68 at ten
    (``exact_power`` shows it). Below ten take the figure for a rough one.

    References
    ----------
    Bartlett (1936), JRSS Supplement 3, 68-78; Huffman (1984), Applied Statistics 33, 224-226.
    tests/reference/data/P29: the strategy's own table of exclusions, with the arithmetic done by hand.

    Examples
    --------
    >>> one_year = detectable_change(56)
    >>> one_year.fall, one_year.lower_events, one_year.rise
    (0.4593..., 30.27..., 0.5995...)
    >>> detectable_change(3).method
    'square root: not even a fall to none'
    """
    shapes = {
        "reference_events": above_zero("reference_events", reference_events),
        "exposure_ratio": above_zero("exposure_ratio", exposure_ratio),
        "dispersion": above_zero("dispersion", dispersion),
    }
    mean, ratio, phi = together(shapes)
    level, chance = open_share("confidence", confidence), open_share("power", power)
    apart = normal_quantile(level) + float(special.ndtri(chance))
    if apart <= 0:
        raise ValueError(
            f"power is {power!r}; give more than {(1 - level) / 2:g}, which no change at all has"
        )
    step = apart * np.sqrt(phi / 4.0 * (1.0 + 1.0 / ratio) / mean)
    fall = 1.0 - np.maximum(1.0 - step, 0.0) ** 2
    rise = (1.0 + step) ** 2 - 1.0
    return DetectableChange(
        estimate=given(fall),
        lower=given(-fall),
        upper=given(rise),
        confidence=level,
        method=words(np.where(step > 1.0, NOT_EVEN, choice("method", method, METHODS))),
        fall=given(fall),
        rise=given(rise),
        lower_events=given(mean * ratio * (1.0 - fall)),
        upper_events=given(mean * ratio * (1.0 + rise)),
        reference_events=given(mean),
        exposure_ratio=given(ratio),
        dispersion=given(phi),
        power=chance,
    )
