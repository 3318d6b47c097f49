"""Words that fresh readers stumbled over: what is at most, what is not counted yet, what is withheld, what is 95%."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onroll.framework import Framework
from onroll.presentation import quality_tables, record_tables, records
from onroll.presentation.html import page
from onroll.presentation.model import Paragraph, plain
from onroll.presentation.objectives import WAITING, standings
from onroll.presentation.quality import NOT_COUNTED, USED, Quality, TableQuality
from onroll.presentation.ratings import RED
from onroll.presentation.tables import numbers
from onroll.runs import Run

CHECKED = Quality((
    TableQuality("training", "Training", 500, USED), TableQuality("survey_answers", "Survey answers", 900, USED),
    TableQuality("policies", "Policies", 70, USED),
))  # fmt: skip


def test_a_count_of_governors_is_at_most_and_has_no_interval(year_run: Run, framework: Framework) -> None:
    table = record_tables.indicators(framework, year_run.facts, ["governors_trained"], "Any")
    assert table is not None
    assert [plain(cell) for cell in table.rows[0][1:3]] == [
        "at most 127 of 762 on all three topics",
        "at most 17%",
    ]
    said = repr(year_run.say("training"))
    assert "Of 762 governors in post, at most 127 were trained" in said
    assert "governors in post, 127" not in said


def test_a_chart_draws_what_is_at_most_without_an_interval(year_run: Run) -> None:
    chart = year_run.figure("training_coverage")
    assert "Governors: all three topics, at most 16.7%." in chart.alt
    assert len(chart.axes[0].collections) == len(chart.numbers) - 1


def test_at_most_can_be_red_and_nothing_better(year_run: Run, framework: Framework) -> None:
    facts = year_run.facts
    assert next(one for one in standings(framework, facts) if one.objective.id == "P3.1").rating == RED
    row = facts.where(indicator="governors_trained").index[0]
    facts.frame.loc[row, "numerator"], kept = 760.0, facts.frame.loc[row, "numerator"]
    try:
        facts._cells, facts._named = None, {}
        found = next(one for one in standings(framework, facts) if one.objective.id == "P3.1")
        assert "governors" not in plain(found.reason)
    finally:
        facts.frame.loc[row, "numerator"] = kept
        facts._cells, facts._named = None, {}


def test_tables_that_nothing_is_counted_from_are_not_said_to_be_used(framework: Framework) -> None:
    rows = {plain(row[0]): plain(row[2]) for row in quality_tables.received(CHECKED).rows}
    assert rows == {"Training": USED, "Survey answers": NOT_COUNTED, "Policies": NOT_COUNTED}
    [asked] = quality_tables.to_ask(framework, CHECKED)
    assert plain(asked) == (
        "Every table was received, but that these were received and checked, not counted yet: Survey answers, Policies: "
        "there is nothing to ask for."
    )


def test_an_objective_that_waits_for_the_survey_is_not_said_to_have_no_evidence(
    year_run: Run, framework: Framework
) -> None:
    brief = year_run.facts.brief
    waits = replace(brief, sources={**brief.sources, "synthetic_survey_answers": "Synthetic data"})
    facts = type(year_run.facts)(
        type("Released", (), {"frame": year_run.facts.frame})(),
        waits,
    )
    states = [one.state for one in standings(framework, facts)]
    assert WAITING in states
    assert WAITING not in [one.state for one in standings(framework, year_run.facts)]


def test_counts_of_schools_are_told_apart_from_counts_of_pupils() -> None:
    assert "Counts of schools and of meetings are not counts of pupils" in records.MEANING


def test_the_termly_page_says_what_an_interval_is_and_names_both_terms(term_run: Run) -> None:
    notes = [
        plain(one.words)
        for one in term_run.document("termly-exclusions").blocks
        if isinstance(one, Paragraph)
    ]
    assert any("95% of intervals made in this way hold the true one" in words for words in notes)
    chart = term_run.figure("suspensions_by_group")
    key = " ".join(words.get_text() for words in chart.axes[0].texts)
    assert "filled: spring term 2023/24; hollow diamond: spring term 2022/23" in key
    assert "95% intervals" in chart.unit


def test_the_numbers_beside_a_chart_are_named_in_words(term_run: Run) -> None:
    heads = [plain(row[0]) for row in numbers(term_run.figure("suspensions_by_group")).rows]
    assert "SEN support: suspension rate, a made-up authority, Spring term 2023/24" in heads
    assert not any(";" in head for head in heads)


def test_a_run_counts_what_was_released_and_what_was_withheld(year_run: Run, run: Run) -> None:
    held = int((year_run.facts.frame["symbol"] == "c").sum())
    assert held > 0
    assert repr(year_run).endswith(
        f"{len(year_run.facts.frame) - held:,} released rows, and {held:,} withheld"
    )
    assert "withheld" not in repr(run)


def test_what_is_synthetic_is_said_in_words(year_run: Run, term_run: Run, run: Run) -> None:
    assert "Part of this page is synthetic data" in repr(year_run.say("what_is_synthetic"))
    assert repr(term_run.say("what_is_synthetic")).startswith("Synthetic data.")
    assert "made up" in repr(run.say("what_is_synthetic"))


@pytest.mark.slow
def test_alternative_provision_is_outside_rates_and_inside_placements(run: Run) -> None:
    html = page(run.document("appendix-g"))
    assert "outside all rates of suspension and exclusion" in html
    assert "outside all these figures" not in html
