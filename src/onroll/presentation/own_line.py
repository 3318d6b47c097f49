"""The authority's own line, without others: what it could have seen, its steps, and why it carries no verdict."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import OUTCOMES
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.numbers import percent
from onroll.presentation.record_tables import source
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.sentences.phrases import between, fall_or_rise
from onroll.presentation.wording import possessive
from onroll.vocabulary import MEASURES, academic_year
from onroll.vocabulary.impact import OTHERS_OUT, OTHERS_STEP, OWN_LINES, OWN_SEEN, OWN_STEP

CANNOT = "cannot be computed: "
MODELS = (
    "quasi-Poisson", "Negative binomial", "Poisson, Newey and West's errors", "Logs of rates, Prais and Winsten",
)  # fmt: skip
NO_VERDICT = (
    "Without others nothing separates the strategy from what happened everywhere, so a line of its own carries no verdict, "
    "whatever its interval."
)


def could_be_seen(facts: Facts) -> list[Text]:
    """An outcome a sentence: the step that such a line would have shown, told before any is."""
    said = []
    for outcome in OUTCOMES:
        seen = _one(facts, outcome, OWN_SEEN)
        if seen is not None and seen.is_known:
            said.append(text(
                f"{MEASURES[outcome].label}: going by how far it had strayed from its own line before, only a true step as "
                "large as ", *fall_or_rise(seen), f" would have been seen in {percent(facts.brief.power)} of cases.",
            ))  # fmt: skip
        else:
            said.append(text(f"{MEASURES[outcome].label}: {_why(facts, outcome)}."))
    return said if any(len(words) > 1 for words in said) else [_nothing(facts)]


def _one(facts: Facts, outcome: str, statistic: str, **about: str) -> Fact | None:
    return facts.one(indicator=f"strategy_impact_{outcome}", statistic=statistic, **about)


def _why(facts: Facts, outcome: str) -> str:
    """Why an outcome has no line."""
    row = _one(facts, outcome, OWN_STEP)
    why = "it was not examined" if row is None or row.is_known else str(row["note"]).removeprefix(CANNOT)
    return f"cannot be computed, because {why}"


def _nothing(facts: Facts) -> Text:
    """Why there is no line of any outcome."""
    return text(f"{possessive(facts.brief.area)} own line {_why(facts, OUTCOMES[0])}.")


def table(facts: Facts) -> tuple[Block, ...]:
    """A model a row, an outcome a column: the level since the launch over what the trend before leads to."""
    used: list[int] = []
    rows = []
    for design, name in zip(OWN_LINES, MODELS, strict=True):
        cells = [_cell(facts, outcome, design, used) for outcome in OUTCOMES]
        rows.append((text(name[0].upper() + name[1:]), *cells))
    if not used:
        return (Paragraph(_nothing(facts)),)
    columns = ("Model", *(MEASURES[outcome].label for outcome in OUTCOMES))
    caption = f"{possessive(facts.brief.area)} level since {academic_year(facts.brief.launch)} beside its own trend before"
    note = text(
        "Ratios, in brackets the interval: the rate since the launch as a multiple of what its own trend before leads to, "
        "with pupils on roll allowed for. Years of the pandemic are left out; Prais and Winsten's model, which needs every "
        "year beside the next, gives them a level of their own. The last two models allow for years being like those "
        "before them, which so short a series does not show well enough: on made series of this length whose years are as "
        "much alike, all four intervals are much too narrow, and those of the last two somewhat even where years are not."
    )
    return (Table(caption, columns, tuple(rows), source(facts, used), (1, 2, 3)), Paragraph(note, "note"))


def _cell(facts: Facts, outcome: str, design: str, used: list[int]) -> Text:
    found = _one(facts, outcome, OWN_STEP, design=design)
    if found is None:
        return text(_why(facts, outcome))
    if not found.is_known:
        return text(f"cannot be computed, because {str(found['note']).removeprefix(CANNOT)}")
    used.append(found.row)
    ends = text(found.bind("ratio", "lower"), f"{NO_BREAK}to{NO_BREAK}", found.bind("ratio", "upper"))
    return text(found.bind("ratio"), " (", *ends, ")")


def beside(facts: Facts) -> list[Text]:
    """What all others did by the same line, an outcome a sentence, and that nothing is to be concluded from one's own."""
    said = [words for outcome in OUTCOMES if (words := _others(facts, outcome))]
    every = [_one(facts, outcome, OWN_STEP, design=OWN_LINES[0]) for outcome in OUTCOMES]
    if not said and not any(one is not None and one.is_known for one in every):
        return [_nothing(facts)]
    if not said:
        return [
            text(
                f"{NO_VERDICT} What others did over the same years cannot be told: too few have figures for them."
            )
        ]
    others = "This is what others, of which none is known to have had such a strategy, did over the same years by the same"
    return [text(f"{NO_VERDICT} {others} model:"), *said]


def _others(facts: Facts, outcome: str) -> Text:
    together, alone = _one(facts, outcome, OTHERS_STEP), _one(facts, outcome, OTHERS_OUT)
    if together is None or not together.is_known:
        return ()
    said = text(
        f"{MEASURES[outcome].label}: all ", together.bind("count", "denominator"), " others added up stand at ",
        together.bind("ratio"), " times what their trend before leads to (", *between(together, "ratio"), ")",
    )  # fmt: skip
    if alone is None or not alone.is_known:
        return text(*said, ".")
    return text(
        *said, "; one by one, ", alone.bind("count", "numerator"), " of ", alone.bind("count", "denominator"),
        " have an interval that leaves out 1.",
    )  # fmt: skip
