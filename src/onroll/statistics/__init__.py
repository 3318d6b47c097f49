"""Numbers only: arrays in, frozen results out. Nothing here knows a pupil, a school, a file or a chart."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = [
    "concentration",
    "decomposition",
    "detectable",
    "difference",
    "dispersion",
    "durations",
    "homogeneity",
    "inequality_slope",
    "leave_one_out",
    "multiplicity",
    "oaxaca",
    "odds_ratio",
    "placebos",
    "power",
    "proportions",
    "rates",
    "ratios",
    "relative_risk",
    "repeat_events",
    "risk_difference",
    "segregation",
    "simplex",
    "standardised",
    "stratified",
    "synthetic_control",
]


def __getattr__(name: str) -> ModuleType:
    """Import a module when it is first asked for, so that a rate does not wait for an optimiser."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"onroll.statistics has no module {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the modules, imported or not."""
    return __all__
