"""The table ``delivery_log``: the strategy's calendar, what was due in a year and what came of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from onroll.synthetic.calendar import TERMS, SchoolYear, to_date
from onroll.synthetic.schools import Schools

Array = np.ndarray[Any, Any]
_EACH_TERM = (
    "termly_report", "board_meeting", "board_meeting", "strategy_session", "contract_visit", "board_action", "board_action",
)  # fmt: skip
_EACH_YEAR = (
    "annual_survey", "parent_survey", "pupil_survey", "results_shared", "principles_collection", "principles_report",
    "training_collection", "policy_analysis", "example_shared", "provider_audit",
)  # fmt: skip
_WITH_PEOPLE = ("board_meeting", "strategy_session", "example_shared")
_DONE, _OFFERED, _FLAGGED, _AUDITED = 0.85, 0.85, 0.04, 0.3
_COLUMNS = (
    "entry_id", "activity", "time_period", "term", "urn", "due_date", "done_date", "result", "about_entry", "people",
)  # fmt: skip


class _Log:
    """Entries of a year, in the order made."""

    def __init__(self, year: SchoolYear) -> None:
        self.year, self.rows = year, []  # type: SchoolYear, list[dict[str, Any]]

    def add(
        self, activity: str, term: int | None, due: int, late: int | None, result: str = "", **more: Any
    ) -> str:
        """One entry; ``late`` is how many days after it was due it was done, None if it was not."""
        entry = f"D{self.year.period}-{len(self.rows) + 1:04d}"
        said = result or ("done" if late is not None else "not_done")
        row = dict.fromkeys(_COLUMNS) | {
            "entry_id": entry, "activity": activity, "time_period": self.year.period, "result": said,
            "term": None if term is None else TERMS[term], "due_date": to_date(due),
            "done_date": None if late is None else to_date(due + late),
        }  # fmt: skip
        self.rows.append(row | more)
        return entry


def delivery_table(
    rng: np.random.Generator, schools: Schools, year: SchoolYear, suspensions: Array
) -> pa.Table:
    """A year's calendar.

    Parameters
    ----------
    suspensions : int, shape (3, schools)
        Suspensions of each term at each school of the first part; the schools with most are flagged.
    """
    log = _Log(year)
    for term in range(3):
        opens, closes = int(year.days[year.first[term]]), int(year.days[year.last[term]])
        for activity in _EACH_TERM:
            due = int(rng.integers(opens + 10, closes - 10))
            people = int(rng.integers(8, 45)) if activity in _WITH_PEOPLE else None
            log.add(activity, term, due, _late(rng, _DONE), people=people)
        flagged = max(1, round(_FLAGGED * suspensions.shape[1]))
        for school in np.argsort(-suspensions[term], kind="stable")[:flagged]:
            if suspensions[term, school] > 0:
                _flag(rng, log, term, closes, int(schools.urn[school]))
    for activity in _EACH_YEAR:
        due = int(year.days[rng.integers(60, len(year.days) - 10)])
        log.add(activity, None, due, _late(rng, _DONE))
    for activity in ("provision_audit", "peer_audit"):
        for urn in schools.urn[: suspensions.shape[1]][rng.random(suspensions.shape[1]) < _AUDITED]:
            due = int(year.days[rng.integers(20, len(year.days) - 10)])
            log.add(activity, None, due, _late(rng, _DONE), urn=int(urn))
    return pa.table({name: pa.array([row[name] for row in log.rows]) for name in _COLUMNS})


def _flag(rng: np.random.Generator, log: _Log, term: int, closes: int, urn: int) -> None:
    flag = log.add("school_flagged", term, closes, 0, urn=urn)
    if rng.random() < _OFFERED:
        result = str(rng.choice(["taken_up", "declined", "waiting"], p=[0.7, 0.2, 0.1]))
        late = None if result == "waiting" else int(rng.integers(0, 8))
        log.add("support_offer", term, closes + 2, late, result, urn=urn, about_entry=flag)


def _late(rng: np.random.Generator, done: float) -> int | None:
    return int(rng.integers(-4, 6)) if rng.random() < done else None
