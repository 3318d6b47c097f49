"""What comparisons with other authorities show, how many others moved as far, and what follows from it."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import OUTCOMES, judged
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import in_words, percent
from onroll.presentation.sentences.phrases import fall_or_rise
from onroll.presentation.wording import possessive
from onroll.vocabulary import (
    CHANGE_DIFFERENCE,
    DETECTABLE_GAP,
    DIFF_IN_DIFF,
    FIT,
    GAP,
    MEAN_GAP,
    MEASURES,
    PLACEBO_DISTANCE,
    PLACEBO_SHARE,
    RATE,
    RELATIVE_CHANGE,
    SENSITIVITY,
    SYNTHETIC_CONTROL,
    SYNTHETIC_RATE,
    TOTAL,
    academic_year,
)
from onroll.vocabulary.impact import HULL, PASSED, RETURN

FIRST = "suspension_rate"
POOR_FIT = "poor fit before"
IN_TURN, WITHOUT_PANDEMIC, NONE_TO_FIND = (
    "left out in turn",
    "pandemic years are left out",
    "when there was none",
)
"""What tells the rows of other choices from one another."""
NOTHING = "0.0"
SINCE = "the mean gap over all years since the launch"


def impact(facts: Facts, measure: str = FIRST) -> list[Text]:
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
        f"In {academic_year(brief.year)} {brief.area} is ", gap.bind("size"),
        f" {MEASURES[measure].events} per {MEASURES[measure].per:,} {side} what"
        f" authorities that resembled it before {brief.launch[:4]} would suggest. ",
    )  # fmt: skip
    distance = facts.one(indicator=indicator, statistic=PLACEBO_DISTANCE)
    rest = text(share.bind("in_ten_first"), " other authorities moved as far from their own comparison")
    if distance is not None:
        rest += text(", given how closely it fitted before (", distance.bind("in_ten"), " by distance alone)")
    shares = [share["estimate"]] + ([distance["estimate"]] if distance is not None else [])
    already = _already(facts, measure) if side == "below" else ()
    control = text(
        *_outside(facts, measure),
        *_fit(facts, measure),
        *_could_be_seen(facts, measure),
        *first,
        *rest,
        *already,
        *_so(side, max(shares) <= brief.stands_out),
    )  # fmt: skip
    return [
        *([_windows(facts)] if measure == FIRST else []),
        control,
        *_other_choices(facts, measure),
        *_second_comparison(facts, measure),
    ]


def _windows(facts: Facts) -> Text:
    """Where this differs from the tables of designs, since it names the same designs and finds other numbers."""
    pandemic = f"{academic_year(facts.brief.pandemic[0])} to {academic_year(facts.brief.pandemic[-1])}"
    since = f"{academic_year(facts.brief.change_pre[0])} to {academic_year(facts.brief.change_pre[-1])}"
    return text(
        "What follows looks at rates, not at ratios, beside all other authorities, and at other years than the tables of "
        f"designs, so that numbers of designs of one name differ: the synthetic control counts the pandemic years "
        f"({pandemic}) among those before the launch and is told for one year; the difference in differences leaves them "
        f"out and begins from {since} alone. The table of falls says what is noticed in {percent(facts.brief.power)} of "
        f"cases with {in_words(len(OUTCOMES))} outcomes looked at together; what follows says what begins to stand out of "
        "one outcome by itself. And how far authorities moved from their synthetic controls is here divided by how closely "
        "each fitted before, which the table does not do.",
    )  # fmt: skip


def _outside(facts: Facts, measure: str) -> Text:
    """Said where the authority lay outside all others before: then no weights of others can stand for it."""
    hull = facts.one(indicator=f"strategy_impact_{measure}", statistic=HULL)
    if hull is None or not hull.is_known or hull["numerator"] == 0:
        return ()
    return text(
        f"{facts.brief.area} lay below or above every other authority in ", hull.bind("count", "numerator"), " of ",
        hull.bind("count", "denominator"), " years before, so no mixture of others can stand for it there. ",
    )  # fmt: skip


def _fit(facts: Facts, measure: str) -> Text:
    """How closely the mixture followed the authority before; where poorly, what comes after may have been there already."""
    fit = facts.one(indicator=f"strategy_impact_{measure}", statistic=FIT, design=SYNTHETIC_CONTROL)
    if fit is None or not fit.is_known:
        return ()
    area, per = facts.brief.area, f" per {MEASURES[measure].per:,}"
    said = text(
        f"Before the launch the mixture of authorities that came nearest to {area} followed its rate ",
        "poorly, " if POOR_FIT in str(fit["note"]) else "", "with a usual gap of ", fit.bind("fine_size"), per,
    )  # fmt: skip
    poor = ", so what comes after may have been there already. "
    return text(*said, poor if POOR_FIT in str(fit["note"]) else ". ")


def _other_choices(facts: Facts, measure: str) -> list[Text]:
    """How far the gap moves with other choices that could as well have been made, and at a date with nothing to find."""
    rows = facts.all(indicator=f"strategy_impact_{measure}", statistic=SENSITIVITY, design=SYNTHETIC_CONTROL)
    named = {
        words: next((row for row in rows if words in row["method"] and row.is_known), None)
        for words in (IN_TURN, WITHOUT_PANDEMIC, NONE_TO_FIND)
    }
    turn, calm, early = named.values()
    said: list[Text] = []
    mean = facts.one(indicator=f"strategy_impact_{measure}", statistic=MEAN_GAP, design=SYNTHETIC_CONTROL)
    if mean is not None and mean.is_known:
        per = f" per {MEASURES[measure].per:,}"
        said.append(text(f"{SINCE} is ", *_sided(mean, per=per)))
    if turn is not None:
        said.append(text("with each authority of the mixture left out in turn it lies between ",
                         *_sided(turn, "lower"), " and ", *_sided(turn, "upper")))  # fmt: skip
    if calm is not None:
        said.append(text(f"with the pandemic years left out of those before, {SINCE} is ", *_sided(calm)))
    if not said:
        return [_earlier(early)] if early is not None else []
    listed = [part for at, words in enumerate(said) for part in (*(("; ",) if at else ()), *words)]
    check = (" ", *_earlier(early)) if early is not None else ()
    return [text("Other choices give other answers: ", *listed, ".", *check)]


def _earlier(early: Fact) -> Text:
    """What the same comparison finds at a date when there was no strategy, and whether that is as it should be."""
    began = str(early["method"]).split("begun in ")[1].split(",")[0]
    so = (
        "no more than others show, as it should be"
        if early["lower"] <= 0 <= early["upper"]
        else "so this comparison also finds gaps that cannot be the strategy's"
    )
    return text(
        f"As a check: had the strategy begun in {began}, when it had not, there would have been a gap of ",
        *_sided(early), " (interval ", *_sided(early, "lower"), " to ", *_sided(early, "upper"), f"), {so}.",
    )  # fmt: skip


def _sided(fact: Fact, column: str = "estimate", per: str = "") -> Text:
    """A gap without its sign and which side it is on: ``1.8 below``; no side where it rounds to nothing."""
    size = fact.bind("size", column)
    if size.text == NOTHING:
        return text(size, per)
    return text(size, per, " below" if fact[column] < 0 else " above")


def _could_be_seen(facts: Facts, measure: str) -> Text:
    """What gap would have stood out by this comparison, said before the one that was found."""
    indicator = f"strategy_impact_{measure}"
    visible = facts.one(indicator=indicator, statistic=DETECTABLE_GAP, design=SYNTHETIC_CONTROL)
    expected = facts.one(indicator=indicator, statistic=SYNTHETIC_RATE, time_period=facts.brief.year)
    if visible is None or expected is None:
        return ()
    if visible["estimate"] >= expected["estimate"]:
        return text(
            "By a comparison with authorities that had resembled it, not even a fall to no "
            f"{MEASURES[measure].events} at all would have stood out: too many other authorities moved too far. "
        )  # fmt: skip
    return text(
        "By a comparison with authorities that resembled it, only a usual gap since the launch of about ",
        visible.bind("rate"), f" {MEASURES[measure].events} per {MEASURES[measure].per:,} would have stood out. ",
    )  # fmt: skip


def _already(facts: Facts, measure: str) -> Text:
    first, last = (facts.rate(measure, year) for year in (facts.brief.baseline[0], facts.brief.baseline[-1]))
    if first is None or last is None or MEASURES[measure].is_rare:
        return ()
    if not last["upper"] < first["lower"]:
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
    """What change would have stood out, the change since the years before beside that of all others, and what follows."""
    indicator = f"strategy_impact_{measure}"
    share = facts.one(indicator=indicator, statistic=PLACEBO_SHARE, design=DIFF_IN_DIFF)
    ratio = facts.one(indicator=indicator, statistic=RELATIVE_CHANGE, design=DIFF_IN_DIFF)
    apart = facts.one(indicator=indicator, statistic=CHANGE_DIFFERENCE, design=DIFF_IN_DIFF)
    is_ratio = ratio is not None and ratio.is_known
    found = ratio if is_ratio else apart
    if share is None or found is None or not found.is_known:
        return []
    none = 1 if is_ratio else 0
    side = "below" if found["estimate"] < none else "above"
    higher = "higher" if side == "below" else "lower"
    years = f"{academic_year(facts.brief.change_pre[0])} to {academic_year(facts.brief.change_pre[-1])}"
    per = f" per {MEASURES[measure].per:,}"
    lead = text(
        f"Had {possessive(facts.brief.area)} rate changed since {years} as others' did on average, it would be {higher}",
        *((": it stands at ", found.bind("times"), " times that") if is_ratio else (" by ", found.bind("size"), per)),
    )  # fmt: skip
    others = text("; ", share.bind("in_ten"), " others, allowing for size, moved as far")
    stands_out = found["lower"] > none or found["upper"] < none
    highest = _highest_before(facts, measure)
    fell_back = judged(facts, measure).check(RETURN)
    is_ruled_out = fell_back is not None and str(fell_back["note"]).startswith(PASSED)
    if side == "below" and highest is not None and not is_ruled_out:
        caution = text(
            f". Those years hold {possessive(facts.brief.area)} highest rate before the strategy (",
            highest.bind("rate"), f" in {academic_year(highest['time_period'])}), and a rate that stands high may fall back "
            "by itself, so this cannot be credited to the strategy either.",
        )  # fmt: skip
    else:
        caution = _so(side, stands_out)
    return [text(*_beyond(facts, indicator, is_ratio=is_ratio, per=per), *lead, *others, *caution)]


def _beyond(facts: Facts, indicator: str, *, is_ratio: bool, per: str) -> Text:
    """What would have stood out by the difference in differences: the same limits as the rank."""
    seen = facts.one(indicator=indicator, statistic=DETECTABLE_GAP, design=DIFF_IN_DIFF)
    if seen is None or not seen.is_known:
        return ()
    size = (
        fall_or_rise(seen)
        if is_ratio
        else text("a difference of ", seen.bind("size", "upper"), f"{per} or more")
    )
    return text("By a comparison with how all others changed, only ", *size, " would have stood out. ")


def _highest_before(facts: Facts, measure: str) -> Fact | None:
    """The highest rate before the launch, if it lies in the years that the change is measured from."""
    rows = facts.all(indicator=measure, statistic=RATE, area=facts.brief.area, breakdown=TOTAL)
    before = [row for row in rows if row.is_known and row["time_period"] < facts.brief.launch]
    highest = max(before, key=lambda row: float(row["estimate"]), default=None)
    return highest if highest is not None and highest["time_period"] in facts.brief.change_pre else None
