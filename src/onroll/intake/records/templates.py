"""Templates: a blank workbook for each table, made of the contracts, that `onroll check` reads back as it is filled in."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import wrap as in_lines
from typing import Any

from onroll.errors import UsageError
from onroll.framework.contracts import Column, Contract, Contracts
from onroll.intake.findings import shown
from onroll.intake.records.dictionary import ColumnEntry, Dictionary, TableEntry, dictionary

READ_ME, CODES = "Read me", "Codes"
OWN_SHEETS = (READ_ME, CODES)
"""Sheets of the templates that hold no records."""
LAST_ROW = 100_000
_WIDEST, _LINE = 34, 14
_FORMATS = {"date": "dd/mm/yyyy", "whole": "0", "number": "0.##", "urn": "0"}
_HEADER, _NEEDED, _OTHER = "FFFFFF", "1F4E79", "5B6770"
_CODE_HEADER = ("set", "code", "label", "valid from", "valid to", "also written as", "note")
_FILL = (
    "How to fill it in",
    "One row under the header for each record, no blank rows, no totals. Leave what is not known blank. Keep the "
    "headers; further columns are not read. Dates as 01/09/2023. Save as XLSX or as CSV UTF-8, with the table's name in "
    "the name of the file. 'onroll check' says what is wrong with it.",
)


def write_templates(contracts: Contracts, out: Path) -> tuple[Path, ...]:
    """Write one workbook a table into a folder, all of them or none.

    Parameters
    ----------
    out : Path
        A folder, made if it is not there.

    Returns
    -------
    tuple of Path
        The files written, ``<out>/<table>.xlsx``, in the order of the tables.

    Raises
    ------
    UsageError
        If the place is a file, or holds a file of the same name, which may have been filled in.
    """
    targets = {name: out / f"{name}.xlsx" for name in contracts.tables}
    if out.exists() and not out.is_dir():
        raise UsageError(f"{shown(out, 200)}: this is a file where a folder is expected. Name a folder.")
    there = [path.name for path in targets.values() if path.exists()]
    if there:
        held = f"{', '.join(there)} is there already and may be filled in"
        raise UsageError(f"{shown(out, 200)}: {held}. Name another folder.")
    out.mkdir(parents=True, exist_ok=True)
    words = dictionary(contracts)
    with tempfile.TemporaryDirectory(dir=out, prefix=".templates-") as made:
        for name, contract in contracts.tables.items():
            template(contracts, contract, words).save(Path(made) / f"{name}.xlsx")
        for name, path in targets.items():
            (Path(made) / f"{name}.xlsx").replace(path)
    return tuple(targets.values())


def template(contracts: Contracts, contract: Contract, words: Dictionary) -> Any:
    """The blank workbook of one table: what it is for, the table, the codes."""
    import openpyxl

    entry = words.tables[contract.id]
    book = openpyxl.Workbook()
    book.properties.creator, book.properties.title = "onroll", entry.label
    book.properties.created = book.properties.modified = dt.datetime.fromisoformat(words.date)
    read_me = book.worksheets[0]
    read_me.title = READ_ME
    table, codes = book.create_sheet(contract.id), book.create_sheet(CODES)
    ranges = _codes(codes, entry, words)
    _table(table, contract, entry, ranges)
    _read_me(read_me, entry, words)
    book.active = 1
    read_me.sheet_view.tabSelected = False
    return book


def _read_me(sheet: Any, entry: TableEntry, words: Dictionary) -> None:
    rows = [
        (entry.label, ""),
        ("One row is", entry.one_row),
        ("Sent by", entry.sent_by),
        _FILL,
        ("No two rows alike in", ", ".join(entry.key)),
        ("Template", f"version {words.version} of the contracts, {words.date}"),
        ("Licence", words.source),
        ("", ""),
        ("Columns", "What stands in them"),
    ]
    for column in entry.columns:
        must = "Needed." if column.needed else "If known."
        rows.append((column.name, f"{must} {_sentence(column.about)} {_sentence(column.holds)}".strip()))
    for row in rows:
        sheet.append(row)
    _lay_out(sheet, (26, 96), lambda cell: cell.column == 1)
    sheet["A1"].font, sheet["A1"].alignment = _font(bold=True, size=14), _top(wrap=False)
    sheet.row_dimensions[1].height = 22
    _page(sheet, landscape=False)


def _table(sheet: Any, contract: Contract, entry: TableEntry, ranges: dict[str, str]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    for place, (column, told) in enumerate(zip(contract.columns, entry.columns, strict=True), start=1):
        cell = sheet.cell(1, place, column.name)
        cell.font = _font(bold=True, color=_HEADER)
        cell.fill = PatternFill("solid", start_color=_NEEDED if column.needed else _OTHER)
        cell.alignment = _top(wrap=False)
        cell.comment = Comment(_comment(told), "onroll", width=320, height=140)
        letter = get_column_letter(place)
        dimension = sheet.column_dimensions[letter]
        dimension.width = min(max(len(column.name) + 4, 13), _WIDEST)
        dimension.number_format = _FORMATS.get(column.type, "@")
        rule = _validation(column, told, ranges)
        if rule is not None:
            rule.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.row_dimensions[1].height = 22
    sheet.freeze_panes = "A2"
    _page(sheet, landscape=True)


def _validation(column: Column, told: ColumnEntry, ranges: dict[str, str]) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    low = 0 if column.min is None else column.min
    makers: dict[str, Callable[[], Any]] = {
        "code": lambda: DataValidation("list", formula1=ranges[column.codes]),
        "flag": lambda: DataValidation("list", formula1='"Y,N"'),
        "date": lambda: DataValidation("date", formula1="DATE(1900,1,1)", operator="greaterThan"),
        "whole": lambda: DataValidation(
            "whole", formula1=str(low), formula2=str(column.max), operator="between"
        ),
    }
    if column.type not in makers or (column.type == "whole" and column.max is None):
        return None
    rule = makers[column.type]()
    rule.allow_blank, rule.showErrorMessage, rule.errorStyle = True, True, "warning"
    rule.errorTitle, rule.error = column.name, f"Expected: {told.holds}."[:225]
    return rule


def _codes(sheet: Any, entry: TableEntry, words: Dictionary) -> dict[str, str]:
    """Lay the codes of a table out; gives the range of each set as a formula."""
    sheet.append(_CODE_HEADER)
    ranges = {}
    for name in entry.code_sets:
        first = sheet.max_row + 1
        for code in words.code_sets[name].codes:
            note = f"now {code.renamed_to}" if code.renamed_to else code.note
            sheet.append((name, code.code, code.label, code.first, code.last, ", ".join(code.also), note))
        ranges[name] = f"{CODES}!$B${first}:$B${sheet.max_row}"
    _lay_out(sheet, (20, 24, 62, 11, 11, 44, 30), lambda cell: cell.row == 1)
    sheet.freeze_panes = "A2"
    _page(sheet, landscape=True)
    return ranges


def _lay_out(sheet: Any, widths: Sequence[int], is_bold: Callable[[Any], bool]) -> None:
    """Give columns their widths and rows the height that their longest text needs: not every program does so itself."""
    for letter, width in zip("ABCDEFG", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        lines = 1
        for cell, width in zip(row, widths, strict=False):
            cell.font, cell.alignment = _font(bold=is_bold(cell)), _top(wrap=True)
            lines = max(lines, len(in_lines(str(cell.value or ""), width)))
        sheet.row_dimensions[row[0].row].height = _LINE * lines


def _font(*, bold: bool, size: int = 10, color: str = "000000") -> Any:
    from openpyxl.styles import Font

    return Font(name="Arial", bold=bold, size=size, color=color)


def _top(*, wrap: bool) -> Any:
    from openpyxl.styles import Alignment

    return Alignment(wrap_text=wrap, vertical="top")


def _page(sheet: Any, *, landscape: bool) -> None:
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _comment(column: ColumnEntry) -> str:
    must = (
        "Needed: the column must be there and no cell blank." if column.needed else "If known: may be blank."
    )
    holds = f"{_sentence(column.holds)}{' See the sheet Codes.' if column.codes else ''}"
    return f"{must}\n{_sentence(column.about)}\n{holds}".strip()


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:].rstrip('.')}." if words else ""
