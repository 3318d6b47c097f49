"""The quality of what was received, told without a cell of it: for the run's data quality page."""

from __future__ import annotations

from onroll.framework.contracts import Contracts
from onroll.intake.checking import Checked
from onroll.intake.checks import CHECKS
from onroll.intake.findings import Finding
from onroll.intake.records.receive import Records
from onroll.presentation.quality import EMPTY, LEFT_OUT, NOT_RECEIVED, USED, Kind, Quality, TableQuality

_ORDER = ("error", "warning", "note")


def quality_of(checked: Checked | None, contracts: Contracts) -> Quality:
    """Tables with their rows and findings, and each kind of finding with how often it was made."""
    records = None if checked is None else checked.records
    tables = tuple(_table(contracts, name, records) for name in contracts.tables)
    if records is None:
        return Quality(tables)
    kinds: dict[tuple[str, str, str], int] = {}
    for item in records.findings:
        if item.severity != "note" and item.check != "unused_table":
            key = (_table_of(records, item), item.column, item.check)
            kinds[key] = kinds.get(key, 0) + item.times
    told = [_kind(*key, times) for key, times in kinds.items()]
    told.sort(key=lambda one: (_ORDER.index(one.severity), -one.times, one.table, one.column))
    read = tuple(f"{item.file}: {item.value}" for item in records.findings if item.check == "read_as")
    return Quality(tables, tuple(told), read)


def _table(contracts: Contracts, name: str, records: Records | None) -> TableQuality:
    label = contracts.tables[name].label
    if records is None or name not in records.sent:
        return TableQuality(name, label, 0, NOT_RECEIVED)
    found = [item for item in records.findings if _table_of(records, item) == name]
    errors, warnings = (
        sum(item.times for item in found if item.severity == severity and item.check != "unused_table")
        for severity in ("error", "warning")
    )
    rows = records.rows[name]
    status = USED if name in records.tables else LEFT_OUT if errors else EMPTY
    return TableQuality(name, label, rows, status, errors, warnings)


def _table_of(records: Records, item: Finding) -> str:
    """The table a finding speaks of: by its file, or by its own name where it speaks of all of a table's files."""
    return records.sent_in.get(item.file, item.file)


def _kind(table: str, column: str, check: str, times: int) -> Kind:
    declared = CHECKS[check]
    says = declared.says.replace("'{value}'", "a value").replace("{value}", "...")
    return Kind(table, column, declared.severity, times, says, declared.action)
