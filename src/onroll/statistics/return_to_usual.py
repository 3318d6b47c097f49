"""Regression to the mean: how far units that had stood as high as the treated changed by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import BoolArray, numbers, open_share
from onroll.statistics._panel import TIE

METHOD = "changes of {} units that stood as high before, the treated not among them"


@dataclass(frozen=True, slots=True, eq=False)
class ReturnToUsual:
    """Units that stood at least as high before, each taken for treated.

    Attributes
    ----------
    estimate, lower, upper : float
        Middle of their changes, and the range that takes in the central share of them. NaN where there is none.
    confidence : float
        That central share.
    method : str
        How it was done.
    units : int
        How many stood at least as high.
    as_far : int
        How many of them changed at least as far as the treated, in the same direction.
    share : float
        Their share; NaN where nobody stood as high.
    is_as_high : ndarray of bool, shape (units,)
        Which they are.
    note : str
        Why there is nothing to tell; empty otherwise.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    units: int
    as_far: int
    share: float
    is_as_high: BoolArray
    note: str


def return_to_usual(
    change: ArrayLike, height: ArrayLike, treated: int, *, confidence: float = 0.95
) -> ReturnToUsual:
    """Ask how units that had stood as high changed, of which nothing is known to have been done.

    Parameters
    ----------
    change : array_like, shape (units,)
        Change of each unit, such as a log rate ratio after over before.
    height : array_like, shape (units,)
        How high each stood before, in the same unit for all: above its own usual, or above the others.
    treated : int
        Column of the treated unit.
    confidence : float, default 0.95
        Central share of their changes taken for the range, strictly between 0 and 1.

    Returns
    -------
    ReturnToUsual
        ``note`` says so where no other unit stood as high.

    Raises
    ------
    ValueError
        If the two differ in length, a number is missing, or there is no such column.

    Notes
    -----
    A unit that is chosen when it stands high tends to fall back by itself. If many that stood as high changed as far,
    the change of the treated needs no other explanation. If few did, only this explanation is less likely.

    References
    ----------
    Barnett, van der Pols and Dobson (2005), International Journal of Epidemiology 34, 215-220, on the phenomenon.

    Examples
    --------
    >>> found = return_to_usual([-0.5, -0.1, -0.6, 0.2], [1.0, 1.2, 1.5, 0.1], 0)
    >>> found.units, found.as_far, found.share
    (2, 1, 0.5)
    """
    level, moved, stood = (
        open_share("confidence", confidence),
        numbers("change", change),
        numbers("height", height),
    )
    if moved.ndim != 1 or moved.shape != stood.shape:
        raise ValueError(
            f"change has shape {moved.shape} and height {stood.shape}; give one of each for a unit"
        )
    if (
        isinstance(treated, bool)
        or not isinstance(treated, int | np.integer)
        or not 0 <= treated < moved.size
    ):
        raise ValueError(
            f"treated is {treated!r}; give the column of the treated unit, 0 to {moved.size - 1}"
        )
    is_as_high = stood >= stood[treated] - TIE
    is_as_high[treated] = False
    changes, own = moved[is_as_high], float(moved[treated])
    far = changes <= own + TIE if own < 0 else changes >= own - TIE
    count, as_far = int(changes.size), int(np.count_nonzero(far))
    quantiles = [0.5, (1.0 - level) / 2.0, (1.0 + level) / 2.0]
    middle, low, high = np.quantile(changes, quantiles) if count else (np.nan, np.nan, np.nan)
    return ReturnToUsual(
        estimate=float(middle), lower=float(low), upper=float(high), confidence=level, method=METHOD.format(count),
        units=count, as_far=as_far, share=as_far / count if count else float("nan"), is_as_high=is_as_high,
        note="" if count else "no other unit stood as high as the treated",
    )  # fmt: skip
