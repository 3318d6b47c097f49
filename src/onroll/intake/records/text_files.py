"""Comma-separated files of records: encoding and delimiter found, rows streamed from the disk."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
from pyarrow import csv as arrow

from onroll.errors import DataError
from onroll.intake.delimited import DELIMITERS
from onroll.intake.findings import Finding, finding, shown
from onroll.intake.records.recognise import LOOKED_AT
from onroll.intake.records.streams import Stream, batches, numbered
from onroll.intake.sheets import Record

LIMIT = 8 * 1024**3
_LOOK, _CHUNK, _BLOCK = 1 << 16, 1 << 20, 1 << 23
_JUNK_SHARE = 0.02
_ENCODINGS = ("utf-8", "cp1252")


@dataclass(frozen=True, slots=True)
class _Text:
    path: Path
    name: str
    encoding: str
    delimiter: str

    def bytes_(self) -> BinaryIO:
        """The file's bytes, unpacked, never more than the limit."""
        raw = cast(BinaryIO, self.path.open("rb"))
        return cast(BinaryIO, io.BufferedReader(_Unpacked(raw, self.name))) if _is_packed(self.path) else raw


class _Unpacked(io.RawIOBase):
    """A gzip file unpacked while it is read; one that grows past the limit is refused."""

    def __init__(self, raw: BinaryIO, name: str) -> None:
        self.raw, self.inner, self.name, self.size = raw, gzip.GzipFile(fileobj=raw), name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self.inner.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            words = "the gzip file is cut short or damaged. Ask the sender for it again."
            raise DataError(f"{self.name}: {words}") from None
        self.size += len(part)
        if self.size > LIMIT:
            raise DataError(f"{self.name}: larger than {LIMIT >> 30} GB when unpacked. Send it in parts.")
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self.raw.close()
        super().close()


def open_text(path: Path, name: str) -> Stream:
    """Open a CSV or CSV.GZ file of records as a stream.

    Raises
    ------
    DataError
        If it is no text, is damaged or too large.
    """
    said: list[Finding] = []
    if path.stat().st_size > LIMIT:
        raise DataError(f"{shown(name, 120)}: larger than {LIMIT >> 30} GB. Send it in parts.")
    text = _Text(path, name, *_looked_at(path, name, said))
    if any(item.severity == "error" for item in said):
        return Stream(name, "", [], lambda header, width, out: iter(()), tuple(said))
    head = list(islice(_records(text, []), LOOKED_AT + 1))
    return Stream(name, "", head, lambda header, width, out: _body(text, header, width, out), tuple(said))


def _is_packed(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _looked_at(path: Path, name: str, said: list[Finding]) -> tuple[str, str]:
    """Encoding and delimiter; junk, NUL bytes and an empty file are found on the way."""
    probe = _Text(path, name, "utf-8", ",")
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
    junk = sum(1 for letter in beginning if not letter.isprintable() and letter not in "\t\r\n\xa0\0")
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
        for one in list(decoders):
            try:
                decoders[one].decode(part)
            except UnicodeDecodeError:
                del decoders[one]
        if not decoders:
            raise DataError(f"{shown(name, 120)}: this is not a text file. Ask the sender for a CSV file.")
        part = data.read(_CHUNK)
    return next(iter(decoders))


def _delimiter(beginning: str) -> str:
    """The mark that parts most of the first lines into most cells."""
    lines = [line for line in beginning.splitlines()[:LOOKED_AT] if line.strip()]
    counts = {mark: sorted(line.count(mark) for line in lines)[-1] for mark in (",", *DELIMITERS)}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] > counts[","] else ","


def _records(text: _Text, broken: list[Finding]) -> Iterator[Record]:
    """Records numbered as Excel does; what breaks the reading goes to ``broken`` and ends it."""
    with closing(text.bytes_()) as data:
        encoding = "utf-8-sig" if text.encoding == "utf-8" else text.encoding
        lines = io.TextIOWrapper(data, encoding=encoding, newline="")
        reader = csv.reader(lines, delimiter=text.delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                broken.append(finding("open_quote", text.name, row=number))
                return
            except UnicodeDecodeError:
                broken.append(
                    finding(
                        "unreadable", text.name, row=number, value="the text breaks off, the file is damaged"
                    )
                )
                return
            if any(cell.strip() for cell in cells):
                yield number, cells


def _body(text: _Text, header: int, width: int, out: list[Finding]) -> Iterator[pa.RecordBatch]:
    """The rows below the header: by Arrow if the file is clean, else with Python's careful reader."""
    if _is_clean(text, header, width):
        with closing(text.bytes_()) as data:
            yield from numbered(_arrow_reader(text, data, header, width), header + 1, width)
        return
    broken: list[Finding] = []
    below = (record for record in _records(text, broken) if record[0] > header)
    yield from batches(text.name, below, width, out)
    out += broken


def _is_clean(text: _Text, header: int, width: int) -> bool:
    """Whether Arrow reads the whole file without a word: the same width everywhere, no open quotation mark."""
    try:
        with closing(text.bytes_()) as data:
            for _ in _arrow_reader(text, data, header, width):
                pass
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return False
    return True


def _arrow_reader(text: _Text, data: BinaryIO, header: int, width: int) -> Any:
    names = [f"c{place}" for place in range(width)]
    return arrow.open_csv(
        data,
        read_options=arrow.ReadOptions(
            use_threads=False, block_size=_BLOCK, skip_rows=header, column_names=names, encoding=text.encoding
        ),
        parse_options=arrow.ParseOptions(
            delimiter=text.delimiter, newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=arrow.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, quoted_strings_can_be_null=False
        ),
    )  # fmt: skip
