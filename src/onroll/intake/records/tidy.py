"""The tidy form of the records: what counting reads, with pupils already under a pseudonym."""

from __future__ import annotations

from types import MappingProxyType

import pyarrow as pa

from onroll.framework.contracts import Column, Contract

_TYPES = MappingProxyType(
    {
        "upn": pa.int64(),
        "person": pa.int64(),
        "urn": pa.int32(),
        "date": pa.date32(),
        "flag": pa.bool_(),
        "whole": pa.int32(),
        "number": pa.float64(),
    }
)
PSEUDONYM = "pupil"
# Columns that intake works out: the academic year and the term of a date.
DERIVED = MappingProxyType(
    {
        "exclusions": (("time_period", "start_date"), ("term", "start_date")),
        "placements": (("time_period", "start_date"),),
        "training": (("time_period", "return_date"),),
        "principles_use": (("time_period", "decision_date"), ("term", "decision_date")),
        "policies": (("time_period", "rated_on"),),
    }
)


def tidy_name(column: Column) -> str:
    """What a column is called in the tidy form: ``upn`` becomes ``pupil``, the others keep their names."""
    return PSEUDONYM if column.type == "upn" else column.name


def tidy_schema(contract: Contract) -> pa.Schema:
    """Names and types of a tidy table: the contract's columns in order, then those worked out from dates.

    Pupils and persons are 64-bit pseudonyms, codes are the declared codes as text, time periods are text such as
    ``202324``, a blank is null everywhere.
    """
    columns = [(tidy_name(column), _TYPES.get(column.type, pa.string())) for column in contract.columns]
    worked_out = [(name, pa.string()) for name, _ in DERIVED.get(contract.id, ())]
    return pa.schema([*columns, *worked_out])
