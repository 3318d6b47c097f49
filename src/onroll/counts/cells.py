"""Cells: what leaves this room. No row speaks of a pupil; each says how many, of how many, where and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from onroll.counts.words import WORD, as_words, same_word, summed_up
from onroll.vocabulary import TOTAL

KEYS = (
    "time_period", "time_identifier", "geographic_level", "area_code", "education_phase", "breakdown_topic",
    "breakdown",
)  # fmt: skip
LOCAL_AUTHORITY, SCHOOL = "Local authority", "School"
_WORDS = [("indicator", WORD), *((key, WORD) for key in KEYS)]
CELL_SCHEMA = pa.schema([*_WORDS, ("numerator", pa.int64()), ("denominator", pa.int64())])
SPELL_SCHEMA = pa.schema([*_WORDS, ("days", pa.int32()), ("ended", pa.bool_()), ("count", pa.int64())])


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts of an authority's own records.

    ``cells`` has the columns of ``CELL_SCHEMA``, one row a cell; ``denominator`` is null where nothing is counted
    over, or where no roll was received for the year. ``spells`` has the columns of ``SPELL_SCHEMA``: how many spells
    lasted so many days, and whether they ended or were still going when last seen. Both are in order of their keys.
    """

    cells: pa.Table
    spells: pa.Table


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator as two columns of a wide table of counts.

    ``topic`` and ``breakdown`` take the place of the total's when the columns speak of one group only; ``only``
    names the breakdown topics that are taken over, all when empty.
    """

    indicator: str
    numerator: str
    denominator: str | None = None
    topic: str = ""
    breakdown: str = ""
    only: tuple[str, ...] = ()


def melted(wide: pa.Table, measures: Sequence[Measure]) -> pa.Table:
    """The cells of a wide table: ``KEYS`` and columns of counts in, one row an indicator and cell out.

    A cell whose denominator is 0 and in which nothing happened says nothing and is left out; so is a count of a
    group, without a denominator, in which nothing happened. A null numerator is 0.
    """
    words = as_words(wide)
    return pa.concat_tables([CELL_SCHEMA.empty_table(), *(_melted(words, measure) for measure in measures)])


def _melted(wide: pa.Table, measure: Measure) -> pa.Table:
    if measure.topic:
        wide = wide.filter(pc.equal(wide["breakdown_topic"], TOTAL))
    elif measure.only:
        wide = wide.filter(pc.is_in(wide["breakdown_topic"], pa.array(measure.only)))
    events = pc.fill_null(wide[measure.numerator], 0).cast(pa.int64())
    over = pa.nulls(len(wide), pa.int64()) if measure.denominator is None else wide[measure.denominator]
    happened = pc.greater(events, 0)
    over = over if isinstance(over, pa.ChunkedArray) else pa.chunked_array([over])
    is_headline = pc.and_(pc.equal(wide["breakdown_topic"], TOTAL), measure.denominator is None)
    keep = pc.or_(pc.or_(happened, pc.fill_null(pc.greater(over, 0), False)), is_headline)
    words = {"indicator": measure.indicator}
    if measure.topic:
        words |= {"breakdown_topic": measure.topic, "breakdown": measure.breakdown}
    named = {
        key: same_word(words[key], len(wide)) if key in words else wide[key] for key in ("indicator", *KEYS)
    }
    return pa.table(named | {"numerator": events, "denominator": over}, schema=CELL_SCHEMA).filter(keep)


def joined(tables: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
    """Several tables of one form as one, in the order of their words and days."""
    whole = pa.concat_tables([schema.empty_table(), *tables]).unify_dictionaries().combine_chunks()
    order = pa.repeat(pa.scalar(0, pa.int64()), len(whole))
    for at, field in enumerate(schema):
        if pa.types.is_dictionary(field.type):
            words = _in_order(whole[field.name].combine_chunks())
            whole = whole.set_column(at, field, words)
            order = _after(order, words.indices.cast(pa.int64()), len(words.dictionary))
        elif field.name in ("days", "ended"):
            values = whole[field.name].cast(pa.int64()).combine_chunks()
            order = _after(order, values, (pc.max(values).as_py() or 0) + 1)
    return whole.take(pc.sort_indices(order))


def _in_order(words: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same words, pointing into the sorted list of those that are used."""
    used = pc.sort_indices(words.dictionary)
    used = used.filter(pc.is_in(used.cast(pa.int32()), pc.unique(words.indices)))
    known = words.dictionary.take(used)
    places = pc.index_in(words.dictionary, known)
    return pa.DictionaryArray.from_arrays(places.take(words.indices), known)


def _after(order: pa.Array, values: pa.Array, size: int) -> pa.Array:
    return pc.add_checked(pc.multiply_checked(order, pa.scalar(size, pa.int64())), values)


def summed(cells: pa.Table, indicator: str, topic: str) -> pa.Table:
    """The cells of one indicator added over a breakdown topic, as the indicator's total."""
    own = cells.filter(
        pc.and_(pc.equal(cells["indicator"], indicator), pc.equal(cells["breakdown_topic"], topic))
    )
    keys = ["indicator", *(key for key in KEYS if not key.startswith("breakdown"))]
    total = summed_up(own, keys, ("numerator", "denominator"))
    for name in ("breakdown_topic", "breakdown"):
        total = total.append_column(name, same_word(TOTAL, len(total)))
    return total.select(CELL_SCHEMA.names).cast(CELL_SCHEMA)
