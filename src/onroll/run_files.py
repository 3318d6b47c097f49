"""The files of a run: released evidence, disclosure, brief and charts, each written in one step and read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.disclosure import Released
from onroll.errors import DataError
from onroll.framework import DisclosurePolicy
from onroll.presentation.drawing import Chart
from onroll.presentation.facts import Brief
from onroll.presentation.quality import Quality
from onroll.vocabulary import RELEASED_COLUMNS

NUMBERS = ("estimate", "lower", "upper", "confidence", "numerator", "denominator")
TEXT = {name: "str" for name in RELEASED_COLUMNS if name not in NUMBERS}


def write_run_basis(
    folder: Path, released: Released, brief: Brief, policies: Sequence[DisclosurePolicy], quality: Quality
) -> None:
    """Write what notebooks of a run start from: the released evidence, the disclosure, the brief, the data's quality."""
    released.frame.to_csv(folder / "evidence.csv", index=False, lineterminator="\n", float_format="%.10g")
    (folder / "disclosure.json").write_text(
        json.dumps(
            {
                "policy": _declared(policies[-1]),
                "policies": [one.id for one in policies],
                **released.record(),
            },
            indent=1,
            default=list,
        )
        + "\n",
        encoding="utf-8",
    )
    said = {name: getattr(brief, name) for name in Brief.__dataclass_fields__}
    (folder / "quality.json").write_text(json.dumps(quality.record(), indent=1) + "\n", encoding="utf-8")
    (folder / "brief.json").write_text(json.dumps(said, indent=1, default=list) + "\n", encoding="utf-8")


def _declared(policy: DisclosurePolicy) -> dict[str, Any]:
    """A policy as it was declared."""
    return {name: getattr(policy, name) for name in policy.__dataclass_fields__}


def read_evidence(folder: Path) -> pd.DataFrame:
    """The evidence of a run as it was written, whichever version wrote it.

    Raises
    ------
    DataError
        If there is none.
    """
    empty = {column: [""] for column in NUMBERS}
    try:
        return pd.read_csv(folder / "evidence.csv", dtype=TEXT, keep_default_na=False, na_values=empty)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{folder.name}: there is no evidence of a run in it ({type(error).__name__}). "
            "Make a run with 'onroll evaluate'."
        ) from None


def write_figure(drawn: Chart, folder: Path) -> None:
    """Write a chart as SVG and PNG with its alternative text and its numbers beside it."""
    write_whole(folder / f"{drawn.id}.svg", drawn.svg())
    write_whole(folder / f"{drawn.id}.png", drawn.png())
    write_whole(
        folder / f"{drawn.id}.txt", f"{drawn.title}\n{drawn.unit}\n\n{drawn.alt}\n\n{drawn.source}\n".encode()
    )
    write_whole(
        folder / f"{drawn.id}.csv",
        drawn.numbers.assign(source=drawn.source)
        .to_csv(index=False, lineterminator="\n", float_format="%.10g")
        .encode(),
    )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
