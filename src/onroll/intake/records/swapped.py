"""Swapped: two columns whose cells hold what the other should, told once and not cell by cell."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pyarrow as pa

from onroll.framework.contracts import Column, Contract
from onroll.intake.findings import Finding, finding
from onroll.intake.records.found import Found
from onroll.intake.records.identifiers import is_right
from onroll.intake.records.store import Store
from onroll.intake.records.texts import IDENTIFIERS, parsed, plain

_FEWEST, _SHARE, _FITTING, _SAMPLE, _SHOWN = 3, 0.5, 0.9, 200, 20
_CELL_FAULTS = (
    "unknown_code", "wrong_upn", "wrong_form", "not_a_date", "date_out_of_range", "not_a_number", "not_whole",
    "out_of_bounds", "not_a_flag", "wrong_year",
)  # fmt: skip


def check_swapped(store: Store, contract: Contract, found: Found, name_of: dict[int, str]) -> list[Finding]:
    """Look among the columns most of whose cells are wrong for pairs that fit each other's rules."""
    said = []
    for file in sorted({key[1] for key in found.times if key[0] == contract.id}):
        heavy = [one for one in contract.columns if _is_mostly_wrong(store, contract, one, file, found)]
        told: set[str] = set()
        for first, second in combinations(heavy, 2):
            if told & {first.name, second.name}:
                continue
            if _fits(store, contract, first, second, file) and _fits(store, contract, second, first, file):
                rows = found.forget(contract.id, file, (first.name, second.name), _CELL_FAULTS)
                pair = f"{first.name} and {second.name}"
                one = finding("swapped_columns", name_of[file], value=pair)
                told |= {first.name, second.name}
                said.append(replace(one, times=len(rows), rows=tuple(rows[:_SHOWN])))
    return said


def _is_mostly_wrong(store: Store, contract: Contract, column: Column, file: int, found: Found) -> bool:
    wrong = sum(found.times.get((contract.id, file, column.name, check), 0) for check in _CELL_FAULTS)
    if wrong < _FEWEST:
        return False
    filled = store.one(f"SELECT count({column.name}) FROM raw_{contract.id} WHERE file = {file}")
    return bool(wrong >= _SHARE * filled)


def _fits(store: Store, contract: Contract, column: Column, other: Column, file: int) -> bool:
    """Whether the texts of one column can be read by the rules of another."""
    texts = (
        f"SELECT DISTINCT 0 AS how, {column.name} AS raw FROM raw_{contract.id} "
        f"WHERE file = {file} AND {column.name} IS NOT NULL LIMIT {_SAMPLE}"
    )
    if other.type in IDENTIFIERS:
        found = store.rows(f"SELECT v FROM ({plain(other, texts)})")
        right = is_right(other, pa.array([text for (text,) in found], pa.string()))
        return len(right) > 0 and bool(right.mean() >= _FITTING)
    share = store.one(f"SELECT avg((fault IS NULL)::INTEGER) FROM ({parsed(contract, other, texts)})")
    return bool(share is not None and share >= _FITTING)
