"""Segregation: by hand, at the edges, and what is said when it cannot be done."""

from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.segregation import (
    INDICES,
    MANY_GROUPS,
    NO_WIDTH,
    nested_segregation,
    random_allocation,
    segregation,
)

TWO = [[30, 70], [10, 90]]


def other(index: str) -> int | None:
    return 1 if index == "exposure" else None


def test_by_hand() -> None:
    assert segregation(TWO, index="dissimilarity").estimate == pytest.approx(30 / 40 - 70 / 160)
    assert segregation(TWO, index="gorard").estimate == pytest.approx(30 / 40 - 100 / 200)
    assert segregation(TWO, index="isolation").estimate == pytest.approx((30 * 0.3 + 10 * 0.1) / 40)
    assert segregation(TWO, index="exposure", other=1).estimate == pytest.approx((30 * 0.7 + 10 * 0.9) / 40)
    share = np.array(TWO) / 200
    m = (share * np.log(share / np.outer(share.sum(1), share.sum(0)))).sum()
    entropy = -(0.2 * np.log(0.2) + 0.8 * np.log(0.8))
    assert segregation(TWO).estimate == pytest.approx(m)
    assert segregation(TWO, index="theil").estimate == pytest.approx(m / entropy)


@pytest.mark.parametrize("index", ["mutual information", "theil", "dissimilarity", "gorard"])
def test_the_same_mix_everywhere_is_none(index: str) -> None:
    found = segregation([[10, 30], [20, 60]], index=index)
    assert found.estimate == pytest.approx(0, abs=1e-15)
    assert found.lower == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("index", ["theil", "dissimilarity", "isolation"])
def test_no_school_shared_is_all(index: str) -> None:
    found = segregation([[10, 0], [0, 60]], index=index)
    assert found.estimate == found.upper == pytest.approx(1)
    assert found.note == NO_WIDTH


@pytest.mark.parametrize("index", INDICES)
def test_a_school_without_pupils_changes_nothing(index: str) -> None:
    plain = segregation(TWO, index=index, other=other(index))
    found = segregation([*TWO, [0, 0]], index=index, other=other(index))
    for name in ("estimate", "lower", "upper", "expected", "units"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name)), name


def test_chance_taken_out_moves_estimate_and_limits_alike() -> None:
    plain, found = segregation(TWO), segregation(TWO, chance="taken out")
    assert found.estimate == pytest.approx(plain.estimate - plain.expected) == plain.excess
    assert found.upper == pytest.approx(plain.upper - plain.expected)
    assert plain.expected == pytest.approx(1 / 400)
    with pytest.raises(ValueError, match="index is 'gorard'; choose one of mutual information, theil"):
        segregation(TWO, index="gorard", chance="taken out")


def test_levels_add_up_and_nest() -> None:
    table = np.random.default_rng(3).integers(0, 30, (12, 3))
    wide, narrow = np.repeat([0, 1], 6), np.repeat(["a", "b", "c", "d"], 3)
    for index in MANY_GROUPS:
        found = nested_segregation(table, [wide, narrow], index=index)
        assert found.estimate.sum() == pytest.approx(found.total.estimate)
        assert found.share.sum() == pytest.approx(1)
        assert found.expected.sum() == pytest.approx(found.total.expected)
        areas = np.array([table[wide == at].sum(0) for at in (0, 1)])
        assert found.estimate[0] == pytest.approx(segregation(areas, index=index).estimate)
    within = [segregation(table[wide == at]).estimate for at in (0, 1)]
    pupils = [table[wide == at].sum() / table.sum() for at in (0, 1)]
    assert nested_segregation(table, [wide]).estimate[1] == pytest.approx(np.dot(within, pupils))


def test_by_lot_keeps_sizes_and_groups_and_repeats_from_its_seed() -> None:
    one, again = (random_allocation(TWO, index="gorard", repeats=20, seed=5) for _ in range(2))
    assert one.tolist() == again.tolist()
    assert one.shape == (20,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: segregation([1, 2]), "schools by groups, two groups or more"),
        (lambda: segregation([[1], [2]]), "schools by groups, two groups or more"),
        (lambda: segregation([[0, 0], [0, 0]]), "sum of pupils is 0"),
        (lambda: segregation([[0.5, 1]]), r"pupils\[0, 0\] is 0.5"),
        (lambda: segregation([[3, 0], [4, 0]], index="theil"), "all pupils are of one group"),
        (lambda: segregation([[0, 3], [0, 4]], index="isolation"), "pupils of the group is 0"),
        (lambda: segregation([[3, 0], [4, 0]], index="dissimilarity"), "pupils of the others is 0"),
        (lambda: segregation(TWO, index="exposure"), "other is None; exposure is to a group"),
        (lambda: segregation(TWO, index="exposure", other=0), "the same as group"),
        (lambda: segregation(TWO, index="gorard", group=2), "group is 2; pupils has columns 0 to 1"),
        (lambda: segregation(TWO, index="atkinson"), "choose one of mutual information"),
        (lambda: nested_segregation(TWO, [[1]]), r"levels\[0\] has shape \(1,\)"),
        (lambda: nested_segregation(TWO, [["a", "b"], ["c", "c"]]), "levels are not nested"),
        (lambda: nested_segregation([TWO, TWO], [["a", "b"]]), "give one table"),
        (lambda: random_allocation([TWO, TWO]), "give one table"),
    ],
)
def test_what_cannot_be_is_said(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]


def test_many_tables_are_the_same_as_one_at_a_time() -> None:
    tables = np.random.default_rng(4).integers(1, 30, (20, 5, 3))
    for index in INDICES:
        many = segregation(tables, index=index, other=other(index))
        for at in range(20):
            one = segregation(tables[at], index=index, other=other(index))
            np.testing.assert_allclose(
                [one.lower, one.upper, one.expected],
                [many.lower[at], many.upper[at], many.expected[at]],
                rtol=1e-11,
            )


@pytest.mark.parametrize("group", ["a", 0.5, None, True, [0], -1])
def test_a_group_is_the_number_of_a_column(group: object) -> None:
    with pytest.raises(
        ValueError, match=r"group is .*(give the number of a column, 0 to 1|has columns 0 to 1)"
    ):
        segregation(TWO, index="gorard", group=group)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"repeats is|seed is"):
        random_allocation(TWO, repeats=0)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_an_area_without_a_name_is_no_area(missing: object) -> None:
    with pytest.raises(ValueError, match=r"levels\[0\]\[1\] is (None|nan); what is missing is no label"):
        nested_segregation(TWO, [["a", missing]])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="levels are none"):
        nested_segregation(TWO, [])
    with pytest.raises(ValueError, match="levels is 'ab'"):
        nested_segregation(TWO, "ab")  # type: ignore[arg-type]


def test_results_are_equal_to_themselves_alone() -> None:
    one, other = (segregation([TWO, TWO]) for _ in range(2))
    assert one == one
    assert one != other
    assert nested_segregation(TWO, [["a", "a"]]) != nested_segregation(TWO, [["a", "a"]])
