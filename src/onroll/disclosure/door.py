"""The door. Published figures pass as they are and say so; everything else stays inside for now.

The full rules for an authority's own records come with a later version. Until then a row whose source is
not known to be published loses every number and carries the symbol c: the strictest rule there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from onroll.errors import DisclosureError
from onroll.evidence.table import NUMBERS, Evidence
from onroll.vocabulary import PUBLISHED, RATE_RATIO, RELATIVE_RISK, RELEASED_COLUMNS, SOURCES_APART

_KEY = object()
WIDEST = 100.0
WITHHELD_WHY = "withheld: figures from the authority's own records are not released by this version"


@dataclass(frozen=True, slots=True)
class Withheld:
    """How many rows of one source stayed inside, and why."""

    source: str
    rows: int
    why: str


@dataclass(frozen=True)
class Released:
    """Evidence that may be shown. Only ``release`` and ``reopened`` make one.

    Attributes
    ----------
    withheld : tuple of Withheld
        What stayed inside.
    """

    _frame: pd.DataFrame
    withheld: tuple[Withheld, ...]
    key: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.key is not _KEY:
            raise DisclosureError("released evidence is made by onroll.disclosure.release, nowhere else")

    @property
    def frame(self) -> pd.DataFrame:
        """A copy of the table, columns ``vocabulary.RELEASED_COLUMNS``; its index numbers the rows from 1."""
        return self._frame.copy()

    def record(self) -> dict[str, Any]:
        """What went through the door and what did not, for ``disclosure.json``."""
        return {
            "rows_released": int(len(self._frame) - sum(part.rows for part in self.withheld)),
            "rows_withheld": sum(part.rows for part in self.withheld),
            "withheld": [{"source": p.source, "rows": p.rows, "why": p.why} for p in self.withheld],
            "attack": "not needed: every released figure is already public"
            if not self.withheld
            else "not needed: no number from own records was released",
        }


def release(evidence: Evidence) -> Released:
    """Let through what may be shown, row by row, by where its figures are from.

    Returns
    -------
    Released
        As many rows as came in: a withheld one keeps its words, has no numbers and says why.
    """
    frame = evidence.frame.copy()
    is_public = frame["source"].map(lambda source: _is_public(source, evidence.origins)).astype(bool)
    frame["symbol"] = ""
    frame.loc[frame["estimate"].isna(), "symbol"] = "x"
    frame.loc[_is_unreliable(frame), "symbol"] = "u"
    frame.loc[~is_public, list(NUMBERS)] = float("nan")
    frame.loc[~is_public, ["symbol", "note"]] = ["c", WITHHELD_WHY]
    counts = frame.loc[~is_public, "source"].value_counts().sort_index()
    withheld = tuple(Withheld(str(source), int(rows), WITHHELD_WHY) for source, rows in counts.items())
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return Released(frame[list(RELEASED_COLUMNS)], withheld, _KEY)


def _is_public(source: str, origins: Mapping[str, str]) -> bool:
    """Whether every source that a row rests on is known to be published."""
    return all(origins.get(part) == PUBLISHED for part in source.split(SOURCES_APART))


def _is_unreliable(frame: pd.DataFrame) -> pd.Series[Any]:
    """Ratios whose interval spans more than ``WIDEST``: they say nothing about which way."""
    is_ratio = frame["statistic"].isin([RATE_RATIO, RELATIVE_RISK])
    return is_ratio & (frame["upper"] > WIDEST * frame["lower"]) & (frame["lower"] > 0)


def reopened(frame: pd.DataFrame, record: Mapping[str, Any]) -> Released:
    """Evidence that went through the door in an earlier step of the same run and was written down."""
    missing = [column for column in RELEASED_COLUMNS if column not in frame.columns]
    if missing:
        raise DisclosureError(f"evidence.csv lacks {', '.join(missing)}: it was not written by a release")
    withheld = tuple(Withheld(part["source"], part["rows"], part["why"]) for part in record["withheld"])
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return Released(frame[list(RELEASED_COLUMNS)], withheld, _KEY)
