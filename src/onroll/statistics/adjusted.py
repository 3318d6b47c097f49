"""Adjusted comparisons of groups from cells of pupils: odds ratios, relative risks and differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._adjusted_model import AdjustedModel as AdjustedModel
from onroll.statistics._adjusted_model import model_of
from onroll.statistics._cell_rows import cell_rows, zero_or_one
from onroll.statistics._families import LINEAR, LOGISTIC, POISSON, PROBIT, Family
from onroll.statistics._inputs import choice, counts, numbers, whole
from onroll.statistics._labels import labels
from onroll.statistics.design_matrix import Design, given_design

LINKS = ("logit", "probit")


def logistic(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    *,
    school: ArrayLike | None = None,
    errors: str | None = None,
    link: str = "logit",
    separated: str = "refuse",
    confidence: float = 0.95,
) -> AdjustedModel:
    """Compare the odds of groups at like values of everything else in the design.

    A binomial model on cells; estimates and all errors are those of the same model on rows of pupils.

    Parameters
    ----------
    events, pupils : array_like, shape (cells,)
        Pupils with the event, and all pupils of a cell: whole numbers, each pupil counted once.
    design : Design
        From ``design_matrix`` or ``plain_design``.
    school : array_like, shape (cells,), optional
        The school of each cell; then cells are counted by school too.
    errors : str, optional
        See ``sandwich``: "model", "HC0", "HC1", "CR0", "CR1", "CR1S", "CR2". "CR2" where schools are named,
        "HC1" where none are, when left out.
    link : {"logit", "probit"}, default "logit"
    separated : {"refuse", "leave out"}, default "refuse"
        What is done with a level without event, or of nothing but events: an error, or the level goes
        with its cells and ``note`` says so. All other coefficients are then what they are in the limit.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    AdjustedModel
        Coefficients are log odds ratios; ``ratio`` gives odds ratios.

    Raises
    ------
    ValueError
        If counts or shapes are wrong, columns depend on one another, a level separates (see ``separated``), or
        the fit does not settle.

    Notes
    -----
    An odds ratio is further from 1 than a relative risk unless events are rare, and it changes when a column
    is added even if nothing was confounded: for disproportionality ask ``relative_risks`` or
    ``marginal.standardise``. Pupils of one school are alike: without schools errors are too small.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models. data/validation/P10_adjusted_models_hmda,
    data/validation/P23_grouped_glm: R, glm and sandwich; tests/reference/adjusted_models.R.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import Factor, design_matrix
    >>> design = design_matrix([Factor("sex", [0, 1, 0, 1]), Factor("need", [0, 0, 1, 1])])
    >>> found = logistic([10, 25, 12, 30], [200, 210, 60, 90], design)
    >>> [round(one, 3) for one in found.ratio("sex: 1")]
    [2.275, 1.326, 3.903]
    """
    family = {"logit": LOGISTIC, "probit": PROBIT}[choice("link", link, LINKS)]
    scale = "log odds ratio" if link == "logit" else "probit"
    return _of_zero_one(events, pupils, design, school, family, scale, errors, separated, confidence)


def relative_risks(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    *,
    school: ArrayLike | None = None,
    errors: str | None = None,
    separated: str = "refuse",
    confidence: float = 0.95,
) -> AdjustedModel:
    """Compare the risks of groups at like values of everything else in the design (modified Poisson).

    A log link and the Poisson likelihood on 0 and 1, with errors that do not believe that variance.

    Parameters
    ----------
    events, pupils, design, school, errors, separated, confidence
        As in ``logistic``. "model" takes the Poisson variance and is too wide.

    Returns
    -------
    AdjustedModel
        Coefficients are log relative risks; ``remark`` says so where a fitted risk is above 1. Where every pupil
        has the event nothing varies: robust errors are 0, limits NaN, and ``note`` says so.

    Raises
    ------
    ValueError
        As ``logistic`` does.

    Notes
    -----
    As for ``logistic``; a relative risk does not change when a column is added that is no confounder.

    References
    ----------
    Zou (2004), American Journal of Epidemiology 159, 702-706. data/validation/P10_adjusted_models_hmda.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import Factor, design_matrix
    >>> design = design_matrix([Factor("sex", [0, 1, 0, 1]), Factor("need", [0, 0, 1, 1])])
    >>> found = relative_risks([10, 25, 12, 30], [200, 210, 60, 90], design, errors="HC0")
    >>> [round(one, 3) for one in found.ratio("sex: 1")]
    [1.973, 1.248, 3.12]
    """
    scale = "log relative risk"
    return _of_zero_one(events, pupils, design, school, POISSON, scale, errors, separated, confidence)


def risk_differences(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    *,
    school: ArrayLike | None = None,
    errors: str | None = None,
    confidence: float = 0.95,
) -> AdjustedModel:
    """Compare the risks of groups by their difference (linear probability model).

    Least squares on 0 and 1.

    Parameters
    ----------
    events, pupils, design, school, errors, confidence
        As in ``logistic``.

    Returns
    -------
    AdjustedModel
        Coefficients are differences of risks. Where no pupil, or every one, has the event nothing varies: errors
        are 0, limits NaN, and ``note`` says so.

    Raises
    ------
    ValueError
        As ``logistic`` does, but no level separates here.

    Notes
    -----
    Fitted risks can leave 0 to 1; ``marginal.standardise`` gives differences that cannot.

    References
    ----------
    Stock and Watson, Introduction to Econometrics, ch. 11. data/validation/P10_adjusted_models_hmda.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import Factor, design_matrix
    >>> design = design_matrix([Factor("sex", [0, 1])])
    >>> [round(one, 3) for one in risk_differences([10, 25], [200, 200], design).coefficient("sex: 1")]
    [0.075, 0.02, 0.13]
    """
    return _of_zero_one(events, pupils, design, school, LINEAR, "difference", errors, "refuse", confidence)


def linear(
    outcome: ArrayLike,
    design: Design,
    *,
    pupils: ArrayLike = 1.0,
    school: ArrayLike | None = None,
    errors: str | None = None,
    absorbed: int = 0,
    confidence: float = 0.95,
) -> AdjustedModel:
    """Fit least squares to rows, each standing for pupils (or areas) of the same outcome.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Numbers.
    design : Design
        From ``design_matrix`` or ``plain_design``.
    pupils : array_like, default 1.0
        How many have this outcome and these columns: whole numbers.
    school : array_like, shape (rows,), optional
        What rows are alike within: a school, or the unit of a panel.
    errors : str, optional
        As in ``logistic``.
    absorbed : int, default 0
        Columns taken out before by subtracting means; they count in degrees of freedom.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    AdjustedModel
        Limits are of t: rows less columns, schools less 1, or Satterthwaite's (CR2). Where every row lies on the
        fit (a constant outcome, say) nothing varies: errors are 0, limits NaN, and ``note`` says so.

    Raises
    ------
    ValueError
        If shapes do not fit, columns depend on one another, or there are no more rows than columns.

    Notes
    -----
    Absorbing the means of units that lie within schools changes no CR2 error (Pustejovsky and Tipton 2018).

    References
    ----------
    data/validation/P21_cluster_se_card_krueger; data/validation/P28_cluster_cr2_mpdta: clubSandwich.

    Examples
    --------
    >>> from onroll.statistics.design_matrix import plain_design
    >>> found = linear([1, 2, 2, 4, 5, 4], plain_design([0, 1, 2, 3, 4, 5]), errors="model")
    >>> [round(one, 3) for one in found.coefficient("x1")]
    [0.743, 0.235, 1.251]
    """
    y = numbers("outcome", outcome)
    n = (
        np.broadcast_to(counts("pupils", pupils), y.shape)
        if np.ndim(pupils) == 0
        else counts("pupils", pupils)
    )
    if y.shape != n.shape:
        raise ValueError(f"outcome has shape {y.shape}, pupils {n.shape}; give one of each for a row")
    schools = None if school is None else labels("school", school)
    rows = cell_rows(given_design(design), np.asarray(n), y * n, y**2 * n, None, schools)
    return model_of(
        rows,
        design,
        np.asarray(n),
        np.zeros(n.shape),
        LINEAR,
        scale="difference",
        errors=errors,
        separated="refuse",
        confidence=confidence,
        absorbed=whole("absorbed", absorbed, 0),
    )


def _of_zero_one(
    events: ArrayLike,
    pupils: ArrayLike,
    design: Design,
    school: ArrayLike | None,
    family: Family,
    scale: str,
    errors: str | None,
    separated: str,
    confidence: float,
) -> AdjustedModel:
    """Fit a model of an outcome that a pupil has or has not."""
    schools = None if school is None else labels("school", school)
    rows = zero_or_one(events, pupils, given_design(design), None, schools)
    n = counts("pupils", pupils)
    return model_of(
        rows,
        design,
        n,
        np.zeros(n.shape),
        family,
        scale=scale,
        errors=errors,
        separated=separated,
        confidence=confidence,
    )
