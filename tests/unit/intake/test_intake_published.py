from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from onroll.intake.columns import TIDY
from onroll.intake.lait import EXCLUSIONS
from onroll.intake.places import Authorities
from onroll.intake.published import read_published
from onroll.intake.received import Received

NEW = (
    "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
    "perm_excl_rate,suspension,susp_rate,one_plus_susp,one_plus_susp_rate"
)
ROW = "202324,Academic year,Local authority,801,Northmere,Total,2000,4,0.2,100,5.0,60,3.0"
OLD = (
    "year,level,la_name,school_type,num_schools,headcount,perm_excl,perm_excl_rate,fixed_excl,fixed_excl_rate,"
    "one_plus_fixed,one_or_more_fixed_excl_rate"
)


def read(folder: Path, authorities: Authorities, *lines: str, name: str = "a.csv") -> Received:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_published(folder / name, authorities)


def changed(column: str, value: str) -> str:
    cells = dict(zip(NEW.split(","), ROW.split(","), strict=True))
    assert column in cells
    return ",".join({**cells, column: value}.values())


def told(received: Received) -> list[tuple[str, int | None, str, str]]:
    return [(item.check, item.row, item.column, item.value) for item in received.findings]


def test_a_new_file_is_tidy(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, NEW, ROW)
    assert not received.findings
    assert tuple(received.table.columns) == TIDY
    assert received.table.iloc[0].to_dict() == {
        "time_period": "202324",
        "time_identifier": "Academic year",
        "geographic_level": "Local authority",
        "area_code": "801",
        "area": "Northmere",
        "region": "North East",
        "education_phase": "Total",
        "breakdown_topic": "Total",
        "breakdown": "Total",
        "pupil_headcount": 2000.0,
        "permanent_exclusion_count": 4.0,
        "permanent_exclusion_rate": 0.2,
        "suspension_count": 100.0,
        "suspension_rate": 5.0,
        "suspended_pupil_count": 60.0,
        "suspended_pupil_rate": 3.0,
        "source": "a.csv",
        "basis": "published",
    }


def test_an_old_file_is_tidy_and_its_x_is_withheld(folder: Path, authorities: Authorities) -> None:
    received = read(
        folder,
        authorities,
        ",".join(f'"{header.title()}"' for header in OLD.split(",")),
        '"201617","NATIONAL","England","Total","9","20005","10","0.05","500","2.5","300","1.5"',
        '"201617","Region","north east","Primary","9","10005","x","x","250","2.5","x","x"',
        '"201617","LOCAL AUTHORITY","Southwick City of","special","0","0",".",".","0",".","0","."',
        '"200910","Local authority","Northmere","Secondary","3","1000","4.9412","0.49","50","5","30","3"',
    )
    assert not received.findings
    table = received.table
    assert table["geographic_level"].tolist() == [
        "National",
        "Regional",
        "Local authority",
        "Local authority",
    ]
    assert table["area_code"].tolist() == ["E92000001", "E12000001", "802", "801"]
    phases = ["Total", "State-funded primary", "Special", "State-funded secondary"]
    assert table["education_phase"].tolist() == phases
    assert set(table["time_identifier"]) == {"Academic year"}
    assert table["permanent_exclusion_count"].tolist()[3] == 4.9412
    symbols = {(row, column): symbol for row, column, symbol in received.symbols.itertuples(index=False)}
    assert symbols[1, "permanent_exclusion_count"] == "c"
    assert symbols[2, "suspension_rate"] == "z"
    assert len(symbols) == 4 + 4


def test_a_file_of_fixed_period_exclusions_is_old_whatever_its_year_column_is_called(
    folder: Path, authorities: Authorities
) -> None:
    short = "time_period,time_identifier,geographic_level,education_phase,fixed_excl,fixed_excl_rate"
    received = read(folder, authorities, short, "201617,Academic year,National,Total,x,x")
    assert set(received.symbols["symbol"]) == {"c"}
    new = short.replace("fixed_excl", "suspension")
    renamed = read(folder, authorities, new, "201617,Academic year,National,Total,x,x")
    assert set(renamed.symbols["symbol"]) == {"x"}


def test_columns_are_read_by_name_whatever_their_order(folder: Path, authorities: Authorities) -> None:
    order = np.random.default_rng(5).permutation(len(NEW.split(",")))
    mixed = [",".join(np.array(line.split(","))[order]) for line in (NEW, ROW)]
    pd.testing.assert_frame_equal(
        read(folder, authorities, *mixed).table, read(folder, authorities, NEW, ROW).table
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (year, "wrong_year")
        for year in ("2017", "201719", "17/18", "2203", "220304", "209900", "20 2324", "", "2023-24")
    ],
)
def test_a_year_in_the_wrong_form_is_an_error_with_its_row(
    folder: Path, authorities: Authorities, value: str, expected: str
) -> None:
    received = read(folder, authorities, NEW, changed("time_period", value))
    assert told(received) == [(expected, 2, "time_period", value)]
    assert received.table.empty
    assert (
        "expected six digits of two years that follow and have begun, such as 202324"
        in received.findings.lines()[0]
    )


@pytest.mark.parametrize(
    ("column", "value", "check", "words"),
    [
        (
            "education_phase",
            "Nursery",
            "unknown_phase",
            "State-funded primary, State-funded secondary, Special, Total",
        ),
        ("geographic_level", "County", "unknown_level", "National, Regional, Local authority"),
        ("time_identifier", "Week 3", "unknown_time", "Academic year, Autumn term, Spring term, Summer term"),
        ("old_la_code", "899", "unknown_place", "a code or name of data/published/authorities.csv"),
    ],
)
def test_an_unknown_word_is_an_error_that_lists_the_known(
    folder: Path, authorities: Authorities, column: str, value: str, check: str, words: str
) -> None:
    received = read(folder, authorities, NEW, ROW, changed(column, value))
    assert told(received) == [(check, 3, column, value)]
    assert words in received.findings.lines()[0]
    assert len(received.table) == 1


def test_an_unknown_name_gets_a_hint(folder: Path, authorities: Authorities) -> None:
    header = NEW.replace("old_la_code,", "")
    received = read(folder, authorities, header, ROW.replace("801,Northmere", "Nortmere"))
    assert told(received) == [("unknown_place", 2, "la_name", "Nortmere")]
    assert "Did you mean 'Northmere'?" in received.findings.lines()[0]


def test_a_code_and_a_name_of_two_places_are_an_error(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, NEW, changed("la_name", "Oldham Vale"))
    assert told(received) == [("places_differ", 2, "la_name", "801 and Oldham Vale")]


def test_a_name_that_passed_on_is_read_by_its_year(folder: Path, authorities: Authorities) -> None:
    header = NEW.replace("old_la_code,", "")
    rows = [
        ROW.replace("801,Northmere", "Oldham Vale").replace("202324", year) for year in ("201819", "201920")
    ]
    assert read(folder, authorities, header, *rows).table["area_code"].tolist() == ["803", "804"]


def test_a_nine_character_code_is_enough(folder: Path, authorities: Authorities) -> None:
    header = NEW.replace("old_la_code,la_name", "new_la_code")
    rows = [ROW.replace("801,Northmere", code) for code in ("E06000901", "E10000901")]
    received = read(folder, authorities, header, rows[0], rows[1].replace("202324", "202223"))
    assert received.table["area_code"].tolist() == ["801", "801"]


def test_rows_without_a_place_and_of_other_levels_are_left_aside(
    folder: Path, authorities: Authorities
) -> None:
    nameless = ROW.replace("801,Northmere", ",NULL")
    received = read(folder, authorities, NEW, nameless, changed("geographic_level", "School"))
    assert told(received) == [
        ("other_level", 3, "geographic_level", "School"),
        ("no_place", 2, "la_name", ""),
    ]
    assert received.table.empty
    assert not received.findings.errors


def test_a_doubled_key_names_both_rows(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, NEW, ROW, changed("time_period", "202223"), ROW)
    assert received.findings.lines() == [
        "a.csv, row 4: the row speaks of the same as row 2. Delete one of the two rows."
    ]


def test_swapped_columns_show(folder: Path, authorities: Authorities) -> None:
    swapped = (
        NEW.replace(",suspension,", ",?,")
        .replace("one_plus_susp,", "suspension,")
        .replace("?", "one_plus_susp")
    )
    received = read(folder, authorities, swapped, ROW)
    assert [item[0] for item in told(received)] == ["above_suspensions", "rate_differs", "rate_differs"]
    heads = (
        NEW.replace("headcount", "?").replace("one_plus_susp,", "headcount,").replace("?", "one_plus_susp")
    )
    assert "above_headcount" in [item[0] for item in told(read(folder, authorities, heads, ROW))]


def test_a_rate_that_its_counts_do_not_give_is_a_warning(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, NEW, changed("susp_rate", "5.1"), changed("time_period", "202223"))
    (found,) = received.findings
    assert found.line() == (
        "a.csv, row 2, column susp_rate: '5.1' is not count / headcount x 100; expected 5.00000. "
        "Look at the three cells."
    )
    assert found.severity == "warning"


def test_counts_where_nobody_is_on_roll_are_a_warning(folder: Path, authorities: Authorities) -> None:
    row = "202324,Academic year,Local authority,801,Northmere,Total,0,4,z,100,z,60,z"
    assert [item[0] for item in told(read(folder, authorities, NEW, row))] == ["nobody_on_roll"]


def test_a_missing_column_is_named_with_what_is_accepted_and_the_nearest(
    folder: Path, authorities: Authorities
) -> None:
    received = read(folder, authorities, NEW.replace("geographic_level", "geographc_level"), ROW)
    assert received.findings.errors[0].line() == (
        "a.csv, row 1: the column geographic_level is missing; expected geographic_level or level. "
        "The nearest header received is 'geographc_level'. Add it or ask the sender."
    )
    assert received.table.empty
    received = read(
        folder, authorities, NEW.replace("susp_rate,one_plus_susp,", "susp_rat,one_plus_susp,"), ROW
    )
    assert [(item.check, item.value) for item in received.findings.errors] == [
        ("missing_column", "suspension_rate")
    ]
    assert "nearest header received is 'susp_rat'" in received.findings.errors[0].line()


def test_new_headers_need_a_time_identifier(folder: Path, authorities: Authorities) -> None:
    received = read(
        folder, authorities, NEW.replace("time_identifier,", ""), ROW.replace("Academic year,", "")
    )
    assert [(item.check, item.value) for item in received.findings] == [("missing_column", "time_identifier")]


def test_two_columns_of_one_meaning_are_an_error(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, NEW + ",school_type", ROW + ",Total")
    assert told(received) == [("two_columns", 1, "", "education_phase, school_type")]


def test_an_unknown_column_is_told_and_not_used(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, NEW + ",num_schools,remarks", ROW + ",4,ok")
    assert told(received) == [("unknown_column", 1, "remarks", "")]
    assert len(received.table) == 1


@pytest.mark.parametrize(
    ("headers", "cells", "topic", "label"),
    [
        ("sen_provision", "EHC plan", "sen_provision", "Education, health and care plan"),
        ("sen_provision", "Total", "Total", "Total"),
        (
            "characteristic_group,characteristic",
            "SEN provision,SEN without statement",
            "sen_provision",
            "SEN support",
        ),
        ("breakdown_topic,breakdown", "SEN provision,No SEN", "sen_provision", "No SEN"),
        (
            "characteristic_desc,characteristic_1,characteristic_2",
            "SEN_provision,SEN_provision_SEN_with_statement_EHC,Total",
            "sen_provision",
            "Education, health and care plan",
        ),
        (
            "characteristic_group,characteristic",
            "Ethnicity Major,Ethnicity_Major_White_Total",
            "ethnicity_major",
            "White",
        ),
        ("characteristic_group,characteristic", "Total,Total", "Total", "Total"),
        ("characteristic_group,characteristic", "FSM eligible,FSM_Eligible", "FSM eligible", "FSM_Eligible"),
        (
            "characteristic_desc,characteristic_1,characteristic_2",
            "Age_gender,Age_5,Male",
            "Age_gender; characteristic_2",
            "Age_5; Male",
        ),
        ("ethnicity_minor,fsm", "African,Total", "ethnicity_minor", "African"),
        ("ethnicity_minor,fsm", "African,FSM Eligible", "ethnicity_minor; fsm", "African; FSM Eligible"),
        ("ethnicity_major", "Asian / Asian British", "ethnicity_major", "Asian / Asian British"),
    ],
)
def test_every_form_of_breakdown_becomes_a_topic_and_a_label(
    folder: Path, authorities: Authorities, headers: str, cells: str, topic: str, label: str
) -> None:
    received = read(folder, authorities, f"{NEW},{headers}", f"{ROW},{cells}")
    assert not received.findings
    assert received.table[["breakdown_topic", "breakdown"]].to_numpy().tolist() == [[topic, label]]


def test_an_unknown_sen_label_is_an_error(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, NEW + ",sen_provision", ROW + ",School Action")
    assert told(received) == [("unknown_sen", 2, "sen_provision", "School Action")]
    assert (
        "expected Education, health and care plan, SEN support, No SEN, Total" in received.findings.lines()[0]
    )
    assert received.table.empty
    received = read(folder, authorities, NEW + ",sen_provision", ROW + ",")
    assert told(received) == [("blank_group", 2, "sen_provision", "")]
    received = read(folder, authorities, NEW + ",ethnicity_major", ROW + ",")
    assert told(received) == [("blank_group", 2, "ethnicity_major", "")]
    assert received.table.empty


def test_a_share_above_100_is_an_error_in_a_total_and_a_warning_in_a_group(
    folder: Path, authorities: Authorities
) -> None:
    short = (
        "time_period,time_identifier,geographic_level,old_la_code,education_phase,sen_provision,one_plus_rate"
    )
    rows = [
        f"202324,Autumn term,Local authority,801,Special,{group},200.0" for group in ("Total", "SEN support")
    ]
    received = read(folder, authorities, short, *rows)
    assert [(item.row, item.severity) for item in received.findings] == [(2, "error"), (3, "warning")]
    assert received.table["suspended_pupil_rate"].tolist()[1] == 200.0


def test_published_figures_of_another_kind_are_left_aside_with_one_warning(
    folder: Path, authorities: Authorities
) -> None:
    received = read(folder, authorities, "time_period,geographic_level,absence", "202324,National,7")
    assert received.findings.lines() == [
        "a.csv: published figures of another kind, left aside. Nothing to do."
    ]
    counted = read(folder, authorities, "Year,level,fixed_excl,headcount", "201516,National,1,99605")
    assert [item.check for item in counted.findings] == ["other_figures"]


def test_a_file_that_is_nothing_known_says_what_was_expected(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, "colour,taste", "red,sweet")
    (line,) = received.findings.lines()
    assert line == (
        "a.csv: the file is none that is known here; expected published exclusions figures, which need "
        "time_period or year; geographic_level or level; education_phase or school_type; susp_rate or "
        "fixed_excl_rate or suspension_rate. Check that the right file was sent."
    )
    assert received.findings.errors


LONG = "measure,period,geographic_level,old_la_code,la_name,value,symbol"


def test_the_long_form_gives_the_same_rows(folder: Path, authorities: Authorities) -> None:
    received = read(
        folder,
        authorities,
        LONG,
        "TotPermEx,2023/24,Local authority,801,Northmere,0.2,",
        "TotFixedEx,2023/24,Local authority,801,Northmere,5.0,",
        "Total_ Pup_FixedEx,2023/24,Local authority,801,Northmere,,-",
        "PriFixedEx,2023/24,Local authority,802,Southwick City of,,-",
        "TotFixedEx,2023/24,Regional,980,North East,5.5,",
        "TotFixedEx,2023/24,National,970,England,6.5,",
    )
    assert not received.findings
    table = received.table.set_index("area_code")
    assert table.index.tolist() == ["801", "E92000001", "E12000001"]
    assert table.loc["801", "suspension_rate"] == 5.0
    assert table.loc["801", "permanent_exclusion_rate"] == 0.2
    assert received.symbols.to_numpy().tolist()[0] == [0, "suspended_pupil_rate", "x"]


@pytest.mark.parametrize("measure", EXCLUSIONS)
def test_each_of_the_twelve_measures_is_what_its_name_says(measure: str) -> None:
    phases = {
        "Tot": "Total",
        "Pri": "State-funded primary",
        "Sec": "State-funded secondary",
        "Spe": "Special",
    }
    rates = {"Perm": "permanent_exclusion_rate", "Pup": "suspended_pupil_rate", "Fixed": "suspension_rate"}
    rate = next(column for word, column in rates.items() if word in measure)
    assert EXCLUSIONS[measure] == (rate, phases[measure[:3]])
    assert len(EXCLUSIONS) == 12


def test_the_long_form_without_a_usable_row_is_only_findings(folder: Path, authorities: Authorities) -> None:
    received = read(folder, authorities, LONG, "TotFixedEx,2018,Local authority,801,Northmere,5,")
    assert told(received) == [("wrong_year", 2, "period", "2018")]
    assert tuple(received.table.columns) == TIDY
    assert received.table.empty


def test_a_bad_value_in_the_long_form_is_found_in_its_own_cell(
    folder: Path, authorities: Authorities
) -> None:
    received = read(folder, authorities, LONG, "TotFixedEx,2023/24,Local authority,801,Northmere,<5,")
    assert told(received) == [("not_a_number", 2, "value", "<5")]
    twice = "TotFixedEx,2023/24,Local authority,801,Northmere,5,"
    assert [item[0] for item in told(read(folder, authorities, LONG, twice, twice))] == ["duplicate_key"]


def test_the_tools_own_parquet_is_read_and_other_measures_are_counted(
    folder: Path, authorities: Authorities
) -> None:
    frame = pd.DataFrame(
        {
            "Short Desc": ["SecFixedEx", "SecFixedEx", "FSM"],
            "Data item": [None, None, None],
            "Years": ["2022/23", "2022/23", "2022"],
            "LA and Regions": ["Northmere", "London (Inner)", "Northmere"],
            "Values": ["8.4591799999999999", "3.5", "12"],
            "LA Number": [801.0, 987.0, 801.0],
            "Region": ["North East", "NA", "North East"],
        }
    )
    frame.to_parquet(folder / "a.parquet")
    received = read_published(folder / "a.parquet", authorities)
    assert [(item.check, item.value) for item in received.findings] == [("other_measures", "1")]
    rows = received.table[["area", "education_phase", "suspension_rate"]].to_numpy().tolist()
    assert rows == [
        ["Northmere", "State-funded secondary", 8.45918],
        ["Inner London", "State-funded secondary", 3.5],
    ]


def test_other_measures_alone_stay_long_as_context(folder: Path, authorities: Authorities) -> None:
    rows = ["PriFSM,2023,Local authority,801,Northmere,21.5,", "Prog8,2023,National,970,England,-0.2,"]
    received = read(folder, authorities, LONG, *rows, "PriFSM,2022,Local authority,801,Northmere,,-")
    assert not received.findings
    assert received.kind == "context"
    assert received.table["value"].tolist()[:2] == [21.5, -0.2]
    assert received.symbols.to_numpy().tolist() == [[2, "value", "x"]]
