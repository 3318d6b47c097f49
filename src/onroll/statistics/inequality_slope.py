"""Slope and relative index of inequality: how a rate rises or falls from the one end of a ranking to the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import (
    ROUNDING,
    Figure,
    FloatArray,
    above_zero,
    choice,
    given,
    normal_quantile,
    numbers,
    open_share,
    refuse,
    together,
    whole,
)

TRANSFORMS = ("none", "log", "logit", "sqrt")
METHODS = ("analytic", "simulation")
MOST_REPEATS = 10**6
NEAREST = 1e-12
"""Values nearer to an end of a transform are at it."""
NO_BOUND = 1e200
"""A ratio as far off has no bound; between two of them a quantile can still be drawn."""
FEWEST = 3
"""Two ranks have a slope but nothing to judge a line by."""
Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class InequalitySlope:
    """A slope index with its relative index. One row of ranks gives floats, many rows give arrays.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        The slope index: the value at the top end of the ranking less that at the bottom end.
    confidence : float
        Coverage asked of the interval.
    method : str
        ``"analytic"`` or ``"simulation"``, and the transform.
    relative, relative_lower, relative_upper : float or ndarray
        The relative index: the top end over the bottom end; see ``inequality_slope`` where it has no bound.
    bottom, top : float or ndarray
        The fitted values at the two ends.
    """

    estimate: Figure
    lower: Figure
    upper: Figure
    confidence: float
    method: str
    relative: Figure
    relative_lower: Figure
    relative_upper: Figure
    bottom: Figure
    top: Figure


def inequality_slope(
    values: ArrayLike,
    standard_errors: ArrayLike,
    population: ArrayLike,
    *,
    transform: str = "none",
    confidence: float = 0.95,
    method: str = "analytic",
    repeats: int = 100_000,
    seed: int = 20_240_901,
) -> InequalitySlope:
    """Give the slope and the relative index of inequality of a value over ranked groups.

    Each group stands at the middle of its share of the pupils, ranked from 0 to 1; a line through the values
    is fitted by least squares weighted by pupils, and read off at both ends.

    Parameters
    ----------
    values : array_like, shape (..., groups)
        A rate or proportion by ranked group (deprivation tenths), from the bottom rank to the top.
    standard_errors : array_like, shape (..., groups)
        Their standard errors, above 0, on the scale of the values (for a rate of events the root of
        ``dispersion * events`` over pupils).
    population : array_like, shape (..., groups) or (groups,)
        Pupils by group, above 0.
    transform : {"none", "log", "logit", "sqrt"}, default "none"
        Scale on which the line is straight: "log" for rates, "logit" for proportions, "sqrt" for small
        rates. The ends are carried back before they are compared.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.
    method : {"analytic", "simulation"}, default "analytic"
        Analytic: normal limits of the slope, Fieller's of the relative index (with a transform, the delta
        method; on its logarithm for the relative index). Or the quantiles of ``repeats`` normal draws, as
        Public Health England has it.
    repeats, seed : int
        Of the simulation; 100 to a million repeats.

    Returns
    -------
    InequalitySlope
        ``relative_lower`` is ``-inf`` and ``relative_upper`` ``inf`` where the bottom end cannot be told from
        0 (analytic, no transform).

    Raises
    ------
    ValueError
        If there are fewer than three groups, a number is not allowed, a value is not within what the transform
        takes (above 0 for log and sqrt, between 0 and 1 for logit), or the fitted root passes 0 (sqrt).

    Notes
    -----
    The errors of the groups are taken as independent and known. The line is assumed: look at the values. A
    fitted bottom end of 0 or less has no relative index of any meaning.

    References
    ----------
    Low and Low (2004), Journal of Public Health 26, 390-395; Fieller (1954), JRSS B 16, 175-185.
    data/validation/P26_slope_index: PHEindicatormethods.

    Examples
    --------
    >>> found = inequality_slope([12.0, 9.0, 8.0, 5.0], [1.0, 1.0, 1.0, 1.0], [100, 100, 100, 100])
    >>> round(found.estimate, 6), round(found.lower, 3), round(found.upper, 3), round(found.relative, 4)
    (-8.8, -12.306, -5.294, 0.3178)
    """
    y, se, n = _rows(values, standard_errors, population)
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    _refuse_outside(y, choice("transform", transform, TRANSFORMS))
    flat, flat_se = _flatten(y, transform), se * _steepness(y, transform)
    at_bottom, at_top = _ends(n)
    ends = (at_bottom * flat).sum(-1), (at_top * flat).sum(-1)
    if transform == "sqrt":
        for name, end in zip(("bottom", "top"), ends, strict=True):
            refuse(
                f"fitted {name} end, its root,", end, end <= 0, "the line passes 0: ask for transform='log'"
            )
    bottom, top = _back(ends[0], transform), _back(ends[1], transform)
    nothing = np.abs(bottom) <= ROUNDING * np.abs(top)
    refuse("fitted bottom end", bottom, nothing, "a relative index cannot be taken over 0: try a transform")
    moments = _moments(flat_se, at_bottom, at_top)
    if used == "simulation":
        drawn = _draw(ends, moments, repeats, seed)
        slope, relative = _quantiles(_back(drawn[0], transform), _back(drawn[1], transform), level)
    else:
        slope, relative = _analytic(ends, (bottom, top), moments, transform, normal_quantile(level))
    return InequalitySlope(
        estimate=given(top - bottom),
        lower=given(slope[0]),
        upper=given(slope[1]),
        confidence=level,
        method=used if transform == "none" else f"{used}, {transform}",
        relative=given(top / bottom),
        relative_lower=given(relative[0]),
        relative_upper=given(relative[1]),
        bottom=given(bottom),
        top=given(top),
    )


def _rows(values: ArrayLike, errors: ArrayLike, population: ArrayLike) -> list[FloatArray]:
    """Check and bring to one shape, groups last."""
    arrays = together(
        {
            "values": numbers("values", values),
            "standard_errors": above_zero("standard_errors", errors),
            "population": above_zero("population", population),
        }
    )
    groups = arrays[0].shape[-1] if arrays[0].ndim else 1
    if groups < FEWEST:
        raise ValueError(f"values has {groups} groups; give {FEWEST} or more: a slope needs a ranking")
    return arrays


def _refuse_outside(y: FloatArray, transform: str) -> None:
    """Raise for a value that the transform cannot take."""
    low = y < NEAREST
    wrong = {"none": np.zeros(y.shape, bool), "log": low, "logit": low | (y > 1.0 - NEAREST), "sqrt": low}
    refuse(
        "values",
        y,
        wrong[transform],
        f"transform={transform!r} cannot take it: join groups or choose another",
    )


def _flatten(y: FloatArray, transform: str) -> FloatArray:
    """Carry values to the scale on which the line is straight."""
    carry: dict[str, Callable[[FloatArray], FloatArray]] = {
        "none": np.asarray,
        "log": np.log,
        "logit": lambda p: np.log(p / (1.0 - p)),
        "sqrt": np.sqrt,
    }
    return carry[transform](y)


def _steepness(y: FloatArray, transform: str) -> FloatArray:
    """How much a small change of the value moves it on that scale."""
    if transform == "none":
        return np.ones(y.shape)
    if transform == "log":
        return 1.0 / y
    if transform == "logit":
        return 1.0 / (y * (1.0 - y))
    return 0.5 / np.sqrt(y)


def _back(flat: FloatArray, transform: str) -> FloatArray:
    """Carry fitted ends back; a root below 0 is 0."""
    carry: dict[str, Callable[[FloatArray], FloatArray]] = {
        "none": np.asarray,
        "log": _exp,
        "logit": special.expit,
        "sqrt": lambda x: np.maximum(x, 0.0) ** 2,
    }
    return carry[transform](flat)


def _exp(x: FloatArray) -> FloatArray:
    """The exponential, which stays a number however large."""
    return np.asarray(np.exp(np.minimum(x, 700.0)))


def _ends(n: FloatArray) -> Pair:
    """The weights with which values make up the fitted line at rank 0 and at rank 1."""
    share = n / n.sum(-1, keepdims=True)
    rank = np.cumsum(share, -1) - share / 2.0
    away = rank - 0.5  # the weighted mean rank is a half
    slope = share * away / (share * away * away).sum(-1, keepdims=True)
    return share - slope / 2.0, share + slope / 2.0


def _moments(
    se: FloatArray, at_bottom: FloatArray, at_top: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Variance of the fitted bottom, of the top, and their covariance."""
    v = se * se
    return (at_bottom**2 * v).sum(-1), (at_top**2 * v).sum(-1), (at_bottom * at_top * v).sum(-1)


def _analytic(
    ends: Pair, back: Pair, moments: tuple[FloatArray, FloatArray, FloatArray], transform: str, z: float
) -> tuple[Pair, Pair]:
    """Limits of slope and relative index: exact for a straight line, by the delta method where it is bent."""
    (bottom, top), (v_bottom, v_top, together_) = back, moments
    if transform == "none":
        error = z * np.sqrt(v_top + v_bottom - 2.0 * together_)
        return (top - bottom - error, top - bottom + error), _fieller(bottom, top, moments, z)
    g_bottom, g_top = (1.0 / _steepness(end, transform) for end in back)
    error = z * np.sqrt(g_top**2 * v_top + g_bottom**2 * v_bottom - 2.0 * g_top * g_bottom * together_)
    h_bottom, h_top = g_bottom / bottom, g_top / top
    spread = _exp(z * np.sqrt(h_top**2 * v_top + h_bottom**2 * v_bottom - 2.0 * h_top * h_bottom * together_))
    return (top - bottom - error, top - bottom + error), (top / bottom / spread, top / bottom * spread)


def _fieller(
    bottom: FloatArray, top: FloatArray, moments: tuple[FloatArray, FloatArray, FloatArray], z: float
) -> Pair:
    """Fieller's limits of top over bottom; without bound where bottom cannot be told from 0."""
    v_bottom, v_top, both = moments
    a = bottom * bottom - z * z * v_bottom
    b = top * bottom - z * z * both
    c = top * top - z * z * v_top
    bounded = a > 0
    root = np.sqrt(np.maximum(b * b - a * c, 0.0))
    safe = np.where(bounded, a, 1.0)
    return np.where(bounded, (b - root) / safe, -np.inf), np.where(bounded, (b + root) / safe, np.inf)


def _draw(ends: Pair, moments: tuple[FloatArray, FloatArray, FloatArray], repeats: int, seed: int) -> Pair:
    """Fitted ends drawn anew, first axis the repeats: the fit is linear, so the two are normal together."""
    repeats = whole("repeats", repeats, 100, MOST_REPEATS, otherwise=": limits are read off the tails")
    v_bottom, v_top, both = moments
    rng = np.random.default_rng(whole("seed", seed, 0))
    one, other = rng.standard_normal((2, repeats, *ends[0].shape))
    rest = np.sqrt(np.maximum(v_top - both * both / v_bottom, 0.0))
    return ends[0] + np.sqrt(v_bottom) * one, ends[1] + both / np.sqrt(v_bottom) * one + rest * other


def _quantiles(bottom: FloatArray, top: FloatArray, level: float) -> tuple[Pair, Pair]:
    """Percentile limits of slope and relative index."""
    tails = [(1.0 - level) / 2.0, (1.0 + level) / 2.0]
    slope = np.quantile(top - bottom, tails, axis=0)
    near = np.abs(bottom) <= np.abs(top) / NO_BOUND
    over = np.where(near, np.copysign(NO_BOUND, top), top / np.where(near, 1.0, bottom))
    relative = np.quantile(over, tails, axis=0)
    relative = np.where(np.abs(relative) >= NO_BOUND / 2.0, np.copysign(np.inf, relative), relative)
    return (slope[0], slope[1]), (relative[0], relative[1])
