"""Effect sizes: a difference in standard deviations, of single pupils or of pupils in schools that were allotted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._clustered_limits import Sized, total_effect, within_effect
from onroll.statistics._inputs import FloatArray, normal_quantile, numbers, open_share, so_many
from onroll.statistics._labels import row_labels
from onroll.statistics._masks import mask
from onroll.statistics._random_intercept import random_intercept
from onroll.statistics.standardised_difference import StandardisedDifference, standardised_difference

__all__ = [
    "ClusteredEffect",
    "Sized",
    "StandardisedDifference",
    "clustered_effect",
    "standardised_difference",
]
FEW_SCHOOLS = 20
FEW = "{} schools: too few for the normal limits, which are too narrow"
NO_SPREAD = "schools differ no more than their pupils make them: variance between schools is 0"


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredEffect:
    """A difference between schools allotted to a group and others, in standard deviations.

    Attributes
    ----------
    estimate, lower, upper : float
        In total standard deviations, as eefAnalytics reports it: over the root of the model's two variances, times
        Hedges's factor. That factor is made for another divisor (``hedges``), so this is the smaller of the two, by much
        where schools are few.
    confidence : float
    method : str
    within : Sized
        In standard deviations of pupils of a school.
    difference : Sized
        In the unit of the outcome, limits by profile likelihood.
    school_variance, pupil_variance, intraclass : float
        Variance between schools, of pupils in a school, and the share of the first.
    names : tuple of str
        constant, group and covariates.
    coefficients, coefficient_lower, coefficient_upper, error : ndarray, shape (columns,)
        With profile limits and standard errors.
    log_likelihood : float
        Restricted.
    pupils, schools : tuple of int
        In the reference group and in the group.
    note : str
        What the limits cannot bear; mostly empty.
    hedges : Sized
        In total standard deviations, as Hedges (2007) has it: difference of pupils' means over the standard deviation of
        pupils pooled over the groups, which falls short where schools are few, times the factor that allows for it. In
        schools of one size, without covariates, it is the difference over the root of the model's two variances.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    within: Sized
    difference: Sized
    school_variance: float
    pupil_variance: float
    intraclass: float
    names: tuple[str, ...]
    coefficients: FloatArray
    coefficient_lower: FloatArray
    coefficient_upper: FloatArray
    error: FloatArray
    log_likelihood: float
    pupils: tuple[int, int]
    schools: tuple[int, int]
    note: str
    hedges: Sized


def clustered_effect(
    outcome: ArrayLike,
    group: ArrayLike,
    school: ArrayLike,
    *,
    covariates: ArrayLike | None = None,
    confidence: float = 0.95,
) -> ClusteredEffect:
    """Compare pupils of schools allotted to a group with those of other schools, in standard deviations.

    A linear model with a level for each school, by restricted likelihood; the difference is divided by the standard
    deviation of pupils (within) and of pupils and schools (total, in two ways: ``estimate`` and ``hedges``).

    Parameters
    ----------
    outcome : array_like, shape (pupils,)
        Finite numbers.
    group : array_like, shape (pupils,)
        1 in the group, 0 in the reference group; the same for all pupils of a school.
    school : array_like, shape (pupils,)
        Names or numbers; two schools or more in either group.
    covariates : array_like, shape (pupils,) or (pupils, covariates), optional
        What was known before, such as an earlier score.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    ClusteredEffect
        Where schools differ no more than chance the variance between them is 0 and ``note`` says so.

    Raises
    ------
    ValueError
        If the group varies within a school, a group has one school, all schools have one pupil, columns depend on one
        another, or nothing varies.

    Notes
    -----
    An effect only if schools were allotted by chance. Limits take schools to be many, and variances are those left
    beside the covariates, as in eefAnalytics; ``hedges`` takes what covariates tell from the outcomes first. Set
    ``estimate`` beside reports of the Education Endowment Foundation, ``hedges`` beside other trials; never total beside
    within.

    References
    ----------
    Hedges (2007), Journal of Educational and Behavioral Statistics 32, 341-370: equations for unequal schools of the
    within and the total effect size and of their variances. data/validation/P22_eef_cluster_trial: eefAnalytics prints
    ``estimate`` and ``within``; tests/reference: lme4 for the model, the paper's equations and simulation for ``hedges``.

    Examples
    --------
    >>> found = clustered_effect([1, 2, 3, 2, 3, 5, 4, 6, 5, 3, 4, 6], np.repeat([0, 1], 6), np.repeat(range(4), 3))
    >>> round(found.difference.estimate, 6), round(found.within.estimate, 3), round(found.estimate, 3)
    (2.0, 1.549, 1.549)
    """
    y = numbers("outcome", outcome)
    if y.ndim != 1 or y.size < 4:
        raise ValueError(f"outcome has shape {y.shape}; give one number a pupil, four or more")
    g, place = _allotted(group, school, y.size)
    x, names = _columns(covariates, g)
    level = open_share("confidence", confidence)
    if y.size <= x.shape[1] + 1:
        raise ValueError(f"pupils are {y.size}, columns {x.shape[1]}; there must be more")
    fit = random_intercept(y, x, place, names, level)
    far = normal_quantile(level)
    total_variance = fit.school_variance + fit.pupil_variance
    alike = fit.school_variance / total_variance
    sizes = tuple(np.bincount(place[g == one], minlength=int(place.max()) + 1) for one in (0, 1))
    reference, own = (one[one > 0].astype(np.float64) for one in sizes)
    difference = float(fit.b[1])
    within = within_effect(difference / np.sqrt(fit.pupil_variance), alike, own, reference, far)
    total = total_effect(difference / np.sqrt(total_variance), alike, own, reference, far)
    return ClusteredEffect(
        estimate=total.estimate,
        lower=total.lower,
        upper=total.upper,
        confidence=level,
        method="total effect size of schools allotted, restricted likelihood, as eefAnalytics has it",
        within=within,
        difference=Sized(difference, float(fit.lower[1]), float(fit.upper[1])),
        school_variance=fit.school_variance,
        pupil_variance=fit.pupil_variance,
        intraclass=alike,
        names=names,
        coefficients=fit.b,
        coefficient_lower=fit.lower,
        coefficient_upper=fit.upper,
        error=np.sqrt(np.diag(fit.covariance)),
        log_likelihood=fit.log_likelihood,
        pupils=(int(reference.sum()), int(own.sum())),
        schools=(reference.size, own.size),
        note=_said(fit.school_variance, own.size + reference.size),
        hedges=total_effect(_pooled_difference(y - x[:, 2:] @ fit.b[2:], g), alike, own, reference, far),
    )


def _said(school_variance: float, schools: int) -> str:
    """What limits cannot bear: schools that differ no more than chance, and few of them."""
    few = FEW.format(schools) if schools < FEW_SCHOOLS else ""
    return "; ".join(filter(None, (NO_SPREAD if school_variance == 0 else "", few)))


def _pooled_difference(y: FloatArray, group: FloatArray) -> float:
    """Difference of pupils' means over their standard deviation in groups, whatever their schools."""
    own, others = y[group == 1], y[group == 0]
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in (own, others))
    return float((own.mean() - others.mean()) / np.sqrt(squares / (y.size - 2)))


def _allotted(group: ArrayLike, school: ArrayLike, pupils: int) -> tuple[FloatArray, NDArray[np.intp]]:
    """Group of every pupil, and schools numbered from 0; groups must hold whole schools."""
    g = mask("group", group, pupils, "pupil").astype(np.float64)
    ids = row_labels("school", school, pupils, "pupils")
    names, place = np.unique(ids, return_inverse=True)
    share = np.bincount(place, g) / np.bincount(place)
    if np.any(mixed := (share > 0) & (share < 1)):
        raise ValueError(
            f"group varies within school {names[mixed][0]}; these formulas are for schools allotted whole: give "
            "standardised_difference each school's pupils, or leave the school out"
        )
    for name, many in (("reference group", int((share == 0).sum())), ("group", int((share == 1).sum()))):
        if many < 2:
            raise ValueError(
                f"{name} has {so_many(many, 'school')}; two or more are needed to tell it from its school"
            )
    if np.bincount(place).max() < 2:
        raise ValueError("school has one pupil throughout; nothing tells schools from pupils")
    return g, np.asarray(place, dtype=np.intp)


def _columns(covariates: ArrayLike | None, group: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    """Constant, group and covariates, with their names."""
    parts, names = [np.ones(group.size), group], ["constant", "group"]
    if covariates is not None:
        known = numbers("covariates", covariates)
        known = known[:, None] if known.ndim == 1 else known
        if known.ndim != 2 or known.shape[0] != group.size:
            raise ValueError(
                f"covariates have shape {known.shape}; give one row for each of {group.size} pupils"
            )
        parts += list(known.T)
        names += [f"covariate {at + 1}" for at in range(known.shape[1])]
    return np.column_stack(parts), tuple(names)
