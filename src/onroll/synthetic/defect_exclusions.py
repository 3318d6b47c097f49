"""Faults against the rules of the exclusions: rows that are right cell by cell and wrong together."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from onroll.synthetic.sheets import Planter, Row, moved, year_of

_THREE_REASONS_FROM, _APART, _HALF_OF_46_DAYS = 2020, 60, "46"


def plant_exclusions(planter: Planter) -> None:
    """Plant a breach of every rule of the exclusions."""
    _reasons(planter)
    _exclusions(planter)
    _after_permanent(planter)
    _days_in_a_year(planter)


def _reasons(planter: Planter) -> None:
    def single(row: Row) -> bool:
        return row["category"] == "SUSP" and planter.excluded[row["upn"]] == 1

    def three(row: Row) -> bool:
        return single(row) and year_of(row["start_date"]) >= _THREE_REASONS_FROM

    def other(row: Row) -> str:
        return "PP" if row["reason_1"] != "PP" else "VA"

    planter.set(
        "reasons_in_order",
        "exclusions",
        three,
        lambda row: {"reason_2": "", "reason_3": other(row)},
        "reason_3",
        "a third reason without a second",
    )
    planter.set(
        "reason_given_twice",
        "exclusions",
        three,
        lambda row: {"reason_2": row["reason_1"], "reason_3": ""},
        "reason_2",
        "the same reason twice",
    )
    planter.set(
        "one_reason_before_2020_21",
        "exclusions",
        lambda row: single(row) and year_of(row["start_date"]) < _THREE_REASONS_FROM,
        lambda row: {"reason_2": other(row)},
        "reason_2",
        "two reasons when one was recorded",
    )


def _exclusions(planter: Planter) -> None:
    def single(row: Row) -> bool:
        return row["category"] == "SUSP" and planter.excluded[row["upn"]] == 1

    def sunday(row: Row) -> Row:
        return {"start_date": moved(row["start_date"], -1 - date.fromisoformat(row["start_date"]).weekday())}

    planter.set(
        "suspension_has_sessions",
        "exclusions",
        single,
        lambda row: {"sessions": ""},
        "sessions",
        "a suspension without sessions",
    )
    planter.set(
        "permanent_has_no_sessions",
        "exclusions",
        lambda row: row["category"] == "PERM",
        lambda row: {"sessions": "4"},
        "sessions",
        "a permanent exclusion with sessions",
    )
    planter.set(
        "date_in_term",
        "exclusions",
        lambda row: single(row) and row["start_date"][5:7] in ("10", "06"),
        sunday,
        "start_date",
        "a Sunday",
    )
    planter.set(
        "review_before_start", "exclusions", single,
        lambda row: {"review": "GB", "review_result": "upheld", "review_date": moved(row["start_date"], -5)},
        "review_date", "reviewed five days before it began",
    )  # fmt: skip
    planter.add(
        "overlapping_suspensions", "exclusions",
        lambda row: single(row) and int(row["sessions"] or 0) >= 6 and bool(planter.school_day(row["start_date"], 1)),
        lambda row: {"start_date": moved(row["start_date"], 1), "sessions": "2"},
        "start_date", "begins on the second day of another",
    )  # fmt: skip


def _after_permanent(planter: Planter) -> None:
    suspension = {"category": "SUSP", "sessions": "2"}
    _follow(planter, "suspended_after_permanent", (7, 6, 8, 3, 2, 1), suspension)
    _follow(planter, "two_permanent_in_a_year", (1, 2, 3, 4, 5), {})


def _follow(planter: Planter, check: str, days: tuple[int, ...], changes: Row) -> None:
    """Add an exclusion one of so many days after a permanent one, within its term."""
    blank = {"review": "", "review_date": "", "review_result": ""}

    def following(row: Row) -> list[str]:
        return [day for later in days if (day := planter.school_day(row["start_date"], later))]

    def fits(row: Row) -> bool:
        return row["category"] == "PERM" and bool(following(row))

    def later(row: Row) -> Row:
        return {"start_date": following(row)[0], **blank, **changes}

    planter.add(check, "exclusions", fits, later, "start_date", "after a permanent exclusion of the year")


def _days_in_a_year(planter: Planter) -> None:
    """Two suspensions of 23 days each, far apart, of a pupil without others in the year."""
    sheet = planter.sheets["exclusions"]
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at in range(len(sheet.rows)):
        row = sheet.row(at)
        if at not in sheet.taken and row["start_date"][4:5] == "-":
            found[row["upn"], year_of(row["start_date"])].append(at)
    for (upn, _), places in found.items():
        rows = [sheet.row(at) for at in places]
        if planter.excluded[upn] == len(places) == 2 and {row["category"] for row in rows} == {"SUSP"}:
            first, second = (date.fromisoformat(row["start_date"]) for row in rows)
            if (second - first).days >= _APART:
                for at in places:
                    sheet.change(at, {"sessions": _HALF_OF_46_DAYS})
                    sheet.taken.add(at)
                planter.note(
                    "days_in_a_year",
                    "exclusions",
                    places[1],
                    "sessions",
                    "46 school days with the one before",
                )
                return
    planter.missed["days_in_a_year"] = "no pupil has two suspensions far enough apart"
