"""On the engine: where a row belongs, and sums of rows by school or place. What follows is done with the sums."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.places import COUNTED_PHASES, whose
from onroll.counts.topics import UNKNOWN


def placed(table: Table, engine: Engine, choices: Choices, urn: str = "urn") -> Table:
    """A table with ``la_code`` and ``education_phase`` of its school, as ``Places`` gives them."""
    schools = engine.table("schools")
    places = schools.select(
        place_urn=schools.urn, la_code=schools.la_code, education_phase=schools.education_phase
    )
    both = table.left_join(places, table[urn] == places.place_urn).drop("place_urn")
    both = both.mutate(
        la_code=both.la_code.fill_null(whose(choices)),
        education_phase=both.education_phase.fill_null(UNKNOWN),
    )
    return both.filter(both.la_code.isin(choices.authorities)) if choices.authorities else both


def numbered(table: Table, engine: Engine) -> Table:
    """A table with two numbers in place of words, so that millions of rows are grouped by little.

    ``place`` is the lowest school number of the same authority and phase, ``whole`` that of the authority's counted
    phases (null outside them). Each is a school of that place, so ``Places`` gives the words back; of a school that
    is not on the register both are null.
    """
    schools = engine.table("schools")
    in_total = schools.education_phase.isin(COUNTED_PHASES)
    lowest = ibis.ifelse(in_total, schools.urn, ibis.null("int32"))
    numbers = schools.select(
        number_urn=schools.urn,
        place=schools.urn.min().over(ibis.window(group_by=[schools.la_code, schools.education_phase])),
        whole=ibis.ifelse(
            in_total, lowest.min().over(ibis.window(group_by=schools.la_code)), ibis.null("int32")
        ),
    )
    return table.left_join(numbers, table.urn == numbers.number_urn).drop("number_urn")


def at_places(table: Table, engine: Engine) -> Table:
    """A table with the number of its place as ``urn``."""
    there = numbered(table, engine)
    return there.drop("urn", "whole").rename(urn="place")


def added(table: Table, keys: Sequence[str], sums: Sequence[str]) -> Table:
    """Sums of whole numbers by keys."""
    return table.group_by(*keys).aggregate(**{name: table[name].sum().cast("int64") for name in sums})
