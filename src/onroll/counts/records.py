"""An authority's own records counted: every indicator of every table, in one go, on any engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from onroll.counts import (
    delivery_log,
    off_rolling,
    placement_reviews,
    placements,
    principles_use,
    roll,
    schools,
    training,
)
from onroll.counts.cells import CELL_SCHEMA, SPELL_SCHEMA, Cells, Measure, joined, melted
from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.exclusions import exclusion_cells, reason_cells, register, wide_exclusions
from onroll.counts.repeats import times_suspended
from onroll.counts.spacing import suspension_spacing
from onroll.counts.topics import Topics, topics_of
from onroll.counts.wide import WIDE_KEYS, stacked, with_area
from onroll.counts.words import as_words
from onroll.vocabulary import TOTAL, YEAR

FAIR_ACCESS = (Measure("fair_access_placements", "fair_places", "pupils"),)


def record_cells(engine: Engine, choices: Choices) -> Cells:
    """Count everything that was handed over.

    Parameters
    ----------
    engine : Engine
        Tidy tables, from ``open_engine``. A table that is absent or empty gives no cells of its own.
    choices : Choices
        The last day of the records, the authorities, the rules.

    Returns
    -------
    Cells
        Cells and spells in the order of their keys: the same rows give the same tables on every engine, in
        whatever order they stand.

    Raises
    ------
    DataError
        If a table cannot be read or lacks a column.
    """
    topics = topics_of(engine.contracts)
    cells: list[pa.Table] = []
    spells: list[pa.Table] = []
    with engine.stage():
        for made in _pupil_level(engine, choices, topics, spells):
            cells.append(made)
    with engine.stage():
        cells += _small_tables(engine, choices)
        if engine.holds("delivery_log"):
            spells.append(_spells(engine, delivery_log.days_to_offer(engine, choices)))
    return Cells(joined(cells, CELL_SCHEMA), joined(spells, SPELL_SCHEMA))


def _pupil_level(
    engine: Engine, choices: Choices, topics: Topics, spells: list[pa.Table]
) -> Iterator[pa.Table]:
    """Roll, register and placements, which share the base and the pupils' groups."""
    if not any(engine.holds(name) for name in ("roll", "exclusions", "placements")):
        return
    base, carried = roll.wide_base(engine, choices, topics)
    with engine.stage():
        yield _cells(roll.roll_counts(engine, choices, topics, base), roll.MEASURES)
    if engine.holds("placements"):
        with engine.stage():
            yield from _placements(engine, choices, topics, base, spells)
    if not engine.holds("exclusions"):
        return
    with engine.stage():
        made = register(engine, choices, topics)
        with engine.stage():
            wide = wide_exclusions(made, base, carried, engine, choices, topics)
        yield from exclusion_cells(wide, topics, choices)
        del wide
        yield times_suspended(made.events, engine)
        with engine.stage():
            yield _cells(off_rolling.off_rolling(made, engine, choices, topics), off_rolling.MEASURES)
    with engine.stage():
        yield reason_cells(engine, choices)
        spells.append(_spells(engine, suspension_spacing(engine, choices)))


def _placements(
    engine: Engine, choices: Choices, topics: Topics, base: pa.Table, spells: list[pa.Table]
) -> Iterator[pa.Table]:
    every = placements.placement_spells(engine, choices, topics)
    counts = placements.placement_counts(every, engine, choices, topics)
    for made, columns in zip(
        counts, (placements.BEGUN, placements.BACK, placements.KEPT, (placements.UNLISTED,)), strict=True
    ):
        yield _cells(made, _of(placements.MEASURES, columns))
    year = base.filter(
        pc.and_(pc.equal(base["breakdown_topic"], TOTAL), pc.equal(base["time_identifier"], YEAR))
    )
    taken = placements.fair_places(every, engine, choices)
    over = stacked((taken, year.select([*WIDE_KEYS, "pupils"])), ("fair_places", "pupils"))
    yield _cells(over, FAIR_ACCESS)
    yield _cells(placement_reviews.review_counts(every, engine, choices, topics), placement_reviews.MEASURES)
    spells += [_spells(engine, made) for made in placements.placement_days(every, choices)]


def _small_tables(engine: Engine, choices: Choices) -> Iterator[pa.Table]:
    """Schools, training, the Guiding Principles and the calendar, each if it was handed over."""
    if not any(engine.holds(name) for name in ("schools", "training", "principles_use", "delivery_log")):
        return
    eligible = engine.cache(schools.eligible_schools(engine, choices))
    if engine.holds("schools"):
        yield _cells(schools.school_counts(eligible, engine, choices), schools.MEASURES)
    for name, counted, measures in (
        ("training", training.training_counts, training.MEASURES),
        ("principles_use", principles_use.principles_counts, principles_use.MEASURES),
        ("delivery_log", delivery_log.delivery_counts, delivery_log.MEASURES),
    ):
        if engine.holds(name):
            for made in counted(eligible, engine, choices):
                yield _cells(made, _of(measures, made.column_names))


def _of(measures: Sequence[Measure], columns: Sequence[str]) -> list[Measure]:
    """The measures that are counted by some columns."""
    return [measure for measure in measures if measure.numerator in columns]


def _cells(wide: pa.Table, measures: Sequence[Measure]) -> pa.Table:
    return melted(with_area(wide), measures)


def _spells(engine: Engine, spells: Table) -> pa.Table:
    return as_words(engine.fetch(spells)).cast(SPELL_SCHEMA)
