"""Searches of many roots at once, and what is worked out once for all that are alike."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from onroll.statistics._distinct import distinct
from onroll.statistics._halley import Triple, cubic_root

EVERY_DIGIT = 1e-12
"""A cubic step of 5e-5 leaves an error of its third power."""


def test_cubic_steps_find_roots_from_either_side_and_from_afar() -> None:
    roots = np.array([-3.0, 0.0, 0.5, 12.0, 700.0])

    def function(at: NDArray[np.float64], which: NDArray[np.intp]) -> Triple:
        """A rising function that bends."""
        away = at - roots[which]
        return np.arctan(away), 1.0 / (1.0 + away**2), -2.0 * away / (1.0 + away**2) ** 2

    for start in (-20.0, 0.0, 30.0):
        found = cubic_root(function, np.full(5, start), np.ones(5))
        assert found == pytest.approx(roots, rel=EVERY_DIGIT, abs=EVERY_DIGIT)


def test_what_has_settled_is_not_looked_at_again() -> None:
    looked: list[int] = []

    def function(at: NDArray[np.float64], which: NDArray[np.intp]) -> Triple:
        """Straight for the first, bent for the second."""
        looked.append(which.size)
        bent = which == 1
        value = np.where(bent, np.expm1(at - 2.0), at)
        return value, np.where(bent, np.exp(at - 2.0), 1.0), np.where(bent, np.exp(at - 2.0), 0.0)

    cubic_root(function, np.zeros(2), np.ones(2))
    assert looked[0] == 2
    assert looked[-1] == 1


def test_no_element_at_all_is_no_trouble() -> None:
    none = np.empty(0)
    assert cubic_root(lambda at, _: (at, at, at), none, none).size == 0
    columns, which = distinct(none, none)
    assert columns[0].size == which.size == 0


def test_distinct_elements_stand_for_all_that_are_alike() -> None:
    one = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 1.0])
    two = np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.7])
    columns, which = distinct(one, two)
    assert columns[0].size == 3
    assert columns[0][which].tolist() == one.tolist()
    assert columns[1][which].tolist() == two.tolist()


def test_elements_that_are_mostly_distinct_come_back_as_they_are() -> None:
    many = np.arange(10.0)
    columns, which = distinct(many, many)
    assert columns[0] is many
    assert which.tolist() == list(range(10))
