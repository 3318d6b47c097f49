"""Rules: what rows must keep to among themselves, one query a rule that gives ``file, row, value``.

The tables ``t_<table>`` hold typed values with ``file`` and ``row``; ``u_<table>`` are the same without the rows that
stand twice, which are told as that and not again by a rule over many rows. Each rule names the column it speaks of.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from onroll.framework.contracts import RULES
from onroll.intake.records.store import repeated

SESSIONS_IN_LAW = 90
_LAST_DAY = """({d} + CAST(ceil({s} / 2.0) AS INTEGER) - 1
    + CAST(2 * ((isodow({d}) - 1 + CAST(ceil({s} / 2.0) AS INTEGER) - 1) // 5) AS INTEGER))"""


@dataclass(frozen=True, slots=True)
class RuleQuery:
    """The column a rule speaks of and the query that finds the rows which break it."""

    column: str
    query: str


def _plain(table: str, column: str, value: str, broken: str) -> RuleQuery:
    return RuleQuery(
        column, f"SELECT file, row, CAST({value} AS VARCHAR) AS value FROM t_{table} WHERE {broken}"
    )


def _exclusions() -> dict[str, RuleQuery]:
    """Rules that hold within one exclusion."""
    reasons = "concat_ws(', ', reason_2, reason_3)"
    twice = "reason_1 = reason_2 OR reason_1 = reason_3 OR reason_2 = reason_3"
    which = "CASE WHEN reason_1 = reason_2 OR reason_1 = reason_3 THEN reason_1 ELSE reason_2 END"
    holiday = (
        "isodow(start_date) > 5 OR month(start_date) = 8 OR (month(start_date) = 1 AND day(start_date) = 1) "
        "OR (month(start_date) = 12 AND day(start_date) >= 25)"
    )
    return {
        "suspension_has_sessions": RuleQuery(
            "sessions",
            """
            SELECT t.file, t.row, '' AS value FROM t_exclusions t JOIN raw_exclusions r USING (file, row)
            WHERE t.category = 'SUSP' AND r.sessions IS NULL""",
        ),
        "permanent_has_no_sessions": _plain(
            "exclusions", "sessions", "sessions", "category = 'PERM' AND sessions IS NOT NULL"
        ),
        "reasons_in_order": _plain(
            "exclusions", "reason_2", "''", "reason_2 IS NULL AND reason_3 IS NOT NULL"
        ),
        "reason_given_twice": _plain("exclusions", "reason_2", which, twice),
        "one_reason_before_2020_21": _plain(
            "exclusions",
            "reason_2",
            reasons,
            "time_period <= '201920' AND (reason_2 IS NOT NULL OR reason_3 IS NOT NULL)",
        ),
        "date_in_term": _plain("exclusions", "start_date", "start_date", holiday),
        "review_before_start": _plain("exclusions", "review_date", "review_date", "review_date < start_date"),
    }


def _exclusions_of_a_pupil() -> dict[str, RuleQuery]:
    """Rules that hold over all exclusions of one pupil."""
    last = _LAST_DAY.format(d="start_date", s="sessions")
    return {
        "days_in_a_year": RuleQuery(
            "sessions",
            f"""
            SELECT arg_max(file, (start_date, row)) AS file, arg_max(row, (start_date, row)) AS row,
                CAST(CAST(ceil(sum(sessions) / 2.0) AS INTEGER) AS VARCHAR) AS value
            FROM u_exclusions WHERE category = 'SUSP' AND pupil IS NOT NULL AND time_period IS NOT NULL
            GROUP BY pupil, time_period HAVING sum(sessions) > {SESSIONS_IN_LAW}""",
        ),
        "suspended_after_permanent": RuleQuery(
            "start_date",
            """
            SELECT s.file, s.row, 'on ' || CAST(min(p.start_date) AS VARCHAR) AS value
            FROM u_exclusions s JOIN u_exclusions p ON s.pupil = p.pupil AND s.time_period = p.time_period
            WHERE s.category = 'SUSP' AND p.category = 'PERM' AND s.start_date > p.start_date
                AND coalesce(p.review_result, '') <> 'reinstated'
            GROUP BY s.file, s.row""",
        ),
        "two_permanent_in_a_year": RuleQuery(
            "category",
            """
            SELECT file, row, 'first on ' || CAST(first_one AS VARCHAR) AS value FROM (
                SELECT file, row, min(start_date) OVER (PARTITION BY pupil, time_period) AS first_one,
                    row_number() OVER (PARTITION BY pupil, time_period ORDER BY start_date, file, row) AS place
                FROM u_exclusions WHERE category = 'PERM' AND pupil IS NOT NULL AND time_period IS NOT NULL
                    AND coalesce(review_result, '') <> 'reinstated') WHERE place > 1""",
        ),
        "overlapping_suspensions": RuleQuery(
            "start_date",
            f"""
            SELECT file, row, CAST(before AS VARCHAR) AS value FROM (
                SELECT file, row, start_date, max({last}) OVER w AS ended,
                    arg_max(start_date, {last}) OVER w AS before
                FROM u_exclusions WHERE category = 'SUSP' AND pupil IS NOT NULL AND start_date IS NOT NULL
                WINDOW w AS (PARTITION BY pupil ORDER BY start_date, file, row
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
            WHERE start_date <= ended""",
        ),
    }


def _roll() -> dict[str, RuleQuery]:
    mains = "u_roll WHERE enrolment_status IN ('C', 'M') AND pupil IS NOT NULL"
    absent = "coalesce(sessions_authorised, 0) + coalesce(sessions_unauthorised, 0)"
    return {
        "one_main_registration": RuleQuery(
            "enrolment_status",
            f"""
            SELECT r.file, r.row, 'first in row ' || d.first_one[2] AS value FROM u_roll r JOIN (
                SELECT time_period, term, pupil, min((file, row)) AS first_one
                FROM {mains} AND {repeated("time_period, term, pupil", mains)}
                GROUP BY time_period, term, pupil HAVING count(*) > 1) d USING (time_period, term, pupil)
            WHERE (r.file, r.row) <> d.first_one AND r.enrolment_status IN ('C', 'M')""",
        ),
        "sessions_within_possible": _plain(
            "roll", "sessions_authorised", absent, f"{absent} > sessions_possible"
        ),
        "left_before_entry": _plain("roll", "left_date", "left_date", "left_date < entry_date"),
        "need_without_sen": _plain(
            "roll", "sen_type", "sen_type", "sen_type IS NOT NULL AND sen_provision = 'N'"
        ),
    }


def _placements() -> dict[str, RuleQuery]:
    spell, review = "record = 'spell'", "record = 'review'"
    return {
        "spell_has_start": _plain("placements", "start_date", "''", f"{spell} AND start_date IS NULL"),
        "review_has_date": _plain("placements", "review_date", "''", f"{review} AND review_date IS NULL"),
        "ended_before_started": _plain("placements", "end_date", "end_date", "end_date < start_date"),
        "started_before_referral": _plain(
            "placements", "start_date", "start_date", f"{spell} AND start_date < referral_date"
        ),
        "outcome_without_target": _plain(
            "placements", "outcome", "outcome", "outcome IS NOT NULL AND target IS NULL"
        ),
        "open_after_year_11": RuleQuery(
            "end_date",
            f"""
            SELECT p.file, p.row, left(r.year_11, 4) || '/' || right(r.year_11, 2) AS value FROM t_placements p JOIN (
                SELECT pupil, max(time_period) AS year_11 FROM t_roll WHERE year_group = '11' GROUP BY pupil
            ) r USING (pupil)
            WHERE {spell} AND p.end_date IS NULL AND r.year_11 < (SELECT max(time_period) FROM t_roll)
                AND p.start_date < make_date(CAST(left(r.year_11, 4) AS INTEGER) + 1, 8, 1)""",
        ),
        "review_without_spell": RuleQuery(
            "placement_id",
            f"""
            SELECT file, row, '' AS value FROM t_placements WHERE {review} AND placement_id NOT IN (
                SELECT placement_id FROM t_placements WHERE {spell} AND placement_id IS NOT NULL)""",
        ),
    }


def _others(la_code: str) -> dict[str, RuleQuery]:
    year_end = "make_date(CAST(left(time_period, 4) AS INTEGER) - 1, 9, 1)"
    return {
        "closed_before_opened": _plain("schools", "close_date", "close_date", "close_date < open_date"),
        "school_of_another_authority": _plain(
            "schools", "la_code", "la_code", f"'{la_code}' <> '' AND la_code <> '{la_code}'"
        ),
        "trained_above_in_post": _plain(
            "training", "trained_24_months", "trained_24_months", "trained_24_months > in_post"
        ),
        "twelve_above_twenty_four": _plain(
            "training", "trained_12_months", "trained_12_months", "trained_12_months > trained_24_months"
        ),
        "date_in_academic_year": _plain(
            "principles_use", "decision_date", "decision_date", "month(decision_date) = 8"
        ),
        "done_without_date": _plain(
            "delivery_log", "done_date", "''", "result = 'done' AND done_date IS NULL"
        ),
        "done_before_year": _plain("delivery_log", "done_date", "done_date", f"done_date < {year_end}"),
    }


def rule_queries(la_code: str = "") -> MappingProxyType[str, RuleQuery]:
    """Every rule of the contracts with its query.

    Parameters
    ----------
    la_code : str
        The authority's code, three digits; empty where schools of many authorities are expected.
    """
    found = {**_exclusions(), **_exclusions_of_a_pupil(), **_roll(), **_placements(), **_others(la_code)}
    return MappingProxyType({rule: found[rule] for rule in RULES})
