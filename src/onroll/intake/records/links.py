"""Links: keys that stand once, and rows of other tables that must be there."""

from __future__ import annotations

from onroll.framework.contracts import Contract, Contracts
from onroll.intake.findings import Finding, finding
from onroll.intake.records.found import Found
from onroll.intake.records.store import Store
from onroll.intake.records.tidy import tidy_name


def check_key(store: Store, contract: Contract, found: Found) -> None:
    """Rows whose key stands in an earlier row."""
    names = [tidy_name(contract.column(name)) for name in contract.key]
    own = ", ".join(names)
    whole = " AND ".join(
        f"{tidy_name(contract.column(name))} IS NOT NULL"
        for name in contract.key
        if contract.column(name).needed
    )
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM d.{name}" for name in names)
    store.run(
        f"CREATE OR REPLACE TEMP TABLE doubled AS SELECT {own}, min((file, row)) AS first_one FROM t_{contract.id} "
        f"WHERE {whole} GROUP BY {own} HAVING count(*) > 1"
    )
    found.add(
        contract.id, contract.key[0], "duplicate_key",
        "SELECT t.file, t.row, 'row ' || d.first_one[2] || CASE WHEN d.first_one[1] <> t.file THEN ' of another file' "
        f"ELSE '' END AS value FROM t_{contract.id} t JOIN doubled d ON {same} WHERE (t.file, t.row) <> d.first_one",
    )  # fmt: skip
    store.run("DROP TABLE doubled")


def check_links(store: Store, contracts: Contracts, contract: Contract, found: Found) -> list[Finding]:
    """Schools that were not sent, and pupils who were on no roll; a table that was not sent is said."""
    said = []
    for link in contract.links:
        there = store.one(f"SELECT count(*) FROM t_{link.table}")
        if not there:
            said.append(finding("no_link", contract.id, value=contracts.tables[link.table].label.lower()))
        elif link.table == "schools":
            column = link.columns[0]
            found.add(
                contract.id, column, "unknown_school",
                f"SELECT file, row, CAST({column} AS VARCHAR) AS value FROM t_{contract.id} "
                f"WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT urn FROM t_schools WHERE urn IS NOT NULL)",
            )  # fmt: skip
        else:
            found.add(contract.id, link.columns[0], *_roll_query(contract, link.at))
    return said


def _roll_query(contract: Contract, at: str) -> tuple[str, str]:
    """Rows whose pupil is on no roll: of that school on that day, or, without a date, on none at all."""
    if not at:
        return "pupil_unknown", (
            f"SELECT file, row, '' AS value FROM t_{contract.id} WHERE pupil IS NOT NULL "
            "AND pupil NOT IN (SELECT pupil FROM t_roll WHERE pupil IS NOT NULL)"
        )
    return "pupil_not_on_roll", (
        f"SELECT e.file, e.row, CAST(e.{at} AS VARCHAR) AS value FROM t_{contract.id} e "
        f"WHERE e.pupil IS NOT NULL AND e.{at} IS NOT NULL "
        "AND e.time_period IN (SELECT DISTINCT time_period FROM t_roll) AND NOT EXISTS (SELECT 1 FROM t_roll r "
        "WHERE r.pupil = e.pupil AND r.urn = e.urn AND r.time_period = e.time_period "
        f"AND (r.entry_date IS NULL OR r.entry_date <= e.{at}) AND (r.left_date IS NULL OR r.left_date >= e.{at}))"
    )
