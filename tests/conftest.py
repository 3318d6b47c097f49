"""Shared by all tests: the project's root, one study of the shipped figures and one whole run, made once a session."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # what only deals tests out to others starts without our libraries
    from onroll.project import Project
    from onroll.runs import Run
    from onroll.study import Study

ROOT = Path(__file__).resolve().parents[1]
LONGEST = (
    "test_counts_engines", "test_runs_of_other_figures", "test_run_of_records", "test_run_again", "test_notebooks_run",
    "test_accessibility", "test_whole_run", "test_mixed_simulation", "test_consistency_truth", "test_own_records",
    "test_honest_bounds_reference",
)  # fmt: skip
"""Files of half a minute and more, the longest first."""
os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # else every process that a test starts compiles everything again


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def project() -> Project:
    from onroll.project import Project

    return Project(ROOT)


@pytest.fixture(scope="session")
def study(project: Project) -> Study:
    """Luton 2023/24 from the shipped figures, with the plan's own choices."""
    from onroll.study import examine

    return examine(project, "202324")


@pytest.fixture(scope="session")
def run(study: Study) -> Run:
    from onroll.runs import run_of

    return run_of(study)


@pytest.fixture(scope="session")
def own_project(root: Path) -> Callable[..., Path]:
    """Copy the project into a folder, without runs: declarations, figures, all notebooks or those that are named,
    which then need each other only."""
    import yaml

    def copy(to: Path, *notebooks: str) -> Path:
        """The project of its own."""
        for name in ("evaluation", "notebooks", "data"):
            shutil.copytree(root / name, to / name, ignore=shutil.ignore_patterns("runs", "decisions"))
        if notebooks:
            declared = to / "notebooks" / "notebooks.yaml"
            said = yaml.safe_load(declared.read_text(encoding="utf-8"))
            said["notebooks"] = [one for one in said["notebooks"] if one["id"] in notebooks]
            for one in said["notebooks"]:
                one["needs"] = [need for need in one.get("needs", []) if need in notebooks]
            assert len(said["notebooks"]) == len(notebooks)
            declared.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return to

    return copy


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Let something be made in a folder that all processes which test side by side share: who asks first makes it."""
    from filelock import FileLock

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], None]) -> Path:
        """The folder, made whole; the others wait for it."""
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.is_file():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def whole(
    own_project: Callable[..., Path], made_once: Callable[[str, Callable[[Path], None]], Path]
) -> tuple[Path, list[str]]:
    """A project of its own with its run of 2023/24, as the command makes it, and the lines said; not to be changed."""

    def make(folder: Path) -> None:
        surroundings = {**os.environ, "ONROLL_ROOT": str(own_project(folder / "project"))}
        command = [sys.executable, "-m", "onroll", "evaluate", "--year", "2023/24"]
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (folder / "said.txt").write_text(done.stdout, encoding="utf-8")

    folder = made_once("whole", make)
    return folder / "project", (folder / "said.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def certified(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[None]:
    """The certificate, made once for all runs that are not about it; it is the same for each, as no run changes it."""
    from onroll import evaluation
    from onroll.validation.certificate import certificate

    def make(folder: Path) -> None:
        (folder / "made").write_bytes(pickle.dumps(certificate(ROOT)))

    made = made_once("certificate", make)
    found = pickle.loads((made / "made").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            evaluation, "Certifying", lambda root: SimpleNamespace(result=lambda: found, close=lambda: None)
        )
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys of pseudonyms that no test shares with the person who runs it."""
    os.environ["ONROLL_KEYS"] = str(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def made_town(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A small authority made from a seed, three years, as it would be received; not to be changed."""
    from onroll.framework.contract_files import load_contracts
    from onroll.synthetic import Made, make_authority

    def make(folder: Path) -> None:
        make_authority(
            folder / "town", load_contracts(ROOT), ROOT / "data" / "published", authority=Made("821", "Luton"), seed=5,
            pupils=9_000, first="202122", last="202324",
        )  # fmt: skip

    return made_once("made", make) / "town"


@pytest.fixture(scope="session")
def made_study(project: Project, made_town: Path) -> Study:
    """The year 2023/24 with the made authority's records."""
    from onroll.study import examine

    return examine(project, "202324", str(made_town))


@pytest.fixture(scope="session")
def made_term(project: Project, made_town: Path) -> Study:
    """The spring term of 2023/24 of the made authority."""
    from onroll.study import examine

    return examine(project, "202324", str(made_town), term="Spring")


@pytest.fixture(scope="session", autouse=True)
def _one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """One thread a process: for algebra always, for DuckDB in the quick tests, whose tables are small; ``make test``
    has as many as a user's."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with pytest.MonkeyPatch.context() as patch:
        if request.config.option.markexpr == "not slow":
            import duckdb

            connect = duckdb.connect

            def alone(
                *given: Any, config: Mapping[str, Any] | None = None, **named: Any
            ) -> duckdb.DuckDBPyConnection:
                """The same connection on one thread."""
                return connect(*given, config={**(config or {}), "threads": 1}, **named)

            patch.setattr(duckdb, "connect", alone)
        yield


def pytest_collectstart() -> None:
    """Bring nbformat in the quick way before a test imports it the slow one."""
    import_module("onroll.orchestration.libraries")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, the longest files before them, so that side by side none runs alone at the end."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: (
            item.get_closest_marker("slow") is None,
            places.get(item.path.stem, len(LONGEST)),
        )
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """``pytest`` alone, without naming tests, runs them on two cores, a file on one of them."""
    alone = (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS and "PYTEST_XDIST_WORKER" not in os.environ
    )
    if alone and getattr(config.option, "numprocesses", 0) is None and not config.option.usepdb:
        config.option.numprocesses, config.option.dist, config.option.loadscopereorder = 2, "loadfile", False
