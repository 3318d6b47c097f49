"""What belongs to the project can be shown to anybody: no machine's paths, no package host, no output, no records."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

SLASH = "/"  # the patterns are put together, so that this file does not hold what it looks for
PLACES = re.compile(
    rf"(?<![\w.:{SLASH}])(?:{SLASH}(?:home|root|work|tmp|Users|opt|private|mnt){SLASH}[\w.]|[A-Z]:\\Users)"
)
HOSTS = re.compile(
    "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "conda" + r"\.anaconda", "index" + r"-url", "find" + "-links",
              "trusted" + "-host", "file:" + SLASH * 3, r"(?<!\.)127" + r"\.0\.0\.1", "local" + "host:"])
)  # fmt: skip
TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".lock",
    ".ipynb",
    ".html",
    ".css",
    ".csv",
    ".txt",
    ".R",
    ".json",
    "",
}
LARGEST = 5_000_000


def complaints(text: str) -> list[str]:
    found = [f"the place '{match[0]}' on somebody's machine" for match in PLACES.finditer(text)]
    return found + [f"the host or its option '{match[0]}'" for match in HOSTS.finditer(text)]


def test_no_file_names_a_machine_or_a_package_host(belonging: list[Path], root: Path) -> None:
    found = [
        f"{path.relative_to(root).as_posix()} names {complaint}"
        for path in belonging
        if path.suffix in TEXT
        for complaint in complaints(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found, (
        "\n".join(found) + "\nWrite a path from the project's folder; leave hosts to people's own settings."
    )


@pytest.mark.parametrize(
    "text",
    [
        SLASH + "home/ann/onroll", "in '" + SLASH + "tmp/x'", r"C:" + r"\Users\ann", "--index" + "-url x",
        "https://pypi" + ".org/simple", SLASH + "root/.cache",
    ],
)  # fmt: skip
def test_a_machine_or_host_is_seen(text: str) -> None:
    assert complaints(text)


@pytest.mark.parametrize(
    "text", ["data/raw/x.csv", f"at home{SLASH}work or school", f"src/onroll{SLASH}work{SLASH}x", "a/tmp/b"]
)
def test_ordinary_words_are_not_taken_for_places(text: str) -> None:
    assert complaints(text) == []


def test_no_notebook_belongs_with_outputs(belonging: list[Path], root: Path) -> None:
    for path in belonging:
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            stored = [
                n for n, cell in enumerate(cells, 1) if cell.get("outputs") or cell.get("execution_count")
            ]
            name = path.relative_to(root).as_posix()
            assert not stored, (
                f"{name}: cells {stored} hold outputs; in JupyterLab: Edit, Clear Outputs of All Cells, save"
            )


def test_no_run_and_no_record_belongs(belonging: list[Path], root: Path) -> None:
    kept = {"data/raw/README.md", "data/synthetic/README.md"}
    names = [path.relative_to(root).as_posix() for path in belonging]
    wrong = [name for name in names if name.startswith(("evaluation/runs/", "data/raw/", "data/synthetic/"))]
    assert set(wrong) <= kept, f"{sorted(set(wrong) - kept)}: runs and received files are never committed"


def test_nothing_large_belongs(belonging: list[Path], root: Path) -> None:
    large = [path.relative_to(root).as_posix() for path in belonging if path.stat().st_size > LARGEST]
    assert not large, f"{large}: above {LARGEST:,} bytes; keep what is needed to make it again instead"


def test_git_ignores_what_is_made_and_what_is_received(root: Path) -> None:
    made = [
        ".venv/x", ".tools/x", "evaluation/runs/202324/evidence.csv", "data/raw/roll.csv",
        "data/synthetic/roll.csv", ".benchmarks/x", "src/onroll.egg-info/x",
    ]  # fmt: skip
    asked = subprocess.run(
        ["git", "check-ignore", "--no-index", *made], cwd=root, capture_output=True, text=True, check=False
    )
    if asked.returncode == 128:
        pytest.skip("this copy is not in git")
    missed = sorted(set(made) - set(asked.stdout.split()))
    assert not missed, f"git would take {missed}: name them in .gitignore"
