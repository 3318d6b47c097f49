"""Faults planted on purpose: one of each kind that the checks know, every one written down in truth.json."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from onroll.framework.contracts import Contracts
from onroll.synthetic.defect_rules import plant_rules
from onroll.synthetic.schools import LAST_URN
from onroll.synthetic.sheets import Planter, Row, always, year_of
from onroll.synthetic.truth import Truth
from onroll.synthetic.upn import LETTERS
from onroll.vocabulary import periods

CELL_CHECKS = (
    "unknown_code", "code_of_other_year", "not_a_date", "date_out_of_range", "out_of_bounds", "not_a_number",
    "needed_blank", "wrong_upn", "not_a_flag", "duplicate_key", "unknown_school", "pupil_not_on_roll",
)  # fmt: skip
_NEW_REASONS_FROM = 2020
_SWAPPED_ROWS = 3


def plant_defects(folder: Path, truth: Truth, contracts: Contracts, rng: np.random.Generator) -> Truth:
    """Plant faults into the CSV files of a folder.

    Returns
    -------
    Truth
        With every fault planted, and under ``not_planted`` those for which no row fitted. A fault's row may make other
        checks speak as well where its own cell is needed by them.
    """
    planter = Planter(folder, periods(truth.first, truth.last), rng)
    _cells(planter)
    _links(planter)
    plant_rules(planter, truth.authority["la_code"], contracts)
    return replace(
        truth,
        files=truth.files | planter.save(),
        defects=tuple(planter.planted),
        not_planted=planter.missed,
    )


def _cells(planter: Planter) -> None:
    """Faults of one cell, in rows whose pupils are named by nothing else."""

    def once(row: Row) -> bool:
        return row["category"] == "SUSP" and planter.excluded[row["upn"]] == 1

    def unseen(row: Row) -> bool:
        return row["upn"] not in planter.known and row["enrolment_status"] == "C" and not row["left_date"]

    later = int(planter.periods[-1][:4]) >= _NEW_REASONS_FROM
    code = "OT" if later else "OW"

    def in_that_year(row: Row) -> bool:
        return once(row) and (year_of(row["start_date"]) >= _NEW_REASONS_FROM) == later

    for check, table, fits, column, value, about in (
        ("unknown_code", "exclusions", once, "category", "XXXX", "a code that is in no set"),
        ("code_of_other_year", "exclusions", in_that_year, "reason_1", code, f"{code} was not in use then"),
        ("not_a_date", "exclusions", once, "start_date", "31/02/2023", "31 February"),
        ("date_out_of_range", "policies", always, "dated", "2203-01-15", "the year 2203"),
        ("out_of_bounds", "exclusions", once, "sessions", "-3", "negative sessions"),
        ("not_a_number", "training", always, "in_post", "twelve", "a word where a number stands"),
        ("needed_blank", "roll", unseen, "ethnicity", "", "blank where it must not be"),
        ("not_a_flag", "roll", unseen, "fsm_eligible", "maybe", "neither yes nor no"),
    ):
        planter.set(check, table, fits, _with(column, value), column, about)
    planter.set("wrong_upn", "roll", unseen, _other_letter, "upn", "the check letter is wrong")
    for _ in range(_SWAPPED_ROWS):
        planter.set(
            "unknown_code", "exclusions", once, _swapped, "reason_1", "reason_1 and sen_provision are swapped"
        )


def _with(column: str, value: str) -> Callable[[Row], Row]:
    return lambda row: {column: value}


def _other_letter(row: Row) -> Row:
    at = LETTERS.index(row["upn"][0]) + 1
    return {"upn": LETTERS[at % len(LETTERS)] + row["upn"][1:]}


def _swapped(row: Row) -> Row:
    return {"reason_1": row["sen_provision"], "sen_provision": row["reason_1"]}


def _links(planter: Planter) -> None:
    unit = next((urn for urn, phase in planter.phase.items() if phase == "Alternative provision"), "")

    def at_primary(row: Row) -> bool:
        young = planter.phase.get(row["urn"]) == "State-funded primary"
        return young and row["category"] == "SUSP" and planter.excluded[row["upn"]] == 1

    planter.add("duplicate_key", "training", always, lambda row: {}, "urn", "the row stands twice")
    planter.set(
        "unknown_school",
        "principles_use",
        always,
        lambda row: {"urn": str(LAST_URN + 1)},
        "urn",
        "a school that was not sent",
    )
    planter.set(
        "pupil_not_on_roll",
        "exclusions",
        at_primary,
        lambda row: {"urn": unit},
        "urn",
        "a school on whose roll the pupil is not",
    )
