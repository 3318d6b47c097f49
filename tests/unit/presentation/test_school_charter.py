"""Words on schools that changed go no further than the evidence, and every number is a cell of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest

from onroll.disclosure.door import reopened
from onroll.evidence.table import collect, finding
from onroll.framework.known_truth_schools import LESS_STEADY, SIZE_UNSURE, STEADIER, KnownSchools, SchoolTruth
from onroll.presentation.facts import Bound, Facts
from onroll.presentation.model import Paragraph, Table, Text, plain
from onroll.presentation.school_change_chart import by_year, has_years
from onroll.presentation.school_change_tables import known_truth, schools
from onroll.presentation.sentences import school_charter as said
from onroll.presentation.sentences.school_phrases import INDICATOR, NOTHING
from onroll.presentation.tables import numbers
from onroll.runs import Run
from onroll.vocabulary import PHASES
from onroll.vocabulary.records import (
    APART,
    CHARTER_ALIKE,
    CHARTER_BEFORE,
    CHARTER_BY_YEAR,
    CHARTER_CHANGE,
    CHARTER_DEPARTURE,
    CHARTER_EFFECT_SIZE,
    CHARTER_LEVEL,
    CHARTER_RANK,
    CHARTER_SCHOOLS,
    CHARTER_SEEN,
    CHARTER_SEEN_FORMULA,
    CHARTER_STOOD,
    CHARTER_TREND,
    CHARTER_WORD,
    HIGHER,
    MOVING,
    NOT_HELD,
    NOT_OUT,
    STOOD_OUT,
)

SECONDARY = PHASES[1]
TOPICS = (said.could_be_seen, said.charter, said.before, said.for_whom, said.effect_size)
CLAIM = re.compile(r"\b(impact|caused?|because of the (strategy|Charter)|worked|works)\b", re.IGNORECASE)
NUMBERS = {
    CHARTER_SEEN: (2.5, None, None), CHARTER_SEEN_FORMULA: (2.1, None, None), CHARTER_CHANGE: (-3.2, -5.0, -1.1),
    CHARTER_RANK: (0.01, None, None), CHARTER_EFFECT_SIZE: (-0.11, -0.18, -0.04), CHARTER_STOOD: (0.4, -0.3, 1.2),
    CHARTER_LEVEL: (-0.6, -2.0, 0.9), CHARTER_BEFORE: (0.4, None, None), CHARTER_TREND: (0.8, None, None),
    CHARTER_DEPARTURE: (1.4, None, None), CHARTER_SCHOOLS: (-3.0, -4.4, -1.6),
    CHARTER_ALIKE: (0.02, None, None),
}  # fmt: skip


def facts_of(
    run: Run, word: str, alike: str = NOT_OUT, **others: tuple[float, float | None, float | None]
) -> Facts:
    """Rows of secondary schools with this word, and this one on how they differ, some figures replaced."""
    about = {
        "indicator": INDICATOR, "time_period": run.facts.brief.year, "geographic_level": "Local authority",
        "area": "Here", "breakdown_topic": "education_phase", "breakdown": SECONDARY, "source": "synthetic_exclusions",
    }  # fmt: skip
    rows = [
        finding(
            **about, statistic=name, estimate=one[0], lower=one[1], upper=one[2], numerator=8.0, denominator=14.0,
            note=alike if name == CHARTER_ALIKE else "",
        )
        for name, one in {**NUMBERS, **others}.items()
    ]  # fmt: skip
    rows.append(finding(**about, statistic=CHARTER_WORD, estimate=0.0, note=word))
    rows += [
        finding(**about, statistic=CHARTER_BY_YEAR, estimate=0.4 * at, note=f"{at:+d} years")
        for at in (-3, -2, 0, 1)
    ]
    frame = collect(rows, {}).frame.assign(symbol="")
    return Facts(reopened(frame, {"withheld": []}), run.facts.brief)


def lines(facts: Facts) -> Iterator[Text]:
    for say in TOPICS:
        yield from say(facts)


@pytest.mark.parametrize(
    ("word", "has", "has_not"),
    [
        (STOOD_OUT, "Schools chose when to sign", "cannot be told"),
        (NOT_OUT, "It cannot be told that signing goes with any change", "stands out. "),
        (f"{APART}: {HIGHER}", "falls back by itself", "No difference"),
        (f"{APART}: {MOVING}", "moving apart from the others", "No difference"),
        (f"{NOT_HELD}: it claimed a change wrongly", "may not carry a claim: it claimed", "No difference"),
    ],
)
def test_the_change_is_said_as_far_as_it_may_stand(run: Run, word: str, has: str, has_not: str) -> None:
    [line] = said.charter(facts_of(run, word))
    assert has in plain(line)
    assert has_not not in plain(line)
    assert "3.2 fewer pupils" in plain(line)


def test_a_change_that_does_not_stand_out_has_nothing_to_explain(run: Run) -> None:
    assert "nothing that would have to be explained" in plain(said.before(facts_of(run, NOT_OUT))[0])
    assert "1.40 times the largest change" in plain(said.before(facts_of(run, STOOD_OUT))[0])
    none = facts_of(run, STOOD_OUT, **{CHARTER_DEPARTURE: (0.0, None, None)})
    assert "no departure at all is needed" in plain(said.before(none)[0])


def test_how_often_is_the_plans_power_and_no_fixed_text(run: Run) -> None:
    facts = facts_of(run, NOT_OUT)
    assert "eight of ten tries" in plain(said.could_be_seen(facts)[0])
    facts.brief = replace(facts.brief, power=0.9)
    assert "nine of ten tries" in plain(said.could_be_seen(facts)[0])
    facts.brief = replace(facts.brief, power=0.85)
    assert "85% of all tries" in plain(said.could_be_seen(facts)[0])
    assert "2.5 pupils" in plain(said.could_be_seen(facts)[0])
    assert "it is 2.1" in plain(said.could_be_seen(facts)[0])


@pytest.mark.parametrize(
    ("alike", "has", "has_not"),
    [
        (
            STOOD_OUT,
            "it went otherwise at some schools than at others. How far they lie apart",
            "cannot be told",
        ),
        (
            NOT_OUT,
            "leave schools as far apart: it cannot be told that it went better at one school",
            "otherwise at",
        ),
        (f"{APART}: {HIGHER}", "differed before they did", "otherwise at"),
        (
            f"{NOT_HELD}: it said so wrongly",
            "may not carry a claim: it said so wrongly. So it cannot",
            "otherwise at",
        ),
    ],
)
def test_schools_are_said_to_differ_only_as_far_as_the_evidence_says(
    run: Run, alike: str, has: str, has_not: str
) -> None:
    [line] = said.for_whom(facts_of(run, STOOD_OUT, alike))
    assert has in plain(line)
    assert has_not not in plain(line)
    assert "2% of shuffles of who signed when leave" in plain(line)
    assert "most likely lie" not in plain(line)


def test_what_is_printed_as_nothing_has_no_direction(run: Run) -> None:
    none = facts_of(
        run, NOT_OUT,
        **{CHARTER_CHANGE: (0.01, -1.0, 1.1), CHARTER_STOOD: (-0.02, -1.0, 0.01), CHARTER_RANK: (1.0, None, None)},
    )  # fmt: skip
    [line] = said.charter(none)
    assert "schools that did suspended as many pupils for every 100 as the change of those" in plain(line)
    assert "; every shuffle of who signed when gives a change as large." in plain(line)
    assert "stood as high as in their own earlier years" in plain(said.before(none)[0])
    assert not re.search(r"0\.0 (more|fewer|higher|lower)", plain(said.before(none)[0]) + plain(line))
    [nearly] = said.charter(facts_of(run, NOT_OUT, **{CHARTER_RANK: (0.997, None, None)}))
    assert "nearly all of shuffles" in plain(nearly)


@pytest.mark.parametrize("word", [STOOD_OUT, NOT_OUT, f"{APART}: {HIGHER}"])
def test_every_number_is_a_cell_of_the_evidence_and_nothing_is_claimed(run: Run, word: str) -> None:
    facts = facts_of(run, word)
    for line in lines(facts):
        for part in (part for part in line if isinstance(part, Bound)):
            assert facts.frame.loc[part.row, part.column] == part.value
        loose = "".join(part for part in line if isinstance(part, str)).replace("every 100", "")
        assert not re.search(r"\d", loose), loose
        assert not CLAIM.search(plain(line))


def test_what_is_withheld_or_cannot_be_computed_says_so(run: Run) -> None:
    facts = facts_of(run, NOT_OUT)
    frame = facts.frame.copy()
    frame.loc[:, ["estimate", "lower", "upper"]] = float("nan")
    frame["symbol"], frame["note"] = "c", "withheld"
    held = Facts(reopened(frame, {"withheld": []}), run.facts.brief)
    assert "withheld" in plain(said.charter(held)[0])
    assert "withheld" in plain(said.could_be_seen(held)[0])
    assert pd.isna(held.frame["estimate"]).all()


def test_without_own_records_that_is_said(run: Run) -> None:
    first, *others = TOPICS
    assert first(run.facts) == [said.NEEDED]
    assert all(say(run.facts) == [NOTHING] for say in others)
    assert isinstance(schools(run.facts)[0], Paragraph)
    assert not has_years(run.facts)


def test_the_tables_have_every_figure_and_what_known_truth_gave(run: Run) -> None:
    [table] = schools(facts_of(run, STOOD_OUT))
    assert isinstance(table, Table)
    assert len(table.rows) == len(NUMBERS) + 1
    told = known_truth(run._framework.known_schools)
    assert [type(block) for block in told] == [Table, Paragraph, Table, Paragraph, Paragraph]
    assert "left standing wrongly in" in plain(told[1].words)  # type: ignore[union-attr]
    assert "stray by chance alone" in plain(told[4].words)  # type: ignore[union-attr]


def test_how_often_schools_are_said_to_differ_stands_with_the_study(run: Run) -> None:
    words, rows = {"none": "nothing was done", "few": "a few fell"}, []
    shares = {"stands_out": 0.05, "claimed": 0.05, "differed": 0.2, "wrong": 0.05, "coverage": 0.95}
    for name, share in (("none", 0.04), ("few", 0.12)):
        rows.append(SchoolTruth(name, SECONDARY, 1.0, 0.0, 600, judged=480, said_to_differ=share, **shares))
    told = known_truth(KnownSchools(0.95, 1, words, tuple(rows), differing=("few",)))
    assert [plain(row[-1]) for row in told[0].rows] == ["4.0%", "12.0%"]  # type: ignore[union-attr]
    note = plain(told[1].words)  # type: ignore[union-attr]
    assert "though they did not in 4.0% at most; where they did, in 12.0% (“a few fell”)" in note
    assert "was not tried" in plain(known_truth(study())[1].words)  # type: ignore[union-attr]


def study(**coverage: float) -> KnownSchools:
    """A study of three scenarios of one phase; in the last, too few are left to judge."""
    shares = {"stands_out": 0.05, "claimed": 0.05, "differed": 0.2, "wrong": 0.05}
    results = tuple(
        SchoolTruth(name, SECONDARY, 1.0, 0.0, 600, judged=many, coverage=coverage.get(name, 0.95), **shares)
        for name, many in (("no_effect", 480), ("high", 200), ("rare", 30))
    )  # fmt: skip
    words = {"no_effect": "nothing was done", "high": "schools sign when high", "rare": "hardly ever judged"}
    return KnownSchools(0.95, 1, words, results, "", ("high", "rare"), {SECONDARY: 0.3})


def test_scenarios_whose_intervals_miss_are_named_with_their_figure_and_others_are_not() -> None:
    kept, narrow, both = (
        plain(known_truth(one)[1].words)  # type: ignore[union-attr]
        for one in (study(rare=0.5), study(high=0.9, rare=0.5), study(no_effect=0.98, high=0.9))
    )
    assert "In every scenario intervals held the truth between 93% and 97%" in kept
    assert "too narrow in “schools sign when high” (90.0% of 200)" in narrow
    assert "hardly ever judged" not in narrow
    assert "too wide in “nothing was done” (98.0% of 480)" in both


def test_a_size_that_is_less_sure_than_its_interval_is_told_so(run: Run) -> None:
    [line] = said.charter(facts_of(run, f"{STOOD_OUT}: {SIZE_UNSURE}"))
    assert "No difference in how they stood before was found" in plain(line)
    assert "less sure than the interval says" in plain(line)
    assert "less sure" not in plain(said.charter(facts_of(run, STOOD_OUT))[0])


@pytest.mark.parametrize(("note", "words"), [(STEADIER, "a smaller fall stands out here than there"),
                                             (LESS_STEADY, "a fall has to be larger here than there")])  # fmt: skip
def test_schools_steadier_or_less_so_than_those_of_the_study_are_told(
    run: Run, note: str, words: str
) -> None:
    facts = facts_of(run, NOT_OUT)
    assert words not in plain(said.could_be_seen(facts)[0])
    frame = facts.frame.copy()
    frame.loc[frame["statistic"] == CHARTER_SEEN, "note"] = f"stands out in 80% of studies; {note}"
    noted = Facts(reopened(frame, {"withheld": []}), run.facts.brief)
    assert words in plain(said.could_be_seen(noted)[0])


@pytest.mark.parametrize(
    ("word", "title"),
    [
        (STOOD_OUT, "Beside others, fewer pupils were suspended at schools that signed the Charter"),
        (NOT_OUT, "Beside others, no change stands out at schools that signed the Charter"),
        (f"{APART}: {HIGHER}", "Beside others, a change stands out that may not be the Charter's at schools"),
        (
            f"{NOT_HELD}: it claimed too much",
            "Beside others, a change stands out that may not be the Charter's at schools",
        ),
    ],
)
def test_the_charts_title_is_what_may_be_said_and_its_axis_has_a_unit(
    run: Run, word: str, title: str
) -> None:
    drawn = by_year(facts_of(run, word))
    assert drawn.title.startswith(title)
    assert not CLAIM.search(drawn.title)
    assert [axes.get_ylabel() for axes in drawn.axes] == ["More or fewer pupils\nsuspended for every 100"]
    assert drawn.numbers["choice"].tolist() == [
        "3 years before they signed", "2 years before they signed", "the year they signed", "1 year after they signed",
        "mean since they signed",
    ]  # fmt: skip
    assert set(drawn.numbers["style"]) == {"rate"}
    assert "3 years before they signed -1.2" in drawn.alt
    assert drawn.numbers["estimate"].tolist()[-1] == NUMBERS[CHARTER_CHANGE][0]
    low, high = drawn.axes[0].get_ylim()
    assert low == -high


def test_the_table_beside_a_chart_prints_each_number_as_the_chart_says(run: Run) -> None:
    drawn = by_year(facts_of(run, NOT_OUT))
    drawn.numbers["style"] = ["rate", *["fine_size"] * (len(drawn.numbers) - 1)]
    first, second = (next(one for one in row[1] if isinstance(one, Bound)) for row in numbers(drawn).rows[:2])
    assert (first.style, second.style) == ("rate", "fine_size")
    drawn.numbers = drawn.numbers.drop(columns="style")
    assert {one.style for row in numbers(drawn).rows for one in row[1] if isinstance(one, Bound)} == {"rate"}
