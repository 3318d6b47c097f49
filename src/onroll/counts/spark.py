"""A Spark session that adds, divides and tells the time as DuckDB does, says nothing and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onroll.errors import UsageError

_QUIET = """rootLogger.level = off
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %m%n
"""


def spark_session(url: str, memory: str, scratch: Path) -> tuple[Any, bool]:
    """A Spark session, and whether it was started here. A session that already runs is used and left running."""
    way_out = "install it with `make spark`, or count with the engine duckdb"
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise UsageError(f"engine '{url}' needs pyspark, which is not installed; {way_out}") from missing
    is_remote = url.startswith("sc://")
    if not is_remote and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UsageError(f"engine '{url}' needs Java 17, which is not installed; install it and {way_out}")
    running = None if is_remote else SparkSession.getActiveSession()
    builder = SparkSession.builder.remote(url) if is_remote else SparkSession.builder.master(url)
    for key, value in _spark_settings(url, memory, scratch).items():
        builder = builder.config(key, value)
    try:
        with _silent():
            session = builder.getOrCreate()
    except Exception as wrong:  # a missing library of Spark Connect, an old Java, a host that is not there
        first = (str(wrong).splitlines() or [""])[0]
        raise UsageError(
            f"engine '{url}' did not start: {type(wrong).__name__}: {first}; {way_out}"
        ) from wrong
    if not is_remote:
        session.sparkContext.setLogLevel("OFF")
    return session, running is None


@contextmanager
def _silent() -> Iterator[None]:
    """What Java says as it starts goes nowhere; what goes wrong later reaches Python as an error."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _spark_settings(url: str, memory: str, scratch: Path) -> dict[str, str]:
    """Strict arithmetic and one time zone, as DuckDB has them; quiet; nothing left in the present folder."""
    settings = {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    if not url.startswith("local"):
        return settings
    log = scratch / "log4j2.properties"
    log.write_text(_QUIET, encoding="utf-8")
    return settings | {
        "spark.app.name": "onroll",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": memory.lower().removesuffix("b"),
        "spark.driver.bindAddress": "localhost",
        "spark.driver.host": "localhost",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log} -Dderby.system.home={scratch}",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.adaptive.enabled": "false",
    }
