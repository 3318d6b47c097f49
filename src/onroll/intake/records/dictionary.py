"""The data dictionary: what each table and column holds, in words, made of the contracts and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onroll.framework.contracts import CodeSet, Column, Contract, Contracts
from onroll.intake.checks import CHECKS
from onroll.intake.records.telling import expected
from onroll.vocabulary import academic_year

_THEN = {
    "error": "error: nothing is counted from the table until it is put right",
    "warning": "warning: the row is counted as it stands",
}


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """One column. ``holds`` says what may stand in it, ``needed`` whether it must be there and filled."""

    name: str
    about: str
    holds: str
    needed: bool
    codes: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule: what is told when it is broken, and what becomes of the table or row."""

    id: str
    says: str
    then: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table, with its columns in order, its key and what it is looked up in."""

    id: str
    label: str
    one_row: str
    sent_by: str
    file_names: tuple[str, ...]
    key: tuple[str, ...]
    columns: tuple[ColumnEntry, ...]
    links: tuple[str, ...]
    rules: tuple[RuleEntry, ...]

    @property
    def code_sets(self) -> tuple[str, ...]:
        """The code sets that its columns name, each once."""
        return tuple(dict.fromkeys(column.codes for column in self.columns if column.codes))


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code. ``first`` and ``last`` are the academic years in which it holds, empty where there is no bound."""

    code: str
    label: str
    first: str
    last: str
    also: tuple[str, ...]
    renamed_to: str
    note: str


@dataclass(frozen=True, slots=True)
class CodeSetEntry:
    """One code set."""

    id: str
    label: str
    source: str
    codes: tuple[CodeEntry, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Everything: tables and code sets by id, the version of the contracts, where the codes come from."""

    version: int
    date: str
    source: str
    tables: Mapping[str, TableEntry]
    code_sets: Mapping[str, CodeSetEntry]


SOURCE = (
    "Codes and labels marked as the Department for Education's are public sector information licensed under the Open "
    "Government Licence v3.0. Sets marked 'onroll' are this project's own."
)


def dictionary(contracts: Contracts) -> Dictionary:
    """The dictionary of the contracts."""
    now = next(one for one in contracts.versions.versions if one.version == contracts.versions.current)
    return Dictionary(
        now.version, now.date, SOURCE,
        {one.id: _table(one, contracts) for one in contracts.tables.values()},
        {one.id: _codes(one) for one in contracts.codes.values()},
    )  # fmt: skip


def _table(contract: Contract, contracts: Contracts) -> TableEntry:
    rules = [
        RuleEntry(
            rule, CHECKS[rule].says.replace("'{value}'", "a value").replace("{value}", "..."), _THEN[CHECKS[rule].severity]
        )
        for rule in contract.rules
    ]  # fmt: skip
    return TableEntry(
        contract.id, contract.label, contract.one_row, contract.sent_by, contract.file_names, contract.key,
        tuple(_column(one, contracts) for one in contract.columns), tuple(_links(contract, contracts)), tuple(rules),
    )  # fmt: skip


def _column(column: Column, contracts: Contracts) -> ColumnEntry:
    holds = expected(column, contracts)
    if column.codes:
        holds = f"a code of the set '{contracts.set_of(column).label}'"
    if column.type == "answer":
        holds = "a code of the item's scale, at most 40 characters"
    return ColumnEntry(column.name, column.about, holds, column.needed, column.codes, column.also)


def _links(contract: Contract, contracts: Contracts) -> list[str]:
    said = []
    for link in contract.links:
        where = contracts.tables[link.table].label.lower()
        when = f", at the date in {link.at}" if link.at else ""
        said.append(f"{' and '.join(link.columns)}: looked up in {where}{when}")
    return said


def _codes(codes: CodeSet) -> CodeSetEntry:
    entries = tuple(
        CodeEntry(
            one.code, one.label, academic_year(one.from_) if one.from_ else "", academic_year(one.to) if one.to else "",
            one.also, one.renamed_to, one.note,
        )
        for one in codes.codes
    )  # fmt: skip
    return CodeSetEntry(codes.id, codes.label, codes.source, entries)
