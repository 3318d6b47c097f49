"""Adjusted rate ratios of events of which a pupil can have several: Poisson and negative binomial."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._adjusted_model import AdjustedModel, dressed, model_of
from onroll.statistics._cell_rows import CellRows, repeated
from onroll.statistics._families import POISSON, negative_binomial_family
from onroll.statistics._inputs import FloatArray, above_zero, choice, counts, open_share
from onroll.statistics._labels import labels
from onroll.statistics._negative_binomial import NegativeBinomial
from onroll.statistics._separation import WAYS, without_bound
from onroll.statistics.design_matrix import Design, given_design

SCALE = "log rate ratio"
NO_SPREAD = "events are spread no wider than Poisson's: alpha is 0"


@dataclass(frozen=True, slots=True, eq=False)
class NegativeBinomialModel(AdjustedModel):
    """As ``AdjustedModel``, with alpha: a pupil's events have variance ``mean + alpha mean^2``."""

    alpha: float
    alpha_lower: float
    alpha_upper: float


def event_rates(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    *,
    squares: ArrayLike | None = None,
    each: bool = False,
    exposure: ArrayLike | None = None,
    school: ArrayLike | None = None,
    errors: str | None = None,
    separated: str = "refuse",
    confidence: float = 0.95,
) -> AdjustedModel:
    """Compare rates of events at like values of everything else in the design (Poisson, pupils as offset).

    Robust errors are of pupils or of schools: a cell's events are not one draw, and errors made of cells would
    be several times wrong.

    Parameters
    ----------
    events : array_like, shape (cells,)
        Events of all pupils of the cell; with ``each`` of every one of them.
    pupils : array_like, shape (cells,)
        Pupils of the cell.
    design : Design
        From ``design_matrix`` or ``plain_design``.
    squares : array_like, shape (cells,), optional
        Sum over pupils of their squared events (a pupil with three adds nine); "HC0" and "HC1" need it.
    each : bool, default False
        Rows are by number of events too, so that every pupil of a row had as many as ``events`` says.
    exposure : array_like, optional
        Time on roll of each pupil of a cell, above 0; 1 when left out. The rate is then by exposure.
    school, errors, separated, confidence
        As in ``adjusted.logistic``.

    Returns
    -------
    AdjustedModel
        Coefficients are log rate ratios.

    Raises
    ------
    ValueError
        As ``adjusted.logistic`` does; if squares are below what the events allow or missing where needed.

    Notes
    -----
    Means must be right, the variance need not with robust errors; "model" believes that it is Poisson's,
    which repeat events are not.

    References
    ----------
    Wooldridge (2010), Econometric Analysis, ch. 18. data/validation/P27_count_models_medpar: R, glm and sandwich.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import Factor, design_matrix
    >>> design = design_matrix([Factor("sex", [0, 1])])
    >>> found = event_rates([30, 90], [1000, 1000], design, squares=[60, 400], errors="HC0")
    >>> [round(one, 3) for one in found.ratio("sex: 1")]
    [3.0, 1.548, 5.815]
    """
    offset = _offset(exposure, design)
    schools = None if school is None else labels("school", school)
    rows = repeated(events, pupils, design, squares, each, offset, schools)
    return model_of(
        rows,
        design,
        counts("pupils", pupils),
        offset,
        POISSON,
        scale=SCALE,
        errors=errors,
        separated=separated,
        confidence=confidence,
    )


def negative_binomial(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    *,
    squares: ArrayLike | None = None,
    each: bool = False,
    exposure: ArrayLike | None = None,
    school: ArrayLike | None = None,
    errors: str | None = None,
    separated: str = "refuse",
    confidence: float = 0.95,
) -> NegativeBinomialModel:
    """Compare rates of events that some pupils have more of than chance would give them (NB2).

    A pupil's events are Poisson with a rate of his own, gamma spread with variance alpha. The sum over n
    pupils is negative binomial too, with size n / alpha: so cells can be modelled by their totals.

    Parameters
    ----------
    events, pupils, design, squares, exposure, school, errors, separated, confidence
        As in ``event_rates``.
    each : bool, default False
        True: rows are by number of events too, and alpha is that of rows of pupils. False: alpha is from the
        spread of cell totals alone: as right, but wider, since the spread within cells is not seen.

    Returns
    -------
    NegativeBinomialModel
        ``alpha`` with profile limits. Where events are spread no wider than Poisson's it is 0, the fit is
        Poisson's, and ``remark`` says so. ``log_likelihood`` is complete.

    Raises
    ------
    ValueError
        As ``event_rates`` does.

    Notes
    -----
    At a given alpha coefficients from totals are those of rows of pupils. Pupils must be independent; schools
    that differ end up in alpha when cells are few. Errors take alpha as known (it is uncorrelated with the
    coefficients). With all events in few pupils prefer ``event_rates`` with robust errors.

    References
    ----------
    Lawless (1987), Canadian Journal of Statistics 15, 209-225; Hilbe (2011), Negative Binomial Regression.
    data/validation/P27_count_models_medpar: R 4.2.2, MASS::glm.nb.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import Factor, design_matrix
    >>> rows = design_matrix([Factor("sex", [0, 0, 0, 1, 1, 1])])
    >>> found = negative_binomial([0, 1, 4, 0, 1, 4], [95, 3, 2, 88, 7, 5], rows, each=True, errors="model")
    >>> [round(one, 3) for one in found.ratio("sex: 1")], round(found.alpha, 2)
    ([2.455, 0.704, 8.563], 13.92)
    """
    level = open_share("confidence", confidence)
    offset = _offset(exposure, design)
    schools = None if school is None else labels("school", school)
    rows = repeated(events, pupils, design, squares, each, offset, schools)
    own, kept, notes = without_bound(rows, POISSON, choice("separated", separated, WAYS))
    ones = np.ones(own.n.shape)
    model = NegativeBinomial(own, own.y / own.n, ones, own.n) if each else _totals(own)
    alpha = model.best()
    lower, upper = model.limits(alpha, level)
    fitted = model.at(alpha)
    found = dressed(
        own,
        kept,
        notes,
        fitted,
        design,
        counts("pupils", pupils),
        offset,
        negative_binomial_family(alpha),
        SCALE,
        errors,
        level,
        0,
    )
    parts = {one.name: getattr(found, one.name) for one in fields(found)}
    parts["log_likelihood"] = fitted.log_likelihood + model.constant(alpha)
    parts["remark"] = NO_SPREAD if alpha == 0 else ""
    parts["method"] = f"negative binomial, {found.covariance.kind}"
    return NegativeBinomialModel(**parts, alpha=alpha, alpha_lower=lower, alpha_upper=upper)


def _totals(rows: CellRows) -> NegativeBinomial:
    return NegativeBinomial(rows, rows.y, rows.n, np.ones(rows.n.shape))


def _offset(exposure: ArrayLike | None, design: Design) -> FloatArray:
    """Logarithm of the exposure of a pupil."""
    cells = given_design(design).columns.shape[0]
    time = above_zero("exposure", 1.0 if exposure is None else exposure)
    if time.shape not in ((), (cells,)):
        raise ValueError(f"exposure has shape {time.shape}, the design {cells} cells; give one for each")
    return np.array(np.broadcast_to(np.log(time), (cells,)))
