"""Synthetic control by predictors: others that resembled the treated in what foretells the outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._donor_fit import PERFECT
from onroll.statistics._inputs import BoolArray, FloatArray, choice, open_share
from onroll.statistics._panel import Panel, panel, permutation_range, share_as_far
from onroll.statistics._predictor_weights import Search as Search
from onroll.statistics._predictor_weights import (
    Task,
    checked_fitted_on,
    checked_importance,
    checked_predictors,
    search,
)
from onroll.statistics.placebos import donor_places, root_mean_square

STARTS = ("both", "regression", "equal")
PLACEBO_SEARCHES = ("none", "own")


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticPredictors:
    """The treated unit beside others weighted by predictors.

    Attributes
    ----------
    estimate, lower, upper : float
        Mean gap after treatment, with its permutation range.
    confidence : float
    method : str
    weights : ndarray, shape (units,)
        0 for the treated itself.
    importance : ndarray, shape (predictors,)
        How much each predictor counts, summing to 1.
    treated_predictors, synthetic_predictors, mean_predictors : ndarray, shape (predictors,)
        Of the treated, of its synthetic control, and the mean of the others.
    synthetic, gaps : ndarray, shape (periods,)
    pre, fitted_on : ndarray of bool, shape (periods,)
    loss, lowest_loss : float
        Mean squared gap in the periods fitted on; and that of the best weights whatever the predictors.
    pre_rmspe, post_rmspe : float
    searches : tuple of Search
        Where each search ended, best first: if estimates differ, the importance is not settled.
    placebo_gaps : ndarray, shape (periods, units)
        Each unit's own; the treated's at its place.
    ratio : ndarray, shape (units,)
        Root mean square gap after over before; ``inf`` for a perfect fit before.
    p_ratio, p_gap : float
        Share of all units, the treated included, whose ratio (mean gap in size) is at least the treated's.
    share_others_ratio, share_others_gap : float
        The same of the others only.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    weights: FloatArray
    importance: FloatArray
    treated_predictors: FloatArray
    synthetic_predictors: FloatArray
    mean_predictors: FloatArray
    synthetic: FloatArray
    gaps: FloatArray
    pre: BoolArray
    fitted_on: BoolArray
    loss: float
    lowest_loss: float
    pre_rmspe: float
    post_rmspe: float
    searches: tuple[Search, ...]
    placebo_gaps: FloatArray
    ratio: FloatArray
    p_ratio: float
    p_gap: float
    share_others_ratio: float
    share_others_gap: float


def synthetic_predictors(
    outcomes: ArrayLike,
    predictors: ArrayLike,
    treated: int,
    pre: ArrayLike,
    *,
    fitted_on: ArrayLike | None = None,
    importance: ArrayLike | None = None,
    start: str = "both",
    placebo_search: str = "none",
    confidence: float = 0.95,
) -> SyntheticPredictors:
    """Compare a unit with others weighted to resemble it in predictors, each as important as it foretells outcomes.

    For any importance the weights are found exactly; the importance is searched for so that the weighted others
    follow the unit most nearly before treatment.

    Parameters
    ----------
    outcomes : array_like, shape (periods, units)
        One column a unit, periods in order of time, no gaps.
    predictors : array_like, shape (predictors, units)
        What was known of each unit before: means, shares, earlier outcomes; each is divided by its standard deviation.
    treated : int
        Column of the treated unit.
    pre : array_like of bool, shape (periods,)
        True (or 1) for the periods before treatment, which come first.
    fitted_on : array_like of bool, shape (periods,), optional
        Periods before that the importance is searched on; all of them when left out.
    importance : array_like, shape (predictors,), optional
        0 or more, not all 0; nothing is searched then.
    start : {"both", "regression", "equal"}, default "both"
        Where the search starts; of both the lower loss is taken.
    placebo_search : {"none", "own"}, default "none"
        "none": placebos take the treated's importance. "own": each searches for its own, which takes long.
    confidence : float, default 0.95
        Central share of placebo mean gaps taken for the range, strictly between 0 and 1.

    Returns
    -------
    SyntheticPredictors

    Raises
    ------
    ValueError
        If there are fewer than four units, no period before or after, a number is missing, or a predictor is the same
        for all units.

    Notes
    -----
    The loss has many dips: look at ``searches``, and at ``lowest_loss`` beside ``loss``. With more predictors than
    others nearly any weights can be had. The range is a permutation range, as in ``synthetic_control``; what the
    treated alone went through besides the treatment is in the gap too.

    References
    ----------
    Abadie and Gardeazabal (2003), American Economic Review 93, 113-132; Abadie, Diamond and Hainmueller (2011),
    Journal of Statistical Software 42 (13); Powell (1964), Computer Journal 7, 155-162.
    data/validation/P17_synth_prop99_basque: Basque Country, R's Synth.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.array([[1.0, 0, 4, 9], [2, 1, 5, 2], [3, 2, 6, 7], [0, 3, 7, 8]])
    >>> found = synthetic_predictors(table, table[:3], 0, [True, True, True, False])
    >>> found.weights.round(6), round(found.estimate, 6)
    (array([0.  , 0.75, 0.25, 0.  ]), -4.0)
    """
    data, level = panel(outcomes, treated, pre, units=4), open_share("confidence", confidence)
    known = checked_predictors(predictors, data)
    used = checked_fitted_on(fitted_on, data)
    counted = checked_importance(importance, known.shape[0])
    starts = ("regression", "equal") if choice("start", start, STARTS) == "both" else (start,)
    anew = choice("placebo_search", placebo_search, PLACEBO_SEARCHES) == "own" and counted is None
    scaled = known / known.std(axis=1, ddof=1, keepdims=True)

    def best(unit: int, share: FloatArray | None) -> tuple[Search, ...]:
        """Searches for one unit, best first."""
        task = _task(data, scaled, used, unit)
        if share is not None:
            return (task.ended("given", share),)
        return tuple(sorted((search(task, one) for one in starts), key=lambda one: one.loss))

    own = data.treated
    found = best(own, counted)
    shared = None if anew else found[0].importance
    weights = np.zeros((data.outcomes.shape[1],) * 2)
    for unit in range(len(weights)):
        one = found[0] if unit == own else best(unit, shared)[0]
        weights[donor_places(data, unit), unit] = one.weights
    return _result(data, known, used, found, weights, _task(data, scaled, used, own).lowest_loss(), level)


def _result(
    data: Panel,
    known: FloatArray,
    used: BoolArray,
    found: tuple[Search, ...],
    weights: FloatArray,
    lowest: float,
    level: float,
) -> SyntheticPredictors:
    """Set the treated among its placebos; ``weights`` has one column a unit."""
    own, others = data.treated, data.others
    gaps = data.outcomes - data.outcomes @ weights
    before, after = root_mean_square(gaps[data.pre]), root_mean_square(gaps[~data.pre])
    perfect = before <= PERFECT * float(data.outcomes.std())
    ratio = np.where(perfect, np.inf, after / np.where(perfect, 1.0, before))
    mean_gap = gaps[~data.pre].mean(axis=0)
    lower, upper = permutation_range(float(mean_gap[own]), mean_gap[others], level)

    def share(measure: FloatArray, treated_too: bool) -> float:
        """How many stand as far out as the treated."""
        return share_as_far(float(measure[own]), measure[others], treated_too=treated_too)

    return SyntheticPredictors(
        estimate=float(mean_gap[own]),
        lower=lower,
        upper=upper,
        confidence=level,
        method=f"synthetic control on {len(known)} predictors, permutation range of {others.size} placebos",
        weights=weights[:, own],
        importance=found[0].importance,
        treated_predictors=known[:, own],
        synthetic_predictors=known @ weights[:, own],
        mean_predictors=known[:, others].mean(axis=1),
        synthetic=data.outcomes @ weights[:, own],
        gaps=gaps[:, own],
        pre=data.pre,
        fitted_on=used,
        loss=found[0].loss,
        lowest_loss=lowest,
        pre_rmspe=float(before[own]),
        post_rmspe=float(after[own]),
        searches=found,
        placebo_gaps=gaps,
        ratio=ratio,
        p_ratio=share(ratio, True),
        p_gap=share(np.abs(mean_gap), True),
        share_others_ratio=share(ratio, False),
        share_others_gap=share(np.abs(mean_gap), False),
    )


def _task(data: Panel, scaled: FloatArray, used: BoolArray, unit: int) -> Task:
    """What a unit is fitted to."""
    pool = donor_places(data, unit)
    table = data.outcomes
    return Task(
        own_predictors=scaled[:, unit],
        predictors=scaled[:, pool],
        own_fitted=table[used, unit],
        fitted=table[np.ix_(used, pool)],
        own_after=table[~data.pre, unit],
        after=table[np.ix_(~data.pre, pool)],
    )
