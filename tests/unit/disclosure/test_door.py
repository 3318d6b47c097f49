"""The door: what is published passes and says so, everything else loses every number."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from onroll.disclosure import Released, release
from onroll.disclosure.door import reopened
from onroll.disclosure.own_records import Rules
from onroll.errors import DisclosureError
from onroll.evidence.published import published_evidence
from onroll.evidence.table import NUMBERS, collect, finding
from onroll.figures import ANNUAL, figures_of
from onroll.runs import Run
from onroll.study import Study
from onroll.vocabulary import PUBLISHED, RELEASED_COLUMNS

ROWS = [
    finding(indicator="suspension_rate", statistic="rate", estimate=6.1, numerator=2469, source="open"),
    finding(
        indicator="suspension_rate",
        statistic="rate",
        estimate=60.0,
        numerator=3,
        denominator=5,
        source="register",
    ),
    finding(
        indicator="suspension_rate", statistic="rate", note="cannot be computed: withheld", source="open"
    ),
]


def test_published_rows_pass_unchanged() -> None:
    frame = release(collect(ROWS, {"open": PUBLISHED})).frame
    assert frame.loc[1, "estimate"] == 6.1
    assert frame.loc[1, "symbol"] == ""
    assert tuple(frame.columns) == RELEASED_COLUMNS


def test_a_row_from_own_records_keeps_no_number_at_all() -> None:
    released = release(collect(ROWS, {"open": PUBLISHED, "register": "own records"}))
    row = released.frame.loc[2]
    assert row[list(NUMBERS)].isna().all()
    assert row["symbol"] == "c"
    assert released.record()["rows_withheld"] == 1


def test_a_row_of_unknown_origin_is_treated_as_own_records() -> None:
    assert release(collect(ROWS, {})).frame[list(NUMBERS)].isna().all(axis=None)


def test_no_estimate_is_said_with_a_symbol() -> None:
    assert release(collect(ROWS, {"open": PUBLISHED})).frame.loc[3, "symbol"] == "x"


def test_no_row_is_lost_or_gained() -> None:
    assert len(release(collect(ROWS, {})).frame) == len(ROWS)


def test_nobody_else_can_make_released_evidence() -> None:
    with pytest.raises(DisclosureError, match="nowhere else"):
        Released(pd.DataFrame(), (), object())


def test_the_frame_is_a_copy() -> None:
    released = release(collect(ROWS, {"open": PUBLISHED}))
    taken = released.frame
    taken.loc[1, "estimate"] = 0.0
    assert released.frame.loc[1, "estimate"] == 6.1


def test_reopening_needs_the_columns_of_a_release() -> None:
    with pytest.raises(DisclosureError, match="symbol"):
        reopened(pd.DataFrame({"estimate": [1.0]}), {"withheld": []})


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="no such evidence column"):
        finding(estimte=1.0)


def test_every_row_of_the_shipped_figures_is_public(run: Run) -> None:
    assert not (run.evidence()["symbol"] == "c").any()


def test_a_row_that_rests_on_one_unknown_source_among_others_is_withheld() -> None:
    rows = [
        finding(indicator="suspension_rate", statistic="rate ratio", estimate=1.1, source="open; register")
    ]
    assert release(collect(rows, {"open": PUBLISHED, "register": PUBLISHED})).frame["estimate"].notna().all()
    withheld = release(collect(rows, {"open": PUBLISHED, "register": "own records"})).frame
    assert withheld[list(NUMBERS)].isna().all(axis=None)


@pytest.mark.slow
def test_nothing_that_rests_on_an_unpublished_table_gets_through_the_whole_chain(study: Study) -> None:
    figures, _ = figures_of(study.shipped, None)
    origins = {name: origin for name, origin in figures.origins.items() if name != ANNUAL}
    frame = release(published_evidence(replace(figures, origins=origins), study.question)).frame
    rests = frame["source"].str.contains(ANNUAL)
    assert rests.sum() > 1000
    assert frame.loc[rests, list(NUMBERS)].isna().all(axis=None)
    assert (
        frame.loc[~rests & (frame["indicator"] == "suspension_rate_by_ethnicity"), "estimate"].notna().any()
    )


def test_a_withheld_row_has_no_method_and_counts_that_are_not_to_be_shown_are_not() -> None:
    """A dispersion in a method would tell suspensions for each pupil; counts of January would tell who was not there."""
    about = {"time_period": "202324", "geographic_level": "Local authority", "area": "Here", "breakdown_topic": "Total",
             "breakdown": "Total", "source": "register", "statistic": "rate", "method": "Byar, dispersion 1.33"}  # fmt: skip
    rows = [
        finding(indicator="few", estimate=1.0, numerator=4.0, denominator=400.0, **about),
        finding(indicator="fitted", estimate=2.5, numerator=40.0, denominator=400.0, **about),
    ]
    rules = Rules(10, unshown=frozenset({"fitted"}))
    frame = release(collect(rows, {"register": "own records"}), rules).frame.set_index("indicator")
    assert (frame.loc["few", "method"], frame.loc["few", "symbol"]) == ("", "c")
    assert frame.loc["fitted", "estimate"] == 2.5
    assert frame.loc["fitted", ["numerator", "denominator"]].isna().all()
