"""What comparisons with other authorities show, how many others moved as far, and what follows from it."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.wording import direction, possessive
from onroll.vocabulary import (
    CHANGE_DIFFERENCE,
    DETECTABLE_GAP,
    DIFF_IN_DIFF,
    GAP,
    MEASURES,
    PLACEBO_SHARE,
    RATE,
    RELATIVE_CHANGE,
    SYNTHETIC_CONTROL,
    SYNTHETIC_RATE,
    TOTAL,
    academic_year,
)


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
    first = (*_could_be_seen(facts, measure), *first)
    rest = text(share.bind("in_ten_first"), " other authorities moved as far from their own comparison")
    stands_out = share["estimate"] <= brief.stands_out
    control = text(*first, *rest, *_already(facts, measure), *_so(side, stands_out))
    return [control, *_second_comparison(facts, measure)]


def _could_be_seen(facts: Facts, measure: str) -> Text:
    """What gap would have stood out by this comparison, said before the one that was found."""
    indicator = f"strategy_impact_{measure}"
    visible = facts.one(indicator=indicator, statistic=DETECTABLE_GAP, design=SYNTHETIC_CONTROL)
    expected = facts.one(indicator=indicator, statistic=SYNTHETIC_RATE, time_period=facts.brief.year)
    if visible is None or expected is None:
        return ()
    if visible["estimate"] >= expected["estimate"]:
        return text(
            f"By a comparison with authorities that resembled it, not even a fall to no {MEASURES[measure].events} at all "
            "would have stood out: too many other authorities moved too far. "
        )  # fmt: skip
    return text(
        "By a comparison with authorities that resembled it, only a gap of about ", visible.bind("rate"),
        f" {MEASURES[measure].events} per {MEASURES[measure].per:,} would have stood out. ",
    )  # fmt: skip


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
