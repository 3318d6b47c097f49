"""The mapping: a file beside those received that says how to read what does not keep to the templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

from onroll.errors import DeclarationError, one_of
from onroll.framework.contracts import RECORD_TABLES, Contracts, squeezed
from onroll.framework.reading import read
from onroll.framework.rules import OneOf
from onroll.intake.findings import Finding, finding

NAME = "mapping.yaml"
DAY_FIRST, MONTH_FIRST = "day_first", "month_first"


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How files of one name are read. ``file`` may hold ``*``; what is left out is found by itself.

    ``columns`` names the contract's column for a header, ``codes`` the contract's code for a value, ``values`` a
    value for every row of a column that the file lacks; ``leave_out`` lists headers that are not read.
    ``header_row`` is the row's number in Excel, one of the first 30 rows that are not blank; ``sheets`` are the titles of
    the sheets that are read.
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


def read_mapping(folder: Path, contracts: Contracts) -> tuple[ReadingRules, tuple[Finding, ...]]:
    """Read ``mapping.yaml`` of a folder; without one, everything is found by itself.

    Returns
    -------
    rules, findings
        With any finding the mapping must not be used: every fault of it is listed.
    """
    path = folder / NAME
    if not path.exists():
        return ReadingRules(), ()
    if not path.is_file():
        return ReadingRules(), (
            finding("wrong_mapping", NAME, value="this is a folder where a file is expected"),
        )
    try:
        mapping, _ = read(path, folder, ReadingRules)
    except DeclarationError as problem:
        return ReadingRules(), tuple(finding("wrong_mapping", NAME, value=line.removeprefix(f"{NAME}: "))
                                     for line in str(problem).splitlines())  # fmt: skip
    wrong = [
        finding("wrong_mapping", NAME, value=f"{entry.file}: {words}")
        for entry in mapping.files
        for words in _faults(entry, contracts)
    ]
    known = [one.version for one in contracts.versions.versions]
    if mapping.version not in (0, *known):
        wrong.append(finding("unknown_version", NAME, value=mapping.version, expected=one_of(known)))
    return (ReadingRules(), tuple(wrong)) if wrong else (mapping, ())


def _faults(entry: FileMapping, contracts: Contracts) -> Iterator[str]:
    contract = contracts.tables[entry.table]
    for name in dict.fromkeys((*entry.columns.values(), *entry.codes, *entry.values)):
        if name not in contract.names:
            yield f"{entry.table} has no column '{name}'; columns are {one_of(contract.names)}"
    if entry.header_row < 0:
        yield f"header_row is {entry.header_row}; give the row's number in Excel"
    for name, codes in entry.codes.items():
        column = contract.column(name) if name in contract.names else None
        if column is not None and not column.codes:
            yield f"column '{name}' has no codes; leave it out of 'codes'"
        elif column is not None:
            known = {squeezed(code.code) for code in contracts.set_of(column).codes}
            for code in codes.values():
                if squeezed(code) not in known:
                    allowed = one_of(one.code for one in contracts.set_of(column).codes)
                    yield f"'{code}' is no code of {name}; codes are {allowed}"
