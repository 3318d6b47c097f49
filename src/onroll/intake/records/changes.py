"""Changes: what the mapping or an older version of the contract makes of a text before it is parsed.

The text itself stays as it was sent, so that a finding quotes what stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onroll.framework.contracts import Contract, Contracts, squeezed
from onroll.intake.records.mapping import MONTH_FIRST, FileMapping
from onroll.intake.records.parsing import SQUEEZED
from onroll.intake.records.recognise import Recognised
from onroll.intake.records.store import quoted
from onroll.intake.records.streams import Stream

_PERIOD_IN_TITLE = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2}) *[-/_\u2010-\u2015]? *(?:19|20)?([0-9]{2})(?![0-9])"
)
_SWAPPED = r"regexp_replace(v, '^([0-9]{1,2})([/.-])([0-9]{1,2})([/.-])', '\3\2\1\4')"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the sheets (``how``) and the column it is for, as SQL over the text ``v``."""

    how: int
    table: str
    column: str
    text: str
    month_first: bool = False


def given_values(
    contract: Contract, found: Recognised, mapping: FileMapping | None, stream: Stream
) -> dict[str, str]:
    """Values for columns that the sheet lacks: from the mapping, or the year in the sheet's or the file's name."""
    given = dict(mapping.values) if mapping is not None else {}
    if "time_period" in contract.names and "time_period" not in found.columns and "time_period" not in given:
        for title in (stream.title, stream.name.split(" [")[0].rsplit("/", 1)[-1]):
            years = period_in(title)
            if years:
                given["time_period"] = years
                break
    return {name: value for name, value in given.items() if name not in found.columns}


def period_in(title: str) -> str:
    """The one academic year that a title names, such as ``202324`` of ``Roll 2023-24``; empty where there is not one."""
    found = {
        f"{first}{last}"
        for first, last in _PERIOD_IN_TITLE.findall(title)
        if (int(first) + 1) % 100 == int(last)
    }
    return found.pop() if len(found) == 1 else ""


def changes_of(
    contracts: Contracts, contract: Contract, found: Recognised, header: Sequence[str], mapping: FileMapping | None,
    how: int,
) -> Iterator[Change]:  # fmt: skip
    """The changes for one sheet."""
    for column, place in found.columns.items():
        declared = contract.column(column)
        if mapping is not None and declared.type == "date" and mapping.dates == MONTH_FIRST:
            yield Change(how, contract.id, column, _SWAPPED, month_first=True)
        if mapping is not None and column in mapping.codes:
            cases = " ".join(
                f"WHEN {SQUEEZED} = {quoted(squeezed(value))} THEN {quoted(_code(contracts, contract, column, code))}"
                for value, code in mapping.codes[column].items()
            )
            yield Change(how, contract.id, column, f"CASE {cases} ELSE v END")
        if found.step is not None and column in found.step.multiply:
            old = {squeezed(name) for name, new in found.step.rename.items() if new == column}
            if squeezed(header[place]) in old:
                by = found.step.multiply[column]
                yield Change(
                    how, contract.id, column, f"coalesce(CAST(TRY_CAST(v AS DOUBLE) * {by} AS VARCHAR), v)"
                )


def _code(contracts: Contracts, contract: Contract, column: str, written: str) -> str:
    """A code of the mapping as it is declared."""
    codes = contracts.set_of(contract.column(column)).codes
    return next(one.code for one in codes if squeezed(one.code) == squeezed(written))
