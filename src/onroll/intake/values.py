"""Values: a column of text cells parsed into numbers and symbols; whatever is neither is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from onroll.intake.findings import Findings, per_row
from onroll.vocabulary import SYMBOLS

_NUMBER = r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?|\.[0-9]+"
_SYMBOL_WORDS = "z, x, c, low, k, u, :, ~, ., -"
EXPECTED = f"a number or one of {_SYMBOL_WORDS}"
_EXPECTED = MappingProxyType(
    {
        "not_whole": "a whole number",
        "above_100": "a number from 0 to 100",
        "group_above_100": "",
        "blank": "",
    }
)
COUNT, RATE, PROPORTION, ANY = "count", "rate", "proportion", "any"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A column parsed: floats (NaN where a symbol stands) and symbols (empty where a number stands)."""

    values: npt.NDArray[np.float64]
    symbols: npt.NDArray[np.object_]
    findings: Findings


def parse_column(
    cells: pd.Series[str],
    *,
    file: str,
    column: str,
    kind: str,
    symbols: Mapping[str, str] = SYMBOLS,
    lenient: npt.NDArray[np.bool_] | None = None,
) -> Parsed:
    """Parse a column of text cells, indexed by row number, into numbers and symbols.

    Parameters
    ----------
    cells : Series of str
        As received; a blank is read as ``x`` with a warning.
    file, column : str
        For the findings: the file and the header as received.
    kind : {"count", "rate", "proportion", "any"}
        Counts must be whole, proportions at most 100; only ``any`` may be below 0.
    symbols : mapping
        What may stand in a cell, to the symbol kept.
    lenient : array of bool, optional
        Where a count need not be whole (permanent exclusions to 2009/10 are estimates), or a proportion may
        pass 100 with a warning (a group's pupils change between the census and the suspension).

    Returns
    -------
    Parsed
        A cell that is neither number nor symbol is NaN with symbol ``x``, and one finding.
    """
    text = cells.fillna("").str.strip()
    kept = text.str.lower().map(dict(symbols)).to_numpy(dtype=object)
    symbol = np.where(pd.isna(kept), "", kept)
    pattern = rf"-?(?:{_NUMBER})" if kind == ANY else _NUMBER
    numeric = text.str.fullmatch(pattern).to_numpy(dtype=bool) & (symbol == "")
    values = np.full(len(text), np.nan)
    raw = text.to_numpy(dtype=object)
    values[numeric] = raw[numeric].astype(np.float64)
    wrong = _wrong(text, values, symbol)
    _limit(wrong, values, kind, np.zeros(len(text), dtype=bool) if lenient is None else lenient)
    found = Findings()
    for check in dict.fromkeys(wrong[wrong != ""]):
        at = wrong == check
        expected = _EXPECTED.get(check, EXPECTED)
        found += per_row(check, file, cells.index[at], raw[at], column=column, expected=expected)
    lost = (wrong != "") & (wrong != "group_above_100")
    values[lost | (symbol != "")] = np.nan
    return Parsed(values, np.where(lost, "x", symbol), found)


def _limit(
    wrong: npt.NDArray[np.object_], values: npt.NDArray[np.float64], kind: str, lenient: npt.NDArray[np.bool_]
) -> None:
    """Mark the numbers that are not whole, or above 100, where their kind must not be."""
    number = np.isfinite(values)
    if kind == COUNT:
        wrong[number & (np.mod(np.where(number, values, 0.0), 1.0) != 0) & ~lenient] = "not_whole"
    if kind == PROPORTION:
        over = number & (np.where(number, values, 0.0) > 100)
        wrong[over] = np.where(lenient[over], "group_above_100", "above_100")


def _wrong(
    text: pd.Series[str], values: npt.NDArray[np.float64], symbol: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """What each cell is that is neither number nor symbol, empty where it is either."""
    wrong = np.full(len(values), "", dtype=object)
    wrong[~np.isfinite(values) & (symbol == "")] = "not_a_number"
    odd = np.flatnonzero(wrong != "")
    if len(odd):
        below = text.iloc[odd].str.fullmatch(rf"-(?:{_NUMBER})").to_numpy(dtype=bool)
        wrong[odd[below]] = "below_zero"
        wrong[odd[(text.iloc[odd] == "").to_numpy(dtype=bool)]] = "blank"
    return wrong
