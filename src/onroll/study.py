"""One study: what was received is checked, counted, computed and disclosed. No notebook, no document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.disclosure import Released, release
from onroll.disclosure.over_schools import few_small
from onroll.disclosure.own_records import Rules
from onroll.errors import DataError, UsageError, one_of
from onroll.evidence.own import own_rows
from onroll.evidence.published import Figures, published_evidence, repeat_scale
from onroll.evidence.question import Question
from onroll.evidence.records import record_rows
from onroll.evidence.table import Evidence, collect, joined
from onroll.figures import figures_of
from onroll.framework import Framework, load
from onroll.framework.contract_files import load_contracts
from onroll.framework.contracts import Contracts
from onroll.framework.departures import departures
from onroll.framework.parameters import choose
from onroll.framework.strategy import Authority
from onroll.intake.checking import Checked, files_in
from onroll.intake.findings import Findings
from onroll.intake.shipped import Shipped, read_shipped
from onroll.own_records import OwnRecords, count, unfinished
from onroll.presentation.quality import Quality
from onroll.project import Project
from onroll.received_quality import quality_of
from onroll.reception import checked_or_stop, received_folder
from onroll.vocabulary import TERMS, academic_year, periods, time_period

FEWEST_YEARS = 5
LATEST = "latest"
NO_REGISTER = (
    "no suspensions or exclusions of own records can be counted, and the termly report is made of them. "
    "'onroll check' says what was received and what is wrong with it"
)


@dataclass(frozen=True, slots=True)
class Study:
    """A question and its released answer, with all that they rest on.

    Attributes
    ----------
    choices : mapping
        Every choice of the plan with the value used.
    deviations : tuple of str
        Where the choices depart from the plan, and the plan from the one that was tried, in words.
    files : tuple of Path
        What was received, besides the figures that ship with the project.
    is_latest : bool
        Whether the year is the latest that the figures hold for the authority.
    warnings : tuple of str
        What was found in the files that did not stop the study.
    term : str
        The term of a termly report, such as ``Spring term``; empty for a year.
    quality : Quality
        What was received and how good it is.
    own : OwnRecords or None
        What own records gave: cells only.
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
    term: str = ""
    quality: Quality = field(default_factory=Quality)
    own: OwnRecords | None = None


def examine(
    project: Project,
    year: str = "",
    data: str = "",
    choices: Mapping[str, object] | None = None,
    term: str = "",
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
    term : str
        ``Spring`` or ``Spring term`` for the termly report, which is made of own records alone, ``latest`` for the last
        term they reach; empty for a year.

    Raises
    ------
    DeclarationError, DataError, UsageError
        If a declaration is broken, a file received has errors, or the year or a choice cannot be had.
    """
    term = _term(term)
    framework, contracts = load(project.root), load_contracts(project.root)
    chosen = choose(framework.plan.choices, choices or {})
    shipped = read_shipped(project.published)
    folder = received_folder(project, data)
    checked = None if folder is None else checked_or_stop(folder, project, framework)
    try:
        figures, said = figures_of(shipped, checked)
        own = _own_records(checked, framework, contracts, figures)
        year, term = _time(year, term, own)
        question = _question(framework, shipped, figures, year, chosen, any_year=bool(term))
        quality = quality_of(checked, contracts)
    finally:
        if checked is not None:
            checked.close()
    evidence = _evidence(figures, own, question, term)
    late = "" if own is None or term else unfinished(own.extent, question.year)
    found = () if checked is None else Findings(checked.findings.warnings).lines()
    return Study(
        framework, shipped, question, chosen, departures(framework, chosen),
        release(evidence, door_rules(framework, own)),
        question.year == _years(figures.annual, question.area_code, question.area)[-1],
        () if folder is None else tuple(files_in(folder)), (*said, *found, *((late,) if late else ())),
        term, quality, own,
    )  # fmt: skip


def _term(asked: str) -> str:
    """A term as it is called: ``spring`` is ``Spring term``; ``latest`` and nothing stay."""
    if not asked or asked == LATEST:
        return asked
    called = f"{asked.split()[0].capitalize()} term"
    if called not in TERMS:
        raise UsageError(f"term '{asked}': there are {one_of(TERMS)}")
    return called


def _time(year: str, term: str, own: OwnRecords | None) -> tuple[str, str]:
    """Year and term as they are called; the last of the records where ``latest`` or no year is asked for."""
    if not term:
        return year, ""
    if own is None or not own.extent.terms:
        raise DataError(NO_REGISTER)
    last_year, last_term = max(own.extent.terms, key=lambda one: (one[0], TERMS.index(one[1])))
    return year or last_year, last_term if term == LATEST else term


def _own_records(
    checked: Checked | None, framework: Framework, contracts: Contracts, figures: Figures
) -> OwnRecords | None:
    if checked is None or checked.records is None or not checked.records.tables:
        return None
    return count(checked.records, framework, contracts, repeat_scale(figures))


def _evidence(figures: Figures, own: OwnRecords | None, question: Question, term: str) -> Evidence:
    if term:
        if own is None or not len(own.study.cells):
            raise DataError(NO_REGISTER)
        rows = list(record_rows(own.study.of_term(term), question))
        if not rows:
            raise DataError(
                f"the records have nothing of the {term.lower()} of {academic_year(question.year)}"
            )
        return collect(rows, own.origins)
    published = published_evidence(figures, question)
    if own is None:
        return published
    return joined(published, collect(own_rows(own.study, own.crossed, question), own.origins))


def door_rules(framework: Framework, own: OwnRecords | None) -> Rules | None:
    """How the door protects own records: the policy of their origin, and which indicators count people."""
    if own is None:
        return None
    declared, indicators = framework.disclosure, framework.indicators.values()
    policy = declared.for_origin("synthetic" if own.is_synthetic else "received")
    return Rules(
        policy.minimum_count,
        frozenset(one.id for one in indicators if one.kind in ("proportion", "days")),
        frozenset(declared.no_people),
        dict(declared.rests_on),
        few_small(own.study.cells, policy.minimum_count),
        frozenset(declared.counts_unshown),
        frozenset(declared.kept),
    )


def _question(
    framework: Framework,
    shipped: Shipped,
    figures: Figures,
    year: str,
    chosen: Mapping[str, Any],
    *,
    any_year: bool,
) -> Question:
    strategy, plan = framework.strategy, framework.plan
    authority = strategy.authority
    _known_authority(authority, shipped.tables["authorities"].table)
    years = _years(figures.annual, authority.old_la_code, authority.name)
    asked = time_period(year) if year else years[-1]
    if asked not in years and not any_year:
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
        change_pre=periods(difference.pre_first, difference.pre_last), impact_comparators=chosen["impact_comparators"],
        confidence=chosen["confidence"], power=plan.power, dispersion=chosen["dispersion"],
        disproportionality=plan.disproportionality, consistency=plan.consistency, impact=plan.impact,
        known_truth=framework.known_truth, known_schools=framework.known_schools,
    )  # fmt: skip
    _check_windows(question, str(figures.annual["time_period"].min()))
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


def _check_windows(question: Question, first: str) -> None:
    """Refuse years that cannot be what they are named for."""
    launch, spans = (
        academic_year(question.launch),
        map(academic_year, (question.baseline[0], question.baseline[-1])),
    )
    baseline = f"the baseline ({' to '.join(spans)})"
    if set(question.baseline) & set(question.pandemic):
        raise UsageError(f"{baseline} holds a pandemic year; choose baseline_first and _last outside them")
    if question.baseline[-1] >= question.launch:
        raise UsageError(f"{baseline} reaches into the strategy, which began in {launch}; let it end before")
    if question.impact_pre[-1] >= question.launch:
        raise UsageError(
            f"impact_last is {academic_year(question.impact_pre[-1])}; it must lie before {launch}"
        )
    if (began := question.impact_pre[0]) < first:
        raise UsageError(f"impact_first is {academic_year(began)}; figures begin in {academic_year(first)}")
    if (many := len(question.calm_pre)) < FEWEST_YEARS:
        raise UsageError(
            f"impact_first to impact_last hold {many} calm {'year' if many == 1 else 'years'}; give at least "
            f"{FEWEST_YEARS}, so that there is a path to follow"
        )


def _years(annual: pd.DataFrame, code: str, name: str) -> list[str]:
    """Years of the authority's own annual figures; an authority without any is said so."""
    years = sorted(annual[annual["area_code"] == code]["time_period"].unique())
    if not years:
        raise DataError(f"no figures for {name} ({code}) in data/published or in what was received")
    return years
