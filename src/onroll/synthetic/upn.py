"""Unique pupil numbers: twelve digits behind a check letter, as schools write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
WEIGHTS = tuple(range(2, 14))
LENGTH = 13
Array = np.ndarray[Any, Any]


def check_letter(digits: str) -> str:
    """The check letter of the twelve digits that follow it.

    Examples
    --------
    >>> check_letter("821200115001")
    'B'
    """
    return LETTERS[sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % len(LETTERS)]


def upns(numbers: Array) -> pa.Array:
    """Write pupil numbers with their check letters.

    Parameters
    ----------
    numbers : int64, shape (n,)
        The twelve digits of each pupil as one whole number, 0 to 999999999999.

    Returns
    -------
    pyarrow string array, length n
    """
    letters = np.frombuffer(LETTERS.encode(), np.uint8)
    written = np.empty((len(numbers), LENGTH), np.uint8)
    left, total = numbers.astype(np.int64), np.zeros(len(numbers), np.int64)
    for at in range(LENGTH - 1, 0, -1):
        left, digit = np.divmod(left, 10)
        written[:, at] = digit + ord("0")
        total += digit * WEIGHTS[at - 1]
    written[:, 0] = letters[total % len(letters)]
    ends = np.arange(0, (len(numbers) + 1) * LENGTH, LENGTH, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(written.tobytes()))
