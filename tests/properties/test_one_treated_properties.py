"""One treated authority: what must hold for any panel."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from onroll.statistics.one_treated import one_treated

CLOSE = 1e-8  # the levels of periods are settled to 1e-12, and a ratio of sums over ten periods loses a few digits
PRE = np.array([True, True, True, True, False, False])
TABLES = hnp.arrays(np.int64, (6, 24), elements=st.integers(1, 500))


@settings(max_examples=40, deadline=None)
@given(events=TABLES, treated=st.integers(0, 23), recent=st.integers(0, 3), order=st.permutations(range(24)))
def test_units_may_stand_in_any_order_and_exposure_be_in_any_unit(
    events: Any, treated: int, recent: int, order: list[int]
) -> None:
    assume(events[:, :23].std(axis=1).min() > 1)
    size = np.full(events.shape, 1_000.0) * (1 + np.arange(24) % 5)
    one = one_treated(events, size, treated, PRE, recent=recent)
    other = one_treated(events[:, order], 7 * size[:, order], order.index(treated), PRE, recent=recent)
    for name in ("estimate", "lower", "upper", "p_value", "raw", "expected"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=CLOSE)


@settings(max_examples=40, deadline=None)
@given(events=TABLES, treated=st.integers(0, 23))
def test_more_confidence_is_wider_and_holds_the_ratio(events: Any, treated: int) -> None:
    assume(events[:, :23].std(axis=1).min() > 1)
    size = np.full(events.shape, 1_000.0)
    narrow = one_treated(events, size, treated, PRE, confidence=0.8)
    wide = one_treated(events, size, treated, PRE, confidence=0.95)
    assert wide.lower <= narrow.lower <= narrow.estimate <= narrow.upper <= wide.upper
    assert narrow.estimate == wide.estimate


@settings(max_examples=60, deadline=None)
@given(
    events=hnp.arrays(np.int64, (6, 24), elements=st.integers(0, 6)),
    own=hnp.arrays(np.int64, 6, elements=st.integers(0, 3)),
)
def test_few_events_or_none_never_make_limits_narrower_than_others_do_nor_hide_themselves(
    events: Any, own: Any
) -> None:
    events[:, 0] = own
    events[0] += events.sum(axis=0) == 0
    assume(events[:, 1:].sum(axis=1).min() > 0)
    assume(
        np.ptp(events[PRE, 1:].sum(axis=0) / events[:, 1:].sum(axis=0)) > 0
    )  # others did not all change alike
    found = one_treated(events, np.full(events.shape, 1_000.0), 0, PRE)
    assert found.lower <= found.estimate <= found.upper
    before, after = events[PRE, 0].sum(), events[~PRE, 0].sum()
    assert (found.estimate == 0) == (after == 0) == found.note.startswith("no event after")
    assert np.isinf(found.estimate) == (before == 0)
    if before and after:
        assert found.lower <= found.estimate * found.detectable_fall * (1 + CLOSE)
        assert found.upper >= found.estimate * found.detectable_rise * (1 - CLOSE)
