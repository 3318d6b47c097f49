"""What the tests of counting share: the contracts, tables drawn by hand, counts of a folder."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).with_name("drawn_records.py")


def drawn_records() -> Any:
    """The module beside this one; the tests have no packages."""
    if "drawn_records" not in sys.modules:
        spec = importlib.util.spec_from_file_location("drawn_records", _HERE)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["drawn_records"] = module
        spec.loader.exec_module(module)
    return sys.modules["drawn_records"]


@pytest.fixture(scope="session")
def drawn() -> Any:
    return drawn_records()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, drawn: Any) -> Path:
    """A small synthetic authority pair: three years, three censuses a year."""
    size = drawn.Size(cohort=120, primaries=8, secondaries=4, specials=2, units=1, suspensions=350)
    folder: Path = drawn.write(tmp_path_factory.mktemp("small") / "tidy", size)
    return folder


@pytest.fixture
def day() -> Callable[[str], dt.date]:
    return dt.date.fromisoformat
