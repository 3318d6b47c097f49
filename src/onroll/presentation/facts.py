"""Released evidence as a page asks for it: one row by what it is about, and numbers that know their row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from onroll.disclosure import Released
from onroll.presentation.numbers import FORMATS
from onroll.vocabulary import OWN_RECORDS, RATE, TOTAL, academic_year
from onroll.vocabulary.records import MADE_UP

_NONE = np.empty(0, dtype=int)
KEY = ("indicator", "time_period", "geographic_level", "breakdown_topic", "breakdown", "comparator")
"""What tells a row of own records from the others, but for its statistic."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What every page says of itself: the year, the places, the years compared, the run.

    Attributes
    ----------
    sources : mapping
        Source id to the line printed under figures and tables.
    stands_out : float
        At most this share of other authorities moving as far lets a page say that a gap stands out.
    deviations : tuple of str
        Where this run departs from the analysis plan, in words.
    term : str
        The term of a termly report, such as ``Spring term``; empty for a year.
    origins : tuple of str
        Where the rows are from: ``published``, ``own records``, ``synthetic``.
    power : float
        How often what could have been seen would have stood out.
    checked : str
        How many published answers the statistics give again, in words; empty where that was not asked.
    """

    year: str
    area: str
    region: str
    neighbours_label: str
    neighbours_id: str
    reference_groups: Mapping[str, str]
    baseline: tuple[str, ...]
    pandemic: tuple[str, ...]
    launch: str
    change_pre: tuple[str, ...]
    confidence: float
    title: str
    board: str
    run: str
    made: str
    sources: Mapping[str, str]
    licence: str
    stands_out: float = 0.05
    deviations: tuple[str, ...] = ()
    term: str = ""
    origins: tuple[str, ...] = ("published",)
    power: float = 0.80
    checked: str = ""

    @property
    def is_synthetic(self) -> bool:
        """Whether any row rests on synthetic data."""
        return MADE_UP in self.origins

    @property
    def has_own_records(self) -> bool:
        """Whether any row rests on own records, real or made."""
        return bool({OWN_RECORDS, MADE_UP} & set(self.origins))

    @property
    def period(self) -> str:
        """The time reported on, as people say it: ``2023/24``, or ``spring term 2023/24``."""
        year = academic_year(self.year)
        return f"{self.term.lower()} {year}" if self.term else year


@dataclass(frozen=True, slots=True)
class Bound:
    """A printed number that is bound to one cell of ``evidence.csv``.

    ``style`` names the format in ``numbers.FORMATS``; the text is that format of the cell's value.
    """

    row: int
    column: str
    style: str
    value: float

    @property
    def text(self) -> str:
        """As printed."""
        return FORMATS[self.style](self.value)


@dataclass(frozen=True, slots=True)
class Fact:
    """One released row. ``bind`` makes a number of one of its cells for a sentence or a table."""

    row: int
    cells: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    @property
    def is_known(self) -> bool:
        """Whether there is an estimate; where there is none, ``note`` says why."""
        return not math.isnan(self.cells["estimate"])

    def bind(self, style: str, column: str = "estimate") -> Bound:
        """Bind a cell's number, printed in a style of ``numbers.FORMATS``."""
        return Bound(self.row, column, style, float(self.cells[column]))


class Facts:
    """The released evidence of one run with its brief, asked by what a row is about."""

    def __init__(self, released: Released, brief: Brief) -> None:
        # Words as objects: some of the rows are taken a thousand times, which is ten times slower from Arrow.
        words = [name for name, kind in released.frame.dtypes.items() if kind == "str"]
        self.frame: pd.DataFrame = released.frame.astype(dict.fromkeys(words, object)).copy()
        self.brief = brief
        self._places = self.frame.groupby("indicator", sort=False).indices
        self._values: dict[str, Any] = {}
        self._cells: list[dict[str, Any]] | None = None
        self._named: dict[tuple[Any, ...], list[int]] = {}

    def all(self, **about: Any) -> list[Fact]:
        """Every row whose columns have these values, in their order."""
        cells, rows = self._each(), self.frame.index
        return [Fact(int(rows[place]), cells[place]) for place in self._at(**about)]

    def where(self, **about: Any) -> pd.DataFrame:
        """The same as a table; its index is the row's number in ``evidence.csv``."""
        found: pd.DataFrame = self.frame.iloc[self._at(**about)]
        return found

    def _at(self, **about: Any) -> Any:
        """Where those rows are."""
        indicator = about.pop("indicator", None)
        at = np.arange(len(self.frame)) if indicator is None else self._places.get(indicator, _NONE)
        for column, value in about.items():
            if column not in self._values:
                self._values[column] = self.frame[column].to_numpy(dtype=object)
            at = at[self._values[column][at] == value]
        return at

    def _each(self) -> list[dict[str, Any]]:
        """Every row's cells by name, taken out of the table once."""
        if self._cells is None:
            self._cells = [
                {str(name): value for name, value in row.items()} for row in self.frame.to_dict("records")
            ]
        return self._cells

    def named(self, *key: str) -> list[Fact]:
        """The rows with these values of ``KEY``, in their order: the quick way for pages of many rows."""
        cells = self._each()
        if not self._named:
            columns = (self.frame[name].to_list() for name in KEY)
            for place, held in enumerate(zip(*columns, strict=True)):
                self._named.setdefault(held, []).append(place)
        rows = self.frame.index
        return [Fact(int(rows[place]), cells[place]) for place in self._named.get(key, [])]

    def one(self, **about: Any) -> Fact | None:
        """The first such row, or None when there is none."""
        at = self._at(**about)
        return Fact(int(self.frame.index[at[0]]), self._each()[at[0]]) if len(at) else None

    def rate(self, indicator: str, year: str = "", area: str = "", breakdown: str = TOTAL) -> Fact | None:
        """The rate of a measure in a year, for the authority unless another area is named."""
        return self.one(
            indicator=indicator, statistic=RATE, breakdown=breakdown,
            time_period=year or self.brief.year, area=area or self.brief.area,
        )  # fmt: skip
