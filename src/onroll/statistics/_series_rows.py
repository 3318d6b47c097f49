"""The columns of an interrupted time series: level, trend, step, change of slope, season and declared windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import BoolArray, FloatArray, choice, figures, flag, so_many
from onroll.statistics._masks import mask

WAYS = ("own level", "left out")
SEASONS = ("common", "own")
STEP, SLOPE, OTHER = "step", "slope change", "comparison: "


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the columns are to hold.

    ``after``, ``inside``: which periods come after, and which lie in a window. ``season``: columns of the season,
    (periods, columns). ``windows``: one column a window.
    """

    after: BoolArray
    inside: BoolArray
    used: BoolArray
    season: FloatArray
    windows: FloatArray
    slope_change: bool


@dataclass(frozen=True, slots=True, eq=False)
class SeriesRows:
    """Rows of one series, or of two stacked (the series itself first), for the periods used.

    ``every`` holds the rows of the series itself for all periods, and ``without`` the same as they would be had
    nothing changed but what changed in the comparison. ``step`` and ``slope`` pick those coefficients.
    """

    x: FloatArray
    names: tuple[str, ...]
    period: NDArray[np.intp]
    own: BoolArray
    every: FloatArray
    without: FloatArray
    step: FloatArray
    slope: FloatArray | None


def plan(
    periods: int,
    after: ArrayLike | int,
    *,
    season: int | None,
    harmonics: int | str,
    window: ArrayLike | None,
    in_window: str,
    slope_change: bool,
) -> Plan:
    """Check what was asked of the columns; say what is wrong and the way out."""
    later, bent = _after(after, periods), flag("slope_change", slope_change)
    inside = mask("window", np.zeros(periods, dtype=np.bool_) if window is None else window, periods)
    way = choice("in_window", in_window, WAYS)
    used = ~inside if way == "left out" else np.ones(periods, dtype=np.bool_)
    for name, some in (("before", ~later), ("after", later)):
        many, needed = int(np.count_nonzero(some & ~inside)), 2 if bent or name == "before" else 1
        if many < needed:
            raise ValueError(
                f"{name} has {so_many(many, 'period')} outside the windows; {needed} or more are needed to tell "
                f"{'a trend' if needed > 1 else 'a step'}: give a longer series or ask for less"
            )
    runs = _runs(inside) if way == "own level" else np.empty((periods, 0))
    return Plan(later, inside, used, _season(periods, season, harmonics), runs, bent)


def series(name: str, value: ArrayLike, of: str, periods: int | None = None) -> FloatArray:
    """One figure a period, NaN for none."""
    y = figures(name, value)
    if y.ndim != 1 or not y.size or y.size != (periods or y.size):
        wanted = "(periods,)" if periods is None else f"({periods},)"
        raise ValueError(f"{name} has shape {y.shape}; give one {of} a period, {wanted}")
    return y


def known(values: FloatArray, used: BoolArray, instead: float = 0.0) -> FloatArray:
    """The figures, with another in place of NaN where a period is not used; elsewhere NaN stays, to be refused."""
    return np.where(~used & np.isnan(values), instead, values)


def series_rows(asked: Plan, *, comparison: bool, season_of: str) -> SeriesRows:
    """Lay out the columns; those of a comparison stand beside those of the series itself."""
    whose = choice("season_of", season_of, SEASONS)
    named, seasons = _columns(asked)
    own = np.column_stack(list(named.values()))
    names = list(named)
    blocks = [(own, seasons)]
    if comparison:
        nothing = np.zeros_like(own)
        zero = np.zeros_like(seasons)
        both = (
            (seasons, seasons)
            if whose == "common"
            else (np.hstack([seasons, zero]), np.hstack([zero, seasons]))
        )
        blocks = [(np.hstack([own, nothing]), both[0]), (np.hstack([nothing, own]), both[1])]
        names += [OTHER + name for name in named]
    stacked = [np.hstack(block) for block in blocks]
    season_names = [f"season {at + 1}" for at in range(seasons.shape[1])]
    names += season_names
    if comparison and whose == "own":
        names += [OTHER + name for name in season_names]
    step = _contrast(names, STEP, comparison)
    slope = _contrast(names, SLOPE, comparison) if asked.slope_change else None
    without = stacked[0] - np.outer(named[STEP], step)
    if slope is not None:
        without = without - np.outer(named[SLOPE], slope)
    _enough(asked.used, names, len(stacked))
    times = np.flatnonzero(asked.used)
    return SeriesRows(
        x=np.vstack([block[asked.used] for block in stacked]),
        names=tuple(names),
        period=np.tile(times, len(stacked)),
        own=np.repeat(np.arange(len(stacked)) == 0, times.size),
        every=stacked[0],
        without=without,
        step=step,
        slope=slope,
    )


def _columns(asked: Plan) -> tuple[dict[str, FloatArray], FloatArray]:
    """Columns of one series by name, and those of its season."""
    time = np.arange(1.0, asked.after.size + 1.0)
    step = asked.after.astype(np.float64)
    named = {"constant": np.ones(time.size), "trend": time, STEP: step}
    if asked.slope_change:
        named[SLOPE] = step * (time - np.count_nonzero(~asked.after))
    for at in range(asked.windows.shape[1]):
        named[f"window {at + 1}"] = asked.windows[:, at]
    return named, asked.season


def _contrast(names: list[str], name: str, comparison: bool) -> FloatArray:
    """One coefficient, less that of the comparison where there is one."""
    picked = np.array([one == name for one in names], dtype=np.float64)
    return picked - np.array([one == OTHER + name for one in names]) if comparison else picked


def _enough(used: BoolArray, names: list[str], series: int) -> None:
    """Refuse a series too short for its columns."""
    rows, needed = int(used.sum()) * series, len(names) + 1
    if rows < needed:
        raise ValueError(
            f"periods used are {int(used.sum())}; {len(names)} coefficients need {-(-needed // series)} or more: "
            "give a longer series, fewer harmonics or windows, or no change of slope"
        )


def _after(value: ArrayLike | int, periods: int) -> BoolArray:
    """Turn the first period after, or one True or False a period, into a mask."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_):
        if not 0 < value < periods:
            raise ValueError(
                f"after is {value} in a series of {periods} periods; give the first period of the intervention, "
                f"1 to {periods - 1}"
            )
        return np.arange(periods) >= value
    later = mask("after", value, periods)
    if later.all() or not later.any():
        raise ValueError(f"after is {later.all()} throughout; periods are needed both before and after")
    if np.any(later[:-1] & ~later[1:]):
        raise ValueError(
            "after turns back to False; one intervention begins once and lasts: cut the series there"
        )
    return later


def _runs(inside: BoolArray) -> FloatArray:
    """One column for each stretch of periods in a window."""
    starts = inside & ~np.concatenate([[False], inside[:-1]])
    stretch = np.cumsum(starts) * inside
    return np.asarray(stretch[:, None] == np.arange(1, starts.sum() + 1), dtype=np.float64)


def _season(periods: int, season: int | None, harmonics: int | str) -> FloatArray:
    """Pairs of waves, or one column a place in the year but the first."""
    if season is None:
        return np.empty((periods, 0))
    if not isinstance(season, int | np.integer) or isinstance(season, bool) or season < 2:
        raise ValueError(f"season is {season!r}; give how many periods make a year, 2 or more, or None")
    if season > periods:
        raise ValueError(
            f"season is {season} periods in a series of {periods}; a season cannot be told before it has come "
            "round: leave season out"
        )
    time = np.arange(1.0, periods + 1.0)
    if isinstance(harmonics, str) and harmonics == "dummies":
        return np.asarray((time[:, None] - 1) % season == np.arange(1, season), dtype=np.float64)
    most = min(2, (season - 1) // 2)
    if (
        isinstance(harmonics, bool)
        or not isinstance(harmonics, int | np.integer)
        or harmonics not in range(most + 1)
    ):
        raise ValueError(
            f"harmonics is {harmonics!r} with {season} periods a year; give 0 to {most}, or 'dummies'"
        )
    turns = 2.0 * np.pi * time[:, None] * np.arange(1, int(harmonics) + 1) / season
    return np.hstack([np.sin(turns), np.cos(turns)])
