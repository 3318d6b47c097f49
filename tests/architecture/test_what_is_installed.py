"""pyproject.toml, requirements.lock and environment.yml say the same, and ask for nothing that is not used."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {"jupyterlab", "seaborn", "sqlglot", "statsmodels"}
"""Asked for by the project's charter, whether our own modules import them or not."""
TOOLS = {
    "axe-playwright-python",
    "pandas-stubs",
    "playwright",
    "pre-commit",
    "pytest-benchmark",
    "pytest-xdist",
    "setuptools",
}
MAKE_LOCK = "Run 'make lock' and look at what changed."


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def asked() -> list[Requirement]:
    project = pyproject()["project"]
    extras = project.get("optional-dependencies", {}).values()
    return [
        Requirement(line) for line in [*project["dependencies"], *(one for extra in extras for one in extra)]
    ]


def locked(text: str) -> dict[str, list[tuple[Version, int]]]:
    """Each library of the lock with its versions (one a marker) and how many hashes each has."""
    found: dict[str, list[tuple[Version, int]]] = {}
    for block in re.split(r"\n(?=[a-zA-Z0-9])", text):
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", block)
        if match:
            found.setdefault(canonicalize_name(match[1]), []).append(
                (Version(match[2]), len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block)))
            )
    return found


def differences(requirements: list[Requirement], lock: str) -> Iterator[str]:
    """Where the lock does not do what pyproject.toml asks."""
    there = locked(lock)
    for one in requirements:
        versions = there.get(canonicalize_name(one.name), [])
        if not versions:
            yield f"{one.name} is asked for in pyproject.toml and is not in requirements.lock. {MAKE_LOCK}"
        for version, _ in versions:
            if version not in one.specifier:
                yield f"{one.name}: the lock has {version}, pyproject.toml asks for {one.specifier}. {MAKE_LOCK}"
    for name, versions in there.items():
        if any(hashes == 0 for _, hashes in versions):
            yield f"{name} has no hash in requirements.lock. {MAKE_LOCK}"
    if re.search(r"^(-|[A-Za-z0-9._-]+ @ )", lock, re.MULTILINE):
        yield f"requirements.lock holds an option or an address; it may hold versions and hashes only. {MAKE_LOCK}"


def test_the_lock_does_what_pyproject_asks() -> None:
    found = list(differences(asked(), (ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert not found, "\n".join(found)
    assert len(locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))) > 100


HASH = "--hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("lock", "complaint"),
    [
        ("", "numpy is asked for"),
        (f"numpy==1.0 \\\n    {HASH}\n", "the lock has 1.0"),
        ("numpy==2.4.6\n", "numpy has no hash"),
        (f"--index https://example.org\nnumpy==2.4.6 \\\n    {HASH}\n", "holds an option or an address"),
        (
            f"numpy==2.4.6 \\\n    {HASH}\nother @ https://example.org/x.whl\n",
            "holds an option or an address",
        ),
    ],
)
def test_a_lock_out_of_step_is_seen(lock: str, complaint: str) -> None:
    assert complaint in "\n".join(differences([Requirement("numpy>=2.4")], lock))


def test_the_lock_says_how_it_is_made_and_nothing_of_a_machine() -> None:
    opening = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()[:2]
    assert opening[1].strip("# ") == "make lock", f"the lock was made in another way. {MAKE_LOCK}"


def test_there_is_one_lock() -> None:
    others = ("uv.lock", "poetry.lock", "Pipfile.lock", "conda-lock.yml")
    assert not [name for name in others if (ROOT / name).exists()], (
        "requirements.lock is the one lock; remove the other"
    )


def test_every_asked_version_has_a_lower_bound() -> None:
    loose = [one.name for one in asked() if ">=" not in str(one.specifier)]
    assert not loose, f"{loose}: say from which version on it is known to work"


def test_what_the_package_asks_for_is_what_it_imports(imported: dict[str, tuple[set[str], set[str]]]) -> None:
    known = packages_distributions()
    libraries = {name for _, found in imported.values() for name in found}
    used = {canonicalize_name(one) for library in libraries for one in known.get(library, [library])}
    named = (ROOT / "src" / "onroll" / "orchestration" / "warm.py").read_text(encoding="utf-8")
    used |= {"matplotlib-inline"} if '"matplotlib_inline.' in named else set()
    project = pyproject()["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["spark"]]
    wanted = {canonicalize_name(Requirement(line).name) for line in lines}
    assert wanted - used - GIVEN == set(), (
        f"{sorted(wanted - used - GIVEN)}: asked for in pyproject.toml, imported nowhere"
    )
    assert used - wanted == set(), (
        f"{sorted(used - wanted)}: imported in src/onroll, not asked for in pyproject.toml"
    )


def test_what_development_asks_for_is_used() -> None:
    folders = ("tests", "benchmarks", "docs")
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")
    )
    work = "\n".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("Makefile", "pyproject.toml", ".pre-commit-config.yaml")
    )
    for line in pyproject()["project"]["optional-dependencies"]["dev"]:
        name = Requirement(line).name.lower()
        module = name.replace("types-py", "").replace("-", "_")
        commands = {"import-linter": "lint-imports"}
        called = f"bin)/{commands.get(name, name)}" in work.lower()
        imports = re.search(rf"^\s*(import|from) {module}\b", code, re.MULTILINE) is not None
        assert called or imports or name in TOOLS or f"--{name}" in code, (
            f"{name}: a dev dependency that nothing uses"
        )


def test_the_conda_environment_is_in_step() -> None:
    made = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    project = pyproject()["project"]
    remedy = "Run 'make environment'."
    assert made["name"] == project["name"], remedy
    assert made["channels"] == ["conda-forge", "nodefaults"], remedy
    *plain, last = made["dependencies"]
    assert plain == [f"python={project['requires-python'].removeprefix('>=')}", "pip"], remedy
    assert last == {"pip": ["-r requirements.lock"]}, f"everything but Python comes from the lock. {remedy}"


@pytest.mark.parametrize("name", ["environment", "public_names", "known_truth"])
def test_what_is_made_from_other_files_is_up_to_date(name: str) -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    file, make = generate.MADE[name]
    target = name if name == "environment" else "docs"
    assert (ROOT / file).read_text(encoding="utf-8") == make(), f"{file} is out of date: run 'make {target}'"
