"""What rate each school would be expected to have, chance put aside: how a change in proportion is spread over schools."""

from __future__ import annotations

from typing import Any

import numpy as np

from onroll.evidence.school_panel import PER, SchoolPanel


def expected_rates(panel: SchoolPanel) -> np.ndarray[Any, Any]:
    """Rates of schools since they signed, drawn to their mean as far as chance alone makes them scatter.

    A school in which nobody was suspended this year is not one in which nobody can be: of few pupils suspended most of
    what sets schools apart is chance, and a change in proportion is one of the rate without it. Where chance explains all
    of it, or one school's year is all there is, the mean stands for every school.

    Returns
    -------
    ndarray, shape (schools that had not signed by the first year, years)
        For every 100 pupils; ones where nobody was suspended.
    """
    rates, first = panel.rates, panel.first[panel.had_not_signed]
    place = np.arange(rates.shape[1])[None, :]
    counts = (place >= first[:, None]) & (first[:, None] > place).any(axis=0)
    mean = float(rates[counts].mean()) if counts.any() else 0.0
    if mean <= 0:
        return np.ones_like(rates)
    by_chance = mean * (PER - mean) / panel.rolls[panel.had_not_signed]
    spread = float(rates[counts].var(ddof=1)) if counts.sum() > 1 else 0.0
    apart = max(spread - float(by_chance[counts].mean()), 0.0)
    lasting = apart / np.maximum(apart + by_chance, np.finfo(np.float64).tiny)
    return np.asarray(mean + lasting * (rates - mean))
