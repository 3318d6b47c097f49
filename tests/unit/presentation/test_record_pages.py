"""Own records on tables, charts, ratings, the spreadsheet and the pages of a year: protected, named, never said missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from onroll.framework import Framework
from onroll.presentation import practice, quality_tables, record_tables, records
from onroll.presentation.facts import Facts
from onroll.presentation.html import page
from onroll.presentation.index import index
from onroll.presentation.model import Paragraph, Table, plain
from onroll.presentation.objectives import ALL_WITHHELD, NO_EVIDENCE, standings
from onroll.presentation.quality import Quality
from onroll.presentation.ratings import AMBER, GREEN, NOT_RATED, RED, share_rating
from onroll.presentation.record_charts import RECORD_CHARTS
from onroll.presentation.workbook import write_workbook
from onroll.runs import Run

DRAWN = 1e-9  # a number drawn is the number in the table, bit for bit but for the way it is stored


def cells(table: Table | None, head: str) -> list[str]:
    assert table is not None
    return next([plain(cell) for cell in row[1:]] for row in table.rows if plain(row[0]).startswith(head))


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("principles_on_record", ["29 of 44", "66% (51 to 78)", "not available"]),  # few: whole percentages
        (
            "staff_trained_trauma",
            ["2,545 of 5,588", "45.5% (44.2 to 46.9)", "not available"],
        ),  # many: a decimal
        ("readiness_decided_by_panel", ["withheld", "withheld", "not available"]),
        ("register_permanent_exclusion_rate", ["17", "0.4 per 1,000 (0.2 to 0.7)", "14; 0.4 per 1,000"]),
    ],
)
def test_a_line_is_no_more_precise_than_it_is_known(
    year_run: Run, framework: Framework, indicator: str, expected: list[str]
) -> None:
    table = record_tables.indicators(framework, year_run.facts, [indicator], "Any")
    found = cells(table, framework.indicator(indicator).label)
    assert [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in found] == expected


def test_a_few_meetings_are_given_without_a_percentage(year_run: Run, framework: Framework) -> None:
    table = record_tables.indicators(framework, year_run.facts, practice.SUBJECTS["support"][1], "Support")
    assert cells(table, "Flagged schools offered") == ["2 of 3", "not available"]
    assert table is not None
    assert not any("interval" in column for column in table.columns)
    lacking = record_tables.lacking(framework, year_run.facts, practice.SUBJECTS["support"][1])
    assert (
        plain(lacking)
        == "Nothing received, or nothing to count: flagged schools that took up the offer; days from flag to offer."
    )


def test_published_rows_are_never_taken_for_own_records(
    run: Run, year_run: Run, framework: Framework
) -> None:
    assert records.level(run.facts, "suspension_rate") is None
    assert not records.has_rows(run.facts)
    assert len(records.own_rows(year_run.facts)) + len(run.facts.frame) == len(year_run.facts.frame)


@pytest.mark.parametrize("name", sorted(RECORD_CHARTS))
def test_a_chart_draws_its_numbers_and_names_what_is_withheld(year_run: Run, name: str) -> None:
    chart = year_run.figure(name)
    [axes] = chart.axes
    drawn = [float(line.get_xdata()[0]) for line in axes.lines]  # type: ignore[index, arg-type]
    held = chart.numbers["estimate"]
    assert len(drawn) == len(held) > 1
    assert all(min(abs(held - value)) < DRAWN for value in drawn)
    assert held.notna().all()
    assert "Synthetic data" in chart.source
    assert "Already public" not in chart.source
    assert len(chart.alt) > 60
    assert 3 <= len(chart.title.split()) <= 20


def test_a_withheld_line_of_a_chart_has_a_word_and_no_place(year_run: Run) -> None:
    chart = year_run.figure("alternative_provision")
    words = [text.get_text() for text in chart.axes[0].texts]
    assert words.count("withheld") == 2
    assert "Withheld: Managed moves lasting 12 weeks; Readiness decided at panel" in chart.alt


@pytest.mark.parametrize(
    ("code", "share", "expected"),
    [("COV24", 0.95, GREEN), ("COV24", 0.94, AMBER), ("COV24", 0.74, RED), ("DONE", 1.0, GREEN), ("DONE", 0.7, AMBER),
     ("DONE", 0.5, RED), ("TIME", 0.9, GREEN), ("TIME", 0.75, AMBER), ("COV", 0.80, AMBER), ("COV", 0.79, RED)],
)  # fmt: skip
def test_a_rule_of_shares_is_read_as_declared(
    framework: Framework, code: str, share: float, expected: str
) -> None:
    assert share_rating(framework.rating_rules[code], share) == expected


def test_an_objective_is_rated_by_its_worst_and_says_what_it_rests_on(
    year_run: Run, framework: Framework
) -> None:
    found = {one.objective.id: one for one in standings(framework, year_run.facts)}
    assert found["P3.1"].rating == RED
    assert (
        plain(found["P3.1"].reason)
        == "Red, resting on 'governors trained within two years': at most 127 of 762. Synthetic data."
    )
    assert found["P1.1"].rating == AMBER
    assert plain(found["P1.1"].reason).endswith("Other indicators of it have no figure.")
    assert found["P7.1"].rating == AMBER
    assert "Synthetic" not in plain(found["P7.1"].reason)


@pytest.mark.slow
def test_what_is_all_withheld_was_received_and_is_not_missing(year_run: Run, framework: Framework) -> None:
    one = next(each for each in standings(framework, year_run.facts) if each.objective.id == "P4.14")
    assert (one.rows, one.strength, one.rating, one.state) == (0, "", NOT_RATED, ALL_WITHHELD)
    assert "joiners_excluded_within_year" not in [indicator.id for indicator in one.missing]
    row = year_run.objectives().set_index("id").loc["P4.14"]
    assert row["strength"] == ALL_WITHHELD.lower()
    html = page(year_run.document("appendix-g"))
    assert html.count(f"<strong>{NO_EVIDENCE}</strong>") == sum(
        not each.rows and not each.withheld for each in standings(framework, year_run.facts)
    )


def test_a_term_is_not_rated(term_run: Run) -> None:
    assert set(term_run.objectives()["rating"]) == {NOT_RATED}


@pytest.mark.slow
def test_the_subtitle_says_published_only_where_it_is_so(run: Run, year_run: Run) -> None:
    assert run.document("board").subtitle.endswith("from published figures")
    assert year_run.document("board").subtitle.endswith("from published figures and synthetic records")
    said = [plain(block.words) for block in year_run.document("board").blocks if isinstance(block, Paragraph)]
    assert said[0].startswith("Part of this page is synthetic data.")
    assert not any("no survey answers" in one for one in said)


def test_findings_below_ten_are_not_counted_out(made: Any) -> None:
    table = quality_tables.findings(made.quality())
    assert table is not None
    assert [plain(row[2]) for row in table.rows] == ["14", "a few"]
    assert quality_tables.findings(Quality()) is None


def test_what_to_ask_for_begins_with_what_speaks_to_most(framework: Framework, made: Any) -> None:
    asked = [plain(one) for one in quality_tables.to_ask(framework, made.quality())]
    assert asked[0].startswith("Ask for 'Survey answers', which was not received: 36 objectives rest on it")
    assert asked[1].startswith("Have 'Use of the Guiding Principles' corrected")
    assert len(asked) == 2


def test_the_index_of_a_term_links_the_termly_report(term_run: Run, run: Run, framework: Framework) -> None:
    html = page(index(framework, term_run.facts))
    assert 'href="report/termly-exclusions.html"' in html
    assert "board.html" not in html
    assert "854" in html
    year = page(index(framework, run.facts))
    assert "board.html" in year
    assert "termly-exclusions" not in year


@pytest.mark.slow
@pytest.mark.parametrize("name", ["term_run", "year_run"])
def test_the_spreadsheet_holds_every_row_with_its_symbol(
    name: str, framework: Framework, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(name)
    write_workbook(tmp_path / "tables.xlsx", framework, run.facts)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx", read_only=True)
    rows = [
        row
        for sheet in ("Records", "Records by group")
        for row in book[sheet].iter_rows(min_row=4, values_only=True)
    ]
    assert len(rows) == len(records.own_rows(run.facts))
    assert sum("[c]" in row for row in rows) == (records.own_rows(run.facts)["symbol"] == "c").sum() > 5
    assert "already public" not in str(book["Cover"]["A2"].value)


@pytest.mark.parametrize("name", ["term_run", "year_run", "run"])
def test_every_table_and_topic_has_something_to_say(name: str, request: pytest.FixtureRequest) -> None:
    from onroll.presentation.catalogue import TABLES, TOPICS

    run: Run = request.getfixturevalue(name)
    for table in TABLES:
        assert run.table(table).blocks, table
    for topic in TOPICS:
        assert "nan" not in repr(run.say(topic)).split(), topic
    assert isinstance(run.facts, Facts)
