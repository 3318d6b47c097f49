"""One treated authority: a Poisson panel of authorities and years, judged by all others treated in pretence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._count_panel import CountPanel, count_panel, each_treated, height
from onroll.statistics._few_events import chance_seen, few_events, wider
from onroll.statistics._inputs import FloatArray, open_share
from onroll.statistics._panel_notes import NO_END, jumps, one_before, together_said
from onroll.statistics.ranked_change import RankedChange, ranked_change

PLAIN = "Poisson panel of {} authorities, permutation standardised for size"
ALIKE = PLAIN + ", compared with those that stood as high in the last {} periods before"


@dataclass(frozen=True, slots=True, eq=False)
class OneTreated:
    """The treated unit's rate as a multiple of what others' changes lead to expect.

    Attributes
    ----------
    estimate, lower, upper : float
        Rate ratio: after over before, beside other units (that stood as high before), with its permutation interval.
        Without an event after the ratio and ``lower`` are 0; without one before the ratio and ``upper`` are ``inf``. It is
        ``raw`` over ``expected``, with ``recent=0`` too.
    confidence : float
        Level of the interval.
    method : str
        How it was done.
    p_value : float
        Share of all units, the treated included, whose standardised change is at least as far off as the treated's.
    share_others : float
        The same share of the other units only: "six in ten others moved as far".
    raw : float
        The answer of the Poisson regression itself: the step of the treated. ``estimate`` is it over ``expected``.
    expected : float
        The ratio that others as high before the treatment lead to expect of the treated, with no treatment at all; with
        ``recent=0`` the weighted mean (in logs) of all others' steps, each refitted without the treated. It is near 1,
        but not 1: the regression weighs units by their events, this mean gives small ones more of a say.
    detectable_fall, detectable_rise : float
        A ratio nearer to 1 than these would not have stood out at ``confidence``.
    change : ndarray, shape (units,)
        Log rate ratio of each unit as if it were the treated, refitted without the treated.
    height : ndarray, shape (units,)
        Log of the rate in the last periods before over the earlier ones, beside the other units; 0 where not asked.
    spread : ndarray, shape (units,)
        Standard deviation of a change that is expected at each unit's size.
    score : ndarray, shape (units,)
        Each unit's change less what is expected at its height, over its spread.
    note : str
        What the limits cannot bear: no or few events, too few others, one period before, an exposure that jumps; mostly
        empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    p_value: float
    share_others: float
    raw: float
    expected: float
    detectable_fall: float
    detectable_rise: float
    change: FloatArray
    height: FloatArray
    spread: FloatArray
    score: FloatArray
    note: str


def one_treated(
    events: ArrayLike,
    exposure: ArrayLike,
    treated: int,
    pre: ArrayLike,
    *,
    recent: int = 0,
    confidence: float = 0.95,
) -> OneTreated:
    """Estimate a rate ratio for one treated unit among many that were not.

    A Poisson model with a level for each unit and each period and a step for the treated after treatment. Each other
    unit is then given the step in turn, the treated left out, all at once. How far these pretended steps scatter
    falls with a unit's size; that is fitted, and the treated is ranked among them for its size.

    Parameters
    ----------
    events : array_like of counts, shape (periods, units)
        Events (suspensions), whole numbers, 0 or more; periods in order of time.
    exposure : array_like, shape (periods, units), or one number
        What they are counted over (pupils on roll), above 0.
    treated : int
        Column of the treated unit.
    pre : array_like of bool, shape (periods,)
        True (or 1) for the periods before treatment, which come first. Periods to be left out, such as a pandemic, are
        left out of the arrays.
    recent : int, default 0
        With k, units are compared with those that stood as high in the last k periods before: a line of change on
        that height is fitted over the others. It takes regression to the mean out. 0 does not: only the others' mean
        step is subtracted (in logs).
    confidence : float, default 0.95
        Level of the interval, strictly between 0 and 1.

    Returns
    -------
    OneTreated
        Where a unit has no events before or after, half an event is put to each side of its ``change``. ``upper`` is
        ``inf`` and ``lower`` 0 where there are too few units for the level (19 others for 0.95), and ``note`` says so.
        Where chance in the treated's own events is more than others show, limits are widened by it and ``note`` says so;
        ranks are not.

    Raises
    ------
    ValueError
        If there are fewer than ten units, no period before or after, a unit or a period without any event,
        ``recent`` is not below the number of periods before, or a number is missing.

    Notes
    -----
    The ratio is an effect only if the treated would have changed as the others did (those as high before). The rank is
    a probability if the treated could as well have been any other unit of its height. Events may be as clustered as
    they like: nothing is taken from the Poisson distribution but the estimate, and limits where events are few.

    References
    ----------
    Conley and Taber (2011), Review of Economics and Statistics 93, 113-125; Ferman and Pinto (2019), Review of
    Economics and Statistics 101, 452-467. Checked against one Poisson regression a unit (statsmodels) and by
    simulation with known effects.

    Examples
    --------
    >>> import numpy as np
    >>> year, unit = np.arange(4)[:, None], np.arange(40)[None, :]
    >>> events = 100 + 10 * ((3 * year + 7 * unit) % 5)
    >>> events[3, 0] = 50
    >>> found = one_treated(events, np.full((4, 40), 1000.0), 0, [True, True, True, False])
    >>> round(found.estimate, 2), found.share_others
    (0.45, 0.0)
    """
    data, level = count_panel(events, exposure, treated, pre), open_share("confidence", confidence)
    own, others = data.treated, data.others
    change, noise = each_treated(data)
    stood = height(data, recent)
    found = ranked_change(change, noise, own, height=stood, confidence=level)
    estimate, lower, upper, few = _limits(data, found, float(noise[own]))
    return OneTreated(
        estimate=estimate,
        lower=lower,
        upper=upper,
        confidence=level,
        method=(ALIKE if recent else PLAIN).format(others.size + 1, recent),
        p_value=found.p_value,
        share_others=found.share_others,
        raw=estimate if np.isinf(estimate) else float(np.exp(change[own])) * (estimate > 0),
        expected=float(np.exp(found.expected)),
        detectable_fall=float(np.exp(-found.reach)),
        detectable_rise=float(np.exp(found.reach)),
        change=change,
        height=stood,
        spread=found.spread,
        score=found.score,
        note=together_said(
            few, "" if np.isfinite(found.reach) else NO_END, one_before(data.pre), jumps(data.exposure)
        ),
    )


def _limits(data: CountPanel, found: RankedChange, noise: float) -> tuple[float, float, float, str]:
    """The ratio and its limits, open where there is no event on one side, and what few events do to them."""
    seen = data.events[:, data.treated]
    before, after = seen[data.pre].sum(), seen[~data.pre].sum()
    times = float(wider(found.spread[data.treated], noise, chance_seen(before, after)))
    said = few_events(float(before), float(after), times > 1.0)
    reach = found.reach * times
    logs = found.estimate + np.array([0.0, -reach, reach])
    if not after:
        logs[:2] = -np.inf
    if not before:
        logs[[0, 2]] = np.inf
    ratio, low, high = map(float, np.exp(logs))
    return ratio, low, high, said
