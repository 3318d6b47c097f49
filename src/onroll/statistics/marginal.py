"""Marginal standardisation: what an adjusted model says of groups when all have the same pupils otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from onroll.statistics._adjusted_model import AdjustedModel
from onroll.statistics._inputs import (
    ROUNDING,
    BoolArray,
    FloatArray,
    StrArray,
    choice,
    of_kind,
    open_share,
    reasons,
)
from onroll.statistics._model_limits import ALONE, FEW, MOSTLY, NOTHING_VARIES, Reach, reach
from onroll.statistics.design_matrix import Factor

POPULATIONS = ("all", "group")
LEFT_OUT = "left out of the model: no limit above"
GRAVEST_FIRST = (ALONE, NOTHING_VARIES, FEW)


@dataclass(frozen=True, slots=True, eq=False)
class Marginal:
    """Adjusted risks (or rates) of every level of a factor, their ratios and differences to the reference.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (levels,)
        Adjusted risk ratio; the reference has 1.
    confidence : float
        Coverage asked of each interval.
    method : str
        Model, errors and the pupils averaged over.
    levels : tuple of int
        Codes, the reference first.
    labels : tuple of str
        What they are called.
    risk, risk_lower, risk_upper : ndarray, shape (levels,)
        Mean risk (or rate) if all those pupils had this level.
    reference_risk : ndarray, shape (levels,)
        Mean risk if the same pupils had the reference level.
    difference, difference_lower, difference_upper : ndarray, shape (levels,)
        Risk less reference risk.
    freedom : ndarray, shape (levels,)
        Degrees of freedom behind the limits of the ratio.
    note : ndarray of str
        Said of a level that was left out of the model, or of which the gravest of these holds for its ratio,
        difference or risk: known from one school alone (no limits: without end), nothing varies (no limits: NaN),
        few degrees of freedom. Else empty.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    levels: tuple[int, ...]
    labels: tuple[str, ...]
    risk: FloatArray
    risk_lower: FloatArray
    risk_upper: FloatArray
    reference_risk: FloatArray
    difference: FloatArray
    difference_lower: FloatArray
    difference_upper: FloatArray
    freedom: FloatArray
    note: StrArray


def standardise(
    model: AdjustedModel, factor: str, *, over: str = "all", confidence: float | None = None
) -> Marginal:
    """Average what a model predicts for each level of a factor over the same pupils, and compare.

    Every pupil is given the level in turn and keeps the rest; limits are by the delta method from the model's
    own errors: of pupils or of schools, whichever were asked for.

    Parameters
    ----------
    model : AdjustedModel
        From ``adjusted`` or ``adjusted_counts``, on a design with factors.
    factor : str
        Name of a factor of the design.
    over : {"all", "group"}, default "all"
        Whose other columns are averaged over: all pupils, or each level's own (what is different for the
        pupils who are in the group).
    confidence : float, optional
        Coverage; the model's when left out.

    Returns
    -------
    Marginal
        A level that was left out of the model has risk 0 (or 1), no limit above and a note. The model's own
        coefficient and what is averaged have limits, or none, together.

    Raises
    ------
    ValueError
        If the design has no such factor, or a reference risk is not above 0.

    Notes
    -----
    The pupils averaged over are taken as given, not as a sample. Levels are compared as the model has them:
    without an interaction the same odds ratio holds for all. Limits of ratios are on the logarithm, of
    risks on the log odds, of differences as they are.

    References
    ----------
    Lane and Nelder (1982), Biometrics 38, 613-621; Muller and MacLehose (2014), International Journal of
    Epidemiology 43, 962-970. data/validation/P10_adjusted_models_hmda: R; tests/reference/adjusted_models.R: errors.

    Examples
    --------
    >>> from onroll.statistics.adjusted import logistic
    >>> from onroll.statistics.design_matrix import Factor, design_matrix
    >>> design = design_matrix([Factor("sex", [0, 1, 0, 1]), Factor("need", [0, 0, 1, 1])])
    >>> found = standardise(logistic([10, 25, 12, 30], [200, 210, 60, 90], design), "sex")
    >>> found.estimate.round(3).tolist(), found.difference.round(4).tolist()
    ([1.0, 1.966], [0.0, 0.0865])
    """
    of_kind("model", model, AdjustedModel, "what adjusted or adjusted_counts gave")
    kind = model.design.factor(factor)
    chosen = choice("over", over, POPULATIONS)
    level = model.confidence if confidence is None else open_share("confidence", confidence)
    own = kind.whole()
    codes = kind.levels()
    risks, bases, pulls, base_pulls = [], [], [], []
    base = _predicted(model, factor, codes[0])
    for code in codes:
        weight = model.roll * (own == code) if chosen == "group" else model.roll
        if not weight.any():
            raise ValueError(f"{factor}: {kind.label(code)} has no pupil; nothing can be averaged over")
        predicted = base if code == codes[0] else _predicted(model, factor, code)
        risk, pull = _mean(predicted, weight)
        lower_risk, base_pull = _mean(base, weight)
        risks.append(risk)
        bases.append(lower_risk)
        pulls.append(pull)
        base_pulls.append(base_pull)
    lost = np.array([_left_out(model, factor, code) for code in codes])
    return _result(
        model, kind, codes, lost, np.array(risks), np.array(bases), np.array(pulls), np.array(base_pulls),
        chosen, level,
    )  # fmt: skip


def _predicted(model: AdjustedModel, factor: str, code: int) -> tuple[FloatArray, FloatArray]:
    """Mean of every cell at a level, and its derivative in the coefficients kept."""
    x = model.design.at(factor, code)
    own = x[:, model.kept]
    mean, slope, _ = model.family.moments(own @ model.estimate[model.kept] + model.offset)
    for sign, limit in ((-np.inf, 0.0), (np.inf, 1.0)):
        gone = np.any(x[:, ~model.kept & (model.estimate == sign)] != 0, axis=1)
        mean, slope = np.where(gone, limit, mean), np.where(gone, 0.0, slope)
    return mean, own * slope[:, None]


def _mean(predicted: tuple[FloatArray, FloatArray], weight: FloatArray) -> tuple[float, FloatArray]:
    share = weight / weight.sum()
    return float(share @ predicted[0]), share @ predicted[1]


def _left_out(model: AdjustedModel, factor: str, code: int) -> bool:
    """Whether a level's own column was left out."""
    at = _column(model, factor, code)
    return at is not None and not model.kept[at]


def _told(model: AdjustedModel, factor: str, code: int, said: str) -> bool:
    """Whether this is said of a level's own coefficient."""
    at = _column(model, factor, code)
    return at is not None and bool(model.note[at] == said)


def _column(model: AdjustedModel, factor: str, code: int) -> int | None:
    """Where a level's own column is; the reference has none."""
    name = f"{factor}: {model.design.factor(factor).label(code)}"
    return model.names.index(name) if name in model.names else None


def _result(
    model: AdjustedModel,
    kind: Factor,
    codes: list[int],
    lost: BoolArray,
    risk: FloatArray,
    base: FloatArray,
    pull: FloatArray,
    base_pull: FloatArray,
    over: str,
    level: float,
) -> Marginal:
    """Limits by the delta method."""
    least = ROUNDING * float(np.abs(risk).max())
    if np.any(base <= least) or np.any((risk <= least) & ~lost):
        raise ValueError(
            f"{kind.name}: a mean risk of {min(base.min(), risk.min()):g} has no ratio; use logistic or relative_risks"
        )
    positive = np.where(risk > 0, risk, 1.0)
    relative = np.where(lost[:, None], 0.0, pull / positive[:, None]) - base_pull / base[:, None]
    reference = np.arange(risk.size) == 0
    on_scale, turned = _risk_scale(model, risk)
    single = np.array([_told(model, kind.name, code, ALONE) for code in codes])
    found = _reach(model, (relative, pull - base_pull, pull * turned[:, None]), single, level)
    ratio_far, gap_far, risk_far = (np.where(lost, 0.0, one.far) for one in found)
    ratio, no_end = risk / base, np.where(lost & (risk == 0) & ~model.family.zero_one, np.inf, 1.0)
    bounded = _grown(ratio_far)
    return Marginal(
        estimate=ratio,
        lower=np.where(reference, 1.0, np.where(lost, 0.0, ratio / bounded)),
        upper=np.where(reference, 1.0, np.where(lost, np.inf, ratio * bounded)),
        confidence=level,
        method=f"{model.method}, standardised over {'all pupils' if over == 'all' else 'the pupils of each group'}",
        levels=tuple(codes),
        labels=tuple(kind.label(code) for code in codes),
        risk=risk,
        risk_lower=np.where(lost, 0.0, np.minimum(on_scale(-risk_far), risk)),
        risk_upper=np.where(lost, no_end, np.maximum(on_scale(risk_far), risk)),
        reference_risk=base,
        difference=risk - base,
        difference_lower=np.where(lost, -np.inf, risk - base - gap_far),
        difference_upper=np.where(lost, np.inf, risk - base + gap_far),
        freedom=found[0].freedom,
        note=_notes(lost, found),
    )


def _reach(
    model: AdjustedModel, pulls: tuple[FloatArray, ...], single: BoolArray, level: float
) -> list[Reach]:
    """How far the limits of ratios, differences and risks are.

    All three hang on a single school where the level's own coefficient does, or where the larger part of the variance is
    known from single schools: not where a few of the pupils averaged over are in one.
    """
    return [
        reach(model.covariance, one, level, single | (model.covariance.told_alone(one) > MOSTLY))
        for one in pulls
    ]


def _notes(lost: BoolArray, found: list[Reach]) -> StrArray:
    """The gravest of what is to be known of a level's three kinds of limits."""
    told = [(np.any([one.note == said for one in found], axis=0), said) for said in GRAVEST_FIRST]
    return np.array(reasons(lost.shape, (lost, LEFT_OUT), *told))


def _grown(far: FloatArray) -> FloatArray:
    """The factor of a distance on the logarithm; without end where that is."""
    return np.asarray(np.exp(np.where(np.isinf(far), far, np.minimum(far, 700.0))))


def _risk_scale(
    model: AdjustedModel, risk: FloatArray
) -> tuple[Callable[[FloatArray], FloatArray], FloatArray]:
    """Scale of the limits (log odds of risks, logarithm of rates): risk moved along it, and its slope there."""
    if model.family.zero_one:
        inside = np.clip(risk, 1e-300, 1.0 - 1e-16)
        middle = special.logit(inside)
        return lambda far: np.asarray(special.expit(middle + far)), 1.0 / (inside * (1.0 - inside))
    if model.family.name == "linear":
        return lambda far: risk + far, np.ones(risk.shape)
    positive = np.where(risk > 0, risk, 1.0)
    return lambda far: np.where(risk > 0, positive * _grown(far), 0.0), 1.0 / positive
