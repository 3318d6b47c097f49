"""Tables of the impact analysis: estimates by outcome and phase, checks, and what known truth gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onroll.framework.known_truth import KnownTruth
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.judged import OUTCOMES, Judged, all_judged, judged
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.numbers import in_words, percent, ratio
from onroll.presentation.record_tables import source
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.sentences.phrases import fall_or_rise
from onroll.vocabulary import MEASURES, PHASES, academic_year
from onroll.vocabulary.impact import CHECKS, NOT_MADE, PASSED, SUPPORTED, UNSURE, UNTOLD

NONE = text("–")
LEVELS = {
    UNTOLD: "it does not stand out: nothing may be said of the strategy",
    UNSURE: "it stands out, and a check is not passed: a change, not an impact",
    SUPPORTED: "it stands out and every check is passed: evidence of an impact, of one authority beside others",
}
SCENARIO, RUNS = "What truly happened", "Made authorities"


def in_short(facts: Facts) -> Table:
    """For the Board: what is found of each outcome, and what would have been seen."""
    every = [one for one in all_judged(facts) if one.ratio is not None]
    often = f"Noticed in {percent(facts.brief.power)} of cases"
    columns = ("Outcome", "Multiple (interval)", "Would have stood out", often)
    rows = tuple(row for one in every for row in ((text(one.label), *_short(one)), *_beside_all(one)))
    used = [one.row for each in every for one in (each.ratio, each.visible, each.likely) if one is not None]
    used += [one.plain.row for one in every if one.rests_on_few and one.plain is not None]
    together = f"{in_words(len(OUTCOMES))} outcomes looked at together"
    since = f"Since {academic_year(facts.brief.launch)}"
    caption = f"{since}, as a multiple of what other authorities lead to expect; {together}"
    return Table(caption, columns, rows, source(facts, used), (1,))


def _beside_all(one: Judged) -> tuple[tuple[Text, ...], ...]:
    """The multiple with the height before not allowed for, where hardly any other had stood as high."""
    if not one.rests_on_few or one.as_high is None or one.plain is None:
        return ()
    name = text("beside all, as only ", one.as_high.bind("count", "denominator"), " had stood as high")
    return ((name, text(one.plain.bind("ratio"), " (", *_limits(one.plain), ")"), NONE, NONE),)


def _short(one: Judged) -> tuple[Text, Text, Text]:
    found = NONE if one.ratio is None else text(one.ratio.bind("ratio"), " (", *_limits(one.ratio), ")")
    if one.visible is None:
        few = (
            () if one.others is None else text(", among ", one.others.bind("count", "denominator"), " others")
        )
        return found, text("nothing", *few), text("none")
    return (
        found,
        fall_or_rise(one.visible),
        NONE if one.likely is None else text("a fall of ", one.likely.bind("fall")),
    )


def estimates(facts: Facts) -> tuple[Block, ...]:
    """Each outcome and phase: what could have been seen first, then the ratio and what stands behind it."""
    order = (PHASES[-1], PHASES[1], PHASES[0], *PHASES[2:-1])
    every = [judged(facts, outcome, phase) for outcome in OUTCOMES for phase in order]
    found = [one for one in every if one.ratio is not None]
    gone = [one for one in every if one.ratio is None and one.why]
    if not found:
        why = next((_why(one) for one in gone), "it was not examined")
        return (Paragraph(text(f"The plan's primary design could not be computed: {why}.")),)
    columns = (
        "Outcome", "Would not have stood out", "Times what others lead to expect", "Expected from how high it stood",
        "Others that changed as far", "Those as high that did", "The same at an earlier date",
    )  # fmt: skip
    rows = tuple(_row(one) for one in found)
    used = [one.row for each in found for one in _facts(each)]
    caption = f"Change since the launch beside other authorities, {facts.brief.period}"
    note = text(
        "Ratios of rates, in brackets the interval. Would not have stood out: with "
        f"{in_words(len(OUTCOMES))} outcomes looked at together. Expected: the ratio that others which stood as high in the "
        "last years before lead to expect with no strategy at all. Others that changed as far: allowing for their size and "
        "how high they stood."
    )
    table = Table(caption, columns, rows, source(facts, used), tuple(range(1, 7)))
    return (table, Paragraph(note, "note"), *_not_computed(gone))


def _not_computed(gone: Sequence[Judged]) -> tuple[Block, ...]:
    """What the table lacks, by reason; nothing where it lacks nothing."""
    by_why: dict[str, list[str]] = {}
    for one in gone:
        by_why.setdefault(_why(one), []).append(_name(one))
    said = " ".join(f"{'; '.join(names)}: {why}." for why, names in by_why.items())
    return (Paragraph(text(f"What cannot be computed: {said}"), "note"),) if gone else ()


def _why(one: Judged) -> str:
    return one.why.removeprefix("cannot be computed: ")


def _facts(one: Judged) -> list[Fact]:
    every = (one.ratio, one.visible, one.expected, one.others, one.as_high, one.earlier)
    return [fact for fact in every if fact is not None]


def _name(one: Judged) -> str:
    phase = "" if one.phase == PHASES[-1] else f", {one.phase.removeprefix('State-funded ').lower()} schools"
    return f"{one.label}{phase}"


def _row(one: Judged) -> tuple[Text, ...]:
    assert one.ratio is not None
    return (
        text(_name(one)), text("nothing would") if one.visible is None else _limits(one.visible),
        text(one.ratio.bind("ratio"), " (", *_limits(one.ratio), ")"), _plain(one.expected), _of(one.others),
        _of(one.as_high),
        NONE if one.earlier is None else text(one.earlier.bind("ratio"), " (", *_limits(one.earlier), ")"),
    )  # fmt: skip


def _limits(fact: Fact) -> Text:
    return text(fact.bind("ratio", "lower"), f"{NO_BREAK}to{NO_BREAK}", fact.bind("ratio", "upper"))


def _plain(fact: Fact | None) -> Text:
    return NONE if fact is None else text(fact.bind("ratio"))


def _of(fact: Fact | None) -> Text:
    if fact is None or fact["denominator"] != fact["denominator"]:
        return NONE
    return text(fact.bind("count", "numerator"), " of ", fact.bind("count", "denominator"))


def checks(facts: Facts, scales: Mapping[str, str]) -> tuple[Block, ...]:
    """What has to be passed before a page may speak of an impact, and whether it was, outcome by outcome."""
    every = [one for one in all_judged(facts) if one.verdict is not None]
    if not every:
        return (Paragraph(text("Nothing was judged: the plan's primary design could not be computed.")),)
    rows = [
        (text(words[0].upper() + words[1:]), *(_result(one.check(name)) for one in every))
        for name, words in CHECKS.items()
    ]
    rows.append((text("So much may be said"), *(text(_level(one)) for one in every)))
    used = [fact.row for one in every for fact in (*one.checks, one.verdict) if fact is not None]
    caption = f"What must be passed before a page may speak of an impact, {facts.brief.period}"
    others = "; ".join(f"{name}: {words}" for name, words in scales.items())
    beside = (
        Paragraph(
            text(f"On scales that others use the design stands, whatever it finds, at: {others}."), "note"
        ),
    )
    levels = text("; ".join(f"{name}: {meaning}" for name, meaning in LEVELS.items()) + ".")
    return (
        Table(caption, ("Check", *(one.label for one in every)), tuple(rows), source(facts, used)),
        Paragraph(levels, "note"),
        *(beside if scales else ()),
    )


def _level(one: Judged) -> str:
    return one.level[0].upper() + one.level[1:]


def _result(check: Fact | None) -> Text:
    if check is None:
        return NONE
    said, _, why = str(check["note"]).partition(": ")
    return text(f"{said}: {why}" if why and said in (NOT_MADE, PASSED) else said)


def known_truth(known: KnownTruth, fingerprint: str) -> tuple[Block, ...]:
    """What the whole chain gave on made authorities whose truth is known: synthetic data, named as such."""
    blocks: list[Block] = []
    if known.plan != fingerprint:
        blocks.append(Paragraph(text(
            "The plan was changed since this study was made: it says nothing of the design as it is now."
        ), "warning"))  # fmt: skip
    columns = (
        SCENARIO, RUNS, "True ratio", "Stood out by itself", "Interval held the truth", "Evidence of an impact",
        "Verdict wrong",
    )  # fmt: skip
    for outcome in OUTCOMES:
        rows = tuple(
            (
                text(known.scenarios.get(one.scenario, one.scenario)), text(f"{one.runs:,}"), text(ratio(one.ratio)),
                text(percent(one.stands_out)), text(f"{one.coverage:.1%}"), text(percent(one.supported)),
                text(f"{one.wrong:.1%}"),
            )
            for one in known.of(outcome)
        )  # fmt: skip
        if rows:
            caption = f"{MEASURES[outcome].label}: what the design said where the truth was known"
            said = f"Source: Synthetic data, no real place; evaluation/known_truth.yaml. {known.note}"
            blocks.append(Table(caption, columns, rows, said, tuple(range(1, 7))))
    return tuple(blocks)
