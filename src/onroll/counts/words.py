"""Tables in memory whose words stand once and are pointed at: millions of rows repeat a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORD = pa.dictionary(pa.int32(), pa.string())


def as_words(table: pa.Table) -> pa.Table:
    """A table whose columns of text are words: each stands once and is pointed at."""
    for at, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            table = table.set_column(at, field.name, pc.dictionary_encode(table[field.name]))
    return table


def same_word(word: str, rows: int) -> pa.DictionaryArray:
    """One word in every row."""
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([word]))


def with_words(table: pa.Table, **words: str | int) -> pa.Table:
    """A table with the same word, or number, in every row of a new column."""
    for name, word in words.items():
        table = table.append_column(name, _repeated(word, len(table)))
    return table


def _repeated(word: str | int, rows: int) -> pa.Array:
    return same_word(word, rows) if isinstance(word, str) else pa.repeat(pa.scalar(word, pa.int32()), rows)


def worded(keys: pa.ChunkedArray, words: Mapping[Any, str], otherwise: str) -> pa.DictionaryArray:
    """The word of each key; ``otherwise`` for null and for a key without a word."""
    said = list(words)
    numbers = {word: at for at, word in enumerate(dict.fromkeys([*words.values(), otherwise]))}
    places = pa.array([numbers[word] for word in words.values()], pa.int32())
    at = pc.index_in(keys, pa.array(said).cast(_plain(keys.type)))
    pointers = pc.fill_null(places.take(_whole(at)), numbers[otherwise])
    return pa.DictionaryArray.from_arrays(_whole(pointers), pa.array(list(numbers)))


def filled(column: pa.ChunkedArray, otherwise: str) -> pa.DictionaryArray:
    """Words with another in place of null."""
    whole = _whole(pc.dictionary_encode(column) if pa.types.is_string(column.type) else column)
    words = whole.dictionary.to_pylist()
    if otherwise not in words:
        words.append(otherwise)
    pointers = pc.fill_null(whole.indices.cast(pa.int32()), words.index(otherwise))
    return pa.DictionaryArray.from_arrays(pointers, pa.array(words, pa.string()))


def in_one_piece(table: pa.Table) -> pa.Table:
    """A table in which equal words point to the same place and each column is one array."""
    return table.unify_dictionaries().combine_chunks()


def summed_up(table: pa.Table, keys: Sequence[str], sums: Sequence[str]) -> pa.Table:
    """Sums by keys, which are words or numbers; a null adds nothing, and only nulls add up to null."""
    whole = in_one_piece(table.select([*keys, *sums]))
    words = {
        name: _whole(whole[name]).dictionary for name in keys if pa.types.is_dictionary(whole[name].type)
    }
    plain = whole
    for name in words:
        plain = plain.set_column(plain.column_names.index(name), name, _whole(whole[name]).indices)
    found = plain.group_by(list(keys)).aggregate([(name, "sum") for name in sums])
    found = found.rename_columns([name.removesuffix("_sum") for name in found.column_names]).combine_chunks()
    for name, dictionary in words.items():
        column = pa.DictionaryArray.from_arrays(_whole(found[name]), dictionary)
        found = found.set_column(found.column_names.index(name), name, column)
    return found


def stands_in(table: pa.Table, few: pa.Table, keys: Sequence[str]) -> pa.Array:
    """Whether the words of each row's keys stand together in a row of another table."""
    both = in_one_piece(pa.concat_tables([table.select(keys), few.select(keys)]))
    codes = np.zeros(len(both), np.int64)
    for name in keys:
        column = _whole(both[name])
        codes = codes * (len(column.dictionary) + 1) + pc.fill_null(column.indices, -1).to_numpy() + 1
    return pa.array(np.isin(codes[: len(table)], codes[len(table) :]))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
