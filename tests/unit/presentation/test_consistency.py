"""Consistency on a page: pictures and sentences on schools drawn by hand, released through the real door."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onroll.disclosure import release
from onroll.disclosure.over_schools import few_small
from onroll.disclosure.own_records import Rules
from onroll.evidence.own import own_rows
from onroll.evidence.question import Question
from onroll.evidence.records import RecordsStudy
from onroll.evidence.table import Evidence, collect, joined
from onroll.framework import Framework
from onroll.presentation.catalogue import TABLES, TOPICS, Asked
from onroll.presentation.charts import chart
from onroll.presentation.consistency import COMPARED, Series, authorities, funnel, term_series, year_series
from onroll.presentation.drawing import SYNTHETIC
from onroll.presentation.facts import Bound, Fact, Facts
from onroll.presentation.model import Table, plain
from onroll.presentation.numbers import FORMATS
from onroll.presentation.quality import Quality
from onroll.presentation.sentences.steady import _signals
from onroll.presentation.steady_chart import _steady_title
from onroll.runs import Run
from onroll.vocabulary import PHASES, TERMS, academic_year
from onroll.vocabulary.records import CHART_PLACE

SECONDARY, PRIMARY, SPECIAL = PHASES[1], PHASES[0], PHASES[2]
YEARS = ("201617", "201718", "201819", "201920", "202021", "202122", "202223", "202324")
INDICATORS = (
    "register_suspended_pupil_rate",
    "register_suspension_rate",
    "register_permanent_exclusion_rate",
)
OWN_TOPICS = (
    "how_far_schools_differ", "schools_more_alike", "schools_apart", "terms_watched", "years_watched",
    "among_authorities", "false_alarms", "consistency_not_told",
)  # fmt: skip
OWN_TABLES = ("schools_apart", "schools_over_years", "charts_of_terms_and_years", "among_authorities")
COLUMNS = (
    "indicator", "time_period", "time_identifier", "geographic_level", "area_code", "education_phase",
    "breakdown_topic", "breakdown", "numerator", "denominator",
)  # fmt: skip


def cells(special: int) -> pd.DataFrame:
    """Twelve secondary schools of which one stands apart, eleven primary ones with few, terms of eight years."""
    rows: list[tuple[Any, ...]] = []
    secondary = [(60 + 10 * (at % 3), 1000) for at in range(11)] + [(280, 1000)]
    primary = [(8 + at % 2, 400) for at in range(11)]
    for phase, schools in ((SECONDARY, secondary), (PRIMARY, primary)):
        for at, (k, n) in enumerate(schools):
            rows.append((INDICATORS[0], "202324", "Academic year", "School", f"{phase[13]}{at}", phase, k, n))
    sums = {SECONDARY: (sum(k for k, _ in secondary), 12_000), PRIMARY: (sum(k for k, _ in primary), 4_400),
            SPECIAL: (special, 500)}  # fmt: skip
    sums["Total"] = tuple(map(sum, zip(*sums.values(), strict=True)))  # type: ignore[assignment]
    for phase, (pupils, roll) in sums.items():
        for year in YEARS:
            for place, time in enumerate(("Academic year", *TERMS)):
                share = (
                    1.0 if not place else 0.4 if (year, time) == ("202324", TERMS[0]) else 0.2 + 0.01 * place
                )
                counts = (
                    pupils * share,
                    2 * pupils * share,
                    20 * (place == 0) if phase in ("Total", SECONDARY) else 0,
                )
                for indicator, k in zip(INDICATORS, counts, strict=True):
                    rows.append((indicator, year, time, "Local authority", "821", phase, int(k), roll))
    frame = pd.DataFrame(rows, columns=[name for name in COLUMNS if not name.startswith("breakdown")])
    return frame.assign(
        breakdown_topic="Total", breakdown="Total", denominator=frame["denominator"].astype(float)
    )


def january(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for phase, share, schools, pupils in ((SECONDARY, 0.08, 12, 500), (PRIMARY, 0.01, 11, 200)):
        for school in range(schools):
            for sen in ("No SEN", "SEN support"):
                own = min(share * np.exp(0.5 * rng.standard_normal()), 0.9)
                rows.append((phase, f"{phase[13]}{school}", sen, pupils, int(rng.binomial(pupils, own))))
    frame = pd.DataFrame(rows, columns=["education_phase", "urn", "sen_provision", "pupils", "suspended"])
    return frame.assign(fsm="Eligible for free school meals", sex="Male", national_curriculum_year="Year 9")


def evidence(run: Run, framework: Framework, special: int = 80) -> tuple[Evidence, Rules]:
    brief, counted = run.facts.brief, cells(special)
    question = Question(
        year=brief.year, area_code="821", area=brief.area, region=brief.region, neighbours=(), neighbours_label="",
        neighbours_id="", reference_groups={}, baseline=brief.baseline, pandemic=brief.pandemic, launch=brief.launch,
        impact_pre=(), change_pre=(), consistency=framework.plan.consistency,
    )  # fmt: skip
    schools = {urn: f"A school ({urn})" for urn in counted["area_code"].unique()}
    spells = pd.DataFrame(columns=[*COLUMNS[:8], "days", "ended", "count"])
    study = RecordsStudy(counted, spells, framework.indicators, lambda table: f"synthetic_{table}", schools)
    rows = own_rows(study, {"201819": january(1), "202324": january(2)}, question)
    of_pupils = frozenset(one.id for one in framework.indicators.values() if one.kind == "proportion")
    rules = Rules(10, of_pupils, rests_on={INDICATORS[1]: INDICATORS[0]}, few_small=few_small(counted, 10))
    return collect(rows, {"synthetic_exclusions": "synthetic"}), rules


@pytest.fixture(scope="module")
def told(run: Run, framework: Framework) -> Facts:
    """The shipped figures with schools and terms drawn by hand, as released."""
    own, rules = evidence(run, framework)
    every = joined(
        Evidence(run.facts.frame.drop(columns="symbol"), dict.fromkeys(run.facts.brief.sources, "published")),
        own,
    )
    source = {"synthetic_exclusions": "Synthetic data made from a seed, no real child or school: exclusions"}
    brief = replace(
        run.facts.brief, origins=("published", "synthetic"), sources={**run.facts.brief.sources, **source}
    )
    return Facts(release(every, rules), brief)


@pytest.fixture(scope="module")
def asked(told: Facts, framework: Framework) -> Asked:
    return Asked(framework, told, Quality())


def test_the_school_that_stands_apart_is_drawn_and_not_named(told: Facts) -> None:
    drawn = chart(told, "schools_funnel")
    assert drawn.title.startswith("1 school shown stands apart from the others; ")
    assert drawn.title.endswith(" schools cannot be shown")
    assert "12 shown, from 6.0 to 28.0; 1 above and 0 below" in drawn.alt
    assert "A school (" not in drawn.alt + drawn.foot + " ".join(drawn.numbers["area"])
    assert len(drawn.numbers) == 12


def test_withheld_schools_are_not_drawn_and_said(told: Facts) -> None:
    primary = funnel(told, PRIMARY)
    assert (len(primary.units), primary.hidden) == (0, 11)
    for name in ("schools_funnel", "schools_ratio_among_pupils_alike"):
        assert "Withheld to protect pupils, not drawn: 11 primary schools." in chart(told, name).foot


@pytest.mark.parametrize(
    "name",
    ["schools_funnel", "schools_ratio_among_pupils_alike", "terms_watched", "years_watched", "odds_ratio_between_schools",
     "suspension_rate_among_authorities", "suspended_pupil_rate_among_authorities",
     "permanent_exclusion_rate_among_authorities"],
)  # fmt: skip
def test_every_number_drawn_is_in_the_evidence_and_the_picture_says_what_it_is(
    told: Facts, name: str
) -> None:
    drawn = chart(told, name)
    rows = told.frame.loc[drawn.numbers["row"]]
    for column in ("estimate", "lower", "upper"):
        assert drawn.numbers[column].to_numpy() == pytest.approx(rows[column].to_numpy(), nan_ok=True)
    assert rows["estimate"].notna().all()
    assert drawn.title
    assert drawn.unit
    assert drawn.title in drawn.alt
    assert ("ynthetic" in drawn.source) == rows["source"].str.startswith("synthetic").any()
    assert SYNTHETIC.startswith("Synthetic data")


def test_the_authority_is_named_among_all_of_england(run: Run) -> None:
    drawn = run.figure("suspension_rate_among_authorities")
    own = next(one.place for one in authorities(run.facts, "suspension_rate").units if one.name == "Luton")
    assert (own["numerator"], own["denominator"]) == (2469, 40671)
    assert f"Luton {FORMATS['rate'](float(own['estimate']))}, limits for its size" in drawn.alt
    assert "Already public" in drawn.source


def test_real_years_and_what_was_not_steady_before(run: Run) -> None:
    said = repr(run.say("years_watched"))
    assert [one.label for one in year_series(run.facts)] == [
        "Suspensions",
        "Pupils suspended",
        "Permanent exclusions",
    ]
    assert said.count("Since the strategy began 2023/24 lies above them.") == 2
    assert "Permanent exclusions: before the strategy the level was 0.8 per 1,000 on roll" in said
    assert "Even then it was not steady" in said


def test_terms_are_watched_where_all_of_the_baseline_is_shown(told: Facts) -> None:
    labels = [one.label for one in term_series(told)]
    assert labels[:2] == ["Suspensions, all schools", "Suspensions, secondary schools"]
    assert "Permanent exclusions, all schools" not in labels
    first = term_series(told)[0]
    assert {(one["time_period"], one["breakdown"]) for one in first.signals} >= {("202324", TERMS[0])}


def bound(said: Any) -> list[Bound]:
    return [part for words in said for part in words if isinstance(part, Bound)]


@pytest.mark.parametrize("topic", OWN_TOPICS)
def test_every_number_of_a_sentence_is_its_cell_of_the_evidence(asked: Asked, topic: str) -> None:
    said = TOPICS[topic](asked)
    assert said
    for one in bound(said):
        assert one.text == FORMATS[one.style](float(asked.facts.frame.at[one.row, one.column]))


@pytest.mark.parametrize("name", OWN_TABLES)
def test_every_number_of_a_table_is_its_cell_of_the_evidence(asked: Asked, name: str) -> None:
    tables = [block for block in TABLES[name](asked) if isinstance(block, Table)]
    assert tables
    for table in tables:
        for one in bound(cell for row in table.rows for cell in row):
            assert one.text == FORMATS[one.style](float(asked.facts.frame.at[one.row, one.column]))


def test_the_median_odds_ratio_is_said_of_two_schools(asked: Asked) -> None:
    first = plain(TOPICS["how_far_schools_differ"](asked)[0])
    assert first.startswith(
        "Take any two of the secondary schools: at the one with the higher rate a pupil's odds of being suspended are, in "
        "the middle case, "
    )
    assert "Among pupils alike in SEN provision, free school meals, sex and year group it is" in first
    for words in ("median odds", "overdispersion", "variance", "significant"):
        assert words not in " ".join(plain(line) for topic in OWN_TOPICS for line in TOPICS[topic](asked))


def test_schools_apart_in_a_sentence(asked: Asked) -> None:
    secondary, primary, *_ = (plain(words) for words in TOPICS["schools_apart"](asked))
    assert secondary.startswith("Of 12 secondary schools, ")
    assert (
        "Outside what chance and the usual differences between schools allow: 1 (of them 1 above)"
        in secondary
    )
    assert "Eleven of them are withheld to protect pupils and not drawn." in primary


def test_change_is_not_claimed_where_it_cannot_be_told(asked: Asked) -> None:
    said = plain(TOPICS["schools_more_alike"](asked)[0])
    assert (
        f"Whether secondary schools have become more or less alike since {academic_year('201819')} cannot be told."
        in said
    )


def test_without_own_records_the_page_says_so(run: Run) -> None:
    assert "No own records were received" in repr(run.say("how_far_schools_differ"))
    assert "No own records were received" in repr(run.say("schools_apart"))
    assert "schools_funnel" not in run.figures
    assert "years_watched" in run.figures


def test_phases_are_those_that_pages_name() -> None:
    assert set(COMPARED) == set(PHASES[:3])


@pytest.mark.slow
def test_nothing_small_is_shown_and_nothing_can_be_worked_out(run: Run, framework: Framework) -> None:
    for special in (4, 80):
        own, rules = evidence(run, framework, special)
        released = release(own, rules)
        attacked = released.record()["attack"]
        assert attacked["worked_out"] == 0
        frame = released.frame
        people = frame[
            frame["statistic"].isin(
                ["rate", "place in the funnel", "place by chance alone", "place in the chart"]
            )
        ]
        for column in ("numerator", "denominator"):
            shown = people[column].dropna()
            assert not ((shown > 0) & (shown < 10)).any()


def test_withheld_terms_since_the_strategy_began_are_no_proof_of_quiet() -> None:
    def point(year: str, term: str, estimate: float) -> Fact:
        cells = {
            "statistic": CHART_PLACE,
            "time_period": year,
            "breakdown": term,
            "estimate": estimate,
            "note": "",
        }
        return Fact(1, {**cells, "lower": 0.0, "upper": 2.0, "symbol": ""})

    quiet = [point("202122", "Autumn term", 1.0), point("202122", "Spring term", 1.2)]
    hidden = point("202122", "Summer term", float("nan"))
    earlier = point("202021", "Summer term", float("nan"))
    whole = Series("Suspensions, all schools", "per 100", quiet[0], (earlier, *quiet), 1)
    part = Series("Permanent exclusions, all schools", "per 1,000", quiet[0], (*quiet, hidden), 1)
    assert (whole.withheld_since("202122"), part.withheld_since("202122")) == (0, 1)
    assert plain(_signals(whole, "term", "202122")).endswith("lies outside them, and no run stands out.")
    said = plain(_signals(part, "term", "202122"))
    assert "But one of the three terms since then is withheld" in said
    assert "no run stands out" not in said
    assert (
        _steady_title([whole], "term", "202122")
        == "Since the strategy began no term stands outside what was usual before"
    )
    assert _steady_title([whole, part], "term", "202122").endswith("permanent exclusions cannot be judged")
