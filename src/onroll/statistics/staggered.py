"""Staggered adoption: units treated from different times on, each cohort beside units not treated then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._adjusted_cells import adjusted_cells
from onroll.statistics._cell_averages import ALONE, CellAverages, CellsBefore, Weighing
from onroll.statistics._inputs import FloatArray, choice, normal_quantile, numbers, open_share
from onroll.statistics._library_frames import BASES, CONTROLS, Cells, cohort_cells
from onroll.statistics._panel_notes import NO_WIDTH
from onroll.statistics._panel_rows import MANY, MANY_TREATED, ROUNDED, PanelRows, panel_rows
from onroll.statistics._staggered_inputs import covariate_table, first_periods, some_of_each

__all__ = ["CellAverages", "CellsBefore", "Staggered", "staggered_adoption"]

NO_CONTROL, NO_ONE = "no control left", "no unit seen in both periods"
TOLD_APART = "covariates leave no control alike"
ALONE_CONTROL = "one control unit: its error means nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Staggered:
    """The change that goes with treatment, over cohorts that began at different times.

    Attributes
    ----------
    estimate, lower, upper : float
        Average over all cohorts and periods under treatment, weighed by units.
    confidence : float
    method : str
    error : float
    group, period : ndarray, shape (cells,)
        First period under treatment of a cohort, and the period it is looked at.
    effects, effect_errors, effect_lower, effect_upper : ndarray, shape (cells,)
        NaN where ``cell_note`` says that no control is left, or none alike.
    treated, controls : ndarray of int, shape (cells,)
        Units.
    cell_note : ndarray of str, shape (cells,)
        What a cell cannot bear: no control left or none alike, a cohort of one unit, one control, no unit that strayed;
        mostly empty.
    covariance : ndarray, shape (cells, cells)
        NaN where effects are.
    since_treatment, by_cohort, by_period : CellAverages
        The same cells averaged by periods since treatment, by cohort and by calendar period.
    before : CellsBefore
        Joint test of all cells before treatment.
    units, never_treated : int
        Units compared, and those of them not treated in any period seen.
    note : str
        What was left out, and what the limits cannot bear; mostly empty.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    error: float
    group: FloatArray
    period: FloatArray
    effects: FloatArray
    effect_errors: FloatArray
    effect_lower: FloatArray
    effect_upper: FloatArray
    treated: NDArray[np.int64]
    controls: NDArray[np.int64]
    cell_note: NDArray[np.str_]
    covariance: FloatArray
    since_treatment: CellAverages
    by_cohort: CellAverages
    by_period: CellAverages
    before: CellsBefore
    units: int
    never_treated: int
    note: str


def staggered_adoption(
    outcome: ArrayLike,
    unit: ArrayLike,
    period: ArrayLike,
    first_treated: ArrayLike,
    *,
    covariates: ArrayLike | None = None,
    control: str = "not yet treated",
    base: str = "varying",
    confidence: float = 0.95,
) -> Staggered:
    """Compare each cohort's change since before its treatment with that of units not treated in both periods.

    Each cohort in each period is a difference of two differences of its own, so no treated unit serves as control
    and no weight is below 0; averages and errors are made of how far each unit moves each of them.

    Parameters
    ----------
    outcome : array_like, shape (rows,)
        Finite numbers, such as rates; a row a unit and period.
    unit : array_like, shape (rows,)
        Names or numbers (schools).
    period : array_like, shape (rows,)
        Numbers in the order of time.
    first_treated : array_like, shape (rows,)
        The first period under treatment of the row's unit, as ``period`` counts (a year such as 2021, not its place),
        alike in all rows of the unit; 0 or ``inf`` for a unit never treated.
    covariates : array_like, shape (rows,) or (rows, columns), optional
        What units must be alike in to move alike; of it each cell takes what it was in the period the cell is set
        against. Doubly robust: right where either the chance of treatment or the change of controls follows them as
        modelled (logistic, linear). Leave out for none.
    control : {"not yet treated", "never treated"}, default "not yet treated"
    base : {"varying", "universal"}, default "varying"
        What cells before treatment are set against: the period before each, or the last before treatment, as
        ``honest_bounds`` needs it.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    Staggered
        Cells without a control left, or with covariates none alike (a unit's chance of being of the cohort is 0.999 or
        more), are NaN with a word in ``cell_note`` and in no average. Limits are normal.

    Raises
    ------
    ValueError
        If a unit is missing or has two rows of a period or two beginnings, a beginning is missing, below 0 or between
        periods, nobody is treated within the periods seen, nobody is left as control, or covariates tell all cohorts
        from their controls.

    Notes
    -----
    An effect only if treated and controls (alike in covariates) would have moved in parallel, and nobody changed
    before treatment began. Errors are of units and rest on many of them. A cohort of one unit has an error that
    knows only its controls: it says nothing. Units treated before the second period are left out; those treated
    after the last are not treated here. A control whose chance of treatment passes 0.995 counts for nothing.
    ``adoption_permutation`` and ``unit_changes`` count ``first_treated`` by places from 0, ``staggered_power`` from 1.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230; computed by diff-diff, with covariates by the
    formulas of Sant'Anna and Zhao (2020), Journal of Econometrics 219, 101-122, weights adding up to 1.
    data/validation/P16_staggered_mpdta: the authors' example; tests: R's glm and lm, differences of means by hand.

    Examples
    --------
    >>> school, year = np.repeat(range(60), 5), np.tile(range(2019, 2024), 60)
    >>> first = np.array([0, 2021, 2022])[school % 3]
    >>> rate = 5.0 + np.sin(9.0 * school * year) - 2.0 * ((first > 0) & (year >= first))
    >>> found = staggered_adoption(rate, school, year, first)
    >>> found.lower < -2 < found.upper, found.by_cohort.at.tolist()
    (True, [2021.0, 2022.0])
    """
    level = open_share("confidence", confidence)
    compared, which = choice("control", control, tuple(CONTROLS)), choice("base", base, BASES)
    rows = panel_rows(outcome, unit, period, None)
    time, first = numbers("period", period), first_periods(first_treated, rows, period)
    beside = None if covariates is None else covariate_table(covariates, rows.y.size)
    never_had = (first > 0) & (first <= np.unique(time)[0])
    late = first > time.max()
    kept = ~never_had
    code = np.unique(rows.unit[kept], return_inverse=True)[1] if kept.any() else np.array([], dtype=np.intp)
    begun = np.where(late, 0.0, first)[kept]
    some_of_each(begun, compared)
    panel = rows.y[kept], code, time[kept], begun
    if beside is None:
        cells = cohort_cells(*panel, compared, which)
    else:
        cells = adjusted_cells(*panel, beside[kept], compared, which)
    cohort = np.zeros(int(code.max()) + 1)
    cohort[code] = begun
    found = _result(cells, cohort, level, compared, ROUNDED * float(np.abs(rows.y).max()))
    whole = rows.units * rows.periods == rows.y.size
    return replace(found, note="; ".join(_remarks(rows, first, never_had, late, found, whole)))


def _had(cells: Cells) -> NDArray[np.bool_]:
    """Cells that have an effect; raise where none of them is under treatment."""
    had, after = np.isfinite(cells.effects), cells.period >= cells.group
    if (had & after).any():
        return had
    if (after & (cells.treated > 0) & (cells.controls > 0)).any():
        raise ValueError(
            "the effects of cohorts could not be fitted: give fewer or other covariates, such that no cohort can be told "
            "from its controls by them"
        )
    raise ValueError(
        "no cohort has a control left in any period under treatment; give units treated later or never"
    )


def _result(cells: Cells, cohort: FloatArray, level: float, control: str, none: float) -> Staggered:
    had = _had(cells)
    kept = Cells(*(getattr(cells, name)[..., had] for name in Cells.__slots__))
    weighing, deviate = Weighing(kept, cohort, level, none), normal_quantile(level)
    estimate, moved = weighing.overall()
    error = float(np.sqrt(moved @ moved))
    covariance = cells.influence.T @ cells.influence
    covariance[~had], covariance[:, ~had] = np.nan, np.nan
    note = np.select(
        [
            cells.controls < 1,
            cells.treated < 1,
            ~had,
            cells.treated < 2,
            cells.controls < 2,
            np.nan_to_num(cells.errors) <= none,
        ],
        [NO_CONTROL, NO_ONE, TOLD_APART, ALONE, ALONE_CONTROL, NO_WIDTH],
        default="",
    )
    return Staggered(
        estimate=estimate,
        lower=estimate - deviate * error,
        upper=estimate + deviate * error,
        confidence=level,
        method=f"Callaway-Sant'Anna, controls {control}",
        error=error,
        group=cells.group,
        period=cells.period,
        effects=cells.effects,
        effect_errors=cells.errors,
        effect_lower=cells.effects - deviate * cells.errors,
        effect_upper=cells.effects + deviate * cells.errors,
        treated=cells.treated,
        controls=cells.controls,
        cell_note=note,
        covariance=covariance,
        since_treatment=weighing.since(),
        by_cohort=weighing.by_cohort(),
        by_period=weighing.by_period(),
        before=weighing.before(),
        units=cohort.size,
        never_treated=int(np.count_nonzero(cohort == 0)),
        note=NO_WIDTH if error <= none else "",
    )


def _remarks(
    rows: PanelRows,
    first: FloatArray,
    never_had: NDArray[np.bool_],
    late: NDArray[np.bool_],
    found: Staggered,
    whole: bool,
) -> Iterator[str]:
    """What was left out, and what the limits cannot bear."""
    if found.note:
        yield found.note
    if never_had.any():
        yield f"{rows.ever(never_had)} units left out: treated from the first period on, or before it"
    if late.any():
        yield f"{rows.ever(late)} units treated after the last period stand as never treated"
    for why in (NO_CONTROL, NO_ONE, TOLD_APART):
        without = np.unique(found.group[(found.cell_note == why) & (found.period >= found.group)])
        if without.size:
            yield f"{why} for some periods of cohorts {', '.join(f'{one:g}' for one in without)}"
    alone = np.unique(found.group[found.treated == 1])
    if alone.size:
        yield f"cohorts {', '.join(f'{one:g}' for one in alone)} are of one unit: their errors mean nothing"
    treated = found.units - found.never_treated
    if found.units < MANY or treated < MANY_TREATED:
        yield f"{found.units} units, {treated} of them treated: too few for errors that rest on many"
    if not whole:
        yield "some units are not seen in every period: each cell is of the units seen in both of its periods"
