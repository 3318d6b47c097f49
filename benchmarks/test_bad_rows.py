"""A table of bad rows only, ten million of them: told in some lines, in bounded memory. All data are invented."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS, QUICK_ROWS, FAULTS_A_ROW = 10_000_000, 200_000, 4
MOST_LINES, MOST_MEGABYTES = 40, 3 * 1024
CHECK = """
import resource, sys
from pathlib import Path
from onroll.framework.contract_files import load_contracts
from onroll.intake.checking import Desk, check_folder
from onroll.intake.records.pseudonyms import Key
root, folder = map(Path, sys.argv[1:])
desk = Desk(load_contracts(root), Key(bytes(32)))
with check_folder(folder, root / "data" / "published", desk) as checked:
    print(checked.findings.count("error"), len(checked.findings.lines()))
    checked.write_list(folder.parent / "list.csv")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
pytestmark = pytest.mark.slow


def test_bad_rows_are_told_in_some_lines_and_three_gigabytes(
    benchmark: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    rows = QUICK_ROWS if request.config.getoption("benchmark_disable") else ROWS
    folder = tmp_path / "received"
    folder.mkdir()
    with (folder / "training.csv").open("w", encoding="utf-8") as out:
        out.write("urn,return_date,staff_group,topic,in_post,trained_24_months\n")
        for number in range(rows):
            out.write(f"99000x,31/02/20{number % 90 + 10},teacherz{number % 977},trauma,-{number},2\n")
    command = [sys.executable, "-c", CHECK, str(ROOT), str(folder)]

    def told() -> list[int]:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [int(word) for word in done.stdout.split()]

    errors, lines, megabytes = benchmark.pedantic(told, rounds=1, iterations=1)
    print(f"\n{rows:,} bad rows in {lines} lines and {megabytes:,} MB")
    assert errors == FAULTS_A_ROW * rows
    assert lines < MOST_LINES
    assert megabytes < MOST_MEGABYTES
