"""Shipped: the project's own compact tables of published figures, each proved by the hash on its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from onroll.errors import DataError, one_of
from onroll.intake.breakdowns import break_down
from onroll.intake.cards import Card, read_card, sha256_of
from onroll.intake.files import read_bytes
from onroll.intake.findings import Findings
from onroll.intake.keys import read_keys
from onroll.intake.places import Authorities, authorities_of
from onroll.intake.published import tidy_sheet
from onroll.intake.received import CONTEXT, EXCLUSIONS, Ledger, Received, no_symbols
from onroll.intake.sheets import Sheet, from_arrow
from onroll.intake.values import COUNT, PROPORTION, parse_column

SEN_SHARE = "sen_share"
_NUMBERS = MappingProxyType(
    {
        SEN_SHARE: ("pupil_percent",),
        "neighbours": ("rank",),
        "per_pupil": ("suspensions_each", "pupils"),
        "characteristics": ("headcount", "perm_excl", "suspension", "one_plus_susp"),
        "authorities": ("years_of_suspensions", "years_of_permanent_exclusions"),
    }
)
CONTRACTS = (EXCLUSIONS, *_NUMBERS)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The shipped tables and their cards by name, and the authorities they speak of."""

    tables: Mapping[str, Received]
    cards: Mapping[str, Card]
    authorities: Authorities


def read_shipped(root: Path) -> Shipped:
    """Read every shipped table, proving each by the SHA-256 on its card.

    Raises
    ------
    DataError
        If there is no card, a table is missing, or a table is not the one its card speaks of.
    """
    paths = sorted(path for path in root.glob("*.yaml") if path.name != "originals.yaml")
    if not paths:
        raise DataError(
            f"{root.name}: there is no source card in it. Restore data/published from the repository."
        )
    cards = {card.id: card for card in map(read_card, paths)}
    sheets = {name: _proved(root, card) for name, card in cards.items()}
    if "authorities" not in sheets:
        raise DataError(
            "authorities.yaml: there is no such card. Restore data/published from the repository."
        )
    authorities = authorities_of(sheets["authorities"].frame)
    tables = {name: _received(cards[name], sheet, authorities) for name, sheet in sheets.items()}
    return Shipped(MappingProxyType(tables), MappingProxyType(cards), authorities)


def _proved(root: Path, card: Card) -> Sheet:
    """The table as text, if its bytes are those the card was written for."""
    import pyarrow as pa
    from pyarrow import csv

    if card.contract not in CONTRACTS:
        raise DataError(f"{card.id}.yaml: unknown contract '{card.contract}'; known are {one_of(CONTRACTS)}")
    data = read_bytes(root / card.file)
    if sha256_of(data) != card.sha256:
        words = "its content is not what its source card was written for. Restore both from the repository."
        raise DataError(f"{card.file}: {words}")
    header = data[: data.index(b"\n")].decode("utf-8").split(",")
    options = csv.ConvertOptions(
        column_types={name: pa.string() for name in header}, strings_can_be_null=False
    )
    return from_arrow(card.file, csv.read_csv(pa.BufferReader(data), convert_options=options))


def _received(card: Card, sheet: Sheet, authorities: Authorities) -> Received:
    if card.contract == EXCLUSIONS:
        return tidy_sheet(sheet, authorities, source=card.id, basis=card.basis, check=False)
    frame, found = sheet.frame, Findings()
    if card.contract == SEN_SHARE:
        frame, found = _sen_share(sheet, authorities)
    table = frame.reset_index(drop=True)
    symbols = [no_symbols()]
    for column in _NUMBERS[card.contract]:
        kind = PROPORTION if card.contract == SEN_SHARE else COUNT
        parsed = parse_column(table[column], file=card.file, column=column, kind=kind)
        table[column], found = parsed.values, found + parsed.findings
        rows = np.flatnonzero(parsed.symbols != "")
        if len(rows):
            marks = parsed.symbols[rows].astype(str)
            symbols.append(pd.DataFrame({"row": rows, "column": column, "symbol": marks}))
    marked = pd.concat(symbols[1:], ignore_index=True) if len(symbols) > 1 else symbols[0]
    return Received(card.file, table, marked, found, CONTEXT)


def _sen_share(sheet: Sheet, authorities: Authorities) -> tuple[pd.DataFrame, Findings]:
    """Percent of pupils by SEN provision, with the same keys as the exclusions tables."""
    ledger = Ledger(sheet.name)
    headers = {str(column): str(column) for column in sheet.frame.columns}
    keys, _ = read_keys(sheet.frame, headers, authorities, ledger)
    groups, unknown = break_down(sheet.frame[["sen_provision"]], sheet.name, headers)
    return pd.concat([keys, groups, sheet.frame["pupil_percent"]], axis=1), ledger.close() + unknown
