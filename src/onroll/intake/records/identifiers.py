"""Identifiers: pupil numbers checked by their letter, and put under a pseudonym, each different one once."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from onroll.framework.contracts import Column
from onroll.intake.records.parsing import CHECK_LETTERS, LONGEST_REFERENCE, PUPIL_NUMBER
from onroll.intake.records.pseudonyms import Key
from onroll.intake.records.workbook_files import FORMULA

FAULTS = MappingProxyType({"upn": "wrong_upn", "person": "wrong_form"})
FORM = pa.schema(
    [
        ("how", pa.int32()),
        ("raw", pa.string()),
        ("value", pa.int64()),
        ("fault", pa.string()),
        ("said", pa.string()),
    ]
)
_WEIGHTS = np.arange(2, 14)
_VALUES = np.zeros(128, dtype=np.int64)
_VALUES[[ord(letter) for letter in CHECK_LETTERS]] = range(len(CHECK_LETTERS))
_VALUES[[ord(digit) for digit in "0123456789"]] = range(10)


def is_right(column: Column, texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Whether each text, made plain, is an identifier of the column's type.

    A pupil number is a letter, eleven digits, and a digit or (temporary number) a letter; the first letter is the sum
    of the others, weighted 2 to 13, by its place among the 23 letters in use.
    """
    if column.type == "person":
        return np.asarray(pc.less_equal(pc.utf8_length(texts), LONGEST_REFERENCE))
    right = np.array(pc.match_substring_regex(texts, f"^{PUPIL_NUMBER}$"))
    if right.any():
        letters = (
            np.array(texts.filter(pa.array(right)).to_pylist(), dtype="S13").view(np.uint8).reshape(-1, 13)
        )
        values = _VALUES[letters]
        right[right] = values[:, 0] == (values[:, 1:] * _WEIGHTS).sum(axis=1) % len(CHECK_LETTERS)
    return right


def pseudonymised(column: Column, batches: Iterator[pa.RecordBatch], key: Key) -> Iterator[pa.RecordBatch]:
    """Batches of ``how, raw, v`` made into ``FORM``: a pseudonym in the place of each identifier that is right."""
    for batch in batches:
        how, raw, plain = batch.columns
        formula = np.asarray(pc.equal(raw, FORMULA))
        right = is_right(column, plain) & ~formula
        values = np.zeros(len(right), dtype=np.int64)
        values[right] = key.pseudonyms(plain.filter(pa.array(right)).to_pylist())
        wrong = pc.if_else(pa.array(formula), "formula", FAULTS[column.type])
        faults = pc.if_else(pa.array(right), pa.scalar(None, pa.string()), wrong)
        yield pa.RecordBatch.from_arrays(
            [how.cast(pa.int32()), raw, pa.array(values, mask=~right), faults,
             pa.nulls(len(right), pa.string())],
            schema=FORM,
        )  # fmt: skip
