from __future__ import annotations

import numpy as np
import pytest

from onroll.statistics.multiplicity import adjust, simultaneous_confidence

NAMES = ["EHC plan", "SEN support", "girls"]
FIGURES = ([2.0, 1.5, np.inf], [1.2, 0.9, 0.7], [3.4, 2.5, np.inf])


def test_holm_by_hand() -> None:
    found = adjust(*FIGURES, [0.01, 0.04, 0.03], members=NAMES)
    assert found.adjusted_p_value == pytest.approx(
        [0.03, 0.06, 0.06]
    )  # 3 times, then 2 times, then not below
    assert found.members == tuple(NAMES)
    assert found.each_confidence == pytest.approx(1 - 0.05 / 3)


def test_benjamini_and_hochberg_by_hand() -> None:
    found = adjust(*FIGURES, [0.01, 0.04, 0.03], members=NAMES, method="benjamini-hochberg")
    assert found.adjusted_p_value == pytest.approx([0.03, 0.04, 0.04])  # 3/1, 3/3, and 3/2 not above the next


def test_a_family_of_one_is_left_as_it_is() -> None:
    found = adjust([2.0], [1.0], [3.0], [0.04], members=["girls"])
    assert found.adjusted_p_value.tolist() == [0.04]
    assert simultaneous_confidence(["girls"], confidence=0.9) == pytest.approx(0.9)


def test_families_of_their_own_are_adjusted_apart() -> None:
    p = np.array([[0.01, 0.04, 0.03], [0.5, 0.02, 1.0]])
    found = adjust(p, p, p, p, members=NAMES)
    for row, wanted in zip(p, found.adjusted_p_value, strict=True):
        assert adjust(row, row, row, row, members=NAMES).adjusted_p_value.tolist() == wanted.tolist()


@pytest.mark.parametrize(
    ("p_value", "how", "message"),
    [
        ([0.01, np.nan, 0.03], {}, r"^p_value\[1\] is nan; give a finite number"),
        ([0.01, 1.2, 0.03], {}, r"^p_value\[1\] is 1.2; give a probability from 0 to 1$"),
        ([0.01, 0.2], {}, r"has shape .* 3 members are declared; give each member one figure"),
        ([0.01, 0.2, 0.3], {"members": ["a", "b"]}, r"2 members are declared"),
        (
            [0.01, 0.2, 0.3],
            {"members": ["a", "b", "a"]},
            r"^members names 'a' twice; name each comparison once$",
        ),
        ([0.01, 0.2, 0.3], {"members": []}, r"^members is \[\]; give the names of all that is compared"),
        ([0.01, 0.2, 0.3], {"members": "abc"}, r"^members is 'abc'; give the names"),
        ([0.01, 0.2, 0.3], {"method": "hochberg"}, r"^method is 'hochberg'; choose one of holm, benjamini"),
        ([0.01, 0.2, 0.3], {"confidence": 0}, r"^confidence is 0; give one number strictly between"),
    ],
)
def test_refusals(p_value: list[float], how: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        adjust(*FIGURES, p_value, **{"members": NAMES, **how})  # type: ignore[arg-type]


def test_a_comparison_that_could_not_be_made_is_named() -> None:
    with pytest.raises(
        ValueError, match=r"estimate of 'SEN support' is not a number; .* leave it out of the family"
    ):
        adjust([2.0, np.nan, 1.0], *FIGURES[1:], [0.1, 0.2, 0.3], members=NAMES)
