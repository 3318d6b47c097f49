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
    choice,
    counts,
    given,
    normal_quantile,
    one_above_zero,
    open_share,
    refuse,
    words,
)
from onroll.statistics._two_sides import Side, four_parts, of_sampling
from onroll.statistics._weighted_strata import at_least_zero, rows

PARTS = ("composition", "rate", "only here", "only there")
VARIANCES = ("poisson", "binomial")
ROLLS = ("given", "sampled")
APART = "some strata hold pupils of one group only"
NO_EVENT = "no event in one of the groups: the intervals are too narrow"


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A difference in two rates and its parts, which add up to it. The last axis of the first three is parts.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (..., 4)
        The parts, in the order of ``parts``, per ``per``.
    confidence : float
        Coverage asked of each interval.
    method : str
        ``"kitagawa, delta"``.
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
    Intervals are the delta method's, normal: events of strata and of the groups independent, some twenty
    events in each group. They are exact in variance however thin the strata are. The parts describe; whether
    a school would treat the one group like the other is not in the numbers.

    References
    ----------
    Kitagawa (1955), JASA 50, 1168-1194; Nopo (2008), Review of Economics and Statistics 90, 290-299.
    data/validation/P08_kitagawa_dasgupta: Das Gupta (1993) and Berkeley admissions by department;
    tests/reference/test_decomposition_reference.py: simulation with known truth.

    Examples
    --------
    >>> found = kitagawa([20, 60], [1000, 500], [30, 40], [2000, 1000], per=100)
    >>> round(found.gap, 4), found.estimate.round(4).tolist()
    (3.0, [0.0, 3.0, 0.0, 0.0])
    >>> [round(float(limit), 3) for limit in found.part("rate")]
    [3.0, 1.71, 4.29]
    """
    y, n, y0, n0, v, v0 = _checked(
        events, exposure, reference_events, reference_exposure, dispersion, reference_dispersion, variance
    )
    level, scale = open_share("confidence", confidence), one_above_zero("per", per)
    choice("roll", roll, ROLLS)
    sides = Side(y, n, n0 > 0), Side(y0, n0, n > 0)
    estimate, in_rate, in_share = four_parts(*sides)
    spread = sum(
        ((weight**2) * noise[..., None, :]).sum(-1) for weight, noise in zip(in_rate, (v, v0), strict=True)
    )
    if roll == "sampled":
        spread = spread + sum(of_sampling(side, g) for side, g in zip(sides, in_share, strict=True))
    far = normal_quantile(level) * np.sqrt(spread)
    crude, crude0 = (side.rate for side in sides)
    gap = (crude - crude0)[..., None]
    every = np.concatenate([estimate, gap], axis=-1) * scale
    lower, upper = every - far * scale, every + far * scale
    return Decomposition(
        estimate=every[..., :-1],
        lower=lower[..., :-1],
        upper=upper[..., :-1],
        confidence=level,
        method="kitagawa, delta",
        parts=PARTS,
        gap=given(every[..., -1]),
        gap_lower=given(lower[..., -1]),
        gap_upper=given(upper[..., -1]),
        apart=given(sides[0].apart),
        reference_apart=given(sides[1].apart),
        rate=given(crude * scale),
        reference_rate=given(crude0 * scale),
        per=scale,
        note=words(_notes(sides)),
    )


def _checked(
    events: ArrayLike,
    exposure: ArrayLike,
    reference_events: ArrayLike,
    reference_exposure: ArrayLike,
    dispersion: ArrayLike,
    reference_dispersion: ArrayLike,
    variance: str,
) -> tuple[FloatArray, ...]:
    """Counts of one shape, and the variance of each stratum's rate."""
    y, n, y0, n0 = rows(
        {
            "events": counts("events", events),
            "exposure": at_least_zero("exposure", exposure),
            "reference_events": counts("reference_events", reference_events),
            "reference_exposure": at_least_zero("reference_exposure", reference_exposure),
        }
    )
    choice("variance", variance, VARIANCES)
    noise = []
    for name, x, m, phi in (("", y, n, dispersion), ("reference_", y0, n0, reference_dispersion)):
        refuse(f"{name}events", x, (x > 0) & (m == 0), "its exposure is 0: events need pupils")
        refuse(f"sum of {name}exposure", m.sum(-1), m.sum(-1) == 0, "a group without pupils has no rate")
        size = np.where(m > 0, m, 1.0)
        if variance == "binomial":
            refuse(f"{name}events", x, x > m, "more events than pupils: ask for variance='poisson'")
        chance = 1.0 - x / size if variance == "binomial" else 1.0
        times = above_zero(f"{name}dispersion", phi)
        times = times[..., None] if 0 < times.ndim < x.ndim else times
        noise.append(times * x * chance / (size * size))
    return y, n, y0, n0, *noise


def _notes(sides: tuple[Side, Side]) -> StrArray:
    """What to know of each element."""
    apart = np.where((sides[0].apart > 0) | (sides[1].apart > 0), APART, "")
    none = np.where((sides[0].events == 0) | (sides[1].events == 0), NO_EVENT, "")
    both = np.where((apart != "") & (none != ""), "; ", "")
    return np.strings.add(np.strings.add(apart, both), none)
