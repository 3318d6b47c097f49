"""Files: open what was sent, safely, as a sheet of text; what cannot be opened says why in one line."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from pathlib import Path

from onroll.errors import DataError
from onroll.intake.delimited import read_delimited
from onroll.intake.findings import shown
from onroll.intake.sheets import LIMIT, LIMIT_WORDS, Sheet
from onroll.intake.workbooks import read_parquet, read_workbook

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")
ALSO_TEXT = (".txt", ".tsv")
"""Endings of text files that may hold own records, as Excel writes them ("Unicode text")."""
_ENDING_WORDS = "CSV, CSV.GZ, XLSX or Parquet"
_MAGIC = (
    (b"PK\x03\x04", ".xlsx", "a zipped file such as an Excel workbook"),
    (b"\x1f\x8b", ".csv.gz", "a gzip file"),
    (b"PAR1", ".parquet", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", ".xls", "an old Excel workbook or one with a password"),
    (b"%PDF", ".pdf", "a PDF document"),
)
_CHUNK = 1 << 20


def read_sheet(path: Path, name: str | None = None) -> Sheet:
    """Open a CSV, CSV.GZ, XLSX or Parquet file as text cells with their row numbers.

    Parameters
    ----------
    path : Path
        The file.
    name : str, optional
        What findings call it; the file's own name if not given.

    Raises
    ------
    DataError
        If it cannot be opened or is not what its name says. Faults of rows and cells are findings instead.
    """
    name = shown(name or path.name, 120)
    ending = ending_of(path)
    if ending is None:
        raise DataError(f"{name}: files of this kind are not read. Send {_ENDING_WORDS}.")
    data = read_bytes(path, name)
    if not data:
        return read_delimited(name, b"")
    _refuse_other_kind(name, ending, data)
    if ending == ".csv.gz":
        return read_delimited(name, _unpacked(name, data))
    readers = {".csv": read_delimited, ".xlsx": read_workbook, ".parquet": read_parquet}
    return readers[ending](name, data)


def ending_of(path: Path) -> str | None:
    """Which of the kinds read here the file's name claims, or None."""
    lower = path.name.lower()
    return next((ending for ending in ENDINGS if lower.endswith(ending)), None)


def read_bytes(path: Path, name: str | None = None) -> bytes:
    """The bytes of a regular file no larger than the limit.

    Raises
    ------
    DataError
        For a folder, a device, a broken or circular link, a file that may not be read or is too large.
    """
    name = name or path.name
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError(f"{name}: this is a folder where a file is expected. Name a file in it.")
        if not stat.S_ISREG(status.st_mode):
            raise DataError(f"{name}: this is not an ordinary file. Name a {_ENDING_WORDS} file.")
        if status.st_size > LIMIT:
            raise DataError(f"{name}: larger than {LIMIT_WORDS}. Send it in parts.")
        return path.read_bytes()
    except PermissionError:
        raise DataError(f"{name}: no permission to read it. Ask its owner, or close it in Excel.") from None
    except FileNotFoundError:
        raise DataError(f"{name}: there is no such file. Check the name and the folder.") from None
    except (OSError, RuntimeError, ValueError) as problem:
        words = getattr(problem, "strerror", None) or "it cannot be opened"
        raise DataError(f"{name}: {words}. Copy the file itself into the folder.") from None


def _refuse_other_kind(name: str, ending: str, data: bytes) -> None:
    for magic, real, words in _MAGIC:
        if data.startswith(magic) and real != ending:
            raise DataError(f"{name}: this is {words}, not what its name says. Save it as {_ENDING_WORDS}.")
    wanted = {".csv.gz": b"\x1f\x8b", ".parquet": b"PAR1"}.get(ending, b"")
    if not data.startswith(wanted):
        raise DataError(
            f"{name}: this is not a {ending[1:].upper()} file. Ask the sender for the file again."
        )


def _unpacked(name: str, data: bytes) -> bytes:
    parts, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            while part := packed.read(_CHUNK):
                parts.append(part)
                size += len(part)
                if size > LIMIT:
                    raise DataError(f"{name}: larger than {LIMIT_WORDS} when unpacked. Send it in parts.")
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DataError(
            f"{name}: the gzip file is cut short or damaged. Ask the sender for it again."
        ) from None
    return b"".join(parts)
