"""Tables of all designs side by side: what each could have seen, what it found, and who had stood as high."""

from __future__ import annotations

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import OUTCOMES, all_judged, judged
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.numbers import in_words, percent
from onroll.presentation.record_tables import source
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.wording import possessive
from onroll.vocabulary import MEASURES, PLACEBO_SHARE, RELATIVE_CHANGE
from onroll.vocabulary.impact import (
    AUTHORITY_PANEL,
    BY_FORMULA,
    CHOICE_DESIGNS,
    HEIGHT,
    KNOWN,
    ONE_AS_HIGH,
    PLANTED,
    SEEN,
)

NONE = text("–")


def power(facts: Facts) -> tuple[Block, ...]:
    """The smallest fall that each design would have seen, outcome by outcome: planted, and by formula."""
    used: list[int] = []
    rows = []
    for name in CHOICE_DESIGNS.values():
        cells = [_seen(facts, outcome, name, used) for outcome in OUTCOMES]
        if any(cell != NONE for cell in cells):
            rows.append((text(name[0].upper() + name[1:]), *cells))
    if not rows:
        return (_nothing(facts),)
    share = percent(facts.brief.power)
    caption = f"The smallest fall that would have stood out in {share} of authorities, {facts.brief.period}"
    note = text(
        "First the fall planted in every other authority in turn and ranked, then by formula; with "
        f"{in_words(len(OUTCOMES))} outcomes looked at together, as the verdict looks at them. A smaller fall would oftener "
        "have been missed, however real. To be told as evidence a change must pass every other check as well, which fewer "
        "do: the study of known truth says how often."
    )
    columns = ("Design", *(MEASURES[outcome].label for outcome in OUTCOMES))
    return (Table(caption, columns, tuple(rows), source(facts, used), (1, 2, 3)), Paragraph(note, "note"))


def _nothing(facts: Facts) -> Paragraph:
    """Why there is no design to show."""
    why = next((one.why for one in all_judged(facts) if one.why), "")
    said = f"No design could be computed{': ' if why else ' for this year'}{why.removeprefix('cannot be computed: ')}."
    return Paragraph(text(said))


def _seen(facts: Facts, outcome: str, name: str, used: list[int]) -> Text:
    found = [
        facts.one(indicator=f"strategy_impact_{outcome}", statistic=SEEN, design=name, method=method)
        for method in (PLANTED, BY_FORMULA)
    ]
    planted, formula = found
    if planted is None or formula is None:
        return NONE
    used += [planted.row, formula.row]
    if not (planted.is_known and formula.is_known):
        return text("none, however large")
    return text(planted.bind("fall"), " (by formula ", formula.bind("fall"), ")")


def designs(facts: Facts, primary: str) -> tuple[Block, ...]:
    """What each design found of each outcome, how many others moved as far, and how it did where the truth was known."""
    used: list[int] = []
    rows = []
    for design, name in CHOICE_DESIGNS.items():
        cells = [_ratio(facts, outcome, design, primary, used) for outcome in OUTCOMES]
        if any(cell != NONE for cell in cells):
            rows.append((text(name[0].upper() + name[1:]), *cells, _trusted(facts, design, primary, used)))
    if not rows:
        return (_nothing(facts),)
    columns = ("Design", *(MEASURES[outcome].label for outcome in OUTCOMES), "Where the truth was known")
    caption = f"What every design finds since the launch beside other authorities, {facts.brief.period}"
    note = text(
        "Ratios of rates with intervals, and how many other authorities moved as far by the same design, for their size. "
        "All over the same years, the pandemic left out, and all years since the launch together. How they did where the "
        "truth was known was tried on the suspension rate. Only the plan's primary design, the first, carries a verdict; a "
        "design that is unreliable where the truth is known "
        "may not be quoted for or against the strategy. Among so many comparisons one or another stands out by chance."
    )
    return (Table(caption, columns, tuple(rows), source(facts, used), (1, 2, 3)), Paragraph(note, "note"))


def _ratio(facts: Facts, outcome: str, design: str, primary: str, used: list[int]) -> Text:
    if design == primary:
        one = judged(facts, outcome)
        ratio, others = one.ratio, one.others
    else:
        about = {"indicator": f"strategy_impact_{outcome}", "design": CHOICE_DESIGNS[design]}
        ratio, others = (facts.one(**about, statistic=one) for one in (RELATIVE_CHANGE, PLACEBO_SHARE))
    if ratio is None or others is None or not (ratio.is_known and others.is_known):
        return NONE
    used += [ratio.row, others.row]
    between = f"{NO_BREAK}to{NO_BREAK}"
    return text(
        ratio.bind("ratio"), " (", ratio.bind("ratio", "lower"), between, ratio.bind("ratio", "upper"), "); ",
        others.bind("count", "numerator"), " of ", others.bind("count", "denominator"), " as far",
    )  # fmt: skip


def _trusted(facts: Facts, design: str, primary: str, used: list[int]) -> Text:
    """Whether a design kept its promises in every scenario that it was tried in, or where it did not."""
    if design == primary:
        return text("see the study of known truth below")
    tried = facts.one(statistic=KNOWN, design=CHOICE_DESIGNS[design])
    if tried is None:
        return text("not tried")
    used.append(tried.row)
    return text(str(tried["note"]))


def as_high(facts: Facts) -> tuple[Block, ...]:
    """Every other authority that had stood as high before the strategy, by name, and how each changed by itself."""
    blocks: list[Block] = []
    area = facts.brief.area
    for outcome in OUTCOMES:
        about = {"indicator": f"strategy_impact_{outcome}", "design": AUTHORITY_PANEL}
        heights = {str(fact["area"]): fact for fact in facts.all(**about, statistic=HEIGHT)}
        changes = {str(fact["area"]): fact for fact in facts.all(**about, statistic=ONE_AS_HIGH)}
        one = judged(facts, outcome)
        own, change = heights.get(area), one.raw
        if own is None or change is None or not changes or not one.stood_high:
            continue
        order = sorted(changes, key=lambda name: float(changes[name]["estimate"]))
        pairs: list[tuple[str, Fact, Fact]] = [(f"{area} (evaluated)", own, change)]
        pairs += [(name, heights[name], changes[name]) for name in order]
        rows = tuple(
            (text(name), text(high.bind("ratio")), text(moved.bind("ratio"))) for name, high, moved in pairs
        )
        caption = (
            f"{MEASURES[outcome].label}: authorities that had stood as high before {facts.brief.launch[:4]}"
        )
        columns = (
            "Authority",
            "Last years before, beside those before them",
            "Since the launch, beside all before",
        )
        used = [fact.row for _, high, moved in pairs for fact in (high, moved)]
        blocks.append(Table(caption, columns, rows, source(facts, used), (1, 2)))
    if not blocks:
        return (
            Paragraph(text("The rate had not stood high before, or no other that had could be compared.")),
        )
    note = text(
        f"First {possessive(area)} rate, and each other's, in the last years before as a multiple of its own in the years "
        "before them; then its rate since the launch as a multiple of that in all the years before. Both beside all other "
        "authorities taken as one, in which large ones weigh more; the ratios above are set beside what is usual for one "
        "authority, and differ. One that stayed as high as in its last years lies above 1 in both. None of "
        "the others is known to have had such a strategy; what they did instead is not known."
    )
    return (*blocks, Paragraph(note, "note"))
