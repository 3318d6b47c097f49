"""The mapping: a file beside those received that says how to read what does not keep to the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

from onroll.errors import DataError, DeclarationError, one_of
from onroll.framework.contracts import RECORD_TABLES, Contracts, squeezed
from onroll.framework.reading import read
from onroll.framework.rules import OneOf

NAME = "mapping.yaml"
DAY_FIRST, MONTH_FIRST = "day_first", "month_first"


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How files of one name are read. ``file`` may hold ``*``; what is left out is found by itself.

    ``columns`` names the contract's column for a header, ``codes`` the contract's code for a value, ``values`` a
    value for every row of a column that the file lacks; ``leave_out`` lists headers that are not read.
    """

    file: str
    table: Annotated[str, OneOf(RECORD_TABLES)]
    header_row: int = 0
    sheets: tuple[str, ...] = ()
    dates: Annotated[str, OneOf((DAY_FIRST, MONTH_FIRST))] = DAY_FIRST
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """The whole file: the version of the contracts that the files keep to, and one entry a kind of file."""

    version: int = 0
    files: tuple[FileMapping, ...] = ()

    def of(self, name: str) -> FileMapping | None:
        """The first entry whose pattern the file's name fits, in either case."""
        lower = name.rsplit("/", 1)[-1].lower()
        return next((one for one in self.files if fnmatch(lower, one.file.lower())), None)


def read_mapping(folder: Path, contracts: Contracts) -> ReadingRules:
    """Read ``mapping.yaml`` of a folder; without one, everything is found by itself.

    Raises
    ------
    DataError
        If the file is broken or names a column or code that no contract has.
    """
    path = folder / NAME
    if not path.is_file():
        return ReadingRules()
    try:
        mapping, _ = read(path, folder, ReadingRules)
    except DeclarationError as problem:
        raise DataError(str(problem)) from None
    for entry in mapping.files:
        _check(entry, contracts)
    return mapping


def _check(entry: FileMapping, contracts: Contracts) -> None:
    contract = contracts.tables[entry.table]
    for name in (*entry.columns.values(), *entry.codes, *entry.values):
        if name not in contract.names:
            raise DataError(
                f"{NAME}: {entry.file}: {entry.table} has no column '{name}'; columns are {one_of(contract.names)}"
            )
    for name, codes in entry.codes.items():
        column = contract.column(name)
        if not column.codes:
            raise DataError(f"{NAME}: {entry.file}: column '{name}' has no codes; leave it out of 'codes'")
        known = {squeezed(code.code) for code in contracts.set_of(column).codes}
        for code in codes.values():
            if squeezed(code) not in known:
                allowed = one_of(one.code for one in contracts.set_of(column).codes)
                raise DataError(f"{NAME}: {entry.file}: '{code}' is no code of {name}; codes are {allowed}")
