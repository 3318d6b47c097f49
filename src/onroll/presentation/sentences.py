"""Sentences made from released numbers. Each number in them is bound to its cell of the evidence.

The design decides the verb: counts happened, rates rose or fell, and no sentence here credits or faults
the strategy, because no design that published figures allow earns that.
"""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import for_every
from onroll.presentation.wording import compared, direction, ends, possessive
from onroll.vocabulary import (
    BASELINE,
    CHANGE_DIFFERENCE,
    DETECTABLE_FALL,
    DIFF_IN_DIFF,
    ETHNICITY_WORDS,
    GAP,
    MEASURES,
    NEXT_YEAR,
    PLACEBO_SHARE,
    PREVIOUS_YEAR,
    RATE,
    RATE_RATIO,
    RELATIVE_CHANGE,
    RELATIVE_RISK,
    SEN_BY_TERM,
    SYNTHETIC_CONTROL,
    TOTAL,
    academic_year,
    previous,
)

CLOSE_ENOUGH = 1e-12
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
    return text(*said, ".", *_beside_england(facts, measure))


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
    lead = {"rose less than": "England rose faster, from ", "rose more than": "England rose less, from "}.get(
        how,
        f"England {there}, from "
        if there != "stayed about the same"
        else "England stayed about the same, from ",
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
        f" {for_every(measure)}. ",
    )  # fmt: skip
    return text(*lead, *_is_it_chance(known))


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
    lead = "With numbers this small, only" if seen["denominator"] < 200 else f"For {events}, only"
    usual = "the usual movement of authorities" if "dispersion" in seen["method"] else "chance"
    return text(
        f"{lead} a fall ", seen.bind("portion"), f" from one year to the next would stand out from {usual}."
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


def impact(facts: Facts, measure: str = "suspension_rate") -> list[Text]:
    """What comparisons with other authorities show, how many others moved as far, and what follows."""
    brief, indicator = facts.brief, f"strategy_impact_{measure}"
    gap = facts.one(indicator=indicator, statistic=GAP, time_period=brief.year)
    share = facts.one(indicator=indicator, statistic=PLACEBO_SHARE, design=SYNTHETIC_CONTROL)
    if gap is None or share is None:
        why = facts.one(indicator=indicator)
        events = MEASURES[measure].events
        return [text(f"Whether the strategy changed {events}: {why['note'] if why else 'not examined'}.")]
    side = "below" if gap["estimate"] < 0 else "above"
    first = text(
        f"{brief.area} is now ", gap.bind("size"), f" {MEASURES[measure].events} per {MEASURES[measure].per:,} {side} "
        f"what authorities that resembled it before {brief.launch[:4]} would suggest. ",
    )  # fmt: skip
    rest = text(share.bind("in_ten_first"), " other authorities moved as far from their own comparison")
    stands_out = share["estimate"] <= brief.stands_out
    control = text(*first, *rest, *_already(facts, measure), *_so(side, stands_out))
    return [control, *_second_comparison(facts, measure)]


def _already(facts: Facts, measure: str) -> Text:
    first, last = (facts.rate(measure, year) for year in (facts.brief.baseline[0], facts.brief.baseline[-1]))
    if first is None or last is None or direction(first["estimate"], last["estimate"]) != "fell":
        return ()
    return text(
        f", and {possessive(facts.brief.area)} rate was already falling before the strategy began (from ",
        first.bind("rate"), f" in {academic_year(facts.brief.baseline[0])} to ", last.bind("rate"),
        f" in {academic_year(facts.brief.baseline[-1])})",
    )  # fmt: skip


def _so(side: str, stands_out: bool) -> Text:
    if stands_out:
        return text(
            ". Few moved as far, which deserves a closer look; one authority and one comparison are not proof."
        )
    verb = "credited to" if side == "below" else "blamed on"
    return text(f", so this difference cannot be {verb} the strategy.")


def _second_comparison(facts: Facts, measure: str) -> list[Text]:
    """The change since the years before against the change of all others, and why it may mislead."""
    indicator = f"strategy_impact_{measure}"
    share = facts.one(indicator=indicator, statistic=PLACEBO_SHARE, design=DIFF_IN_DIFF)
    ratio = facts.one(indicator=indicator, statistic=RELATIVE_CHANGE)
    apart = facts.one(indicator=indicator, statistic=CHANGE_DIFFERENCE)
    found = ratio if ratio is not None and ratio.is_known else apart
    if share is None or found is None or not found.is_known:
        return []
    years = f"{academic_year(facts.brief.change_pre[0])} to {academic_year(facts.brief.change_pre[-1])}"
    if found is ratio:
        side = "below" if found["estimate"] < 1 else "above"
        lead = text(f"Set against its own years {years}, the rate stands at ", found.bind("times"), " times where the mean "
                    "change of all other authorities would have taken it")  # fmt: skip
    else:
        side = "below" if found["estimate"] < 0 else "above"
        per = f"per {MEASURES[measure].per:,}"
        lead = text(f"Set against its own years {years}, the rate stands ", found.bind("size"), f" {per} {side} where the "
                    "mean change of all other authorities would have taken it")  # fmt: skip
    others = text("; ", share.bind("in_ten"), " others, allowing for size, moved as far")
    highest = _highest_before(facts, measure)
    if side == "below" and highest is not None:
        caution = text(
            f". Those years hold {possessive(facts.brief.area)} highest rate before the strategy (",
            highest.bind("rate"), f" in {academic_year(highest['time_period'])}), and a rate that stands high tends to "
            "fall back by itself, so this cannot be credited to the strategy either.",
        )  # fmt: skip
    else:
        caution = _so(side, share["estimate"] <= facts.brief.stands_out)
    return [text(*lead, *others, *caution)]


def _highest_before(facts: Facts, measure: str) -> Fact | None:
    """The highest rate before the launch, if it lies in the years that the change is measured from."""
    rows = facts.all(indicator=measure, statistic=RATE, area=facts.brief.area, breakdown=TOTAL)
    before = [row for row in rows if row.is_known and row["time_period"] < facts.brief.launch]
    highest = max(before, key=lambda row: float(row["estimate"]), default=None)
    return highest if highest is not None and highest["time_period"] in facts.brief.change_pre else None


def sen(facts: Facts) -> list[Text]:
    """The latest term of the year by SEN provision: rate and ratio against the reference group."""
    indicator, reference = "suspension_rate_by_sen", facts.brief.reference_groups["sen_provision"]
    rows = facts.where(
        indicator=indicator, statistic=RATE_RATIO, time_period=facts.brief.year, breakdown_topic=SEN_BY_TERM
    )
    if rows.empty:
        return []
    term = rows["breakdown"].str.rsplit(", ", n=1).str[1].max()
    out = []
    for group, words in (("SEN support", "pupils with SEN support"),
                         ("Education, health and care plan", "pupils with an Education, health and care plan")):  # fmt: skip
        about = {"indicator": indicator, "time_period": facts.brief.year, "breakdown": f"{group}, {term}"}
        level, against = facts.one(statistic=RATE, **about), facts.one(statistic=RATE_RATIO, **about)
        base = facts.one(**{**about, "breakdown": f"{reference}, {term}", "statistic": RATE})
        if level is None or against is None or base is None or not against.is_known:
            continue
        out.append(text(
            f"In the {term.lower()} schools suspended {words} ", level.bind("rate"), " times for every 100, and pupils "
            "with no SEN ", base.bind("rate"), " times: ", against.bind("times"), " times as often (interval ",
            against.bind("times", "lower"), " to ", against.bind("times", "upper"), ").",
        ))  # fmt: skip
    return out


def ethnicity(facts: Facts, measure: str, most: int = 3) -> list[Text]:
    """Groups whose rate stands clearly above the reference group's, the furthest first."""
    indicator, reference = f"{measure}_by_ethnicity", facts.brief.reference_groups["ethnicity_major"]
    about = {"indicator": indicator, "time_period": facts.brief.year}
    found = [fact for fact in facts.all(statistic=RATE_RATIO, **about) if fact.is_known and fact["lower"] > 1]
    base = facts.one(statistic=RATE, breakdown=reference, **about)
    out = []
    for fact in sorted(found, key=lambda one: -one["estimate"])[:most]:
        level = facts.one(statistic=RATE, breakdown=fact["breakdown"], **about)
        if level is None or base is None:
            continue
        verb = "suspended" if measure == "suspension_rate" else "permanently excluded"
        group, base_group = (
            f"pupils recorded as {ETHNICITY_WORDS[name]}" for name in (fact["breakdown"], reference)
        )
        out.append(text(
            f"Schools {verb} {group} ", level.bind("rate"), f" times {for_every(measure)} (",
            level.bind("count", "numerator"), " for ", level.bind("count", "denominator"), f" pupils), {base_group} ",
            base.bind("rate"), " times (", base.bind("count", "numerator"), " for ", base.bind("count", "denominator"),
            "): ", fact.bind("times"), " times the rate (interval ", fact.bind("times", "lower"), " to ",
            fact.bind("times", "upper"), ").",
        ))  # fmt: skip
    return out


def span(fact: Fact) -> Text:
    """A rate with its interval, for a table cell: ``6.1 (5.6 to 6.5)``."""
    if not fact.is_known:
        return text("not available")
    if fact["lower"] != fact["lower"]:
        return text(fact.bind("rate"))
    between = f"{NO_BREAK}to{NO_BREAK}"
    return text(fact.bind("rate"), " (", fact.bind("rate", "lower"), between, fact.bind("rate", "upper"), ")")
