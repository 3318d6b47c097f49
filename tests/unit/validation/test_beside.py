"""The certificate by a process of its own is the same certificate; without the process it is made all the same."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onroll.errors import DataError
from onroll.validation import beside
from onroll.validation.beside import Certifying
from onroll.validation.certificate import certificate

ROOT = Path(__file__).parents[3]
ONE = "P25_evalue"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of one case."""
    target = tmp_path / "data" / "validation"
    target.mkdir(parents=True)
    (target / ONE).symlink_to(ROOT / "data" / "validation" / ONE)
    return tmp_path


def test_it_is_the_same_certificate(small: Path) -> None:
    assert list(Certifying(small).result().table()) == list(certificate(small).table())


def test_where_the_process_fails_it_is_made_here(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "CODE", "raise SystemExit(3)")
    assert Certifying(small).result().summary == certificate(small).summary


def test_what_is_wrong_with_a_case_is_said(small: Path) -> None:
    (small / "data" / "validation" / "P99_unknown").mkdir()
    with pytest.raises(DataError, match=r"P99_unknown: nothing in onroll\.validation recomputes it"):
        Certifying(small).result()


def test_one_that_nobody_asked_for_is_given_up(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "CODE", "import time; time.sleep(600)")
    given_up = Certifying(small)
    given_up.close()
    assert given_up._process.returncode is not None


def test_it_ends_with_a_process_that_is_killed() -> None:
    waits = (
        "from onroll.validation.beside import *; import time; end_with_the_one_that_asked(); time.sleep(600)"
    )
    asks = (
        "import os; from pathlib import Path; from onroll.validation import beside; "
        f"beside.CODE = {waits!r}; print(beside.Certifying(Path())._process.pid, flush=True); os._exit(9)"
    )
    pid = int(subprocess.run([sys.executable, "-c", asks], stdout=subprocess.PIPE, check=False).stdout)
    until = time.monotonic() + 60
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    """Whether there is such a process, one that has ended and was not asked after left out."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.is_file() or stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
