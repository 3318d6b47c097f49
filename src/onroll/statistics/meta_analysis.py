"""Meta-analysis of units that differ: their mean with limits for few of them, and where another unit would lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import (
    FloatArray,
    at_least_zero,
    normal_quantile,
    open_share,
)
from onroll.statistics._panel_notes import together_said
from onroll.statistics.random_effects import estimates, random_effects

FEW = 5
TOO_FEW = "{} estimates: how far they differ is hardly known, and a range for another one is very wide"

NARROW = (
    "limits are narrower than chance alone has them ({:.3g} to {:.3g} were all true figures the same): estimates scatter "
    "less than their errors say; read the wider of the two"
)
"""Röver, Knapp and Friede (2015), BMC Medical Research Methodology 15, 99; metafor's ``test="adhoc"``."""


@dataclass(frozen=True, slots=True)
class MetaAnalysis:
    """A mean over units, and how far units lie from it.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean of the true figures, with the limits of Knapp and Hartung.
    confidence : float
    method : str
    error : float
        Knapp and Hartung's, of the mean, with the shared one.
    freedom : float
        Estimates less 1.
    spread : float
        Standard deviation between true figures; 0 or more.
    predicted_lower, predicted_upper : float
        Where the true figure of another such unit would lie: t on estimates less 1 (``freedom``), with Knapp and
        Hartung's error of the mean.
    i2 : float
        Share of the scatter that is not chance, in per cent.
    q, q_p_value : float
        Cochran's sum of weighted squares, and the chance of so large a one were all true figures the same.
    units : int
    note : str
        What the limits cannot bear; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    freedom: float
    spread: float
    predicted_lower: float
    predicted_upper: float
    i2: float
    q: float
    q_p_value: float
    units: int
    note: str


def meta_analysis(
    estimate: ArrayLike, standard_error: ArrayLike, *, shared_error: float = 0.0, confidence: float = 0.95
) -> MetaAnalysis:
    """Pool estimates of units that differ, such as schools, and say where another unit would lie.

    The variance between is found by restricted likelihood; the error of the mean is taken from how the estimates
    scatter about it (Knapp and Hartung), with t on one less than their number.

    Parameters
    ----------
    estimate : array_like, shape (units,)
        Estimates on a scale where they are about normal; two or more.
    standard_error : array_like, shape (units,)
        Of each apart from what they share, above 0; one number where it is the same for all.
    shared_error : float, default 0.0
        Standard error that all of them have in common, such as that of what they are set beside; 0 or more. It moves
        them together, so their scatter knows nothing of it.
    confidence : float, default 0.95
        Strictly between 0 and 1.

    Returns
    -------
    MetaAnalysis
        With no more scatter than chance ``spread`` is 0, and the predicted range is that of the mean. Limits can then be
        narrower than those of one true figure, down to none; ``note`` says so and gives those.

    Raises
    ------
    ValueError
        If there are fewer than two estimates, or an input is not allowed.

    Notes
    -----
    Estimates must be independent but for what they share, and their errors known. The predicted range is that of metafor
    with ``test="knha"``: k - 1 degrees of freedom. Higgins, Thompson and Spiegelhalter, who first gave one, take k - 2 and
    the usual error of the mean, which is wider for few units.

    References
    ----------
    Knapp and Hartung (2003), Statistics in Medicine 22, 2693-2710; Higgins, Thompson and Spiegelhalter (2009), Journal
    of the Royal Statistical Society A 172, 137-159. tests/reference/meta_analysis.R: metafor.

    Examples
    --------
    >>> found = meta_analysis([0.1, 0.5, 0.9, 0.3], [0.2, 0.1, 0.2, 0.1])
    >>> round(found.estimate, 2), found.predicted_lower < found.lower < found.upper < found.predicted_upper
    (0.44, True)
    """
    y, s = estimates(estimate, standard_error)
    level = open_share("confidence", confidence)
    pooled = random_effects(y, s, method="reml", confidence=level)
    weight = 1.0 / (s**2 + pooled.tau2)
    free = float(y.size - 1)
    shared = float(at_least_zero("shared_error", shared_error))
    error = float(np.sqrt((weight @ (y - pooled.estimate) ** 2) / free / weight.sum() + shared**2))
    times = float(special.stdtrit(free, (1.0 + level) / 2.0))
    reach = times * float(np.sqrt(pooled.tau2 + error**2))
    return MetaAnalysis(
        estimate=pooled.estimate,
        lower=pooled.estimate - times * error,
        upper=pooled.estimate + times * error,
        confidence=level,
        method="restricted likelihood, limits of Knapp and Hartung",
        error=error,
        freedom=free,
        spread=float(np.sqrt(pooled.tau2)),
        predicted_lower=pooled.estimate - reach,
        predicted_upper=pooled.estimate + reach,
        i2=pooled.i2,
        q=pooled.q,
        q_p_value=pooled.p_value,
        units=y.size,
        note=together_said(
            TOO_FEW.format(y.size) if y.size < FEW else "", _narrow(y, s, shared, times * error, level)
        ),
    )


def _narrow(y: FloatArray, s: FloatArray, shared: float, half: float, level: float) -> str:
    """Say that limits are narrower than those of one true figure, and what those are."""
    weight = 1.0 / s**2
    mean = float(weight @ y / weight.sum())
    alone = normal_quantile(level) * float(np.sqrt(1.0 / weight.sum() + shared**2))
    return NARROW.format(mean - alone, mean + alone) if half < alone else ""
