"""Pages of other designs, of the years one by one and of those that had stood as high: what they say, and bound to what."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from onroll.disclosure.door import reopened
from onroll.presentation.charts import chart
from onroll.presentation.facts import Bound, Facts
from onroll.presentation.impact_designs import as_high, designs, power
from onroll.presentation.impact_tables import estimates
from onroll.presentation.model import Paragraph, Table, plain
from onroll.presentation.sentences.impact import impact
from onroll.presentation.sentences.years import years_before
from onroll.runs import Run
from onroll.vocabulary import PLACEBO_DISTANCE, PLACEBO_SHARE, RELATIVE_CHANGE, SYNTHETIC_CONTROL
from onroll.vocabulary.impact import CHOICE_DESIGNS, KNOWN, SEEN, YEARS_BROKEN, YEARS_TEST

CONTROL = "synthetic_control"


def table_of(blocks: tuple[object, ...]) -> Table:
    return next(block for block in blocks if isinstance(block, Table))


def column(table: Table, at: int) -> dict[str, str]:
    return {plain(row[0]).lower(): plain(row[at]) for row in table.rows}


def test_power_of_every_design_is_told_twice(run: Run) -> None:
    table = table_of(power(run.facts))
    assert set(column(table, 1)) == set(CHOICE_DESIGNS.values())
    assert all(re.fullmatch(r"\d+% \(by formula \d+%\)", cell) for cell in column(table, 1).values())


def test_a_design_says_how_it_did_where_the_truth_was_known(run: Run) -> None:
    def told(facts: Facts) -> str:
        """What the page says of the synthetic control."""
        table = table_of(designs(facts, "authority_panel"))
        return column(table, 4)[CHOICE_DESIGNS[CONTROL]]

    frame = run.facts.frame.copy()
    known = frame["statistic"] == KNOWN
    without = Facts(reopened(frame[~known].reset_index(drop=True), {"withheld": []}), run.facts.brief)
    assert told(without) == "not tried"
    row = frame[frame["statistic"] == SEEN].iloc[[0]].assign(
        statistic=KNOWN, design=CHOICE_DESIGNS[CONTROL], note="unreliable: a deep dip"
    )  # fmt: skip
    broken = pd.concat([frame[~known], row], ignore_index=True)
    assert told(Facts(reopened(broken, {"withheld": []}), run.facts.brief)) == "unreliable: a deep dip"


def test_those_as_high_are_in_the_order_of_their_change_after_the_one_evaluated(run: Run) -> None:
    tables = [block for block in as_high(run.facts) if isinstance(block, Table)]
    assert len(tables) == 3
    for table in tables:
        names = [plain(row[0]) for row in table.rows]
        changes = [float(plain(row[2])) for row in table.rows[1:]]
        assert names[0] == f"{run.facts.brief.area} (evaluated)"
        assert changes == sorted(changes)
        assert all(float(plain(row[1])) >= float(plain(table.rows[0][1])) for row in table.rows[1:])


def with_years(run: Run, statistic: str, estimate: float) -> Facts:
    frame = run.facts.frame.copy()
    frame.loc[frame["statistic"] == statistic, "estimate"] = estimate
    return Facts(reopened(frame, {"withheld": []}), run.facts.brief)


def test_the_years_before_are_said_with_what_could_have_been_seen(run: Run) -> None:
    lines = years_before(run.facts)
    assert len(lines) == 3
    for line in lines:
        assert "That test is blunt" in plain(line)
        loose = (
            "".join(part for part in line if isinstance(part, str))
            .replace("80%", "")
            .replace("instead of 1", "")
        )
        assert not re.search(r"\d", re.sub(r"20\d\d/\d\d", "", loose)), loose
        for part in line:
            if isinstance(part, Bound):
                assert run.facts.frame.loc[part.row, part.column] == part.value


def test_an_authority_that_moved_before_is_said_to_have(run: Run) -> None:
    assert all("was moving apart" in plain(line) for line in years_before(with_years(run, YEARS_TEST, 0.01)))
    assert all(
        "is not seen to have" in plain(line) for line in years_before(with_years(run, YEARS_TEST, 0.5))
    )
    explained = years_before(with_years(run, YEARS_BROKEN, 1.5))
    assert all("would no longer stand out if anything else" in plain(line) for line in explained)


def test_the_chart_of_years_says_in_words_what_it_shows(run: Run) -> None:
    drawn = run.figure("impact_year_by_year")
    out = (drawn.numbers["lower"] > 1) | (drawn.numbers["upper"] < 1)
    since = drawn.numbers["time_period"] >= "202122"
    assert f"{(out & since).sum()} of {since.sum()} comparisons since the launch" in drawn.title
    assert f"{(out & ~since).sum()} of {(~since).sum()} before it" in drawn.title
    assert len(drawn.numbers) == 3 * 15
    assert "Suspended pupil rate: 2006/07" in drawn.alt


def test_a_run_that_departs_from_the_plan_says_so_where_a_notebook_shows_it(run: Run) -> None:
    assert "departs" not in run._repr_html_()
    brief = replace(run.facts.brief, deviations=("impact_first is 2011/12; the plan says 2006/07",))
    other = Run(run._framework, reopened(run.facts.frame, {"withheld": []}), brief)
    shown = other._repr_html_()
    assert "This run departs from the analysis plan: impact_first is 2011/12; the plan says 2006/07." in shown
    assert repr(other) in re.sub(r"<[^>]+>", "", shown)


def test_without_any_design_every_table_says_why(run: Run) -> None:
    frame = run.facts.frame.copy()
    gone = frame["statistic"].isin((SEEN, RELATIVE_CHANGE)) & frame["indicator"].str.startswith(
        "strategy_impact_"
    )
    frame.loc[gone, ["estimate", "lower", "upper"]] = float("nan")
    frame.loc[gone, "note"] = "cannot be computed: 11 other authorities are chosen"
    none = Facts(reopened(frame[~(frame["statistic"] == SEEN)], {"withheld": []}), run.facts.brief)
    for blocks in (power(none), designs(none, "authority_panel"), estimates(none)):
        assert len(blocks) == 1
        assert isinstance(blocks[0], Paragraph)
        assert plain(blocks[0].words).endswith(" computed: 11 other authorities are chosen.")


def test_a_table_of_power_without_anything_to_see_still_names_its_source(run: Run) -> None:
    frame = run.facts.frame.copy()
    seen = frame["statistic"] == SEEN
    frame.loc[seen, ["estimate", "lower", "upper"]] = float("nan")
    table = power(Facts(reopened(frame, {"withheld": []}), run.facts.brief))[0]
    assert isinstance(table, Table)
    assert {plain(cell) for row in table.rows for cell in row[1:]} == {"none, however large"}
    assert "Department for Education" in table.source


def with_ranks(run: Run, *shares: float) -> Facts:
    frame = run.facts.frame.copy()
    for statistic, share in zip((PLACEBO_SHARE, PLACEBO_DISTANCE), shares, strict=True):
        frame.loc[(frame["statistic"] == statistic) & (frame["design"] == SYNTHETIC_CONTROL), "estimate"] = (
            share
        )
    return Facts(reopened(frame, {"withheld": []}), run.facts.brief)


def test_the_chart_of_the_synthetic_control_says_how_many_others_moved_as_far(run: Run) -> None:
    def heads(*shares: float) -> tuple[str, str]:
        """What stands over the chart."""
        drawn = chart(with_ranks(run, *shares), "synthetic_control")
        return drawn.title, drawn.unit

    for shares, others in (((0.61, 0.4), "six"), ((0.02, 0.4), "four")):
        title, unit = heads(*shares)
        assert title.endswith(" its synthetic control, but not unusually far")
        assert unit.endswith(f"; about {others} in ten others moved as far from theirs")
    title, unit = heads(0.02, 0.03)
    assert title.endswith(" its synthetic control")
    assert "others" not in unit


def test_the_second_opinion_says_how_it_differs_from_the_tables_and_what_its_gaps_are(run: Run) -> None:
    said = [plain(words) for words in impact(run.facts)]
    assert "noticed in 80% of cases with three outcomes looked at together" in said[0]
    assert "begins to stand out of one outcome by itself" in said[0]
    assert "divided by how closely each fitted before" in said[0]
    choices = next(line for line in said if line.startswith("Other choices"))
    assert "the mean gap over all years since the launch is " in choices
    assert (
        "pandemic years left out of those before, the mean gap over all years since the launch is " in choices
    )
