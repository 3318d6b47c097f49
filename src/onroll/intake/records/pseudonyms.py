"""Pseudonyms: identifiers become keyed hashes at the door; the key is kept apart from the data.

The hash is BLAKE2b with a secret key of 32 bytes, cut to 64 bits. Without the key nobody can tell which child a
pseudonym stands for, nor try all pupil numbers to find out. Two of 100,000 pupils share a pseudonym with a
probability of 3 in ten thousand million; of 15 million, 6 in a million.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from onroll.errors import DataError

FOLDER = "ONROLL_KEYS"
KEPT = "kept"
_BYTES = 32
_FIRST_MONTH = 8


@dataclass(frozen=True, slots=True)
class Key:
    """A secret key. It is never shown."""

    secret: bytes = field(repr=False)

    def pseudonyms(self, identifiers: Iterable[str]) -> npt.NDArray[np.int64]:
        """One 64-bit pseudonym for each identifier; the same identifier has the same one under the same key."""
        digests = b"".join(
            hashlib.blake2b(one.encode("utf-8"), digest_size=8, key=self.secret).digest()
            for one in identifiers
        )
        return np.frombuffer(digests, dtype="<i8").astype(np.int64)


def key_folder() -> Path:
    """Where keys are kept: the folder that ONROLL_KEYS names, else ``onroll/keys`` in the user's configuration."""
    named = os.environ.get(FOLDER, "")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CONFIG_HOME", "") or str(Path.home() / ".config")
    return Path(base) / "onroll" / "keys"


def read_key(choice: str, data: Path, today: dt.date | None = None) -> Key:
    """The key of a year, or the one that is kept; made the first time it is asked for.

    Parameters
    ----------
    choice : str
        ``rotated_by_year``: a key for each academic year in which records are read, so that pupils cannot be
        followed from one year's evaluation to the next. ``kept``: one key for all years.
    data : Path
        The folder of the records: the key may not be in it.
    today : date, optional
        The day of reading.

    Raises
    ------
    DataError
        If the key's folder is inside the data folder, can be read by others, or cannot be written.
    """
    folder = key_folder()
    if data.resolve() in (folder.resolve(), *folder.resolve().parents):
        raise DataError(
            f"the key's folder lies in the folder of the data. Set {FOLDER} to a folder apart from it."
        )
    day = today or dt.date.today()
    first = day.year if day.month >= _FIRST_MONTH else day.year - 1
    path = folder / ("kept.key" if choice == KEPT else f"{first}{(first + 1) % 100:02d}.key")
    try:
        if not path.exists():
            _make(folder, path)
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise DataError(f"key {path.name}: others may read it. Make it yours alone (chmod 600).")
        secret = path.read_bytes()
    except OSError as problem:
        words = f"the key of the pseudonyms cannot be read or made ({problem.strerror})"
        raise DataError(f"{words}. Set {FOLDER} to a folder of your own.") from None
    if len(secret) != _BYTES:
        raise DataError(
            f"key {path.name}: {len(secret)} bytes, a key has {_BYTES}. Restore it, or delete it for a new one."
        )
    return Key(secret)


def _make(folder: Path, path: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{path.name}.{os.getpid()}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_bytes(_BYTES))
    try:
        os.link(part, path)  # of two processes that make it at once, one wins and both read the same
    except FileExistsError:
        pass
    finally:
        part.unlink()
