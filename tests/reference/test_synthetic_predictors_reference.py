"""Synthetic control by predictors beside MSCMT's optimum, and the donors' hull beside linear programming.

The optimum is printed in the vignette "Working with MSCMT" of R's MSCMT 1.3 (Becker and Kloessner 2018, Econometrics and
Statistics 5, 1-19): mean squared gap 0.00428607145366861, 0.0041263497362698 were predictors ignored, weights of Baleares
0.2192728, Cataluna 0.6327857, Madrid 0.1479414. R's own Synth stops at 0.008864545, which is the validation case P17.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from onroll.statistics.donor_hull import donor_hull
from onroll.statistics.synthetic_predictors import synthetic_predictors
from onroll.validation.impact import BASQUE, PREDICTORS

CASE = Path(__file__).resolve().parents[2] / "data" / "validation" / "P17_synth_prop99_basque"
LOSS = 1e-4  # a search that stops when a step gains less than this share
WEIGHTS = 5e-3  # the loss is all but flat there: weights hang loosely on where a search stops
EXACT = 1e-9


def test_the_better_of_both_starts_is_the_optimum_that_mscmt_found() -> None:
    with (CASE / "basque.csv").open(newline="", encoding="utf-8") as file:
        rows = {(row["regionname"], int(float(row["year"]))): row for row in csv.DictReader(file)}
    regions = sorted({name for name, _ in rows if not name.startswith("Spain")})
    years = np.arange(1955, 1998)
    income = np.array([[float(rows[name, int(year)]["gdpcap"]) for name in regions] for year in years])
    known = np.array(
        [
            [
                np.mean([float(rows[name, at][column]) for at in span if rows[name, at][column]])
                for name in regions
            ]
            for column, span in PREDICTORS.items()
        ]
    )
    fitted_on = (years >= 1960) & (years < 1970)
    found = synthetic_predictors(income, known, regions.index(BASQUE), years < 1970, fitted_on=fitted_on)
    assert found.lowest_loss == pytest.approx(0.0041263497362698, rel=EXACT)
    assert found.loss == pytest.approx(0.00428607145366861, rel=LOSS)
    for name, weight in {"Baleares (Islas)": 0.2192728, "Cataluna": 0.6327857, "Madrid": 0.1479414}.items():
        at = next(at for at, one in enumerate(regions) if one.startswith(name))
        assert found.weights[at] == pytest.approx(weight, abs=WEIGHTS)
    assert [one.start for one in found.searches] == ["equal", "regression"]
    assert found.searches[1].loss == pytest.approx(0.008864544955, rel=LOSS)


@pytest.mark.parametrize("seed", range(12))
def test_inside_the_hull_is_what_linear_programming_calls_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(4, 9))
    if seed % 2:
        table[:3, 0] = table[:3, 1:] @ rng.dirichlet(np.ones(8))
    pre = np.arange(4) < 3
    inside = optimize.linprog(
        np.zeros(8), A_eq=np.vstack([table[:3, 1:], np.ones(8)]), b_eq=np.append(table[:3, 0], 1.0)
    ).success
    assert (donor_hull(table, 0, pre).estimate == 0) == inside
