"""The rows of a comma-separated file: by Arrow where every line is a row, else by Python's careful reader."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
from pyarrow import csv as arrow

from onroll.errors import DataError
from onroll.intake.findings import Finding, finding, shown
from onroll.intake.records.streams import MOST_ROWS, Heard, NotPlainError, UnsafeError, batches, numbered
from onroll.intake.sheets import Record

LIMIT = 8 * 1024**3
LONGEST_LINE = 1 << 20
_BLOCK = 1 << 23
_LONGEST_NOTE = 2_000
"""Characters: a longer line is no remark."""
_BOMB_RATIO, _BOMB_BYTES = 200, 100 * 1024**2


@dataclass(frozen=True, slots=True)
class Text:
    """A text file: where it is, what it is called, how its letters and columns are written."""

    path: Path
    name: str
    encoding: str
    delimiter: str

    def bytes_(self) -> BinaryIO:
        """The file's bytes, unpacked, never more than is safe."""
        raw = cast(BinaryIO, self.path.open("rb"))
        if not self.path.name.lower().endswith(".gz"):
            return raw
        return cast(BinaryIO, io.BufferedReader(_Unpacked(raw, self.name, self.path.stat().st_size)))


class _Unpacked(io.RawIOBase):
    """A gzip file unpacked while it is read; one that grows past what is safe is refused."""

    def __init__(self, raw: BinaryIO, name: str, packed: int) -> None:
        self.raw, self.inner, self.name = raw, gzip.GzipFile(fileobj=raw), shown(name, 120)
        self.size, self.most = 0, min(LIMIT, max(_BOMB_BYTES, packed * _BOMB_RATIO))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Unpack the next bytes; raise before more than is safe has been unpacked."""
        try:
            part = self.inner.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            words = "the gzip file is cut short or damaged. Ask the sender for it again."
            raise DataError(f"{self.name}: {words}") from None
        self.size += len(part)
        if self.size > self.most:
            raise UnsafeError(
                f"{self.name}: unpacks to more than {self.most / 1024**2:,.0f} MB, more than is safe. "
                "Send it unpacked, or in parts."
            )
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self.raw.close()
        super().close()


class _Lines(io.RawIOBase):
    """Bytes handed on, with a count of the lines that went by."""

    def __init__(self, inner: BinaryIO) -> None:
        self.inner, self.ends, self.tail = inner, 0, b"\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Hand the next bytes on and count their lines."""
        part = self.inner.read(len(buffer))
        self.ends += part.count(b"\n")
        self.tail = (self.tail + part)[-2:]
        buffer[: len(part)] = part
        return len(part)

    @property
    def lines(self) -> int:
        """Lines so far, with one at the end that has no end of line."""
        return self.ends + (not self.tail.rstrip(b"\0").endswith(b"\n"))


def records(text: Text, broken: list[Finding]) -> Iterator[Record]:
    """Records numbered as Excel does; what breaks the reading goes to ``broken`` and ends it."""

    def wrong(check: str, words: str = "") -> None:
        broken.append(finding(check, text.name, row=number, value=words))

    with closing(text.bytes_()) as data:
        encoding = "utf-8-sig" if text.encoding == "utf-8" else text.encoding
        lines = _short_lines(io.TextIOWrapper(data, encoding=encoding, newline=""))
        reader = csv.reader(lines, delimiter=text.delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                return wrong("open_quote")
            except UnicodeDecodeError:
                return wrong(
                    "unreadable", "the text breaks off, the file is damaged. Ask the sender for it again."
                )
            except _LongLineError:
                return wrong("unreadable", "a line is longer than 1 MB. Ask the sender for a CSV file.")
            if any(cell.strip() for cell in cells):
                yield number, cells


class _LongLineError(Exception):
    """A line that no table has."""


def _short_lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) >= LONGEST_LINE:
            raise _LongLineError
        yield line


def careful_body(
    text: Text, header: int, width: int, places: tuple[int, ...], heard: Heard
) -> Iterator[pa.RecordBatch]:
    """The rows below the header by Python's reader, which is strict about quotation marks."""
    below = (record for record in records(text, heard.findings) if record[0] > header)
    yield from batches(below, width, places, heard)


def quick_body(
    text: Text, header: int, width: int, places: tuple[int, ...], heard: Heard
) -> Iterator[pa.RecordBatch]:
    """The rows below the header by Arrow.

    Raises
    ------
    NotPlainError
        If a row is not a line: a quotation mark may be open, and only the careful reader can tell.
    """

    def note(row: Any) -> str:
        """Tell of a row whose cells are not as many as the columns."""
        line = row.text if row.text and len(row.text) <= _LONGEST_NOTE else ""
        cells = next(csv.reader([line], delimiter=text.delimiter), [])
        heard.ragged(
            row.number, cells if len(cells) == row.actual_columns else [""] * row.actual_columns, width
        )
        return "skip"

    seen = 0
    try:
        with closing(text.bytes_()) as inner:
            data = _Lines(inner)
            reader = _arrow_reader(text, cast(BinaryIO, data), header, width, places, note)
            for batch in numbered(reader, header + 1, places, heard.rows):
                seen += batch.num_rows
                if seen > MOST_ROWS:
                    raise DataError(
                        f"{shown(text.name, 120)}: more than {MOST_ROWS:,} rows. Send it in parts."
                    )
                yield batch
            heard.last = header + seen + len(heard.rows)
            if data.lines != heard.last:
                raise NotPlainError
    except (pa.ArrowInvalid, UnicodeError):
        raise NotPlainError from None


def _arrow_reader(
    text: Text, data: BinaryIO, header: int, width: int, places: tuple[int, ...], note: Any
) -> Any:
    names = [f"c{place}" for place in range(width)]
    return arrow.open_csv(
        data,
        read_options=arrow.ReadOptions(
            use_threads=False, block_size=_BLOCK, skip_rows_after_names=header, column_names=names,
            encoding=text.encoding,
        ),
        parse_options=arrow.ParseOptions(
            delimiter=text.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
        ),
        convert_options=arrow.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), include_columns=[f"c{place}" for place in places],
            strings_can_be_null=False, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
