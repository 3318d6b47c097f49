"""Counting on the engine beside the ordinary way in pandas, and at the size of England. All data are synthetic."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from onroll.counts.cells import CELL_SCHEMA, joined
from onroll.counts.choices import Choices
from onroll.counts.engine import open_engine
from onroll.counts.exclusions import exclusion_cells, register, wide_exclusions
from onroll.counts.records import record_cells
from onroll.counts.roll import wide_base
from onroll.counts.topics import topics_of

ROOT = Path(__file__).resolve().parents[1]
LAST = dt.date(2021, 7, 31)
COUNTED = ("State-funded primary", "State-funded secondary", "Special")
ENGLAND_SECONDS, ENGLAND_BYTES = 120, 4 * 2**30
ENGLAND = """
import datetime as dt, json, resource, sys, time
from pathlib import Path
from onroll.counts.choices import Choices
from onroll.counts.engine import open_engine
from onroll.counts.records import record_cells
from onroll.framework.contract_files import load_contracts
start = time.perf_counter()
with open_engine(Path(sys.argv[1]), load_contracts(Path(sys.argv[2])), memory="1800MB", threads=2) as engine:
    cells = record_cells(engine, Choices(dt.date(2024, 7, 31)))
taken = time.perf_counter() - start
print(json.dumps({"seconds": taken, "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                  "cells": cells.cells.num_rows}))
"""


def _drawn() -> Any:
    """The module that draws synthetic tables for the tests of counting."""
    path = ROOT / "tests" / "unit" / "counts" / "drawn_records.py"
    spec = importlib.util.spec_from_file_location("drawn_records", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["drawn_records"] = module
    spec.loader.exec_module(module)
    return module


def size_of(drawn: Any, cohort: int) -> Any:
    """So many pupils a cohort, fourteen cohorts, three years of three censuses."""
    return drawn.Size(
        cohort=cohort, primaries=80, secondaries=20, specials=5, units=2, suspensions=cohort * 2
    )


@pytest.fixture(scope="module")
def drawn() -> Any:
    return _drawn()


@pytest.fixture(scope="module")
def folder(drawn: Any, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Four million rows of the roll; few when only the answers are compared."""
    cohort = 1_000 if request.config.getoption("benchmark_disable") else 32_000
    found: Path = drawn.write(tmp_path_factory.mktemp("counts") / "tidy", size_of(drawn, cohort))
    return found


def counted(folder: Path, drawn: Any) -> Any:
    with open_engine(folder, drawn.load_contracts(ROOT)) as engine:
        return record_cells(engine, Choices(LAST))


def rates(folder: Path, drawn: Any) -> Any:
    """The cells of the register beside its roll: what ``in_pandas`` counts, and repeats, sessions and days lost."""
    with open_engine(folder, drawn.load_contracts(ROOT)) as engine:
        choices, topics = Choices(LAST), topics_of(engine.contracts)
        base, carried = wide_base(engine, choices, topics)
        made = register(engine, choices, topics)
        wide = wide_exclusions(made, base, carried, engine, choices, topics)
        return joined(exclusion_cells(wide, topics, choices), CELL_SCHEMA)


def in_pandas(folder: Path) -> dict[str, dict[Any, int]]:
    """The cells of the three rates by the ordinary way: read, merge, group, for each time, phase and group."""
    schools, roll, rows = (
        pq.read_table(folder / f"{name}.parquet").to_pandas() for name in ("schools", "roll", "exclusions")
    )
    places = schools[["urn", "la_code", "education_phase"]]
    groups = ["sen_provision", "ethnicity", "fsm_eligible", "sex", "year_group"]
    main = roll[roll["enrolment_status"].isin(["C", "M"])].merge(places, on="urn", how="left")
    own = rows[rows["category"].isin(["SUSP", "PERM"])].merge(places, on="urn", how="left")
    terms = {"Autumn": 0, "Spring": 1, "Summer": 2}
    met = own.reset_index().merge(
        roll[["time_period", "term", "pupil", "urn", *groups]], on=["time_period", "pupil"], how="left",
        suffixes=("", "_roll"),
    )  # fmt: skip
    met["away"] = (met["urn"] != met["urn_roll"]).astype(int)
    met["apart"] = (met["term"].map(terms) - met["term_roll"].map(terms)).abs()
    best = met.sort_values(["index", "away", "apart"]).drop_duplicates("index")
    best["sen"] = best["sen_provision"].fillna(best["sen_provision_roll"])
    best["is_suspension"] = best["category"] == "SUSP"
    found: dict[str, dict[Any, int]] = {"suspensions": {}, "pupils": {}, "base": {}}
    for times in (["time_period"], ["time_period", "term"]):
        for phase in ([], ["education_phase"], ["education_phase", "urn"]):
            keys = [*times, "la_code", *phase]
            chosen = best if phase else best[best["education_phase"].isin(COUNTED)]
            base = main if phase else main[main["education_phase"].isin(COUNTED)]
            topics = [[], ["sen"], *([group] for group in groups[1:])] if "urn" not in phase else [[]]
            for topic in topics:
                events = chosen.groupby([*keys, *topic], dropna=False)
                found["suspensions"] |= events["is_suspension"].sum().to_dict()
                suspended = chosen[chosen["is_suspension"]].sort_values("start_date")
                last = suspended.groupby([*keys, "pupil"]).last().reset_index()
                found["pupils"] |= last.groupby([*keys, *topic], dropna=False).size().to_dict()
                named = ["sen_provision" if name == "sen" else name for name in topic]
                found["base"] |= base.groupby([*keys, *named], dropna=False).size().to_dict()
    return found


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def test_counting_beside_pandas(benchmark: Any, folder: Path, drawn: Any) -> None:
    ours = benchmark.pedantic(rates, args=(folder, drawn), rounds=1 if benchmark.disabled else 2)
    theirs = in_pandas(folder)
    frame = ours.to_pandas().astype({"time_period": str, "area_code": str, "education_phase": str})
    total = frame[(frame["breakdown"] == "Total") & (frame["time_identifier"] == "Academic year")
                  & (frame["education_phase"] == "Total")]  # fmt: skip
    for indicator, name in (
        ("register_suspension_rate", "suspensions"),
        ("register_suspended_pupil_rate", "pupils"),
    ):
        for row in total[total["indicator"] == indicator].itertuples():
            assert theirs[name][(row.time_period, row.area_code)] == row.numerator
    if benchmark.disabled:
        return
    ratio = seconds(lambda: in_pandas(folder)) / seconds(lambda: rates(folder, drawn))
    benchmark.extra_info["times as fast as pandas"] = round(ratio, 1)
    print(f"\ncounting takes a {ratio:.1f}th of the time that the same cells take in pandas")
    assert ratio > 5


def test_the_cost_grows_no_faster_than_the_rows(benchmark: Any, drawn: Any, tmp_path: Path) -> None:
    """Four times the rows, at most four times the time (a tenth more for the clock)."""
    cohorts = (300, 1_200) if benchmark.disabled else (8_000, 32_000)
    one, four = (drawn.write(tmp_path / str(cohort), size_of(drawn, cohort)) for cohort in cohorts)
    benchmark.pedantic(counted, args=(four, drawn), rounds=1)
    if benchmark.disabled:
        return
    growth = seconds(lambda: counted(four, drawn)) / seconds(lambda: counted(one, drawn))
    benchmark.extra_info["growth for four times the rows"] = round(growth, 2)
    print(f"\nfour times the rows take {growth:.1f} times as long")
    assert growth < 4.4


@pytest.mark.slow
def test_england(benchmark: Any, drawn: Any, tmp_path: Path) -> None:
    """Six years of England, January censuses, in a process of its own so that its memory can be read."""
    if benchmark.disabled:
        pytest.skip("takes minutes; run by make bench")
    size = drawn.Size(
        cohort=612_000, primaries=16_700, secondaries=3_450, specials=1_050, units=330, years=6, terms=("Spring",),
        suspensions=950_000, authorities=153,
    )  # fmt: skip
    folder = drawn.write(tmp_path / "england", size)
    rows = pq.read_metadata(folder / "roll.parquet").num_rows
    command = [sys.executable, "-c", ENGLAND, str(folder), str(ROOT)]
    said = benchmark.pedantic(
        lambda: json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout),
        rounds=1,
    )
    gigabytes = said["bytes"] / 2**30
    benchmark.extra_info |= {"rows": rows, "peak GiB": round(gigabytes, 2)}
    print(
        f"\n{rows:,} rows of the roll in {said['seconds']:.0f} s, {gigabytes:.1f} GiB at most, {said['cells']:,} cells"
    )
    assert rows > 50_000_000
    assert said["seconds"] < ENGLAND_SECONDS
    assert said["bytes"] < ENGLAND_BYTES
