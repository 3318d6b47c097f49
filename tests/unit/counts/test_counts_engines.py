"""The engines: what they are given, what they say when something is missing, and that two of them agree."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from onroll.counts import engine as engines
from onroll.counts.choices import Choices
from onroll.counts.engine import open_engine
from onroll.counts.records import record_cells
from onroll.errors import DataError, UsageError

HAS_SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
MAY_SKIP = not os.environ.get("CI")
LAST = dt.date(2021, 7, 31)
QUICK_TO_BEGIN = """spark.driver.defaultJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.sql.constraintPropagation.enabled false
"""
"""Here Spark compiles code that runs once: the first of Java's two compilers will do, the second does not pay, nor does
looking for what follows from a query's conditions."""


@pytest.fixture(scope="module")
def contracts(drawn: Any) -> Any:
    return drawn.load_contracts(drawn.ROOT)


def test_a_table_is_in_its_tidy_form_and_an_absent_one_is_empty(
    small: Path, contracts: Any, drawn: Any
) -> None:
    with open_engine(small, contracts) as engine:
        assert engine.has("roll")
        assert not engine.has("placements")
        nothing = engine.fetch(engine.table("placements"))
        assert (nothing.num_rows, nothing.schema) == (0, drawn.tidy_schema(contracts.tables["placements"]))
        assert engine.table("roll").schema().to_pyarrow() == drawn.tidy_schema(contracts.tables["roll"])


def test_several_files_and_patterns_are_one_table(contracts: Any, drawn: Any, tmp_path: Path) -> None:
    parts = list(drawn.roll_parts(drawn.Size(cohort=20, years=1, terms=("Spring",))))
    (tmp_path / "roll").mkdir()
    for at, part in enumerate(parts):
        pq.write_table(part, tmp_path / "roll" / f"part{at}.parquet")
    files = sorted((tmp_path / "roll").iterdir())
    for given in (
        tmp_path,
        {"roll": tmp_path / "roll"},
        {"roll": str(tmp_path / "roll" / "*.parquet")},
        {"roll": files},
    ):
        with open_engine(given, contracts) as engine:
            assert engine.fetch(engine.table("roll").count().as_table())[0][0].as_py() == sum(map(len, parts))


def test_nothing_is_left_in_the_scratch_folder(small: Path, contracts: Any, tmp_path: Path) -> None:
    with open_engine(small, contracts, memory="200MB", scratch=tmp_path) as engine:
        engine.cache(engine.table("roll"))
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_said_with_the_way_out(small: Path, contracts: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="engine 'mysql' is unknown; write one such as duckdb"):
        open_engine(small, contracts, url="mysql").__enter__()
    with pytest.raises(UsageError, match="folder 'nowhere' is not there"):
        open_engine(tmp_path / "nowhere", contracts).__enter__()
    with pytest.raises(UsageError, match="there is no table 'pupils'; tables are schools, roll"):
        open_engine({"pupils": small}, contracts).__enter__()
    pq.write_table(pa.table({"pupil": [1]}), tmp_path / "roll.parquet")
    (tmp_path / "schools.parquet").write_text("not Parquet")
    with open_engine(tmp_path, contracts) as engine:
        with pytest.raises(DataError, match="roll: column 'time_period' is not in its Parquet files"):
            engine.table("roll")
        with pytest.raises(DataError, match=r"schools: schools\.parquet cannot be read as Parquet"):
            engine.table("schools")


def test_spark_that_is_not_installed_is_one_line(
    small: Path, contracts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    with pytest.raises(
        UsageError, match=r"needs pyspark, which is not installed; install it with `make spark`"
    ):
        open_engine(small, contracts, url="local[2]").__enter__()


@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None and MAY_SKIP, reason="pyspark is not installed"
)
def test_java_that_is_not_installed_is_one_line(
    small: Path, contracts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(engines.shutil, "which", lambda _: None)
    with pytest.raises(UsageError, match="needs Java 17, which is not installed"):
        open_engine(small, contracts, url="local[2]").__enter__()


@pytest.mark.slow
@pytest.mark.skipif(
    not HAS_SPARK and MAY_SKIP, reason="pyspark or Java is not installed: make spark, and Java 17"
)
def test_duckdb_and_spark_count_the_same_million_rows(
    contracts: Any, drawn: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = drawn.Size(cohort=8_000, primaries=60, secondaries=14, specials=4, units=2, suspensions=20_000)
    folder = drawn.write(tmp_path / "tidy", size)
    drawn.write_others(folder, size, 4_000)
    assert pq.read_metadata(folder / "roll.parquet").num_rows > 1_000_000
    (tmp_path / "here").mkdir()
    (tmp_path / "scratch").mkdir()
    (tmp_path / "spark-defaults.conf").write_text(QUICK_TO_BEGIN, encoding="utf-8")
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path / "here")
    found = []
    for url in ("duckdb", "local[2]"):
        with open_engine(folder, contracts, url=url, memory="3GB", scratch=tmp_path / "scratch") as engine:
            found.append(record_cells(engine, Choices(LAST)))
    assert found[0].cells.num_rows > 30_000
    assert len(pc.unique(found[0].cells["indicator"]).dictionary) > 50
    assert found[0].cells.equals(found[1].cells)
    assert found[0].spells.equals(found[1].spells)
    assert list((tmp_path / "here").iterdir()) == []
    assert list((tmp_path / "scratch").iterdir()) == []
