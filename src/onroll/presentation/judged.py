"""What the primary design and its checks found, as pages ask for it: one outcome of one phase at a time."""

from __future__ import annotations

from dataclasses import dataclass

from onroll.presentation.facts import Fact, Facts
from onroll.vocabulary import DETECTABLE_GAP, MEASURES, PHASES, PLACEBO_SHARE, RELATIVE_CHANGE, SENSITIVITY
from onroll.vocabulary.impact import (
    AGREE,
    AGREEMENT,
    AUTHORITY_PANEL,
    CHECK,
    CHECKS,
    CHOICE_DESIGNS,
    DRIVER,
    EARLIER_SEEN,
    EXPECTED_CHANGE,
    FAILED,
    HEIGHT,
    MULTIVERSE,
    NOT_MADE,
    PANEL,
    PANEL_AS_IT_IS,
    PLANTED,
    RAW_CHANGE,
    RETURN,
    SEEN,
    SPECIFICATION,
    STOOD_AS_HIGH,
    VERDICT,
)

TOTAL = PHASES[-1]
OUTCOMES = ("suspension_rate", "suspended_pupil_rate", "permanent_exclusion_rate")


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows about one outcome in one phase; None where there is none.

    ``visible`` begins to stand out, ``likely`` is seen in most authorities; ``plain`` is the ratio with the height before
    not allowed for; ``why`` says why there is no estimate, where there is none.
    """

    outcome: str
    phase: str
    ratio: Fact | None
    visible: Fact | None
    raw: Fact | None
    expected: Fact | None
    others: Fact | None
    as_high: Fact | None
    earlier: Fact | None
    earlier_seen: Fact | None
    likely: Fact | None
    plain: Fact | None
    height: Fact | None
    checks: tuple[Fact, ...]
    verdict: Fact | None
    agreement: Fact | None
    middle: Fact | None
    drivers: tuple[Fact, ...]
    why: str = ""

    @property
    def events(self) -> str:
        """What is counted, in words: ``suspensions``."""
        return MEASURES[self.outcome].events

    @property
    def label(self) -> str:
        """The outcome as a heading has it: ``Suspension rate``."""
        return MEASURES[self.outcome].label

    @property
    def level(self) -> str:
        """How far the evidence goes, as the vocabulary has it; empty where nothing was judged."""
        return "" if self.verdict is None else str(self.verdict["note"])

    @property
    def stood_high(self) -> bool:
        """Whether the rate in the last years before was above that of the years before them, beside the others."""
        return self.height is None or self.height["estimate"] > 1

    @property
    def rests_on_few(self) -> bool:
        """Whether hardly any other stood as high, so that what is expected is drawn out to where there is nobody."""
        check = self.check(RETURN)
        return (
            check is not None
            and self.stood_high
            and str(check["note"]).startswith(NOT_MADE)
            and None not in (self.as_high, self.plain)
        )

    @property
    def choices_differ(self) -> bool:
        """Whether fewer other choices point the same way than the plan asks for."""
        check = self.check(AGREE)
        return check is not None and str(check["note"]).startswith(FAILED)

    def check(self, name: str) -> Fact | None:
        """The row of one check."""
        return next((one for one in self.checks if one["method"] == name), None)


def judged(facts: Facts, outcome: str, phase: str = TOTAL) -> Judged:
    """The rows about one outcome in one phase."""
    about = {"indicator": f"strategy_impact_{outcome}"}
    panel = about | {"design": AUTHORITY_PANEL, "breakdown": phase}

    def one(statistic: str, **said: str) -> Fact | None:
        """One known row of the primary design, or of what is named instead."""
        found = facts.one(**{**panel, "statistic": statistic, **said})
        return found if found is not None and found.is_known else None

    ratio = facts.one(**panel, statistic=RELATIVE_CHANGE)
    choices = about | {"design": MULTIVERSE}
    checks = {str(fact["method"]): fact for fact in facts.all(**panel, statistic=CHECK)}
    return Judged(
        outcome, phase, one(RELATIVE_CHANGE), one(DETECTABLE_GAP), one(RAW_CHANGE), one(EXPECTED_CHANGE),
        one(PLACEBO_SHARE), facts.one(**panel, statistic=STOOD_AS_HIGH), one(SENSITIVITY), one(EARLIER_SEEN),
        one(SEEN, design=CHOICE_DESIGNS[PANEL], method=PLANTED),
        one(RELATIVE_CHANGE, design=CHOICE_DESIGNS[PANEL_AS_IT_IS]), one(HEIGHT, area=facts.brief.area),
        tuple(checks[name] for name in CHECKS if name in checks), facts.one(**panel, statistic=VERDICT),
        one(AGREEMENT, design=MULTIVERSE, breakdown=TOTAL), facts.one(**choices, statistic=SPECIFICATION),
        tuple(facts.all(**choices, statistic=DRIVER)),
        "" if ratio is None or ratio.is_known else str(ratio["note"]),
    )  # fmt: skip


def all_judged(facts: Facts) -> tuple[Judged, ...]:
    """Every outcome over all schools."""
    return tuple(judged(facts, outcome) for outcome in OUTCOMES)
