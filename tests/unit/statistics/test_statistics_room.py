"""The room as a whole: documented examples run, modules come lazily, nothing heavy is pulled in."""

from __future__ import annotations

import doctest
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, is_dataclass
from importlib import import_module

import numpy as np
import pytest

import onroll.statistics as room

FIRST = ["estimate", "lower", "upper", "confidence", "method"]
TABLE = np.array([[1.0, 0, 4, 9], [2, 1, 5, 2], [3, 2, 6, 7], [0, 3, 7, 8]])
PRE = [True, True, True, False]


def results() -> list[object]:
    return [
        room.rates.rate(3, 10),
        room.proportions.proportion(3, 10),
        room.ratios.rate_ratio(3, 10, reference_events=4, reference_exposure=10),
        room.dispersion.paired_dispersion([3, 9, 7], 1, [5, 5, 5], 1),
        room.detectable.detectable_change(56),
        room.synthetic_control.synthetic_control(TABLE, 0, PRE),
        room.synthetic_control.placebos(TABLE, 0, PRE),
        room.synthetic_control.leave_one_out(TABLE, 0, PRE),
        room.difference.difference_in_differences(TABLE, 0, PRE),
    ]


@pytest.mark.parametrize("name", room.__all__)
def test_documented_examples_run(name: str) -> None:
    module = import_module(f"onroll.statistics.{name}")
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0
    assert found.attempted > 0


def test_every_module_is_listed() -> None:
    from pathlib import Path

    files = {path.stem for path in Path(room.__file__).parent.glob("*.py") if not path.stem.startswith("_")}
    assert files == set(room.__all__) == set(dir(room))


def test_an_unknown_module_is_named_with_the_known_ones() -> None:
    with pytest.raises(AttributeError, match=r"no module 'rate'; it has .*detectable, .*rates"):
        _ = room.rate


def test_results_start_with_the_five_common_fields() -> None:
    for result in results():
        assert is_dataclass(result)
        assert [field.name for field in fields(result)][:5] == FIRST, type(result)
        assert not {"passed", "significant"} & {field.name for field in fields(result)}


def test_results_are_frozen_and_slotted() -> None:
    for result in results():
        with pytest.raises(FrozenInstanceError):
            result.estimate = 0.0  # type: ignore[attr-defined]
        assert not hasattr(result, "__dict__")


def test_single_numbers_come_back_as_python_floats() -> None:
    for result in results()[:5]:
        for name in ("estimate", "lower", "upper", "confidence"):
            assert type(getattr(result, name)) is float, (type(result), name)
        assert type(result.method) is str  # type: ignore[attr-defined]


def test_arrays_come_back_as_float64_of_one_shape_and_as_copies() -> None:
    events = np.array([[3, 4], [5, 6]])
    found = room.rates.rate(events, [10.0, 20.0])
    for name in ("estimate", "lower", "upper", "events", "exposure", "dispersion"):
        array = getattr(found, name)
        assert array.dtype == np.float64
        assert array.shape == (2, 2)
        array[0, 0] = -1.0  # writable and not shared with the input
    assert events[0, 0] == 3
    assert found.method.shape == (2, 2)


def test_a_rate_does_not_wait_for_an_optimiser() -> None:
    code = (
        "import sys, onroll.statistics.rates, onroll.statistics.ratios;"
        "heavy = ('scipy.stats', 'scipy.optimize', 'pandas', 'matplotlib', 'statsmodels');"
        "print([m for m in heavy if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_room_imports_only_numbers() -> None:
    code = (
        "import sys, importlib, onroll.statistics as s;"
        "[importlib.import_module('onroll.statistics.' + m) for m in s.__all__];"
        "foreign = ('pandas', 'matplotlib', 'onroll.errors', 'onroll.vocabulary');"
        "print([m for m in foreign if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
