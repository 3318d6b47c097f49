"""Where a variance between groups has no bound, or next to none, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._cell_rows import CellRows, sums
from onroll.statistics._inputs import FloatArray, StrArray, reasons
from onroll.statistics._profile import profile_limits

NO_VARIANCE = "the variance between groups is 0: they differ no more than chance would have them"
FAR_APART = (
    "a variance above 10 rests on groups with next to no event, or all: see that more nodes do not move it"
)
FAR, NO_BOUND = 10.0, 2500.0
"""A variance above the first is noted; one above the second is taken for a likelihood that rises without end."""
FEWEST_NODES = 7
MOST_NODES = 200
WITHOUT_END = (
    "the variance between them has no bound, for the likelihood rises with it without end: join groups, or take a "
    "longer period"
)


def refuse_all_or_nothing(name: str, rows: CellRows, ids: NDArray[np.intp], family: str) -> None:
    """Raise where every group of a logistic model has no event, or nothing but events."""
    if family != "logistic" or not rows.y.any() or np.array_equal(rows.y, rows.n):
        return
    many = int(ids.max()) + 1
    events, pupils = sums(ids, rows.y, many), sums(ids, rows.n, many)
    if np.all((events == 0) | (events == pupils)):
        raise ValueError(f"{name}: each has no event, or nothing but events; {WITHOUT_END}")


def refuse_without_bound(spreads: FloatArray) -> None:
    """Raise where the search for the greatest likelihood has left for infinity."""
    if not np.all(np.isfinite(spreads)) or np.any(np.square(spreads) > NO_BOUND):
        raise ValueError(
            f"the variance between groups passes {NO_BOUND:g}: they are told apart without fail, or nearly; join "
            "groups, leave columns out, or take a longer period"
        )


def variance_notes(spreads: FloatArray) -> StrArray:
    """What is to be known of each variance."""
    return np.array(reasons(spreads.shape, (spreads == 0, NO_VARIANCE), (spreads**2 > FAR, FAR_APART)))


def spread_limits(
    likelihood: Callable[[float], float], best: float, at_best: float, at_zero: float, confidence: float
) -> tuple[float, float]:
    """Profile limits; raise in our own words where the likelihood has no proper top at ``best``."""
    try:
        return profile_limits(likelihood, best, at_best, at_zero, confidence)
    except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
        raise ValueError(
            f"the likelihood has no clear top at a spread of {best:g}, so there are no limits; groups have too few "
            "events, or are told apart nearly without fail: join groups, or ask for quadrature with more nodes"
        ) from error


def covariance_of(information: FloatArray) -> FloatArray:
    """Inverse of the information; where that bends the wrong way somewhere, of what it is with no bend there."""
    try:
        np.linalg.cholesky(information)
        return np.asarray(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return bent_right(information)


def bent_right(curve: FloatArray) -> FloatArray:
    """Inverse that is as symmetric as what it is made of; bends the wrong way are taken as flat."""
    if not np.all(np.isfinite(curve)):
        raise ValueError(f"the likelihood has no curvature; {WITHOUT_END}")
    bend, along = np.linalg.eigh(curve)
    if bend.size and bend.max() <= 0:
        raise ValueError(f"the likelihood has no top; {WITHOUT_END}")
    found = (along / np.maximum(bend, 1e-8 * bend.max(initial=1e-300))) @ along.T
    return np.asarray(0.5 * (found + found.T))


def whole_nodes(nodes: int, otherwise: str = "") -> int:
    """Nodes of a quadrature."""
    if isinstance(nodes, bool) or not isinstance(nodes, int | float | np.number) or nodes != np.floor(nodes):
        raise ValueError(
            f"nodes are {nodes!r}; give a whole number from {FEWEST_NODES} to {MOST_NODES}{otherwise}"
        )
    if nodes < FEWEST_NODES:
        raise ValueError(f"nodes are {nodes}; give {FEWEST_NODES} or more{otherwise}")
    if nodes > MOST_NODES:
        raise ValueError(f"nodes are {nodes}; give {MOST_NODES} or fewer, more add nothing{otherwise}")
    return int(nodes)
