"""Groups that the policy names are hidden for the sake of another only where no other group is left."""

from __future__ import annotations

from typing import Any

import pytest

from onroll.disclosure.door import release
from onroll.disclosure.own_records import Rules
from onroll.evidence.table import collect, finding

CARIBBEAN = "Black Caribbean"
AFRICAN, OTHER = "Black African", "Any other Black background"


def row(topic: str, group: str, k: int) -> dict[str, Any]:
    return finding(
        indicator="register_suspension_rate", time_period="202324", geographic_level="Local authority", area="Here",
        breakdown_topic=topic, breakdown=group, statistic="rate", source="own", estimate=float(k), numerator=float(k),
        denominator=10_000.0,
    )  # fmt: skip


def withheld(kept: set[str], counts: dict[str, int]) -> set[str]:
    groups = [row("ethnicity_minor", group, k) for group, k in ({"White British": 500} | counts).items()]
    black = row("ethnicity_major", "Black / African / Caribbean / Black British", sum(counts.values()))
    rest = row("ethnicity_major", "White", 500)
    whole = row("Total", "Total", sum(counts.values()) + 500)
    frame = release(
        collect([whole, black, rest, *groups], {"own": "own records"}), Rules(10, kept=frozenset(kept))
    ).frame
    return set(frame["breakdown"][(frame["symbol"] == "c") & (frame["breakdown_topic"] == "ethnicity_minor")])


@pytest.mark.parametrize(("kept", "company"), [(set(), CARIBBEAN), ({CARIBBEAN}, AFRICAN)])
def test_another_group_keeps_the_small_one_company(kept: set[str], company: str) -> None:
    assert withheld(kept, {OTHER: 4, CARIBBEAN: 40, AFRICAN: 70}) == {OTHER, company}


def test_a_kept_group_is_hidden_where_it_is_small_or_no_other_is_left() -> None:
    assert CARIBBEAN in withheld({CARIBBEAN}, {OTHER: 40, CARIBBEAN: 4, AFRICAN: 70})
    assert withheld({CARIBBEAN}, {OTHER: 4, CARIBBEAN: 40}) == {OTHER, CARIBBEAN}
