"""Numbers only: arrays in, frozen results out. Nothing here knows a pupil, a school, a file or a chart."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = [
    "adjusted",
    "adjusted_counts",
    "adoption_before",
    "adoption_permutation",
    "adoption_power",
    "between_schools",
    "beyond_trend",
    "concentration",
    "control_charts",
    "decomposition",
    "design_matrix",
    "detectable",
    "difference",
    "dispersion",
    "disproportionality_rule",
    "donor_hull",
    "dose_response",
    "durations",
    "effect_sizes",
    "evalue",
    "event_study",
    "false_alarms",
    "funnel",
    "homogeneity",
    "honest_bounds",
    "impact_power",
    "inequality_slope",
    "interrupted_rates",
    "interrupted_series",
    "intersections",
    "known_share",
    "leave_one_out",
    "marginal",
    "meta_analysis",
    "mixed",
    "multiplicity",
    "multiverse",
    "oaxaca",
    "odds_ratio",
    "one_treated",
    "one_treated_years",
    "overdispersion",
    "panel_differences",
    "placebos",
    "power",
    "proportions",
    "published_bounds",
    "random_effects",
    "ranked_change",
    "ranked_power",
    "rare_event_charts",
    "rate_difference",
    "rates",
    "ratios",
    "relative_risk",
    "repeat_events",
    "return_to_usual",
    "risk_difference",
    "run_rules",
    "sandwich",
    "segregation",
    "simplex",
    "single_unit_power",
    "staggered",
    "standardised",
    "standardised_difference",
    "stratified",
    "synthetic_control",
    "synthetic_difference",
    "synthetic_predictors",
    "trend_before",
    "two_groups",
    "unit_changes",
    "watch_limits",
    "wild_bootstrap",
]


def __getattr__(name: str) -> ModuleType:
    """Import a module when it is first asked for, so that a rate does not wait for an optimiser."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"onroll.statistics has no module {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the modules, imported or not."""
    return __all__
