"""What charts say in words: a title that is the finding, an alternative text that carries its numbers."""

from __future__ import annotations

import pandas as pd

from onroll.presentation.facts import Fact, Facts
from onroll.presentation.numbers import for_every, in_ten, percent, rate, ratio
from onroll.presentation.records import OF_RECORDS
from onroll.vocabulary import (
    ETHNICITY_WORDS,
    FIT,
    GAP,
    MEAN_GAP,
    MEASURES,
    PHASES,
    PLACEBO_DISTANCE,
    PLACEBO_SHARE,
    RATE,
    RATE_RATIO,
    SEN_PROVISIONS,
    SOURCES_APART,
    SYNTHETIC_CONTROL,
    SYNTHETIC_RATE,
    academic_year,
)
from onroll.vocabulary.records import STANDS_NOT_OUT


def source_line(facts: Facts, rows: pd.DataFrame) -> str:
    """Source, whether it is public or protected, and run, as printed under a figure or table."""
    each = dict.fromkeys(part for source in rows["source"].unique() for part in source.split(SOURCES_APART))
    own = [facts.brief.sources.get(source, source) for source in each if source in OF_RECORDS]
    public = [facts.brief.sources.get(source, source) for source in each if source not in OF_RECORDS]
    parts = dict.fromkeys(part for line in public for part in line.split("; "))
    said = [f"Source: {'; '.join(parts)}. Already public."] if parts or not own else []
    said += [f"{'Also' if parts else 'Source'}: {line}." for line in _together(own)]
    return f"{' '.join(said)} Run {facts.brief.run}, {facts.brief.made}."


def _together(lines: list[str]) -> list[str]:
    """Lines that begin alike (``Synthetic data ...: roll``, ``Synthetic data ...: training``) as one."""
    heads: dict[str, list[str]] = {}
    for line in lines:
        head, _, tail = line.partition(": ")
        heads.setdefault(head, []).extend([tail] if tail else [])
    return [f"{head}: {', '.join(dict.fromkeys(tails))}" if tails else head for head, tails in heads.items()]


def direction(before: float, after: float) -> str:
    """``rose``, ``fell`` or ``stayed about the same``, as the printed rates say it."""
    if rate(before) == rate(after):
        return "stayed about the same"
    return "rose" if after > before else "fell"


def possessive(name: str) -> str:
    """A place's genitive: ``Luton's``, ``St Helens'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def ends(facts: Facts, measure: str, area: str) -> tuple[Fact, Fact] | None:
    """A measure's rate in the last baseline year and in the year evaluated, where both are known."""
    then, now = facts.rate(measure, facts.brief.baseline[-1], area), facts.rate(measure, "", area)
    if then is None or now is None or not (then.is_known and now.is_known):
        return None
    return then, now


def compared(facts: Facts, measure: str) -> str:
    """How the authority moved beside England since the last baseline year, in a few words."""
    own, england = ends(facts, measure, facts.brief.area), ends(facts, measure, "England")
    if own is None or england is None:
        return ""
    here = direction(own[0]["estimate"], own[1]["estimate"])
    there = direction(england[0]["estimate"], england[1]["estimate"])
    if here == there == "rose":
        less = own[1]["estimate"] - own[0]["estimate"] < england[1]["estimate"] - england[0]["estimate"]
        less_relative = (
            own[1]["estimate"] / own[0]["estimate"] < england[1]["estimate"] / england[0]["estimate"]
        )
        if less and less_relative:
            return "rose less than"
        return "rose more than" if not less and not less_relative else "rose, and so did"
    return f"{here} while England {there}:"


def trend(facts: Facts, measure: str) -> tuple[str, str]:
    """Title and alternative text of a trend chart."""
    brief, label = facts.brief, MEASURES[measure].label.lower()
    own, england = ends(facts, measure, brief.area), ends(facts, measure, "England")
    how = compared(facts, measure)
    if own is None or england is None:
        title = f"{possessive(brief.area)} {label} over the years"
        return title, f"{title}. The numbers are in the table below."
    how = how.removesuffix(":")
    title = f"{possessive(brief.area)} {label} {how}" + (" England's" if "while" not in how else "")
    then, now = academic_year(brief.baseline[-1]), academic_year(brief.year)
    first = facts.rate(measure, brief.launch)
    if first is not None and first.is_known and brief.year > brief.launch:
        since = direction(first["estimate"], own[1]["estimate"])
        if {since, direction(own[0]["estimate"], own[1]["estimate"])} == {"rose", "fell"}:
            side = "below" if since == "rose" else "above"
            title = f"{MEASURES[measure].label}: {side} {then}, but it {since} since {academic_year(brief.launch)}"
    alt = (
        f"Line chart. {brief.area}: {rate(own[0]['estimate'])} {for_every(measure)} in {then}, "
        f"{rate(own[1]['estimate'])} in {now}. England: {rate(england[0]['estimate'])} in {then}, "
        f"{rate(england[1]['estimate'])} in {now}. The pandemic years {_years(brief.pandemic)} are shaded."
    )
    return title, alt


def by_phase(facts: Facts) -> tuple[str, str]:
    """Title and alternative text of the chart by phase."""
    now = {phase: facts.rate("suspension_rate", breakdown=phase) for phase in PHASES[:3]}
    known = {phase: fact for phase, fact in now.items() if fact is not None and fact.is_known}
    highest = max(known, key=lambda phase: known[phase]["estimate"])
    said = ", ".join(f"{phase} {rate(fact['estimate'])}" for phase, fact in known.items())
    title = f"{highest} schools suspend most often for their size"
    alt = f"Line chart by phase. In {academic_year(facts.brief.year)}, for every 100 on roll: {said}."
    return title.replace("State-funded secondary", "Secondary").replace(
        "State-funded primary", "Primary"
    ), alt


def by_sen(facts: Facts) -> tuple[str, str]:
    """Title and alternative text of the chart by SEN provision and term."""
    rows = facts.where(indicator="suspension_rate_by_sen", statistic=RATE, time_period=facts.brief.year)
    term = rows["breakdown"].str.rsplit(", ", n=1).str[1].max()
    now = {
        group: rows[rows["breakdown"] == f"{group}, {term}"]["estimate"].iloc[0]
        for group in SEN_PROVISIONS
        if (rows["breakdown"] == f"{group}, {term}").any()
    }
    about = {"indicator": "suspension_rate_by_sen", "time_period": facts.brief.year, "statistic": RATE_RATIO}
    ratios = [facts.one(**about, breakdown=f"{group}, {term}") for group in SEN_PROVISIONS[:2]]
    title = (
        "Pupils with SEN are suspended more often than others"
        if all(fact is not None and fact.is_known and fact["lower"] > 1 for fact in ratios)
        else "Suspensions of pupils with and without SEN"
    )
    said = ", ".join(f"{group} {rate(value)}" for group, value in now.items())
    return title, (
        f"Line chart by term. In the {str(term).lower()} of {academic_year(facts.brief.year)}, suspensions for "
        f"every 100 pupils with that provision: {said}. The pandemic terms are shaded."
    )


def by_ethnicity(facts: Facts) -> tuple[str, str, str]:
    """Title, alternative text and unit of the chart by ethnic group."""
    reference = facts.brief.reference_groups["ethnicity_major"]
    rows = facts.where(
        indicator="suspension_rate_by_ethnicity", statistic=RATE_RATIO, time_period=facts.brief.year
    ).dropna(subset=["estimate"])
    out = ~rows["note"].str.contains(f"{STANDS_NOT_OUT}, allowing")
    above = rows[(rows["lower"] > 1) & out]["breakdown"].map(ETHNICITY_WORDS)
    title = (
        f"Schools suspended pupils recorded as {' or '.join(above)} more often"
        if len(above)
        else f"No group's rate stands clearly above {reference} pupils'"
    )
    said = "; ".join(
        f"{row['breakdown']} {ratio(row['estimate'])} ({ratio(row['lower'])} to {ratio(row['upper'])})"
        for row in rows.to_dict("records")
    )
    unit = (
        f"Suspension rate as a multiple of the rate of {reference} pupils, {academic_year(facts.brief.year)}"
    )
    return title, f"Dot chart of rate ratios against {reference} pupils, with intervals. {said}.", unit


def synthetic(facts: Facts) -> tuple[str, str]:
    """Title and alternative text of the chart of the synthetic control."""
    brief, indicator = facts.brief, "strategy_impact_suspension_rate"
    gap = facts.one(indicator=indicator, statistic=GAP, time_period=brief.year)
    model = facts.one(indicator=indicator, statistic=SYNTHETIC_RATE, time_period=brief.year)
    fit = facts.one(indicator=indicator, statistic=FIT)
    if gap is None or model is None or fit is None:
        return "No synthetic control", "No chart: there is no synthetic control in this run."
    side = "below" if gap["estimate"] < 0 else "above"
    alt = (
        f"Line chart. In {academic_year(brief.year)} the synthetic control stands at {rate(model['estimate'])} "
        f"suspensions for every 100 on roll; {brief.area} is {rate(abs(gap['estimate']))} {side} it. "
        f"Before the launch the two differed by {rate(fit['estimate'])} on average (root mean square)."
    )
    return f"{brief.area} is {side} its synthetic control", alt


def placebos(facts: Facts) -> tuple[str, str, str]:
    """Title, alternative text and subtitle of the chart of placebo gaps: by distance, and by growth as the text has it."""
    indicator = "strategy_impact_suspension_rate"
    share = facts.one(indicator=indicator, statistic=PLACEBO_DISTANCE)
    gap = facts.one(indicator=indicator, statistic=MEAN_GAP)
    grown = facts.one(indicator=indicator, statistic=PLACEBO_SHARE, design=SYNTHETIC_CONTROL)
    unit = "Number of authorities by how far they moved"
    if share is None or gap is None or grown is None:
        return "No placebos", "No chart: there are no placebos in this run.", unit
    words, allowed = (
        in_ten(share["estimate"]),
        f"given how closely each fitted before, {in_ten(grown['estimate'])} did",
    )
    alt = (
        f"Histogram of how far each of {share['denominator']:.0f} other authorities moved from its own synthetic "
        f"control. {possessive(facts.brief.area)} mean gap is {rate(gap['estimate'])} per 100; "
        f"{percent(share['estimate'])} of the others moved at least as far, in either direction; {allowed}."
    )
    return f"By distance alone, {words} others moved as far", alt, f"{unit}; {allowed}"


def _years(years: tuple[str, ...]) -> str:
    return " and ".join(academic_year(year) for year in years)
