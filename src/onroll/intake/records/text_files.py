"""Comma-separated files of records: encoding and delimiter found, and the file opened as a stream."""

from __future__ import annotations

import codecs
from collections import Counter
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from onroll.errors import DataError
from onroll.intake.delimited import DELIMITERS
from onroll.intake.findings import Finding, finding, shown
from onroll.intake.records.recognise import LOOKED_AT
from onroll.intake.records.streams import Stream
from onroll.intake.records.text_rows import LIMIT, Text, careful_body, quick_body, records

_LOOK, _CHUNK = 1 << 16, 1 << 20
_JUNK_SHARE = 0.02
_ENCODINGS = ("utf-8", "cp1252")


def open_text(path: Path, name: str) -> Stream:
    """Open a CSV or CSV.GZ file of records as a stream.

    Raises
    ------
    DataError
        If it is no text, is damaged, too large or no ordinary file.
    """
    said: list[Finding] = []
    if path.stat().st_size > LIMIT:
        raise DataError(f"{shown(name, 120)}: larger than {LIMIT >> 30} GB. Send it in parts.")
    text = Text(path, name, *_looked_at(path, name, said))
    if any(item.severity == "error" for item in said):
        return Stream(name, "", [], lambda header, width, places, out: iter(()), None, tuple(said))
    head = list(islice(records(text, []), LOOKED_AT + 1))
    return Stream(name, "", head, partial(careful_body, text), partial(quick_body, text), tuple(said))


def _looked_at(path: Path, name: str, said: list[Finding]) -> tuple[str, str]:
    """Encoding and delimiter; junk, NUL bytes and an empty file are found on the way."""
    probe = Text(path, name, "utf-8", ",")
    with closing(probe.bytes_()) as data:
        start = data.read(_LOOK)
        if not start.strip():
            said.append(finding("empty_file", name))
            return "utf-8", ","
        encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
        if not encoding:
            encoding = _encoding(name, data, start, said)
    if encoding != "utf-8":
        label = {"utf-16": "UTF-16", "cp1252": "Windows-1252"}[encoding]
        said.append(finding("encoding", name, value=f"not UTF-8 but {label}", expected="UTF-8"))
    beginning = codecs.getincrementaldecoder(encoding)("replace").decode(start).lstrip("\ufeff")
    times = Counter(beginning)
    junk = sum(times[one] for one in times if not one.isprintable() and one not in "\t\r\n\xa0\0")
    if junk > _JUNK_SHARE * len(beginning):
        raise DataError(f"{shown(name, 120)}: this is not a text file. Ask the sender for a CSV file.")
    delimiter = _delimiter(beginning)
    if delimiter != ",":
        words = f"columns are parted by a {DELIMITERS[delimiter]}; they were read so"
        said.append(finding("read_as", name, value=words))
    return encoding, delimiter


def _encoding(name: str, data: BinaryIO, start: bytes, said: list[Finding]) -> str:
    """UTF-8 if every byte fits it, else Windows-1252 if every byte fits that."""
    decoders = {one: codecs.getincrementaldecoder(one)() for one in _ENCODINGS}
    part, lines = start, 1
    while part:
        nul = part.find(b"\0")
        if nul >= 0:
            said.append(finding("nul_byte", name, row=lines + part.count(b"\n", 0, nul)))
            return "utf-8"
        lines += part.count(b"\n")
        if not part.isascii() or any(one.getstate()[0] for one in decoders.values()):
            _decode(decoders, part, name)
        part = data.read(_CHUNK)
    _decode(decoders, b"", name, last=True)
    return next(iter(decoders))


def _decode(
    decoders: dict[str, codecs.IncrementalDecoder], part: bytes, name: str, *, last: bool = False
) -> None:
    """Leave out the encodings that the bytes do not fit."""
    for one in list(decoders):
        try:
            decoders[one].decode(part, last)
        except UnicodeDecodeError:
            del decoders[one]
    if not decoders:
        raise DataError(f"{shown(name, 120)}: this is not a text file. Ask the sender for a CSV file.")


def _delimiter(beginning: str) -> str:
    """The mark that parts most of the first lines into most cells."""
    lines = [line for line in beginning.splitlines()[:LOOKED_AT] if line.strip()]
    counts = {mark: max((line.count(mark) for line in lines), default=0) for mark in (",", *DELIMITERS)}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] > counts[","] else ","
