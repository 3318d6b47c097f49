"""How many pupils had one suspension, two, three and so on in a year: a distribution, in which no pupil stands."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from onroll.counts.cells import CELL_SCHEMA, LOCAL_AUTHORITY
from onroll.counts.engine import Engine
from onroll.counts.places import COUNTED_PHASES
from onroll.counts.words import as_words, same_word
from onroll.vocabulary import TOTAL, YEAR

TIMES = "suspensions_each"
"""The indicator and the breakdown topic of these cells; the breakdown is the number of suspensions, as text."""


def times_suspended(events: Table, engine: Engine) -> pa.Table:
    """Cells of pupils by how often each was suspended in the year, at schools that count in an authority's total.

    ``events`` are those of ``counts.exclusions.register``. The denominator is null.
    """
    counted = events.filter((events.suspensions > 0) & events.education_phase.isin(COUNTED_PHASES))
    each = counted.group_by("time_period", "la_code", "pupil").aggregate(
        times=counted.suspensions.sum().cast("int64")
    )
    many = each.group_by("time_period", "la_code", "times").aggregate(pupils=each.count().cast("int64"))
    found = engine.fetch(many)
    words = {
        "indicator": TIMES, "time_identifier": YEAR, "geographic_level": LOCAL_AUTHORITY, "education_phase": TOTAL,
        "breakdown_topic": TIMES,
    }  # fmt: skip
    columns = {name: same_word(word, len(found)) for name, word in words.items()} | {
        "time_period": found["time_period"], "area_code": found["la_code"],
        "breakdown": pc.cast(found["times"], pa.string()), "numerator": found["pupils"],
        "denominator": pa.nulls(len(found), pa.int64()),
    }  # fmt: skip
    return as_words(pa.table({name: columns[name] for name in CELL_SCHEMA.names})).cast(CELL_SCHEMA)
