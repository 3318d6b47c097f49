"""Sentences on charts of terms and of years: the level before the strategy, and what lies outside the limits since."""

from __future__ import annotations

from collections.abc import Sequence

from onroll.presentation.consistency import (
    Series,
    side,
    term_series,
    when,
    year_series,
)
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import in_words
from onroll.vocabulary import academic_year
from onroll.vocabulary.records import (
    CHART_BASELINE,
)

LISTED = 6
"""More terms than this are counted, not listed."""


def terms(facts: Facts) -> list[Text]:
    """A chart a paragraph: what was usual before the strategy, and which terms since lie outside it."""
    return [_steady(facts, one, "term") for one in term_series(facts)] or [
        text(
            "No chart of terms can be shown: own records by term from before the strategy were not received, or withheld."
        )
    ]


def years(facts: Facts) -> list[Text]:
    """The same for published years."""
    return [_steady(facts, one, "year") for one in year_series(facts)] or [
        text("No chart of years can be made.")
    ]


def _steady(facts: Facts, one: Series, kind: str) -> Text:
    said = text(f"{one.label}: before the strategy the level was ", one.level.bind("rate"), f" {one.unit}")
    base = [point for point in one.drawn if point["statistic"] == CHART_BASELINE]
    odd = sum(side(point) != 0 for point in base)
    last = one.drawn[-1]
    said = text(
        *said, f", and a steady {kind} of today's size would lie between ", last.bind("rate", "lower"), " and ",
        last.bind("rate", "upper"), ".",
    )  # fmt: skip
    if odd:
        many = f"{in_words(odd)} of {in_words(len(base))} {kind}s"
        said = text(
            *said,
            f" Even then it was not steady: {many} lay outside these limits, so what follows is a weak sign.",
        )
    hidden = (
        f" {in_words(one.hidden).capitalize()} {kind}s are withheld to protect pupils." if one.hidden else ""
    )
    return text(*said, *_signals(one, kind, facts.brief.launch), hidden)


def _signals(one: Series, kind: str, launch: str) -> Text:
    gone, since = one.withheld_since(launch), len(one.since(launch))
    are = "is" if gone == 1 else "are"
    unseen = (
        f" But {in_words(gone)} of the {in_words(since)} {kind}s since then {are} withheld, so neither a {kind} "
        "outside the limits nor a run could be seen there."
    )
    if not one.signals:
        if gone:
            return text(f" No {kind} shown since the strategy began lies outside them.{unseen}")
        return text(f" No {kind} since the strategy began lies outside them, and no run stands out.")
    parts: Text = text(unseen) if gone else ()
    for way, words in ((1, "above"), (-1, "below")):
        out = [point for point in one.signals if side(point) == way]
        if out:
            parts += text(f" Since the strategy began {_listed(out, kind)} {words} them.")
    runs = [point for point in one.signals if "in a run" in point["note"]]
    if runs:
        first, last = runs[0], runs[-1]
        parts += text(f" From {_named(first)} to {_named(last)} it ran on one side of the level, or one way, for longer "
                      "than chance makes it.")  # fmt: skip
    return parts


def _listed(out: Sequence[Fact], kind: str) -> str:
    verb = "lies" if len(out) == 1 else "lie"
    if len(out) > LISTED:
        return f"{in_words(len(out))} {kind}s lie"
    names = [_named(one) for one in out]
    return f"{', '.join(names[:-1])} and {names[-1]} {verb}" if len(names) > 1 else f"{names[0]} {verb}"


def _named(one: Fact) -> str:
    year, term = when(one)
    return f"{term.lower()} {academic_year(year)}" if term else academic_year(year)
