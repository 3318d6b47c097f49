"""What the checks on a change found, a sentence each: those that had stood as high, an earlier date, other choices."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import Judged, all_judged, judged
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.phrases import between, fall_or_rise
from onroll.vocabulary.impact import NOT_MADE, PASSED, RETURN, UNTOLD

LAST = "the last years before the strategy"
PRIMARY = "State-funded primary"


def checks(facts: Facts, outcome: str) -> list[Text]:
    """A sentence a check: those that had stood as high, an earlier date, other choices."""
    one = judged(facts, outcome)
    said = [_return(one), _earlier(one), _choices(facts, one)]
    return [words for words in said if words] or [
        text("There is nothing to check: no estimate could be made.")
    ]


def in_short(facts: Facts, outcome: str) -> list[Text]:
    """For the Board: those that had stood as high and the other choices, and which outcome it is about."""
    one = judged(facts, outcome)
    said = [words for words in (_return_in_short(one), _choices_in_short(facts, one)) if words]
    told = [text(f"{one.label}. ", *(part for words in said for part in (*words, " ")))] if said else []
    return told + _by_themselves(facts)


def _by_themselves(facts: Facts) -> list[Text]:
    """Said where an interval leaves out 1 and the outcomes together do not bear it out."""
    untold = [one for one in all_judged(facts) if one.ratio is not None and one.level == UNTOLD]
    alone = any(one.ratio is not None and not one.ratio["lower"] <= 1 <= one.ratio["upper"] for one in untold)
    said = "An interval that leaves out 1 does not stand out by that: of several outcomes one or another does so by chance."
    return [text(said)] if alone else []


def _return_in_short(one: Judged) -> Text:
    others, row = one.others, one.as_high
    if others is None:
        return ()
    said = text(
        others.bind("count", "numerator"),
        " of ",
        others.bind("count", "denominator"),
        " others changed as far",
    )
    if row is None or one.rests_on_few or not one.stood_high or not row["denominator"] >= 1:
        return text(*said, ".")
    return text(
        *said, "; of ", row.bind("count", "denominator"), " as high before, ", *_as_far(row), " in the same direction.",
    )  # fmt: skip


def _choices_in_short(facts: Facts, one: Judged) -> Text:
    share = one.agreement
    if share is None:
        return ()
    said = "even the direction is open" if one.choices_differ else "no proof, as all rest on the same figures"
    return text(
        "Of ", share.bind("count", "denominator"), " ways to put the question ", "only " if one.choices_differ else "",
        share.bind("count", "numerator"), f" point the same way; {said}.", *_primary_in_short(facts, one),
    )  # fmt: skip


def _primary_in_short(facts: Facts, one: Judged) -> Text:
    """Primary schools, which are not among the ways to put the question, and whether they point the other way."""
    primary = judged(facts, one.outcome, PRIMARY).ratio
    if primary is None or one.ratio is None:
        return ()
    other = (primary["estimate"] > 1) != (one.ratio["estimate"] > 1)
    head = "Primary schools alone point the other way" if other else "Primary schools alone"
    return text(f" {head}: ", primary.bind("ratio"), ".")


def _as_far(row: Fact) -> Text:
    return text("none") if not row["numerator"] else text(row.bind("count", "numerator"))


def _return(one: Judged) -> Text:
    row, own = one.as_high, one.ratio
    if row is None or own is None or not row["denominator"] >= 1:
        return ()
    check = one.check(RETURN)
    if not one.stood_high:
        fell = one.raw is not None and one.raw["estimate"] <= 1
        so = (
            "it had no height to fall back from"
            if fell
            else "that it rose since may be a return to what is usual"
        )
        return text(f"The rate had not stood high in the last years before the strategy, so {so}.")
    if check is not None and str(check["note"]).startswith(NOT_MADE):
        return text(
            *_falls_back(one), "Only ", row.bind("count", "denominator"), f" other authorities had stood as high in {LAST}, "
            "too few to tell whether that is all there is.",
        )  # fmt: skip
    is_passed = check is not None and str(check["note"]).startswith(PASSED)
    so = (
        "a return to what is usual does not explain the change by itself"
        if is_passed
        else "a return to what is usual may be all there is"
    )
    return text(
        *_falls_back(one), "Of ", row.bind("count", "denominator"), f" other authorities that had stood as high in {LAST}, ",
        *_as_far(row), " changed as far in the same direction. Half of them have since stood at ", row.bind("ratio"),
        f" times the rate of all their years before, or more, beside all others; so {so}.",
    )  # fmt: skip


def _falls_back(one: Judged) -> Text:
    """Why those that stood as high are looked at, where the authority had stood high and its rate fell."""
    if one.height is None or one.raw is None or not (one.height["estimate"] > 1 > one.raw["estimate"]):
        return ()
    return text("A rate that stands high may fall back by itself. ")


def _earlier(one: Judged) -> Text:
    row, seen = one.earlier, one.earlier_seen
    if row is None:
        return ()
    began = str(row["method"]).split("begun in ")[1].split(",")[0]
    said = text(
        f"Had the strategy begun in {began}, when it had not, the same comparison would have given ", row.bind("ratio"),
        " (", *between(row, "ratio"), "): ",
    )  # fmt: skip
    if not row["lower"] <= 1 <= row["upper"]:
        return text(*said, "there was none to find, so this comparison is not to be trusted.")
    if seen is None:
        return text(*said, "that does not stand out, as it should not.")
    return text(
        *said, "that does not stand out, as it should not, though by itself only ", *fall_or_rise(seen),
        " would have.",
    )  # fmt: skip


def _choices(facts: Facts, one: Judged) -> Text:
    share, middle = one.agreement, one.middle
    if share is None or middle is None:
        return ()
    most = max(one.drivers, key=lambda fact: float(fact["estimate"]), default=None)
    said = text(
        "The question can be put in other ways: another design, other authorities, other years, the pandemic left out or "
        "not, all schools or secondary schools only. Of ", share.bind("count", "denominator"), " such choices ",
        share.bind("count", "numerator"), " point the same way as the plan's own", *_not_computed(middle),
        "; the ratio lies between ", *_range(middle), ", in the middle ", middle.bind("ratio"), ". ",
        "That is too few: even the direction is open." if one.choices_differ else
        "They rest on the same figures, so that many agree is no proof.", *_primary_schools(facts, one),
    )  # fmt: skip
    if most is None or not most["estimate"] >= 0.1:
        return said
    names = {
        "design": "the design", "comparators": "with whom it is compared", "first year": "the first year before",
        "pandemic": "what is done with the pandemic years", "years after": "which years after are looked at",
        "phase": "which schools are looked at",
    }  # fmt: skip
    return text(
        *said,
        f" What matters most is {names[str(most['comparator'])]} (",
        most.bind("percent"),
        " of the spread).",
    )


def _range(fact: Fact) -> Text:
    """The range of a row: ``0.32 and 0.89``."""
    return text(fact.bind("ratio", "lower"), " and ", fact.bind("ratio", "upper"))


def _not_computed(middle: Fact) -> Text:
    """How many of the choices could not be computed."""
    gone = float(middle["denominator"]) - float(middle["numerator"])
    return (
        text(" (", middle.bind("count", "denominator"), " were tried; the others cannot be computed)")
        if gone
        else ()
    )


def _primary_schools(facts: Facts, one: Judged) -> Text:
    """Primary schools are not among the choices; what the plan's design finds there."""
    there = judged(facts, one.outcome, PRIMARY).ratio
    if there is None:
        return ()
    return text(" Primary schools by themselves are not among them; there it is ", there.bind("ratio"), " (",
                *between(there, "ratio"), ").")  # fmt: skip
