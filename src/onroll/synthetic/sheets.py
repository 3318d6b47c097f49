"""The CSV files of a made authority, opened so that faults can be put into them and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import numpy as np

from onroll.synthetic.calendar import day_number, school_year
from onroll.synthetic.truth import PlantedDefect

Row = dict[str, str]
Fits = Callable[[Row], bool]


class Sheet:
    """One file: its header and its rows as text. Rows that hold a fault are not used for another."""

    def __init__(self, path: Path, rng: np.random.Generator) -> None:
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        self.path, self.header = path, head.split(",")
        self.rows = [line.split(",") for line in lines]
        self.taken: set[int] = set()
        self._order = rng.permutation(len(self.rows))

    def row(self, at: int) -> Row:
        """A row by column."""
        return dict(zip(self.header, self.rows[at], strict=True))

    def find(self, fits: Fits) -> int | None:
        """A row that fits and holds no fault yet, taken at random; it counts as used from then on."""
        for at in self._order:
            if int(at) not in self.taken and fits(self.row(at)):
                self.taken.add(int(at))
                return int(at)
        return None

    def change(self, at: int, changes: Mapping[str, str]) -> None:
        """Write other values into a row."""
        for column, value in changes.items():
            self.rows[at][self.header.index(column)] = value

    def append(self, row: Row) -> int:
        """Add a row at the end."""
        self.rows.append([row[name] for name in self.header])
        self.taken.add(len(self.rows) - 1)
        return len(self.rows) - 1

    def save(self) -> None:
        """Write the file again."""
        lines = (",".join(row) for row in (self.header, *self.rows))
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Planter:
    """The sheets of a folder, the faults planted so far, and those that found no row to be planted in."""

    def __init__(self, folder: Path, periods: tuple[str, ...], rng: np.random.Generator) -> None:
        names = (
            "schools", "exclusions", "placements", "training", "principles_use", "policies", "delivery_log",
        )  # fmt: skip
        self.sheets = {name: Sheet(folder / f"{name}.csv", rng) for name in names}
        self.sheets["roll"] = Sheet(folder / f"roll_{periods[-1]}.csv", rng)
        self.periods = periods
        self.planted: list[PlantedDefect] = []
        self.missed: dict[str, str] = {}
        self.excluded = Counter(self._column("exclusions", "upn"))
        self.known = {*self.excluded, *self._column("placements", "upn")}
        self.phase = dict(
            zip(self._column("schools", "urn"), self._column("schools", "education_phase"), strict=True)
        )
        self.year_11 = _year_11(folder, periods[:-1])
        self._days = {period: school_year(period) for period in periods}

    def set(
        self, check: str, table: str, fits: Fits, changes: Callable[[Row], Row], column: str, about: str
    ) -> None:
        """Change one row that fits, or say that there was none."""
        at = self.sheets[table].find(fits)
        if at is None:
            self.missed[check] = f"no row of {table} could hold it"
            return
        self.sheets[table].change(at, changes(self.sheets[table].row(at)))
        self.note(check, table, at, column, about)

    def add(
        self, check: str, table: str, fits: Fits, changes: Callable[[Row], Row], column: str, about: str
    ) -> None:
        """Add a row like one that fits, changed; or say that there was none."""
        at = self.sheets[table].find(fits)
        if at is None:
            self.missed[check] = f"no row of {table} could be copied for it"
            return
        row = self.sheets[table].row(at)
        self.note(check, table, self.sheets[table].append(row | changes(row)), column, about)

    def note(self, check: str, table: str, at: int, column: str, about: str) -> None:
        """Write a fault down, with its row as a spreadsheet counts it."""
        self.planted.append(PlantedDefect(check, self.sheets[table].path.name, at + 2, column, about))

    def school_day(self, day: str, later: int) -> str:
        """The day so many days later if both are school days of one term of the years made, else blank."""
        first = date.fromisoformat(day)
        year = first.year - (first.month < 8)
        calendar = self._days.get(f"{year}{(year + 1) % 100:02d}")
        if calendar is None:
            return ""
        numbers = [day_number(first), day_number(first) + later]
        places = np.searchsorted(calendar.days, numbers)
        terms = np.searchsorted(calendar.last, places)
        there = bool(np.isin(numbers, calendar.days).all()) and terms[0] == terms[1]
        return date.fromordinal(first.toordinal() + later).isoformat() if there else ""

    def save(self) -> dict[str, int]:
        """Write every file again; the rows of each."""
        for sheet in self.sheets.values():
            sheet.save()
        return {sheet.path.name: len(sheet.rows) for sheet in self.sheets.values()}

    def _column(self, table: str, column: str) -> list[str]:
        sheet = self.sheets[table]
        at = sheet.header.index(column)
        return [row[at] for row in sheet.rows]


def _year_11(folder: Path, periods: tuple[str, ...]) -> dict[str, int]:
    """Pupils of Year 11 in the last of some periods, with the calendar year in which it began."""
    if not periods:
        return {}
    rolls = Sheet(folder / f"roll_{periods[-1]}.csv", np.random.default_rng(0))
    upn, group = rolls.header.index("upn"), rolls.header.index("year_group")
    return {row[upn]: int(periods[-1][:4]) for row in rolls.rows if row[group] == "11"}


def moved(day: str, days: int) -> str:
    """A date so many days later, as it is written."""
    return date.fromordinal(date.fromisoformat(day).toordinal() + days).isoformat()


def year_of(day: str) -> int:
    """The calendar year in which the academic year of a date began."""
    found = date.fromisoformat(day)
    return found.year - (found.month < 8)


def always(row: Row) -> bool:
    """Any row fits."""
    return True
