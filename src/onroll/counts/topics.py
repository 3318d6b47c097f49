"""The groups of pupils that cells are counted by, packed into one small number so that tables stay narrow.

A pupil's SEN provision, ethnic group, free school meals, sex and year group are five small numbers; together they
are one, the ``group``. Whatever is unknown is a group too and is counted, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import ibis
from ibis.expr.types import IntegerValue, Table, Value

from onroll.framework.contracts import Contracts
from onroll.vocabulary import EHC_PLAN, NO_SEN, SEN_SUPPORT
from onroll.vocabulary.records import ETHNICITY_MAJOR_OF, WIDER

UNCLASSIFIED, UNKNOWN = "Unclassified", "Unknown"
SEN, ETHNICITY, ETHNICITY_MINOR, FSM, SEX, YEAR_GROUP = (
    "sen_provision", "ethnicity_major", "ethnicity_minor", "fsm", "sex", "national_curriculum_year",
)  # fmt: skip
GROUP = "group"
_SEN = MappingProxyType(
    {"E": EHC_PLAN, "S": EHC_PLAN, "K": SEN_SUPPORT, "A": SEN_SUPPORT, "P": SEN_SUPPORT, "N": NO_SEN}
)
_FSM = MappingProxyType({True: "Eligible for free school meals", False: "Not eligible for free school meals"})


@dataclass(frozen=True, slots=True)
class Topic:
    """One breakdown: the roll's column, the label of each code, the label where there is none, its bits."""

    name: str
    column: str
    codes: Mapping[str | bool, str]
    otherwise: str
    shift: int
    bits: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label once, in the order of its number; the last is where nothing is known."""
        known = dict.fromkeys(self.codes.values())
        known.pop(self.otherwise, None)
        return (*known, self.otherwise)

    @property
    def mask(self) -> int:
        """All its bits set, in their place."""
        return ((1 << self.bits) - 1) << self.shift

    def number(self, code: Value) -> IntegerValue:
        """The number of a code in a table, in its place among the bits."""
        labels = self.labels
        pairs = [(given, labels.index(label) << self.shift) for given, label in self.codes.items()]
        return code.cases(*pairs, else_=(len(labels) - 1) << self.shift).cast("int64")

    @property
    def by_number(self) -> Mapping[int, str]:
        """The label of each number, in its place among the bits."""
        return {at << self.shift: label for at, label in enumerate(self.labels)}

    @property
    def wider_by_number(self) -> Mapping[int, str]:
        """The wider group of each number; that of an unknown one is ``otherwise``."""
        _, wider = WIDER[self.name]
        return {number: wider.get(label, self.otherwise) for number, label in self.by_number.items()}

    def values(self, codes: tuple[str, ...]) -> tuple[int, ...]:
        """The numbers, in place, of some codes."""
        return tuple(self.labels.index(self.codes[code]) << self.shift for code in codes)


@dataclass(frozen=True, slots=True)
class Topics:
    """The five topics, as the contracts' code sets have them."""

    each: tuple[Topic, ...]

    def __getitem__(self, name: str) -> Topic:
        return next(topic for topic in self.each if topic.name == name)

    @property
    def bits(self) -> int:
        """Bits of a packed group."""
        return sum(topic.bits for topic in self.each)

    def packed(self, table: Table) -> IntegerValue:
        """The group of each row of a table that has the roll's columns; below ``2 ** bits``."""
        first, *others = [topic.number(table[topic.column]) for topic in self.each]
        for other in others:
            first = first + other
        return first

    @property
    def unknown(self) -> int:
        """The group of a pupil of whom nothing is known."""
        return sum((len(topic.labels) - 1) << topic.shift for topic in self.each)


def topics_of(contracts: Contracts) -> Topics:
    """The topics, with the labels of the contracts' code sets."""
    sex, years = contracts.codes["sex"].labels(), contracts.codes["year_group"].labels()
    said = (
        (SEN, "sen_provision", _SEN, UNCLASSIFIED),
        (ETHNICITY_MINOR, "ethnicity", _minor(contracts), UNCLASSIFIED),
        (FSM, "fsm_eligible", _FSM, UNCLASSIFIED),
        (SEX, "sex", sex, UNKNOWN),
        (YEAR_GROUP, "year_group", years, UNCLASSIFIED),
    )
    found: list[Topic] = []
    shift = 0
    codes: Mapping[str | bool, str]
    for name, column, given, otherwise in said:
        codes = dict(given.items())
        bits = len({*codes.values(), otherwise} - {""}).bit_length()
        found.append(Topic(name, column, MappingProxyType(codes), otherwise, shift, bits))
        shift += bits
    return Topics(tuple(found))


def _minor(contracts: Contracts) -> Mapping[str, str]:
    """The ethnic group of each code; refused and not obtained are unclassified."""
    codes = contracts.codes["ethnicity"].codes
    return {code.code: code.label if code.label in ETHNICITY_MAJOR_OF else UNCLASSIFIED for code in codes}


def with_sen(group: Value, topics: Topics, given: Value) -> IntegerValue:
    """A group with the SEN provision that the exclusion itself gives, where it gives one."""
    sen = topics[SEN]
    return ibis.ifelse(given.isnull(), group, group - (group & sen.mask) + sen.number(given))
