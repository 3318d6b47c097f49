"""What change would be seen in one authority or one series, from what is known before anything begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from onroll.statistics._design_errors import series_error
from onroll.statistics._design_power import DesignPower, chances, told
from onroll.statistics._inputs import counts, flag, numbers, one_above_zero, one_number, so_many, whole
from onroll.statistics._panel_notes import NO_END
from onroll.statistics.one_treated import one_treated


def one_treated_power(
    events: ArrayLike,
    exposure: ArrayLike,
    treated: int,
    after: int,
    *,
    dates: int = 3,
    recent: int = 0,
    confidence: float = 0.95,
    power: float = 0.80,
) -> DesignPower:
    """Say what fall or rise ``one_treated`` would see, from years before only: as if treatment had begun earlier.

    At each pretended date all others are treated in turn. How far out a unit of the treated's size must be to stand
    out, and how far it strays by itself, are averaged over dates.

    Parameters
    ----------
    events, exposure : array_like, shape (periods, units)
        As for ``one_treated``, of periods before treatment only.
    treated : int
        Column of the unit that will be treated; only its size counts.
    after : int
        Periods after treatment that there will be, 1 or more.
    dates : int, default 3
        Pretended dates, the latest first; fewer where there are too few periods.
    recent, confidence
        As for ``one_treated``.
    power : float, default 0.80
        Chance of seeing it, above 1 - ``confidence`` and below 1.

    Returns
    -------
    DesignPower
        A fall of 1 and a rise of ``inf`` where there are too few units for the level; ``note`` says so.

    Raises
    ------
    ValueError
        As ``one_treated``, and if no date leaves two periods before and ``after`` periods after.

    Notes
    -----
    Pretended dates have fewer periods before them than the real one, which makes the figure rather too large. Others
    must stray after the date as they did before it.

    References
    ----------
    Ferman and Pinto (2019), Review of Economics and Statistics 101, 452-467. tests: simulated power.

    Examples
    --------
    >>> year, unit = np.arange(6)[:, None], np.arange(40)[None, :]
    >>> before = 100 + 10 * ((3 * year + 7 * unit + year * unit) % 5)
    >>> found = one_treated_power(before, np.full((6, 40), 1000.0), 0, 1)
    >>> round(found.estimate, 2), round(found.upper, 2)
    (0.23, 0.29)
    """
    level, chance = chances(confidence, power)
    table, later = counts("events", events), whole("after", after, 1)
    over = numbers("exposure", exposure)
    least = max(2, recent + 1 if isinstance(recent, int) else 2)
    periods = len(table) if table.ndim else 0
    begins = range(periods - later, least - 1, -1)[: whole("dates", dates, 1)]
    if not len(begins):
        raise ValueError(
            f"events have {so_many(periods, 'period')}; {least} before a pretended date and {later} after it need "
            f"{least + later}"
        )
    reach, spread = [], []
    for begin in begins:
        seen = slice(0, begin + later)
        one = one_treated(
            table[seen], over[seen] if over.ndim else over, treated, np.arange(begin + later) < begin,
            recent=recent, confidence=level,
        )  # fmt: skip
        reach.append(np.log(one.detectable_rise))
        spread.append(one.spread[treated] ** 2)
    error = float(np.sqrt(np.mean(spread)))
    far = float(np.mean(reach) + special.ndtri(chance) * error)
    return DesignPower(
        estimate=float(-np.expm1(-far)),
        lower=float(np.expm1(-far)),
        upper=float(np.expm1(far)) if np.isfinite(far) else float("inf"),
        confidence=level,
        method=f"one treated among {table.shape[1]}, {len(begins)} pretended dates",
        power=chance,
        error=error,
        freedom=float("inf"),
        note="" if np.isfinite(far) else NO_END,
    )


def series_power(
    before: int,
    after: int,
    *,
    sd: float,
    autocorrelation: float,
    left_out: int = 0,
    slope_change: bool = False,
    confidence: float = 0.95,
    power: float = 0.80,
) -> DesignPower:
    """Say what step in a series ``interrupted_rates`` would see beside a trend.

    Generalised least squares where each period keeps a share of what the one before was off; t.

    Parameters
    ----------
    before, after : int
        Periods: 2 or more before, 1 or more after (2 with ``slope_change``), four in all or one more than columns.
    sd : float
        Standard deviation of periods about their trend, above 0. For logs of counts it is about the root of
        dispersion over mean.
    autocorrelation : float
        Of neighbouring periods about the trend, above -1 and below 1.
    left_out : int, default 0
        Periods between those before and those after that are not looked at, over which the trend goes on.
    slope_change : bool, default False
        Whether the slope may change too, which makes the step harder to see.
    confidence : float, default 0.95
    power : float, default 0.80
        Above 1 - ``confidence`` and below 1.

    Returns
    -------
    DesignPower
        In the unit of ``sd``.

    Raises
    ------
    ValueError
        If a figure is out of its bounds, or periods are too few for the columns.

    Notes
    -----
    The autocorrelation is taken for known. Estimated from a short series it comes out too small, and a test then sees
    too much: for fewer than some fifty periods power is bought with false alarms.

    References
    ----------
    Zhang, Wagner and Ross-Degnan (2011), Journal of Clinical Epidemiology 64, 1252-1261. tests: simulated power.

    Examples
    --------
    >>> round(series_power(24, 12, sd=1.0, autocorrelation=0.3).estimate, 2)
    2.17
    """
    bent = flag("slope_change", slope_change)
    early, late = whole("before", before, 2), whole("after", after, 2 if bent else 1)
    alike = one_number("autocorrelation", autocorrelation)
    if not -1 < alike < 1:
        raise ValueError(f"autocorrelation is {alike:g}; give a number above -1 and below 1")
    between = whole("left_out", left_out, 0)
    error, free = series_error(early, late, one_above_zero("sd", sd), alike, bent, between)
    if free < 1:
        raise ValueError(
            f"before and after are {so_many(early + late, 'period')}; {4 + bent} or more are needed"
        )
    return told("interrupted series, generalised least squares", error, float(free), confidence, power, "")
