"""Shared by all tests: the project's root, one study of the shipped figures, made once a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onroll.project import Project
from onroll.runs import Run, run_of
from onroll.study import Study, examine

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def project() -> Project:
    return Project(ROOT)


@pytest.fixture(scope="session")
def study(project: Project) -> Study:
    """Luton 2023/24 from the shipped figures, with the plan's own choices."""
    return examine(project, "202324")


@pytest.fixture(scope="session")
def run(study: Study) -> Run:
    return run_of(study)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
