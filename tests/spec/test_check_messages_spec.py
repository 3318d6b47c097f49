"""What `onroll check` says to a person at a desk, line by line, on a folder of invented records."""

from __future__ import annotations

from pathlib import Path

import pytest

from onroll.cli import main
from onroll.intake.records.pseudonyms import FOLDER

FILES = {
    "schools.csv": "URN,School name,Phase,LA\n990001,Acorn,Primary,821\n990002,Beech,Secondary,821\n",
    "roll_2023-24.csv": (
        "Term;UPN;URN;Enrolment status;NC year;Gender;Ethnic code;SEN;FSM\n"
        "Spring;A000000000000;990002;C;9;Male;WBRI;K;Yes\n"
        "Spring;P000000000001;990002;C;Year 10;F;WBRI;N;No\n"
    ),
    "exclusions.csv": (
        "Register of exclusions,,,,,\n"
        "UPN,School URN,Type,Date,Sessions,Reason\n"
        "A000000000000,990002,Suspension,06/11/2023,4,DB\n"
        "A000000000000,990002,Suspension,07/11/2023,2,PP\n"
        "P000000000001,990002,Suspension,31/02/2024,2,OT\n"
        "B000000000001,990003,Suspension,06/11/2023,-2,Jane Smith\n"
        "Total,,,,8,\n"
    ),
}
SAID = """\
error: exclusions.csv, row 6, column Reason: 'a text of 10 characters' is no code of this column; expected PP, PA, VP, VA, \
BU, RA, SM, DA, DM, TH, DB, OT, OW, LG, DS, MT, PH, BW, TB, SB, MB, AB, and others of the data dictionary. Correct the cell \
or ask the sender.
error: exclusions.csv, row 6, column Sessions: '-2' is out of bounds; expected a whole number from 1 to 90. Correct the \
cell or ask the sender.
error: exclusions.csv, row 5, column Date: '31/02/2024' is not a date; expected a date such as 01/09/2023 or 2023-09-01. \
Correct the cell or ask the sender.
error: exclusions.csv, row 6, column UPN: '...001 (13 characters)' is not a pupil number; expected a pupil number: a check \
letter, eleven digits, and a digit or letter. Correct the cell or ask the sender.
error: exclusions.csv, row 6, column School URN: school 990003 is not among the schools sent. Add it to schools, or correct \
the number.
warning: exclusions.csv, row 4, column Date: it begins before the suspension of 2023-11-06 has ended. Check the dates and \
the sessions.
warning: exclusions: nothing is counted from suspensions and permanent exclusions. Correct the errors above; other tables \
are used.
note: exclusions.csv, row 2: row 2 was taken as the header; what stands above it was left out.
note: exclusions.csv, row 2: headers were read as the contract's: School URN as urn, Type as category, Date as start_date, \
Reason as reason_1.
note: exclusions.csv, row 7: the row is a total and was left out.
note: roll_2023-24.csv: columns are parted by a semicolon; they were read so.
note: roll_2023-24.csv, row 1: headers were read as the contract's: Enrolment status as enrolment_status, NC year as \
year_group, Gender as sex, Ethnic code as ethnicity, SEN as sen_provision, FSM as fsm_eligible.
note: roll_2023-24.csv: time_period was read as 202324 in every row.
note: schools.csv, row 1: headers were read as the contract's: School name as school_name, Phase as education_phase, LA as \
la_code.
note: schools, column education_phase: Primary was read as State-funded primary (1 row); Secondary was read as State-funded \
secondary (1 row).
note: roll, column year_group: Year 10 was read as 10 (1 row).
note: roll, column sex: Male was read as M (1 row).
note: exclusions, column category: Suspension was read as SUSP (4 rows).
note: exclusions, column start_date: dates were read as day/month/year (3 rows).
3 files checked: 5 errors, 2 warnings
"""


def test_the_check_of_three_tables_as_people_send_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path / "keys"))
    (tmp_path / "received").mkdir()
    for name, text in FILES.items():
        (tmp_path / "received" / name).write_text(text, encoding="utf-8")
    listed = tmp_path / "list.csv"
    assert main(["check", "--data", str(tmp_path / "received"), "--list", str(listed)]) == 1
    said = capsys.readouterr().out.replace(f"The full list is in {listed}\n", "")
    assert sorted(said.splitlines()) == sorted(SAID.splitlines())
    assert [line.split(":")[0] for line in said.splitlines()[:-1]] == ["error"] * 5 + ["warning"] * 2 + [
        "note"
    ] * 12
    rows = listed.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "file,row,column,value,expected,action,severity,check,what"
    assert len(rows) == 1 + 5 + 2 + 12
