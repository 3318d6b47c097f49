"""Charts of own records: rates of groups with their intervals; training coverage of staff and of governors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matplotlib.axes import Axes

from onroll.presentation import records
from onroll.presentation.drawing import GREY, INK, OWN, Chart, dots_canvas
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.numbers import rounded
from onroll.presentation.sentences import differences as between
from onroll.presentation.sentences.register import SUSPENSIONS
from onroll.presentation.wording import source_line
from onroll.vocabulary import EHC_PLAN, ETHNICITY_SHORT

NUMBER_COLUMNS = ["time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]
STAFF = MappingProxyType(
    {
        "staff_trained_attachment": "Early attachment", "staff_trained_trauma": "Trauma",
        "staff_trained_aces": "Adverse childhood\nexperiences", "staff_trained_deescalation": "De-escalation",
        "staff_trained_restorative_practice": "Restorative practice", "staff_trained_resilience": "Pupils' resilience",
    }
)  # fmt: skip
GOVERNORS = MappingProxyType(
    {
        "governors_trained": "Governors: all three\ntopics, at most",
        "governors_trained_relationships": "Governors: relationship-\nbased approaches",
    }
)
SHARES = MappingProxyType(
    {
        "placements_with_baseline": "Baseline recorded", "placements_with_ambitious_target": "Target judged ambitious",
        "placements_met_target": "Target met at the end", "below_target_helped": "Below target, and helped",
        "reviews_within_six_weeks": "Reviews within six weeks", "readiness_decided_by_panel": "Readiness decided at panel",
        "returns_by_managed_move": "Returns by managed move", "managed_moves_lasting": "Managed moves lasting\n12 weeks",
        "specialist_placements_monitored": "Specialist placements\nmonitored",
        "home_education_contacted": "Home-educated children\ncontacted",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dot:
    """One line of a dot plot: its label, its row now and a year before, whether it is told apart by its shape."""

    label: str
    now: Fact | None
    before: Fact | None
    is_other: bool = False
    """Drawn as a square. A dot without a label is a gap between breakdowns."""

    @property
    def is_shown(self) -> bool:
        """Whether there is a number to draw."""
        return self.now is not None and self.now.is_known


def suspensions_by_group(facts: Facts) -> Chart:
    """Suspension rates of groups of pupils, a panel of lines for each breakdown, withheld ones named as such."""
    dots: list[Dot] = []
    for place, topic in enumerate(between.TOPICS):
        dots += [Dot("", None, None)] if place else []
        lines = [_group(facts, topic, name) for name in records.groups(facts, SUSPENSIONS, topic)]
        dots += sorted(lines, key=lambda one: (-_estimate(one), one.label))
    drawn, axes = dots_canvas(len(dots))
    _draw(facts, axes, dots)
    axes.set_xlim(left=0)
    title = between.title(facts)
    period = facts.brief.period
    unit = f"Suspensions for every 100 pupils of the group {records.in_time(facts)}, with {_sure(facts)} intervals"
    alt = f"Dot chart of suspension rates by group, {period}, for every 100 pupils. {_said(dots, '')}"
    return _finish(facts, drawn, dots, title, unit, alt)


def training_coverage(facts: Facts) -> Chart:
    """Share trained in the last 24 months by topic: staff as circles, governors apart as squares."""
    staff = [Dot(label, *_pair(facts, name)) for name, label in STAFF.items() if _has(facts, name)]
    staff.sort(key=lambda one: (-_estimate(one), one.label))
    governors = [
        Dot(label, *_pair(facts, name), is_other=True)
        for name, label in GOVERNORS.items()
        if _has(facts, name)
    ]
    dots = [*staff, *governors]
    drawn, axes = dots_canvas(len(dots))
    _draw(facts, axes, dots)
    axes.set_xlim(0, 100)
    shown = [one for one in staff if one.is_shown] or [one for one in dots if one.is_shown]
    least = shown[-1].label.replace("\n", " ")
    title = (
        f"Fewest are trained on {least.lower()}"
        if shown[-1] in staff
        else "Governors trained within two years"
    )
    unit = f"Percentage of people in post trained in the last 24 months, with {_sure(facts)} intervals"
    alt = f"Dot chart of training coverage by topic, staff as circles and governors as squares. {_said(dots, '%')}"
    return _finish(facts, drawn, dots, title, unit, alt)


def alternative_provision(facts: Facts) -> Chart:
    """Shares of placements, reviews and moves that went as the strategy says, with what is withheld named."""
    dots = [Dot(label, *_pair(facts, name)) for name, label in SHARES.items() if _has(facts, name)]
    dots.sort(key=lambda one: (-_estimate(one), one.label))
    drawn, axes = dots_canvas(len(dots))
    _draw(facts, axes, dots)
    axes.set_xlim(0, 100)
    shown = [one for one in dots if one.is_shown]
    title = f"Least often as the strategy says: {shown[-1].label.lower()}".replace("\n", " ")
    unit = f"Percentage {records.in_time(facts)}, with {_sure(facts)} intervals"
    alt = f"Dot chart of practice in alternative provision. {_said(dots, '%')}"
    return _finish(facts, drawn, dots, title, unit, alt)


def _group(facts: Facts, topic: str, name: str) -> Dot:
    label = {EHC_PLAN: "EHC plan", between.NOT_ELIGIBLE: "Not eligible for free meals",
             between.ELIGIBLE: "Eligible for free meals"}.get(name, ETHNICITY_SHORT.get(name, name))  # fmt: skip
    now, before = (records.level(facts, SUSPENSIONS, topic, name, before=back) for back in (False, True))
    return Dot(label, now, before)


def _pair(facts: Facts, indicator: str) -> tuple[Fact | None, Fact | None]:
    return records.level(facts, indicator), records.level(facts, indicator, before=True)


def _sure(facts: Facts) -> str:
    return f"{facts.brief.confidence:.0%}"


def _has(facts: Facts, indicator: str) -> bool:
    return records.level(facts, indicator) is not None


def _estimate(dot: Dot) -> float:
    return float(dot.now["estimate"]) if dot.now is not None and dot.is_shown else -1.0


def _draw(facts: Facts, axes: Axes, dots: Sequence[Dot]) -> None:
    """The dots from the top down, the year before as a hollow diamond; a withheld line says the word instead."""
    for place, dot in enumerate(reversed(dots)):
        if not dot.label:
            continue
        if dot.before is not None and dot.before.is_known:
            axes.plot(
                [dot.before["estimate"]],
                [place - 0.27],
                "D",
                mfc="white",
                mec=GREY,
                markersize=4.5,
                zorder=3,
                clip_on=False,
            )
        if dot.now is None or not dot.is_shown:
            words = records.WITHHELD if records.is_withheld(dot.now) else "nothing to show"
            axes.text(
                0.01, place, words, transform=axes.get_yaxis_transform(), va="center", fontsize=9, color=GREY
            )
            continue
        x = float(dot.now["estimate"])
        if dot.now["indicator"] not in records.AT_MOST:
            axes.hlines(place, dot.now["lower"], dot.now["upper"], color=OWN, linewidth=1.6, zorder=4)
        axes.plot(
            [x], [place], "s" if dot.is_other else "o", color=OWN, markersize=7, zorder=5, clip_on=False
        )
    lines = [(place, dot.label) for place, dot in enumerate(reversed(dots)) if dot.label]
    axes.set_yticks([place for place, _ in lines], [label for _, label in lines], fontsize=9.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.7, len(dots) - 0.3)
    shapes = "circles: staff; squares: governors; " if any(dot.is_other for dot in dots) else ""
    if any(dot.before is not None and dot.before.is_known for dot in dots):
        shapes += f"filled: {facts.brief.period}; hollow diamond: {records.earlier(facts)}"
    axes.text(
        0.0, 1.01, shapes.removesuffix("; "), transform=axes.transAxes, fontsize=8.5, color=INK, va="bottom"
    )


def _said(dots: Sequence[Dot], unit: str) -> str:
    known = [
        f"{dot.label.replace(chr(10), ' ')} {_shown(dot.now, 'estimate')}{unit}{_limits(dot.now)}"
        for dot in dots if dot.now is not None and dot.is_shown
    ]  # fmt: skip
    held = [dot.label.replace("\n", " ") for dot in dots if records.is_withheld(dot.now)]
    return f"{'; '.join(known)}." + (f" Withheld: {'; '.join(held)}." if held else "")


def _limits(fact: Fact) -> str:
    if fact["indicator"] in records.AT_MOST:
        return ""
    return f" ({_shown(fact, 'lower')} to {_shown(fact, 'upper')})"


def _shown(fact: Fact, column: str) -> str:
    return rounded(float(fact[column]), 1)


def _finish(facts: Facts, drawn: Chart, dots: Sequence[Dot], title: str, unit: str, alt: str) -> Chart:
    used = [fact.row for dot in dots for fact in (dot.now, dot.before) if fact is not None and fact.is_known]
    rows = facts.frame.loc[used]
    drawn.title, drawn.unit, drawn.alt = title, unit, alt
    drawn.numbers = rows[["indicator", *NUMBER_COLUMNS]].reset_index()
    drawn.source = source_line(facts, rows)
    return drawn


def available(facts: Facts) -> tuple[str, ...]:
    """Names of the charts that have at least two numbers to draw."""
    if not records.has_rows(facts):
        return ()
    parts = {
        "suspensions_by_group": [
            records.level(facts, SUSPENSIONS, topic, name)
            for topic in between.TOPICS for name in records.groups(facts, SUSPENSIONS, topic)
        ],
        "training_coverage": [records.level(facts, name) for name in (*STAFF, *GOVERNORS)],
        "alternative_provision": [records.level(facts, name) for name in SHARES],
    }  # fmt: skip
    return tuple(
        name
        for name, facts_of in parts.items()
        if sum(one is not None and one.is_known for one in facts_of) > 1
    )


RECORD_CHARTS: MappingProxyType[str, Callable[[Facts], Chart]] = MappingProxyType(
    {
        "suspensions_by_group": suspensions_by_group,
        "training_coverage": training_coverage,
        "alternative_provision": alternative_provision,
    }
)
