"""What change of one treated unit would have stood out among all others: by planting it, and by formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._design_power import DesignPower, chances
from onroll.statistics._inputs import FloatArray, numbers, one_above_zero
from onroll.statistics._panel import TIE
from onroll.statistics._panel_notes import NO_END
from onroll.statistics.ranked_change import FEWEST, furthest_usual

PLANTED = "planted in each other unit in turn and ranked"
BY_FORMULA = "by formula, from how far others stray"


def planted_power(
    score: ArrayLike, spread: float, *, confidence: float = 0.95, power: float = 0.80
) -> DesignPower:
    """Say what change would have stood out, by planting it in each other unit in turn and ranking it as the treated is.

    Every other unit keeps its own change, whatever that was; what is planted is the same number of spreads in all.

    Parameters
    ----------
    score : array_like, shape (others,)
        Standardised changes of the others, as ``ranked_change`` or ``one_treated`` gives them, without the treated.
    spread : float
        The treated's spread, above 0: the unit of the answer.
    confidence : float, default 0.95
    power : float, default 0.80
        Share of the others in which the change must stand out, above 1 - ``confidence`` and below 1.

    Returns
    -------
    DesignPower
        ``lower`` a fall and ``upper`` a rise in the unit of ``spread`` (logs, for ratios); ``estimate`` the larger of
        the two. Infinite where the others are too few for the level.

    Raises
    ------
    ValueError
        If there are fewer than nine others, or a figure is out of its bounds.

    Notes
    -----
    Others must stray as the treated would have without treatment. The others' changes are seen, the treated's is not.

    References
    ----------
    Ferman and Pinto (2019), Review of Economics and Statistics 101, 452-467. tests: changes planted one by one, and
    ranked anew.

    Examples
    --------
    >>> import numpy as np
    >>> found = planted_power(np.linspace(-2.0, 2.0, 99), 0.1)
    >>> round(found.upper, 2)
    0.31
    """
    others, own, level, share = _checked(score, spread, confidence, power)
    far = furthest_usual(np.sort(np.abs(others)), level)
    if not np.isfinite(far):
        return _told(float("inf"), float("inf"), PLANTED, own, level, share)
    ordered, asked = np.sort(others), int(np.ceil(others.size * share - TIE))
    fall, rise = far + float(ordered[asked - 1]), far - float(ordered[others.size - asked])
    return _told(fall * own, rise * own, PLANTED, own, level, share)


def formula_power(
    score: ArrayLike, spread: float, *, confidence: float = 0.95, power: float = 0.80
) -> DesignPower:
    """Say the same by formula: as far as a change must be to stand out, and the normal's quantile of the power further.

    Takes, gives and raises what ``planted_power`` does; changes of others are taken for normal about what is expected.

    References
    ----------
    Bloom (1995), Evaluation Review 19, 547-556, with the permutation's own limit for the critical value.

    Examples
    --------
    >>> import numpy as np
    >>> round(formula_power(np.linspace(-2.0, 2.0, 99), 0.1).upper, 2)
    0.28
    """
    others, own, level, share = _checked(score, spread, confidence, power)
    far = (furthest_usual(np.sort(np.abs(others)), level) + float(special.ndtri(share))) * own
    return _told(far, far, BY_FORMULA, own, level, share)


def _checked(
    score: ArrayLike, spread: float, confidence: float, power: float
) -> tuple[FloatArray, float, float, float]:
    level, share = chances(confidence, power)
    others = numbers("score", score)
    if others.ndim != 1 or others.size < FEWEST - 1:
        raise ValueError(
            f"score has shape {others.shape}; give {FEWEST - 1} or more, one for each other unit"
        )
    return others, one_above_zero("spread", spread), level, share


def _told(fall: float, rise: float, method: str, own: float, level: float, share: float) -> DesignPower:
    most = max(fall, rise)
    note = "" if np.isfinite(most) else NO_END
    return DesignPower(most, -fall, rise, level, method, share, own, float("inf"), note)
