"""What each count of an authority's own records says, on tables drawn by hand. All pupils are invented."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onroll.counts.cells import Cells
from onroll.counts.choices import Choices
from onroll.counts.crossed import crossed_cells
from onroll.counts.engine import open_engine
from onroll.counts.records import record_cells
from onroll.framework.contract_files import load_contracts
from onroll.intake.records.tidy import tidy_schema

pytestmark = pytest.mark.slow  # every count of own records, from files to cells

CONTRACTS = load_contracts(Path(__file__).resolve().parents[2])
LAST = dt.date(2024, 7, 31)
SCHOOLS = """
    urn|school_name|education_phase       |la_code|charter_signed|transitions_lead|fair_access|close_date
    1  |Hill       |State-funded primary  |801    |2022-01-10    |true            |true       |
    2  |Vale       |State-funded secondary|801    |2024-02-01    |                |true       |
    3  |Moor       |State-funded secondary|801    |              |false           |false      |
    4  |Unit       |Alternative provision |801    |              |true            |           |
    9  |Gone       |State-funded primary  |801    |2021-10-01    |true            |true       |2022-03-01
"""
ROLL = """
    time_period|term  |pupil|urn|enrolment_status|year_group|sex|ethnicity|sen_provision|fsm_eligible
    202324     |Spring|1    |1  |C               |5         |F  |WBRI     |N            |false
    202324     |Spring|2    |2  |C               |8         |M  |MWBC     |K            |true
    202324     |Spring|3    |2  |M               |9         |M  |APKN     |N            |false
    202324     |Spring|3    |4  |S               |9         |M  |APKN     |N            |false
    202324     |Spring|4    |3  |C               |7         |F  |BCRB     |E            |true
    202324     |Spring|5    |4  |C               |10        |M  |NOBT     |E            |true
"""
EXCLUSIONS = """
    pupil|urn|category|start_date|sessions|reason_1|reason_2|sen_provision|strategy_before|time_period|term
    2    |2  |SUSP    |2023-10-02|4       |PP      |DB      |             |true           |202324     |Autumn
    2    |2  |SUSP    |2024-01-15|3       |DB      |        |E            |false          |202324     |Spring
    2    |3  |SUSP    |2024-06-10|10      |DB      |        |E            |               |202324     |Summer
    4    |3  |PERM    |2024-02-05|        |PA      |        |E            |               |202324     |Spring
    4    |3  |LNCH    |2023-11-06|1       |DB      |        |E            |               |202324     |Autumn
    5    |4  |SUSP    |2023-11-06|2       |VA      |        |E            |true           |202324     |Autumn
    77   |2  |SUSP    |2023-11-07|1       |VA      |        |             |true           |202324     |Autumn
"""


def table(name: str, text: str) -> pa.Table:
    """A tidy table as it is drawn: columns apart by |, a blank is null, columns not drawn are null."""
    frame = pd.read_csv(
        io.StringIO(text.replace("   ", "").strip()), sep="|", dtype=str, keep_default_na=False
    )
    frame = frame.rename(columns=str.strip).map(str.strip)
    arrays = []
    for field in tidy_schema(CONTRACTS.tables[name]):
        words = [word or None for word in frame[field.name]] if field.name in frame else [None] * len(frame)
        if pa.types.is_boolean(field.type):
            arrays.append(pa.array([None if word is None else word == "true" for word in words]))
        else:
            arrays.append(pa.array(words, pa.string()).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=tidy_schema(CONTRACTS.tables[name]))


def count(
    folder: Path,
    last: dt.date = LAST,
    authorities: tuple[str, ...] = ("801",),
    **drawn: str | tuple[str, ...],
) -> Cells:
    """Everything counted of the tables drawn."""
    for name, texts in drawn.items():
        parts = [table(name, text) for text in ((texts,) if isinstance(texts, str) else texts)]
        pq.write_table(pa.concat_tables(parts), folder / f"{name}.parquet")
    with open_engine(folder, CONTRACTS, threads=1) as engine:
        return record_cells(engine, Choices(last, authorities))


Say = Callable[..., tuple[int, int | None] | None]


def asking(cells: Cells) -> Say:
    """How to ask for a cell: ``(numerator, denominator)``, or None where there is no such cell."""
    frame = cells.cells.to_pandas().astype({"indicator": str})

    def say(
        indicator: str, breakdown: str = "Total", *, phase: str = "Total", time: str = "Academic year",
        area: str = "801", year: str = "202324", topic: str = "",
    ) -> tuple[int, int | None] | None:  # fmt: skip
        found = frame[
            (frame["indicator"] == indicator) & (frame["breakdown"] == breakdown)
            & (frame["education_phase"] == phase) & (frame["time_identifier"] == time)
            & (frame["area_code"] == area) & (frame["time_period"] == year)
        ]  # fmt: skip
        if topic:
            found = found[found["breakdown_topic"] == topic]
        assert len(found) <= 1, found
        if found.empty:
            return None
        over = found["denominator"].iloc[0]
        return int(found["numerator"].iloc[0]), None if pd.isna(over) else int(over)

    return say


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Cells:
    return count(tmp_path_factory.mktemp("register"), schools=SCHOOLS, roll=ROLL, exclusions=EXCLUSIONS)


@pytest.fixture(scope="module")
def register(counted: Cells) -> Say:
    return asking(counted)


SECONDARY, UNIT = "State-funded secondary", "Alternative provision"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        # four suspensions at counted schools; lunchtime never, the unit apart; four pupils with C or M in January
        (("register_suspension_rate", "Total", {}), (4, 4)),
        (("register_suspension_rate", "Total", {"phase": UNIT}), (1, 1)),
        (("register_suspension_rate", "Total", {"time": "Autumn term"}), (2, 4)),
        (("register_suspension_rate", "Total", {"phase": "State-funded primary"}), (0, 1)),
        # pupil 2 has SEN support on the roll, an education, health and care plan by the register from January
        (("register_suspension_rate", "SEN support", {}), (1, 1)),
        (("register_suspension_rate", "Education, health and care plan", {}), (2, 1)),
        # pupil 77 is on no roll and is counted
        (("register_suspension_rate", "Unclassified", {"topic": "ethnicity_major"}), (1, 0)),
        (("register_suspension_rate", "Mixed / Multiple ethnic groups", {}), (3, 1)),
        (("register_suspension_rate", "Eligible for free school meals", {}), (3, 2)),
        (("register_suspension_rate", "Year 8", {}), (3, 1)),
        # pupil 2 once in the year though three times and at two schools; once in each school's own cell
        (("register_suspended_pupil_rate", "Total", {}), (2, 4)),
        (("register_suspended_pupil_rate", "Total", {"phase": SECONDARY}), (2, 3)),
        (("register_suspended_pupil_rate", "Total", {"area": "2", "phase": SECONDARY}), (2, 2)),
        (("register_suspended_pupil_rate", "Total", {"area": "3", "phase": SECONDARY}), (1, 1)),
        (("register_suspended_pupil_rate", "Education, health and care plan", {}), (1, 1)),
        (("register_permanent_exclusion_rate", "Total", {}), (1, 4)),
        (("register_permanent_exclusion_rate", "Total", {"time": "Spring term"}), (1, 4)),
        (("register_permanent_exclusion_rate", "Total", {"time": "Summer term"}), (0, 4)),
        (("repeat_suspensions", "Total", {}), (1, 4)),
        # of the two pupils suspended at counted schools one was three times, the other once
        (("suspensions_each", "3", {}), (1, None)),
        (("suspensions_each", "1", {}), (1, None)),
        (("suspensions_each", "2", {}), None),
        # half days 4 + 3 + 10 + 1; whole days 2 + 2 + 5 + 1
        (("sessions_lost_to_suspension", "Total", {}), (18, 4)),
        (("days_lost_to_suspension", "Total", {}), (10, 4)),
        (("suspension_reasons", "Persistent or general disruptive behaviour", {}), (3, 4)),
        (("suspension_reasons", "Physical assault against a pupil", {}), (1, 4)),
        (("suspension_reasons", "Theft", {}), (0, 4)),
        (("suspension_reasons", "Other", {}), None),
        (("strategy_before_suspension", "Total", {}), (2, 3)),
        (("first_suspensions_by_year_group", "Year 8", {}), (1, 1)),
        (("transition_year_suspension_rate", "Total", {}), (0, 1)),
    ],
)
def test_the_register(register: Say, asked: tuple[str, str, dict[str, str]], answer: Any) -> None:
    indicator, breakdown, said = asked
    assert register(indicator, breakdown, **said) == answer


def test_a_term_rests_on_its_own_census_and_a_year_without_one_has_no_base(tmp_path: Path) -> None:
    more = (
        ROLL
        + "    202324     |Autumn|1    |1  |C               |5         |F  |WBRI     |N            |false\n"
    )
    before = (
        EXCLUSIONS
        + "    2    |2  |SUSP    |2022-10-03|4       |PP      |        |    |true   |202223     |Autumn\n"
    )
    say = asking(count(tmp_path, schools=SCHOOLS, roll=more, exclusions=before))
    assert say("register_suspension_rate", time="Autumn term") == (2, 1)
    assert say("register_suspension_rate", time="Summer term") == (1, 4)
    assert say("register_suspension_rate") == (4, 4)
    assert say("register_suspension_rate", year="202223") == (1, None)


def test_the_time_between_suspensions(counted: Cells) -> None:
    spells = counted.spells.to_pandas()
    own = spells[(spells["indicator"] == "days_between_suspensions") & (spells["education_phase"] == "Total")]
    # Monday 2 Oct + 2 days ends Tuesday 3 Oct; to 15 Jan 104 days. 15 Jan + 2 days ends 16 Jan; to 10 June 146.
    # 10 June + 5 days ends Friday 14 June, followed to 31 July: 47. Pupil 77: Tuesday 7 Nov to 31 July: 267.
    assert [(row.days, row.ended, row.count_) for row in own.rename(columns={"count": "count_"}).itertuples()] == [
        (47, False, 1), (104, True, 1), (146, True, 1), (267, False, 1),
    ]  # fmt: skip


def test_pupils_lost_after_a_suspension(tmp_path: Path) -> None:
    roll = """
    time_period|term  |pupil|urn|enrolment_status|year_group|left_to
    202324     |Spring|1    |1  |C               |5         |
    202324     |Spring|2    |2  |C               |8         |away
    202324     |Spring|3    |2  |C               |9         |
    202324     |Spring|4    |2  |C               |11        |
    202324     |Spring|5    |4  |C               |9         |
    202324     |Spring|6    |2  |C               |9         |
    202425     |Autumn|3    |3  |C               |10        |
    """
    excluded = (
        "    pupil|urn|category|start_date|sessions|reason_1|time_period|term\n"
        + "".join(
            f"    {pupil}    |{urn}  |SUSP    |2023-10-02|4       |PP      |202324     |Autumn\n"
            for pupil, urn in ((1, 1), (2, 2), (3, 2), (4, 2), (5, 4), (6, 2))
        )
        + "    6    |2  |PERM    |2023-11-02|        |PP      |202324     |Autumn\n"
    )
    say = asking(count(tmp_path, dt.date(2025, 7, 31), schools=SCHOOLS, roll=roll, exclusions=excluded))
    # 1 is lost; 2 moved away, 3 is on another roll, 6 was excluded; 4 has left Year 11, 5 was at the unit
    assert say("off_rolling_signal") == (1, 4)
    assert say("off_rolling_signal", phase=UNIT) == (1, 1)


def test_what_the_roll_says_by_itself(tmp_path: Path) -> None:
    signals = """
    time_period|term  |pupil|urn|enrolment_status|year_group|part_time|sessions_possible|sessions_b|sessions_c
    202324     |Spring|1    |1  |C               |5         |true     |100              |0         |0
    202324     |Spring|2    |2  |C               |9         |false    |100              |6         |4
    """
    gone = """
    time_period|term  |pupil|urn|enrolment_status|year_group|part_time|sessions_possible|left_date |left_to
    202324     |Spring|3    |2  |C               |10        |false    |100              |2024-03-01|
    202324     |Spring|4    |3  |C               |11        |         |                 |2024-03-01|away
    202324     |Spring|5    |3  |C               |11        |         |                 |2024-03-01|unknown
    202324     |Summer|5    |2  |C               |11        |         |                 |          |
    """
    roll = (signals, gone)
    say = asking(count(tmp_path, schools=SCHOOLS, roll=roll))
    assert say("part_time_timetables") == (1, 3)
    assert say("informal_absence_signal", time="Spring term") == (1, 3)
    # of four pupils of Years 9 to 11 one left without a word; 4 said where, 5 is at another school
    assert say("unexplained_roll_removals") == (1, 4)


MOVES = """
    placement_id|record|kind           |pupil|urn_from|urn_to|referral_date|start_date|end_date  |end_result
    m0          |spell |managed_move   |2    |2       |3     |             |2023-01-09|2023-01-20|broke_down
    m9          |spell |managed_move   |3    |2       |3     |             |2023-01-09|          |
    m1          |spell |managed_move   |2    |2       |3     |             |2024-02-05|2024-04-05|broke_down
    m2          |spell |managed_move   |3    |2       |3     |             |2024-03-04|          |
    m3          |spell |managed_move   |4    |3       |2     |             |2024-06-03|          |
    f1          |spell |fair_access    |4    |        |2     |2024-01-08   |2024-01-22|          |
    f2          |spell |fair_access    |5    |        |2     |2024-07-21   |          |          |
    t1          |spell |medical_tuition|1    |1       |      |2024-01-08   |2024-01-10|2024-03-08|mainstream
"""
_PROVISION = """
    placement_id|record|kind                 |pupil|urn_from|provider_listed|start_date|end_date  |end_result|decided_by
    a0          |spell |alternative_provision|2    |2       |true           |2022-09-05|2023-01-20|mainstream|
    a1          |spell |alternative_provision|2    |2       |false          |2023-09-04|2024-02-02|mainstream|PANEL
    a2          |spell |alternative_provision|3    |2       |true           |2024-07-01|          |          |
    a3          |spell |alternative_provision|3    |2       |true           |2022-10-03|          |          |
"""
PROVISION = _PROVISION.replace("PANEL", "pupil_placement_panel")
REVIEWS = """
    placement_id|record|kind                 |pupil|review_date|below_target|help_given
    a1          |review|alternative_provision|2    |2023-10-16 |true        |true
    a1          |review|alternative_provision|2    |2023-12-18 |true        |
"""
TARGETS = """
    placement_id|record|kind                 |pupil|urn_from|start_date|end_date  |baseline|target|target_ambitious|outcome
    b1          |spell |alternative_provision|3    |2       |2023-09-04|2023-10-06|10      |20    |true            |22
    b2          |spell |alternative_provision|3    |2       |2023-11-06|2023-11-17|10      |20    |false           |
"""
LOOKED_AFTER = """
    placement_id|record|kind          |pupil|urn_from|start_date|last_contact|monitored
    h1          |spell |home_education|2    |        |2024-06-20|2024-07-01  |
    h2          |spell |home_education|1    |        |2022-06-20|2023-07-01  |
    s1          |spell |specialist    |4    |3       |2022-09-05|            |2024-01-15
"""
PLACEMENTS = (MOVES, PROVISION, REVIEWS, TARGETS, LOOKED_AFTER)


def test_placements(tmp_path: Path) -> None:
    cells = count(tmp_path, schools=SCHOOLS, roll=ROLL, exclusions=EXCLUSIONS, placements=PLACEMENTS)
    say = asking(cells)
    assert cells.cells["area_code"].null_count == 0
    assert say("managed_moves") == (3, None)
    assert say("managed_moves", time="Spring term") == (2, None)
    assert say("managed_moves", "SEN support") == (1, None)
    # twelve weeks before the last day is 8 May: m1 broke down after 60 days, m2 lasts, m3 is too new to say
    assert say("managed_moves_lasting") == (1, 2)
    # pupil 2 moved on 9 January 2023 and was suspended on 2 October, pupil 3 never; later moves are too new to say
    assert say("managed_moves_excluded_within_year", year="202223") == (1, 2)
    assert say("managed_moves_excluded_within_year") is None
    assert say("returns_by_managed_move") == (1, 1)
    assert say("readiness_decided_by_panel") == (1, 1)
    assert say("placements_with_baseline") == (2, 4)
    assert say("placements_with_ambitious_target") == (1, 4)
    assert say("placements_met_target") == (1, 2)
    assert say("pupils_with_unlisted_providers") == (1, None)
    # reviews at 42 days, in time, and at 63; then 46 days to the end without one; a2 has lasted 30 days: none due
    assert say("reviews_within_six_weeks") == (1, 3)
    # a0 and a3 had none; each counts once, where it fell due, though a3 is open still
    assert say("reviews_within_six_weeks", year="202223") == (0, 2)
    assert say("reviews_within_six_weeks", time="Autumn term", year="202223") == (0, 2)
    assert say("below_target_helped") == (1, 2)
    assert say("fair_access_placements") == (1, 4)
    assert say("fair_access_placements", phase=SECONDARY) == (1, 3)
    # h1 began ten days after the suspension of 10 June
    assert say("home_education_after_exclusion") == (1, None)
    assert say("home_education_contacted") == (1, 2)
    assert say("specialist_placements_monitored") == (1, 1)
    # a0 returned on 20 January 2023 and was suspended on 2 October; a1 returned too short a time ago
    assert say("joiners_excluded_within_year", year="202223") == (1, 1)
    assert say("joiners_excluded_within_year") is None
    spells = cells.spells.to_pandas()
    total = spells[spells["education_phase"] == "Total"]
    waits = total[total["indicator"] == "fair_access_days"][["days", "ended", "count"]]
    assert waits.values.tolist() == [[10, False, 1], [14, True, 1]]
    medical = total[total["indicator"] == "days_to_return_from_medical_tuition"][["days", "ended", "count"]]
    assert medical.values.tolist() == [[60, True, 1]]


def test_schools_training_and_principles(tmp_path: Path) -> None:
    training = """
    urn|return_date|staff_group|topic        |in_post|trained_24_months|trained_12_months|time_period
    2  |2024-05-01 |teachers   |attachment   |40     |30               |20               |202324
    2  |2023-10-01 |teachers   |attachment   |40     |10               |10               |202324
    2  |2024-05-01 |leaders    |attachment   |5      |5                |                 |202324
    2  |2024-05-01 |governors  |attachment   |10     |6                |6                |202324
    2  |2024-05-01 |governors  |trauma       |10     |4                |4                |202324
    2  |2024-05-01 |governors  |aces         |10     |5                |5                |202324
    2  |2024-05-01 |governors  |relationships|10     |9                |9                |202324
    3  |2024-05-01 |teachers   |trauma       |20     |25               |                 |202324
    """
    principles = """
    case_id|urn|decision       |decision_date|principles_used|in_minutes|second_reader|time_period|term
    c1     |2  |suspension     |2023-10-02   |before         |          |             |202324     |Autumn
    c2     |2  |suspension     |2023-10-09   |not_known      |          |             |202324     |Autumn
    c3     |3  |suspension     |2024-01-09   |after          |          |             |202324     |Spring
    c4     |3  |placement_panel|2024-01-09   |at             |true      |false        |202324     |Spring
    c5     |3  |placement_panel|2024-01-19   |at             |          |             |202324     |Spring
    c6     |3  |yearly_return  |2024-07-01   |at             |          |             |202324     |Summer
    """
    say = asking(count(tmp_path, schools=SCHOOLS, roll=ROLL, training=training, principles_use=principles))
    # four schools are open; Gone has closed
    assert say("charter_signed") == (2, 4)
    assert say("charter_signed", phase=SECONDARY) == (1, 2)
    assert say("charter_signed", area="3", phase=SECONDARY) == (0, 1)
    assert say("transitions_lead_on_register") == (2, 4)
    assert say("fair_access_on_register") == (2, 4)
    assert say("staff_trained_attachment") == (35, 45)
    assert say("staff_trained_attachment", "Teachers") == (30, 40)
    assert say("training_lapsing") == (10, 30)
    assert say("training_lapsing", "Early attachment") == (10, 30)
    assert say("governors_trained") == (4, 10)
    assert say("governors_trained_relationships") == (9, 10)
    assert say("training_returns_consistent") == (2, 3)
    assert say("training_returns_with_governors") == (1, 3)
    assert say("training_collection_returned") == (2, 4)
    assert say("principles_on_record") == (1, 3)
    assert say("principles_on_record", time="Autumn term") == (1, 2)
    assert say("principles_in_panel_minutes") == (1, 2)
    assert say("panel_minutes_confirmed") == (0, 1)
    assert say("principles_collection_returned") == (1, 4)


def test_the_calendar(tmp_path: Path) -> None:
    log = """
    entry_id|activity        |time_period|term  |urn|due_date  |done_date |result  |about_entry|people
    e1      |termly_report   |202324     |Autumn|   |2023-12-01|2023-11-30|done    |           |
    e2      |termly_report   |202324     |Spring|   |2024-03-01|          |not_done|           |
    e3      |termly_report   |202324     |Summer|   |2024-07-01|          |waiting |           |
    e4      |school_flagged  |202324     |Autumn|2  |          |2023-12-01|done    |           |
    e5      |support_offer   |202324     |Autumn|2  |          |2023-12-15|taken_up|e4         |
    e6      |school_flagged  |202324     |Autumn|3  |          |2023-12-01|done    |           |
    e7      |strategy_session|202324     |Autumn|   |2023-11-01|2023-11-01|done    |           |30
    e8      |strategy_session|202324     |Autumn|2  |2023-11-01|2023-11-01|done    |           |2
    e9      |board_action    |202324     |Autumn|   |2023-11-01|2023-11-05|done    |           |
    e10     |board_action    |202324     |Autumn|   |2023-11-01|2023-11-01|done    |           |
    e11     |example_shared  |202324     |      |   |          |2023-11-01|done    |           |3
    e12     |provision_audit |202324     |      |2  |          |2023-11-01|done    |           |
    e13     |provision_audit |202324     |      |3  |          |          |not_done|           |
    e14     |parent_survey   |202324     |      |   |          |2024-05-01|done    |           |
    e15     |pupil_survey    |202324     |      |   |          |          |not_done|           |
    """
    cells = count(tmp_path, schools=SCHOOLS, roll=ROLL, delivery_log=log)
    say = asking(cells)
    assert say("termly_reports_presented") == (1, 2)
    assert say("termly_reports_presented", time="Autumn term") == (1, 1)
    assert say("schools_flagged") == (2, None)
    assert say("flagged_schools_offered_support") == (1, 2)
    assert say("flagged_schools_took_support") == (1, 1)
    assert say("strategy_sessions_held") == (1, 1)
    assert say("schools_at_strategy_sessions") == (1, 4)
    assert say("board_actions_finished") == (1, 2)
    assert say("principles_examples_shared") == (3, None)
    assert say("self_audited_within_year") == (1, 2)
    assert say("families_surveys_held") == (1, 2)
    spells = cells.spells.to_pandas()
    assert spells[spells["education_phase"] == "Total"][["days", "ended"]].values.tolist() == [
        [14, True], [243, False],
    ]  # fmt: skip


def test_empty_tables_give_no_cells(tmp_path: Path) -> None:
    for name in CONTRACTS.tables:
        pq.write_table(tidy_schema(CONTRACTS.tables[name]).empty_table(), tmp_path / f"{name}.parquet")
    cells = count(tmp_path)
    assert cells.spells.num_rows == 0
    # a headline of a count that is over nothing would need a year to stand in
    assert cells.cells.num_rows == 0


TWICE = """
    time_period|term  |pupil|urn|enrolment_status|year_group|sex|ethnicity|sen_provision|fsm_eligible
    202324     |Autumn|8    |2  |C               |8         |M  |WBRI     |N            |false
    202324     |Spring|9    |3  |C               |8         |F  |WBRI     |N            |false
    202324     |Spring|9    |2  |M               |8         |F  |WBRI     |N            |false
    202324     |Spring|10   |2  |C               |8         |M  |MWBC     |K            |true
"""


def test_pupils_of_january_by_school_and_all_groups_at_once(tmp_path: Path) -> None:
    """Pupil 2 was suspended three times, at two schools, and 10 never; 4 permanently excluded; 77 is on no roll."""
    for name, texts in (("schools", (SCHOOLS,)), ("roll", (ROLL, TWICE)), ("exclusions", (EXCLUSIONS,))):
        pq.write_table(pa.concat_tables([table(name, text) for text in texts]), tmp_path / f"{name}.parquet")
    with open_engine(tmp_path, CONTRACTS, threads=1) as engine:
        found = crossed_cells(engine, Choices(LAST, ("801",)), ("202324",))
    cells = found.cells.to_pandas().astype({"ethnicity_minor": str, "ethnicity_major": str})
    assert found.not_on_roll == {"202324": 1}
    assert (
        cells["pupils"].sum() == 7
    )  # 1 to 5, 9 once at the lower school, 10; not 8, who is not there in January
    columns = ["pupils", "suspended", "suspensions", "suspensions_squared", "permanently_excluded"]

    def of(urn: int, ethnicity: str) -> list[int]:
        chosen = cells[(cells["urn"] == urn) & (cells["ethnicity_minor"] == ethnicity)]
        assert len(chosen) == 1
        return [int(count) for count in chosen[columns].iloc[0]]

    assert of(2, "White and Black Caribbean") == [2, 1, 3, 9, 0]
    assert of(3, "Black Caribbean") == [1, 0, 0, 0, 1]
    assert of(2, "White British") == [1, 0, 0, 0, 0]
    assert of(4, "Unclassified") == [1, 1, 1, 1, 0]
    mixed = cells[cells["ethnicity_minor"] == "White and Black Caribbean"]
    assert set(mixed["ethnicity_major"]) == {"Mixed / Multiple ethnic groups"}
    assert set(mixed["sen_provision"].astype(str)) == {"SEN support"}
