"""Staggered adoption: units treated from different times on, each cohort beside units not treated then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._cell_averages import ALONE, CellAverages, CellsBefore, Weighing
from onroll.statistics._inputs import FloatArray, choice, figures, normal_quantile, numbers, open_share
from onroll.statistics._library_frames import BASES, CONTROLS, Cells, cohort_cells
from onroll.statistics._panel_notes import NO_WIDTH
from onroll.statistics._panel_rows import MANY, MANY_TREATED, ROUNDED, PanelRows, panel_rows

__all__ = ["CellAverages", "CellsBefore", "Staggered", "staggered_adoption"]

NO_CONTROL = "no control left"
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
        NaN where ``cell_note`` says that no control is left.
    treated, controls : ndarray of int, shape (cells,)
        Units.
    cell_note : ndarray of str, shape (cells,)
        What a cell cannot bear: no control left, a cohort of one unit, one control, no unit that strayed; mostly empty.
    covariance : ndarray, shape (cells, cells)
        NaN where no control is left.
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
        The first period under treatment of the row's unit; 0 or ``inf`` for never.
    covariates : array_like, shape (rows,) or (rows, columns), optional
        What units must be alike in to move alike, as it was before treatment; doubly robust. Leave out for none.
    control : {"not yet treated", "never treated"}, default "not yet treated"
    base : {"varying", "universal"}, default "varying"
        What cells before treatment are set against: the period before each, or the last before treatment, as
        ``honest_bounds`` needs it.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    Staggered
        Cells without a control left are NaN with a word in ``cell_note`` and in no average. Limits are normal.

    Raises
    ------
    ValueError
        If a unit has two rows of a period or two beginnings, nobody is treated within the periods seen, nobody is
        left as control, or covariates tell cohorts from controls outright.

    Notes
    -----
    An effect only if treated and controls (alike in covariates) would have moved in parallel, and nobody changed
    before treatment began. Errors are of units and rest on many of them. A cohort of one unit has an error that
    knows only its controls: it says nothing. Units treated before the second period are left out; those treated
    after the last are not treated here.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230; computed by diff-diff.
    data/validation/P16_staggered_mpdta: the authors' example; tests: the differences of means by hand.

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
    time, first = numbers("period", period), _first(first_treated, rows, period)
    beside = _covariates(covariates, rows.y.size)
    never_had = (first > 0) & (first <= np.unique(time)[0])
    late = first > time.max()
    kept = ~never_had
    code = np.unique(rows.unit[kept], return_inverse=True)[1] if kept.any() else np.array([], dtype=np.intp)
    begun = np.where(late, 0.0, first)[kept]
    _some_of_each(begun, compared)
    cells = cohort_cells(rows.y[kept], code, time[kept], begun, beside[kept], compared, which)
    cohort = np.zeros(int(code.max()) + 1)
    cohort[code] = begun
    had = np.isfinite(cells.effects)
    if not (had & (cells.period >= cells.group)).any():
        raise ValueError(
            "no cohort has a control left in any period under treatment; give units treated later or never"
        )
    found = _result(cells, had, cohort, level, compared, ROUNDED * float(np.abs(rows.y).max()))
    whole = rows.units * rows.periods == rows.y.size
    return replace(found, note="; ".join(_remarks(rows, first, never_had, late, found, whole)))


def _first(value: ArrayLike, rows: PanelRows, period: ArrayLike) -> FloatArray:
    """The first period under treatment, 0 for never; once a unit, and a unit once a period."""
    first = figures("first_treated", value)
    if first.shape != rows.y.shape or np.isnan(first).any() or np.isneginf(first).any():
        raise ValueError(
            f"first_treated has shape {first.shape}; give each of {rows.y.size} rows the first period under treatment, "
            "0 or inf for never"
        )
    if len(np.unique(np.column_stack([rows.unit, rows.period]), axis=0)) < rows.y.size:
        raise ValueError("unit has two rows of one period; give one")
    if np.any(numbers("period", period) <= 0):
        raise ValueError("period has 0 or less in it, and 0 is never in first_treated; number periods from 1")
    first = np.where(np.isposinf(first), 0.0, first)
    if len(np.unique(np.column_stack([rows.unit, first]), axis=0)) > rows.units:
        raise ValueError("first_treated changes within a unit; treatment begins once")
    return first


def _covariates(value: ArrayLike | None, rows: int) -> FloatArray:
    table = np.zeros((rows, 0)) if value is None else numbers("covariates", value)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or len(table) != rows:
        raise ValueError(f"covariates have shape {table.shape}; give (rows, columns), {rows} rows")
    return table


def _some_of_each(begun: FloatArray, control: str) -> None:
    """Refuse what has nobody treated, or nobody to set beside them."""
    cohorts = np.unique(begun[begun > 0])
    if not cohorts.size:
        raise ValueError(
            "first_treated lies after the first period and within those seen for no unit; nobody is treated"
        )
    if not np.any(begun == 0) and (control == "never treated" or cohorts.size < 2):
        raise ValueError(
            f"control is {control!r} and no such unit is left; give units never treated"
            + ("" if cohorts.size < 2 else ", or choose 'not yet treated'")
        )


def _result(
    cells: Cells, had: NDArray[np.bool_], cohort: FloatArray, level: float, control: str, none: float
) -> Staggered:
    kept = Cells(*(getattr(cells, name)[..., had] for name in Cells.__slots__))
    weighing, deviate = Weighing(kept, cohort, level, none), normal_quantile(level)
    estimate, moved = weighing.overall()
    error = float(np.sqrt(moved @ moved))
    covariance = cells.influence.T @ cells.influence
    covariance[~had], covariance[:, ~had] = np.nan, np.nan
    note = np.select(
        [~had, cells.treated < 2, cells.controls < 2, np.nan_to_num(cells.errors) <= none],
        [NO_CONTROL, ALONE, ALONE_CONTROL, NO_WIDTH],
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
    unmatched = np.unique(found.group[np.isnan(found.effects) & (found.period >= found.group)])
    if unmatched.size:
        yield f"no control left for some periods of cohorts {', '.join(f'{one:g}' for one in unmatched)}"
    alone = np.unique(found.group[found.treated == 1])
    if alone.size:
        yield f"cohorts {', '.join(f'{one:g}' for one in alone)} are of one unit: their errors mean nothing"
    treated = found.units - found.never_treated
    if found.units < MANY or treated < MANY_TREATED:
        yield f"{found.units} units, {treated} of them treated: too few for errors that rest on many"
    if not whole:
        yield "some units are not seen in every period: each cell is of the units seen in both of its periods"
