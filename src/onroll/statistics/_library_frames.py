"""Arrays handed to diff-diff as the tables it asks for, and its answers as arrays again; nothing else sees pandas."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import FloatArray

CONTROLS = {"not yet treated": "not_yet_treated", "never treated": "never_treated"}
BASES = ("varying", "universal")


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Effects by cohort and period; where ``effects`` are NaN the cell could not be had.

    ``influence`` (units, cells) has the cells' covariance for its product with itself.
    """

    group: FloatArray
    period: FloatArray
    effects: FloatArray
    errors: FloatArray
    treated: NDArray[np.int64]
    controls: NDArray[np.int64]
    influence: FloatArray


def cohort_cells(
    outcome: FloatArray,
    unit: NDArray[np.intp],
    period: FloatArray,
    first: FloatArray,
    control: str,
    base: str,
) -> Cells:
    """Callaway and Sant'Anna's effect of every cohort in every period, by diff-diff, without its warnings.

    ``unit`` is numbered from 0, ``first`` is 0 for never. Covariates are not for it: its doubly robust effects divide
    the part of the controls by the number treated, not by the sum of the controls' weights.
    """
    import pandas as pd
    from diff_diff import CallawaySantAnna

    table = pd.DataFrame({"y": outcome, "unit": unit, "t": period, "first": first})
    asked = CallawaySantAnna(
        control_group=CONTROLS[control], base_period=base, rank_deficient_action="error", vcov_type="hc1"
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = asked.fit(table, outcome="y", unit="unit", time="t", first_treat="first")
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            raise ValueError(
                "the effects of cohorts could not be fitted: give periods before treatment, and units treated later or "
                "never"
            ) from error
    return _as_arrays(found, int(unit.max()) + 1)


def _as_arrays(found: Any, units: int) -> Cells:
    """What diff-diff found, but for base periods, whose effect is 0 by definition.

    How much each unit moves each cell stands in what the result keeps for its own averages: the covariance of all
    cells, which the test of the periods before and averages over calendar periods need, is published nowhere else.
    """
    every = found.group_time_effects
    moved = found._aggregation_kit.influence
    asked = [key for key, cell in every.items() if not cell.get("is_reference")]
    influence = np.zeros((units, len(asked)))
    for at, key in enumerate(asked):
        if key in moved:
            own = moved[key]
            np.add.at(influence[:, at], own["treated_idx"], own["treated_inf"])
            np.add.at(influence[:, at], own["control_idx"], own["control_inf"])

    def of(name: str) -> FloatArray:
        """One figure of every cell."""
        return np.array([every[key][name] for key in asked], dtype=np.float64)

    pairs = np.array(asked, dtype=np.float64).reshape(-1, 2)
    return Cells(
        group=pairs[:, 0],
        period=pairs[:, 1],
        effects=of("effect"),
        errors=of("se"),
        treated=of("n_treated").astype(np.int64),
        controls=of("n_control").astype(np.int64),
        influence=influence,
    )
