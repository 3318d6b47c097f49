"""A change of one treated unit ranked among those that all others show when each is treated in pretence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from onroll.statistics._count_panel import FEWEST as FEWEST
from onroll.statistics._few_events import HALF
from onroll.statistics._inputs import BoolArray, FloatArray, numbers, open_share, so_many
from onroll.statistics._panel import TIE

METHOD = "change ranked among those of {} others, standardised for size"
SAME = 1e-16
"""Squared logs this near to 0 are what rounding left of nothing: everybody changed, or stood, alike."""
ROUNDS = 3
"""Rounds of weights in the line of change on height: they settle in two."""


@dataclass(frozen=True, slots=True, eq=False)
class RankedChange:
    """A change beside what is expected of the treated, ranked among all others.

    Attributes
    ----------
    estimate, lower, upper : float
        The change less what is expected at the treated's height, with its permutation interval; in the unit given.
    confidence : float
    method : str
    p_value : float
        Share of all units, the treated included, whose standardised change is at least as far off as the treated's.
    share_others : float
        The same share of the other units only.
    expected : float
        The change that others as high before lead to expect of the treated, with no treatment at all.
    reach : float
        A change nearer to 0 than this would not have stood out at ``confidence``; ``inf`` where others are too few.
    spread : ndarray, shape (units,)
        Standard deviation of a change that is expected at each unit's size.
    score : ndarray, shape (units,)
        Each unit's change less what is expected at its height, over its spread.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    p_value: float
    share_others: float
    expected: float
    reach: float
    spread: FloatArray
    score: FloatArray


def ranked_change(
    change: ArrayLike,
    noise: ArrayLike,
    treated: int,
    *,
    height: ArrayLike | None = None,
    confidence: float = 0.95,
) -> RankedChange:
    """Rank the change of the treated among those that all others show by the same design.

    How far changes scatter falls with a unit's size: their variance is fitted as ``a + b * noise``, neither below 0.
    With ``height`` a line of change on height is fitted over the others, which takes regression to the mean out.

    Parameters
    ----------
    change : array_like, shape (units,)
        Change of each unit as if it were the treated, by one design: log rate ratios, or differences of rates.
    noise : array_like, shape (units,)
        Variance that chance alone gives each change, above 0 (for log rates about one over the events).
    treated : int
        Column of the treated unit.
    height : array_like, shape (units,), optional
        How high each stood before; the same number for all to take the others' mean from each change. Left out, the
        changes stand as they are: a design that compares with others by itself has made them.
    confidence : float, default 0.95
        Level of the interval, strictly between 0 and 1.

    Returns
    -------
    RankedChange
        ``reach`` is ``inf`` where there are too few units for the level (19 others for 0.95).

    Raises
    ------
    ValueError
        If shapes do not fit, there are fewer than ten units, no other unit changed, or a number is missing.

    Notes
    -----
    The rank is a probability if the treated could as well have been any other unit of its height and size.

    References
    ----------
    Conley and Taber (2011), Review of Economics and Statistics 93, 113-125; Ferman and Pinto (2019), Review of
    Economics and Statistics 101, 452-467. tests: simulated ranks; ``one_treated``, which rests on it.

    Examples
    --------
    >>> import numpy as np
    >>> change = np.append(-2.0, np.linspace(-1.0, 1.0, 39))
    >>> found = ranked_change(change, np.ones(40), 0)
    >>> found.estimate, found.share_others
    (-2.0, 0.0)
    """
    level = open_share("confidence", confidence)
    moved, chance, stood = _checked(change, noise, height, treated)
    others = np.delete(np.arange(moved.size), treated)
    if stood is None:
        expected = np.zeros(moved.size)
        spread = np.sqrt(_variance(moved[others] ** 2, chance, others))
    else:
        expected, spread = _expected(_line(stood, others), moved, chance, treated, others)
    score = (moved - expected) / spread
    furthest = np.sort(np.abs(score[others]))
    reach = furthest_usual(furthest, level) * float(spread[treated])
    far = int(np.count_nonzero(furthest >= abs(float(score[treated])) * (1.0 - TIE)))
    effect = float(moved[treated] - expected[treated])
    return RankedChange(
        estimate=effect, lower=effect - reach, upper=effect + reach, confidence=level,
        method=METHOD.format(others.size), p_value=(far + 1) / (others.size + 1), share_others=far / others.size,
        expected=float(expected[treated]), reach=reach, spread=spread, score=score,
    )  # fmt: skip


def furthest_usual(sizes: FloatArray, level: float) -> float:
    """The size, of those of the others in order, beyond which one unit more stands out; ``inf`` where they are too few."""
    place = int(np.ceil((sizes.size + 1) * level - TIE)) - 1
    return float(sizes[place]) if place < sizes.size else float("inf")


def _checked(
    change: ArrayLike, noise: ArrayLike, height: ArrayLike | None, treated: int
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    moved, chance = numbers("change", change), numbers("noise", noise)
    stood = None if height is None else numbers("height", height)
    shapes = [given.shape for given in (moved, chance, stood) if given is not None]
    if moved.ndim != 1 or len(set(shapes)) > 1:
        raise ValueError(
            f"change, noise (and height) have shapes {shapes}; give one of each a unit, (units,)"
        )
    if moved.size < FEWEST:
        raise ValueError(
            f"change has {so_many(moved.size, 'unit')}; give {FEWEST} or more, the treated included"
        )
    if (
        isinstance(treated, bool)
        or not isinstance(treated, int | np.integer)
        or not 0 <= treated < moved.size
    ):
        raise ValueError(
            f"treated is {treated!r}; give the column of the treated unit, 0 to {moved.size - 1}"
        )
    if np.any(chance <= 0):
        at = int(np.argmax(chance <= 0))
        raise ValueError(f"noise[{at}] is {chance[at]:g}; give a variance above 0")
    return moved, chance, stood


def _line(height: FloatArray, others: NDArray[np.intp]) -> FloatArray:
    """Columns of the line of change on height; of its level alone where the others stood alike."""
    level = np.ones((height.size, 1))
    return np.column_stack([level, height]) if np.ptp(height[others]) ** 2 > SAME else level


def chance_variance(events: FloatArray, exposure: FloatArray, pre: BoolArray) -> FloatArray:
    """The variance that chance alone gives each unit's log rate ratio, after over before; shape (units,).

    One over its events before (half an event for none), and one over those due after at the change of all units.
    """
    had = np.maximum(events[pre].sum(axis=0), HALF)
    rates = [events[rows].sum() / exposure[rows].sum() for rows in (~pre, pre)]
    due = had * rates[0] / rates[1] * exposure[~pre].sum(axis=0) / exposure[pre].sum(axis=0)
    return np.asarray(1.0 / had + 1.0 / due)


def _expected(
    design: FloatArray, change: FloatArray, noise: FloatArray, own: int, others: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """What is expected of each unit by a weighted line over the others, and how far it may stray from that.

    The variance is ``a + b * noise``, neither below 0, fitted to squared distances from the line. The treated, who was
    not fitted, strays by the line's own error more; the others by theirs less.
    """
    variance = np.ones(change.size)
    for _ in range(ROUNDS):
        weight = 1.0 / variance[others]
        moments = design[others].T @ (design[others] * weight[:, None])
        line = np.linalg.solve(moments, design[others].T @ (weight * change[others]))
        leverage = np.einsum("ij,jk,ik->i", design, np.linalg.inv(moments), design) / variance
        left = np.ones(change.size)
        left[others] = 1.0 - leverage[others]
        squares = (change - design @ line)[others] ** 2 / left[others]
        variance = _variance(squares, noise, others)
    share = np.ones(change.size) - leverage
    share[own] = 1.0 + leverage[own]
    return np.asarray(design @ line), np.sqrt(variance * share)


def _variance(squares: FloatArray, noise: FloatArray, others: NDArray[np.intp]) -> FloatArray:
    if squares.max() <= SAME:
        raise ValueError("no other unit changed at all, so nothing says how far a unit may stray by itself")
    scale, unit = squares.mean(), noise[others].mean()
    rows = np.column_stack([np.ones(others.size), noise[others] / unit])
    (floor, slope), _ = optimize.nnls(rows, squares / scale)
    return np.asarray((floor + slope * noise / unit) * scale)
