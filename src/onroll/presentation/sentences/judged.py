"""What may be said of an impact, in sentences that go no further than the checks that were passed."""

from __future__ import annotations

from onroll.presentation.facts import Facts
from onroll.presentation.judged import OUTCOMES, Judged, all_judged, judged
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import in_ten, in_words
from onroll.presentation.sentences.phrases import between, capital, fall_or_rise
from onroll.presentation.wording import possessive
from onroll.vocabulary import academic_year
from onroll.vocabulary.impact import (
    AGREE,
    EARLIER,
    FAILED,
    HELD,
    NOT_MADE,
    RETURN,
    STANDS,
    SUPPORTED,
    UNSURE,
    UNTOLD,
)

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
STOOD_LOW = "it had stood low, from where a rate may rise by itself"


LEVELS = {
    SUPPORTED: "There is evidence of an impact on {}.",
    UNSURE: "A change in {} stands out from other authorities and may not be put down to the strategy: checks are open.",
    UNTOLD: "Whether the strategy changed {} cannot be told: what has changed since the launch may not be put down to it, "
    "and it may not be said that it did nothing.",
}
"""What is said of the outcomes at each level together."""


def verdict(facts: Facts, outcome: str) -> Text:
    """One paragraph: how far the evidence goes, the ratio, and what could have been seen."""
    one = judged(facts, outcome)
    if one.ratio is None:
        why = one.why.removeprefix("cannot be computed: ") or "it was not examined"
        return text(f"Whether the strategy changed {CHANGED[outcome]} is not known: {why}.")
    area = facts.brief.area
    found = text(one.ratio.bind("ratio"), " times what the changes of other authorities lead to expect (interval ",
                 *between(one.ratio, "ratio"), ")")  # fmt: skip
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
            "; ", *_seen(facts, one), ".", *_by_itself(one), *_rests_on_few(one),
        )  # fmt: skip
    return text(
        f"{capital(since)} {rate} has been ", *found, ", which stands out from other authorities. It may not be put down to "
        f"the strategy: {'; '.join(_open(one))}.", *_rests_on_few(one),
    )  # fmt: skip


def _seen(facts: Facts, one: Judged) -> Text:
    """What would have stood out with all outcomes looked at together, as the verdict looks at them."""
    together = f"with {in_words(len(OUTCOMES))} outcomes looked at together"
    if one.visible is None:
        return text(f"{together}, no change, however large, would stand out from so few other authorities")
    return text(
        f"{together}, only ", *fall_or_rise(one.visible), " would have stood out", *_likely(facts, one),
    )  # fmt: skip


def _likely(facts: Facts, one: Judged) -> Text:
    """How large a fall must have been for most to be seen."""
    if one.likely is None:
        return ()
    return text(
        ", and a real fall of less than ", one.likely.bind("fall"), " would have been missed in "
        f"{_missed(facts)}",
    )  # fmt: skip


def _missed(facts: Facts) -> str:
    """How often a real change is missed that is smaller than the one likely to be seen."""
    return f"more than {in_ten(1 - facts.brief.power).removeprefix('about ')} cases"


def _by_itself(one: Judged) -> Text:
    """Said where one interval leaves out 1 and the outcomes together do not bear it out."""
    if one.ratio is None or one.ratio["lower"] <= 1 <= one.ratio["upper"]:
        return ()
    return text(
        " By itself that interval leaves out 1; of several outcomes one or another does so by chance more often."
    )


def _rests_on_few(one: Judged) -> Text:
    """Said where hardly any other stood as high, so that what is expected is drawn out to where there is nobody."""
    if not one.rests_on_few or one.as_high is None or one.plain is None:
        return ()
    return text(
        " What others lead to expect is drawn out to where only ", one.as_high.bind("count", "denominator"), " others "
        "stood; beside all others, however high they stood, it is ", one.plain.bind("ratio"), " times (",
        *between(one.plain, "ratio"), ").",
    )  # fmt: skip


def _open(one: Judged) -> list[str]:
    """The checks that were not passed, as parts of a sentence."""
    words = {FAILED: OPEN, NOT_MADE: UNKNOWN if one.stood_high else UNKNOWN | {RETURN: STOOD_LOW}}
    return [
        meant[str(check["method"])]
        for check in one.checks
        for result, meant in words.items()
        if str(check["note"]).startswith(result) and check["method"] != STANDS
    ]


def could_be_seen(facts: Facts) -> list[Text]:
    """An outcome a sentence: what would have stood out, told before any estimate."""
    every = [one for one in all_judged(facts) if one.ratio is not None]
    return [text(f"{one.label}: ", *_seen(facts, one), ".") for one in every] or [
        text("Nothing could be computed by the plan's primary design.")
    ]


def shortest(facts: Facts) -> Text:
    """A sentence a level over all outcomes: of which an impact may be spoken, of which a change, of which neither."""
    every = all_judged(facts)
    at = {level: [CHANGED[one.outcome] for one in every if one.level == level] for level in LEVELS}
    said = [
        words.format(_listed(at[level], "or" if level == UNTOLD else "and"))
        for level, words in LEVELS.items()
        if at[level]
    ]
    gone = [one for one in every if not one.level]
    if gone:
        why = gone[0].why.removeprefix("cannot be computed: ") or "it was not examined"
        said.append(
            f"Of an impact on {_listed([CHANGED[one.outcome] for one in gone], 'or')} nothing can be said: {why}."
        )
    return text(" ".join(said))


def _listed(names: list[str], last: str) -> str:
    """``suspensions, permanent exclusions or how many pupils are suspended``."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
