"""One study: what was received is checked, counted, computed and disclosed. No notebook, no document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.disclosure import Released, release
from onroll.errors import DataError, UsageError
from onroll.evidence.published import Figures, published_evidence
from onroll.evidence.question import Question
from onroll.framework import Framework, load
from onroll.framework.parameters import choose
from onroll.framework.strategy import Authority
from onroll.intake.checking import Checked, files_in
from onroll.intake.findings import Findings
from onroll.intake.received import EXCLUSIONS
from onroll.intake.shipped import Shipped, read_shipped
from onroll.project import Project
from onroll.reception import checked_or_stop, received_folder
from onroll.vocabulary import PUBLISHED, TOTAL, YEAR, academic_year, periods, time_period

ANNUAL, NATION, SEN, ETHNICITY = (
    "exclusions_authority_annual", "exclusions_nation_region_annual", "exclusions_sen_termly",
    "exclusions_ethnicity_annual",
)  # fmt: skip
SHARES = "sen_share_authority"
KEYS = [
    "time_period", "time_identifier", "geographic_level", "area_code", "area", "education_phase",
    "breakdown_topic", "breakdown",
]  # fmt: skip

FEWEST_YEARS = 5
COUNTS = ["suspension_count", "suspended_pupil_count", "permanent_exclusion_count"]
RATES = ["suspension_rate", "suspended_pupil_rate", "permanent_exclusion_rate"]


@dataclass(frozen=True, slots=True)
class Study:
    """A question and its released answer, with all that they rest on.

    Attributes
    ----------
    choices : mapping
        Every choice of the plan with the value used.
    deviations : tuple of str
        Where the choices depart from the plan, in words.
    files : tuple of Path
        What was received, besides the figures that ship with the project.
    is_latest : bool
        Whether the year is the latest that the figures hold for the authority.
    warnings : tuple of str
        What was found in the files that did not stop the study.
    """

    framework: Framework
    shipped: Shipped
    question: Question
    choices: Mapping[str, Any]
    deviations: tuple[str, ...]
    released: Released
    is_latest: bool
    files: tuple[Path, ...]
    warnings: tuple[str, ...]


def examine(
    project: Project, year: str = "", data: str = "", choices: Mapping[str, object] | None = None
) -> Study:
    """Check, count, compute and disclose.

    Parameters
    ----------
    year : str
        ``2023/24`` or ``202324``; empty for the latest year of the figures.
    data : str
        Folder with files received; empty for the project's ``data/raw``, which may be empty too.
    choices : mapping
        Choices of ``evaluation/analysis_plan.yaml`` by name that differ from the plan.

    Raises
    ------
    DeclarationError, DataError, UsageError
        If a declaration is broken, a file received has errors, or the year or a choice cannot be had.
    """
    framework = load(project.root)
    chosen = choose(framework.plan.choices, choices or {})
    shipped = read_shipped(project.published)
    folder = received_folder(project, data)
    checked = None if folder is None else checked_or_stop(folder, project, framework)
    figures, replaced = _figures(shipped, checked)
    question = _question(framework, shipped, figures, year, chosen)
    return Study(
        framework, shipped, question, chosen, deviations(framework, chosen),
        release(published_evidence(figures, question)),
        question.year == _years(figures.annual, question.area_code, question.area)[-1],
        () if folder is None else tuple(files_in(folder)),
(*replaced, *(() if checked is None else Findings(checked.findings.warnings).lines())),
    )  # fmt: skip


def deviations(framework: Framework, chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """Where choices depart from the plan, in words."""
    plan = framework.plan.choices
    return tuple(
        f"{name} is {_shown(plan[name].type, value)}; the plan says {_shown(plan[name].type, plan[name].default)}"
        for name, value in chosen.items()
        if value != plan[name].default
    )


def _shown(kind: str, value: object) -> str:
    return academic_year(str(value)) if kind == "year" and value else str(value)


def _figures(shipped: Shipped, checked: Checked | None) -> tuple[Figures, tuple[str, ...]]:
    """The shipped figures, with those received put in their place, and what to say of that."""
    said: list[str] = []
    tables = {name: shipped.tables[name].table for name in (ANNUAL, NATION, SEN, ETHNICITY)}
    received = () if checked is None else checked.received
    for one in received:
        if one.kind == EXCLUSIONS:
            for name, rows in _sorted_out(one.table.assign(source=one.name)).items():
                kind = RATES if name == SEN else COUNTS
                other = _other_figures(tables[name], rows, kind)
                tables[name] = _put_in_place(tables[name], rows, kind)
                if other:
                    said.append(
                        f"{one.name}: {other:,} rows put other figures in the place of those that ship"
                    )
    per_pupil = shipped.tables["suspensions_per_pupil_national"].table
    per_pupil = per_pupil[per_pupil["time_period"] == per_pupil["time_period"].max()].dropna()
    shares = shipped.tables[SHARES].table.assign(source=SHARES)
    published = [*shipped.cards, *(one.name for one in received if one.kind == EXCLUSIONS)]
    origins = dict.fromkeys(published, PUBLISHED)
    made = Figures(tables[ANNUAL], tables[NATION], tables[SEN], tables[ETHNICITY], shares, per_pupil, origins)
    return made, tuple(said)


def _other_figures(known: pd.DataFrame, rows: pd.DataFrame, figures: list[str]) -> int:
    """How many received rows give another figure than the known row of the same key."""
    both = known.merge(rows, on=KEYS, suffixes=("", "_received"))
    differs = [
        both[one].notna() & both[f"{one}_received"].notna() & (both[one] != both[f"{one}_received"])
        for one in figures
    ]
    return int(pd.concat(differs, axis="columns").any(axis="columns").sum()) if len(both) else 0


def _put_in_place(known: pd.DataFrame, rows: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    """Received rows replace those with the same key, unless they withhold a figure that is already known."""
    if rows.empty:
        return known
    both = pd.concat([known, rows], ignore_index=True)
    given = both[figures].notna().sum(axis="columns")
    best = both.assign(given=given).sort_values("given", kind="stable").drop_duplicates(KEYS, keep="last")
    return best.drop(columns="given").sort_index().reset_index(drop=True)


def _sorted_out(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows received, by the shipped table they belong to. Rates without counts replace no counts."""
    local, annual = table["geographic_level"] == "Local authority", table["time_identifier"] == YEAR
    topic, counted = table["breakdown_topic"], table["pupil_headcount"].notna()
    return {
        ANNUAL: table[local & annual & (topic == TOTAL) & counted],
        NATION: table[~local & annual & (topic == TOTAL) & counted],
        SEN: table[local & ~annual & (topic == "sen_provision")],
        ETHNICITY: table[local & annual & (topic == "ethnicity_major") & counted],
    }


def _question(
    framework: Framework, shipped: Shipped, figures: Figures, year: str, chosen: Mapping[str, Any]
) -> Question:
    strategy, plan = framework.strategy, framework.plan
    authority = strategy.authority
    _known_authority(authority, shipped.tables["authorities"].table)
    years = _years(figures.annual, authority.old_la_code, authority.name)
    asked = time_period(year) if year else years[-1]
    if asked not in years:
        spans = f"{academic_year(years[0])} to {academic_year(years[-1])}"
        raise UsageError(f"year '{academic_year(asked)}': no figures for {authority.name}; there are {spans}")
    neighbours = shipped.tables["statistical_neighbours"].table
    mine = neighbours[
        (neighbours["old_la_code"] == authority.old_la_code)
        & (neighbours["model_year"] == chosen["neighbours"])
    ]
    comparator = next(one for one in framework.comparators.values() if one.model == chosen["neighbours"])
    pandemic, difference = strategy.regime("pandemic").years, plan.design("difference_in_differences")
    question = Question(
        year=asked, area_code=authority.old_la_code, area=authority.name, region=authority.region,
        neighbours=tuple(mine["neighbour_old_la_code"]),
        neighbours_label=f"Statistical neighbours ({chosen['neighbours']} model)", neighbours_id=comparator.id,
        reference_groups={one.breakdown: one.group for one in plan.reference_groups},
        baseline=periods(chosen["baseline_first"], chosen["baseline_last"]), pandemic=pandemic,
        launch=strategy.launch, impact_pre=periods(chosen["impact_first"], chosen["impact_last"]),
        change_pre=periods(difference.pre_first, difference.pre_last), confidence=chosen["confidence"],
        power=plan.power, dispersion=chosen["dispersion"],
    )  # fmt: skip
    _check_windows(question)
    return question


def _known_authority(authority: Authority, known: pd.DataFrame) -> None:
    """Refuse an authority whose code, name and region do not belong together."""
    where = "evaluation/strategy.yaml: authority"
    found = known[known["old_la_code"] == authority.old_la_code]
    if found.empty:
        named = known[known["la_name"] == authority.name]
        hint = f" {authority.name} is {named['old_la_code'].iloc[0]}." if len(named) else ""
        raise DataError(
            f"{where}.old_la_code '{authority.old_la_code}' is not among the authorities of "
            f"data/published/authorities.csv.{hint}"
        )
    row = found.iloc[0]
    for key, said, right in (
        ("name", authority.name, row["la_name"]),
        ("region", authority.region, row["region_name"]),
    ):
        if said.lower() != str(right).lower():
            raise DataError(f"{where}.{key} is '{said}'; {authority.old_la_code} has '{right}'")


def _check_windows(question: Question) -> None:
    """Refuse years that cannot be what they are named for."""
    baseline = (
        f"the baseline ({academic_year(question.baseline[0])} to {academic_year(question.baseline[-1])})"
    )
    if set(question.baseline) & set(question.pandemic):
        raise UsageError(
            f"{baseline} holds a pandemic year; choose baseline_first and baseline_last outside them"
        )
    if question.baseline[-1] >= question.launch:
        launch = academic_year(question.launch)
        raise UsageError(f"{baseline} reaches into the strategy, which began in {launch}; let it end before")
    if question.impact_pre[-1] >= question.launch:
        launch = academic_year(question.launch)
        raise UsageError(
            f"impact_last is {academic_year(question.impact_pre[-1])}; it must lie before {launch}"
        )
    if len(question.impact_pre) < FEWEST_YEARS:
        raise UsageError(
            f"impact_first to impact_last are {len(question.impact_pre)} years; give at least {FEWEST_YEARS}, so that "
            "there is a path to follow"
        )


def _years(annual: pd.DataFrame, code: str, name: str) -> list[str]:
    """Years of the authority's own annual figures; an authority without any is said so."""
    years = sorted(annual[annual["area_code"] == code]["time_period"].unique())
    if not years:
        raise DataError(f"no figures for {name} ({code}) in data/published or in what was received")
    return years
