"""The door and an independent attacker: whatever the counts, no hidden small count can be worked out.

The attacker is a linear programme over the true sums, another method than the door's own narrowing: for every hidden
count below 10 it finds the least and the greatest value that fits all that was released.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from onroll.disclosure import release
from onroll.disclosure.own_records import Rules
from onroll.evidence.table import NUMBERS, collect, finding
from onroll.vocabulary import OWN_RECORDS, PREVIOUS_YEAR, RATE, RATE_RATIO, REFERENCE_GROUP, TERMS, TOTAL
from onroll.vocabulary.records import SCHOOL, TERM, crossed

MINIMUM = 10
RULES = Rules(MINIMUM)
APART = 1e-6  # a linear programme's answers carry rounding of this size
PHASES, GROUPS = ("State-funded primary", "State-funded secondary", "Special"), ("E", "K", "N")
ROLL = 50_000


def _row(
    topic: str, group: str, count: int, *, level: str = "Local authority", area: str = "Here"
) -> dict[str, Any]:
    return finding(
        indicator="register_suspension_rate", time_period="202324", geographic_level=level, area=area,
        breakdown_topic=topic, breakdown=group, statistic=RATE, estimate=100 * count / ROLL, numerator=count,
        denominator=ROLL, source="register",
    )  # fmt: skip


def rows_of(cube: np.ndarray, schools: Mapping[str, list[int]]) -> list[dict[str, Any]]:
    """Rows of a cube of counts by term and group, and of schools by phase with the same total."""
    rows = [_row(TOTAL, TOTAL, int(cube.sum()))]
    rows += [_row(TERM, term, int(cube[at].sum())) for at, term in enumerate(TERMS)]
    rows += [_row("sen_provision", group, int(cube[:, at].sum())) for at, group in enumerate(GROUPS)]
    for (term, name), (group, label) in itertools.product(enumerate(TERMS), enumerate(GROUPS)):
        rows.append(_row(crossed(TERM, "sen_provision"), crossed(name, label), int(cube[term, group])))
    rows.append(_row("education_phase", "Alternative provision", 6))
    for phase, counts in schools.items():
        rows.append(_row("education_phase", phase, sum(counts)))
        rows += [
            _row("education_phase", phase, count, level=SCHOOL, area=f"{phase} {at}")
            for at, count in enumerate(counts)
        ]
    return rows


def _sums(frame: pd.DataFrame) -> list[tuple[list[int], list[int]]]:
    """Total and parts, as positions of rows, written down by hand from how ``rows_of`` makes them."""

    def at(topic: str, group: str = "", level: str = "Local authority") -> list[int]:
        keep = (frame["breakdown_topic"] == topic) & (frame["geographic_level"] == level)
        keep &= frame["breakdown"].eq(group) | (group == "")
        return list(np.flatnonzero(keep.to_numpy()))

    both = crossed(TERM, "sen_provision")
    found = [(at(TOTAL), at(topic)) for topic in (TERM, "sen_provision")]
    found.append((at(TOTAL), [one for phase in PHASES for one in at("education_phase", phase)]))
    found += [(at(TERM, term), [at(both, crossed(term, group))[0] for group in GROUPS]) for term in TERMS]
    found += [
        (at("sen_provision", group), [at(both, crossed(term, group))[0] for term in TERMS])
        for group in GROUPS
    ]
    found += [(at("education_phase", phase), at("education_phase", phase, SCHOOL)) for phase in PHASES]
    return [one for one in found if one[0] and one[1]]


def exposed(
    frame: pd.DataFrame, counts: np.ndarray, sums: list[tuple[list[int], list[int]]] | None = None
) -> list[tuple[str, str, int]]:
    """Hidden small counts that have one value only, given everything that was released."""
    is_shown = frame["numerator"].notna().to_numpy()
    sums = _sums(frame) if sums is None else sums
    left = np.zeros((len(sums), len(frame)))
    for line, (total, parts) in enumerate(sums):
        left[line, parts] = 1.0
        left[line, total] -= 1.0
    bounds = [
        (count, count) if seen else ((1, None) if count else (0, 0))
        for count, seen in zip(counts, is_shown, strict=True)
    ]
    found = []
    for at in np.flatnonzero(~is_shown & (counts > 0) & (counts < MINIMUM)):
        aim = np.zeros(len(frame))
        aim[at] = 1.0
        low = linprog(aim, A_eq=left, b_eq=np.zeros(len(sums)), bounds=bounds)
        if low.status == 0 and low.fun <= counts[at] - 1:
            continue  # the true count fits as well, so there are two
        high = linprog(-aim, A_eq=left, b_eq=np.zeros(len(sums)), bounds=bounds)
        if low.status == 0 and high.status == 0 and -high.fun - low.fun < 1 - APART:
            row = frame.iloc[at]
            found.append((str(row["breakdown_topic"]), str(row["breakdown"]), int(counts[at])))
    return found


counts_of_cube = st.lists(st.sampled_from([0, 0, 1, 3, 9, 10, 12, 40, 300]), min_size=9, max_size=9)
counts_of_schools = st.lists(
    st.lists(st.sampled_from([0, 0, 1, 2, 5, 9, 10, 11, 30, 90]), min_size=1, max_size=6),
    min_size=3,
    max_size=3,
)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(
    cube=counts_of_cube, schools=counts_of_schools, kept=st.frozensets(st.sampled_from(GROUPS), max_size=2)
)
def test_no_hidden_small_count_can_be_worked_out(
    cube: list[int], schools: list[list[int]], kept: frozenset[str]
) -> None:
    table = np.array(cube).reshape(3, 3)
    spread = dict(zip(PHASES, schools, strict=True))
    gap = int(table.sum()) - sum(map(sum, schools))
    if gap > 0:
        spread[PHASES[1]] = [*spread[PHASES[1]], gap]
    else:
        table[0, 0] -= gap
    rows = rows_of(table, spread)
    frame = release(collect(rows, {"register": OWN_RECORDS}), Rules(MINIMUM, kept=kept)).frame
    counts = np.array([row["numerator"] for row in rows])
    assert not ((frame["numerator"] > 0) & (frame["numerator"] < MINIMUM)).any()
    assert exposed(frame, counts) == []
    hidden = frame["numerator"].isna()
    assert frame.loc[hidden, list(NUMBERS)].isna().all(axis=None)
    assert (frame.loc[hidden, "symbol"] == "c").all()


PUPILS_AND_EVENTS = Rules(
    MINIMUM, frozenset({"register_suspended_pupil_rate"}),
    rests_on={"register_suspension_rate": "register_suspended_pupil_rate"},
)  # fmt: skip
few = st.lists(st.sampled_from([0, 1, 3, 9, 10, 12, 40, 300]), min_size=3, max_size=3)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(pupils=few, more=few, schools=st.lists(st.sampled_from([1, 5, 9, 10, 12, 60]), min_size=2, max_size=5))
def test_events_and_the_pupils_behind_them_keep_each_others_secrets(
    pupils: list[int], more: list[int], schools: list[int]
) -> None:
    """Events are as many as pupils, or more; what is hidden of either hides the same of the other, with company."""
    events = [one + other if one else 0 for one, other in zip(pupils, more, strict=True)]
    rows, parts = [], {}
    for indicator, counts in (
        ("register_suspended_pupil_rate", pupils),
        ("register_suspension_rate", events),
    ):
        spread = [*schools, sum(counts) - sum(schools)] if sum(counts) > sum(schools) else [sum(counts)]
        start = len(rows)
        own = [_row(TOTAL, TOTAL, sum(counts)), _row("education_phase", PHASES[0], sum(counts))]
        own += [_row("sen_provision", name, count) for name, count in zip(GROUPS, counts, strict=True)]
        own += [_row("education_phase", PHASES[0], count, level=SCHOOL, area=f"school {at}")
                for at, count in enumerate(spread)]  # fmt: skip
        rows += [{**row, "indicator": indicator} for row in own]
        parts[indicator] = [
            ([start], [start + 1]), ([start], [start + 2 + at for at in range(3)]),
            ([start + 1], list(range(start + 5, len(rows)))),
        ]  # fmt: skip
    frame = release(collect(rows, {"register": OWN_RECORDS}), PUPILS_AND_EVENTS).frame
    counts = np.array([row["numerator"] for row in rows])
    assert exposed(frame, counts, [one for each in parts.values() for one in each]) == []
    shown = frame.set_index(["indicator", "geographic_level", "area", "breakdown"])["numerator"].notna()
    for key in shown["register_suspension_rate"].index:
        if shown[("register_suspension_rate", *key)]:
            assert shown.get(("register_suspended_pupil_rate", *key), False), key


def test_every_withheld_row_has_the_same_reason() -> None:
    rows = [_row(TOTAL, TOTAL, 64)]
    rows += [_row("sen_provision", name, n) for name, n in zip("EKN", (4, 20, 40), strict=True)]
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    assert frame["numerator"].notna().tolist() == [True, False, False, True]
    assert len(set(frame.loc[frame["numerator"].isna(), "note"])) == 1, "the 20 must not be told from the 4"


MINORS = ("White British", "Irish", "Gypsy or Roma", "Indian", "Pakistani", "Black Caribbean", "Black African",
          "Any other ethnic group", "Unclassified")  # fmt: skip
MAJORS = ("White", "White", "White", "Asian / Asian British", "Asian / Asian British",
          "Black / African / Caribbean / Black British", "Black / African / Caribbean / Black British",
          "Any other ethnic group", "Unclassified")  # fmt: skip


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0, 0, 1, 3, 9, 10, 12, 40, 300]), min_size=9, max_size=9))
def test_no_ethnic_group_can_be_worked_out_from_its_major_group(drawn: list[int]) -> None:
    majors = list(dict.fromkeys(MAJORS))
    by_major = {name: sum(n for n, own in zip(drawn, MAJORS, strict=True) if own == name) for name in majors}
    rows = [_row(TOTAL, TOTAL, sum(drawn))]
    rows += [_row("ethnicity_minor", name, count) for name, count in zip(MINORS, drawn, strict=True)]
    rows += [_row("ethnicity_major", name, count) for name, count in by_major.items()]
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    minors, wide = list(range(1, 10)), {name: 10 + at for at, name in enumerate(majors)}
    sums = [([0], minors), ([0], list(wide.values()))]
    for name in majors:
        sums.append(([wide[name]], [at for at, own in zip(minors, MAJORS, strict=True) if own == name]))
    counts = np.array([row["numerator"] for row in rows])
    assert not ((frame["numerator"] > 0) & (frame["numerator"] < MINIMUM)).any()
    assert exposed(frame, counts, sums) == []


def test_a_group_is_compared_only_where_its_reference_group_is_shown() -> None:
    def ratio(group: str, other: str) -> dict[str, Any]:
        return {
            **_row("sen_provision", group, 40),
            "statistic": RATE_RATIO,
            "comparator": REFERENCE_GROUP + other,
        }

    rows = [_row(TOTAL, TOTAL, 400)]
    rows += [_row("sen_provision", name, n) for name, n in zip("EKN", (40, 4, 356), strict=True)]
    rows += [ratio("E", "N"), ratio("N", "E"), ratio("N", "K")]
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    assert frame["numerator"].notna().tolist() == [True, False, False, True, False, False, False]


def test_what_is_apart_from_the_total_is_no_company() -> None:
    rows = [_row(TOTAL, TOTAL, 886)]
    rows += [
        _row("education_phase", phase, count) for phase, count in zip(PHASES, (102, 777, 7), strict=True)
    ]
    rows.append(_row("education_phase", "Alternative provision", 6))
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    shown = frame.loc[frame["numerator"].notna(), "breakdown"].tolist()
    assert shown == [TOTAL, PHASES[1]], "the special schools' 7 is 886 less primary and secondary"


def test_the_sum_of_what_is_hidden_is_no_small_count_either() -> None:
    rows = [_row(TOTAL, TOTAL, 123)]
    rows += [_row("education_phase", phase, count) for phase, count in zip(PHASES, (5, 115, 3), strict=True)]
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    assert frame.loc[frame["numerator"].notna(), "breakdown"].tolist() == [TOTAL]


def test_groups_that_fall_short_of_their_total_are_all_hidden_when_one_is_small() -> None:
    rows = [_row(TOTAL, TOTAL, 400), _row("sen_provision", "E", 5), _row("sen_provision", "K", 60)]
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    assert frame["numerator"].notna().tolist() == [True, False, False]


def test_the_attacker_finds_what_a_careless_release_gives_away() -> None:
    rows = rows_of(np.array([[5, 20, 30], [20, 20, 30], [20, 20, 30]]), {PHASES[0]: [195]})
    frame = pd.DataFrame(rows)
    frame["numerator"] = frame["numerator"].astype(float)
    counts = frame["numerator"].to_numpy().copy()
    frame.loc[frame["numerator"] < MINIMUM, "numerator"] = np.nan
    assert exposed(frame, counts) == [(crossed(TERM, "sen_provision"), crossed("Autumn term", "E"), 5)]


def test_large_counts_all_pass() -> None:
    rows = rows_of(np.full((3, 3), 50), {PHASES[0]: [150], PHASES[1]: [150, 50], PHASES[2]: [100]})
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    assert frame.loc[frame["numerator"].isna(), "breakdown"].tolist() == ["Alternative provision"]


def test_a_comparison_goes_with_either_side() -> None:
    rows = [
        _row(TOTAL, TOTAL, 40), {**_row(TOTAL, TOTAL, 4), "time_period": "202223"},
        {**_row(TOTAL, TOTAL, 40), "statistic": RATE_RATIO, "comparator": PREVIOUS_YEAR, "estimate": 10.0},
    ]  # fmt: skip
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    assert frame["estimate"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("of_pupils", "shown"), [(frozenset(), True), (frozenset({"register_suspension_rate"}), False)]
)
def test_those_who_are_left_are_a_count_too(of_pupils: frozenset[str], shown: bool) -> None:
    row = {**_row(TOTAL, TOTAL, 95), "denominator": 100}
    frame = release(collect([row], {"register": OWN_RECORDS}), Rules(MINIMUM, of_pupils)).frame
    assert frame["numerator"].notna().all() == shown


def test_events_go_with_the_few_pupils_behind_them() -> None:
    events, pupils = (
        _row(TOTAL, TOTAL, 30),
        {**_row(TOTAL, TOTAL, 4), "indicator": "register_suspended_pupil_rate"},
    )
    rules = Rules(MINIMUM, rests_on={"register_suspension_rate": "register_suspended_pupil_rate"})
    assert (
        release(collect([events, pupils], {"register": OWN_RECORDS}), rules).frame["numerator"].isna().all()
    )
    assert release(collect([events], {"register": OWN_RECORDS}), rules).frame["numerator"].isna().all()


def test_a_year_is_hidden_when_one_of_its_terms_is_and_the_others_were_told() -> None:
    for small in range(3):
        cube = np.full((3, 3), 20)
        cube[small] = 1
        rows = rows_of(cube, {PHASES[0]: [123]})
        frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
        assert np.isnan(frame.loc[1, "numerator"])
        assert frame["numerator"].notna()[frame["breakdown_topic"] == TERM].sum() == 2
    two_small = np.array([[20, 20, 20], [3, 3, 2], [1, 3, 4]])
    frame = release(collect(rows_of(two_small, {PHASES[0]: [76]}), {"register": OWN_RECORDS}), RULES).frame
    assert frame.loc[1, "numerator"] == 76


def test_counts_of_schools_or_meetings_need_no_protection() -> None:
    rules = Rules(MINIMUM, no_people=frozenset({"register_suspension_rate"}))
    assert (
        release(collect([_row(TOTAL, TOTAL, 3)], {"register": OWN_RECORDS}), rules)
        .frame["numerator"]
        .notna()
        .all()
    )


def test_events_go_with_their_pupils_even_where_these_are_hidden_for_company() -> None:
    pupils = {"E": 5, "K": 60, "N": 300}
    events = {"E": 15, "K": 90, "N": 700}
    rows = [_row(TOTAL, TOTAL, 805), {**_row(TOTAL, TOTAL, 365), "indicator": "pupils"}]
    for group, count in events.items():
        rows += [
            _row("sen_provision", group, count),
            {**_row("sen_provision", group, pupils[group]), "indicator": "pupils"},
        ]
    rules = Rules(MINIMUM, rests_on={"register_suspension_rate": "pupils"})
    frame = release(collect(rows, {"register": OWN_RECORDS}), rules).frame
    hidden = set(frame.loc[(frame["indicator"] == "pupils") & frame["numerator"].isna(), "breakdown"])
    shown = set(frame.loc[(frame["indicator"] != "pupils") & frame["numerator"].notna(), "breakdown"])
    assert len(hidden) == 2
    assert not hidden & shown


def test_the_same_count_under_another_indicator_is_hidden_too() -> None:
    groups = {"E": 5, "K": 60, "N": 300}
    rows = [_row("sen_provision", group, count) for group, count in groups.items()] + [
        _row(TOTAL, TOTAL, 365)
    ]
    over = {"E": 5, "K": 60, "N": 300}
    helped = {"E": 4, "K": 50, "N": 20}
    rows += [
        {
            **_row("sen_provision", group, helped[group]),
            "indicator": "strategy_before_suspension",
            "denominator": count,
        }
        for group, count in over.items()
    ]
    frame = release(collect(rows, {"register": OWN_RECORDS}), RULES).frame
    shown = frame[frame["numerator"].notna()]
    known = set(shown["numerator"]) | set(shown["denominator"])
    assert 60 not in known or 300 not in known, "the hidden 5 is 365 less the other two"
