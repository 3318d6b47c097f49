"""Many comparisons at once: probabilities adjusted for all of a declared family, and confidence for its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, choice, figures, listed, numbers, open_share, refuse

METHODS = ("holm", "benjamini-hochberg")


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """All comparisons of a family, in the order they were declared, which is the last axis.

    Attributes
    ----------
    estimate, lower, upper : ndarray
        As given: the limits are to be computed with ``each_confidence``.
    confidence : float
        That all intervals of the family hold at once, at least.
    method : str
        How the probabilities were adjusted.
    each_confidence : float
        Bonferroni's confidence of each single interval.
    p_value, adjusted_p_value : ndarray
        As given, and adjusted for the whole family.
    members : tuple of str
        What was declared to be compared.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    each_confidence: float
    p_value: FloatArray
    adjusted_p_value: FloatArray
    members: tuple[str, ...]


def simultaneous_confidence(members: Sequence[str], *, confidence: float = 0.95) -> float:
    """Give the confidence that each interval needs so that all of a family hold at once.

    Bonferroni's: what may go wrong is shared out equally. Compute each interval with it.

    Parameters
    ----------
    members : sequence of str
        Names of all that is compared, each once: the family, declared before the figures are seen.
    confidence : float, default 0.95
        That all intervals hold at once, strictly between 0 and 1.

    Returns
    -------
    float
        ``confidence`` itself for a family of one.

    Raises
    ------
    ValueError
        If the family is empty or names one member twice, or ``confidence`` is not allowed.

    Notes
    -----
    Holds whatever the comparisons have to do with one another; it is cautious where they are alike.

    References
    ----------
    Dunn (1961), JASA 56, 52-64. The outside check is arithmetic by hand.

    Examples
    --------
    >>> simultaneous_confidence(["EHC plan", "SEN support"])
    0.975
    """
    return 1.0 - (1.0 - open_share("confidence", confidence)) / len(_declared(members))


def adjust(
    estimate: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    p_value: ArrayLike,
    *,
    members: Sequence[str],
    confidence: float = 0.95,
    method: str = "holm",
) -> Family:
    """Adjust the probabilities of a declared family, beside its estimates and simultaneous intervals.

    Holm keeps down the chance of even one false alarm in the family; Benjamini and Hochberg the share of
    false alarms among all alarms, which lets more through.

    Parameters
    ----------
    estimate, lower, upper : array_like, shape (..., members)
        Figures of each comparison; the limits computed with ``simultaneous_confidence``. ``inf`` may stand.
    p_value : array_like, shape (..., members)
        Probabilities, from 0 to 1. Axes before the last are families of their own.
    members : sequence of str
        Names of all that is compared, each once, as many as the last axis is long. Who leaves one out that
        was looked at has another family.
    confidence : float, default 0.95
        That all intervals hold at once, strictly between 0 and 1.
    method : {"holm", "benjamini-hochberg"}, default "holm"
        What is kept down.

    Returns
    -------
    Family
        Adjusted probabilities are never below those given, never above 1, and in the same order of size.

    Raises
    ------
    ValueError
        If a figure is not a number (a comparison that could not be made is no member: leave it out and say
        so), a lower limit is above its upper, a probability is not from 0 to 1, shapes differ, members are
        not as many as the last axis is long, or a choice is not allowed.

    Notes
    -----
    Holm's holds whatever the comparisons have to do with one another, Benjamini and Hochberg's if they are
    independent or go the same way. The intervals are Bonferroni's with either method: an interval may leave
    out no difference a little later than the adjusted probability does.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70; Benjamini and Hochberg (1995), JRSS B 57,
    289-300. tests/reference/stratified.R: R 4.2.2, ``p.adjust``; statsmodels, ``multipletests``.

    Examples
    --------
    >>> found = adjust([2.0, 1.5, 1.1], [1.2, 0.9, 0.7], [3.4, 2.5, 1.7], [0.01, 0.04, 0.5],
    ...                members=["EHC plan", "SEN support", "girls"])
    >>> found.adjusted_p_value
    array([0.03, 0.08, 0.5 ])
    """
    declared = _declared(members)
    level, used = open_share("confidence", confidence), choice("method", method, METHODS)
    given = {"estimate": estimate, "lower": lower, "upper": upper}
    shown = [_figures(name, value, declared) for name, value in given.items()]
    probabilities = numbers("p_value", p_value)
    out = (probabilities < 0) | (probabilities > 1)
    refuse("p_value", probabilities, out, "give a probability from 0 to 1")
    for name, array in zip((*given, "p_value"), (*shown, probabilities), strict=True):
        _as_long_as(name, array, declared, probabilities.shape)
    refuse(
        "lower", shown[1], shown[1] > shown[2], "give no more than upper: the two may be the wrong way round"
    )
    return Family(
        estimate=shown[0],
        lower=shown[1],
        upper=shown[2],
        confidence=level,
        method=used,
        each_confidence=simultaneous_confidence(declared, confidence=level),
        p_value=probabilities.copy(),
        adjusted_p_value=_holm(probabilities) if used == "holm" else _benjamini_hochberg(probabilities),
        members=declared,
    )


def _declared(members: Sequence[str]) -> tuple[str, ...]:
    """The family's names, each once."""
    names = listed(members)
    if isinstance(members, str) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"members is {members!r}; give the names of all that is compared, one or more")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"members names {twice[0]!r} twice; name each comparison once")
    return names


def _figures(name: str, value: ArrayLike, members: tuple[str, ...]) -> FloatArray:
    """Numbers of which none is NaN; ``inf`` may stand."""
    array = np.array(figures(name, value))
    if np.any(np.isnan(array)):
        place = np.argwhere(np.isnan(array))[0]
        who = members[int(place[-1])] if place.size and int(place[-1]) < len(members) else "the only one"
        raise ValueError(
            f"{name} of {who!r} is not a number; a comparison that could not be made is no member: "
            "leave it out of the family and say so"
        )
    return array


def _as_long_as(name: str, array: FloatArray, members: tuple[str, ...], shape: tuple[int, ...]) -> None:
    """Refuse figures that do not fit the family."""
    if array.shape != shape or not shape or shape[-1] != len(members):
        raise ValueError(
            f"{name} has shape {array.shape} and {len(members)} members are declared; "
            "give each member one figure and one probability, on the last axis"
        )


def _holm(p: FloatArray) -> FloatArray:
    """Step down: the smallest times their number, the next times one less, never below the one before."""
    order = np.argsort(p, axis=-1, kind="stable")
    times = np.arange(p.shape[-1], 0.0, -1.0)
    stepped = np.maximum.accumulate(np.take_along_axis(p, order, axis=-1) * times, axis=-1)
    return _put_back(stepped, order)


def _benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Step up: the largest as it is, each smaller one times the number over its rank, never above the next."""
    order = np.argsort(p, axis=-1, kind="stable")[..., ::-1]
    size = p.shape[-1]
    times = size / np.arange(size, 0.0, -1.0)
    stepped = np.minimum.accumulate(np.take_along_axis(p, order, axis=-1) * times, axis=-1)
    return _put_back(stepped, order)


def _put_back(stepped: FloatArray, order: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> FloatArray:
    """To the order given, 1 at most."""
    adjusted = np.empty_like(stepped)
    np.put_along_axis(adjusted, order, np.minimum(stepped, 1.0), axis=-1)
    return adjusted
