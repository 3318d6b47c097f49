"""Words of an authority's own records: where they are from, how their rows are named, what is told of them."""

from __future__ import annotations

from types import MappingProxyType

from onroll.vocabulary import ETHNICITY_MAJOR, PHASES

MADE_UP = "synthetic"
"""The origin of rows that rest on synthetic data; the others are ``published`` and ``own records``."""

SCHOOL = "School"
"""The geographic level of one school; its area is the school's name and number."""

TERM, CROSSED = "term", "; "
"""A topic by term; two topics at once are joined, ``term; sen_provision`` and ``Spring term; SEN support``."""

COUNT, MEDIAN_DAYS, WITHIN_SHARE = "count", "median days", "share within 28 days"

_OF_MAJOR = (
    (ETHNICITY_MAJOR[3], ("White British", "Irish", "Traveller of Irish heritage", "Gypsy or Roma",
                          "Any other White background")),
    (ETHNICITY_MAJOR[2], ("White and Black Caribbean", "White and Black African", "White and Asian",
                          "Any other Mixed background")),
    (ETHNICITY_MAJOR[0], ("Indian", "Pakistani", "Bangladeshi", "Chinese", "Any other Asian background")),
    (ETHNICITY_MAJOR[1], ("Black Caribbean", "Black African", "Any other Black background")),
    (ETHNICITY_MAJOR[4], ("Any other ethnic group",)),
)  # fmt: skip
ETHNICITY_MAJOR_OF = MappingProxyType({minor: major for major, minors in _OF_MAJOR for minor in minors})
"""The major ethnic group of each ethnic group, as the Department sorts them."""
WIDER = MappingProxyType({"ethnicity_minor": ("ethnicity_major", ETHNICITY_MAJOR_OF)})
"""Topics whose groups add up to groups of another topic, and to which; a group that is not named adds to its own name."""


FSM_GROUPS = ("Eligible for free school meals", "Not eligible for free school meals")
SEXES = ("Female", "Male")


def wider_of(topic: str, group: str) -> tuple[str, str] | None:
    """The group of a wider topic that a group is a part of: White of White British; None where there is none."""
    if topic not in WIDER:
        return None
    name, groups = WIDER[topic]
    return name, groups.get(group, group)


ADJUSTED, EXCESS, YEARS_ABOVE, RULE, DETECTABLE_RATIO = (
    "adjusted relative risk", "excess", "years above", "rule of attention", "detectable ratio",
)  # fmt: skip
COMPOSITION, RATE_PART, PUPILS_APART = "composition part", "rate part", "part without like pupils"
BETWEEN_SCHOOLS, WITHIN_SCHOOLS, SCHOOLS_APART = (
    "between schools", "within schools", "part in schools of one group only",
)  # fmt: skip
LADDER = (
    "relative risk", ADJUSTED, COMPOSITION, RATE_PART, PUPILS_APART, BETWEEN_SCHOOLS, WITHIN_SCHOOLS, SCHOOLS_APART,
    EXCESS, YEARS_ABOVE, RULE, DETECTABLE_RATIO,
)  # fmt: skip
"""The rungs of the ladder: what is said of one group beside its reference group, in the order in which it is read."""

OTHER_SCHOOLS, TERMS_BEFORE, YEARS_BEFORE = "other_schools", "terms_before", "years_before"
"""What consistency is seen against: the other schools of the phase, or the series' own terms or years of a baseline."""
PLACE, PLACE_BY_CHANCE, PLACE_ALIKE = (
    "place in the funnel", "place by chance alone", "place among pupils alike",
)  # fmt: skip
"""Estimate: the unit's own figure. Lower and upper: the limits for a unit of its size, not the interval of its figure."""
OUTSIDE, OUTSIDE_BY_CHANCE, OUTSIDE_ALIKE = (
    "units outside", "units outside by chance alone", "units outside among pupils alike",
)  # fmt: skip
OVERDISPERSION, FALSE_ALARMS = "overdispersion", "false alarms"
MEDIAN_ODDS_RATIO, MEDIAN_ODDS_RATIO_ALIKE = "median odds ratio", "median odds ratio among pupils alike"
SCHOOL_VARIANCE, SCHOOL_VARIANCE_ALIKE = (
    "variance between schools", "variance between schools among pupils alike",
)  # fmt: skip
VARIANCE_CHANGE, VARIANCE_CHANGE_ALIKE = (
    "change in variance between schools", "change in variance between schools among pupils alike",
)  # fmt: skip
CHART_BASELINE, CHART_PLACE, CHART_LEVEL = "baseline of the chart", "place in the chart", "level of the chart"
CONSISTENCY = (
    PLACE, PLACE_BY_CHANCE, PLACE_ALIKE, OUTSIDE, OUTSIDE_BY_CHANCE, OUTSIDE_ALIKE, OVERDISPERSION, MEDIAN_ODDS_RATIO,
    MEDIAN_ODDS_RATIO_ALIKE, SCHOOL_VARIANCE, SCHOOL_VARIANCE_ALIKE, VARIANCE_CHANGE, VARIANCE_CHANGE_ALIKE,
    CHART_BASELINE, CHART_PLACE, CHART_LEVEL, FALSE_ALARMS,
)  # fmt: skip
"""What is said of how alike schools, or authorities, are, and of how steady they are."""
CHARTER_SEEN, CHARTER_SEEN_FORMULA = (
    "change with the Charter that could have been seen", "change with the Charter that could have been seen, by formula",
)  # fmt: skip
CHARTER_CHANGE, CHARTER_RANK, CHARTER_EFFECT_SIZE, CHARTER_BY_YEAR = (
    "change with the Charter", "share of shuffles that change as far", "effect size of the Charter",
    "change by years since the Charter",
)  # fmt: skip
CHARTER_STOOD, CHARTER_LEVEL, CHARTER_BEFORE, CHARTER_TREND = (
    "how high schools stood before the Charter", "level of schools before the Charter",
    "joint test of the years before the Charter", "trend before the Charter that could have been seen",
)  # fmt: skip
CHARTER_DEPARTURE, CHARTER_WORD = (
    "departure that would explain the change with the Charter", "what may be said of the Charter",
)  # fmt: skip
CHARTER_SCHOOLS, CHARTER_ALIKE = (
    "mean over schools of their own change with the Charter",
    "share of shuffles that leave schools as far apart",
)
DOSE_RATIO, LATER_DOSE, DOSE_E_VALUE = (
    "ratio with more training", "ratio with later training", "E-value of the ratio",
)  # fmt: skip
SCHOOL_CHANGE = (
    CHARTER_SEEN, CHARTER_SEEN_FORMULA, CHARTER_CHANGE, CHARTER_RANK, CHARTER_EFFECT_SIZE, CHARTER_BY_YEAR, CHARTER_STOOD,
    CHARTER_LEVEL, CHARTER_BEFORE, CHARTER_TREND, CHARTER_DEPARTURE, CHARTER_WORD, CHARTER_SCHOOLS, CHARTER_ALIKE,
    DOSE_RATIO, LATER_DOSE, DOSE_E_VALUE,
)  # fmt: skip
"""What is said of schools that changed, over all schools of a phase together."""
NOT_OUT, APART, NOT_HELD, STOOD_OUT = (
    "does not stand out", "stands out, and schools differed before", "stands out, by a design that is not reliable",
    "stands out",
)  # fmt: skip
CHARTER_WORDS = (NOT_OUT, APART, NOT_HELD, STOOD_OUT)
"""What may be said of schools that signed the Charter, from the least."""
HIGHER, LOWER, OTHER_LEVEL, MOVING = "stood higher", "stood lower", "another level", "moved apart"
"""How schools that signed differed before they did."""
OVER_SCHOOLS = frozenset((*CONSISTENCY[:13], *SCHOOL_CHANGE))
"""Those that rest on all schools of a phase together, hidden ones among them."""
NO_PEOPLE = frozenset((YEARS_ABOVE, FALSE_ALARMS, *CONSISTENCY[3:13], *SCHOOL_CHANGE))
"""Those whose numerator and denominator count years, schools or charts, and no people."""

BETWEEN_COMBINATIONS, OF_SINGLE_GROUPS = "share between combinations", "share explained by single groups"
COMBINATION_RATE, BEYOND_PARTS = "rate of a combination", "beyond its parts"
TOO_SMALL = "fewer than 100 pupils"
"""How the note of a combination begins whose rate from a model says nothing of its own."""
ITS_PARTS = "its parts"
"""The comparator of a combination of groups: what the groups one by one, added up, would lead one to expect."""
MAKING_HALF, MADE_BY = "fewest making half", "share of suspensions"
MOST_SUSPENDED = "most_suspended"
"""The topic of pupils suspended most often; its groups are shares of all suspended pupils, ``10%``."""

STANDS_OUT, STANDS_NOT_OUT = "stands out", "does not stand out"
"""What the note of a ratio says of its group among all groups of the breakdown that are looked at together."""

TOPIC_LABELS = MappingProxyType(
    {
        "Total": "all pupils",
        "education_phase": "phase",
        "sen_provision": "SEN provision",
        "ethnicity_major": "ethnic group",
        "ethnicity_minor": "ethnic group",
        "fsm": "free school meals",
        "sex": "sex",
        "national_curriculum_year": "year group",
        "reason": "reason",
        "staff_group": "staff group",
        "most_suspended": "pupils suspended most often",
        "term": "term",
    }
)
"""How a page names the groups of a breakdown."""


def adds_up(topic: str, group: str) -> bool:
    """Whether a group is a part of its total: alternative provision and other phases apart are not."""
    return parts_of(topic)[-1] != "education_phase" or parts_of(group)[-1] in PHASES


def crossed(*parts: str) -> str:
    """Two topics, or two groups, as one: ``term; sen_provision``."""
    return CROSSED.join(parts)


def parts_of(topic: str) -> tuple[str, ...]:
    """The topics, or groups, that were crossed."""
    return tuple(topic.split(CROSSED))
