"""What an interrupted time series gives back, put together from coefficients and their covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from onroll.statistics._inputs import BoolArray, FloatArray, choice, normal_quantile
from onroll.statistics._series_rows import Plan, SeriesRows

DISTRIBUTIONS = ("z", "t")
LONG, MANY_FREE = 50, 30
"""From so many periods Newey and West's errors, and from so many degrees of freedom the normal, are about right."""
SHORT = "{} periods are few for Newey and West's errors, which come out too small"
NORMAL = "{} degrees of freedom are few for z limits: ask for t"


@dataclass(frozen=True, slots=True)
class Change:
    """A ratio, a difference or a number of events with its limits."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class InterruptedSeries:
    """A series before and after, with what it would have been.

    Attributes
    ----------
    estimate, lower, upper : float
        The step: level after over (or less, see ``scale``) the level that the trend before leads to, at the last
        period before. With a comparison, over (less) the comparison's step.
    confidence : float
        Coverage asked of every interval.
    method : str
        Family, errors, and z or t limits.
    scale : str
        "rate ratio" or "difference".
    slope_change : Change or None
        Ratio (difference) of the trend a period after to that before; with a comparison, over (less) the
        comparison's. None where no change of slope was asked for.
    prevented : Change or None
        Events there would have been in the periods after and outside windows, less those fitted. None for rates.
    names : tuple of str
        Columns; those of a comparison begin with "comparison: ".
    coefficients, error : ndarray, shape (columns,)
        Logarithms of ratios, or differences.
    covariance : ndarray, shape (columns, columns)
    distribution : str
        "z" or "t": what the limits are made with.
    freedom : int
        Rows less columns.
    deviance, dispersion : float
        Residual deviance (for rates, sum of squares), and Pearson's chi-square (squares) over ``freedom``.
    alpha : float
        Overdispersion of the negative binomial; 0 else.
    lag : int
        How far back Newey and West's errors look; 0 else.
    rho : float
        Prais and Winsten's; 0 else.
    autocorrelations : ndarray, shape (lags,)
        Of the series' own deviance residuals (for rates, residuals), at lags 1, 2 ..
    durbin_watson : float or None
        Of the residuals of rates. None for counts, whose residuals it is not made for.
    fitted, counterfactual : ndarray, shape (periods,)
        Events (rates) as fitted, and as they would be without the step and change of slope, or with those of the
        comparison. Given for periods left out too.
    used : ndarray of bool, shape (periods,)
        The periods that were fitted.
    note : str
        What the limits cannot bear; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    scale: str
    slope_change: Change | None
    prevented: Change | None
    names: tuple[str, ...]
    coefficients: FloatArray
    error: FloatArray
    covariance: FloatArray
    distribution: str
    freedom: int
    deviance: float
    dispersion: float
    alpha: float
    lag: int
    rho: float
    autocorrelations: FloatArray
    durbin_watson: float | None
    fitted: FloatArray
    counterfactual: FloatArray
    used: BoolArray
    note: str

    def change(self, name: str) -> Change:
        """One column as a ratio (difference) with its limits."""
        at = self.names.index(choice("name", name, self.names))
        pick = np.zeros(len(self.names))
        pick[at] = 1.0
        far = quantile(self.distribution, self.freedom, self.confidence)
        return told(pick, self.coefficients, self.covariance, far, self.scale)

    def against(self, smaller: InterruptedSeries) -> tuple[float, int, int, float]:
        """Set a model beside one with fewer columns: F of the deviances, its two degrees of freedom, its chance."""
        more = smaller.freedom - self.freedom
        if more < 1 or not set(smaller.names) < set(self.names):
            raise ValueError("smaller is no smaller model of the same series; give one with fewer columns")
        ratio = max(smaller.deviance - self.deviance, 0.0) / more / self.dispersion
        return ratio, more, self.freedom, float(special.fdtrc(more, self.freedom, ratio))


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """Coefficients with their covariance, and what else is known of the fit; ``said`` is what its errors cannot bear."""

    b: FloatArray
    covariance: FloatArray
    deviance: float
    dispersion: float
    residuals: FloatArray
    method: str
    alpha: float = 0.0
    lag: int = 0
    rho: float = 0.0
    durbin_watson: float | None = None
    said: str = ""


def quantile(distribution: str, freedom: int, confidence: float) -> float:
    """How many errors the limits are from the estimate."""
    if distribution == "z":
        return normal_quantile(confidence)
    return float(special.stdtrit(freedom, 0.5 + confidence / 2.0))


def told(pick: FloatArray, b: FloatArray, covariance: FloatArray, far: float, scale: str) -> Change:
    """A sum of coefficients with limits, as a ratio where it is a logarithm."""
    middle = float(pick @ b)
    half = far * float(np.sqrt(max(float(pick @ covariance @ pick), 0.0)))
    three = np.array([middle, middle - half, middle + half])
    return Change(*map(float, np.exp(np.minimum(three, 700.0)) if scale == "rate ratio" else three))


def prevented(
    rows: SeriesRows, made: Estimated, exposure: FloatArray, counted: BoolArray, far: float
) -> Change:
    """Events without the change less events with it, over the periods counted; limits by the delta method."""
    seen = exposure[counted] * np.exp(rows.every[counted] @ made.b)
    else_ = exposure[counted] * np.exp(rows.without[counted] @ made.b)
    slope = else_ @ rows.without[counted] - seen @ rows.every[counted]
    half = far * float(np.sqrt(max(float(slope @ made.covariance @ slope), 0.0)))
    middle = float(else_.sum() - seen.sum())
    return Change(middle, middle - half, middle + half)


def _note(made: Estimated, periods: int, free: int, distribution: str) -> str:
    """What the limits cannot bear."""
    said = [made.said] if made.said else []
    said += [SHORT.format(periods)] if made.lag > 0 and periods < LONG else []
    said += [NORMAL.format(free)] if distribution == "z" and free < MANY_FREE else []
    return "; ".join(said)


def result(
    asked: Plan,
    rows: SeriesRows,
    made: Estimated,
    exposure: FloatArray | None,
    autocorrelated: FloatArray,
    distribution: str,
    confidence: float,
) -> InterruptedSeries:
    """Dress a fit."""
    free = len(rows.x) - len(rows.names)
    far = quantile(choice("distribution", distribution, DISTRIBUTIONS), free, confidence)
    scale = "difference" if exposure is None else "rate ratio"
    step = told(rows.step, made.b, made.covariance, far, scale)
    seen, else_ = rows.every @ made.b, rows.without @ made.b
    if exposure is not None:
        seen, else_ = exposure * np.exp(seen), exposure * np.exp(else_)
    counted = asked.after & ~asked.inside
    return InterruptedSeries(
        estimate=step.estimate,
        lower=step.lower,
        upper=step.upper,
        confidence=confidence,
        method=f"{made.method}, {distribution} limits",
        scale=scale,
        slope_change=None if rows.slope is None else told(rows.slope, made.b, made.covariance, far, scale),
        prevented=None if exposure is None else prevented(rows, made, exposure, counted, far),
        names=rows.names,
        coefficients=made.b,
        error=np.sqrt(np.maximum(np.diag(made.covariance), 0.0)),
        covariance=made.covariance,
        distribution=distribution,
        freedom=free,
        deviance=made.deviance,
        dispersion=made.dispersion,
        alpha=made.alpha,
        lag=made.lag,
        rho=made.rho,
        autocorrelations=autocorrelated,
        durbin_watson=made.durbin_watson,
        fitted=np.asarray(seen),
        counterfactual=np.asarray(else_),
        used=asked.used.copy(),
        note=_note(made, int(asked.used.sum()), free, distribution),
    )
