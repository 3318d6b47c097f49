"""The door. Published figures pass as they are and say so; own records pass by the rules of ``own_records``.

A row from any other source, or of own records without rules, loses every number and carries the symbol c.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from onroll.disclosure.attack import Attack, attack
from onroll.disclosure.families import HELD
from onroll.disclosure.over_schools import coarsened
from onroll.disclosure.own_records import Rules, hidden
from onroll.errors import DisclosureError
from onroll.evidence.table import NUMBERS, Evidence
from onroll.vocabulary import (
    OWN_RECORDS,
    PUBLISHED,
    RATE_RATIO,
    RELATIVE_RISK,
    RELEASED_COLUMNS,
    SOURCES_APART,
)
from onroll.vocabulary.records import MADE_UP

_KEY = object()
WIDEST = 100.0
WITHHELD_WHY = "withheld: figures from a source without rules are not released"
PROTECTED = (OWN_RECORDS, MADE_UP)


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
    attacked: Mapping[str, Any] | None = None

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
            "attack": self.attacked or "not needed: every released figure is already public",
        }


def release(evidence: Evidence, rules: Rules | None = None) -> Released:
    """Let through what may be shown, row by row, by where its figures are from.

    Parameters
    ----------
    evidence : Evidence
        Everything that was computed.
    rules : Rules, optional
        How own records are protected; without them none of their numbers passes.

    Returns
    -------
    Released
        As many rows as came in: a withheld one keeps its words, has no numbers and says why. Its method goes too: a
        dispersion in it would tell suspensions for each pupil.

    Raises
    ------
    DisclosureError
        If a hidden count could still be worked out from what would be shown.
    """
    frame = evidence.frame.copy()
    origin = frame["source"].map(lambda source: _origin(source, evidence.origins))
    why = pd.Series("", index=frame.index, dtype="object")
    why[~origin.isin((PUBLISHED, *PROTECTED))] = WITHHELD_WHY
    own = frame[origin.isin(PROTECTED)]
    attacked = None
    if rules is None:
        why[own.index] = WITHHELD_WHY
    elif len(own):
        why[own.index], attacked = _protected(own, rules)
        coarsened(frame, own.index)
    frame["symbol"] = ""
    frame.loc[frame["estimate"].isna(), "symbol"] = "x"
    frame.loc[_is_unreliable(frame), "symbol"] = "u"
    if rules is not None:
        frame.loc[frame["indicator"].isin(rules.unshown), ["numerator", "denominator"]] = float("nan")
    stays = why != ""
    frame.loc[stays, list(NUMBERS)] = float("nan")
    frame.loc[stays, "method"] = ""
    frame.loc[stays, "symbol"] = "c"
    frame.loc[stays, "note"] = why[stays]
    counts = Counter(zip(frame.loc[stays, "source"], frame.loc[stays, "note"], strict=True))
    withheld = tuple(Withheld(source, rows, note) for (source, note), rows in sorted(counts.items()))
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    record = None if attacked is None else attacked.record()
    return Released(frame[list(RELEASED_COLUMNS)], withheld, _KEY, record)


def _protected(own: pd.DataFrame, rules: Rules) -> tuple[pd.Series[str], Attack]:
    """Why rows of own records are withheld, and the attack on the rest; what it works out takes its sum with it."""
    why = hidden(own, rules)
    result = attack(own, why == "", rules.minimum)
    if result.worked_out:
        found = own.loc[list(result.worked_out), ["indicator", "time_period"]].drop_duplicates()
        keys = set(found.itertuples(index=False, name=None))
        same = [key in keys for key in own[["indicator", "time_period"]].itertuples(index=False, name=None)]
        fresh = pd.Series(same, index=own.index) & (why == "")
        why[fresh] = HELD.format(most=rules.minimum - 1)
        result = attack(own, why == "", rules.minimum)
        if result.worked_out:
            raise DisclosureError("a hidden count could still be worked out; nothing is released")
    return why, result


def _origin(source: str, origins: Mapping[str, str]) -> str:
    """The least public origin of all that a row rests on; empty where one of them is not known."""
    found = {origins.get(part, "") for part in source.split(SOURCES_APART)}
    if not found <= {PUBLISHED, *PROTECTED}:
        return ""
    return next((one for one in (MADE_UP, OWN_RECORDS) if one in found), PUBLISHED)


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
    attacked = record.get("attack")
    kept = attacked if isinstance(attacked, dict) else None
    return Released(frame[list(RELEASED_COLUMNS)], withheld, _KEY, kept)
