"""What intake hands on: a tidy table, the symbols that stand where it has no number, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from onroll.intake.findings import Findings
from onroll.intake.sheets import empty_frame

EXCLUSIONS, CONTEXT, OTHER = "exclusions", "context", "other"


@dataclass(frozen=True, slots=True)
class Received:
    """One file received.

    ``table`` is tidy (columns ``onroll.intake.columns.TIDY`` for exclusions), NaN where a symbol stands.
    ``symbols`` has ``row`` (the table's index), ``column`` and ``symbol``, one row a symbol. Rows of which
    the place, time, phase or group could not be read are not in the table. ``kind`` is ``exclusions``,
    ``context`` or ``other``. While ``findings`` has errors the table must not be counted from.
    """

    name: str
    table: pd.DataFrame
    symbols: pd.DataFrame
    findings: Findings
    kind: str = EXCLUSIONS


def no_symbols() -> pd.DataFrame:
    """A symbols table without a row."""
    return pd.DataFrame({"row": pd.Series([], dtype="int64"), **empty_frame(("column", "symbol"))})


@dataclass(slots=True)
class Ledger:
    """Findings as they are made while one file is read."""

    file: str
    items: list[Findings] = field(default_factory=list)

    def add(self, found: Findings) -> None:
        """Keep more findings."""
        self.items.append(found)

    def close(self) -> Findings:
        """All of them in order."""
        return Findings(tuple(item for part in self.items for item in part))
