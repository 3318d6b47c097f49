"""Words about whether the strategy changed anything: designs, checks, choices, levels of evidence."""

from __future__ import annotations

from types import MappingProxyType

AUTHORITY_PANEL = "panel of authorities with permutation"
MULTIVERSE = "every defensible choice"
STAGGERED, WITHIN_SCHOOLS_OVER_TIME = "staggered adoption between schools", "dose and response within schools"
RAW_CHANGE, EXPECTED_CHANGE = "ratio of rate ratios as it is", "ratio expected without the strategy"
STOOD_AS_HIGH = "others that stood as high"
SPECIFICATION, AGREEMENT, DRIVER = (
    "ratio by one choice",
    "share of choices on the same side",
    "share of the spread",
)
CHECK, VERDICT = "check", "strength of evidence"
PASSED, FAILED, NOT_MADE = "passed", "not passed", "cannot be made"
HULL = "outside all others before"
SEEN, KNOWN = "smallest change seen", "where the truth was known"
EARLIER_SEEN = "detectable gap at an earlier date"
ONE_AS_HIGH, HEIGHT = "change of one that stood as high", "height before"
YEAR_APART, YEARS_TEST, YEARS_SLOPE, YEARS_BIAS, YEARS_BROKEN = (
    "ratio of rate ratios by year", "test of the years before", "drift before that would be seen",
    "what such a drift would make", "departure that would explain it",
)  # fmt: skip
E_VALUE = "E-value"
OWN_STEP, OWN_SEEN, OTHERS_STEP, OTHERS_OUT = (
    "step beside the trend before", "smallest step seen", "step of all others together", "others whose own line steps",
)  # fmt: skip
IMPACT = (
    HULL, RAW_CHANGE, EXPECTED_CHANGE, STOOD_AS_HIGH, SPECIFICATION, AGREEMENT, DRIVER, CHECK, VERDICT,
    SEEN, EARLIER_SEEN, KNOWN, ONE_AS_HIGH, HEIGHT, YEAR_APART, YEARS_TEST, YEARS_SLOPE, YEARS_BIAS, YEARS_BROKEN,
    E_VALUE, OWN_STEP, OWN_SEEN, OTHERS_STEP, OTHERS_OUT,
)  # fmt: skip
"""Statistics of the primary design, the multiverse, the verdict and the authority's own line."""
YEAR_BY_YEAR = "panel of authorities by year with permutation"
PLANTED, BY_FORMULA = "planted in every other authority in turn", "by formula"

PANEL, PANEL_AS_IT_IS = "authority_panel", "authority_panel_as_it_is"
DIFFERENCE, CONTROL, SYNTHETIC_DIFFERENCE, SERIES = (
    "difference_in_differences", "synthetic_control", "synthetic_difference", "interrupted_series",
)  # fmt: skip
CHOICE_DESIGNS = MappingProxyType(
    {
        PANEL: "panel, beside authorities that stood as high",
        PANEL_AS_IT_IS: "panel, as it is",
        DIFFERENCE: "difference in differences",
        CONTROL: "synthetic control",
        SYNTHETIC_DIFFERENCE: "synthetic difference in differences",
        SERIES: "interrupted series beside others",
    }
)
"""Designs of the multiverse, each turned into a ratio of rates, and what a chart calls them."""
QUASI_POISSON, NEGATIVE_BINOMIAL, NEWEY_WEST, PRAIS_WINSTEN = OWN_LINES = (
    "own line, quasi-Poisson", "own line, negative binomial", "own line, Newey and West's errors",
    "own line, Prais and Winsten",
)  # fmt: skip
"""Models of the authority's own line, without others."""
ALL_OTHERS, NEIGHBOURS, SAME_REGION, SIMILAR_RATE = "all", "neighbours", "region", "similar_rate"
CHOICE_COMPARATORS = MappingProxyType(
    {
        ALL_OTHERS: "all other authorities",
        NEIGHBOURS: "statistical neighbours",
        SAME_REGION: "the same region",
        SIMILAR_RATE: "authorities with a similar rate before",
    }
)
LEFT_OUT, AMONG_BEFORE = "left_out", "among_the_years_before"
CHOICE_REGIMES = MappingProxyType({LEFT_OUT: "left out", AMONG_BEFORE: "among the years before"})
ALL_SINCE, LATEST = "all", "latest"
CHOICE_WINDOWS = MappingProxyType({ALL_SINCE: "all years since the launch", LATEST: "the latest year only"})

STANDS, HELD, RETURN, EARLIER, AGREE = (
    "stands_out", "held_in_simulation", "return_to_usual", "earlier_date", "choices_agree",
)  # fmt: skip
CHECKS = MappingProxyType(
    {
        STANDS: "the change stands out from that of other authorities, all outcomes looked at together",
        HELD: "the design gave few false alarms and honest intervals where the truth was known",
        RETURN: "authorities that had stood as high did not change as far by themselves",
        EARLIER: "the same comparison finds nothing at an earlier date, when there was no strategy",
        AGREE: "other defensible choices point the same way",
    }
)
"""What has to be passed before a page may speak of an impact."""
UNTOLD, UNSURE, SUPPORTED = "cannot be told", "a change with open checks", "evidence of an impact"
"""Levels of the verdict, from the weakest. With one authority nothing reaches further."""
