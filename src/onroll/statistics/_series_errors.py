"""Errors of a series whose neighbours are alike: Newey and West's, Prais and Winsten's, and how alike they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import FloatArray

STEPS, CLOSE = 500, 1e-12


def usual_lag(periods: int) -> int:
    """Newey and West's rule of thumb for how far back to look."""
    return int(4.0 * (periods / 100.0) ** (2.0 / 9.0))


def checked_lag(lag: int | None, periods: int, errors: str) -> int:
    """How many periods back, from 0 to one less than there are; 0 where errors do not look back."""
    if errors != "newey-west":
        if lag is not None:
            raise ValueError(f"lag is {lag!r} with errors {errors!r}, which do not look back; leave it out")
        return 0
    if lag is None:
        return usual_lag(periods)
    if not isinstance(lag, int | np.integer) or isinstance(lag, bool) or not 0 <= lag < periods:
        raise ValueError(f"lag is {lag!r} in a series of {periods} periods; give 0 to {periods - 1}")
    return int(lag)


def newey_west(scores: FloatArray, period: NDArray[np.intp], bread: FloatArray, lag: int) -> FloatArray:
    """Covariance that lets a period go with those up to ``lag`` before it, weights falling straight to 0.

    Scores of one period are added up first, so that series of one period may be alike too. Times rows over
    rows less columns.
    """
    rows, columns = scores.shape
    whole = np.zeros((int(period.max()) + 1, columns))
    np.add.at(whole, period, scores)
    meat = whole.T @ whole
    for back in range(1, lag + 1):
        cross = whole[back:].T @ whole[:-back]
        meat += (1.0 - back / (lag + 1.0)) * (cross + cross.T)
    return np.asarray(rows / (rows - columns) * (bread @ meat @ bread))


def autocorrelations(residuals: FloatArray, period: NDArray[np.intp], lags: int) -> FloatArray:
    """How residuals go with those 1, 2 .. periods before; periods left out add nothing."""
    away = np.zeros(int(period.max()) + 1)
    away[period] = residuals - residuals.mean()
    own = float(away @ away)
    if own <= 1e-24 * max(float(residuals @ residuals), 1e-300):
        return np.zeros(lags)
    return np.array([away[back:] @ away[:-back] / own for back in range(1, lags + 1)])


def durbin_watson(residuals: FloatArray) -> float:
    """Squared steps over squares: about 2 where neighbours are not alike, 0 where they are the same."""
    return float((np.diff(residuals) ** 2).sum() / max(float(residuals @ residuals), 1e-300))


def prais_winsten(
    y: FloatArray, x: FloatArray, first: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray, float, float]:
    """Least squares of what each period does not have from the one before: coefficients, covariance, rho, variance.

    ``first`` marks the rows that begin a series; they are kept, at their smaller weight.
    """
    rho, b = 0.0, _least_squares(x, y)
    for _ in range(STEPS):
        e = y - x @ b
        new = _rho(e, first)
        b = _least_squares(_freed(x, new, first), _freed(y, new, first))
        moved, rho = abs(new - rho), new
        if moved < CLOSE:
            z, e = _freed(x, rho, first), _freed(y, rho, first) - _freed(x, rho, first) @ b
            variance = float(e @ e) / (y.size - x.shape[1])
            return b, np.asarray(variance * np.linalg.inv(z.T @ z)), rho, variance
    raise ValueError(
        f"neighbouring periods are so alike (rho {rho:.3f}) that the fit does not settle; ask for newey-west"
    )


def _least_squares(x: FloatArray, y: FloatArray) -> FloatArray:
    """Coefficients of least squares."""
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)


def _rho(e: FloatArray, first: NDArray[np.bool_]) -> float:
    """How much of a residual comes back in the next."""
    now, before = e[1:][~first[1:]], e[:-1][~first[1:]]
    size = float(before @ before)
    return float(np.clip(now @ before / size, -0.999, 0.999)) if size > 0 else 0.0


def _freed(values: FloatArray, rho: float, first: NDArray[np.bool_]) -> FloatArray:
    """Values less rho times the value before; the first of a series at root of 1 - rho^2."""
    out = values.copy()
    out[1:] -= rho * values[:-1]
    out[first] = np.sqrt(1.0 - rho * rho) * values[first]
    return np.asarray(out)
