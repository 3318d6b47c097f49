"""Pupils of the January census by school and by all their groups at once, and what became of them in the year.

This is what adjusted comparisons are fitted on: for counts, cells of equal pupils say as much as the pupils. A cell may
hold one pupil, so these never leave the run and are shown only as results that pass the door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.exclusions import PERMANENT, SUSPENSION
from onroll.counts.places import PLACE, places_of
from onroll.counts.roll import JANUARY, MAIN_REGISTRATIONS, as_number
from onroll.counts.topics import Topics, topics_of
from onroll.counts.words import as_words, worded
from onroll.vocabulary.records import WIDER

OUTCOMES = ("suspended", "suspensions", "suspensions_squared", "permanently_excluded")


@dataclass(frozen=True, slots=True)
class Crossed:
    """Cells of pupils, and how many excluded pupils stand in none of them.

    Attributes
    ----------
    cells : pyarrow.Table
        ``time_period, urn, la_code, education_phase``, a column of labels for each topic (``sen_provision,
        ethnicity_minor, ethnicity_major, fsm, sex, national_curriculum_year``), ``pupils`` and, of these pupils,
        ``suspended`` (at least once in the year), ``suspensions``, ``suspensions_squared`` (the sum over pupils of
        the square of theirs) and ``permanently_excluded``.
    not_on_roll : mapping
        For each year, how many pupils were suspended or excluded and had no main registration in January.
    """

    cells: pa.Table
    not_on_roll: MappingProxyType[str, int]


def crossed_cells(engine: Engine, choices: Choices, years: Sequence[str]) -> Crossed:
    """Count the pupils of some years by school and all groups at once.

    A pupil counts once a year, at the school of the main registration in January (the lowest school number when
    there are several), with every suspension and permanent exclusion of that year, at whatever school.

    Parameters
    ----------
    engine : Engine
        Tidy tables, from ``open_engine``.
    choices : Choices
        The authorities whose schools are counted.
    years : sequence of str
        Time periods, such as ``202324``.
    """
    topics = topics_of(engine.contracts)
    pupils, events = _pupils(engine, topics, years), _events(engine, years)
    both = pupils.left_join(events, [pupils.time_period == events.period, pupils.pupil == events.excluded])
    mask = (1 << topics.bits) - 1
    each = both.select(
        "time_period",
        urn=(both.code >> topics.bits).cast("int32"),
        packed=both.code & mask,
        suspended=as_number(both.times > 0),
        suspensions=both.times.fill_null(0),
        suspensions_squared=both.times.fill_null(0) * both.times.fill_null(0),
        permanently_excluded=as_number(both.permanent > 0),
    )
    sums: dict[str, Any] = {name: each[name].sum().cast("int64") for name in OUTCOMES}
    counts = each.group_by("time_period", "urn", "packed").aggregate(pupils=each.count(), **sums)
    table = places_of(engine, choices).of(as_words(engine.fetch(counts)))
    missing = events.anti_join(pupils, [events.period == pupils.time_period, events.excluded == pupils.pupil])
    lost = engine.fetch(missing.group_by("period").aggregate(lost=missing.count())).to_pylist()
    return Crossed(_labelled(table, topics), MappingProxyType({row["period"]: row["lost"] for row in lost}))


def _pupils(engine: Engine, topics: Topics, years: Sequence[str]) -> Table:
    """Each pupil of January once a year: ``time_period, pupil`` and school and groups in one number, ``code``."""
    roll = engine.table("roll")
    main = roll.filter(
        roll.time_period.isin(years) & (roll.term == JANUARY) & roll.enrolment_status.isin(MAIN_REGISTRATIONS)
    )
    packed = main.select(
        "time_period", "pupil", code=main.urn.cast("int64") * (1 << topics.bits) + topics.packed(main)
    )
    return packed.group_by("time_period", "pupil").aggregate(code=packed.code.min())


def _events(engine: Engine, years: Sequence[str]) -> Table:
    """Each pupil suspended or excluded in a year, with how many times."""
    rows = engine.table("exclusions")
    own = rows.filter(rows.time_period.isin(years) & rows.category.isin((SUSPENSION, PERMANENT)))
    is_suspension = as_number(own.category == SUSPENSION)
    flagged = own.select("time_period", "pupil", one=is_suspension, other=1 - is_suspension)
    return flagged.group_by(period=flagged.time_period, excluded=flagged.pupil).aggregate(
        times=flagged.one.sum().cast("int64"), permanent=flagged.other.sum().cast("int64")
    )


def _labelled(table: pa.Table, topics: Topics) -> pa.Table:
    """Words in place of the packed number, the major ethnic group beside the minor."""
    packed = table["packed"].to_numpy()
    columns = {name: table[name] for name in ("time_period", "urn", *PLACE)}
    for topic in topics.each:
        keys = pa.chunked_array([pa.array(np.bitwise_and(packed, topic.mask))])
        columns[topic.name] = worded(keys, topic.by_number, topic.otherwise)
        if topic.name in WIDER:
            columns[WIDER[topic.name][0]] = worded(keys, topic.wider_by_number, topic.otherwise)
    return pa.table(columns | {name: table[name] for name in ("pupils", *OUTCOMES)})
