"""Limits where the difference in trends bends by at most so much: diff-diff's, asked in units of the error."""

from __future__ import annotations

import warnings

import numpy as np

from onroll.statistics._inputs import FloatArray


def smooth_limits(
    effects: FloatArray, covariance: FloatArray, pre: int, weights: FloatArray, departure: float, level: float
) -> tuple[float, float]:
    """The shortest interval of fixed length for a weighted effect, or words where none is found."""
    from diff_diff import HonestDiD

    unit = float(np.sqrt(weights @ covariance[pre:, pre:] @ weights))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        asked = HonestDiD(method="smoothness", l_vec=weights, alpha=1.0 - level)
        found = asked.fit(_event_study(effects / unit, covariance / unit**2, pre), M=departure / unit)
    limits = float(found.ci_lb) * unit, float(found.ci_ub) * unit
    if not np.isfinite(limits).all():
        raise ValueError(
            f"departure is {departure:g}, {departure / unit:g} errors of the estimate; no interval was found for it: "
            "give a smaller one"
        )
    return limits


def _event_study(effects: FloatArray, covariance: FloatArray, pre: int) -> object:
    """Effects and covariance as the result that diff-diff reads them from; what it does not read is blank."""
    from diff_diff.results import MultiPeriodDiDResults, PeriodEffect

    period = [at - pre + (at >= pre) for at in range(effects.size)]
    errors = np.sqrt(np.diag(covariance))
    told = {
        at: PeriodEffect(
            period=at, effect=float(one), se=float(error), t_stat=0.0, p_value=1.0, conf_int=(0.0, 0.0)
        )
        for at, one, error in zip(period, effects, errors, strict=True)
    }
    blank = dict.fromkeys(("avg_att", "avg_se", "avg_t_stat", "avg_p_value"), 0.0)
    return MultiPeriodDiDResults(
        period_effects=told,
        avg_conf_int=(0.0, 0.0),
        n_obs=1,
        n_treated=1,
        n_control=1,
        pre_periods=period[:pre],
        post_periods=period[pre:],
        reference_period=0,
        vcov=covariance,
        interaction_indices={at: place for place, at in enumerate(period)},
        **blank,
    )
