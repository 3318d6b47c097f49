"""GLOSSARY.md has every word a reader meets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onroll import framework, vocabulary

LINES = (Path(__file__).parents[3] / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if line.startswith("| ")][1:]
MEANINGS = {row[0].replace("`", ""): row[1] for row in ROWS}
TERMS = {term.lower() for term in MEANINGS}
EVERYTHING = "\n".join(row[0] + " " + row[1] for row in ROWS).lower()


def words() -> list[str]:
    return [
        *(measure.label for measure in vocabulary.MEASURES.values()),
        *vocabulary.PHASES,
        *vocabulary.SEN_PROVISIONS,
        *vocabulary.SYMBOL_MEANINGS,
        *vocabulary.COMPARATOR_KINDS,
    ]


@pytest.mark.parametrize("word", words())
def test_every_measure_phase_provision_symbol_and_comparator_kind_is_a_term(word: str) -> None:
    assert word.lower() in TERMS


def test_every_rating_rule_is_a_term(ours: framework.Framework) -> None:
    assert [
        code for code in ours.rating_rules if not MEANINGS.get(code, "").startswith("Rating rule: ")
    ] == []


@pytest.mark.parametrize(
    "word",
    [
        *vocabulary.TERMS,
        *vocabulary.STRENGTHS,
        "ALPS", "BIWAB", "alternative provision (AP)", "managed move", "off-rolling",
        "in-year fair access", "elective home education", "SEMH", "on roll", "baseline",
        "comparator", "reference group", "statistical neighbours", "synthetic control",
        "difference in differences", "placebo", "interval", "dispersion", "detectable change",
        "rating", "strength", "evidence", "released", "indicator", "objective", "priority",
        "focus area", "rate", "proportion", "rate ratio", "relative risk",
    ],
)  # fmt: skip
def test_the_words_of_the_evaluation_are_explained(word: str) -> None:
    assert word.lower() in EVERYTHING


def test_the_terms_stand_in_the_order_of_the_alphabet_and_once() -> None:
    keys = [re.sub(r"[^a-z0-9 ]", "", row[0].lower().replace("-", " ")) for row in ROWS]
    assert keys == sorted(keys)
    assert len(MEANINGS) == len(ROWS) > 100


def test_every_term_has_a_meaning_in_a_plain_line() -> None:
    for row in ROWS:
        assert len(row) == 3, row
        assert 3 <= len(row[1].split()) <= 45, row
        assert row[1].endswith("."), row


def test_the_symbols_mean_what_the_vocabulary_says() -> None:
    for symbol, meaning in vocabulary.SYMBOL_MEANINGS.items():
        assert meaning in MEANINGS[symbol]
