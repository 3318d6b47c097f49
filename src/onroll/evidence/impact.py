"""Did it change anything: the authority after the launch against others that had no such strategy.

Two designs, each with every other authority as a pretended case: a synthetic control on the rate, and a
difference in differences that leaves the pandemic years out. One authority, in the middle of a pandemic,
chosen when its rate was high: neither can credit or fault the strategy by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from onroll.counts.published import all_sources, panel
from onroll.evidence.impact_panel import FEW_OTHERS, FEWEST, OBJECTIVE, TOO_EARLY, no_series, whole
from onroll.evidence.question import Question
from onroll.evidence.table import finding
from onroll.statistics import difference, leave_one_out, placebos, synthetic_control
from onroll.statistics.donor_hull import donor_hull
from onroll.statistics.synthetic_control import in_time
from onroll.vocabulary import (
    CHANGE_DIFFERENCE,
    DETECTABLE_GAP,
    DIFF_IN_DIFF,
    FIT,
    GAP,
    LIMITED,
    MEAN_GAP,
    MEASURES,
    OTHER_AUTHORITIES,
    P_VALUE,
    PLACEBO_DISTANCE,
    PLACEBO_GAP,
    PLACEBO_SHARE,
    RELATIVE_CHANGE,
    SENSITIVITY,
    SYNTHETIC,
    SYNTHETIC_CONTROL,
    SYNTHETIC_RATE,
    TOTAL,
    WEIGHT,
    Measure,
    academic_year,
    periods,
)
from onroll.vocabulary.impact import HULL

STANDS_OUT = (
    "what could have been seen: beyond these limits a change stands out, and its rank is small, either way"
)
NO_LIMITS = (
    "cannot be computed: with {} other authorities no change, however large, stands out at this confidence"
)
SMALLEST_WEIGHT = 0.005
"""Donors below half a percent are left out of the list of weights, not out of the fit."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Rates of the complete authorities, years by codes, and what the rows about them have in common."""

    rates: pd.DataFrame
    pupils: pd.DataFrame
    names: pd.Series[Any]
    measure: Measure
    question: Question
    source: str

    @property
    def treated(self) -> int:
        """Column of the authority evaluated."""
        return list(self.rates.columns).index(self.question.area_code)

    def row(self, statistic: str, design: str, **said: Any) -> dict[str, Any]:
        """One row about this panel; area and year are the authority's and the year evaluated unless said."""
        common = {
            "indicator": f"strategy_impact_{self.measure.id}", "objective": OBJECTIVE,
            "time_period": self.question.year, "geographic_level": "Local authority",
            "area": self.question.area, "breakdown_topic": TOTAL, "breakdown": TOTAL,
            "comparator": SYNTHETIC if design == SYNTHETIC_CONTROL else OTHER_AUTHORITIES,
            "strength": LIMITED, "source": self.source,
        }  # fmt: skip
        return finding(**{**common, "statistic": statistic, "design": design, **said})


def impact_rows(cells: pd.DataFrame, question: Question) -> Iterator[dict[str, Any]]:
    """Every row of both designs, for suspensions and for permanent exclusions."""
    for measure in (MEASURES["suspension_rate"], MEASURES["permanent_exclusion_rate"]):
        for design, years, rows in (
            (SYNTHETIC_CONTROL, periods(question.impact_pre[0], question.year), _synthetic),
            (DIFF_IN_DIFF, (*question.change_pre, *question.after), _difference),
        ):
            found = rate_panel(cells, measure, years, question)
            why = _why_not(found, cells, years)
            if why:
                yield found.row(MEAN_GAP if rows is _synthetic else CHANGE_DIFFERENCE, design, note=why)
            else:
                yield from rows(found)


def _why_not(found: Panel, cells: pd.DataFrame, years: tuple[str, ...]) -> str:
    """Why the designs cannot be made; empty where they can."""
    if not found.question.after:
        return TOO_EARLY
    if len(found.rates.columns) < FEWEST:
        return FEW_OTHERS
    if found.question.area_code in found.rates.columns:
        return ""
    return no_series(whole(cells, found.measure.id), years, found.question.area_code)


def rate_panel(cells: pd.DataFrame, measure: Measure, years: tuple[str, ...], question: Question) -> Panel:
    """Rates of the authorities that have every one of the years, in the unit of the measure."""
    within = cells[cells["time_period"].isin(years) & (cells["education_phase"] == TOTAL)]
    events, pupils = panel(within, measure.numerator), panel(within, "pupils")
    shared = events.columns.intersection(pupils.columns)
    source = all_sources(within["source"])
    names = within.drop_duplicates("area_code", keep="last").set_index("area_code")["area"]
    return Panel(
        measure.per * events[shared] / pupils[shared], pupils[shared], names, measure, question, source
    )


def _synthetic(found: Panel) -> Iterator[dict[str, Any]]:
    question, years = found.question, list(found.rates.index)
    outcomes, pre = found.rates.to_numpy(), np.array([year in question.impact_pre for year in years])
    fit = synthetic_control.synthetic_control(outcomes, found.treated, pre, confidence=question.confidence)
    ranked = placebos.placebos(outcomes, found.treated, pre, confidence=question.confidence)
    yield from _series(found, fit)
    others = outcomes.shape[1] - 1
    yield found.row(
        FIT,
        SYNTHETIC_CONTROL,
        estimate=fit.pre_rmspe,
        method="root mean square gap before the launch",
        note=fit.note,
    )
    hull = donor_hull(outcomes, found.treated, pre)
    yield found.row(
        HULL, SYNTHETIC_CONTROL, estimate=hull.relative, numerator=float(np.count_nonzero(hull.outside != "")),
        denominator=float(pre.sum()), method="distance from what weights of others can make, over the others' spread",
        note="years before in which the authority lay below or above every other, of all years before",
    )  # fmt: skip
    growth = np.quantile(np.delete(ranked.ratio, found.treated), question.confidence, method="higher")
    yield found.row(
        DETECTABLE_GAP, SYNTHETIC_CONTROL, estimate=float(growth * fit.pre_rmspe), confidence=question.confidence,
        method="what could have been seen: only a root mean square gap beyond this grows more than in "
        f"{question.confidence:.0%} of other authorities",
    )  # fmt: skip
    yield found.row(
        MEAN_GAP, SYNTHETIC_CONTROL, estimate=fit.estimate, lower=fit.lower, upper=fit.upper,
        confidence=question.confidence, method=fit.method, note=f"mean of {', '.join(map(academic_year, question.after))}",
    )  # fmt: skip
    share = ranked.share_others_ratio
    yield found.row(
        PLACEBO_SHARE, SYNTHETIC_CONTROL, estimate=share, numerator=round(share * others), denominator=others,
        method="other authorities whose gap grew at least as much after the launch as before it",
    )  # fmt: skip
    yield found.row(
        PLACEBO_DISTANCE, SYNTHETIC_CONTROL, estimate=ranked.share_others_gap, denominator=others,
        numerator=round(ranked.share_others_gap * others),
        method="other authorities whose mean gap was at least as large, however well each fitted before",
    )  # fmt: skip
    yield found.row(
        P_VALUE,
        SYNTHETIC_CONTROL,
        estimate=ranked.p_ratio,
        method="rank of the gap's growth among all authorities",
    )
    yield from _others(found, fit, ranked)
    yield from _sensitivity(found, outcomes, pre)


def _series(found: Panel, fit: synthetic_control.SyntheticControl) -> Iterator[dict[str, Any]]:
    """The synthetic control and the gap to it, year by year."""
    for year, synthetic, gap in zip(found.rates.index, fit.synthetic, fit.gaps, strict=True):
        yield found.row(
            SYNTHETIC_RATE, SYNTHETIC_CONTROL, time_period=year, estimate=synthetic, method=fit.method
        )
        yield found.row(GAP, SYNTHETIC_CONTROL, time_period=year, estimate=gap, method=fit.method)


def _others(
    found: Panel, fit: synthetic_control.SyntheticControl, ranked: placebos.Placebos
) -> Iterator[dict[str, Any]]:
    """The other authorities: weights of the donors, mean gaps of the pretended cases."""
    for place, code in enumerate(found.rates.columns):
        if fit.weights[place] >= SMALLEST_WEIGHT:
            yield found.row(
                WEIGHT,
                SYNTHETIC_CONTROL,
                area=found.names[code],
                estimate=fit.weights[place],
                method=fit.method,
            )
    for place, code in enumerate(found.rates.columns):
        if place != found.treated:
            yield found.row(
                PLACEBO_GAP,
                SYNTHETIC_CONTROL,
                area=found.names[code],
                estimate=ranked.mean_gap[place],
                method=ranked.method,
            )


def _sensitivity(
    found: Panel, outcomes: np.ndarray[Any, Any], pre: np.ndarray[Any, Any]
) -> Iterator[dict[str, Any]]:
    """Other choices that could have been made, so that nobody takes one fit for the answer."""
    question, years = found.question, list(found.rates.index)
    without = leave_one_out.leave_one_out(outcomes, found.treated, pre)
    yield found.row(
        SENSITIVITY, SYNTHETIC_CONTROL, estimate=without.estimate, lower=without.lower, upper=without.upper,
        method="mean gap with each donor left out in turn: smallest and largest",
    )  # fmt: skip
    if 0 < len(question.after) <= pre.sum() - 2:
        at = int(pre.sum()) - len(question.after)
        earlier = in_time(outcomes, found.treated, pre, at, confidence=question.confidence)
        yield found.row(
            SENSITIVITY, SYNTHETIC_CONTROL, estimate=earlier.estimate, lower=earlier.lower, upper=earlier.upper,
            confidence=question.confidence,
            method=f"mean gap as if the strategy had begun in {academic_year(years[at])}, when there was none to find",
            note="a range that leaves out 0 shows a gap that cannot be the strategy's",
        )  # fmt: skip
    calm = [place for place, year in enumerate(years) if year not in question.pandemic]
    before = np.array([years[place] in question.impact_pre for place in calm])
    if before.sum() >= 3:
        fit = synthetic_control.synthetic_control(
            outcomes[calm], found.treated, before, confidence=question.confidence
        )
        ranked = placebos.placebos(outcomes[calm], found.treated, before, confidence=question.confidence)
        yield found.row(
            SENSITIVITY, SYNTHETIC_CONTROL, estimate=fit.estimate, lower=fit.lower, upper=fit.upper,
            confidence=question.confidence, method="mean gap when the pandemic years are left out of the fit",
            note=f"{ranked.share_others_ratio:.0%} of other authorities moved as far",
        )  # fmt: skip


def _difference(found: Panel) -> Iterator[dict[str, Any]]:
    question, measure = found.question, found.measure
    pre = np.array([year in question.change_pre for year in found.rates.index])
    is_log = measure.id != "permanent_exclusion_rate"
    kept = (found.rates > 0).all() if is_log else pd.Series(True, index=found.rates.columns)
    rates, pupils = found.rates.loc[:, kept], found.pupils.loc[:, kept]
    if question.area_code not in rates.columns:
        yield found.row(
            RELATIVE_CHANGE,
            DIFF_IN_DIFF,
            note="cannot be computed: a year without any event has no logarithm",
        )
        return
    outcomes = np.log(rates.to_numpy()) if is_log else rates.to_numpy()
    treated = list(rates.columns).index(question.area_code)
    result = difference.difference_in_differences(
        outcomes,
        treated,
        pre,
        sizes=pupils.mean().to_numpy(),
        limits="by_size",
        confidence=question.confidence,
    )
    turn = np.exp if is_log else np.asarray
    others = outcomes.shape[1] - 1
    windows = f"{_span(question.change_pre)} to {_span(question.after)}; the pandemic years are left out"
    reach = result.upper - result.estimate
    yield found.row(DETECTABLE_GAP, DIFF_IN_DIFF, **(
        {"estimate": float(turn(-reach)), "lower": float(turn(-reach)), "upper": float(turn(reach)),
         "confidence": question.confidence, "method": STANDS_OUT}
        if np.isfinite(reach) else {"note": NO_LIMITS.format(others)}
    ))  # fmt: skip
    limits = (
        {"lower": float(turn(result.lower)), "upper": float(turn(result.upper))} if np.isfinite(reach) else {}
    )
    yield found.row(
        RELATIVE_CHANGE if is_log else CHANGE_DIFFERENCE, DIFF_IN_DIFF, estimate=float(turn(result.estimate)),
        confidence=question.confidence, method=result.method,
        note="; ".join(filter(None, (f"change from {windows}", result.note))), **limits,
    )  # fmt: skip
    yield found.row(
        PLACEBO_SHARE, DIFF_IN_DIFF, estimate=result.share_others, numerator=round(result.share_others * others),
        denominator=others, method="other authorities whose change, for their size, lay at least as far from the rest",
    )  # fmt: skip
    yield found.row(
        P_VALUE,
        DIFF_IN_DIFF,
        estimate=result.p_value,
        method="rank among all authorities, standardised for size",
    )


def _span(years: tuple[str, ...]) -> str:
    return (
        academic_year(years[0])
        if len(years) == 1
        else f"{academic_year(years[0])}-{academic_year(years[-1])}"
    )
