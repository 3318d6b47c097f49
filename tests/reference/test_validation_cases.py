"""Every published answer that ships, recomputed and held to its own tolerance (``data/validation/*/case.yaml``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from onroll.validation import certificate

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(path.name for path in (ROOT / "data" / "validation").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", CASES)
def test_published_answers_are_recomputed(name: str) -> None:
    (case,) = certificate(ROOT, [name]).cases
    assert len(case.figures) > 0
    assert [figure for figure in case.figures if not figure.agrees] == []
