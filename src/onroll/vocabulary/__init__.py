"""The words: measures, phases, groups, symbols, academic years and terms, each spelled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from onroll.errors import UsageError


@dataclass(frozen=True, slots=True)
class Measure:
    """A published measure of exclusion.

    ``per`` is the number on roll that a rate speaks of on the page; ``numerator`` names its count column.
    """

    id: str
    label: str
    numerator: str
    per: int
    unit: str
    events: str
    is_proportion: bool

    @property
    def repeats(self) -> bool:
        """Whether one pupil can be counted many times in a year."""
        return self.id == "suspension_rate"

    @property
    def is_rare(self) -> bool:
        """Whether an authority's yearly count is so small that the exact ratio is told first."""
        return self.id == "permanent_exclusion_rate"


MEASURES = MappingProxyType(
    {
        "suspension_rate": Measure(
            "suspension_rate", "Suspension rate", "suspension_count", 100,
            "suspensions per 100 pupils on roll", "suspensions", False,
        ),
        "suspended_pupil_rate": Measure(
            "suspended_pupil_rate", "Suspended pupil rate", "suspended_pupil_count", 100,
            "pupils suspended at least once per 100 pupils on roll", "pupils suspended", True,
        ),
        "permanent_exclusion_rate": Measure(
            "permanent_exclusion_rate", "Permanent exclusion rate", "permanent_exclusion_count", 1000,
            "permanent exclusions per 1,000 pupils on roll", "permanent exclusions", False,
        ),
    }
)  # fmt: skip

TOTAL = "Total"
PHASES = ("State-funded primary", "State-funded secondary", "Special", TOTAL)
PHASE_SPELLINGS = MappingProxyType(
    {
        "primary": "State-funded primary",
        "state-funded primary": "State-funded primary",
        "secondary": "State-funded secondary",
        "state-funded secondary": "State-funded secondary",
        "special": "Special",
        "state-funded special": "Special",
        "total": TOTAL,
    }
)

EHC_PLAN, SEN_SUPPORT, NO_SEN = "Education, health and care plan", "SEN support", "No SEN"
SEN_PROVISIONS = (EHC_PLAN, SEN_SUPPORT, NO_SEN)
SEN_SPELLINGS = MappingProxyType(
    {
        "education, health and care plan": EHC_PLAN,
        "ehc plan": EHC_PLAN,
        "ehcp": EHC_PLAN,
        "sen with statement or ehc": EHC_PLAN,
        "sen with statement ehc": EHC_PLAN,
        "education, health and care plans": EHC_PLAN,
        "sen support": SEN_SUPPORT,
        "sen without statement": SEN_SUPPORT,
        "sen support / sen without an ehc plan": SEN_SUPPORT,
        "no sen": NO_SEN,
        "no sen provision": NO_SEN,
        "total": TOTAL,
    }
)

ETHNICITY_MAJOR = (
    "Asian / Asian British",
    "Black / African / Caribbean / Black British",
    "Mixed / Multiple ethnic groups",
    "White",
    "Any other ethnic group",
)

ETHNICITY_SPELLINGS = MappingProxyType(
    {
        "asian": ETHNICITY_MAJOR[0],
        "black": ETHNICITY_MAJOR[1],
        "mixed": ETHNICITY_MAJOR[2],
        "white": ETHNICITY_MAJOR[3],
        "other": ETHNICITY_MAJOR[4],
        **{label.lower(): label for label in ETHNICITY_MAJOR},
        "total": TOTAL,
    }
)

ETHNICITY_WORDS = MappingProxyType(
    {
        "Asian / Asian British": "Asian or Asian British",
        "Black / African / Caribbean / Black British": "Black, African, Caribbean or Black British",
        "Mixed / Multiple ethnic groups": "mixed or multiple ethnic background",
        "White": "White",
        "Any other ethnic group": "another ethnic background",
    }
)
"""After "pupils recorded as", as a sentence says it."""
ETHNICITY_SHORT = MappingProxyType(
    {
        "Asian / Asian British": "Asian",
        "Black / African / Caribbean / Black British": "Black",
        "Mixed / Multiple ethnic groups": "Mixed",
        "White": "White",
        "Any other ethnic group": "Other",
    }
)
"""For an axis; the full names stand in the table beside it."""

BREAKDOWN_TOPICS = (TOTAL, "education_phase", "sen_provision", "ethnicity_major")

LEVELS = ("National", "Regional", "Local authority")
LEVEL_SPELLINGS = MappingProxyType(
    {
        "national": "National",
        "region": "Regional",
        "regional": "Regional",
        "local authority": "Local authority",
    }
)

# Regions of England by their code; London is published whole in some years and in two parts in others.
NATION_CODE, NATION = "E92000001", "England"
REGIONS = MappingProxyType(
    {
        "E12000001": "North East",
        "E12000002": "North West",
        "E12000003": "Yorkshire and The Humber",
        "E12000004": "East Midlands",
        "E12000005": "West Midlands",
        "E12000006": "East of England",
        "E12000007": "London",
        "E12000008": "South East",
        "E12000009": "South West",
        "E13000001": "Inner London",
        "E13000002": "Outer London",
    }
)

# What a published figure rests on.
BASES = MappingProxyType(
    {
        "published": "as received",
        "published_counts": "counts as published, rates worked out from them",
        "published_counts_split_year": "counts as published, in the year an authority was split",
        "derived_from_published_rates": "the one set of whole numbers that fits the published rates",
        "published_rounded_counts": "counts rounded to 5 and rates as published",
        "published_rates_and_rounded_counts": "rates of a later release, counts of an earlier, rounded to 5",
        "published_rates": "rates as published, no counts",
        "quoted_from_the_strategy": "as the strategy prints it",
    }
)

YEAR, TERMS = "Academic year", ("Autumn term", "Spring term", "Summer term")
TIME_IDENTIFIERS = (YEAR, *TERMS)

SYMBOL_MEANINGS = MappingProxyType(
    {
        "z": "not applicable",
        "x": "not available",
        "c": "withheld to protect pupils",
        "low": "rounds to 0 but is not 0",
        "u": "too unreliable to show",
    }
)
# What stood in the cell -> the symbol we keep. The two sets differ: to the 2016/17 release the DfE wrote x
# for a count of 1 or 2 (withheld) and . for not applicable; later files follow the open data standard.
SYMBOLS = MappingProxyType(
    {
        "z": "z", "x": "x", "c": "c", "low": "low", "k": "low", "u": "u",
        ":": "z", "~": "low", ".": "z", "..": "x", "-": "x",
    }
)  # fmt: skip
SYMBOLS_TO_201617 = MappingProxyType({**SYMBOLS, "x": "c"})

EVIDENCE_COLUMNS = (
    "indicator", "objective", "time_period", "geographic_level", "area", "breakdown_topic", "breakdown",
    "comparator", "statistic", "estimate", "lower", "upper", "confidence", "method", "numerator",
    "denominator", "design", "strength", "source", "note",
)  # fmt: skip
RELEASED_COLUMNS = (*EVIDENCE_COLUMNS, "symbol")


# The closed lists of the declarations in evaluation/.
INDICATOR_KINDS = ("rate", "proportion", "mean", "count", "days", "score")
POLARITIES = ("lower_is_better", "higher_is_better", "neither")
TABLES = (
    "published", "schools", "roll", "exclusions", "placements", "training", "principles_use", "policies",
    "survey_answers", "delivery_log",
)  # fmt: skip
PUBLISHED_COUNTS = ("suspension_count", "suspended_pupil_count", "permanent_exclusion_count")
PUBLISHED_BASE = "pupil_headcount"
BREAKDOWNS = (*BREAKDOWN_TOPICS[1:], "term", "staff_group")
COMPARATOR_KINDS = ("nation", "region", "neighbours", "own_years", "previous_year", "design")


def time_period(year: object) -> str:
    """Read an academic year, ``2023/24`` or ``202324``, into its time period, ``202324``.

    Raises
    ------
    UsageError
        If it has another form, or its two years do not follow each other.

    Examples
    --------
    >>> time_period("2023/24"), time_period(202324)
    ('202324', '202324')
    """
    text = str(year).strip()
    match = re.fullmatch(r"((?:19|20)\d\d)/?(\d\d)", text, flags=re.ASCII)
    if match is None:
        raise UsageError(f"year '{text}' is not an academic year: write it as 2023/24 or 202324")
    first, second = int(match[1]), int(match[2])
    if (first + 1) % 100 != second:
        follows = f"{first}/{(first + 1) % 100:02d}"
        raise UsageError(f"year '{text}' is not an academic year: after {first} comes {follows}")
    return f"{first}{second:02d}"


def academic_year(period: str) -> str:
    """Write a time period as people read it: ``202324`` becomes ``2023/24``."""
    return f"{period[:4]}/{period[4:]}"


def previous(period: str, years: int = 1) -> str:
    """The time period so many years before: ``202324`` gives ``202223``."""
    first = int(period[:4]) - years
    return f"{first}{(first + 1) % 100:02d}"


def periods(first: str, last: str) -> tuple[str, ...]:
    """Every time period from the first to the last, both included."""
    count = int(last[:4]) - int(first[:4])
    return tuple(previous(last, back) for back in range(count, -1, -1))


# Words of the evidence table. A statistic is what was computed, a design what kind of reasoning it allows,
# a strength how far that reasoning reaches about the strategy's effect.
RATE, RATE_RATIO, RELATIVE_RISK, P_VALUE = "rate", "rate ratio", "relative risk", "p value"
DETECTABLE_FALL, DETECTABLE_RISE = "detectable fall", "detectable rise"
DETECTABLE_GAP, ROUNDING_BOUNDS = "detectable gap", "bounds from rounding"
GAP, MEAN_GAP, SYNTHETIC_RATE, FIT = "gap", "mean gap", "synthetic rate", "fit before"
PLACEBO_GAP, PLACEBO_SHARE, WEIGHT, SENSITIVITY = "placebo mean gap", "placebo share", "weight", "sensitivity"
PLACEBO_DISTANCE = "placebo share by distance"
RELATIVE_CHANGE, CHANGE_DIFFERENCE = "ratio of rate ratios", "difference in change"
STATISTICS = (
    RATE, RATE_RATIO, RELATIVE_RISK, P_VALUE, DETECTABLE_FALL, DETECTABLE_RISE, DETECTABLE_GAP, GAP, MEAN_GAP,
    SYNTHETIC_RATE, FIT, PLACEBO_GAP, PLACEBO_SHARE, PLACEBO_DISTANCE, WEIGHT, SENSITIVITY,
    RELATIVE_CHANGE, CHANGE_DIFFERENCE, ROUNDING_BOUNDS,
)  # fmt: skip

DESCRIPTION, BEFORE_AFTER, CROSS_SECTION = "description", "before and after", "comparison in one year"
SYNTHETIC_CONTROL, DIFF_IN_DIFF = "synthetic control with placebos", "difference in differences with placebos"
DESIGNS = (DESCRIPTION, BEFORE_AFTER, CROSS_SECTION, SYNTHETIC_CONTROL, DIFF_IN_DIFF)

DESCRIPTIVE, WEAK, LIMITED = "descriptive", "weak", "limited"
STRENGTHS = MappingProxyType(
    {
        DESCRIPTIVE: "says what happened, nothing about why",
        WEAK: "a change or a difference with many possible causes",
        LIMITED: "a comparison with other authorities or schools, before and after; other causes are not ruled out",
    }
)
"""Ordered from the weakest. Nothing in a first evaluation from published figures reaches further."""

OWN, PREVIOUS_YEAR, BASELINE, ENGLAND, REGION = (
    "", "previous_year", "baseline", "england", "region",
)  # fmt: skip
NEXT_YEAR = "next_year"
REFERENCE_GROUP = "reference group: "
"""Before the name of the group that another is compared with."""
OTHER_AUTHORITIES, SYNTHETIC = "other_authorities", "synthetic_control"
SOURCES_APART = "; "
"""Between the sources of a row that rests on more than one."""
PUBLISHED, OWN_RECORDS = "published", "own records"

SEN_BY_TERM = "sen_provision by term"
