"""``python -m onroll`` is ``onroll``."""

from __future__ import annotations

import runpy
import sys

import pytest

import onroll.__main__ as door
from onroll import cli


def test_python_m_onroll_is_onroll(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert door.main is cli.main
    monkeypatch.delitem(sys.modules, "onroll.__main__")
    monkeypatch.setattr(sys, "argv", ["onroll", "--help"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("onroll", run_name="__main__")
    assert stopped.value.code == 0
    assert "usage: onroll" in capsys.readouterr().out
