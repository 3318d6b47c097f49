"""A declared rule, and its years: a row of years above the threshold, and progress in the last of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onroll.statistics._exact_ratios import fell
from onroll.statistics._inputs import BoolArray, FloatArray, flag, whole

NOT_EVERY, EVERY, PROGRESS, TOO_SHORT, NOT_COMPARED = range(5)
FINDINGS: Mapping[int, str] = MappingProxyType(
    {
        NOT_EVERY: "not above in every year of the row",
        EVERY: "above in every year of the row",
        PROGRESS: "above in every year of the row, with reasonable progress",
        TOO_SHORT: "fewer years than the rule asks",
        NOT_COMPARED: "a year of the row could not be compared",
    }
)
LONGEST = 1_000_000
"""Thresholds are written with few digits, so that whole numbers can compare them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for disproportionality, as declared data.

    Attributes
    ----------
    threshold : str
        A ratio above it is above: a decimal number as it is written (``"2.5"``), above 0.
    min_events, min_total : int
        With fewer events or pupils a group is not looked at, and others are no comparison: 0 or more.
    years : int
        How many years on end, 1 or more.
    progress : str or None
        Share by which the ratio must fall from each year to the next to count as reasonable progress
        (``"0.05"``; ``"0"``: at all); in each of the years of the row after its first, two at most.
        ``None`` where a rule knows no progress.
    alternate : bool
        Whether the wider area may stand in where others in the area are too few.

    Raises
    ------
    ValueError
        If a part is out of its bounds.
    """

    threshold: str
    min_events: int = 10
    min_total: int = 30
    years: int = 3
    progress: str | None = None
    alternate: bool = True

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        if self.above <= 0:
            raise ValueError(f"threshold is {self.threshold!r}; give a number above 0, such as '2.5'")
        if not 0 <= self.fall < 1:
            raise ValueError(f"progress is {self.progress!r}; give a share from 0 to below 1, such as '0.05'")
        for name, least in (("min_events", 0), ("min_total", 0), ("years", 1)):
            whole(name, getattr(self, name), least)
        flag("alternate", self.alternate)

    @property
    def above(self) -> Fraction:
        """The threshold, exactly."""
        return _fraction("threshold", self.threshold)

    @property
    def fall(self) -> Fraction:
        """The share of progress, exactly; 0 where the rule knows none."""
        return Fraction(0) if self.progress is None else _fraction("progress", self.progress)


def progress(rule: Rule, counted: tuple[FloatArray, ...], told: BoolArray) -> NDArray[np.int8]:
    """1 where the ratio fell from the year before as far as asked, 0 where not, -1 where it cannot be said."""
    found = np.full(told.shape, -1, dtype=np.int8)
    both = told[..., 1:] & told[..., :-1]
    if rule.progress is not None and both.any():
        now, before = (tuple(part[both] for part in side) for side in _pairs(counted))
        later = found[..., 1:]
        later[both] = fell(now, before, rule.fall)
    return found


def findings(rule: Rule, above: BoolArray, told: BoolArray, made: NDArray[np.int8]) -> NDArray[np.int8]:
    """The row of years that ends with each year."""
    length, points = rule.years, above.shape[-1]
    found = np.full(above.shape, TOO_SHORT, dtype=np.int8)
    if points < length:
        return found
    every, all_told = _window(above, length).all(-1), _window(told, length).all(-1)
    steps = min(length - 1, 2)
    fell_each: BoolArray = np.zeros(every.shape, dtype=np.bool_)
    if rule.progress is not None and steps:
        fell_each = np.asarray(_window(made == 1, length)[..., -steps:].all(-1))
    found[..., length - 1 :] = np.select(
        [~all_told, every & fell_each, every], [NOT_COMPARED, PROGRESS, EVERY], NOT_EVERY
    )
    return found


def _pairs(counted: tuple[FloatArray, ...]) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
    """Each year's counts, and those of the year before."""
    return tuple(part[..., 1:] for part in counted), tuple(part[..., :-1] for part in counted)


def _window(flags: BoolArray, length: int) -> BoolArray:
    """Rows of so many years on end."""
    return np.asarray(np.lib.stride_tricks.sliding_window_view(flags, length, axis=-1))


def _fraction(name: str, written: str) -> Fraction:
    """A decimal number as it is written, or say that it is none."""
    try:
        value = Fraction(str(written))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"{name} is {written!r}; write a decimal number, such as '2.5'") from error
    if value.denominator > LONGEST or abs(value.numerator) > LONGEST:
        raise ValueError(f"{name} is {written!r}; write it with six digits at most")
    return value
