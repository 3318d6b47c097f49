"""The one table of evidence: its columns, its rows, and where each row's figures are from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from onroll.vocabulary import EVIDENCE_COLUMNS

NUMBERS = ("estimate", "lower", "upper", "confidence", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every finding of one evaluation, not yet disclosed.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a finding, columns ``vocabulary.EVIDENCE_COLUMNS``. What could not be computed is a row with
        no estimate and a note that says why.
    origins : mapping
        For each value of ``source``: ``published`` or ``own records``. The door reads it.
    """

    frame: pd.DataFrame
    origins: Mapping[str, str]


def finding(**cells: Any) -> dict[str, Any]:
    """One row. Columns left out are empty; a name that is not a column is refused."""
    unknown = set(cells) - set(EVIDENCE_COLUMNS)
    if unknown:
        raise ValueError(f"no such evidence column: {sorted(unknown)}; columns are {EVIDENCE_COLUMNS}")
    return cells


def joined(one: Evidence, other: Evidence) -> Evidence:
    """Two tables of evidence as one, the first one's rows first."""
    frame = pd.concat([one.frame, other.frame], ignore_index=True)
    return Evidence(frame, MappingProxyType({**one.origins, **other.origins}))


def collect(rows: Iterable[Mapping[str, Any]], origins: Mapping[str, str]) -> Evidence:
    """Put rows together: text columns empty where unsaid, number columns missing where unsaid."""
    frame = pd.DataFrame(list(rows), columns=list(EVIDENCE_COLUMNS))
    for column in EVIDENCE_COLUMNS:
        if column in NUMBERS:
            frame[column] = pd.to_numeric(frame[column]).astype("float64")
        else:
            frame[column] = frame[column].astype("object").fillna("").astype("str")
    return Evidence(frame, MappingProxyType(dict(origins)))
