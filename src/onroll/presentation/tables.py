"""Tables of released evidence for pages: few columns, numbers bound, the source underneath."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from onroll.presentation.drawing import HEIGHT, MADE_UP_PLACE, Chart, is_made_up
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Picture, Table, Text, text
from onroll.presentation.records import OF_RECORDS
from onroll.presentation.sentences import NO_BREAK, span
from onroll.presentation.wording import source_line
from onroll.vocabulary import (
    BASELINE,
    DETECTABLE_FALL,
    MEASURES,
    P_VALUE,
    PHASES,
    PREVIOUS_YEAR,
    RATE,
    RATE_RATIO,
    RELATIVE_RISK,
    SOURCES_APART,
    TERMS,
    TOTAL,
    WEIGHT,
    academic_year,
    previous,
)
from onroll.vocabulary.records import CROSSED

MISSING = text("not available")
UNRELIABLE = text("too unreliable to show")


def headline(facts: Facts) -> Table:
    """The three measures: before the strategy, last year, this year, and England this year."""
    brief = facts.brief
    years = sorted({brief.baseline[-1], previous(brief.year), brief.year})
    columns = ("Measure", *(academic_year(year) for year in years), f"England {academic_year(brief.year)}")
    rows = tuple(
        (
            text(f"{measure.label}, per {measure.per:,}"),
            *(_level(facts.rate(measure.id, year)) for year in years),
            _level(facts.rate(measure.id, brief.year, "England"), interval=False),
        )
        for measure in MEASURES.values()
    )
    return Table(
        f"{brief.area}: rates with their {brief.confidence:.0%} intervals", columns, rows,
        _source(facts, statistic=RATE, breakdown=TOTAL), tuple(range(1, len(columns))),
    )  # fmt: skip


def by_phase(facts: Facts) -> Table:
    """Number and rate of each measure by phase in the year evaluated."""
    brief = facts.brief
    columns = ("Phase", *(f"{measure.label}, per {measure.per:,}" for measure in MEASURES.values()))
    rows = tuple(
        (text(phase), *(_counted(facts.rate(measure, breakdown=phase)) for measure in MEASURES))
        for phase in PHASES
    )
    return Table(
        f"{brief.area} {academic_year(brief.year)} by phase: number, and rate with its interval", columns, rows,
        _source(facts, breakdown_topic="education_phase"), (1, 2, 3),
    )  # fmt: skip


def changes(facts: Facts, comparator: str) -> Table:
    """What could have been seen, then what changed: every measure and phase against one reference."""
    years = " to ".join(dict.fromkeys(academic_year(facts.brief.baseline[end]) for end in (0, -1)))
    together = f"{years}, before the strategy (events of {len(facts.brief.baseline)} years together)"
    against = {PREVIOUS_YEAR: "the year before", BASELINE: together}[comparator]
    columns = (
        "Measure and phase", "Then", "Now", "A fall this large could have been seen", "Ratio now to then", "p value",
        "Method",
    )  # fmt: skip
    rows = []
    for measure in MEASURES.values():
        for phase in PHASES:
            about = {"indicator": measure.id, "comparator": comparator, "breakdown": phase}
            seen = facts.one(statistic=DETECTABLE_FALL, **about)
            word = RELATIVE_RISK if measure.is_proportion else RATE_RATIO
            found, chances = facts.all(statistic=word, **about), facts.all(statistic=P_VALUE, **about)
            for place, fact in enumerate(found):
                rows.append(
                    _change(
                        f"{measure.label}, {phase}", seen, fact, chances[place] if fact.is_known else None
                    )
                )
    caption = f"{facts.brief.area}: change against {against}"
    return Table(caption, columns, tuple(rows), _source(facts, comparator=comparator), (1, 2, 3, 4, 5))


def _change(head: str, seen: Fact | None, fact: Fact, chance: Fact | None) -> tuple[Text, ...]:
    if not fact.is_known:
        return (text(head), *[MISSING] * 5, text(str(fact["note"])))
    return (
        text(head), text(fact.bind("count", "denominator")), text(fact.bind("count", "numerator")),
        _visible(seen, fact),
        _ratio(fact),
        text(chance.bind("probability")) if chance is not None and fact["symbol"] != "u" else MISSING,
        text(str(fact["method"])),
    )  # fmt: skip


def _visible(seen: Fact | None, fact: Fact) -> Text:
    """What fall could have been seen; beside a widened ratio, that it is more than beside the exact one."""
    if seen is None or not seen.is_known:
        return text("nothing to fall from")
    is_wider = "dispersion" in fact["method"] and "dispersion" not in seen["method"]
    return text("more than that") if is_wider else text(seen.bind("percent"))


def beside(facts: Facts) -> Table:
    """The authority against England, region and neighbours in the year evaluated."""
    columns = ("Compared with", *(measure.label for measure in MEASURES.values()))
    rows = []
    for comparator, label in (
        ("england", "The rest of England"), ("region", f"The rest of {facts.brief.region}"),
        (facts.brief.neighbours_id, facts.brief.neighbours_label),
    ):  # fmt: skip
        cells = []
        for measure in MEASURES.values():
            word = RELATIVE_RISK if measure.is_proportion else RATE_RATIO
            fact = facts.one(indicator=measure.id, comparator=comparator, breakdown=TOTAL, statistic=word)
            cells.append(_ratio(fact))
        rows.append((text(label), *cells))
    caption = f"{facts.brief.area}'s rate as a multiple of others', {academic_year(facts.brief.year)}, with intervals"
    return Table(caption, columns, tuple(rows), _source(facts, comparator="england"), (1, 2, 3))


def groups(facts: Facts, indicator: str, caption: str, newest: int = 0) -> Table:
    """Rate of each group and its ratio to the reference group; ``newest`` keeps only so many terms."""
    rows = facts.where(indicator=indicator, statistic=RATE)
    rows = rows[rows["time_period"] == facts.brief.year] if newest == 0 else rows
    out = []
    for _, cells in rows.iterrows():
        about = {"indicator": indicator, "time_period": cells["time_period"], "breakdown": cells["breakdown"]}
        against = [fact for fact in facts.all(**about) if fact["statistic"] in (RATE_RATIO, RELATIVE_RISK)]
        level = facts.one(statistic=RATE, **about)
        assert level is not None
        ratio_text = _ratio(against[0]) if against else text("reference group")
        out.append((text(cells["breakdown"]), _counted(level), ratio_text))
    measure = next(measure for measure in MEASURES.values() if indicator.startswith(measure.id))
    columns = (
        "Group",
        f"Number, and rate per {measure.per:,} (interval)",
        "Ratio to the reference group (interval)",
    )
    return Table(caption, columns, tuple(out), _source(facts, indicator=indicator), (1, 2))


def donors(facts: Facts) -> Table:
    """Which authorities make the synthetic control, and by how much."""
    found = facts.all(indicator="strategy_impact_suspension_rate", statistic=WEIGHT)
    found.sort(key=lambda fact: -float(fact["estimate"]))
    rows = tuple((text(str(fact["area"])), text(fact.bind("percent"))) for fact in found)
    source = _source(facts, indicator="strategy_impact_suspension_rate")
    return Table("Authorities in the synthetic control", ("Authority", "Weight"), rows, source, (1,))


def sources(facts: Facts) -> Table:
    """Where the released rows are from, and how many rest on each source."""
    counts = facts.frame["source"].str.split(SOURCES_APART).explode().value_counts(sort=False)
    rows = tuple(
        (text(facts.brief.sources.get(str(name), str(name))), text(f"{number:,}"),
         text("protected: small counts withheld" if name in OF_RECORDS else "already public"))
        for name, number in counts.items()
    )  # fmt: skip
    return Table("Sources of the evidence", ("Source", "Rows of evidence", "Status"), rows, "", (1,))


def picture(drawn: Chart) -> Picture:
    """A chart as a block of a document, its numbers beside it."""
    return Picture(drawn.id, drawn.title, drawn.unit, drawn.alt, drawn.svg(alone=False), numbers(drawn), drawn.source,
                   is_tall=drawn.get_figheight() > HEIGHT)  # fmt: skip


def numbers(drawn: Chart) -> Table:
    """The numbers drawn in a chart, each bound to its row of the evidence; a column ``style`` says how each is printed."""
    columns = ("Where, when, what", "Estimate", "Lower", "Upper")
    usual = "ratio" if "ratio" in drawn.id or drawn.id.startswith("impact") else "rate"
    rows = []
    for row in drawn.numbers.to_dict("records"):
        fact = Fact(int(row["row"]), {str(name): value for name, value in row.items()})
        words, style = _named(row, drawn.source), str(row.get("style", usual))
        limits = [
            text(fact.bind(style, limit)) if row[limit] == row[limit] else text("")
            for limit in ("lower", "upper")
        ]
        rows.append((text(words), text(fact.bind(style)), *limits))
    return Table(f"Numbers in the chart: {drawn.title}", columns, tuple(rows), "", (1, 2, 3))


def _named(row: dict[Hashable, Any], source: str) -> str:
    """What a number drawn is, in words: ``SEN support: suspension rate, Luton, Spring term 2023/24``."""
    place = MADE_UP_PLACE if is_made_up(source) else str(row["area"])
    groups = [part for part in str(row["breakdown"]).split(CROSSED) if part not in (TOTAL, *TERMS)]
    term = next((part for part in str(row["breakdown"]).split(CROSSED) if part in TERMS), "")
    what = str(row.get("indicator", "")).removeprefix("register_").replace("_", " ")
    kind = str(row["statistic"])
    shown = [
        what or kind,
        *([kind] if what and kind != RATE else []),
        *([str(row["choice"])] if "choice" in row else []),
    ]
    when = f"{term} {academic_year(row['time_period'])}".strip()
    return f"{', '.join(groups)}{': ' if groups else ''}{', '.join((*shown, place, when))}"


def _source(facts: Facts, **about: object) -> str:
    rows = facts.where(**about)
    rows = rows[~rows["source"].isin(OF_RECORDS)]
    return source_line(facts, rows if len(rows) else pd.DataFrame({"source": []}))


def _level(fact: Fact | None, interval: bool = True) -> Text:
    if fact is None or not fact.is_known:
        return MISSING
    return span(fact) if interval else text(fact.bind("rate"))


def _counted(fact: Fact | None) -> Text:
    if fact is None or not fact.is_known:
        return MISSING
    if fact["numerator"] != fact["numerator"]:
        return span(fact)
    about = "about " if "estimated" in fact["note"] else ""
    return text(about, fact.bind("count", "numerator"), "; ", *span(fact))


def _ratio(fact: Fact | None) -> Text:
    if fact is None or not fact.is_known:
        return text("cannot be computed")
    if fact["symbol"] == "u":
        return UNRELIABLE
    between = f"{NO_BREAK}to{NO_BREAK}"
    return text(
        fact.bind("ratio"), " (", fact.bind("ratio", "lower"), between, fact.bind("ratio", "upper"), ")"
    )
