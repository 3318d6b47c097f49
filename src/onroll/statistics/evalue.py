"""E-values: how strongly something not measured would have to be tied to group and outcome to explain a ratio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    Words,
    above_zero,
    choice,
    flag,
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
        The same for the two ends of the interval; 1 for an end on the other side of 1, or on it. NaN where no limits
        were given.
    confidence : float
        Of the interval that was given.
    method : str or ndarray of str
        ``"vanderweele-ding"``, and how the ratio was taken to a relative risk, if it was.
    limit : float or ndarray
        The smaller of the two: what would move the interval to hold 1.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: Words
    limit: Figure


def e_value(
    ratio: ArrayLike,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    *,
    measure: str = "risk_ratio",
    common: bool = False,
    confidence: float = 0.95,
) -> EValue:
    """Say how strong something not measured would have to be to explain a relative risk.

    For a ratio R above 1 it is R + root(R (R - 1)); one below 1 is turned round first.

    Parameters
    ----------
    ratio : array_like
        Relative risks, or rate ratios, above 0; or what ``measure`` says.
    lower, upper : array_like, optional
        Their limits, above 0, about the ratio; both or none.
    measure : {"risk_ratio", "odds_ratio", "hazard_ratio"}, default "risk_ratio"
        What the ratio is of.
    common : bool, default False
        Of an odds or hazard ratio: True where more than some 15 in 100 have the outcome. The ratio is then taken to a
        relative risk first: the root of an odds ratio; ``(1 - 0.5**root(h)) / (1 - 0.5**root(1 / h))`` of a hazard ratio
        h. False where fewer have it, for whom both are near the relative risk as they are.
    confidence : float, default 0.95
        Of those limits: it is passed on.

    Returns
    -------
    EValue
        For a ratio of 1 ``estimate`` and ``limit`` are 1. Without limits ``lower``, ``upper`` and ``limit`` are NaN.

    Raises
    ------
    ValueError
        If a figure is not above 0, the ratio not within its limits, one limit is given without the other, or a relative
        risk is said to be common: it needs no such step.

    Notes
    -----
    It says how strong, not how likely. The steps for common outcomes are approximations.

    References
    ----------
    VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274, with its table of other measures:
    data/validation/P25_evalue.

    Examples
    --------
    >>> strong = e_value(3.9, 1.8, 8.7)
    >>> strong.estimate, strong.limit
    (7.263..., 3.0...)
    >>> round(e_value(4.0, measure="odds_ratio", common=True).estimate, 3)
    3.414
    """
    kind = choice("measure", measure, tuple(TO_RISK))
    if flag("common", common) and kind == "risk_ratio":
        raise ValueError(
            "common is True of a risk_ratio, which needs no such step; leave common out, or name the measure"
        )
    turn, method = TO_RISK[kind] if common else (np.asarray, METHOD)
    if (lower is None) != (upper is None):
        raise ValueError(f"{'lower' if lower is None else 'upper'} is left out; give both limits or none")
    if lower is None or upper is None:
        r = turn(above_zero("ratio", ratio))
        none = given(np.full(r.shape, np.nan))
        level = open_share("confidence", confidence)
        return EValue(given(_of(r)), none, none, level, words(same_word(method, r.shape)), none)
    shapes = {
        name: above_zero(name, value)
        for name, value in (("ratio", ratio), ("lower", lower), ("upper", upper))
    }
    r, low, high = together(shapes)
    refuse("ratio", r, (r < low) | (r > high), "give a ratio within its limits")
    r, low, high = turn(r), turn(low), turn(high)
    up = r >= 1.0
    ends = [np.where(up, np.maximum(end, 1.0), np.minimum(end, 1.0)) for end in (low, high)]
    at_low, at_high = (_of(end) for end in ends)
    return EValue(
        estimate=given(_of(r)),
        lower=given(np.minimum(at_low, at_high)),
        upper=given(np.maximum(at_low, at_high)),
        confidence=open_share("confidence", confidence),
        method=words(same_word(method, r.shape)),
        limit=given(np.minimum(at_low, at_high)),
    )


def _of_hazard(ratio: FloatArray) -> FloatArray:
    """The relative risk of a common outcome with this hazard ratio; stable where it is far from 1."""
    half, root = np.log(0.5), np.sqrt(ratio)
    return np.asarray(np.expm1(half * root) / np.expm1(half / root))


TO_RISK: Mapping[str, tuple[Callable[[FloatArray], FloatArray], str]] = MappingProxyType(
    {
        "risk_ratio": (np.asarray, METHOD),
        "odds_ratio": (np.sqrt, f"{METHOD}, root of an odds ratio of a common outcome"),
        "hazard_ratio": (_of_hazard, f"{METHOD}, hazard ratio of a common outcome taken to a relative risk"),
    }
)


def _of(ratio: FloatArray) -> FloatArray:
    """The E-value of a ratio on either side of 1."""
    above = np.maximum(ratio, 1.0 / ratio)
    return np.asarray(above + np.sqrt(above * (above - 1.0)))
