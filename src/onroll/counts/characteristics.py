"""Cells for groups of England's pupils from published counts, which were rounded to the nearest 5."""

from __future__ import annotations

import pandas as pd

ROUNDED_TO = 5
COUNTS = {
    "headcount": "pupils",
    "perm_excl": "permanent_exclusion_count",
    "one_plus_susp": "suspended_pupil_count",
}
KEYS = ("time_period", "breakdown_topic", "breakdown")


def characteristic_cells(table: pd.DataFrame, source: str) -> pd.DataFrame:
    """A year, topic and group a row: ``KEYS``, pupils and events as printed (missing where withheld), ``source``."""
    cells = table[[*KEYS, *COUNTS]].rename(columns=COUNTS).assign(source=source)
    return cells.sort_values(list(KEYS)).reset_index(drop=True)
