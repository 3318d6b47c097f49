"""Which authority and phase a school belongs to, and which phases make up an authority's total."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from onroll.counts.choices import Choices
from onroll.counts.engine import Engine
from onroll.counts.topics import UNKNOWN
from onroll.counts.words import as_words, filled
from onroll.vocabulary import PHASES

COUNTED_PHASES = PHASES[:-1]
"""Phases in an authority's total as the Department counts it; alternative provision stands apart."""
PLACE = ("la_code", "education_phase")


def whose(choices: Choices) -> str:
    """The authority of a row without a school, or of one that is not on the register: the only one chosen, if any."""
    return choices.authorities[0] if len(choices.authorities) == 1 else UNKNOWN


@dataclass(frozen=True, slots=True)
class Places:
    """The register of schools as ``urn``, ``la_code`` and ``education_phase``, one row a school."""

    register: pa.Table
    choices: Choices

    def of(self, table: pa.Table) -> pa.Table:
        """A table that has ``urn``, with the words of its place; rows of other authorities are left out.

        A row without a school, or of one that is not on the register, belongs to the authority when exactly one is
        chosen, else to an unknown one; its phase is unknown.
        """
        at = pc.index_in(table["urn"], self.register["urn"].combine_chunks())
        for name, otherwise in zip(PLACE, (whose(self.choices), UNKNOWN), strict=True):
            table = table.append_column(name, filled(self.register[name].take(at), otherwise))
        if not self.choices.authorities:
            return table
        return table.filter(pc.is_in(table["la_code"], pa.array(self.choices.authorities)))


def places_of(engine: Engine, choices: Choices) -> Places:
    """The places of the schools that were handed over."""
    return Places(as_words(engine.whole("schools").select(["urn", *PLACE])).combine_chunks(), choices)
