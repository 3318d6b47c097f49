"""Dose and response: whether schools' events went with how far they carried something out in the year before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._inputs import flag, open_share
from onroll.statistics._lagged_doses import matched
from onroll.statistics._panel_notes import NO_WIDTH, jumping_units, together_said
from onroll.statistics._panel_rows import MANY
from onroll.statistics._within_counts import SchoolYears, within_schools
from onroll.statistics.evalue import e_value

FEWEST = 3
"""With two schools what one strays the other strays the other way, and their error is near 0 whatever it is."""
METHOD = "Poisson within schools and years, CR1 of schools; dose of the year {}"
FEW = "{} schools: too few for errors of schools to be trusted; t on {} degrees of freedom"
NARROW = ", and limits of 0.95 hold 80 to 90 times in 100"
VERY_FEW = 20
"""Below so many schools limits of 0.95 held 80 to 90 times in 100 (tests/reference), as Cameron and Miller have it."""
ONE_MOVED = (
    "the dose moved in one school only: no error of schools can be told, and the ratio has no limits; compare that school "
    "with the others by one_treated"
)
FARTHEST_LOG = 100.0
"""A ratio whose log is beyond this is one for a unit of dose that nobody has more of."""
EXACT = 1e-9
"""An error so small is what rounding left of none."""


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """How events of schools went with a dose: an association, never by itself what the dose did.

    Attributes
    ----------
    estimate, lower, upper : float
        Rate ratio for one unit of dose more, within schools and beside years.
    confidence : float
    method : str
    log_ratio, error, freedom : float
        Log of the ratio, its error of schools, and degrees of freedom of the t behind the limits.
    e_value, e_value_limit : float
        How strongly something not measured would have to go with dose and events to move the ratio, or its nearer
        limit, to 1.
    rows, schools, years : int
        School years compared, and of how many of each.
    events : float
    rows_without_dose : int
        School years left out because no dose is known exactly one year off: gaps are not bridged.
    schools_without_events, schools_of_one_year, years_without_events : int
        Left out since they tell nothing.
    note : str
        What the limits cannot bear, and schools whose exposure jumps; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    log_ratio: float
    error: float
    freedom: float
    e_value: float
    e_value_limit: float
    rows: int
    schools: int
    years: int
    events: float
    rows_without_dose: int
    schools_without_events: int
    schools_of_one_year: int
    years_without_events: int
    note: str


def dose_response(
    events: ArrayLike,
    exposure: ArrayLike,
    school: ArrayLike,
    year: ArrayLike,
    dose: ArrayLike,
    dose_school: ArrayLike,
    dose_year: ArrayLike,
    *,
    confidence: float = 0.95,
) -> DoseResponse:
    """Compare a school's events after years of more dose with its own after years of less, beside all schools' years.

    Poisson with a level for each school and year, by the likelihood given each school's total; errors of schools, so
    events may be as clustered in schools as they like.

    Parameters
    ----------
    events : array_like of counts, shape (rows,)
        Events of a school in a year; a row a school and year.
    exposure : array_like, shape (rows,) or one number
        Pupils on roll, above 0.
    school, year : array_like, shape (rows,)
        Names or numbers of schools; whole years, one apart.
    dose : array_like, shape (scores,)
        How far a school carried it out in a year (an implementation score); a row a school and year scored.
    dose_school, dose_year : array_like, shape (scores,)
        Of each score.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    DoseResponse
        Errors are "CR1": times schools over schools less 1, and not times rows less 1 over rows less columns too, as
        statsmodels' default for clusters has it. With few schools ``note`` says so; where the dose moved in one only,
        limits are 0 and ``inf``. School years without a score the year before are left out and counted.

    Raises
    ------
    ValueError
        If no score is of a year before, fewer than three schools are left, doses move alike in all schools, they tell
        events from none outright, or their unit is so small that the ratio passes all bounds.

    Notes
    -----
    An association within schools. Schools choose their dose: what changes both in a school and a year (a new head) is
    in it, and a school that does more because last year was bad brings regression to the mean into it. See
    ``later_dose``, and read the E-value. Limits of schools of unlike size hold a little less often than they say: 92
    to 94 times in 100 with 60 schools.

    References
    ----------
    Hausman, Hall and Griliches (1984), Econometrica 52, 909-938; Wooldridge (1999), Journal of Econometrics 90,
    77-97; VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274; Cameron and Miller (2015), Journal of
    Human Resources 50, 317-372, on few clusters. tests: statsmodels, GLM with dummies and errors of clusters.

    Examples
    --------
    >>> school, year = np.repeat(range(30), 4), np.tile(range(2020, 2024), 30)
    >>> score = 1.0 + (7 * school + 5 * year) % 4
    >>> before = 1.0 + (7 * school + 5 * (year - 1)) % 4
    >>> found = dose_response(100 - 10 * before, 500, school, year, score, school, year)
    >>> round(found.estimate, 2), found.rows, found.rows_without_dose
    (0.87, 90, 30)
    """
    return _fitted((events, exposure, school, year), (dose, dose_school, dose_year), [-1], confidence)


def later_dose(
    events: ArrayLike,
    exposure: ArrayLike,
    school: ArrayLike,
    year: ArrayLike,
    dose: ArrayLike,
    dose_school: ArrayLike,
    dose_year: ArrayLike,
    *,
    beside_earlier: bool = False,
    confidence: float = 0.95,
) -> DoseResponse:
    """Set events against the dose of the year after, which cannot have worked on them: what shows here is something else.

    As ``dose_response``, with the next year's dose in the place of the last year's.

    Parameters
    ----------
    events, exposure, school, year, dose, dose_school, dose_year, confidence
        As for ``dose_response``.
    beside_earlier : bool, default False
        With True, the last year's dose stands beside the next year's. Doses of a school go together over the years, so
        that a ratio of the next year's alone can be that of the last year's; this takes it out and needs both.

    Returns
    -------
    DoseResponse
        Of the next year's dose.

    Raises
    ------
    ValueError
        As ``dose_response``.

    Notes
    -----
    A ratio away from 1 says that schools with more dose to come differed already; one near 1, within wide limits, says
    little.

    References
    ----------
    Granger (1969), Econometrica 37, 424-438; Angrist and Pischke (2009), Mostly Harmless Econometrics, section 5.2.
    tests: statsmodels, GLM with dummies and errors of clusters.

    Examples
    --------
    >>> school, year = np.repeat(range(30), 4), np.tile(range(2020, 2024), 30)
    >>> score = 1.0 + (7 * school + 5 * year + school * year) % 4
    >>> found = later_dose(100 + school % 3, 500, school, year, score, school, year)
    >>> round(found.estimate, 3)
    1.0
    """
    off = [1, -1] if flag("beside_earlier", beside_earlier) else [1]
    return _fitted((events, exposure, school, year), (dose, dose_school, dose_year), off, confidence)


def _fitted(
    table: tuple[ArrayLike, ...], scores: tuple[ArrayLike, ...], off: list[int], confidence: float
) -> DoseResponse:
    """The association of the dose so many years off, beside those of the others."""
    level = open_share("confidence", confidence)
    data, without = matched(table, scores, off)
    if data.schools < FEWEST:
        raise ValueError(
            f"schools left with events and doses are {data.schools}; errors of schools need {FEWEST} or more: give more "
            "schools"
        )
    said = {-1: "the dose of the year before", 1: "the dose of the year after"}
    slopes, covariance = within_schools(data, [said[one] for one in off])
    error = float(np.sqrt(covariance.matrix[0, 0]))
    free = data.schools - 1
    alone = _moved(data) < 2
    half = np.inf if alone else error * float(special.stdtrit(free, 0.5 + level / 2.0))
    if abs(slopes[0]) + (0.0 if alone else half) > FARTHEST_LOG:
        raise ValueError(
            f"dose has so small a unit that the log of the ratio for one unit more is {slopes[0]:.3g}, give or take "
            f"{half:.3g}; give doses in a larger unit"
        )
    ratio, low, high = (float(one) for one in np.exp(slopes[0] + np.array([0.0, -half, half])))
    strength = e_value(
        ratio, min(ratio, 1.0) if alone else low, max(ratio, 1.0) if alone else high, confidence=level
    )
    when = " and ".join({-1: "before", 1: "after"}[one] for one in off)
    return DoseResponse(
        estimate=ratio,
        lower=low,
        upper=high,
        confidence=level,
        method=METHOD.format(when),
        log_ratio=float(slopes[0]),
        error=error,
        freedom=float(free),
        e_value=float(strength.estimate),
        e_value_limit=float(strength.limit),
        rows=data.events.size,
        schools=data.schools,
        years=data.years,
        events=float(data.events.sum()),
        rows_without_dose=without,
        schools_without_events=data.empty_schools,
        schools_of_one_year=data.single_schools,
        years_without_events=data.empty_years,
        note=together_said(
            ONE_MOVED if alone else _note(data, error, free),
            jumping_units(data.exposure, data.school, data.year),
        ),
    )


def _moved(data: SchoolYears) -> int:
    """In how many schools the dose moved."""
    dose = data.columns[:, 0]
    low, high = np.full(data.schools, np.inf), np.full(data.schools, -np.inf)
    np.minimum.at(low, data.school, dose)
    np.maximum.at(high, data.school, dose)
    return int(np.count_nonzero(high > low))


def _note(data: SchoolYears, error: float, free: int) -> str:
    """What the limits cannot bear."""
    few = FEW.format(data.schools, free) if data.schools < MANY else ""
    return together_said(
        few + (NARROW if data.schools < VERY_FEW else ""), NO_WIDTH if error <= EXACT else ""
    )
