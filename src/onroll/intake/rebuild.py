"""Rebuild: make the shipped tables and their source cards again from the original files, byte for byte."""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.errors import DataError, OnrollError
from onroll.intake.cards import Card, read_yaml, sha256_of, write_card
from onroll.intake.derive import TABLES
from onroll.intake.files import read_bytes, read_sheet

DECLARED = Path(__file__).resolve().parents[3] / "data" / "published" / "originals.yaml"


def rebuild(originals: Path, out: Path, declared: Path = DECLARED) -> list[Path]:
    """Make every shipped table and card from the originals; all of them are written, or none.

    Parameters
    ----------
    originals : Path
        The folder of the original files, whose SHA-256 must be those declared.
    out : Path
        Where the tables and cards go; made if it is not there.
    declared : Path
        ``originals.yaml``: the originals, the corrections, what the cards say.

    Returns
    -------
    list of Path
        What was written, sorted.

    Raises
    ------
    DataError
        If an original is missing or is not the one declared.
    """
    said = read_yaml(declared)
    files = said["originals"].items()
    frames = {about["role"]: _original(originals / name, about["sha256"]) for name, about in files}
    made: dict[str, bytes] = {}
    for name, derive in TABLES.items():
        table = derive(frames, said)
        data = _csv(table)
        made[f"{name}.csv"] = data
        made[f"{name}.yaml"] = write_card(_card(name, said, table, data)).encode("utf-8")
    return _write(out, made)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: ``python -m onroll.intake.rebuild --from DIR --out DIR``."""
    parser = argparse.ArgumentParser(
        prog="python -m onroll.intake.rebuild",
        description="Make the shipped tables of published figures again from the original files.",
        epilog="Example: python -m onroll.intake.rebuild --from ../originals --out data/published",
    )
    parser.add_argument(
        "--from", dest="originals", type=Path, required=True, help="folder of the original files"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder the tables and cards are written to")
    chosen = parser.parse_args(arguments)
    try:
        written = rebuild(chosen.originals, chosen.out)
    except OnrollError as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    sys.stdout.write("".join(f"{path}\n" for path in written))
    return 0


def _original(path: Path, expected: str) -> pd.DataFrame:
    found = sha256_of(read_bytes(path))
    if found != expected:
        words = f"is not the original declared (sha256 {found[:12]}, expected {expected[:12]})"
        raise DataError(
            f"{path.name}: {words}. Take the file that PROVENANCE lists, or change originals.yaml."
        )
    sheet = read_sheet(path)
    if sheet.findings.errors:
        raise DataError(sheet.findings.errors[0].line())
    return sheet.frame.reset_index(drop=True)


def _csv(table: pd.DataFrame) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False, name=None))
    return text.getvalue().encode("utf-8")


def _card(name: str, said: Mapping[str, Any], table: pd.DataFrame, data: bytes) -> Card:
    about = dict(said["tables"][name])
    return Card(
        id=name,
        file=f"{name}.csv",
        title=about["title"],
        contract=about["contract"],
        basis=about["basis"],
        publication=about["publication"],
        publisher=about["publisher"],
        accessed=about["accessed"],
        years=about["years"],
        levels=about["levels"],
        how_derived=about["how_derived"],
        caveats=list(about["caveats"]),
        columns={column: said["columns"][column] for column in table.columns},
        derived_from={source: _origin(said["originals"][source]) for source in about["derived_from"]},
        rows=len(table),
        sha256=sha256_of(data),
        **said["licences"][about["licence"]],
    )


def _origin(about: Mapping[str, str]) -> dict[str, str]:
    return {"sha256": about["sha256"], "from": about["from"]}


def _write(out: Path, made: Mapping[str, bytes]) -> list[Path]:
    """Write all files under other names first, then give them their names."""
    parts = {out / name: out / f".{name}.part" for name in made}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, part in parts.items():
            part.write_bytes(made[path.name])
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as problem:
        for part in parts.values():
            part.unlink(missing_ok=True)
        raise DataError(
            f"{out.name}: cannot write there ({problem.strerror}). Name another folder."
        ) from None
    return sorted(parts)


if __name__ == "__main__":
    sys.exit(main())
