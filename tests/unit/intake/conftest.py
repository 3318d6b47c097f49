"""Invented places and figures for the tests of intake."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from onroll.intake.places import Authorities, authorities_of

PLACES = """old_la_code,new_la_code,other_new_la_codes,la_name,other_names,region_name,first_year,last_year
801,E06000901,E10000901,Northmere,Northmere County,North East,200607,
802,E06000902,,"Southwick, City of",,South West,200607,
803,E06000903,,Oldham Vale (Pre LG),Oldham Vale,South West,200607,201819
804,E06000904,,Oldham Vale,,South West,201920,
"""
NEW = (
    "time_period,time_identifier,geographic_level,old_la_code,la_name,education_phase,headcount,perm_excl,"
    "perm_excl_rate,suspension,susp_rate,one_plus_susp,one_plus_susp_rate"
)
ROW = "202324,Academic year,Local authority,801,Northmere,Total,2000,4,0.2,100,5.0,60,3.0"


@pytest.fixture
def published_root(tmp_path: Path) -> Path:
    root = tmp_path / "published"
    root.mkdir()
    (root / "authorities.csv").write_text(PLACES, encoding="utf-8")
    return root


@pytest.fixture
def authorities(published_root: Path) -> Authorities:
    frame = pd.read_csv(published_root / "authorities.csv", dtype=str, keep_default_na=False)
    return authorities_of(frame)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "received"
    made.mkdir()
    return made
