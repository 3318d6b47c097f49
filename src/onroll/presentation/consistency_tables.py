"""How alike schools are, as tables: places by phase, spreads by year, charts, and the authority among all others."""

from __future__ import annotations

from collections.abc import Iterable

from onroll.presentation import records
from onroll.presentation.consistency import (
    COMPARED,
    Series,
    authorities,
    funnel,
    over_schools,
    side,
    term_series,
    year_series,
    years_of,
)
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Block, Paragraph, Table, Text, text
from onroll.presentation.sentences.consistency import NO_RECORDS
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.wording import source_line
from onroll.vocabulary import MEASURES, academic_year
from onroll.vocabulary.records import (
    MEDIAN_ODDS_RATIO,
    MEDIAN_ODDS_RATIO_ALIKE,
    OUTSIDE,
    OUTSIDE_ALIKE,
    OUTSIDE_BY_CHANCE,
    OVERDISPERSION,
    SCHOOL_VARIANCE,
)

WHERE = {1: "above", 0: "within", -1: "below"}
CANNOT = "cannot be computed"


def places(facts: Facts) -> tuple[Block, ...]:
    """A phase a row: how many schools lie outside which limits, how much more than chance they scatter."""
    rows, used = [], []
    for phase, label in COMPARED.items():
        found = [
            over_schools(facts, phase, one)
            for one in (OUTSIDE_BY_CHANCE, OUTSIDE, OUTSIDE_ALIKE, OVERDISPERSION)
        ]
        if all(one is None for one in found):
            continue
        used += [one.row for one in found if one is not None]
        first = next((one for one in found if one is not None and one.is_known), None)
        rows.append((
            text(label.capitalize()), text("–") if first is None else text(first.bind("count", "denominator")),
            *(_count(one) for one in found[:3]), _span(found[3]), text(f"{funnel(facts, phase).hidden}"),
        ))  # fmt: skip
    if not rows:
        return (Paragraph(NO_RECORDS),)
    columns = (
        "Phase", "Schools", "Outside chance alone", "Outside chance and usual differences",
        "The same among pupils alike", "Scatter, times what chance makes", "Schools withheld",
    )  # fmt: skip
    caption = f"Schools that stand apart, {facts.brief.period}"
    return (Table(caption, columns, tuple(rows), _source(facts, used), tuple(range(1, 7))),)


def spreads(facts: Facts) -> tuple[Block, ...]:
    """A phase a table, a year a row: the median odds ratio as schools are and among pupils alike, and the variance."""
    found: list[Block] = []
    columns = (
        "Year",
        "Schools",
        "Times the odds at the school with the higher rate of two",
        "Among pupils alike",
        "Variance of log odds",
    )
    for phase, label in COMPARED.items():
        alike = {one["time_period"]: one for one in years_of(facts, phase, MEDIAN_ODDS_RATIO_ALIKE)}
        variance = {one["time_period"]: one for one in years_of(facts, phase, SCHOOL_VARIANCE)}
        every = years_of(facts, phase, MEDIAN_ODDS_RATIO)
        rows = tuple(
            (
                text(academic_year(str(one["time_period"]))), text(one.bind("count", "denominator")), _span(one),
                _span(alike.get(one["time_period"]), "–"), _span(variance.get(one["time_period"])),
            )
            for one in every
        )  # fmt: skip
        if rows:
            used = [one.row for one in (*every, *alike.values(), *variance.values())]
            caption = f"{label.capitalize()}: from one to another with a higher rate"
            found.append(Table(caption, columns, rows, _source(facts, used), (1, 2, 3, 4)))
    return tuple(found) or (Paragraph(NO_RECORDS),)


def charts(facts: Facts) -> tuple[Block, ...]:
    """A chart a row, of terms and of years: level, limits of the last point, signals."""
    columns = (
        "Chart",
        "Level before",
        "Limits of the last point shown",
        "Last point shown",
        "Signals since",
        "Withheld",
    )
    found: list[Block] = []
    for kind, every in (("Terms", term_series(facts)), ("Years, published", year_series(facts))):
        if every:
            used = [one.row for series in every for one in (series.level, *series.drawn)]
            rows = tuple(map(_chart, every))
            found.append(
                Table(
                    f"{kind} against what was usual before",
                    columns,
                    rows,
                    _source(facts, used),
                    (1, 2, 3, 4, 5),
                )
            )
    return tuple(found) or (Paragraph(text("No chart of terms or years can be shown.")),)


def _chart(one: Series) -> tuple[Text, ...]:
    last = one.drawn[-1]
    return (
        text(f"{one.label}, {one.unit}"), text(one.level.bind("rate")),
        text(last.bind("rate", "lower"), f"{NO_BREAK}to{NO_BREAK}", last.bind("rate", "upper")), text(last.bind("rate")),
        text(f"{len(one.signals)}"), text(f"{one.hidden}"),
    )  # fmt: skip


def among_all(facts: Facts) -> tuple[Block, ...]:
    """A measure a row: the authority's figure, the limits for its size, its place."""
    rows, used = [], []
    for measure in MEASURES.values():
        for unit in authorities(facts, measure.id).units:
            if unit.name == facts.brief.area:
                used.append(unit.place.row)
                rows.append((
                    text(f"{measure.label}, per {measure.per:,}"), text(unit.place.bind("count", "numerator")),
                    text(unit.place.bind("rate")),
                    text(unit.place.bind("rate", "lower"), f"{NO_BREAK}to{NO_BREAK}", unit.place.bind("rate", "upper")),
                    text(WHERE[side(unit.place)]),
                ))  # fmt: skip
    if not rows:
        return (Paragraph(text("There are no published figures of all authorities for this year.")),)
    columns = ("Measure", "Number", "Rate", "Usual for its size", "Place")
    caption = f"{facts.brief.area} among all authorities of England, {facts.brief.period}"
    return (Table(caption, columns, tuple(rows), _source(facts, used), (1, 2, 3)),)


def _count(one: Fact | None) -> Text:
    if one is None or not one.is_known:
        return text(records.WITHHELD if records.is_withheld(one) else CANNOT)
    return text(one.bind("count"), " (", one.bind("count", "numerator"), " above)")


def _span(one: Fact | None, otherwise: str = CANNOT) -> Text:
    if one is None or not one.is_known:
        return text(records.WITHHELD if records.is_withheld(one) else otherwise)
    return text(
        one.bind("ratio"),
        " (",
        one.bind("ratio", "lower"),
        f"{NO_BREAK}to{NO_BREAK}",
        one.bind("ratio", "upper"),
        ")",
    )


def _source(facts: Facts, rows: Iterable[int]) -> str:
    return source_line(facts, facts.frame.loc[list(rows)])
