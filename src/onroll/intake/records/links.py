"""Links: keys that stand once, and rows of other tables that must be there."""

from __future__ import annotations

from collections.abc import Collection

from onroll.framework.contracts import Contract, Contracts
from onroll.intake.findings import Finding, finding
from onroll.intake.records.found import Found
from onroll.intake.records.store import Store, repeated
from onroll.intake.records.tidy import tidy_name


def check_key(store: Store, contract: Contract, found: Found) -> None:
    """Find rows whose key stands in an earlier row; ``u_<table>`` has the others, for rules over many rows."""
    names = [tidy_name(contract.column(name)) for name in contract.key]
    own = ", ".join(names)
    whole = " AND ".join(
        f"{tidy_name(contract.column(name))} IS NOT NULL"
        for name in contract.key
        if contract.column(name).needed
    )
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM d.{name}" for name in names)
    rows = f"t_{contract.id} WHERE {whole}"
    store.run(
        f"CREATE OR REPLACE TEMP TABLE doubled AS SELECT {own}, min(struct_pack(f := file, r := row)) AS first_one "
        f"FROM {rows} AND {repeated(own, rows)} GROUP BY {own} HAVING count(*) > 1"
    )
    later = f"FROM t_{contract.id} t JOIN doubled d ON {same} WHERE (t.file <> d.first_one.f OR t.row <> d.first_one.r)"
    if not store.one("SELECT count(*) FROM doubled"):
        store.run(f"CREATE VIEW u_{contract.id} AS SELECT * FROM t_{contract.id}")
        return
    found.add(
        contract.id, contract.key[0], "duplicate_key",
        "SELECT t.file, t.row, 'row ' || d.first_one.r || CASE WHEN d.first_one.f <> t.file THEN ' of ' || "
        f"(SELECT name FROM sheets WHERE sheets.file = d.first_one.f) ELSE '' END AS value {later}",
    )  # fmt: skip
    store.run(f"CREATE TABLE later_{contract.id} AS SELECT t.file, t.row {later}")
    store.run(
        f"CREATE VIEW u_{contract.id} AS SELECT * FROM t_{contract.id} ANTI JOIN later_{contract.id} USING (file, row)"
    )


def check_links(
    store: Store, contracts: Contracts, contract: Contract, found: Found, sent: Collection[str]
) -> list[Finding]:
    """Schools that were not sent, and pupils who were on no roll; a table that was not sent is said."""
    said: dict[str, Finding] = {}
    if not store.one(f"SELECT count(*) FROM t_{contract.id}"):
        return []
    for link in contract.links:
        there = store.one(f"SELECT count(*) FROM t_{link.table}")
        if not there:
            words = contracts.tables[link.table].label.lower()
            if link.table not in sent:
                said[link.table] = finding("no_link", contract.id, value=words)
        elif link.table == "schools":
            column = link.columns[0]
            found.add(
                contract.id, column, "unknown_school",
                f"SELECT file, row, CAST({column} AS VARCHAR) AS value FROM t_{contract.id} "
                f"WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT urn FROM t_schools WHERE urn IS NOT NULL)",
            )  # fmt: skip
        else:
            found.add(contract.id, link.columns[0], *_roll_query(contract, link.at))
    return list(said.values())


def _roll_query(contract: Contract, at: str) -> tuple[str, str]:
    """Rows whose pupil is on no roll: of that school on that day, or, without a date, on none at all.

    A school that was not sent is told already; a year of which no roll was sent cannot be looked up.
    """
    if not at:
        return "pupil_unknown", (
            f"SELECT e.file, e.row, '' AS value FROM t_{contract.id} e ANTI JOIN t_roll r ON e.pupil = r.pupil "
            "WHERE e.pupil IS NOT NULL"
        )
    return "pupil_not_on_roll", (
        f"SELECT e.file, e.row, CAST(e.{at} AS VARCHAR) AS value FROM t_{contract.id} e "
        f"WHERE e.pupil IS NOT NULL AND e.urn IS NOT NULL AND e.{at} IS NOT NULL "
        "AND (e.urn IN (SELECT urn FROM t_schools WHERE urn IS NOT NULL) OR NOT EXISTS (FROM t_schools)) "
        "AND e.time_period IN (SELECT DISTINCT time_period FROM t_roll WHERE time_period IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM t_roll r "
        "WHERE r.pupil = e.pupil AND r.urn = e.urn AND r.time_period = e.time_period "
        f"AND (r.entry_date IS NULL OR r.entry_date <= e.{at}) AND (r.left_date IS NULL OR r.left_date >= e.{at}))"
    )
