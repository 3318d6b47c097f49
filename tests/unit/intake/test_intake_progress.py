"""Progress in checking: each step is said, and the command says it only of work that takes long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import onroll.cli.commands as commands
from onroll.cli import main
from onroll.intake.records.pseudonyms import FOLDER

SCHOOLS = "URN,School name,Phase,LA\n990001,Acorn,Primary,821\n"


@pytest.fixture
def sent(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path / "keys"))
    (folder / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
    return folder


def test_long_work_is_told_on_stderr_and_stdout_is_the_findings(
    sent: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--data", str(sent)]) == 0
    short = capsys.readouterr()
    monkeypatch.setattr(commands, "Timer", lambda wait, do: Still(do))
    assert main(["check", "--data", str(sent)]) == 0
    long = capsys.readouterr()
    assert long.out == short.out
    assert long.err.splitlines() == ["reading schools.csv", "checking schools and settings"]


def test_work_that_is_over_in_time_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with commands._patiently() as say:
        say("reading a.csv")
    assert capsys.readouterr().err == ""


def test_what_is_being_done_is_said_when_patience_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begin: list[tuple[float, Callable[[], None]]] = []

    def timer(wait: float, do: Callable[[], None]) -> Still:
        begin.append((wait, do))
        return Still()

    monkeypatch.setattr(commands, "Timer", timer)
    with commands._patiently() as say:
        say("reading a.csv")
        say("reading b.csv")
        assert capsys.readouterr().err == ""
        wait, patience_ends = begin[0]
        patience_ends()
        say("checking roll")
    assert wait == 2.0
    assert capsys.readouterr().err.splitlines() == ["reading b.csv", "checking roll"]


class Still:
    """A timer whose time the test chooses: at once where it is told what to do, else never."""

    daemon = False

    def __init__(self, do: Callable[[], None] = lambda: None) -> None:
        self.do = do

    def start(self) -> None:
        """Do it at once."""
        self.do()

    def cancel(self) -> None:
        """Nothing to stop."""
