"""Interrupted time series of rates or shares: a step in a number, by least squares that neighbours do not fool."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._cell_rows import CellRows
from onroll.statistics._generalised_linear import orthonormal
from onroll.statistics._inputs import FloatArray, choice, numbers, open_share
from onroll.statistics._panel_notes import NO_WIDTH
from onroll.statistics._panel_rows import ROUNDED
from onroll.statistics._series_errors import (
    autocorrelations,
    checked_lag,
    durbin_watson,
    newey_west,
    prais_winsten,
)
from onroll.statistics._series_result import Estimated, InterruptedSeries, result
from onroll.statistics._series_rows import Plan, SeriesRows, known, plan, series, series_rows

ERRORS = ("newey-west", "prais-winsten", "model")
MOST_LAGS = 12


def interrupted_rates(
    rate: ArrayLike,
    after: ArrayLike | int,
    *,
    season: int | None = None,
    harmonics: int | str = 2,
    window: ArrayLike | None = None,
    in_window: str = "own level",
    slope_change: bool = False,
    comparison: ArrayLike | None = None,
    season_of: str = "common",
    errors: str = "newey-west",
    lag: int | None = None,
    distribution: str = "t",
    confidence: float = 0.95,
) -> InterruptedSeries:
    """Compare a rate after something began with the rate that the trend before leads to.

    Least squares with Newey and West's errors, or Prais and Winsten's, in which each period keeps a share of the
    one before.

    Parameters
    ----------
    rate : array_like, shape (periods,)
        A rate or share of each period, in order and without gaps; finite numbers that differ. NaN in windows left out.
    after, season, harmonics, window, in_window, slope_change, season_of, confidence
        As for ``interrupted_series``.
    comparison : array_like, shape (periods,), optional
        Rates of a second series.
    errors : {"newey-west", "prais-winsten", "model"}, default "newey-west"
        "newey-west" is times rows over rows less columns; windows left out keep their place in time.
    lag : int, optional
        How far back Newey and West's errors look (and they only); ``4 (periods / 100)^(2/9)``, rounded down, when left out.
    distribution : {"z", "t"}, default "t"
        Limits by t on rows less columns, or by the normal.

    Returns
    -------
    InterruptedSeries
        ``estimate`` is the difference in level; ``prevented`` is None.

    Raises
    ------
    ValueError
        As ``interrupted_series``; if the rate never changes; or if periods are left out under "prais-winsten".

    Notes
    -----
    As for ``interrupted_series``. Every period weighs the same, whatever its number of pupils: where there are
    counts, model the counts. A Durbin-Watson far from 2 says that errors of the model are wrong.

    References
    ----------
    Newey and West (1987), Econometrica 55, 703-708; Prais and Winsten (1954), Cowles Commission Discussion Paper
    383. data/validation/P14_its_sicily: R, sandwich; tests/reference/interrupted_series.R: nlme at the same rho.

    Examples
    --------
    >>> found = interrupted_rates([5.2, 4.8, 5.0, 4.7, 5.1, 3.8, 3.6, 3.7, 3.5, 3.6], 5, lag=1)
    >>> round(found.estimate, 2), round(found.durbin_watson, 2)
    (-1.12, 2.91)
    """
    periods = series("rate", rate, "number").size
    asked = plan(
        periods, after, season=season, harmonics=harmonics, window=window, in_window=in_window,
        slope_change=slope_change,
    )  # fmt: skip
    rows = series_rows(asked, comparison=comparison is not None, season_of=season_of)
    y = _rates("rate", rate, asked)
    if comparison is not None:
        y = np.append(y, _rates("comparison", comparison, asked))
    kind, level = choice("errors", errors, ERRORS), open_share("confidence", confidence)
    if kind == "prais-winsten" and not asked.used.all():
        raise ValueError(
            "in_window is 'left out' under 'prais-winsten', which needs every period beside the next; give the "
            "window its own level, or ask for newey-west"
        )
    back = checked_lag(lag, periods, kind)
    made = _estimated(rows, y, kind, back)
    lags = min(MOST_LAGS, int(asked.used.sum()) // 3)
    alike = autocorrelations(made.residuals[rows.own], rows.period[rows.own], lags)
    return result(asked, rows, made, None, alike, distribution, level)


def _rates(name: str, value: ArrayLike, asked: Plan) -> FloatArray:
    """One series of numbers in the periods used, checked."""
    y = numbers(name, known(series(name, value, "number", asked.used.size), asked.used))[asked.used]
    if np.ptp(y) == 0:
        raise ValueError(f"{name} is {y[0]:g} in every period; there is nothing to model")
    return y


def _estimated(rows: SeriesRows, y: FloatArray, kind: str, lag: int) -> Estimated:
    """Fit, with the errors asked for."""
    turn = orthonormal(CellRows(rows.x, rows.names, np.ones(y.size), y, None, np.zeros(y.size), None))
    free, rho = y.size - len(rows.names), 0.0
    bread = turn @ turn.T
    b = turn @ ((rows.x @ turn).T @ y)
    e = y - rows.x @ b
    variance = float(e @ e) / free
    covariance = bread * variance
    if kind == "newey-west":
        covariance = newey_west(rows.x * e[:, None], rows.period, bread, lag)
    elif kind == "prais-winsten":
        first = np.diff(rows.period, prepend=rows.period.max() + 1) < 0
        b, covariance, rho, variance = prais_winsten(y, rows.x, first)
        e = y - rows.x @ b
    return Estimated(
        b=b,
        covariance=covariance,
        deviance=float(e @ e),
        dispersion=variance,
        residuals=e,
        method={
            "newey-west": f"least squares, newey-west to lag {lag}",
            "prais-winsten": "prais-winsten",
            "model": "least squares, model errors",
        }[kind],
        lag=lag,
        rho=rho,
        durbin_watson=durbin_watson(e[rows.own]),
        said=NO_WIDTH if np.abs(e).max() <= ROUNDED * np.abs(y).max() else "",
    )
