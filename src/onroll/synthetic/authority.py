"""A made authority, or a made England, from a seed: the rooms' parts joined and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from onroll.errors import UsageError, one_of
from onroll.framework import load
from onroll.framework.contracts import Contracts
from onroll.synthetic.calendar import TERMS, school_year
from onroll.synthetic.defects import plant_defects
from onroll.synthetic.delivery import delivery_table
from onroll.synthetic.effects import chosen
from onroll.synthetic.hazards import value_of
from onroll.synthetic.part import Plan, make_part
from onroll.synthetic.schools import make_schools, schools_table
from onroll.synthetic.staff import policies_table, principles_table, training_table
from onroll.synthetic.surveys import answers_table, item_levels
from onroll.synthetic.targets import authority_codes, read_targets
from onroll.synthetic.truth import Truth, YearTotals, schools_said
from onroll.synthetic.writing import README, TRUTH, Folder
from onroll.vocabulary import periods, time_period

PART = 60_000
"""Pupils of one independent part, about; what is in memory at once does not grow beyond a part."""
LEAST_PUPILS, MOST_PUPILS, MOST_OF_ONE = 500, 12_000_000, 1_000_000
MOST_WITH_DEFECTS = 500_000
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """The authority to be made: its code of three digits and a name. A blank code makes England, of many codes."""

    la_code: str
    name: str


def make_authority(
    out: Path,
    contracts: Contracts,
    published_root: Path,
    *,
    authority: Made,
    seed: int = 1,
    pupils: int = 41_000,
    first: str = "201516",
    last: str = "202324",
    effects: Mapping[str, float] | None = None,
    defects: bool = False,
    censuses: Sequence[str] = TERMS,
    form: str = "csv",
    items: Sequence[str] | None = None,
    say: Say = lambda text: None,
) -> Truth:
    """Write a made authority in the received form, whole or not at all. The same seed writes the same bytes.

    Parameters
    ----------
    out : folder to write; it may be there if it is empty or a made authority
    contracts : the contracts its tables meet
    published_root : folder of the published figures (``data/published``) that it resembles
    authority : whose rows of the published figures are aimed at
    seed : 0 or more
    pupils : pupils of the last year, 500 to 12,000,000; earlier years follow the published rolls
    first, last : academic years, such as ``201516``
    effects : planted effects by name, see `onroll.synthetic.effects.EFFECTS`
    defects : whether faults are planted, one of each kind (form csv only)
    censuses : which census rows the rolls keep; with only Spring nobody changes school in the year
    form : ``csv`` or ``parquet``; rolls are a file a year
    items : survey items; left out, those that the project's indicators name
    say : told of progress, a sentence at a time

    Raises
    ------
    UsageError
        If an argument is out of bounds, or ``out`` holds what no made authority wrote.
    DataError
        If the published figures are not there.
    """
    values = chosen(effects or {})
    first, last = time_period(first), time_period(last)
    _check(authority, seed, pupils, first, last, censuses, form, defects)
    asked = tuple(items) if items is not None else _declared_items(published_root)
    parts = max(1, round(pupils / PART))
    own, small, *seeds = np.random.SeedSequence(seed).spawn(2 + parts)
    plan = _plan(own, published_root, authority.la_code, (first, last), pupils, parts, censuses, values)
    years = {period: YearTotals() for period in periods(first, last)}
    with Folder(out, contracts, form) as folder:
        folder.write("schools", schools_table(plan.schools))
        tally, ratios = make_part(plan, 0, seeds[0], folder, years, say)
        for part, its_seed in enumerate(seeds[1:], 1):
            make_part(plan, part, its_seed, folder, years, lambda text: None)
            say(f"part {part + 1} of {parts} made")
        _small_tables(folder, plan, small, asked, tally)
        folder.close()
        truth = Truth(
            seed, pupils, parts, first, last, {"la_code": authority.la_code, "name": authority.name},
            tuple(TERMS[at] for at in plan.censuses), form, _versions(contracts), values, ratios,
            schools_said(plan.schools, values), years, folder.rows,
        )  # fmt: skip
        if defects:
            truth = plant_defects(folder.path, truth, contracts, np.random.default_rng([seed, 7]))
        folder.say(TRUTH, truth.to_json())
        folder.say(README, f"Synthetic data made from seed {seed}; no real child, school or family.\n")
        folder.keep()
    return truth


def _plan(
    seed: np.random.SeedSequence,
    published_root: Path,
    la_code: str,
    span: tuple[str, str],
    pupils: int,
    parts: int,
    censuses: Sequence[str],
    values: dict[str, float | None],
) -> Plan:
    """What all parts share: the aims, the schools, the effects."""
    targets = read_targets(published_root, la_code, *span)
    codes = (la_code,) if la_code else authority_codes(published_root)
    heads = tuple(share * pupils / parts for share in targets.years[-1].heads)
    signing, informal = value_of(values, "charter_share"), value_of(values, "informal")
    schools = make_schools(np.random.default_rng(seed), heads, parts, codes, signing, informal)
    kept = tuple(at for at, term in enumerate(TERMS) if term in censuses)
    return Plan(targets, schools, values, kept, pupils / parts)


def _declared_items(published_root: Path) -> tuple[str, ...]:
    """The survey items that the indicators of the project name whose published figures these are."""
    indicators = load(published_root.resolve().parents[1]).indicators.values()
    return tuple(item for one in indicators if one.table == "survey_answers" for item in one.items)


def _small_tables(
    folder: Folder,
    plan: Plan,
    seed: np.random.SeedSequence,
    items: tuple[str, ...],
    tally: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> None:
    """The tables without pupils, year by year."""
    level_seed, *seeds = seed.spawn(1 + len(plan.targets.years))
    levels = item_levels(np.random.default_rng(level_seed), items)
    for at, (target, its_seed) in enumerate(zip(plan.targets.years, seeds, strict=True)):
        rng, year = np.random.default_rng(its_seed), school_year(target.period)
        folder.write("training", training_table(rng, plan.schools, year))
        folder.write("principles_use", principles_table(rng, plan.schools, year))
        folder.write("policies", policies_table(rng, plan.schools, year))
        folder.write("delivery_log", delivery_table(rng, plan.schools, year, tally[at]))
        answers = answers_table(rng, plan.schools, year, items, levels)
        if answers is not None:
            folder.write("survey_answers", answers)


def _check(
    authority: Made,
    seed: int,
    pupils: int,
    first: str,
    last: str,
    censuses: Sequence[str],
    form: str,
    defects: bool,
) -> None:
    if authority.la_code and not (len(authority.la_code) == 3 and authority.la_code.isdecimal()):
        raise UsageError(
            f"authority '{authority.la_code}' is no code of three digits; leave it blank for England"
        )
    if seed < 0:
        raise UsageError(f"seed {seed} is negative; give 0 or more")
    most = MOST_OF_ONE if authority.la_code else MOST_PUPILS
    if not LEAST_PUPILS <= pupils <= most:
        raise UsageError(f"pupils {pupils} cannot be made; give {LEAST_PUPILS} to {most}")
    if first > last:
        raise UsageError(f"years {first} to {last} run backwards; give the earlier year first")
    strange = [term for term in censuses if term not in TERMS]
    if strange or "Spring" not in censuses:
        raise UsageError(f"censuses {one_of(censuses)}: give Spring, alone or with others of {one_of(TERMS)}")
    if defects and (form != "csv" or pupils > MOST_WITH_DEFECTS):
        raise UsageError(
            f"defects are planted in form csv and up to {MOST_WITH_DEFECTS} pupils; change form or pupils"
        )


def _versions(contracts: Contracts) -> dict[str, str]:
    return {
        "onroll": version("onroll"),
        "numpy": np.__version__,
        "contracts": str(contracts.versions.current),
    }
