"""How the treated stands to its donors before treatment: within their range or not, and how near the best weights come."""

from __future__ import annotations

import numpy as np

from onroll.statistics._inputs import FloatArray, so_many

POOR = 0.25
"""A gap before above this share of the donors' spread is a poor fit: a sixteenth of the variance between units is left."""
PERFECT = 1e-9
"""A fit that strays less than this share of the outcomes' spread is perfect: its ratio is no measure."""
OUTSIDE = "outside the range of its donors in {} of {} before: no weights can make it, and the gap after holds it too"
BADLY = "poor fit before: the gap is {:.2g} of the donors' spread, so what comes after may have been there already"
EXACTLY = "fitted without rest on {} before: so good a fit, with {} to choose from, says nothing; other weights fit as well"


def beyond(own: FloatArray, donors: FloatArray) -> FloatArray:
    """How far each period lies below the lowest (negative) or above the highest donor; 0 between."""
    low, high = donors.min(axis=1), donors.max(axis=1)
    return np.asarray(np.minimum(own - low, 0.0) + np.maximum(own - high, 0.0))


def donors_spread(donors: FloatArray) -> float:
    """Root mean square distance of donors from their mean, period by period."""
    return float(np.sqrt(((donors - donors.mean(axis=1, keepdims=True)) ** 2).mean()))


def fit_note(own: FloatArray, donors: FloatArray, gap: float, spread: float) -> str:
    """Say that the treated lies outside its donors, or is fitted poorly, or too well; ``spread`` is of all outcomes."""
    periods = so_many(own.size, "period")
    out = int(np.count_nonzero(beyond(own, donors)))
    size = donors_spread(donors)
    if gap <= PERFECT * spread:
        return EXACTLY.format(periods, so_many(donors.shape[1], "donor"))
    said = [OUTSIDE.format(out, periods)] if out else []
    if gap > POOR * size:
        said.append(BADLY.format(gap / size if size > 0 else np.inf))
    return "; ".join(said)
