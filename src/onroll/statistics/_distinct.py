"""What many elements have in common is worked out once: the distinct ones, and where each of them stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import FloatArray

MOST = 2**62
"""Keys up to this are exact in 64 bits."""


def distinct(*columns: FloatArray) -> tuple[list[FloatArray], NDArray[np.intp]]:
    """Distinct elements of flat columns of one length, and for each element which of them it is.

    Where most are distinct already they come back as they are.
    """
    size = columns[0].size
    key, room = np.zeros(size, dtype=np.int64), 1
    for column in columns:
        values, code = np.unique(column, return_inverse=True)
        if room > MOST // max(values.size, 1):
            return list(columns), np.arange(size)
        key, room = key * values.size + code, room * max(values.size, 1)
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    if first.size > size / 2:
        return list(columns), np.arange(size)
    return [column[first] for column in columns], which
