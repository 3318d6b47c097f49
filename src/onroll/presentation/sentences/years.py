"""Sentences on the years before the strategy: whether the authority moved apart already, and what such a look can tell."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import OUTCOMES
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.phrases import between
from onroll.vocabulary import MEASURES, RELATIVE_CHANGE
from onroll.vocabulary.impact import (
    YEAR_BY_YEAR,
    YEARS_BIAS,
    YEARS_BROKEN,
    YEARS_SLOPE,
    YEARS_TEST,
)


def years_before(facts: Facts) -> list[Text]:
    """A paragraph an outcome: what a test of the years before finds and could have found, what would explain the change."""
    said = [words for outcome in OUTCOMES if (words := _before(facts, outcome))]
    return said or [
        text("Too few years or authorities can be compared to look at the years before one by one.")
    ]


def _one(facts: Facts, outcome: str, statistic: str) -> Fact | None:
    found = facts.one(indicator=f"strategy_impact_{outcome}", statistic=statistic, design=YEAR_BY_YEAR)
    return found if found is not None and found.is_known else None


def _before(facts: Facts, outcome: str) -> Text:
    test, slope, bias, broken, mean = (
        _one(facts, outcome, one) for one in (YEARS_TEST, YEARS_SLOPE, YEARS_BIAS, YEARS_BROKEN, RELATIVE_CHANGE)
    )  # fmt: skip
    if test is None or slope is None or bias is None or mean is None:
        return ()
    base = str(mean["note"]).removeprefix("beside ").split(";")[0]
    label, area = MEASURES[outcome].label, facts.brief.area
    moved = (
        f"{label}: {area} was moving apart from other authorities already before the strategy (test of all years before "
        "together, p = "
        if test["estimate"] <= 1 - facts.brief.confidence
        else f"{label}: {area} is not seen to have moved apart from other authorities before the strategy (test of all "
        "years before together, p = "
    )
    blind = text(
        ". That test is blunt: only a steady drift of ", slope.bind("rise"), " a year or more would have been found "
        f"{facts.brief.power:.0%} of the time, and an upward drift of that size would alone make the ratio since the "
        "launch ", bias.bind("ratio"), " instead of 1",
    )  # fmt: skip
    since = text(f". Beside {base} alone the ratio since the launch is ", mean.bind("ratio"), " (",
                 *between(mean, "ratio"), ")")  # fmt: skip
    return text(moved, test.bind("probability"), ")", *blind, *since, *_explained(broken), ".")


def _explained(broken: Fact | None) -> Text:
    """How far trends would have had to depart for the change to be explained."""
    if broken is None:
        return ()
    if broken["estimate"] == 0:
        return text(", which does not stand out even if nothing else had moved them apart")
    return text(
        ", which would no longer stand out if anything else had moved them apart by ", broken.bind("times"),
        " times their largest move apart from one year to the next before (the step over the pandemic counted as one)",
    )  # fmt: skip
