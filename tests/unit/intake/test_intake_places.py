from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from onroll.intake.places import Authorities, locate
from onroll.intake.published import read_published
from onroll.intake.regions import is_nation, region_code
from onroll.vocabulary import REGIONS

NUMBERS = {
    "980": "North East",
    "981": "North West",
    "982": "Yorkshire and The Humber",
    "983": "East Midlands",
    "984": "West Midlands",
    "985": "East of England",
    "986": "London",
    "987": "Inner London",
    "988": "Outer London",
    "989": "South East",
    "990": "South West",
}


@pytest.mark.parametrize(("number", "name"), NUMBERS.items())
def test_a_region_is_known_by_number_code_and_name(number: str, name: str) -> None:
    code = region_code(number)
    assert REGIONS[code] == name
    assert region_code(name.upper()) == region_code(code) == code


@pytest.mark.parametrize("name", ["London (Inner)", "Inner London"])
def test_inner_london_has_two_names(name: str) -> None:
    assert region_code(name) == "E13000001"


def test_what_is_no_region_has_no_code() -> None:
    assert region_code("Northmere") == region_code("") == ""
    assert is_nation("england")
    assert not is_nation("Wales")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"old_la_code": "802"}, "802"),
        ({"new_la_code": "E06000902"}, "802"),
        ({"new_la_code": "E10000901"}, "801"),
        ({"la_name": "southwick city of"}, "802"),
        ({"la_name": "Northmere County"}, "801"),
        ({"old_la_code": "801", "la_name": "Northmere Borough"}, "801"),
        ({"old_la_code": "899", "la_name": "Northmere"}, ""),
        ({"la_name": "Nowhere"}, ""),
        ({"old_la_code": ".", "la_name": "NULL"}, ""),
    ],
)
def test_an_authority_is_found_by_any_code_or_name(
    authorities: Authorities, row: dict[str, str], code: str
) -> None:
    keys = pd.DataFrame([{"geographic_level": "Local authority", "time_period": "202324", **row}], index=[7])
    places, findings = locate(keys, "a.csv", authorities, {})
    assert places.loc[7, "area_code"] == code
    assert [item.row for item in findings] == ([] if code else [7])


def test_a_nation_that_is_another_is_an_error(authorities: Authorities) -> None:
    keys = pd.DataFrame([{"geographic_level": "National", "time_period": "202324", "country_name": "Wales"}])
    places, findings = locate(keys, "a.csv", authorities, {"country_name": "Country"})
    assert places.loc[0, "area_code"] == ""
    assert [(item.check, item.column, item.value) for item in findings] == [
        ("unknown_place", "Country", "Wales")
    ]


def test_two_codes_of_two_authorities_in_one_row_are_an_error(
    tmp_path: Path, authorities: Authorities
) -> None:
    codes = list(authorities.by_code.items())
    first = next(code for code, short in codes if code == short)
    other = next(code for code, short in codes if code != short and short != authorities.by_code[first])
    path = tmp_path / "two_codes.csv"
    path.write_text(
        "time_period,time_identifier,geographic_level,old_la_code,new_la_code,education_phase,headcount,susp_rate\n"
        f"202324,Academic year,Local authority,{first},{other},Total,1000,1.0\n",
        encoding="utf-8",
    )
    received = read_published(path, authorities)
    assert [item.check for item in received.findings.errors] == ["places_differ"]
