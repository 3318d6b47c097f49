"""Shared by all tests: the project's root, one study of the shipped figures, made once a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onroll.framework.contract_files import load_contracts
from onroll.project import Project
from onroll.runs import Run, run_of
from onroll.study import Study, examine
from onroll.synthetic import Made, make_authority

ROOT = Path(__file__).resolve().parents[1]
os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # else every process that a test starts compiles everything again


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
def _own_keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys of pseudonyms that no test shares with the person who runs it."""
    os.environ["ONROLL_KEYS"] = str(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def made_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small authority made from a seed, three years, as it would be received."""
    folder = tmp_path_factory.mktemp("made") / "town"
    make_authority(
        folder, load_contracts(ROOT), ROOT / "data" / "published", authority=Made("821", "Luton"), seed=5,
        pupils=9_000, first="202122", last="202324",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def made_study(project: Project, made_town: Path) -> Study:
    """The year 2023/24 with the made authority's records."""
    return examine(project, "202324", str(made_town))


@pytest.fixture(scope="session")
def made_term(project: Project, made_town: Path) -> Study:
    """The spring term of 2023/24 of the made authority."""
    return examine(project, "202324", str(made_town), term="Spring")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that side by side they do not run alone at the end; the order of files stays."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """``pytest`` alone, without naming tests, runs them on two cores, a file on one of them."""
    alone = (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS and "PYTEST_XDIST_WORKER" not in os.environ
    )
    if alone and getattr(config.option, "numprocesses", 0) is None and not config.option.usepdb:
        config.option.numprocesses, config.option.dist, config.option.loadscopereorder = 2, "loadfile", False
