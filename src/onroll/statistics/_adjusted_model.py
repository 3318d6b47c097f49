"""The result that all adjusted models give, put together from a fit and its covariance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from onroll.statistics._cell_rows import NO_SQUARES, CellRows
from onroll.statistics._families import Family
from onroll.statistics._generalised_linear import Fitted, fit
from onroll.statistics._inputs import ROUNDING, BoolArray, FloatArray, StrArray, choice, open_share
from onroll.statistics._model_limits import reach
from onroll.statistics._separation import NO_EVENT, WAYS, without_bound
from onroll.statistics.design_matrix import Design
from onroll.statistics.sandwich import CLUSTERED, KINDS, Covariance, sandwich

ABOVE_ONE = "some cells have a fitted risk above 1"
EXACT, SETTLED = 1e-10, 1e-6
"""An error below this part of the model's own is what rounding left of 0: least squares, and fits that settle."""


@dataclass(frozen=True, slots=True, eq=False)
class AdjustedModel:
    """Coefficients of a model with their intervals, one element a column of the design.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (columns,)
        On the scale of ``scale``; ``-inf`` (or ``inf``) for a group that was left out. Its limits, and those of what
        one school alone tells of, are ``-inf`` to ``inf``; where nothing varies there is no error to make limits of,
        and they are NaN. ``note`` says which.
    confidence : float
        Coverage asked of each interval.
    method : str
        Model and errors.
    names : tuple of str
        Columns of the design.
    error, freedom : ndarray
        Standard errors, and degrees of freedom of the t distribution behind the limits (``inf`` the normal).
    scale : str
        What a coefficient is: "log odds ratio", "log relative risk", "log rate ratio", "difference", "probit".
    note : ndarray of str
        Why a column was left out or has no limits, or that these rest on too few schools; else empty.
    remark : str
        What is to be known of the whole fit; mostly empty.
    pupils, events : float
        Sums over the cells used.
    cells, schools : int
        How many were used; no schools where none were named.
    log_likelihood, dispersion : float
        Of pupils one by one, but for what no coefficient moves; Pearson's chi-square over pupils less columns,
        ``nan`` where the sum of squares was not given.
    covariance : Covariance
        Of the columns kept.
    kept : ndarray of bool, shape (columns,)
        Columns that were not left out.
    design, roll, offset : Design, ndarray, ndarray
        What was modelled, pupils cell by cell, and what was added to the linear predictor.
    family : Family
        Link and variance.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    names: tuple[str, ...]
    error: FloatArray
    freedom: FloatArray
    scale: str
    note: StrArray
    remark: str
    pupils: float
    events: float
    cells: int
    schools: int
    log_likelihood: float
    dispersion: float
    covariance: Covariance
    kept: BoolArray
    design: Design
    roll: FloatArray
    offset: FloatArray
    family: Family

    def coefficient(self, name: str) -> tuple[float, float, float]:
        """Estimate, lower and upper limit of one column."""
        at = self.names.index(choice("name", name, self.names))
        return float(self.estimate[at]), float(self.lower[at]), float(self.upper[at])

    def ratio(self, name: str) -> tuple[float, float, float]:
        """Odds ratio, relative risk or rate ratio of one column with its limits."""
        if not self.scale.startswith("log"):
            raise ValueError(f"scale is {self.scale!r}; only a logarithm can be turned into a ratio")
        low, middle, high = (
            np.inf if one == np.inf else float(np.exp(np.minimum(one, 700.0)))
            for one in (self.coefficient(name)[at] for at in (1, 0, 2))
        )
        return middle, low, high


def model_of(
    rows: CellRows,
    design: Design,
    roll: FloatArray,
    offset: FloatArray,
    family: Family,
    *,
    scale: str,
    errors: str | None,
    separated: str,
    confidence: float,
    absorbed: int = 0,
) -> AdjustedModel:
    """Fit one family to cells, with the errors asked for."""
    own, kept, notes = without_bound(rows, family, choice("separated", separated, WAYS))
    return dressed(
        own, kept, notes, fit(own, family), design, roll, offset, family, scale, errors, confidence, absorbed
    )


def dressed(
    rows: CellRows,
    kept: BoolArray,
    notes: list[str],
    fitted: Fitted,
    design: Design,
    roll: FloatArray,
    offset: FloatArray,
    family: Family,
    scale: str,
    errors: str | None,
    confidence: float,
    absorbed: int,
) -> AdjustedModel:
    """Give a fit its errors and limits."""
    level = open_share("confidence", confidence)
    kind = _kind(rows, errors)
    dispersion = _dispersion(rows, fitted, absorbed)
    covariance = _covariance(rows, fitted, family, kind, dispersion, absorbed)
    limits = reach(covariance, np.eye(rows.x.shape[1]), level)
    error, freedom, far = limits.error, limits.freedom, limits.far
    for at, told in zip(np.flatnonzero(kept), limits.note, strict=True):
        notes[at] = str(told) or notes[at]
    lost = np.where(np.array(notes) == NO_EVENT, -np.inf, np.inf)
    without_end = np.abs(lost)
    return AdjustedModel(
        estimate=_filled(lost, kept, fitted.beta),
        lower=_filled(-without_end, kept, fitted.beta - far),
        upper=_filled(without_end, kept, fitted.beta + far),
        confidence=level,
        method=f"{family.name}, {kind}",
        names=design.names,
        error=_filled(without_end, kept, error),
        freedom=_filled(np.zeros(kept.shape), kept, freedom),
        scale=scale,
        note=np.array(notes, dtype=np.str_),
        remark=ABOVE_ONE if scale == "log relative risk" and np.any(fitted.mean > 1.0 + 1e-9) else "",
        pupils=float(rows.n.sum()),
        events=float(rows.y.sum()),
        cells=int(rows.n.size),
        schools=covariance.clusters,
        log_likelihood=fitted.log_likelihood,
        dispersion=dispersion,
        covariance=covariance,
        kept=kept,
        design=design,
        roll=np.array(roll),
        offset=np.array(offset),
        family=family,
    )


def _least(rows: CellRows, linear: bool) -> float:
    """Below which part of what the information gives an error is 0; least squares do not know how large outcomes are."""
    if not linear or rows.squares is None:
        return SETTLED
    return EXACT * float(np.sqrt(rows.squares.sum() / rows.n.sum()))


def _kind(rows: CellRows, errors: str | None) -> str:
    """The errors asked for; where none were, of schools if there are any, else of pupils."""
    usual = "CR2" if rows.school is not None else "HC1"
    return choice("errors", usual if errors is None else errors, KINDS)


def _filled(whole: FloatArray, kept: BoolArray, part: FloatArray) -> FloatArray:
    found = np.array(whole, dtype=np.float64)
    found[kept] = part
    return found


def _squared(rows: CellRows, mean: FloatArray) -> FloatArray:
    """Sum over pupils of squared residuals: those about the cell's own mean, and that mean's from the fitted one."""
    assert rows.squares is not None
    within = rows.squares - rows.y**2 / rows.n
    within = np.where(within > ROUNDING * rows.squares, within, 0.0)
    return np.asarray(within + rows.n * (rows.y / rows.n - mean) ** 2)


def _dispersion(rows: CellRows, fitted: Fitted, absorbed: int) -> float:
    """Pearson's chi-square of pupils over their degrees of freedom."""
    free = float(rows.n.sum()) - rows.x.shape[1] - absorbed
    if rows.squares is None or free <= 0:
        return float("nan")
    _, slope = fitted.information, fitted.information / np.maximum(rows.n * fitted.pull, 1e-300)
    variance = slope / np.maximum(fitted.pull, 1e-300)
    return float((_squared(rows, fitted.mean) / np.maximum(variance, 1e-300)).sum() / free)


def _covariance(
    rows: CellRows, fitted: Fitted, family: Family, kind: str, dispersion: float, absorbed: int
) -> Covariance:
    """The sandwich of a fit, each kind with what it needs."""
    if kind in CLUSTERED and rows.school is None:
        raise ValueError(f"errors are {kind!r} without school; name the school of each cell")
    linear = family.name == "linear"
    if rows.squares is None and (kind in ("HC0", "HC1") or (linear and kind == "model")):
        raise ValueError(f"errors are {kind!r}: {NO_SQUARES}")
    free = float(rows.n.sum()) - rows.x.shape[1] - absorbed
    if linear and free <= 0:
        raise ValueError(
            f"pupils are {rows.n.sum():g}, columns {rows.x.shape[1] + absorbed}; there must be more"
        )
    squares = None if rows.squares is None else fitted.pull**2 * _squared(rows, fitted.mean)
    found = sandwich(
        rows.x,
        fitted.information,
        fitted.pull * (rows.y - rows.n * fitted.mean),
        kind=kind,
        squares=squares,
        cluster=rows.school,
        pupils=float(rows.n.sum()),
        scale=dispersion if linear else 1.0,
        absorbed=absorbed,
        freedom=free if linear else float("inf"),
    )
    return replace(found, least=_least(rows, linear))
