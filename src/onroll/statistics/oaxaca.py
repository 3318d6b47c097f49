"""Oaxaca-Blinder: what part of a gap between two groups' means goes with features that differ between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._group_models import GroupModels, Sample, fit_groups
from onroll.statistics._inputs import (
    ROUNDING,
    FloatArray,
    StrArray,
    choice,
    normal_quantile,
    open_share,
    reasons,
)
from onroll.statistics._labels import names as words
from onroll.statistics._oaxaca_rows import LINKS as LINKS
from onroll.statistics._oaxaca_rows import checked
from onroll.statistics._oaxaca_rows import rows_of_cells as rows_of_cells

REFERENCES = ("pooled", "neumark", "group", "reference", "cotton", "reimers")
ROLLS = ("given", "sampled")
TWO_FOLD = ("explained", "unexplained")
THREE_FOLD = ("endowments", "coefficients", "interaction")
NOTHING_VARIES = "nothing varies that an error could be made of: no limits"
ALWAYS_NONE = "nothing differs between the groups here: 0 whatever the outcome"


@dataclass(frozen=True, slots=True, eq=False)
class Oaxaca:
    """A gap between two groups' means and its parts, which add up to it.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (parts,)
        The parts, in the order of ``parts``.
    confidence : float
        Coverage asked of each interval.
    method : str
        Two- or three-fold, the link, the reference coefficients.
    parts : tuple of str
        ``TWO_FOLD`` or ``THREE_FOLD``.
    gap, gap_lower, gap_upper : float
        Mean of the group less mean of the reference group.
    features : tuple of str
        Names of the features, constant left out.
    by_feature, by_feature_lower, by_feature_upper : ndarray, shape (features,)
        The explained part (endowments, three-fold) feature by feature; they add up to it. With a logit link by
        Yun's weights.
    pupils, reference_pupils : float
        Summed weights of the two groups.
    note, by_feature_note : ndarray of str, shape (parts,) and (features,)
        ``NOTHING_VARIES`` where features foretell the outcome without rest, so that there is no error: limits are
        NaN. ``ALWAYS_NONE`` where a part is 0 because features do not differ: limits are 0 too. Else empty.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    parts: tuple[str, ...]
    gap: float
    gap_lower: float
    gap_upper: float
    features: tuple[str, ...]
    by_feature: FloatArray
    by_feature_lower: FloatArray
    by_feature_upper: FloatArray
    pupils: float
    reference_pupils: float
    note: StrArray
    by_feature_note: StrArray

    def part(self, name: str) -> tuple[float, float, float]:
        """Estimate, lower and upper limit of one of ``parts``."""
        at = self.parts.index(choice("name", name, self.parts))
        return float(self.estimate[at]), float(self.lower[at]), float(self.upper[at])


def two_fold(
    outcome: ArrayLike,
    features: ArrayLike,
    group: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    link: str = "identity",
    coefficients: str = "pooled",
    roll: str = "given",
    cluster: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> Oaxaca:
    """Split the gap into what goes with different features, and what is left at like features.

    A model is fitted in each group, and one whose coefficients serve as the reference. Explained: the gap that
    the reference coefficients would give; unexplained: the rest. Standard errors are robust (the sum of squared
    influences of the pupils, HC0), carried through all fits by the delta method.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Numbers; with ``link="logit"`` 0 or 1. Counts of cells: see ``rows_of_cells``.
    features : array_like, shape (rows, features) or (rows,)
        Numbers, without a constant. A kind with k values is k - 1 columns of 0 and 1.
    group : array_like, shape (rows,)
        1 or True for the group, 0 or False for the reference group.
    weights : array_like, shape (rows,), optional
        How many pupils a row stands for, whole numbers of 1 or more.
    link : {"identity", "logit"}, default "identity"
        Linear, or logistic with mean predicted probabilities (Bauer and Sinning; Yun).
    coefficients : str, default "pooled"
        Whose coefficients are the reference: "pooled" over both with an indicator of the group (Jann), held at its
        mean, "neumark" pooled without it, "group", "reference", "cotton" (weighted by pupils), "reimers" (half
        and half).
    roll : {"given", "sampled"}, default "given"
        Whether the pupils' features are all there are to speak of, or a sample.
    cluster : array_like, shape (rows,), optional
        What pupils are alike within (the school); influences are then added up within each first.
    names : sequence of str, optional
        Names of the features.
    confidence : float, default 0.95
        Coverage of each interval, strictly between 0 and 1.

    Returns
    -------
    Oaxaca
        Where features foretell the outcome without rest in both groups (it may be the same for all) there is no
        error: limits are NaN, and ``note`` says so.

    Raises
    ------
    ValueError
        If shapes do not fit, a group is missing, features of a group depend on one another, an outcome is not
        0 or 1 (logit), or a logit model separates a group perfectly.

    Notes
    -----
    "Unexplained" is what these features do not account for, not unfair treatment; nor is "explained" fair.
    It is not split by feature: that split would change with the value of a kind that is left out. "neumark"
    puts part of the unexplained gap into the explained one (Jann 2008). Intervals are normal: some fifty
    pupils with and without the outcome in each group; clusters some thirty.

    References
    ----------
    Blinder (1973), Journal of Human Resources 8, 436-455; Oaxaca (1973), International Economic Review 14, 693-709;
    Jann (2008), Stata Journal 8, 453-479; Yun (2004), Economics Letters 82, 275-280.
    data/validation/P09_oaxaca_ccard: Stata; tests/reference/oaxaca.R: R 4.2.2, lm, glm and sandwich.

    Examples
    --------
    >>> found = two_fold([1, 2, 3, 5, 2, 4, 4, 7], [1, 2, 3, 4, 1, 2, 3, 5], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> round(found.gap, 6), [round(part, 4) for part in found.estimate.tolist()]
    (-1.5, [-0.3045, -1.1955])
    """
    data = checked(outcome, features, group, weights, cluster, link)
    models = fit_groups(data, link, choice("coefficients", coefficients, REFERENCES))
    here, there, common = 0, 1, 2
    signs = np.zeros((3, 2, 3))  # parts and gap, whose features, whose coefficients
    signs[0, here, common], signs[0, there, common] = 1.0, -1.0
    signs[2, here, here], signs[2, there, there] = 1.0, -1.0
    signs[1] = signs[2] - signs[0]
    named = f"two-fold, {link}, {coefficients}"
    return _result(data, models, signs, TWO_FOLD, common, named, names, roll, confidence)


def three_fold(
    outcome: ArrayLike,
    features: ArrayLike,
    group: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    link: str = "identity",
    roll: str = "given",
    cluster: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> Oaxaca:
    """Split the gap into endowments, coefficients and their interaction, from the reference group's view.

    Endowments: what the group's features would change at the reference group's coefficients. Coefficients: what
    the group's coefficients would change at the reference group's features. Interaction: what is left.

    Parameters
    ----------
    outcome, features, group, weights, link, roll, cluster, names, confidence
        As in ``two_fold``.

    Returns
    -------
    Oaxaca

    Raises
    ------
    ValueError
        As ``two_fold`` does.

    Notes
    -----
    As for ``two_fold``.

    References
    ----------
    Daymont and Andrisani (1984), Journal of Human Resources 19, 408-435; Jann (2008), Stata Journal 8, 453-479.
    data/validation/P09_oaxaca_ccard: Stata.

    Examples
    --------
    >>> found = three_fold([1, 2, 3, 5, 2, 4, 4, 7], [1, 2, 3, 4, 1, 2, 3, 5], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> [round(part, 4) for part in found.estimate.tolist()]
    [-0.2929, -1.175, -0.0321]
    """
    data = checked(outcome, features, group, weights, cluster, link)
    models = fit_groups(data, link, "reference")
    here, there = 0, 1
    signs = np.zeros((4, 2, 3))
    signs[0, here, there], signs[0, there, there] = 1.0, -1.0
    signs[1, there, here], signs[1, there, there] = 1.0, -1.0
    signs[3, here, here], signs[3, there, there] = 1.0, -1.0
    signs[2] = signs[3] - signs[0] - signs[1]
    return _result(data, models, signs, THREE_FOLD, there, f"three-fold, {link}", names, roll, confidence)


def _result(
    data: Sample,
    models: GroupModels,
    signs: FloatArray,
    parts: tuple[str, ...],
    by: int,
    method: str,
    names: Sequence[str] | None,
    roll: str,
    confidence: float,
) -> Oaxaca:
    """Parts, gap and features with their intervals, from means of predictions and the pupils' influence."""
    z = normal_quantile(open_share("confidence", confidence))
    sampled = choice("roll", roll, ROLLS) == "sampled"
    named = _names(names, data.x.shape[1] - 1)
    every = np.einsum("pgm,gm->p", signs, models.means)
    influence = np.einsum("pgm,gmr->pr", signs, models.influence(sampled))
    detail, detail_influence = models.by_feature(by, sampled)
    size = ROUNDING * float(np.sqrt((data.w @ data.y**2) / data.w.sum()))
    far, note = _far(data, every, influence, z, size)
    detail_far, detail_note = _far(data, detail, detail_influence, z, size, none=np.isnan(far[-1]))
    return Oaxaca(
        estimate=every[:-1],
        lower=(every - far)[:-1],
        upper=(every + far)[:-1],
        confidence=float(confidence),
        method=method,
        parts=parts,
        gap=float(every[-1]),
        gap_lower=float((every - far)[-1]),
        gap_upper=float((every + far)[-1]),
        features=named,
        by_feature=detail,
        by_feature_lower=detail - detail_far,
        by_feature_upper=detail + detail_far,
        pupils=float(data.w[data.here].sum()),
        reference_pupils=float(data.w[~data.here].sum()),
        note=note[:-1],
        by_feature_note=detail_note,
    )


def _far(
    data: Sample, estimate: FloatArray, influence: FloatArray, z: float, size: float, none: bool | None = None
) -> tuple[FloatArray, StrArray]:
    """How far limits are, and why there are none; ``none`` says that the gap itself (the last) has no error."""
    error = data.error(influence)
    still = error <= size
    nothing = still & ((still[-1] if none is None else none) | (np.abs(estimate) > size))
    note = reasons(error.shape, (nothing, NOTHING_VARIES), (still, ALWAYS_NONE))
    return np.where(nothing, np.nan, z * error), np.array(note)


def _names(names: Sequence[str] | None, features: int) -> tuple[str, ...]:
    """Names of the features, or their numbers."""
    return (
        tuple(str(at) for at in range(1, features + 1))
        if names is None
        else words("names", names, features, "features")
    )
