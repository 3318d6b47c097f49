"""Faults against the rules of the contracts: rows that are right cell by cell and wrong together."""

from __future__ import annotations

from onroll.framework.contracts import RULES, Contracts
from onroll.synthetic.defect_exclusions import plant_exclusions
from onroll.synthetic.sheets import Planter, Row, always, moved, year_of


def plant_rules(planter: Planter, la_code: str, contracts: Contracts) -> None:
    """Plant a breach of every rule that a contract names."""
    _schools(planter, la_code)
    _roll(planter)
    plant_exclusions(planter)
    _placements(planter)
    _open_placement(planter)
    _returns(planter)
    named = {rule for contract in contracts.tables.values() for rule in contract.rules}
    there = {one.check for one in planter.planted}
    for rule in RULES:
        if rule in named - there:
            planter.missed.setdefault(rule, "nothing is known of how to plant it")


def _schools(planter: Planter, la_code: str) -> None:
    planter.set(
        "closed_before_opened",
        "schools",
        always,
        lambda row: {"close_date": moved(row["open_date"], -400)},
        "close_date",
        "closed before it opened",
    )
    if la_code:
        other = "823" if la_code != "823" else "822"
        planter.set(
            "school_of_another_authority",
            "schools",
            always,
            lambda row: {"la_code": other},
            "la_code",
            f"authority {other}",
        )
    else:
        planter.missed["school_of_another_authority"] = "England has no authority of its own"


def _roll(planter: Planter) -> None:
    schools = planter.phase

    def plain(row: Row) -> bool:
        return row["upn"] not in planter.known and row["enrolment_status"] == "C" and not row["left_date"]

    def another(row: Row) -> Row:
        same = [
            urn for urn, phase in schools.items() if phase == schools.get(row["urn"]) and urn != row["urn"]
        ]
        return {"urn": same[0]}

    planter.add(
        "one_main_registration",
        "roll",
        lambda row: plain(row) and schools.get(row["urn"]) == "State-funded primary",
        another,
        "enrolment_status",
        "a second main registration",
    )
    planter.set(
        "sessions_within_possible",
        "roll",
        plain,
        lambda row: {"sessions_authorised": str(min(200, int(row["sessions_possible"]) + 9))},
        "sessions_authorised",
        "more absence than sessions",
    )
    planter.set(
        "left_before_entry",
        "roll",
        plain,
        lambda row: {"left_date": moved(row["entry_date"], -10), "left_to": "away"},
        "left_date",
        "left ten days before joining",
    )
    planter.set(
        "need_without_sen",
        "roll",
        lambda row: plain(row) and row["sen_provision"] == "N",
        lambda row: {"sen_type": "SEMH"},
        "sen_type",
        "a need without SEN provision",
    )


def _placements(planter: Planter) -> None:
    def spell(row: Row) -> bool:
        return row["record"] == "spell" and row["kind"] != "alternative_provision"

    def review(row: Row) -> bool:
        return row["record"] == "review"

    planter.set(
        "spell_has_start", "placements", spell, lambda row: {"start_date": ""}, "start_date", "no first day"
    )
    planter.set(
        "review_has_date", "placements", review, lambda row: {"review_date": ""}, "review_date", "no day"
    )
    planter.add(
        "review_without_spell",
        "placements",
        review,
        lambda row: {"placement_id": "P000000-000-00000"},
        "placement_id",
        "no such placement",
    )
    planter.set(
        "ended_before_started",
        "placements",
        lambda row: spell(row) and bool(row["end_date"]),
        lambda row: {"end_date": moved(row["start_date"], -3)},
        "end_date",
        "ended before it began",
    )
    planter.set(
        "started_before_referral",
        "placements",
        spell,
        lambda row: {"referral_date": moved(row["start_date"], 9)},
        "referral_date",
        "referred after it began",
    )
    planter.set(
        "outcome_without_target",
        "placements",
        lambda row: bool(row["outcome"]),
        lambda row: {"target": "", "target_ambitious": ""},
        "outcome",
        "no target to hold it against",
    )


def _open_placement(planter: Planter) -> None:
    """A placement of a pupil of Year 11 that nobody closed, on the rolls of a later year."""
    eleven = planter.year_11

    def closed(row: Row) -> bool:
        begun = year_of(row["start_date"]) if row["record"] == "spell" and row["start_date"] else 0
        return bool(row["end_date"]) and 0 < begun <= eleven.get(row["upn"], 0)

    planter.set(
        "open_after_year_11",
        "placements",
        closed,
        lambda row: {"end_date": ""},
        "end_date",
        "no last day, Year 11 is over",
    )


def _returns(planter: Planter) -> None:
    def room(row: Row) -> bool:
        return row["in_post"].isdecimal() and int(row["trained_24_months"]) < int(row["in_post"])

    def done(row: Row) -> bool:
        return row["result"] == "done" and bool(row["done_date"])

    august = f"{planter.periods[0][:4]}-08-14"
    planter.set(
        "trained_above_in_post",
        "training",
        room,
        lambda row: {"trained_24_months": str(int(row["in_post"]) + 5)},
        "trained_24_months",
        "five more than are in post",
    )
    planter.set(
        "twelve_above_twenty_four",
        "training",
        room,
        lambda row: {"trained_12_months": str(int(row["trained_24_months"]) + 1)},
        "trained_12_months",
        "one more than in 24 months",
    )
    planter.set(
        "date_in_academic_year",
        "principles_use",
        always,
        lambda row: {"decision_date": august},
        "decision_date",
        "a day in August",
    )
    planter.set(
        "done_without_date",
        "delivery_log",
        done,
        lambda row: {"done_date": ""},
        "done_date",
        "done, and no day",
    )
    planter.set(
        "done_before_year",
        "delivery_log",
        done,
        lambda row: {"done_date": moved(row["due_date"], -900)},
        "done_date",
        "900 days before it was due",
    )
