"""Words on impact are earned: what a page says follows from the checks, and no sentence goes further."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from onroll.disclosure.door import reopened
from onroll.presentation import impact_tables
from onroll.presentation.catalogue import TOPICS
from onroll.presentation.facts import Bound, Facts
from onroll.presentation.impact_charts import IMPACT_CHARTS
from onroll.presentation.impact_designs import as_high
from onroll.presentation.judged import OUTCOMES, all_judged, judged
from onroll.presentation.model import Paragraph, Table, plain
from onroll.presentation.sentences import judged as said
from onroll.presentation.sentences.impact import impact
from onroll.presentation.sentences.judged_checks import checks, in_short
from onroll.runs import Run
from onroll.vocabulary import DETECTABLE_GAP, RELATIVE_CHANGE, SENSITIVITY
from onroll.vocabulary.impact import (
    AGREE,
    AUTHORITY_PANEL,
    CHECK,
    CHECKS,
    FAILED,
    HEIGHT,
    HULL,
    MULTIVERSE,
    NOT_MADE,
    PASSED,
    SUPPORTED,
    UNSURE,
    UNTOLD,
    VERDICT,
)

CLAIM = re.compile(r"\b(impact|effect|caused?|because of the strategy|worked|works)\b", re.IGNORECASE)
SUSPENSIONS = "suspension_rate"


def with_verdict(run: Run, level: str, results: dict[str, str]) -> Facts:
    """The run's facts with other results of the checks on suspensions."""
    frame = run.facts.frame.copy()
    mine = (frame["indicator"] == f"strategy_impact_{SUSPENSIONS}") & (frame["breakdown"] == "Total")
    frame.loc[mine & (frame["statistic"] == VERDICT), "note"] = level
    for name, result in results.items():
        frame.loc[mine & (frame["statistic"] == CHECK) & (frame["method"] == name), "note"] = result
    return Facts(reopened(frame, {"withheld": []}), run.facts.brief)


def test_no_sentence_of_a_run_claims_an_impact_that_was_not_earned(run: Run) -> None:
    assert {one.level for one in all_judged(run.facts)} == {UNTOLD}
    for topic in TOPICS:
        for line in run.say(topic)._repr_html_().split("</p>"):
            words = re.sub(r"<[^>]+>", "", line)
            assert not CLAIM.search(words), f"{topic}: {words}"


def test_every_number_of_the_verdicts_is_a_cell_of_the_evidence(run: Run) -> None:
    lines = [said.verdict(run.facts, one) for one in OUTCOMES]
    lines += [line for one in OUTCOMES for line in checks(run.facts, one)]
    lines += in_short(run.facts, SUSPENSIONS)
    for line in [*lines, *said.could_be_seen(run.facts)]:
        bound = [part for part in line if isinstance(part, Bound)]
        assert bound
        for part in bound:
            assert run.facts.frame.loc[part.row, part.column] == part.value
        loose = "".join(part for part in line if isinstance(part, str))
        loose = re.sub(r"20\d\d/\d\d", "", loose)
        assert not re.search(r"\d", loose), loose


@pytest.mark.parametrize(
    ("level", "results", "has", "has_not"),
    [
        (SUPPORTED, {}, ["evidence of an impact on suspensions", "not ruled out"], ["cannot be told"]),
        (UNTOLD, {"stands_out": FAILED}, ["cannot be told", "would have stood out"], ["impact", "put down"]),
        (UNSURE, {"return_to_usual": FAILED}, ["may not be put down to", "changed as far by themselves"], ["impact"]),
        (UNSURE, {"return_to_usual": f"{NOT_MADE}: 3"}, ["too few others had stood as high"], ["impact"]),
        (UNSURE, {"held_in_simulation": FAILED}, ["did not keep its promises"], ["impact"]),
    ],
)  # fmt: skip
def test_the_verdict_says_what_the_checks_allow(
    run: Run, level: str, results: dict[str, str], has: list[str], has_not: list[str]
) -> None:
    words = plain(
        said.verdict(with_verdict(run, level, dict.fromkeys(CHECKS, PASSED) | results), SUSPENSIONS)
    )
    assert all(one in words for one in has), words
    assert not any(one in words for one in has_not), words


def test_an_impact_is_lower_or_higher_as_the_ratio_is(run: Run) -> None:
    facts = with_verdict(run, SUPPORTED, dict.fromkeys(CHECKS, PASSED))
    one = judged(facts, SUSPENSIONS)
    assert one.ratio is not None
    way = "lower" if one.ratio["estimate"] < 1 else "higher"
    assert f"{way} than without the strategy" in plain(said.verdict(facts, SUSPENSIONS))


def test_those_that_stood_as_high_are_told_as_the_check_has_it(run: Run) -> None:
    calm = with_verdict(run, UNTOLD, {"return_to_usual": PASSED})
    worried = with_verdict(run, UNTOLD, {"return_to_usual": FAILED})
    assert "does not explain the change by itself" in plain(checks(calm, SUSPENSIONS)[0])
    assert "may be all there is" in plain(checks(worried, SUSPENSIONS)[0])


def changed(run: Run, statistic: str, outcome: str = SUSPENSIONS, **cells: object) -> Facts:
    """The run's facts with other cells in the rows of one statistic of the primary design."""
    frame = run.facts.frame.copy()
    mine = (frame["indicator"] == f"strategy_impact_{outcome}") & (frame["statistic"] == statistic)
    mine &= frame["design"].isin((AUTHORITY_PANEL, MULTIVERSE)) & (frame["breakdown"] == "Total")
    assert mine.any()
    for column, value in cells.items():
        frame.loc[mine, column] = value
    return Facts(reopened(frame, {"withheld": []}), run.facts.brief)


def test_an_interval_that_leaves_out_one_by_itself_is_explained(run: Run) -> None:
    assert "By itself that interval leaves out 1" not in plain(said.verdict(run.facts, SUSPENSIONS))
    apart = changed(run, RELATIVE_CHANGE, upper=0.98)
    assert "By itself that interval leaves out 1" in plain(said.verdict(apart, SUSPENSIONS))


def test_beside_so_few_that_nothing_could_stand_out_it_is_said(run: Run) -> None:
    few = changed(run, DETECTABLE_GAP, estimate=float("nan"), lower=float("nan"), upper=float("nan"))
    assert "no change, however large, would stand out" in plain(said.verdict(few, SUSPENSIONS))
    assert "no change, however large, would stand out" in plain(said.could_be_seen(few)[0])
    assert re.fullmatch(r"nothing, among \d+ others", plain(impact_tables.in_short(few).rows[0][2]))
    chart = IMPACT_CHARTS["impact_estimates"](few)
    assert "Where the band fills the row nothing would have stood out" in chart.foot
    assert "No change" in chart.title


def test_where_hardly_any_stood_as_high_the_ratio_beside_all_is_told(run: Run) -> None:
    assert "drawn out to where only 5 others stood" in plain(
        said.verdict(run.facts, "permanent_exclusion_rate")
    )
    assert "drawn out" not in plain(said.verdict(run.facts, SUSPENSIONS))


def test_an_earlier_date_is_told_with_what_it_could_have_found(run: Run) -> None:
    assert re.search(
        r"as it should not, though by itself only a fall of \d+%", plain(checks(run.facts, SUSPENSIONS)[1])
    )
    found = changed(run, SENSITIVITY, lower=0.1, upper=0.9)
    assert "is not to be trusted" in plain(checks(found, SUSPENSIONS)[1])


def test_a_very_large_rise_is_told_as_a_multiple(run: Run) -> None:
    large = changed(run, DETECTABLE_GAP, upper=19.26)
    assert "or a rise to 19 times would have stood out" in plain(said.verdict(large, SUSPENSIONS))


def test_the_board_sees_every_outcome_in_short(run: Run) -> None:
    table = impact_tables.in_short(run.facts)
    *outcomes, (name, multiple, *nothing) = table.rows
    assert [plain(row[0]) for row in outcomes] == [one.label for one in all_judged(run.facts)]
    assert all(plain(row[-1]).startswith("a fall of ") for row in outcomes)
    assert plain(name) == "beside all, as only 5 had stood as high"
    assert plain(multiple).startswith("0.89")
    assert {plain(cell) for cell in nothing} == {"–"}
    words = plain(in_short(run.facts, SUSPENSIONS)[0])
    assert words.startswith("Suspension rate. ")
    assert "; no proof, as" in words
    assert re.search(r"Primary schools alone point the other way: 1\.\d+\.", words)
    own = judged(run.facts, SUSPENSIONS).others
    assert own is not None
    assert f"{own['numerator']:.0f} of {own['denominator']:.0f} others changed as far" in words


def test_an_authority_that_had_not_stood_high_has_no_height_to_fall_back_from(run: Run) -> None:
    low = changed(run, HEIGHT, estimate=0.8)
    assert "had not stood high" in plain(checks(low, SUSPENSIONS)[0])
    assert "as high before" not in plain(in_short(low, SUSPENSIONS)[0])


def test_without_any_estimate_the_page_says_why(run: Run) -> None:
    frame = run.facts.frame.copy()
    mine = frame["statistic"].isin((VERDICT, CHECK)) | (frame["design"] == AUTHORITY_PANEL)
    frame = frame[~mine | (frame["statistic"] == RELATIVE_CHANGE)]
    alone = (frame["design"] == AUTHORITY_PANEL) & (frame["statistic"] == RELATIVE_CHANGE)
    frame.loc[alone, ["estimate", "lower", "upper"]] = float("nan")
    frame.loc[alone, "note"] = "cannot be computed: 14 other authorities are chosen"
    none = Facts(reopened(frame, {"withheld": []}), run.facts.brief)
    assert plain(said.shortest(none)).endswith("nothing can be said: 14 other authorities are chosen.")


def test_the_table_of_checks_has_every_check_and_every_outcome(run: Run) -> None:
    table = impact_tables.checks(run.facts, {"A scale": "3 of 5"})[0]
    assert isinstance(table, Table)
    assert len(table.rows) == len(CHECKS) + 1
    assert [len(row) for row in table.rows] == [1 + len(OUTCOMES)] * len(table.rows)
    assert {plain(cell) for cell in table.rows[-1][1:]} == {"Cannot be told"}


def test_known_truth_is_named_as_synthetic_and_as_stale_where_the_plan_has_changed(run: Run) -> None:
    framework = run._asked.framework
    fresh = impact_tables.known_truth(framework.known_truth, framework.known_truth.plan)
    stale = impact_tables.known_truth(framework.known_truth, "another")
    assert len(stale) == len(fresh) + 1
    assert all(isinstance(one, Table) and "Synthetic data" in one.source for one in fresh)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_chart_of_choices_draws_every_choice_that_could_be_computed(run: Run, outcome: str) -> None:
    chart = run.figure(f"impact_choices_{outcome}")
    share = judged(run.facts, outcome).agreement
    assert share is not None
    numbers = chart.numbers.iloc[1:]
    assert len(numbers) == share["denominator"]
    assert numbers["choice"].is_unique or numbers.duplicated(["choice", "breakdown"]).sum() == 0
    drawn = [line for line in chart.axes[0].lines if line.get_marker() == "o"]
    np.testing.assert_allclose(drawn[0].get_ydata(), np.sort(numbers["estimate"]))
    own = next(line for line in chart.axes[0].lines if line.get_marker() == "D")
    ratio = judged(run.facts, outcome).ratio
    assert ratio is not None
    assert own.get_ydata()[0] == pytest.approx(ratio["estimate"])
    interval = chart.numbers.loc[0, ["lower", "upper"]].to_list()
    assert interval == [ratio["lower"], ratio["upper"]]
    assert [interval] == [list(line.get_ydata()) for line in chart.axes[0].lines if line.get_linewidth() == 2]
    assert f"{share['numerator']:.0f} of {share['denominator']:.0f}" in chart.title


def test_the_chart_of_estimates_has_each_interval_and_its_band(run: Run) -> None:
    chart = run.figure("impact_estimates")
    lines = [line for line in chart.axes[0].lines if line.get_marker() == "o"]
    ratios = chart.numbers[chart.numbers["statistic"] == "ratio of rate ratios"]
    assert sorted(float(line.get_xdata()[0]) for line in lines) == pytest.approx(sorted(ratios["estimate"]))
    assert isinstance(chart.numbers, pd.DataFrame)


def test_an_authority_outside_all_others_before_is_said_to_be(run: Run) -> None:
    assert "below or above every other" not in repr(run.say("impact"))
    frame = run.facts.frame.copy()
    mine = (frame["indicator"] == f"strategy_impact_{SUSPENSIONS}") & (frame["statistic"] == HULL)
    assert mine.sum() == 1
    frame.loc[mine, "numerator"] = 3.0
    words = plain(impact(Facts(reopened(frame, {"withheld": []}), run.facts.brief), SUSPENSIONS)[1])
    assert "lay below or above every other authority in 3 of 15 years before" in words


def test_other_choices_of_the_synthetic_control_are_said_with_donors_left_out_and_an_earlier_date(
    run: Run,
) -> None:
    def told(**cells: float) -> str:
        """What is said where the row of the earlier date has these numbers."""
        frame = run.facts.frame.copy()
        mine = frame["indicator"].eq(f"strategy_impact_{SUSPENSIONS}") & frame["method"].str.contains(
            "as if the strategy had begun"
        )
        mine &= frame["design"].eq("synthetic control with placebos")
        assert mine.sum() == 1
        frame.loc[mine, list(cells)] = list(cells.values())
        facts = Facts(reopened(frame, {"withheld": []}), run.facts.brief)
        return " ".join(plain(words) for words in impact(facts, SUSPENSIONS))

    rows = run.evidence(indicator=f"strategy_impact_{SUSPENSIONS}", statistic=SENSITIVITY)
    turn = rows[rows["method"].str.contains("donor left out")].iloc[0]
    low, high = (
        f"{abs(turn[one]):.1f} {'below' if turn[one] < 0 else 'above'}" for one in ("lower", "upper")
    )
    assert f"left out in turn it lies between {low} and {high};" in told()
    assert "also finds gaps that cannot be the strategy's" in told(estimate=2.0, lower=1.0, upper=3.0)
    assert "no more than others show" in told(estimate=2.0, lower=-1.0, upper=3.0)
    assert "a gap of 0.0 (interval 1.0 below to 3.0 above)" in told(estimate=0.01, lower=-1.0, upper=3.0)
    fit = run.evidence(indicator=f"strategy_impact_{SUSPENSIONS}", statistic="fit before")["estimate"].iloc[0]
    assert f"with a usual gap of {fit:.2f} per 100. " in told()


def test_the_second_comparison_stands_out_where_its_limits_leave_out_one(run: Run) -> None:
    def told(lower: float, upper: float) -> str:
        """The paragraph of the second comparison where its ratio has these limits."""
        frame = run.facts.frame.copy()
        mine = frame["design"].eq("difference in differences with placebos")
        mine &= frame["statistic"].eq(RELATIVE_CHANGE) & frame["indicator"].eq(
            f"strategy_impact_{SUSPENSIONS}"
        )
        frame.loc[mine, ["lower", "upper"]] = lower, upper
        facts = Facts(reopened(frame, {"withheld": []}), run.facts.brief)
        return plain(impact(facts, SUSPENSIONS)[-1])

    assert told(0.4, 1.1).endswith("so this difference cannot be credited to the strategy.")
    assert "deserves a closer look" in told(0.4, 0.9)
    assert "deserves a closer look" not in told(float("nan"), float("nan"))
    assert told(0.4, 1.1).startswith("By a comparison with how all others changed, only a fall of ")


def test_all_outcomes_are_told_together_each_at_its_level(run: Run) -> None:
    assert plain(said.shortest(run.facts)).startswith(
        "Whether the strategy changed suspensions, how many pupils are suspended or permanent exclusions cannot be told"
    )
    words = plain(said.shortest(with_verdict(run, SUPPORTED, {})))
    assert words.startswith(
        "There is evidence of an impact on suspensions. Whether the strategy changed how many"
    )
    assert "checks are open" in plain(said.shortest(with_verdict(run, UNSURE, {})))


def test_what_cannot_be_computed_stands_under_the_table_by_reason(run: Run) -> None:
    table, _, gone = impact_tables.estimates(run.facts)
    assert isinstance(table, Table)
    assert isinstance(gone, Paragraph)
    names = [plain(row[0]) for row in table.rows]
    said = plain(gone.words)
    for outcome in OUTCOMES:
        for phase in ("State-funded secondary", "State-funded primary", "Special"):
            one = judged(run.facts, outcome, phase)
            name = f"{one.label}, {phase.removeprefix('State-funded ').lower()} schools"
            assert (name in names) == (one.ratio is not None) != (name in said)
            if one.ratio is None:
                assert one.why.removeprefix("cannot be computed: ") in said
    assert said.count("2014/15") == 1


def test_where_choices_do_not_agree_the_direction_is_open(run: Run) -> None:
    frame = run.facts.frame.copy()
    mine = (frame["indicator"] == "strategy_impact_suspension_rate") & (frame["statistic"] == CHECK)
    frame.loc[mine & (frame["method"] == AGREE), "note"] = FAILED
    facts = Facts(reopened(frame, {"withheld": []}), run.facts.brief)
    for words in (plain(in_short(facts, SUSPENSIONS)[0]), plain(checks(facts, SUSPENSIONS)[2])):
        assert "even the direction is open" in words
        assert "no proof" not in words
    title = IMPACT_CHARTS["impact_choices_suspension_rate"](facts).title
    assert title.startswith("Only ")
    assert title.endswith("even the direction is open")


def test_a_run_that_departs_draws_no_interval_at_the_plans_own_choice(run: Run) -> None:
    other = changed(run, RELATIVE_CHANGE, estimate=0.7)
    chart = IMPACT_CHARTS["impact_choices_suspension_rate"](other)
    assert "This run departs from the plan's own, and finds 0.70" in chart.unit
    assert not [
        line for line in chart.axes[0].lines if line.get_linewidth() == 2 and line.get_marker() == "None"
    ]


def test_an_interval_that_leaves_out_one_is_no_finding_on_the_board(run: Run) -> None:
    assert len(in_short(run.facts, SUSPENSIONS)) == 1
    apart = in_short(changed(run, RELATIVE_CHANGE, upper=0.98), SUSPENSIONS)
    assert plain(apart[1]).startswith("An interval that leaves out 1 does not stand out by that")


def test_of_an_authority_that_had_stood_low_none_is_named_as_high(run: Run) -> None:
    assert next(block for block in as_high(run.facts) if isinstance(block, Table)).caption.startswith(
        "Suspension rate"
    )
    low = changed(run, HEIGHT, estimate=0.8)
    captions = [block.caption for block in as_high(low) if isinstance(block, Table)]
    assert not any(caption.startswith("Suspension rate") for caption in captions)
