"""What ships with the project: counts, coverage, references, and that nothing can be changed."""

from __future__ import annotations

import csv
import dataclasses
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from onroll import framework, vocabulary
from onroll.errors import UsageError
from onroll.framework.departures import UNTRIED, departures
from onroll.framework.indicators import RESPONDENTS

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("ONROLL_SHARED", ROOT.parent / "shared"))
GAPS = ("F4", "F6", "F11", "F14", "F15")
Ours = framework.Framework


def test_there_are_seven_priorities_of_3_2_2_17_4_4_8_objectives(ours: Ours) -> None:
    assert [len(priority.objectives) for priority in ours.strategy.priorities] == [3, 2, 2, 17, 4, 4, 8]
    assert len(ours.objectives) == 40
    assert ours.objectives[0].id == "P1.1"
    assert ours.objectives[-1].id == "P7.8"


def test_the_authority_is_data(ours: Ours) -> None:
    authority = ours.strategy.authority
    assert (authority.name, authority.old_la_code, authority.new_la_code) == ("Luton", "821", "E06000032")
    assert authority.region == "East of England"
    assert ours.strategy.board.abbreviation == "BIWAB"
    assert [service.abbreviation for service in ours.strategy.services] == ["ALPS"]
    assert ours.strategy.launch == "202122"
    assert ours.strategy.regime("pandemic").years == ("201920", "202021")


def test_the_authority_is_named_nowhere_in_the_framework_code() -> None:
    for path in (ROOT / "src/onroll/framework").glob("*.py"):
        assert "luton" not in path.read_text(encoding="utf-8").lower(), path.name


def test_every_objective_has_an_indicator(ours: Ours) -> None:
    assert [each.id for each in ours.objectives if not ours.indicators_of(each.id)] == []


def test_an_objective_for_all_schools_has_indicators_from_two_independent_sources(ours: Ours) -> None:
    for objective in ours.objectives:
        sources = {source for each in ours.indicators_of(objective.id) for source in each.sources}
        assert not objective.is_for_all_schools or len(sources) >= 2, objective.id
    assert sum(objective.is_for_all_schools for objective in ours.objectives) == 14


def test_no_indicator_mixes_sources(ours: Ours) -> None:
    assert [each.id for each in ours.indicators.values() if len(each.sources) != 1] == []


def test_only_the_five_gaps_have_no_objective_and_each_has_indicators(ours: Ours) -> None:
    assert tuple(area.id for area in ours.uncovered_focus_areas) == GAPS
    for gap in GAPS:
        assert [each.id for each in ours.indicators_of(gap)] == list(ours.focus_area(gap).indicators) != []


def test_an_objective_is_not_drowned_in_indicators(ours: Ours) -> None:
    own = [each for each in ours.indicators.values() if each.table != "published"]
    counts = Counter(objective for each in own for objective in each.objectives)
    assert max(counts.values()) <= 10


def test_labels_are_short_and_each_stands_once(ours: Ours) -> None:
    labels = [each.label for each in ours.indicators.values()]
    assert max(map(len, labels)) <= 85
    assert [label for label, times in Counter(labels).items() if times > 1] == []
    for label in labels:
        assert not label.startswith(("%", "Number of", "Percentage")), label
        assert " and/or " not in label


def test_the_published_indicators_are_those_the_evaluation_computes(ours: Ours) -> None:
    published = [each for each in ours.indicators.values() if each.table == "published"]
    assert {each.id: each.objectives for each in published} == {
        "suspension_rate": ("P7.1",),
        "suspended_pupil_rate": ("P7.1",),
        "permanent_exclusion_rate": ("P7.1",),
        "suspension_rate_by_sen": ("P5.2",),
        "suspended_pupil_rate_by_sen": ("P5.2",),
        "permanent_exclusion_rate_by_sen": ("P5.2",),
        "suspension_rate_by_ethnicity": ("P5.2",),
        "permanent_exclusion_rate_by_ethnicity": ("P5.2",),
        "suspended_pupil_rate_by_characteristic": ("P7.1",),
        "permanent_exclusion_rate_by_characteristic": ("P7.1",),
        "strategy_impact_suspension_rate": ("P7.1",),
        "strategy_impact_permanent_exclusion_rate": ("P7.1",),
    }
    assert {source for each in published for source in each.sources} == {"published figures"}
    for measure in vocabulary.MEASURES.values():
        for each in published:
            if each.id.removeprefix("strategy_impact_").startswith(measure.id):
                assert (each.numerator, each.per) == (measure.numerator, measure.per)
                assert (each.kind == "proportion") == measure.is_proportion


def test_polarity_agrees_with_the_direction_the_strategy_wants(ours: Ours) -> None:
    for objective in ours.objectives:
        if objective.direction == "down":
            polarities = {each.polarity for each in ours.indicators_of(objective.id) if each.kind == "rate"}
            assert polarities == {"lower_is_better"}


def test_the_comparators_are_of_every_kind(ours: Ours) -> None:
    assert {each.kind for each in ours.comparators.values()} == set(vocabulary.COMPARATOR_KINDS)
    baseline = ours.comparator("baseline")
    assert (baseline.first, baseline.last) == ("201617", "201819")


def test_every_neighbours_choice_is_a_comparator(ours: Ours) -> None:
    for model in ours.plan.choices["neighbours"].allowed:
        assert ours.comparator(f"statistical_neighbours_{model}").model == model


def test_the_plan_says_what_was_agreed(ours: Ours) -> None:
    plan = ours.plan
    assert plan.primary_outcome == "suspension_rate"
    assert plan.comparator == "statistical_neighbours_2021"
    control, difference = plan.design("synthetic_control"), plan.design("difference_in_differences")
    assert (control.pre_first, control.pre_last, control.post_first) == ("200607", "202021", "202122")
    assert (difference.pre_first, difference.pre_last) == ("201617", "201819")
    assert plan.regimes[0].words.startswith("Shown apart, never dropped")
    assert (plan.confidence, plan.power) == (0.95, 0.8)
    assert plan.reference_group("sen_provision") == "No SEN"
    assert plan.reference_group("ethnicity_major") == "White"
    assert dict(plan.choose()) == {
        "neighbours": "2021",
        "baseline_first": "201617",
        "baseline_last": "201819",
        "confidence": 0.95,
        "impact_first": "200607",
        "impact_comparators": "all",
        "impact_last": "202021",
        "dispersion": "other_authorities",
    }


def test_a_choice_is_read_by_its_type_and_departures_are_listed(ours: Ours) -> None:
    chosen = ours.plan.choose({"baseline_first": "2015/16", "confidence": "0.9", "neighbours": 2021})
    assert chosen["baseline_first"] == "201516"
    assert set(departures(ours, chosen)) == {
        "baseline_first is 2015/16; the plan says 2016/17", "confidence is 0.9; the plan says 0.95",
    }  # fmt: skip


def test_a_plan_that_its_designs_were_not_tried_with_is_a_departure(ours: Ours) -> None:
    assert departures(ours, ours.plan.choose()) == ()
    edited = dataclasses.replace(ours.plan, impact=dataclasses.replace(ours.plan.impact, recent=2))
    assert departures(dataclasses.replace(ours, plan=edited), ours.plan.choose()) == (UNTRIED,)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"neighbour": "2025"}, "there is no choice 'neighbour'; the choices are neighbours, baseline_first, "
         "baseline_last, confidence, impact_comparators, impact_first, impact_last, dispersion. Did you mean 'neighbours'?"),
        ({"neighbours": "2026"}, "neighbours is '2026'; allowed are 2021, 2025. Did you mean '2025'?"),
        ({"confidence": "1"}, "confidence is 1; it must be at most 0.999"),
        ({"confidence": "0.5"}, "confidence is 0.5; it must be at least 0.8"),
        ({"confidence": "nan"}, "confidence is 'nan'; it must be a number"),
        ({"confidence": ""}, "confidence is ''; it must be a number"),
        ({"impact_first": "2006"}, "impact_first is '2006', not an academic year; write 2021/22 as 202122"),
        ({"baseline_first": "202021"},
         "baseline_first is 202021, after baseline_last, which is 201819; put them in order"),
    ],
)  # fmt: skip
def test_a_choice_that_is_not_allowed_says_what_is(ours: Ours, given: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        ours.plan.choose(given)
    assert str(caught.value) == message


def test_a_boolean_and_a_whole_number_are_read_by_their_type() -> None:
    switch = framework.Parameter("boolean", "true", "On or off.")
    count = framework.Parameter("integer", "3", "How many.", minimum=1)
    assert (switch.default, switch.parse("x", False), switch.parse("x", "false")) == (True, False, False)
    assert (count.default, count.parse("n", "4"), count.parse("n", 5)) == (3, 4, 5)
    with pytest.raises(UsageError, match=r"^n is '4\.5'; it must be a whole number$"):
        count.parse("n", "4.5")
    with pytest.raises(UsageError, match=r"^x is 'yes'; it must be true or false$"):
        switch.parse("x", "yes")


def test_the_plan_fingerprint_ignores_comments_and_layout_but_no_content(project: Path) -> None:
    path = project / "evaluation/analysis_plan.yaml"
    before, text = framework.load(project).plan_sha256, path.read_text(encoding="utf-8")
    path.write_text(
        "# a comment\n" + text.replace("The difference.", ">-\n  The\n  difference."), encoding="utf-8"
    )
    assert framework.load(project).plan_sha256 == before
    path.write_text(text.replace("The difference.", "The distance."), encoding="utf-8")
    assert framework.load(project).plan_sha256 != before


def test_the_notebooks_are_joined_with_what_may_be_set_in_them(ours: Ours) -> None:
    assert [each.id for each in ours.notebooks] == [
        "00_start_here", "05_data_quality", "10_exclusions", "15_termly_exclusions", "20_disproportionality",
        "25_consistency", "30_strategy_impact", "35_school_change", "50_practice",
        "55_alternative_provision", "90_appendix_g", "91_board",
    ]  # fmt: skip
    for each in ours.notebooks:
        assert {"year", "data", "run_folder"} <= set(each.parameters)
        assert set(each.choices) <= set(each.parameters)
        assert (each.seconds, each.memory_mb) == (120, 2048)
        assert each.parameters["year"].default == ""
    for last in ("90_appendix_g", "91_board"):
        assert ours.notebook(last).needs == ("10_exclusions", "30_strategy_impact")
    assert ours.notebook("91_board").for_ == "board"


def test_published_figures_are_released_as_published_and_own_records_protected(ours: Ours) -> None:
    published, own = ours.disclosure.for_origin("published"), ours.disclosure.for_origin("received")
    assert not published.suppresses
    assert published.licence == "Open Government Licence v3.0"
    assert (own.minimum_count, own.rounding) == (10, "none")
    assert {"rate", "ratio", "total"} <= set(own.hides)
    assert ours.disclosure.for_origin("synthetic") is own


def test_a_rule_that_rates_says_each_colour_and_monitor_says_none(ours: Ours) -> None:
    assert list(ours.rating_rules) == [
        "COV", "COV24", "COV12", "IMPL", "PCTPOS", "TIME", "DONE", "RUBRIC", "RATE", "MONITOR",
    ]  # fmt: skip
    assert not ours.rating_rules["MONITOR"].is_rated
    assert ours.rating_rules["RATE"].thresholds == {"green_upper_below": 1.0, "red_lower_above": 1.0}
    assert ours.rating_terms.could_be.format(rating="Amber", other="Green") == "Amber (could be Green)"
    assert ours.rating_terms.status == "to be confirmed by the Board"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda ours: ours.objective("P4.71"), "objective 'P4.71' is not declared; declared are P1.1, P1.2,"),
        (lambda ours: ours.indicators_of("P9.9"), "objective 'P9.9' is not declared; declared are P1.1,"),
        (lambda ours: ours.indicators_of("F17"), "focus area 'F17' is not declared; declared are F1, F2,"),
        (lambda ours: ours.indicator("suspension_rates"), "indicator 'suspension_rates' is not declared;"),
        (lambda ours: ours.comparator("wales"), "comparator 'wales' is not declared; declared are england,"),
        (lambda ours: ours.notebook("11"), "notebook '11' is not declared; declared are 00_start_here,"),
        (lambda ours: ours.priority(8), "priority '8' is not declared; declared are 1, 2, 3, 4, 5, 6, 7."),
    ],
)
def test_asking_for_what_is_not_declared_says_what_is(ours: Ours, ask: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask(ours)  # type: ignore[operator]
    assert str(caught.value).startswith(message)


def parts(value: object, path: str = "framework") -> Iterator[tuple[str, object]]:
    yield path, value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from parts(each, f"{path}[{at}]")
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from parts(each, f"{path}[{key!r}]")


def test_nothing_in_the_framework_can_be_changed(ours: Ours) -> None:
    seen = 0
    for path, value in parts(ours):
        assert isinstance(value, tuple | MappingProxyType | str | int | float | None) or (
            dataclasses.is_dataclass(value)
        ), path
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            seen += 1
            first = dataclasses.fields(value)[0].name
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, first, None)
            assert not hasattr(value, "__dict__"), path
    assert seen > 300


def test_the_pure_python_loader_reads_the_same(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from onroll.framework import files

    monkeypatch.setattr(files, "LOADER", yaml.SafeLoader)
    assert framework.load(ROOT) == ours


def test_the_files_read_are_listed(ours: Ours) -> None:
    declared = sorted(
        path.relative_to(ROOT).as_posix()
        for path in [*(ROOT / "evaluation").glob("*.yaml"), *(ROOT / "evaluation/indicators").iterdir()]
    )
    assert sorted(ours.files) == sorted([*declared, "notebooks/notebooks.yaml"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the research beside the repository is not here")
def test_every_item_is_one_of_the_indicator_framework(ours: Ours) -> None:
    with (SHARED / "framework/indicator_framework.csv").open(encoding="utf-8") as file:
        known = {row["item_id"]: row["respondent"] for row in csv.DictReader(file)}
    text = (SHARED / "framework/indicator_framework.md").read_text(encoding="utf-8")
    for each in ours.indicators.values():
        for item in each.items:
            assert item in known or item in text, f"{each.id}: {item}"
    assert len(RESPONDENTS) == 14
