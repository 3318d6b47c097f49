"""What the tests of pages share: runs with rows of own records, made by hand and released through the door."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from onroll.framework import Framework, load
from onroll.runs import Run


@pytest.fixture(scope="session")
def framework(root: Path) -> Framework:
    return load(root)


@pytest.fixture(scope="session")
def made() -> Any:
    """The module beside this one; the tests have no packages."""
    spec = importlib.util.spec_from_file_location("made_runs", Path(__file__).with_name("made_runs.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def term_run(run: Run, framework: Framework, made: Any) -> Run:
    """Spring term 2023/24, synthetic rows alone."""
    found: Run = made.made_run(run, framework, "Spring term")
    return found


@pytest.fixture(scope="session")
def year_run(run: Run, framework: Framework, made: Any) -> Run:
    """2023/24, published and synthetic rows together."""
    found: Run = made.made_run(run, framework)
    return found
