"""Das Gupta's decomposition: a difference in rates split over any number of factors, for two or more groups."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._das_gupta_inputs import Rate, aligned, checked, errors_of, reference_at
from onroll.statistics._inputs import FloatArray, normal_quantile, open_share

STEP = 1e-4
NO_ERRORS = "das gupta, no errors given: no interval"


@dataclass(frozen=True, slots=True, eq=False)
class DasGupta:
    """What each factor adds to the difference of each population's rate from the reference population's.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (populations, factors)
        The factor's part; the parts of a population add up to its ``gap``. The reference's own are 0.
    confidence : float
        Coverage asked of each interval.
    method : str
        ``"das gupta, delta"``, or ``NO_ERRORS`` (then the limits are ``-inf`` and ``inf``).
    factors : tuple of str
        Names along the last axis.
    gap, gap_lower, gap_upper : ndarray, shape (populations,)
        The population's rate less the reference's.
    standardised : ndarray, shape (populations, factors)
        The rate were all populations alike but for this factor.
    rates : ndarray, shape (populations,)
        The rates as they are.
    borrowed : ndarray, shape (populations,)
        Share of all other populations' pupils in cells where this one has none, whose rate was taken from them.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    factors: tuple[str, ...]
    gap: FloatArray
    gap_lower: FloatArray
    gap_upper: FloatArray
    standardised: FloatArray
    rates: FloatArray
    borrowed: FloatArray


def das_gupta(
    factors: Mapping[str, ArrayLike],
    *,
    rate: Rate | None = None,
    errors: Mapping[str, ArrayLike] | None = None,
    reference: int = 0,
    confidence: float = 0.95,
) -> DasGupta:
    """Split differences between populations' rates into the parts of the factors that make the rates.

    A factor's part is the mean, over all orders in which the factors could be exchanged one after the other,
    of what exchanging it does. More than two populations are made consistent by Das Gupta's averaging: the
    part between the first and the second and that between the second and the third add up.

    Parameters
    ----------
    factors : mapping of str to array_like, shape (populations,) or (populations, strata)
        Each factor in each population; at most ten, all with the same populations and strata.
    rate : callable, optional
        Makes the rate, shape (...), of the factors, each shape (..., strata). Left out: their product, summed
        over strata.
    errors : mapping of str to array_like, optional
        Standard errors of the factors that have any, same shapes, independent of one another.
    reference : int, default 0
        The population that all are set beside.
    confidence : float, default 0.95
        Coverage of each interval, strictly between 0 and 1.

    Returns
    -------
    DasGupta

    Raises
    ------
    ValueError
        If shapes do not fit, there are fewer than two populations or more than ten factors, ``errors`` names
        something that is no factor, or an error is below 0.

    Notes
    -----
    Intervals are the delta method's, with gradients by central differences (exact for a product). The
    averaging makes each part depend on which populations are in: leave one out and all change a little.

    References
    ----------
    Das Gupta (1993), Standardization and Decomposition of Rates, US Bureau of the Census P23-186, eq. 3.54, 6.11,
    6.12. data/validation/P08_kitagawa_dasgupta; tests/reference/test_decomposition_reference.py: its
    examples 5.3 and 6.5.

    Examples
    --------
    >>> found = das_gupta({"earnings": [10930, 16591], "share earning": [0.717892, 0.825974]})
    >>> found.estimate[1].round(3).tolist(), round(float(found.gap[1]), 3)
    ([4369.913, 1487.262], 5857.175)
    """
    level, values = open_share("confidence", confidence), aligned(factors)
    names = tuple(values)
    populations = values[names[0]].shape[0]
    reference_at("reference", reference, populations)
    by_stratum = {name: value.T[:, :, None] for name, value in values.items()}
    at_once = {name: value[None] for name, value in values.items()}
    start = by_stratum if rate is None else at_once
    of = _product if rate is None else checked(rate)

    def standardise(x: Mapping[str, FloatArray]) -> FloatArray:
        """Rates were all populations alike but for one factor."""
        return consistent(pairwise(x, of))

    standardised = standardise(start).sum(0)
    rates = of(at_once)[0]
    spread = None
    if errors is not None:
        noise = errors_of(errors, values)
        spread = np.zeros((populations, len(names) + 1))
        for name, population in product(noise, range(populations)):
            slopes = _slopes(start, name, population, noise[name][population], standardise, rate is None)
            spread += (
                parts_and_gap(slopes, reference) ** 2 * noise[name][population][:, None, None] ** 2
            ).sum(0)
    return result(names, standardised, rates, spread, reference, level, np.zeros(populations))


def result(
    names: tuple[str, ...],
    standardised: FloatArray,
    rates: FloatArray,
    spread: FloatArray | None,
    reference: int,
    level: float,
    borrowed: FloatArray,
) -> DasGupta:
    """The result of standardised rates and the variance of each part and of the gap (last column)."""
    every = parts_and_gap(standardised, reference)
    far = np.full(every.shape, np.inf) if spread is None else normal_quantile(level) * np.sqrt(spread)
    lower, upper = every - far, every + far
    return DasGupta(
        estimate=every[:, :-1],
        lower=lower[:, :-1],
        upper=upper[:, :-1],
        confidence=level,
        method=NO_ERRORS if spread is None else "das gupta, delta",
        factors=names,
        gap=every[:, -1],
        gap_lower=lower[:, -1],
        gap_upper=upper[:, -1],
        standardised=standardised,
        rates=rates,
        borrowed=borrowed,
    )


def pairwise(x: Mapping[str, FloatArray], rate: Rate) -> FloatArray:
    """Standardised rates of each population beside each other one, (batch, population, other, factor).

    Every factor comes once from the one and once from the other population; a factor's rate is the mean over
    the sizes of the set of others that come along with it, and over the sets of that size.
    """
    names = list(x)
    sets = list(product((False, True), repeat=len(names)))
    rates = {
        own: rate(
            {
                name: x[name][:, :, None] if mine else x[name][:, None, :]
                for name, mine in zip(names, own, strict=True)
            }
        )
        for own in sets
    }
    found = []
    for at in range(len(names)):
        parts = [
            rates[own] / (len(names) * math.comb(len(names) - 1, sum(own) - 1)) for own in sets if own[at]
        ]
        found.append(sum(np.broadcast_to(part, _square(x)) for part in parts))
    return np.stack(found, axis=-1)


def consistent(beside: FloatArray) -> FloatArray:
    """One standardised rate for each population out of those beside each other one (Das Gupta's 6.11)."""
    n = beside.shape[-2]
    apart = beside * ~np.eye(n, dtype=bool)[..., None]
    mine = apart.sum(-2)
    others = mine.sum(-2, keepdims=True) - mine - apart.sum(-3) - (n - 2.0) * apart.sum(-3)
    return np.asarray(mine / (n - 1.0) + others / (n * (n - 1.0)))


def parts_and_gap(standardised: FloatArray, reference: int) -> FloatArray:
    """Each factor's part beside the reference population, and their sum."""
    parts = standardised - standardised[..., reference : reference + 1, :]
    return np.concatenate([parts, parts.sum(-1, keepdims=True)], axis=-1)


def _square(x: Mapping[str, FloatArray]) -> tuple[int, int, int]:
    """Batch, populations, populations."""
    batch, populations, _ = next(iter(x.values())).shape
    return batch, populations, populations


def _product(x: Mapping[str, FloatArray]) -> FloatArray:
    """The product of the factors, summed over strata."""
    return np.asarray(reduce(np.multiply, x.values()).sum(-1))


def _slopes(
    start: Mapping[str, FloatArray],
    name: str,
    population: int,
    error: FloatArray,
    standardise: Callable[[Mapping[str, FloatArray]], FloatArray],
    additive: bool,
) -> FloatArray:
    """Slope of all standardised rates in one factor of one population, first axis the strata.

    Where strata only add up each is a problem of its own, and all are moved at once.
    """
    x = start[name]
    strata = error.size
    size = STEP * np.maximum(np.abs(x[:, population, 0] if additive else x[0, population]), error)
    size = np.where(size > 0, size, STEP)
    moved = []
    for sign in (1.0, -1.0):
        changed = x.copy() if additive else np.repeat(x, strata, axis=0)
        if additive:
            changed[:, population, 0] += sign * size
        else:
            changed[np.arange(strata), population, np.arange(strata)] += sign * size
        moved.append(standardise({**start, name: changed} if additive else _spread(start, name, changed)))
    return np.asarray((moved[0] - moved[1]) / (2.0 * size[:, None, None]))


def _spread(start: Mapping[str, FloatArray], name: str, changed: FloatArray) -> dict[str, FloatArray]:
    """All other factors repeated along the batch of the one that is changed."""
    return {
        other: changed if other == name else np.repeat(value, changed.shape[0], axis=0)
        for other, value in start.items()
    }
