"""Source cards: what stands beside each shipped table and says where it is from, in YAML."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onroll.errors import DataError, one_of


@dataclass(frozen=True, slots=True)
class Card:
    """The source card of one shipped table; ``file`` is its CSV, ``sha256`` and ``rows`` are of that file.

    ``basis`` is that of every row, or ``by row`` where the table has a column of it.
    """

    id: str
    title: str
    contract: str
    basis: str
    file: str
    publication: str
    publisher: str
    licence: str
    attribution: str
    accessed: str
    years: str
    levels: str
    columns: dict[str, str]
    derived_from: dict[str, dict[str, str]]
    how_derived: str
    caveats: list[str]
    rows: int
    sha256: str


FIELDS = tuple(Card.__dataclass_fields__)


def read_card(path: Path) -> Card:
    """Read a source card.

    Raises
    ------
    DataError
        If it is no YAML, or a key is missing or not known.
    """
    raw = read_yaml(path)
    strange = [key for key in raw if key not in FIELDS]
    lacking = [key for key in FIELDS if key not in raw]
    if strange or lacking:
        word, key = ("unknown", strange[0]) if strange else ("missing", lacking[0])
        raise DataError(f"{path.name}: {word} key '{key}'; a source card has {one_of(FIELDS)}")
    return Card(**raw)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping, quickly where the C reader is there.

    Raises
    ------
    DataError
        If the file is not there or is not a YAML mapping.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except FileNotFoundError:
        raise DataError(f"{path.name}: there is no such file. Restore it from the repository.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise DataError(f"{path.name}: cannot be read as YAML. Restore it from the repository.") from None
    if not isinstance(read, dict):
        raise DataError(f"{path.name}: must be a mapping of keys. Restore it from the repository.")
    return read


def write_card(card: Card) -> str:
    """The text of a source card, the same every time."""
    import yaml

    return yaml.safe_dump(asdict(card), sort_keys=False, allow_unicode=True, width=100)


def sha256_of(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
