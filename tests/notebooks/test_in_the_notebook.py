"""What a person meets in a notebook when a parameter is wrong: the line, and no traceback."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("on.examine('2023')", "onroll: year '2023' is not an academic year: write it as 2023/24 or 202324"),
        ("on.examine(neighbours='1999')", "onroll: neighbours is '1999'; allowed are 2021, 2025."),
        ("on.examine(data='nowhere')", "onroll: nowhere: there is no such folder."),
    ],
)
def test_an_error_is_one_line(call: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell.instance()
    shell.run_cell(f"import onroll as on\n{call}")
    said = capsys.readouterr()
    words = said.out + said.err
    assert expected in words
    assert "Traceback" not in words
    assert "errors.py" not in words
