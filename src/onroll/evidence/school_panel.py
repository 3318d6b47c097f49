"""Schools of a phase over the years, as designs that compare schools take them: counts, rolls, dates, training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.vocabulary import TOTAL, YEAR
from onroll.vocabulary.records import SCHOOL

SUSPENDED, CHARTER = "register_suspended_pupil_rate", "charter_signed"
TRAINED = "staff_trained_"
PER = 100.0


@dataclass(frozen=True, slots=True)
class SchoolPanel:
    """One phase: a row a school and year, schools with every year only, in the order of schools and years.

    Attributes
    ----------
    school : ndarray of str, shape (rows,)
    year : ndarray of int, shape (rows,)
        Place of the year among ``years``, from 1: pandemic years are left out, so neighbours may be three years apart.
    suspended, pupils : ndarray, shape (rows,)
    charter : ndarray, shape (rows,)
        Place of the first year in which the school had signed the Charter; ``inf`` for never.
    dose, dose_school, dose_year : ndarray, shape (returns,)
        Share of staff trained within 24 months, all topics together, of each return in any year; the school, and the
        calendar year in which the academic year begins.
    left_out : int
        Schools without every year.
    """

    phase: str
    years: tuple[str, ...]
    school: np.ndarray[Any, Any]
    year: np.ndarray[Any, Any]
    suspended: np.ndarray[Any, Any]
    pupils: np.ndarray[Any, Any]
    charter: np.ndarray[Any, Any]
    dose: np.ndarray[Any, Any]
    dose_school: np.ndarray[Any, Any]
    dose_year: np.ndarray[Any, Any]
    left_out: int

    @property
    def calendar(self) -> np.ndarray[Any, Any]:
        """The calendar year in which each row's academic year begins."""
        return np.asarray([int(self.years[place - 1][:4]) for place in self.year])

    @property
    def schools(self) -> int:
        """How many schools."""
        return int(self.events.shape[0])

    @property
    def events(self) -> np.ndarray[Any, Any]:
        """Pupils suspended, schools by years."""
        return self.suspended.reshape(-1, len(self.years))

    @property
    def rolls(self) -> np.ndarray[Any, Any]:
        """Pupils on roll, schools by years."""
        return self.pupils.reshape(-1, len(self.years))

    @property
    def first(self) -> np.ndarray[Any, Any]:
        """Place of the first year in which each school had signed, from 0; ``inf`` for never."""
        return self.charter.reshape(-1, len(self.years))[:, 0] - 1.0

    @property
    def had_not_signed(self) -> np.ndarray[Any, Any]:
        """Which schools had not signed by the first year: the others cannot be seen before and after."""
        return np.asarray(self.first > 0)

    @property
    def signed(self) -> np.ndarray[Any, Any]:
        """Which of all schools signed within these years."""
        return np.asarray(self.had_not_signed & np.isfinite(self.first))

    @property
    def rates(self) -> np.ndarray[Any, Any]:
        """Pupils suspended for every 100, of schools that had not signed by the first year, by years."""
        return np.asarray(PER * (self.events / self.rolls)[self.had_not_signed])

    def repeated(self, one_a_school: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """A value a school as a value a school and year, in the order of ``rates``."""
        return np.repeat(one_a_school, len(self.years))


def school_panel(study: RecordsStudy, question: Question, phase: str) -> SchoolPanel:
    """The schools of a phase in the calm years of the records up to the year evaluated."""
    cells = study.cells[
        (study.cells["geographic_level"] == SCHOOL) & (study.cells["time_identifier"] == YEAR)
        & (study.cells["breakdown_topic"] == TOTAL) & (study.cells["education_phase"] == phase)
        & (study.cells["time_period"] <= question.year)
    ]  # fmt: skip
    counted = _wide(cells[cells["indicator"] == SUSPENDED])
    years = tuple(sorted({str(year) for year in counted.index.get_level_values(1)} - set(question.pandemic)))
    counted = counted[counted["denominator"] > 0].loc[(slice(None), list(years)), :]
    many = counted.groupby(level=0).size()
    whole = [str(one) for one in many.index[many == len(years)]]
    index = pd.MultiIndex.from_product([whole, years])
    counted = counted.reindex(index)
    return SchoolPanel(
        phase, years, index.get_level_values(0).to_numpy(dtype=str),
        np.tile(np.arange(1, len(years) + 1), len(whole)), counted["numerator"].to_numpy(dtype=float),
        counted["denominator"].to_numpy(dtype=float), _signed(cells, whole, years), *_trained(cells),
        len(many) - len(whole),
    )  # fmt: skip


def _wide(cells: pd.DataFrame) -> pd.DataFrame:
    named = cells.astype({"area_code": "str", "time_period": "str"})
    return named.groupby(["area_code", "time_period"])[["numerator", "denominator"]].sum().sort_index()


def _signed(cells: pd.DataFrame, schools: Sequence[str], years: Sequence[str]) -> np.ndarray[Any, Any]:
    """The first calm year in or after that of the signature, a row a school and year."""
    signed = _wide(cells[(cells["indicator"] == CHARTER) & (cells["numerator"] > 0)])
    first: dict[str, str] = {}
    for school, year in signed.index:
        first.setdefault(str(school), str(year))
    places = [
        next((at for at, year in enumerate(years, 1) if school in first and year >= first[school]), np.inf)
        for school in schools
    ]
    return np.repeat(np.array(places, dtype=float), len(years))


def _trained(
    cells: pd.DataFrame,
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Each return's share of staff trained, its school and its calendar year."""
    returns = _wide(cells[cells["indicator"].astype("str").str.startswith(TRAINED)])
    returns = returns[returns["denominator"] > 0]
    share = (returns["numerator"] / returns["denominator"]).to_numpy(dtype=float)
    schools, years = (returns.index.get_level_values(level).astype("str") for level in (0, 1))
    return share, schools.to_numpy(dtype=str), years.str[:4].astype(int).to_numpy()
