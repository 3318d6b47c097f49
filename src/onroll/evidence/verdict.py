"""What may be said of an impact: checks that are passed or not, and the level of evidence they add up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onroll.evidence.impact_panel import fewest_others
from onroll.evidence.question import Question
from onroll.framework.impact_plan import ImpactPlan
from onroll.framework.known_truth import KnownTruth, Truth
from onroll.statistics.known_share import may_be_within
from onroll.statistics.multiplicity import adjust
from onroll.vocabulary import LIMITED, P_VALUE, PLACEBO_SHARE, RELATIVE_CHANGE, SENSITIVITY
from onroll.vocabulary.impact import (
    AGREE,
    AGREEMENT,
    AUTHORITY_PANEL,
    CHECK,
    CHECKS,
    EARLIER,
    FAILED,
    HEIGHT,
    HELD,
    NOT_MADE,
    PASSED,
    RAW_CHANGE,
    RETURN,
    STANDS,
    STOOD_AS_HIGH,
    SUPPORTED,
    UNSURE,
    UNTOLD,
    VERDICT,
)

FEWEST_AS_HIGH = 10
"""Of fewer authorities that stood as high nothing can be said."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: ``passed``, ``failed`` or ``cannot be made``, the number it turns on, and why."""

    name: str
    result: str
    figure: float = float("nan")
    of: float = float("nan")
    why: str = ""


def verdict_rows(
    rows: Sequence[Row], question: Question, plan: ImpactPlan, known: KnownTruth
) -> Iterator[dict[str, Any]]:
    """A row for each check and one for the verdict, outcome by outcome, for the phase that is judged."""
    phase = plan.phases[0]
    judged = [row for row in rows if row["breakdown"] == phase or row["statistic"] == AGREEMENT]
    adjusted = _together(judged, plan, question)
    is_of_plan = known.is_about(plan.fingerprint, question.impact_choices)
    tried = {outcome: known.of(outcome) for outcome in plan.outcomes} if is_of_plan else {}
    for outcome in plan.outcomes:
        every = [row for row in judged if row["indicator"] == f"strategy_impact_{outcome}"]
        ratio = next((row for row in every if _key(row) == (RELATIVE_CHANGE, AUTHORITY_PANEL)), None)
        if ratio is None or "estimate" not in ratio:
            continue
        mine = {_key(row): row for row in every if row["area"] == ratio["area"]}
        checks = [
            _check(name, mine, adjusted[outcome], tried.get(outcome, ()), question, plan)
            for name in plan.checks
        ]
        about = {
            name: ratio[name] for name in ("indicator", "objective", "time_period", "geographic_level", "area",
                                           "breakdown_topic", "breakdown", "comparator", "source")
        }  # fmt: skip
        for one in checks:
            yield {
                **about, "statistic": CHECK, "design": AUTHORITY_PANEL, "strength": LIMITED, "method": one.name,
                "estimate": one.figure, "denominator": one.of, "note": f"{one.result}{': ' if one.why else ''}{one.why}",
            }  # fmt: skip
        passed = sum(one.result == PASSED for one in checks)
        yield {
            **about, "statistic": VERDICT, "design": AUTHORITY_PANEL, "strength": LIMITED, "estimate": float(passed),
            "denominator": float(len(checks)), "method": "checks passed, of those the plan asks for", "note": level(checks),
        }  # fmt: skip


def level(checks: Sequence[Checked]) -> str:
    """The level that the checks add up to: told only where the change stands out, an impact only where all are passed."""
    if any(one.name == STANDS and one.result != PASSED for one in checks):
        return UNTOLD
    return SUPPORTED if all(one.result == PASSED for one in checks) else UNSURE


def _key(row: Row) -> tuple[str, str]:
    return row["statistic"], row["design"] if row["statistic"] != AGREEMENT else ""


def _together(rows: Sequence[Row], plan: ImpactPlan, question: Question) -> Mapping[str, float]:
    """Probabilities of the outcomes, allowing for all that the plan names; what cannot be computed counts as 1."""
    found = {
        str(row["indicator"]).removeprefix("strategy_impact_"): float(row["estimate"])
        for row in rows if row["statistic"] == P_VALUE and row["design"] == AUTHORITY_PANEL
    }  # fmt: skip
    p = np.array([found.get(name, 1.0) for name in plan.outcomes])
    family = adjust(
        p, p, p, p, members=plan.outcomes, confidence=question.confidence, method=plan.multiplicity
    )
    return dict(zip(plan.outcomes, map(float, family.adjusted_p_value), strict=True))


def _check(
    name: str,
    mine: Mapping[tuple[str, str], Row],
    p: float,
    known: Sequence[Truth],
    question: Question,
    plan: ImpactPlan,
) -> Checked:
    """One check on the rows of one outcome."""
    match name:
        case "stands_out":
            return _stands(p, mine.get((PLACEBO_SHARE, AUTHORITY_PANEL)), question, plan)
        case "held_in_simulation":
            return held(known, plan)
        case "return_to_usual":
            return _return(mine, plan)
        case "earlier_date":
            return _earlier(mine.get((SENSITIVITY, AUTHORITY_PANEL)))
    return _agree(mine.get((AGREEMENT, "")), plan)


def _stands(p: float, others: Row | None, question: Question, plan: ImpactPlan) -> Checked:
    """Whether it stands out with every outcome looked at together, or why nothing could among so few others."""
    if p <= 1 - question.confidence + 1e-12:
        return Checked(STANDS, PASSED, p)
    needed = fewest_others(plan.together(question.confidence))
    if others is not None and others["denominator"] < needed:
        why = f"{others['denominator']:.0f} other authorities, and {needed} are needed for anything to stand out"
        return Checked(STANDS, NOT_MADE, p, why=why)
    return Checked(STANDS, FAILED, p)


def held(known: Sequence[Truth], plan: ImpactPlan) -> Checked:
    """Whether the design kept its promises where the truth was known, allowing for how many runs that rests on."""
    if not known:
        return Checked(
            HELD,
            NOT_MADE,
            why="no simulation of this plan, with these years and authorities, for this outcome",
        )
    least, most = plan.coverage
    broken = [
        f"{one.scenario} (coverage {one.coverage:.0%})"
        for one in known
        if not may_be_within(one.coverage, one.runs, least, most)
    ]
    broken += [
        f"{one.scenario} (false claims {one.wrong:.0%})"
        for one in known
        if not may_be_within(one.wrong, one.runs, 0.0, plan.false_alarms)
    ]
    worst = max(one.wrong for one in known)
    return Checked(HELD, FAILED if broken else PASSED, worst, why="; ".join(broken))


def _return(mine: Mapping[tuple[str, str], Row], plan: ImpactPlan) -> Checked:
    """Whether others that stood as high changed as far; one that stood low had no height to fall back from."""
    row, height, raw = (mine.get((name, AUTHORITY_PANEL)) for name in (STOOD_AS_HIGH, HEIGHT, RAW_CHANGE))
    if height is not None and raw is not None and height["estimate"] <= 1:
        if raw["estimate"] > 1:
            return Checked(
                RETURN, NOT_MADE, why="it had stood low, from where a rise may be a return by itself"
            )
        return Checked(RETURN, PASSED, why="it had not stood high, so it had no height to fall back from")
    if row is None or not row["denominator"] >= FEWEST_AS_HIGH:
        few = 0 if row is None else int(row["denominator"])
        return Checked(
            RETURN, NOT_MADE, why=f"{few} authorities stood as high, and {FEWEST_AS_HIGH} are needed"
        )
    share = row["numerator"] / row["denominator"]
    return Checked(RETURN, PASSED if share <= plan.as_high_share else FAILED, share, row["denominator"])


def _earlier(row: Row | None) -> Checked:
    if row is None or "estimate" not in row:
        return Checked(EARLIER, NOT_MADE, why="" if row is None else str(row["note"]))
    is_calm = row["lower"] <= 1 <= row["upper"]
    return Checked(EARLIER, PASSED if is_calm else FAILED, row["estimate"])


def _agree(row: Row | None, plan: ImpactPlan) -> Checked:
    if row is None or "estimate" not in row:
        return Checked(AGREE, NOT_MADE, why="the plan's own choice could not be computed")
    return Checked(
        AGREE, PASSED if row["estimate"] >= plan.agreement else FAILED, row["estimate"], row["denominator"]
    )


assert set(CHECKS) == {STANDS, HELD, RETURN, EARLIER, AGREE}
