"""Pages of the authority's own line and of another cause: every number is a cell of the evidence, and nothing is claimed."""

from __future__ import annotations

import re

import pytest

from onroll.disclosure.door import reopened
from onroll.presentation import own_line
from onroll.presentation.facts import Bound, Facts
from onroll.presentation.judged import OUTCOMES
from onroll.presentation.model import Paragraph, Table, Text, plain
from onroll.presentation.numbers import FORMATS
from onroll.presentation.sentences.another_cause import another_cause
from onroll.runs import Run
from onroll.vocabulary import RELATIVE_CHANGE
from onroll.vocabulary.impact import E_VALUE, OTHERS_OUT, OTHERS_STEP, OWN_LINES, OWN_SEEN, OWN_STEP

SAYS_WHEN = re.compile(r"20\d\d(/\d\d)?|80%|(takes?|leaves) (in|out) 1|holds? 1")
CLAIMS = ("impact", "effect", "caused", "due to", "thanks to", "reduced", "significant", "worked")


def table_of(facts: Facts) -> Table:
    [table] = [block for block in own_line.table(facts) if isinstance(block, Table)]
    return table


def changed(run: Run, statistic: str, **cells: object) -> Facts:
    """The run with other cells in every row of a statistic of the impact."""
    frame = run.facts.frame.copy()
    mine = frame["statistic"].eq(statistic) & frame["indicator"].str.startswith("strategy_impact_")
    assert mine.any()
    for column, value in cells.items():
        frame.loc[mine, column] = value
    return Facts(reopened(frame, {"withheld": []}), run.facts.brief)


def every_text(facts: Facts) -> list[Text]:
    cells = [cell for row in table_of(facts).rows for cell in row]
    return [*own_line.could_be_seen(facts), *cells, *own_line.beside(facts), *another_cause(facts)]


def test_every_number_is_bound_to_its_cell_and_printed_from_it(run: Run) -> None:
    numbers = [part for words in every_text(run.facts) for part in words if isinstance(part, Bound)]
    assert len(numbers) >= 3 * (2 + 4 * 3 + 6 + 3)
    for part in numbers:
        value = float(run.facts.frame.loc[part.row, part.column])
        assert part.value == value
        assert part.text == FORMATS[part.style](value)


def test_no_number_comes_from_nowhere_and_nothing_is_claimed(run: Run) -> None:
    for words in every_text(run.facts):
        loose = "".join(part for part in words if isinstance(part, str))
        assert not re.search(r"\d", SAYS_WHEN.sub("", loose)), loose
        assert [claim for claim in CLAIMS if claim in loose.lower()] == []
    first = plain(own_line.beside(run.facts)[0])
    assert "nothing separates the strategy from what happened everywhere" in first
    assert "carries no verdict" in first


def test_the_table_has_a_row_a_model_and_a_column_an_outcome(run: Run) -> None:
    table = table_of(run.facts)
    assert len(table.rows) == len(OWN_LINES)
    assert all(len(row) == 1 + len(OUTCOMES) for row in table.rows)
    for row, design in zip(table.rows, OWN_LINES, strict=True):
        for cell, outcome in zip(row[1:], OUTCOMES, strict=True):
            found = run.facts.one(indicator=f"strategy_impact_{outcome}", statistic=OWN_STEP, design=design)
            assert found is not None
            assert {part.row for part in cell if isinstance(part, Bound)} == {found.row}
    assert "Department for Education" in table.source


def test_what_could_be_seen_and_what_others_did_are_told_of_each_outcome(run: Run) -> None:
    for lines, statistics in (
        (own_line.could_be_seen(run.facts), {OWN_SEEN}),
        (own_line.beside(run.facts)[1:], {OTHERS_STEP, OTHERS_OUT}),
    ):
        assert len(lines) == len(OUTCOMES)
        for line in lines:
            rows = {part.row for part in line if isinstance(part, Bound)}
            assert set(run.facts.frame.loc[sorted(rows), "statistic"]) == statistics


def test_a_line_that_cannot_be_computed_says_because(run: Run) -> None:
    none = float("nan")
    facts = changed(
        run, OWN_STEP, estimate=none, lower=none, upper=none, note="cannot be computed: no event in the years after"
    )  # fmt: skip
    [said] = own_line.table(facts)
    assert isinstance(said, Paragraph)
    wanted = f"{run.facts.brief.area}'s own line cannot be computed, because no event in the years after."
    assert plain(said.words) == wanted
    frame = run.facts.frame[~run.facts.frame["statistic"].isin((OWN_STEP, OWN_SEEN, OTHERS_STEP, OTHERS_OUT))]
    gone = Facts(reopened(frame.reset_index(drop=True), {"withheld": []}), run.facts.brief)
    for lines in (own_line.could_be_seen(gone), own_line.beside(gone)):
        assert [plain(words) for words in lines] == [
            wanted.replace("no event in the years after", "it was not examined")
        ]


def test_an_outcome_or_model_without_a_line_says_why_in_its_place(run: Run) -> None:
    frame = run.facts.frame.copy()
    mine = frame["statistic"].eq(OWN_STEP) & frame["indicator"].eq(f"strategy_impact_{OUTCOMES[2]}")
    frame.loc[mine, ["estimate", "lower", "upper"]] = float("nan")
    frame.loc[mine, "note"] = "cannot be computed: a year without any event has no logarithm"
    seen = frame["statistic"].eq(OWN_SEEN) & frame["indicator"].eq(f"strategy_impact_{OUTCOMES[2]}")
    facts = Facts(reopened(frame[~seen].reset_index(drop=True), {"withheld": []}), run.facts.brief)
    why = "cannot be computed, because a year without any event has no logarithm"
    assert {plain(row[3]) for row in table_of(facts).rows} == {why}
    assert plain(own_line.could_be_seen(facts)[2]) == f"Permanent exclusion rate: {why}."


@pytest.mark.parametrize(
    ("lower", "said"), [(1.0, "holds 1 already, so nothing else"), (1.56, "would hold 1 with 1.56 in place")]
)
def test_another_cause_is_told_for_the_ratio_and_for_its_nearer_limit(
    run: Run, lower: float, said: str
) -> None:
    lines = [plain(words) for words in another_cause(changed(run, E_VALUE, lower=lower))]
    assert len(lines) == 1 + len(OUTCOMES)
    assert all(said in line for line in lines[1:])
    assert all("and had itself divided the rate by" in line for line in lines[1:])
    assert "how strong, not how likely" in lines[0]


def test_what_would_have_made_a_rise_is_said_to_multiply_the_rate(run: Run) -> None:
    lines = [plain(words) for words in another_cause(changed(run, RELATIVE_CHANGE, estimate=1.4))]
    assert all("ratio of 1.40" in line and "had itself multiplied the rate by" in line for line in lines[1:])


def test_without_a_ratio_there_is_no_other_cause_to_tell_of(run: Run) -> None:
    assert "no ratio" in plain(another_cause(changed(run, E_VALUE, estimate=float("nan")))[0])


def test_the_notebook_asks_for_them_by_name(run: Run) -> None:
    for topic in ("another_cause", "own_line_could_be_seen", "own_line_beside_others"):
        assert repr(run.say(topic))
    assert "own trend before" in repr(run.table("own_line"))
