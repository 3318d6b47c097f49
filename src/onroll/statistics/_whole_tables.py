"""Whole-number tables that fit what was published: the least and greatest of a sum, or of one sum over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from onroll.statistics._inputs import FloatArray
from onroll.statistics._possible import Possible

LARGEST = 1e7
"""Counts up to this are exact in the solver."""
STEPS = 100
Solution = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """All whole tables whose cells, and sums of cells, are possible."""

    cells: Possible
    members: FloatArray
    sums: Possible

    def most(self, weight: FloatArray, extra: Sequence[optimize.LinearConstraint] = ()) -> Solution | None:
        """A table with the greatest weighted sum; ``None`` where no table fits."""
        rows = (
            [optimize.LinearConstraint(self.members, self.sums.lower, self.sums.upper)]
            if len(self.members)
            else []
        )
        found = optimize.milp(
            -weight,
            integrality=np.ones(weight.size),
            bounds=optimize.Bounds(self.cells.lower, self.cells.upper),
            constraints=[*rows, *extra],
            options={"mip_rel_gap": 0.0},
        )
        if found.status == 2:
            return None
        if found.status != 0:
            raise ValueError(f"the bound was not found ({found.message}); give the cells an upper end")
        return np.asarray(np.rint(found.x), dtype=np.int64)


def greatest_sum(tables: Tables, weight: FloatArray) -> float | None:
    """The greatest weighted sum over all tables."""
    found = tables.most(weight)
    return None if found is None else float(_sum(weight, found))


def greatest_ratio(tables: Tables, above: FloatArray, below: FloatArray) -> tuple[Fraction, Solution] | None:
    """The greatest of one weighted sum over another that is 1 or more, and a table that has it (Dinkelbach 1967).

    A ratio is improved as long as some table has more above than the ratio times what is below: by whole
    numbers, so that it ends at the greatest itself.
    """
    some = [optimize.LinearConstraint(below[None, :], 1.0, np.inf)]
    table = tables.most(above, some)
    if table is None:
        return None
    ratio = Fraction(_sum(above, table), _sum(below, table))
    for _ in range(STEPS):
        weight = above * ratio.denominator - below * ratio.numerator
        better = tables.most(weight, some)
        if better is None or _sum(above, better) * ratio.denominator <= _sum(below, better) * ratio.numerator:
            return ratio, table
        table, ratio = better, Fraction(_sum(above, better), _sum(below, better))
    raise ValueError("the bound of the ratio was not found; take ratio_bounds, which is never narrower")


def _sum(weight: FloatArray, table: Solution) -> int:
    """A weighted sum of whole numbers, exactly."""
    return sum(int(w) * int(x) for w, x in zip(weight, table, strict=True))
