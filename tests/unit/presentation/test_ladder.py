"""The ladder on a page: what schools did to whom, what make-up accounts for, what is withheld, what could not be told."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pandas as pd
import pytest

from onroll.disclosure.door import reopened
from onroll.evidence.table import collect, finding
from onroll.framework import Framework
from onroll.presentation import ladder
from onroll.presentation.drawing import SYNTHETIC
from onroll.presentation.ladder import lines
from onroll.presentation.model import Paragraph, Table, plain
from onroll.presentation.sentences.gap import gap_parts
from onroll.runs import Run
from onroll.vocabulary.records import ADJUSTED

DRAWN = 1e-9  # a number drawn is the number in the table, bit for bit but for the way it is stored
FSM, NOT = "Eligible for free school meals", "Not eligible for free school meals"
SHARE = "share of the gap among pupils on roll in January, laid on the gap of 2.7 per 100; pupils alike in sex, year group"
# The group of free school meals that the brief's own sentence has: 548 of 10,097 and 838 of 30,581.
RUNGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("relative risk", {"estimate": 1.98, "lower": 1.78, "upper": 2.20, "numerator": 548.0, "denominator": 838.0}),
    ("adjusted relative risk", {"estimate": 1.80, "lower": 1.65, "upper": 1.97, "note": "pupils alike in sex, year group"}),
    ("composition part", {"estimate": 0.4, "lower": 0.3, "upper": 0.5, "note": SHARE}),
    ("rate part", {"estimate": 2.3, "lower": 1.9, "upper": 2.8, "note": SHARE}),
    ("between schools", {"estimate": 0.01, "lower": 0.005, "upper": 0.02, "note": SHARE}),
    ("within schools", {"estimate": 2.68, "lower": 2.2, "upper": 3.1, "note": SHARE}),
    ("excess", {"estimate": 271.3, "lower": 224.0, "upper": 321.0, "numerator": 548.0, "denominator": 10097.0}),
    ("years above", {"estimate": 3.0, "denominator": 3.0, "note": "2021/22, 2022/23, 2023/24"}),
    ("rule of attention", {"estimate": 2.1, "lower": 1.8, "upper": 2.3,
                           "note": "above in every year of the row; this year above"}),
    ("detectable ratio", {"estimate": 1.2, "note": "with so few pupils"}),
)  # fmt: skip


def said_of(topic: str, group: str, **more: Any) -> dict[str, Any]:
    return {
        "indicator": ladder.INDICATOR, "objective": "P7.1", "time_period": "202324", "geographic_level": "Local authority",
        "area": "Luton", "breakdown_topic": topic, "breakdown": group, "source": "synthetic_exclusions",
        "design": "cross-section", "strength": "weak", **more,
    }  # fmt: skip


def rows() -> list[dict[str, Any]]:
    found = [
        finding(**said_of("fsm", name), statistic="rate", estimate=100 * events / pupils, lower=0.0, upper=99.0,
                numerator=float(events), denominator=float(pupils))
        for name, events, pupils in ((FSM, 548, 10097), (NOT, 838, 30581))
    ]  # fmt: skip
    found += [
        finding(**said_of("fsm", FSM, comparator=f"reference group: {NOT}"), statistic=name, **numbers)
        for name, numbers in RUNGS
    ]
    against = {"comparator": "reference group: White British"}
    open_one = {"estimate": 1.23, "lower": 0.94, "upper": 1.6}
    found += [
        finding(**said_of("ethnicity_minor", "Any other White background", **against), statistic="relative risk",
                **open_one),
        finding(**said_of("ethnicity_minor", "Indian", **against), statistic="relative risk",
                estimate=0.76, lower=0.63, upper=0.91),
        finding(**said_of("ethnicity_minor", "Traveller of Irish heritage", **against), statistic="relative risk",
                note="cannot be computed: nobody on roll"),
        finding(**said_of("ethnicity_minor", "Gypsy or Roma", **against), statistic="relative risk"),
    ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def ladder_run(run: Run, framework: Framework) -> Run:
    """The published rows and a ladder of few groups, one of them withheld and one that cannot be compared."""
    frame = collect(rows(), {"synthetic_exclusions": "synthetic"}).frame.assign(symbol="")
    frame.loc[frame["breakdown"] == "Gypsy or Roma", "symbol"] = "c"
    frame.loc[frame["breakdown"] == "Traveller of Irish heritage", "symbol"] = "x"
    together = pd.concat([run.facts.frame, frame[run.facts.frame.columns]], ignore_index=True)
    source = {"synthetic_exclusions": "Synthetic data made from a seed, no real child or school: exclusions"}
    brief = replace(
        run.facts.brief, origins=("published", "synthetic"), sources={**run.facts.brief.sources, **source}
    )
    return Run(framework, reopened(together, {"withheld": []}), brief)


def test_a_sentence_says_what_schools_did_to_whom_with_counts(ladder_run: Run) -> None:
    assert repr(ladder_run.say("suspended_more_often")) == (
        "Schools suspended 548 of 10,097 pupils eligible for free school meals at least once in 2023/24, 5.4 in 100, and "
        "838 of 30,581 pupils not eligible, 2.7 in 100: 2.0 times as often (interval 1.8 to 2.2). Among pupils alike in sex "
        "and year group: 1.8 times (1.7 to 2.0)."
    )


def test_what_make_up_accounts_for_and_what_remains(ladder_run: Run) -> None:
    said = repr(ladder_run.say("why_the_gap"))
    assert (
        "Of this gap 0.4 (0.3 to 0.5) goes with differences between the two groups in sex and year group"
        in said
    )
    assert "2.3 (1.9 to 2.8) remains between pupils alike in these" in said
    assert "Next to nothing of this gap goes with the different schools that the two groups attend" in said


def test_where_most_have_nobody_to_be_compared_with_no_part_is_read_out(ladder_run: Run) -> None:
    one = ladder.lines(ladder_run.facts, "fsm")[0]
    apart = replace(one.rungs["rate part"], cells={**one.rungs["rate part"].cells, "estimate": -1.5})
    from onroll.presentation.sentences.gap import gap_parts

    said = plain(gap_parts(replace(one, rungs={**one.rungs, "part in schools of one group only": apart})))
    assert "How far schools explain it cannot be told" in said
    assert "same school" not in said
    assert "remains between pupils alike" in said


def test_pupils_fewer_years_and_the_rule(ladder_run: Run) -> None:
    said = repr(ladder_run.say("pupils_fewer"))
    assert "271 fewer of them would have been suspended (interval 224 to 321)" in said
    assert "in 3 of 3 years" in said
    assert "The rule of attention names this group" in said
    assert "more than twice in each of three years" in said


def test_what_could_not_be_told_what_is_withheld_and_what_cannot_be_computed(ladder_run: Run) -> None:
    said = repr(ladder_run.say("not_told_apart"))
    assert "pupils recorded as another White background, 1.2 times as often (0.94 to 1.6)" in said
    assert "withheld to protect pupils: pupils recorded as Gypsy or Roma." in said
    assert "Pupils recorded as Traveller of Irish heritage: cannot be computed: nobody on roll." in said
    assert "Indian" not in said
    assert "0.8 times as often (0.6 to 0.91)" in repr(ladder_run.say("suspended_less_often"))


def test_the_ladder_is_a_table_a_breakdown_with_the_reference_group_in_it(ladder_run: Run) -> None:
    tables = [block for block in ladder_run.table("ladder").blocks if isinstance(block, Table)]
    assert [table.caption.split(",")[0] for table in tables] == ["Free school meals", "Ethnic group"]
    first = [[plain(cell).replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in tables[0].rows]
    assert first[0] == [
        FSM, "548 of 10,097; 5.4", "1.98 (1.78 to 2.20)", "1.80 (1.65 to 1.97)", "0.4 / 2.3", "0.0 / 2.7",
        "271 (224 to 321)", "3 of 3", "names it: 2.10", "1.20",
    ]  # fmt: skip
    assert first[1][:3] == [NOT, "838 of 30,581; 2.7", "the reference group"]
    held = next(row for row in tables[1].rows if plain(row[0]) == "Gypsy or Roma")
    assert {plain(cell) for cell in held[2:]} == {"withheld"}


def at(line: Any) -> float:
    """Where a dot stands."""
    return float(line.get_xdata()[0])


@pytest.mark.parametrize("name", ["ratios_by_group", "ratios_by_ethnic_group", "published_ratios_by_group"])
def test_a_forest_draws_its_numbers_on_a_ratio_scale(ladder_run: Run, name: str) -> None:
    chart = ladder_run.figure(name)
    [axes] = chart.axes
    dots = [at(line) for line in axes.lines if line.get_marker() == "o"]
    held = chart.numbers["estimate"]
    assert len(dots) == len(held)
    assert all(min(abs(held - value)) < DRAWN for value in dots)
    assert axes.get_xscale() == "log"
    assert any("1 = as often as" in words.get_text() for words in axes.texts)
    evidence = ladder_run.evidence()
    assert all(
        evidence.loc[row["row"], "estimate"] == row["estimate"] for row in chart.numbers.to_dict("records")
    )


def test_the_raw_dot_is_filled_and_the_one_among_pupils_alike_is_open(ladder_run: Run) -> None:
    [axes] = ladder_run.figure("ratios_by_group").axes
    filled = {at(line): line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"}
    assert filled[1.80] == "white"
    assert filled[1.98] != "white"
    assert (
        ladder_run.figure("ratios_by_group").title
        == "Schools suspended pupils eligible for free school meals 2.0 times as often as pupils not eligible"
    )


def test_groups_that_are_not_drawn_are_named_under_the_chart(ladder_run: Run) -> None:
    chart = ladder_run.figure("ratios_by_ethnic_group")
    assert chart.foot == (
        "Withheld to protect pupils, not drawn: Gypsy or Roma. Cannot be computed, not drawn: Traveller of Irish heritage."
    )
    labels = [label.get_text() for label in chart.axes[0].get_yticklabels()]
    assert "Gypsy or Roma" not in labels
    assert chart.foot in chart.alt


def written(run: Run, name: str, *, alone: bool = True) -> str:
    """All words in the picture itself."""
    return unescape(" ".join(re.findall("<!-- (.*?) -->", run.figure(name).svg(alone=alone).decode())))


def test_a_picture_says_what_it_is_and_that_it_is_synthetic(ladder_run: Run) -> None:
    own, public = (ladder_run.figure(name) for name in ("ratios_by_group", "published_ratios_by_group"))
    there = written(ladder_run, "ratios_by_group")
    assert all(words in there for words in (SYNTHETIC, own.title, own.unit, own.source))
    there = written(ladder_run, "published_ratios_by_group")
    assert SYNTHETIC not in there
    assert all(words in there for words in (public.title, public.unit, public.source))


def test_on_a_page_a_picture_leaves_title_and_source_to_it_and_still_says_synthetic(ladder_run: Run) -> None:
    own = ladder_run.figure("ratios_by_group")
    there = written(ladder_run, "ratios_by_group", alone=False)
    assert SYNTHETIC in there
    assert not [words for words in (own.title, own.unit, own.source) if words in there]


def test_a_picture_is_signed_once_however_often_it_is_written(ladder_run: Run) -> None:
    chart = ladder_run.figure("ratios_by_group")
    assert chart.svg() == chart.svg()
    assert chart.texts == []


def test_without_own_records_the_page_says_so_and_shows_what_is_published(run: Run) -> None:
    assert repr(run.say("suspended_more_often")).startswith("No own records were received")
    assert "No own records were received" in repr(run.say("what_is_synthetic"))
    assert [plain(block.words) for block in run.table("ladder").blocks if isinstance(block, Paragraph)]
    assert "ratios_by_group" not in run.figures
    assert "published_ratios_by_group" in run.figures
    assert len([block for block in run.table("published_ratios").blocks if isinstance(block, Table)]) == 6


def test_every_rung_that_evidence_can_hold_has_a_place(framework: Framework) -> None:
    plan = framework.plan.disproportionality
    assert plan is not None
    assert set(plan.groups) == set(ladder.TOPICS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["board", "appendix-g"])
def test_a_page_has_the_surest_group_in_one_paragraph_only_where_records_have_it(
    ladder_run: Run, run: Run, name: str
) -> None:
    def said(one: Run) -> str:
        return " ".join(
            plain(block.words) for block in one.document(name).blocks if isinstance(block, Paragraph)
        )

    words = "548 of 10,097 pupils eligible for free school meals at least once in 2023/24"
    assert words in said(ladder_run)
    assert words not in said(run)


def test_published_figures_say_how_many_fewer_and_for_how_long(run: Run) -> None:
    said = repr(run.say("fewer_published"))
    assert (
        "there would have been about 123 fewer suspensions in the summer term of 2023/24 (interval 77 to 178)"
        in said
    )
    assert "in 14 of 14 terms published" in said
    assert "clearly more often than pupils recorded as White in 2024/25" in said
    assert (
        "2.3 for every 1,000 (11 of 4,715) against 0.8 for every 1,000 (9 of 11,396), 3.0 times as high (1.1 to 8.1); "
        "it does not stand out when allowance is made for the four groups" in said
    )
    assert "1 of 1 years" not in said
    assert "Only one year is published" in said


def test_what_is_said_carries_its_source(run: Run, ladder_run: Run) -> None:
    assert "Source: Department for Education" in run.say("in_england")._repr_html_()
    assert "Source: Synthetic data" in ladder_run.say("suspended_more_often")._repr_html_()


def test_a_remainder_that_schools_could_explain_by_chance_is_not_told_as_sure(ladder_run: Run) -> None:
    for line in lines(ladder_run.facts, "sen_provision"):
        said = plain(gap_parts(line))
        ratio = line.known(ADJUSTED)
        assert ratio is not None
        assert ("is not sure" in said) == (ratio["lower"] <= 1 <= ratio["upper"])


def test_england_is_told_with_what_rounding_leaves(run: Run) -> None:
    said = repr(run.say("in_england"))
    assert (
        "Black Caribbean 2.8 times as often as pupils recorded as White British (interval 2.46 to 3.16; rounding"
        in said
    )
    assert "2.77 to 2.81), and the interval lay above in 6 of 6 years" in said
    held = [
        row for block in run.table("england_ratios").blocks if isinstance(block, Table) for row in block.rows
        if plain(row[0]) == "Ethnic group, in detail: Chinese" and plain(row[2]) == "not available"
    ]  # fmt: skip
    assert plain(held[0][4]).replace("\N{NO-BREAK SPACE}", " ") == "0.03 to 0.06"


def test_a_group_that_stands_apart_only_by_itself_is_told_with_what_could_not_be_told(
    ladder_run: Run, framework: Framework
) -> None:
    frame = ladder_run.facts.frame.copy()
    few = (frame["breakdown"] == "Indian") & (frame["statistic"] == "relative risk") & (frame["symbol"] == "")
    frame.loc[few, "note"] = "does not stand out, allowing for 4 groups looked at together (Holm)"
    told = Run(framework, reopened(frame, {"withheld": []}), ladder_run.facts.brief)
    assert "Indian" not in repr(told.say("suspended_less_often"))
    said = repr(told.say("not_told_apart"))
    assert "By themselves these groups would stand apart from their reference group" in said
    assert "pupils recorded as Indian, 0.8 times as often" in said
