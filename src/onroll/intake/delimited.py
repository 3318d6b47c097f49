"""Comma-separated text, from the bytes to a sheet: encoding, delimiter, quotation marks, cut files."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from onroll.errors import DataError
from onroll.intake.findings import Finding, Findings, finding, shown
from onroll.intake.sheets import Record, Sheet, tabulate

DELIMITERS = {";": "semicolon", "\t": "tab", "|": "pipe"}
_LOOK = 65_536
_JUNK_SHARE = 0.02


def read_delimited(name: str, data: bytes) -> Sheet:
    """Read the bytes of a comma-separated file into a sheet.

    Raises
    ------
    DataError
        If the bytes are no text at all.
    """
    text, said = _decoded(name, data)
    stopped = _stops(name, text)
    if stopped:
        return Sheet(name, findings=Findings((*said, *stopped)))
    broken: list[Finding] = []
    sheet = tabulate(name, _records(name, text, broken))
    found = [item for item in sheet.findings if not (broken and item.check == "header_only")]
    return Sheet(name, sheet.frame, Findings((*said, *found, *broken)))


def _decoded(name: str, data: bytes) -> tuple[str, tuple[Finding, ...]]:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16"), ()
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise DataError(
            f"{shown(name, 120)}: this is not a text file. Ask the sender for a CSV file."
        ) from None
    return text, (finding("encoding", name, value="not UTF-8 but Windows-1252", expected="UTF-8"),)


def _stops(name: str, text: str) -> tuple[Finding, ...]:
    """What makes reading on pointless: nothing there, junk, a NUL byte, another delimiter."""
    if not text.strip():
        return (finding("empty_file", name),)
    look = text[:_LOOK]
    junk = sum(1 for c in look if not c.isprintable() and c not in "\t\r\n\x00\xa0")
    if junk > _JUNK_SHARE * len(look):
        raise DataError(f"{shown(name, 120)}: this is not a text file. Ask the sender for a CSV file.")
    nul = text.find("\0")
    if nul >= 0:
        return (finding("nul_byte", name, row=text.count("\n", 0, nul) + 1),)
    header = text.lstrip("\r\n")[:_LOOK].splitlines()[0]
    for mark, word in DELIMITERS.items():
        if header.count(mark) > header.count(","):
            return (finding("wrong_delimiter", name, row=1, value=word, expected="a comma"),)
    return ()


def _records(name: str, text: str, broken: list[Finding]) -> Iterator[Record]:
    """Number the records as Excel does; what breaks the reading goes to ``broken`` and ends it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken.append(finding("open_quote", name, row=number))
            return
        if cells and (len(cells) > 1 or cells[0].strip()):
            yield number, cells
