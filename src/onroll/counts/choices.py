"""What may be chosen when records are counted, and the numbers the rules rest on, each with its source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers in the indicators' rules, in days unless the name says otherwise."""

    repeat_suspensions: int = 3
    """Suspensions in the year from which they repeat: focus area F11, item DF11a."""
    review_days: int = 42
    """Six weeks between reviews of a placement: objective P6.3."""
    lasting_days: int = 84
    """Twelve weeks after which a managed move has lasted: item P6.3-A9."""
    return_move_days: int = 42
    """A managed move that begins within six weeks of the end of a placement is the return: this project's own."""
    year_days: int = 365
    """Within a year: rating rule COV12, items P4.5-D1, P4.14-D1, P6.4, DF14a."""
    home_education_days: int = 28
    """Twenty school days after an exclusion, in term time four weeks: item DF14b."""
    informal_percent: int = 10
    """Share of possible sessions coded B or C in a term from which we ask whether a pupil is kept away:
    this project's own, the share at which absence is called persistent."""
    removal_years: tuple[str, ...] = ("9", "10", "11")
    """Year groups of unexplained removals from roll: item DF11c."""
    off_rolling_years: tuple[str, ...] = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
    """Year groups that have a school to go back to in the next year: Year 11 leaves by itself."""
    transition_years: tuple[str, ...] = ("R", "7")
    """First years of a phase: focus area F9."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How records are counted.

    ``received_to`` is the last day the records speak of: what is open then is censored then. ``authorities`` are
    the codes whose schools are counted, all when empty. ``schools`` adds cells for each school (totals only).
    """

    received_to: dt.date
    authorities: tuple[str, ...] = ()
    schools: bool = True
    rules: Rules = field(default_factory=Rules)
