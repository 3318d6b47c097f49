"""Two groups within strata against R."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from onroll.statistics.odds_ratio import odds_ratio
from onroll.statistics.stratified import mantel_haenszel

NORMAL_QUANTILE = 1.959963984540054
"""Half a 95 per cent interval of a log odds ratio is so many standard errors."""


def admissions(folder: Path) -> Mapping[str, float]:
    """Men and women admitted, all departments together, and within departments."""
    cells = _cells(folder / "admissions.csv")
    departments = sorted({department for department, _, _ in cells})
    men, women, men_all, women_all = (
        np.array([sum(cells[one, gender, kind] for kind in kinds) for one in departments])
        for kinds in (["Admitted"], ["Admitted", "Rejected"])
        for gender in ("Male", "Female")
    )
    crude = odds_ratio(
        women.sum(),
        women_all.sum(),
        reference_events=men.sum(),
        reference_total=men_all.sum(),
        method="woolf",
    )
    within, corrected = (
        mantel_haenszel(
            men, men_all, reference_events=women, reference_total=women_all, continuity=continuity
        )
        for continuity in (False, True)
    )
    width = np.log(crude.upper) - np.log(crude.lower)
    return {
        "crude log odds ratio, women against men": float(np.log(crude.estimate)),
        "standard error of the crude log odds ratio": float(width / (2.0 * NORMAL_QUANTILE)),
        "Mantel-Haenszel odds ratio, men against women": float(within.estimate),
        "Mantel-Haenszel odds ratio, lower": float(within.lower),
        "Mantel-Haenszel odds ratio, upper": float(within.upper),
        "chi-square without continuity correction": float(within.chi_square),
        "p-value without continuity correction": float(within.p_value),
        "chi-square with continuity correction": float(corrected.chi_square),
    }


def _cells(file: Path) -> dict[tuple[str, str, str], float]:
    """How many of each department and gender were admitted or rejected."""
    with file.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return {(row["Dept"], row["Gender"], row["Admit"]): float(row["Freq"]) for row in rows}


CASES: Mapping[str, Callable[[Path], Mapping[str, float]]] = {"P11_mantel_haenszel_ucb": admissions}
