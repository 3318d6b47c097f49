"""How many and how often, what changed, and what change could have been seen."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import for_every
from onroll.presentation.wording import compared, direction, ends, possessive
from onroll.vocabulary import (
    BASELINE,
    DETECTABLE_FALL,
    DETECTABLE_RISE,
    MEASURES,
    NEXT_YEAR,
    PREVIOUS_YEAR,
    RATE_RATIO,
    RELATIVE_RISK,
    TOTAL,
    academic_year,
    previous,
)

CLOSE_ENOUGH = 1e-12
FEW = 200
"""Below this many events a year the number itself says why little can be seen."""
NO_BREAK = "\u00a0"


def happened(facts: Facts, measure: str) -> Text:
    """How many and how often, beside the last year before the strategy and beside England."""
    brief = facts.brief
    now, years = facts.rate(measure), ends(facts, measure, brief.area)
    if now is None or not now.is_known:
        return text(f"{MEASURES[measure].label} in {academic_year(brief.year)}: not available.")
    said = _opening(facts, measure, now)
    if years is not None and brief.year > brief.baseline[-1]:
        then = years[0]
        word = _moved(then, now)
        before = academic_year(brief.baseline[-1])
        said += text(f", {word} ", then.bind("rate"), f" in {before} (", then.bind("count", "numerator"), ")")
    return text(*said, ".", *_beside_england(facts, measure), *_since_launch(facts, measure))


def _since_launch(facts: Facts, measure: str) -> Text:
    """The strategy's first year, where the rate has since moved the other way than from the years before."""
    brief = facts.brief
    first, years = facts.rate(measure, brief.launch), ends(facts, measure, brief.area)
    if first is None or years is None or not first.is_known or brief.year <= brief.launch:
        return ()
    then, now = years
    since = direction(first["estimate"], now["estimate"])
    if since == direction(then["estimate"], now["estimate"]) or since == "stayed about the same":
        return ()
    word = {"rose": "risen", "fell": "fallen"}[since]
    return text(
        f" In {academic_year(brief.launch)}, the strategy's first year, there were ", first.bind("count", "numerator"),
        " (", first.bind("rate"), f"): since then the rate has {word}.",
    )  # fmt: skip


def _opening(facts: Facts, measure: str, now: Fact) -> Text:
    schools, year = f"{possessive(facts.brief.area)} schools", academic_year(facts.brief.year)
    number, each = now.bind("count", "numerator"), now.bind("rate")
    every = for_every(measure)
    if measure == "suspension_rate":
        return text(f"{schools} suspended pupils ", number, f" times in {year}: ", each, f" {every}")
    if measure == "suspended_pupil_rate":
        return text(
            f"{schools} suspended ", number, f" different pupils at least once in {year}: ", each, f" {every}"
        )
    return text("There were ", number, f" permanent exclusions in {year}, ", each, f" {every}")


def _moved(then: Fact, now: Fact) -> str:
    word = direction(then["estimate"], now["estimate"])
    return {"rose": "up from", "fell": "down from"}.get(word, "about the same as")


def _beside_england(facts: Facts, measure: str) -> Text:
    england, how = ends(facts, measure, "England"), compared(facts, measure)
    if england is None or not how or facts.brief.year <= facts.brief.baseline[-1]:
        return ()
    there = direction(england[0]["estimate"], england[1]["estimate"])
    verb = "stayed about the same" if there == "stayed about the same" else there
    lead = {"rose less than": "England rose faster, from ", "rose more than": "England rose less, from "}.get(
        how,
        f"England's rate {verb}, from "
        if there == "stayed about the same"
        else f"England's rate {verb} from ",
    )
    return text(" ", lead, england[0].bind("rate"), " to ", england[1].bind("rate"), ".")


def since_last_year(facts: Facts, measure: str) -> Text:
    """The change from the year before, and whether chance or usual movement would make as much."""
    word = RELATIVE_RISK if MEASURES[measure].is_proportion else RATE_RATIO
    found = facts.all(indicator=measure, comparator=PREVIOUS_YEAR, statistic=word, breakdown=TOTAL)
    before = facts.rate(measure, previous(facts.brief.year))
    known = [fact for fact in found if fact.is_known]
    if not known or before is None:
        return ()
    now = facts.rate(measure)
    assert now is not None
    last = academic_year(previous(facts.brief.year))
    moved = direction(before["estimate"], now["estimate"])
    if moved == "stayed about the same":
        return text(f"The year before, {last}, the rate was about the same: ", before.bind("rate"), ".")
    lead = text(
        f"The year before, {last}, there were ", before.bind("count", "numerator"), ", or ", before.bind("rate"),
        f" {for_every(measure)}", *_visible_then(facts, measure, moved), ". ",
    )  # fmt: skip
    return text(*lead, *_is_it_chance(known))


def _visible_then(facts: Facts, measure: str, moved: str) -> Text:
    """How large the rise, or the fall, would have had to be to be likely to stand out from chance."""
    statistic, word = (DETECTABLE_RISE, "rise") if moved == "rose" else (DETECTABLE_FALL, "fall")
    seen = facts.one(indicator=measure, statistic=statistic, comparator=PREVIOUS_YEAR, breakdown=TOTAL)
    if seen is None or not seen.is_known:
        return ()
    usual = "the usual movement of authorities" if "dispersion" in seen["method"] else "chance"
    return text(
        f"; from there only a {word} of about ",
        seen.bind("percent"),
        f" was likely to stand out from {usual}",
    )


def _is_it_chance(known: list[Fact]) -> Text:
    narrow, wide = known[0], known[-1]
    usual = "chance makes" if wide["method"].startswith("exact") else "authorities usually see"
    span = text(" (the rate is ", narrow.bind("times"), " times the earlier one; interval ", narrow.bind("times", "lower"),
                " to ", narrow.bind("times", "upper"), ")")  # fmt: skip
    if _excludes_one(wide):
        return text(
            f"A change of this size is larger than {usual} from one year to the next",
            *span,
            ".",
        )
    if len(known) > 1 and _excludes_one(narrow):
        return text(
            "Chance alone would seldom make such a change", *span, ", but authorities' numbers move by more than chance: "
            "allowing for that the interval is ", wide.bind("times", "lower"), " to ", wide.bind("times", "upper"),
            ", so it is not certain that anything changed.",
        )  # fmt: skip
    return text(f"A change of this size is no larger than {usual} from one year to the next", *span, ".")


def _excludes_one(fact: Fact) -> bool:
    return bool(fact["lower"] > 1 + CLOSE_ENOUGH or fact["upper"] < 1 - CLOSE_ENOUGH)


def could_be_seen(facts: Facts, measure: str) -> Text:
    """What change next year would stand out: said before anyone looks for one."""
    seen = facts.one(indicator=measure, statistic=DETECTABLE_FALL, comparator=NEXT_YEAR, breakdown=TOTAL)
    if seen is None or not seen.is_known:
        return ()
    events = MEASURES[measure].events
    few = text("With no more than these ", seen.bind("count", "denominator"), f" {events} a year, only")
    lead = few if seen["denominator"] < FEW else text(f"For {events}, only")
    usual = "the usual movement of authorities" if "dispersion" in seen["method"] else "chance"
    return text(
        *lead, " a fall ", seen.bind("portion"), f" from one year to the next would stand out from {usual}."
    )  # fmt: skip


def baseline_change(facts: Facts, measure: str) -> Text:
    """The rate against the authority's own years before the strategy, with the widest interval."""
    word = RELATIVE_RISK if MEASURES[measure].is_proportion else RATE_RATIO
    found = [
        f
        for f in facts.all(indicator=measure, comparator=BASELINE, statistic=word, breakdown=TOTAL)
        if f.is_known
    ]
    if not found:
        return ()
    wide = found[-1]
    first, last = academic_year(facts.brief.baseline[0]), academic_year(facts.brief.baseline[-1])
    years = first if first == last else f"{first} to {last} together"
    widened = ", widened by how other authorities moved" if "dispersion" in wide["method"] else ""
    return text(
        f"Against {years}, the rate is ", wide.bind("times"), " times what it was (interval ",
        wide.bind("times", "lower"), " to ", wide.bind("times", "upper"), f"{widened}).",
    )  # fmt: skip


def span(fact: Fact) -> Text:
    """A rate with its interval, for a table cell: ``6.1 (5.6 to 6.5)``."""
    if not fact.is_known:
        return text("not available")
    if fact["lower"] != fact["lower"]:
        return text(fact.bind("rate"))
    between = f"{NO_BREAK}to{NO_BREAK}"
    return text(fact.bind("rate"), " (", fact.bind("rate", "lower"), between, fact.bind("rate", "upper"), ")")
