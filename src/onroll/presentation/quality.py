"""What was received and how good it is: counts of findings by kind, never a cell or a row of the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

USED, LEFT_OUT, NOT_RECEIVED, EMPTY = "used", "left out because of errors", "not received", "no rows"
NOT_COUNTED = "received and checked, not counted yet"


WAITING = ("survey_answers", "policies")
"""Tables that are checked when they come, and from which no figure is made yet."""


@dataclass(frozen=True, slots=True)
class TableQuality:
    """One table of own records: how many rows came, whether they are used, how much was found."""

    table: str
    label: str
    rows: int
    status: str
    errors: int = 0
    warnings: int = 0

    @property
    def state(self) -> str:
        """What became of it: its status, or that nothing is counted from such a table yet."""
        return NOT_COUNTED if self.status == USED and self.table in WAITING else self.status


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding in one column: how grave, how often, what it says and what to do."""

    table: str
    column: str
    severity: str
    times: int
    says: str
    action: str


@dataclass(frozen=True, slots=True)
class Quality:
    """Tables in the contracts' order, kinds of findings from the most grave, and how files were read."""

    tables: tuple[TableQuality, ...] = ()
    kinds: tuple[Kind, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no own records were received at all."""
        return all(table.status == NOT_RECEIVED for table in self.tables)

    def record(self) -> dict[str, Any]:
        """For ``quality.json``."""
        return asdict(self)


def reopened(record: Mapping[str, Any]) -> Quality:
    """Quality as it was written."""
    return Quality(
        tuple(TableQuality(**one) for one in record["tables"]),
        tuple(Kind(**one) for one in record["kinds"]),
        tuple(record["read"]),
    )
