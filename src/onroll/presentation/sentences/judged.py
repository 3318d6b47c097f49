"""What may be said of an impact, in sentences that go no further than the checks that were passed."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import Judged, all_judged, judged
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import in_words
from onroll.presentation.sentences.phrases import between, capital
from onroll.presentation.wording import possessive
from onroll.vocabulary import academic_year
from onroll.vocabulary.impact import AGREE, EARLIER, FAILED, HELD, NOT_MADE, RETURN, STANDS, SUPPORTED, UNTOLD

CHANGED = {
    "suspension_rate": "suspensions", "suspended_pupil_rate": "how many pupils are suspended",
    "permanent_exclusion_rate": "permanent exclusions",
}  # fmt: skip
OPEN = {
    HELD: "the design did not keep its promises where the truth was known",
    RETURN: "others that had stood as high changed as far by themselves",
    EARLIER: "the same comparison finds a change at a date when there was no strategy",
    AGREE: "other defensible choices point the other way",
}
"""What a failed check means, in the words of a sentence."""
UNKNOWN = {
    HELD: "how the design does where the truth is known was not tried for these choices",
    RETURN: "too few others had stood as high to tell whether they changed by themselves",
    EARLIER: "an earlier date could not be tried",
    AGREE: "other choices could not be computed",
}
"""What a check that cannot be made means."""


def verdict(facts: Facts, outcome: str) -> Text:
    """One paragraph: how far the evidence goes, the ratio, and what could have been seen."""
    one = judged(facts, outcome)
    if one.ratio is None or one.visible is None:
        why = one.why.removeprefix("cannot be computed: ") or "it was not examined"
        return text(f"Whether the strategy changed {CHANGED[outcome]} is not known: {why}.")
    area = facts.brief.area
    found = text(one.ratio.bind("ratio"), " times what the changes of other authorities lead to expect (interval ",
                 *between(one.ratio, "ratio"), ")")  # fmt: skip
    seen = text("only a fall of ", one.visible.bind("fall", "lower"), " or a rise of ", one.visible.bind("rise", "upper"),
                " would have stood out by itself")  # fmt: skip
    since = f"since {academic_year(facts.brief.launch)}"
    rate = f"{possessive(area)} {one.label.lower()}"
    if one.level == SUPPORTED:
        way = "lower" if one.ratio["estimate"] < 1 else "higher"
        return text(
            f"There is evidence of an impact on {CHANGED[outcome]}: {since} {rate} has been {way} than without the "
            "strategy, ", *found, ". Every check that the plan asks for is passed. It is one authority beside others: what "
            f"else happened in {area} at the same time is not ruled out.",
        )  # fmt: skip
    if one.level == UNTOLD:
        return text(
            f"Whether the strategy changed {CHANGED[outcome]} cannot be told. {capital(since)} {rate} has been ", *found,
            "; ", *seen, ".",
        )  # fmt: skip
    return text(
        f"{capital(since)} {rate} has been ", *found, ", which stands out from other authorities. It may not be put down to "
        f"the strategy: {'; '.join(_open(one))}.",
    )  # fmt: skip


def _open(one: Judged) -> list[str]:
    """The checks that were not passed, as parts of a sentence."""
    words = {FAILED: OPEN, NOT_MADE: UNKNOWN}
    return [
        meant[str(check["method"])]
        for check in one.checks
        for result, meant in words.items()
        if str(check["note"]).startswith(result) and check["method"] != STANDS
    ]


def could_be_seen(facts: Facts) -> list[Text]:
    """An outcome a sentence: what would have stood out, told before any estimate."""
    said = []
    for one in all_judged(facts):
        if one.visible is not None:
            said.append(text(
                f"{one.label}: only a fall of ", one.visible.bind("fall", "lower"), " or a rise of ",
                one.visible.bind("rise", "upper"), " since the launch, beside other authorities, would have stood out by "
                "itself.",
            ))  # fmt: skip
    return said or [text("Nothing could be computed by the plan's primary design.")]


def checks(facts: Facts, outcome: str) -> list[Text]:
    """A sentence a check: those that had stood as high, an earlier date, other choices."""
    one = judged(facts, outcome)
    said = [_return(one), _earlier(one), _choices(one)]
    return [words for words in said if words] or [
        text("There is nothing to check: no estimate could be made.")
    ]


def _return(one: Judged) -> Text:
    row, own = one.as_high, one.ratio
    if row is None or own is None or not row["denominator"] >= 1:
        return ()
    plan_years = "the last years before the strategy"
    check = one.check(RETURN)
    if check is not None and str(check["note"]).startswith(NOT_MADE):
        return text(
            "A rate that stands high tends to fall back by itself. Only ", row.bind("count", "denominator"),
            f" other authorities had stood as high in {plan_years}, too few to tell whether that is all there is.",
        )  # fmt: skip
    count = int(row["numerator"])
    far = text("none") if count == 0 else text(row.bind("count", "numerator"))
    so = (
        "so a return to what is usual does not explain the change by itself"
        if check is not None and str(check["note"]).startswith("passed")
        else "so a return to what is usual may be all there is"
    )
    return text(
        "A rate that stands high tends to fall back by itself. Of ", row.bind("count", "denominator"),
        f" other authorities that had stood as high in {plan_years}, ", *far, " changed as far in the same direction (the "
        "middle one's rate became ", row.bind("ratio"), f" times what it was, beside all others), {so}.",
    )  # fmt: skip


def _earlier(one: Judged) -> Text:
    row = one.earlier
    if row is None:
        return ()
    began = str(row["method"]).split("begun in ")[1].split(",")[0]
    calm = row["lower"] <= 1 <= row["upper"]
    so = (
        "it finds nothing there, as it should"
        if calm
        else "there was none to find, so this comparison is not to be trusted"
    )
    return text(
        f"Had the strategy begun in {began}, when it had not, the same comparison would have given ", row.bind("ratio"),
        " (", *between(row, "ratio"), f"): {so}.",
    )  # fmt: skip


def _choices(one: Judged) -> Text:
    share, middle = one.agreement, one.middle
    if share is None or middle is None:
        return ()
    most = max(one.drivers, key=lambda fact: float(fact["estimate"]), default=None)
    said = text(
        "The question can be put in other ways: another design, other authorities, other years, the pandemic left out or "
        "not, all schools or secondary schools only. Of ", share.bind("count", "denominator"), " such choices ",
        share.bind("count", "numerator"), " point the same way; the ratio lies between ", *_range(middle),
        ", in the middle ", middle.bind("ratio"), ".",
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


def shortest(facts: Facts) -> Text:
    """One sentence over all outcomes: for how many an impact may be spoken of."""
    every = [one for one in all_judged(facts) if one.level]
    if not every:
        return ()
    supported = [CHANGED[one.outcome] for one in every if one.level == SUPPORTED]
    if supported:
        return text(f"There is evidence of an impact on {' and '.join(supported)}.")
    return text(
        f"For none of the {in_words(len(every))} outcomes that the plan names may the change since the launch be put "
        "down to the strategy, and for none may it be said that the strategy did nothing."
    )
