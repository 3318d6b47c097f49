"""Keys: the time, level, phase and place of each row, read into the vocabulary's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from onroll.errors import UsageError, one_of
from onroll.intake.findings import per_row
from onroll.intake.places import Authorities, locate
from onroll.intake.received import Ledger
from onroll.vocabulary import (
    LEVEL_SPELLINGS,
    LEVELS,
    PHASE_SPELLINGS,
    PHASES,
    TIME_IDENTIFIERS,
    YEAR,
    time_period,
)

OTHER_LEVELS = frozenset(
    {
        "school", "provider", "institution", "mat", "sponsor", "ward", "parliamentary constituency",
        "local authority district", "local skills improvement plan area", "local enterprise partnership",
        "english devolved area", "opportunity area", "rsc region", "police force area", "planning area",
    }
)  # fmt: skip
_TIMES = {word.lower(): word for word in TIME_IDENTIFIERS}
_YEAR_WORDS = "six digits of two years that follow and have begun, such as 202324"


def read_keys(
    cells: pd.DataFrame, headers: Mapping[str, str], authorities: Authorities, ledger: Ledger
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Read the keys of every row.

    Parameters
    ----------
    cells : DataFrame
        Text cells under canonical column names, indexed by row number.
    headers : mapping
        The header received for each canonical column.
    authorities : Authorities
        The authorities that are known.
    ledger : Ledger
        Where findings go.

    Returns
    -------
    DataFrame, array of bool
        ``time_period``, ``time_identifier``, ``geographic_level``, ``area_code``, ``area``, ``region`` and
        ``education_phase``; and which rows have all of them.
    """
    keys = pd.DataFrame(index=cells.index)
    keys["time_period"] = _mapped(cells, "time_period", _period, "wrong_year", _YEAR_WORDS, headers, ledger)
    if "time_identifier" in cells.columns:
        words = one_of(TIME_IDENTIFIERS)
        keys["time_identifier"] = _mapped(
            cells,
            "time_identifier",
            _time,
            "unknown_time",
            words,
            headers,
            ledger,
        )
    else:
        keys["time_identifier"] = pd.Series(YEAR, index=cells.index, dtype="str")
    keys["geographic_level"] = _levels(cells, headers, ledger)
    if "education_phase" in cells.columns:
        keys["education_phase"] = _mapped(
            cells, "education_phase", _phase, "unknown_phase", one_of(PHASES), headers, ledger
        )
    ready = (keys != "").all(axis=1).to_numpy(dtype=bool)
    places = _places(cells, keys, headers, authorities, ledger)
    return pd.concat([keys, places], axis=1), ready & (places["area_code"] != "").to_numpy(dtype=bool)


def _places(
    cells: pd.DataFrame,
    keys: pd.DataFrame,
    headers: Mapping[str, str],
    authorities: Authorities,
    ledger: Ledger,
) -> pd.DataFrame:
    """The place of each row whose level is known, blank for the others."""
    places = pd.DataFrame("", index=cells.index, columns=["area_code", "area", "region"], dtype="str")
    where = (keys["geographic_level"] != "").to_numpy(dtype=bool)
    if where.any():
        named = cells.assign(time_period=keys["time_period"], geographic_level=keys["geographic_level"])
        places.loc[where], wrong = locate(named[where], ledger.file, authorities, headers)
        ledger.add(wrong)
    return places


def _mapped(
    cells: pd.DataFrame,
    column: str,
    reads: Callable[[str], str | None],
    check: str,
    expected: str,
    headers: Mapping[str, str],
    ledger: Ledger,
) -> pd.Series[str]:
    """Each cell's word, blank where it has none; one finding a cell that has none."""
    text = cells[column].fillna("").str.strip()
    words = {value: reads(value) or "" for value in text.unique()}
    unknown = [value for value, word in words.items() if not word]
    if unknown:
        where = text.isin(unknown).to_numpy(dtype=bool)
        ledger.add(
            per_row(
                check, ledger.file, text.index[where], text[where], column=headers[column], expected=expected
            )
        )
    return text.map(words).astype("str")


def _levels(cells: pd.DataFrame, headers: Mapping[str, str], ledger: Ledger) -> pd.Series[str]:
    text = cells["geographic_level"].fillna("").str.strip()
    aside = text.str.lower().isin(OTHER_LEVELS).to_numpy(dtype=bool)
    known = pd.Series("", index=text.index, dtype="str")
    known[~aside] = _mapped(
        cells[~aside], "geographic_level", lambda level: LEVEL_SPELLINGS.get(level.lower()), "unknown_level",
        one_of(LEVELS), headers, ledger,
    )  # fmt: skip
    ledger.add(
        per_row(
            "other_level", ledger.file, text.index[aside], text[aside], column=headers["geographic_level"]
        )
    )
    return known


def _time(text: str) -> str | None:
    return _TIMES.get(text.lower())


def _phase(text: str) -> str | None:
    return PHASE_SPELLINGS.get(" ".join(text.lower().replace("_", " ").split()))


def _period(text: str) -> str | None:
    """A year that follows the form and has begun; figures of a year to come are a slip of the keyboard."""
    try:
        period = time_period(text)
    except UsageError:
        return None
    return period if int(period[:4]) <= date.today().year else None
