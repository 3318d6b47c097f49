"""Event study: differences period by period before and after treatment, and what a look at those before can tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from onroll.statistics._adjusted_model import AdjustedModel
from onroll.statistics._inputs import FloatArray, figures, numbers, open_share, refuse
from onroll.statistics._panel_notes import STAGGERED, together_said
from onroll.statistics._panel_rows import ONE_TREATED, PanelRows, is_staggered, panel_rows, remark, within_fit
from onroll.statistics._pre_trend import PreTrend as PreTrend
from onroll.statistics._pre_trend import pre_trend


@dataclass(frozen=True, slots=True, eq=False)
class EventStudy:
    """Differences from the base period, period by period.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean of the effects after, each period the same.
    confidence : float
    method : str
    error, freedom : float
        Of that mean.
    relative : ndarray of int, shape (leads and lags,)
        Periods since treatment began, 0 the first under it; the base is not among them.
    base : int
    effects, effect_errors, effect_lower, effect_upper : ndarray, shape (leads and lags,)
    covariance : ndarray, shape (leads and lags, leads and lags)
    pre_trend : PreTrend
    clusters, treated_clusters : int
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
    relative: NDArray[np.int64]
    base: int
    effects: FloatArray
    effect_errors: FloatArray
    effect_lower: FloatArray
    effect_upper: FloatArray
    covariance: FloatArray
    pre_trend: PreTrend
    clusters: int
    treated_clusters: int
    note: str


def event_study(
    outcome: ArrayLike,
    unit: ArrayLike,
    period: ArrayLike,
    first: ArrayLike,
    *,
    base: int = -1,
    cluster: ArrayLike | None = None,
    errors: str = "CR1S",
    power: float = 0.8,
    confidence: float = 0.95,
) -> EventStudy:
    """Compare treated units with the others in each period before and after treatment began.

    Least squares with effects of units and periods and a column for each period since treatment but the base; with
    a joint test of the periods before, and the trend that the test would have found.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Finite numbers; a row a unit and period.
    unit : array_like, shape (rows,)
    period : array_like, shape (rows,)
        Whole numbers, one apart.
    first : array_like, shape (rows,)
        The first period under treatment of the row's unit; ``inf`` (not 0 or NaN) for units never treated, of which
        there must be some. Units treated from the first period on are refused: drop them.
    base : int, default -1
        The period since treatment that others are set against; below 0.
    cluster, errors, confidence
        As for ``two_way_fixed_effects``.
    power : float, default 0.8
        Chance with which the smallest trend is found, above 1 - ``confidence``.

    Returns
    -------
    EventStudy
        With one treated cluster limits are without end and there is no test. The test is at 1 - ``confidence``.

    Raises
    ------
    ValueError
        If no unit is treated or none is never treated, one is always treated, the base does not occur, no period is
        after, ``first`` changes within a unit, a unit has two rows of one period, or rows are too few.

    Notes
    -----
    No sign of a trend is no proof of none: read ``detectable_slope`` beside the test, and ``bias`` beside the
    estimate. Where treatment begins at different times and effects differ, leads and lags mix one another (Sun and
    Abraham 2021).

    References
    ----------
    Roth (2022), American Economic Review: Insights 4, 305-322; Sun and Abraham (2021), Journal of Econometrics 225,
    175-199. tests/reference/panel_differences.R: R, lm, clubSandwich and ``pf`` with its noncentrality.

    Examples
    --------
    >>> unit, period = np.repeat(range(6), 4), np.tile(range(4), 6)
    >>> outcome = period + np.where((unit < 3) & (period >= 2), 2.0, 0.0) + np.sin(7.0 * unit * period)
    >>> found = event_study(outcome, unit, period, np.where(unit < 3, 2.0, np.inf))
    >>> found.relative.tolist(), found.pre_trend.p_value > 0.05
    ([-2, 0, 1], True)
    """
    rows, level = panel_rows(outcome, unit, period, cluster), open_share("confidence", confidence)
    since = _since(rows, period, first)
    relative = _relative(since, base)
    columns = np.asarray(since[:, None] == relative, dtype=np.float64)
    names = [f"since {at:+d}" for at in relative]
    fit = within_fit(rows, columns, names, errors, level)
    many = rows.ever(np.isfinite(since))
    lags = relative >= 0
    mean = np.concatenate([lags / lags.sum(), np.zeros(rows.periods - 1)])[None]
    free, error = float(fit.covariance.freedom(mean)[0]), float(fit.covariance.error(mean)[0])
    said = next((str(one) for one in fit.note[: relative.size][lags] if one), "")
    note = remark(rows.clusters, many, free, said)
    alone, size = note == ONE_TREATED, relative.size
    estimate = float(fit.estimate[:size][lags].mean())
    half = np.inf if alone else _half(fit, error, free, level)
    effects, matrix = fit.estimate[:size], fit.covariance.matrix[:size, :size]
    return EventStudy(
        estimate=estimate,
        lower=estimate - half,
        upper=estimate + half,
        confidence=level,
        method=f"event study, two-way fixed effects, {errors}",
        error=error,
        freedom=free,
        relative=relative,
        base=base,
        effects=effects,
        effect_errors=fit.error[:size],
        effect_lower=np.full(size, -np.inf) if alone else fit.lower[:size],
        effect_upper=np.full(size, np.inf) if alone else fit.upper[:size],
        covariance=matrix,
        pre_trend=pre_trend(effects, matrix, relative, base, rows.clusters - 1.0, level, power, barred=alone),
        clusters=rows.clusters,
        treated_clusters=many,
        note=together_said(note, STAGGERED if is_staggered(rows, since >= 0) else ""),
    )


def _half(fit: AdjustedModel, error: float, free: float, level: float) -> float:
    """How far limits of the mean are from it; NaN where the fit has none."""
    if np.isnan(fit.lower).any():
        return float("nan")
    return error * float(special.stdtrit(free, 0.5 + level / 2.0)) if free > 0 else float("inf")


FIRST = "the first period under treatment, inf for never"


def _since(rows: PanelRows, period: ArrayLike, first: ArrayLike) -> FloatArray:
    """Periods since treatment began; ``-inf`` for units never treated."""
    time, start = numbers("period", period), figures("first", first)
    if start.shape != time.shape:
        raise ValueError(f"first has shape {start.shape}; give each of {time.size} rows {FIRST}")
    refuse("first", start, np.isnan(start) | np.isneginf(start), f"give {FIRST}")
    if len(np.unique(np.column_stack([rows.unit, start]), axis=0)) > rows.units:
        raise ValueError("first changes within a unit; treatment begins once")
    never = np.isposinf(start)
    if never.all() or not never.any():
        zero = f"; give {FIRST}: 0 is a period" if (start == 0).any() else ""
        raise ValueError(
            f"first is {'inf' if never.all() else 'finite'} in every row; some units must be treated and some never{zero}"
        )
    since = time - start
    refuse(
        "first", start, start <= time.min(),
        "its unit is treated in every period there is, so nothing says how it was before: drop the unit"
        + (f"; where 0 stands for never, give {FIRST}" if (start == 0).any() else ""),
    )  # fmt: skip
    if np.any(since[~never] != np.floor(since[~never])):
        raise ValueError("period less first is not whole; number the periods one apart")
    return np.asarray(np.where(never, -np.inf, since))


def _relative(since: FloatArray, base: int) -> NDArray[np.int64]:
    """The periods since treatment that occur, without the base."""
    there = np.unique(since[np.isfinite(since)]).astype(np.int64)
    if isinstance(base, str | bool) or base not in there or base >= 0:
        leads = ", ".join(str(one) for one in there if one < 0) or "none"
        raise ValueError(
            f"base is {repr(base) if isinstance(base, str) else base}; choose a period before treatment that occurs: {leads}"
        )
    if not (there >= 0).any():
        raise ValueError("no treated unit is seen after treatment began; there is nothing to estimate")
    return np.asarray(there[there != base], dtype=np.int64)
