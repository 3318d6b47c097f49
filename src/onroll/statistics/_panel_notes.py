"""What a panel cannot bear, in words that all who look at panels share; never a refusal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._inputs import BoolArray, FloatArray, so_many

ONE_BEFORE = "one period before: whether units moved alike until then cannot be looked at"
NO_WIDTH = "nothing scatters, so limits have no width: how far it strays by itself is not known"
NO_END = "too few other units for this confidence: no change, however large, would be seen"
JUMP = 1.5
"""An exposure that grows, or shrinks, by more than this factor from one period to the next is no ordinary change: of
10,171 steps of authorities' pupils on roll in the published years, by phase, 3 pass it, all in special schools."""
JUMPED = "exposure is {:.2g} times that of the period before in {}: was it split or merged? its rates may not compare"
SOME_JUMPED = "exposure of {} grows by a half or shrinks by a third, or more, from one year to the next: split or merged?"
AND_MORE = " and {} more"
NAMED = 3
"""So many are named, the rest counted."""
STAGGERED = (
    "treatment begins at different times: where effects differ or grow the estimate mixes them with weights that can be "
    "below 0; ask staggered_adoption"
)
"""Goodman-Bacon (2021), Journal of Econometrics 225, 254-277; de Chaisemartin and D'Haultfoeuille (2020), American
Economic Review 110, 2964-2996."""


def together_said(*said: str) -> str:
    """What there is to say, one after the other."""
    return "; ".join(filter(None, said))


def one_before(pre: BoolArray) -> str:
    """Say so where there is one period before."""
    return ONE_BEFORE if np.count_nonzero(pre) == 1 else ""


def jumps(exposure: FloatArray) -> str:
    """Name units, and the period, whose exposure is far from that of the period before; shape (periods, units)."""
    steps = exposure[1:] / exposure[:-1]
    units, periods = np.nonzero(np.maximum(steps, 1.0 / steps).T > JUMP)
    if not units.size:
        return ""
    places = [f"unit[{unit}] period[{at + 1}]" for unit, at in zip(units, periods, strict=True)]
    return JUMPED.format(float(steps[periods[0], units[0]]), _first_of(places))


def jumping_units(exposure: FloatArray, unit: NDArray[np.intp], period: NDArray[np.intp]) -> str:
    """As ``jumps``, for rows of units in periods, each set beside the unit's row before; so many, not which."""
    order = np.lexsort((period, unit))
    over, of = exposure[order], unit[order]
    step = np.where(of[1:] == of[:-1], over[1:] / over[:-1], 1.0)
    many = np.unique(of[1:][np.maximum(step, 1.0 / step) > JUMP]).size
    return SOME_JUMPED.format(so_many(int(many), "school")) if many else ""


def periods_named(places: NDArray[np.intp]) -> str:
    """Periods by their place, the first few of them."""
    return _first_of([f"period[{at}]" for at in places])


def _first_of(places: list[str]) -> str:
    return ", ".join(places[:NAMED]) + (AND_MORE.format(len(places) - NAMED) if len(places) > NAMED else "")
