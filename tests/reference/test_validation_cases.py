"""Every published answer that ships, recomputed and held to its own tolerance (``data/validation/*/case.yaml``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from onroll.validation import certificate

ROOT = Path(__file__).resolve().parents[2]
DEAR = {"P19_honest_did_bc"}
"""Cases of several seconds."""
CASES = sorted(path.name for path in (ROOT / "data" / "validation").iterdir() if path.is_dir())


@pytest.mark.parametrize(("name", "figures"), [("P16_staggered_mpdta", 50), ("P19_honest_did_bc", 20)])
def test_no_figure_of_the_dearer_cases_is_left_out(name: str, figures: int) -> None:
    said = (ROOT / "data" / "validation" / name / "expected.csv").read_text(encoding="utf-8").splitlines()
    assert len(said) == 1 + figures


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in DEAR else []) for name in CASES]
)
def test_published_answers_are_recomputed(name: str) -> None:
    (case,) = certificate(ROOT, [name]).cases
    assert len(case.figures) > 0
    assert [figure for figure in case.figures if not figure.agrees] == []
