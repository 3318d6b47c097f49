"""Decomposition: what part of a difference in rates is who the pupils are, and what part how they fare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._das_gupta import DasGupta as DasGupta
from onroll.statistics._das_gupta import das_gupta as das_gupta
from onroll.statistics._das_gupta_structure import das_gupta_structure as das_gupta_structure
from onroll.statistics._das_gupta_structure import structure_factors as structure_factors
from onroll.statistics._inputs import (
    Figure,
    FloatArray,
    StrArray,
    Words,
    above_zero,
    at_least_zero,
    choice,
    counts,
    given,
    normal_quantile,
    of_shape,
    one_above_zero,
    open_share,
    refuse,
    together,
    words,
)
from onroll.statistics._two_sides import Side, Table, distances, four_parts, of_sampling
from onroll.statistics._weighted_strata import rows

PARTS = ("composition", "rate", "only here", "only there")
VARIANCES = ("poisson", "binomial")
ROLLS = ("given", "sampled")
METHODS = ("gamma", "delta")
APART = "some strata hold pupils of one group only"
NO_EVENT = "no event in one of the groups: delta limits are too narrow"


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """A difference in two rates and its parts, which add up to it. The last axis of the first three is parts.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (..., 4)
        The parts, in the order of ``parts``, per ``per``.
    confidence : float
        Coverage asked of each interval.
    method : str
        ``"kitagawa, gamma"`` or ``"kitagawa, delta"``.
    parts : tuple of str
        ``"composition"``: the groups are spread differently over the strata they share (schools: they attend
        different schools). ``"rate"``: they fare differently in the same strata (are treated differently in
        the same schools). ``"only here"`` and ``"only there"``: what strata without any pupil of the other
        group add, where no such comparison can be made.
    gap, gap_lower, gap_upper : float or ndarray
        The rate less the reference rate.
    apart, reference_apart : float or ndarray
        Share of the group's, and of the reference's, pupils in strata where the other has none.
    rate, reference_rate : float or ndarray
        The two rates, per ``per``.
    per : float
        As asked.
    note : str or ndarray of str
        ``APART``, ``NO_EVENT``, both or empty.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    method: str
    parts: tuple[str, ...]
    gap: Figure
    gap_lower: Figure
    gap_upper: Figure
    apart: Figure
    reference_apart: Figure
    rate: Figure
    reference_rate: Figure
    per: float
    note: Words

    def part(self, name: str) -> tuple[Figure, Figure, Figure]:
        """Estimate, lower and upper limit of one of ``parts``."""
        at = self.parts.index(choice("name", name, self.parts))
        return given(self.estimate[..., at]), given(self.lower[..., at]), given(self.upper[..., at])


def kitagawa(
    events: ArrayLike,
    exposure: ArrayLike,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    *,
    dispersion: ArrayLike = 1.0,
    reference_dispersion: ArrayLike = 1.0,
    variance: str = "poisson",
    roll: str = "given",
    method: str = "gamma",
    per: float = 1.0,
    confidence: float = 0.95,
) -> Decomposition:
    """Split the difference between two groups' rates into composition and rate, stratum by stratum.

    With schools as strata the composition part is the gap between schools, the rate part the gap within
    them. Each part weighs by the mean of the two groups, so that swapping them only turns the sign. Strata
    with pupils of one group only are kept out of both and shown as parts of their own (Nopo).

    Parameters
    ----------
    events, reference_events : array_like, shape (..., strata)
        Events by stratum of the group and of the reference: whole numbers of 0 or more.
    exposure, reference_exposure : array_like, shape (..., strata)
        Their pupils on roll by stratum, 0 or more; each group has some.
    dispersion, reference_dispersion : array_like, default 1.0
        Variance of the events as a multiple of that of ``variance``, above 0, shape (...) or (..., strata).
    variance : {"poisson", "binomial"}, default "poisson"
        Of the events of a stratum: Poisson's, or the binomial's where pupils are counted once at most.
    roll : {"given", "sampled"}, default "given"
        Whether the pupils on roll are all there are to speak of, or themselves a sample (a survey).
    method : {"gamma", "delta"}, default "gamma"
        Limits from gammas of the events added and those taken away, which bend with thin strata; or the delta
        method's normal ones, with the same variance.
    per : float, default 1.0
        Rates are given per this much exposure, above 0.
    confidence : float, default 0.95
        Coverage of each interval, strictly between 0 and 1.

    Returns
    -------
    Decomposition
        Where no stratum holds pupils of both groups, composition and rate are 0 and all is apart.

    Raises
    ------
    ValueError
        If a count is negative or fractional, a stratum has events but no pupils, events pass the pupils
        (binomial), or a group has no pupils.

    Notes
    -----
    Events of strata and of the two groups must be independent. Gamma limits cover 0.93 to 0.98 for 0.95 with
    forty schools of a handful of pupils each and thirty events in all; delta limits 0.87 for the composition
    part, in an eighth of the time (a matter for a million tables). The parts describe; whether a school would
    treat the one group like the other is not in the numbers.

    References
    ----------
    Kitagawa (1955), JASA 50, 1168-1194; Nopo (2008), Review of Economics and Statistics 90, 290-299;
    Tiwari, Clegg and Zou (2006), Statistical Methods in Medical Research 15, 547-569 (gamma); Zou and Donner (2008),
    Statistics in Medicine 27, 1693-1702 (MOVER).
    data/validation/P08_kitagawa_dasgupta: Das Gupta (1993) and Berkeley admissions by department;
    tests/reference/test_decomposition_reference.py: simulation with known truth.

    Examples
    --------
    >>> found = kitagawa([20, 60], [1000, 500], [30, 40], [2000, 1000], per=100)
    >>> round(found.gap, 4), found.estimate.round(4).tolist()
    (3.0, [0.0, 3.0, 0.0, 0.0])
    >>> [round(float(limit), 3) for limit in found.part("rate")]
    [3.0, 1.736, 4.402]
    """
    level, scale = open_share("confidence", confidence), one_above_zero("per", per)
    used = choice("method", method, METHODS)
    tables = (
        _checked(events, exposure, dispersion, variance),
        _checked(reference_events, reference_exposure, reference_dispersion, variance, "reference_"),
    )
    choice("roll", roll, ROLLS)
    sides, estimate, below, above = _measured(*tables, roll, level, used)
    crude, crude0 = (side.rate for side in sides)
    gap = (crude - crude0)[..., None]
    every = np.concatenate([estimate, gap], axis=-1) * scale
    lower, upper = every - np.sqrt(below) * scale, every + np.sqrt(above) * scale
    return Decomposition(
        estimate=every[..., :-1],
        lower=lower[..., :-1],
        upper=upper[..., :-1],
        confidence=level,
        method=f"kitagawa, {used}",
        parts=PARTS,
        gap=given(every[..., -1]),
        gap_lower=given(lower[..., -1]),
        gap_upper=given(upper[..., -1]),
        apart=given(sides[0].apart),
        reference_apart=given(sides[1].apart),
        rate=given(crude * scale),
        reference_rate=given(crude0 * scale),
        per=scale,
        note=words(_notes(sides, used)),
    )


def _measured(
    group: Table, reference: Table, roll: str, level: float, method: str
) -> tuple[tuple[Side, Side], FloatArray, FloatArray, FloatArray]:
    """Both sides, the four parts, and the squared distances of the limits of parts and gap."""
    shape = together({"events": group.events, "reference_events": reference.events})[0].shape
    here, there = group.broadcast(shape), reference.broadcast(shape)
    sides = (
        Side(here.events, here.exposure, there.exposure > 0),
        Side(there.events, there.exposure, here.exposure > 0),
    )
    estimate, in_rate, in_share = four_parts(*sides)
    below, above = distances((here, there), in_rate, level, method)
    if roll == "sampled":
        added = sum(of_sampling(side, g) for side, g in zip(sides, in_share, strict=True))
        below, above = (square + normal_quantile(level) ** 2 * added for square in (below, above))
    return sides, estimate, below, above


def _checked(
    events: ArrayLike, exposure: ArrayLike, dispersion: ArrayLike, variance: str, name: str = ""
) -> Table:
    """Counts of one group, and the variance of each stratum's events."""
    x, m = rows(
        {
            f"{name}events": counts(f"{name}events", events),
            f"{name}exposure": at_least_zero(f"{name}exposure", exposure),
        }
    )
    refuse(f"{name}events", x, (x > 0) & (m == 0), "its exposure is 0: events need pupils")
    refuse(f"sum of {name}exposure", m.sum(-1), m.sum(-1) == 0, "a group without pupils has no rate")
    times = above_zero(f"{name}dispersion", dispersion)
    times = times[..., None] if 0 < times.ndim < x.ndim else times
    chance: FloatArray = np.ones(x.shape)
    if choice("variance", variance, VARIANCES) == "binomial":
        refuse(f"{name}events", x, x > m, "more events than pupils: ask for variance='poisson'")
        chance = np.where(m > 1, (m - x) / np.maximum(m - 1.0, 1.0), 1.0)
    times = of_shape(f"{name}dispersion", times, x.shape)
    return Table(x, m, times * x * chance, times)


def _notes(sides: tuple[Side, Side], method: str) -> StrArray:
    """What to know of each element."""
    apart = np.where((sides[0].apart > 0) | (sides[1].apart > 0), APART, "")
    none = (sides[0].events == 0) | (sides[1].events == 0)
    narrow = np.where(none & (method == "delta"), NO_EVENT, "")
    both = np.where((apart != "") & (narrow != ""), "; ", "")
    return np.strings.add(np.strings.add(apart, both), narrow)
