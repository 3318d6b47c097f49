"""Training coverage within 24 months by topic and staff group, governors apart, and who lapses next.

Of each school, staff group and topic the latest return of the year counts.
"""

from __future__ import annotations

from types import MappingProxyType

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from onroll.counts.cells import Measure
from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.roll import as_number
from onroll.counts.schools import returned
from onroll.counts.wide import of_column, spread

GOVERNORS = "governors"
STAFF_TOPICS = MappingProxyType(
    {
        "staff_trained_attachment": "attachment", "staff_trained_trauma": "trauma", "staff_trained_aces": "aces",
        "staff_trained_deescalation": "deescalation",
        "staff_trained_restorative_practice": "restorative_practice",
        "staff_trained_resilience": "resilience",
    }
)  # fmt: skip
ALL_THREE = ("attachment", "trauma", "aces")
STAFF = (
    *(f"{kind}_{topic}" for topic in STAFF_TOPICS.values() for kind in ("trained", "post")),
    "lapsing",
    "dated",
)
GOVERNED = ("all_three", "all_post", "relationships", "relationships_post")
RETURNS = ("returns", "consistent", "with_governors")
MEASURES = (
    *(Measure(name, f"trained_{topic}", f"post_{topic}", only=("Total", "staff_group"))
      for name, topic in STAFF_TOPICS.items()),
    Measure("training_lapsing", "lapsing", "dated"),
    Measure("governors_trained", "all_three", "all_post"),
    Measure("governors_trained_relationships", "relationships", "relationships_post"),
    Measure("training_returns_consistent", "consistent", "returns"),
    Measure("training_returns_with_governors", "with_governors", "returns"),
    Measure("training_collection_returned", "training_returned", "eligible"),
)  # fmt: skip


def training_counts(eligible: Table, engine: Engine, choices: Choices) -> list[pa.Table]:
    """Wide rows: staff by topic and group, governors, the returns themselves, and which schools made one."""
    rows = engine.table("training")
    latest = rows.group_by("time_period", "urn", "staff_group", "topic").aggregate(
        return_date=rows.return_date.max()
    )
    now = rows.semi_join(latest, ["time_period", "urn", "staff_group", "topic", "return_date"])
    return [
        _staff(now, engine, choices),
        _governors(now, engine, choices),
        _returns(rows, engine, choices),
        returned(eligible, rows, "training_returned", engine, choices),
    ]


def _staff(now: Table, engine: Engine, choices: Choices) -> pa.Table:
    """Staff in post and trained, a pair of columns a topic; those trained more than a year ago lapse next."""
    own = now.filter(now.staff_group != GOVERNORS)
    columns = {}
    for topic in STAFF_TOPICS.values():
        is_it = own.topic == topic
        columns[f"trained_{topic}"] = is_it.ifelse(own.trained_24_months, 0).cast("int64")
        columns[f"post_{topic}"] = is_it.ifelse(own.in_post, 0).cast("int64")
    is_dated = own.trained_12_months.notnull()
    columns["dated"] = is_dated.ifelse(own.trained_24_months, 0).cast("int64")
    columns["lapsing"] = is_dated.ifelse(own.trained_24_months - own.trained_12_months, 0).cast("int64")
    ready = own.select("time_period", "urn", "staff_group", "topic", **columns)
    codes = engine.contracts.codes
    breakdowns = (
        of_column("staff_group", codes=codes["staff_group"].labels()),
        of_column("training_topic", "topic", codes["training_topic"].labels()),
    )
    return spread(ready, engine, choices, STAFF, breakdowns)


def _governors(now: Table, engine: Engine, choices: Choices) -> pa.Table:
    """Governors of each school. Trained on all three topics are at most as many as on the least of them."""
    own = now.filter(now.staff_group == GOVERNORS)
    of_three = own.topic.isin(ALL_THREE)
    relationships = own.topic == "relationships"
    each = own.group_by("time_period", "urn").aggregate(
        topics=own.count(where=of_three),
        least=own.trained_24_months.min(where=of_three),
        post=own.in_post.max(where=of_three),
        one=own.trained_24_months.max(where=relationships),
        one_post=own.in_post.max(where=relationships),
    )
    counts = each.select(
        "time_period",
        "urn",
        all_three=ibis.ifelse(each.topics == len(ALL_THREE), each.least, 0).fill_null(0).cast("int64"),
        all_post=each.post.fill_null(0).cast("int64"),
        relationships=each.one.fill_null(0).cast("int64"),
        relationships_post=each.one_post.fill_null(0).cast("int64"),
    )
    return spread(counts, engine, choices, GOVERNED)


def _returns(rows: Table, engine: Engine, choices: Choices) -> pa.Table:
    """Returns of schools, those whose numbers agree with each other, those that count governors."""
    is_wrong = (rows.trained_24_months > rows.in_post) | (
        rows.trained_12_months.fill_null(0) > rows.trained_24_months
    )
    groups = rows.group_by("time_period", "urn", "return_date", "staff_group").aggregate(
        wrong=as_number(is_wrong).max(), spread_of_posts=rows.in_post.max() - rows.in_post.min()
    )
    is_bad = (groups.wrong > 0) | (groups.spread_of_posts > 0)
    each = groups.group_by("time_period", "urn", "return_date").aggregate(
        bad=as_number(is_bad).max(), governors=as_number(groups.staff_group == GOVERNORS).max()
    )
    counts = each.select(
        "time_period",
        "urn",
        returns=ibis.literal(1, "int64"),
        consistent=1 - each.bad,
        with_governors=each.governors,
    )
    return spread(counts, engine, choices, RETURNS)
