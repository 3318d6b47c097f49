"""Columns: what the columns of published files are called, old headers and new; read by name, not place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from onroll.errors import one_of
from onroll.intake.findings import Finding, finding

KEYS = MappingProxyType(
    {
        "time_period": ("time_period", "year"),
        "time_identifier": ("time_identifier",),
        "geographic_level": ("geographic_level", "level"),
        "country_code": ("country_code",),
        "country_name": ("country_name", "country"),
        "region_code": ("region_code",),
        "region_name": ("region_name", "region"),
        "old_la_code": ("old_la_code",),
        "new_la_code": ("new_la_code",),
        "la_name": ("la_name",),
        "education_phase": ("education_phase", "school_type"),
        "basis": ("basis",),
    }
)
MEASURES = MappingProxyType(
    {
        "pupil_headcount": ("headcount", "pupil_headcount"),
        "permanent_exclusion_count": ("perm_excl", "permanent_exclusion_count"),
        "permanent_exclusion_rate": ("perm_excl_rate", "permanent_exclusion_rate"),
        "suspension_count": ("suspension", "fixed_excl", "suspension_count"),
        "suspension_rate": ("susp_rate", "fixed_excl_rate", "suspension_rate"),
        "suspended_pupil_count": (
            "one_plus_susp", "one_plus", "one_plus_fixed", "suspended_pupil_count",
        ),
        "suspended_pupil_rate": (
            "one_plus_susp_rate", "one_plus_rate", "one_plus_fixed_rate", "one_or_more_fixed_excl_rate",
            "suspended_pupil_rate",
        ),
    }
)  # fmt: skip
FILTERS = MappingProxyType(
    {
        "sen_provision": ("sen_provision",),
        "sen_status": ("sen_status",),
        "sen_primary_need": ("sen_primary_need",),
        "ethnicity_major": ("ethnicity_major",),
        "ethnicity_minor": ("ethnicity_minor",),
        "fsm": ("fsm", "fsm_status"),
        "sex": ("sex", "gender"),
        "age": ("age",),
        "national_curriculum_year": ("national_curriculum_year", "nc_year"),
        "characteristic_group": ("characteristic_group", "characteristic_desc", "breakdown_topic"),
        "characteristic": ("characteristic", "characteristic_1", "breakdown"),
        "characteristic_2": ("characteristic_2",),
    }
)
UNUSED = frozenset({"num_schools", "region_order", "la_order"})
WIDE = MappingProxyType({**KEYS, **MEASURES, **FILTERS})
LONG = MappingProxyType(
    {
        "measure": ("measure", "short desc"),
        "period": ("period", "years"),
        "geographic_level": ("geographic_level",),
        "old_la_code": ("old_la_code", "la number"),
        "la_name": ("la_name", "la and regions"),
        "value": ("value", "values"),
        "symbol": ("symbol",),
    }
)
RATES = tuple(name for name in MEASURES if name.endswith("_rate"))
COUNTS = ("permanent_exclusion_count", "suspension_count")
REQUIRED = ("time_period", "geographic_level", "education_phase")
TIDY = (
    "time_period", "time_identifier", "geographic_level", "area_code", "area", "region", "education_phase",
    "breakdown_topic", "breakdown", *MEASURES, "source", "basis",
)  # fmt: skip


def matched(headers: Iterable[str], declared: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Which received headers stand for each declared column, in either case and with stray quotes."""
    spelled = {spelling: name for name, spellings in declared.items() for spelling in spellings}
    found: dict[str, list[str]] = {}
    for header in headers:
        name = spelled.get(plain(header))
        if name:
            found.setdefault(name, []).append(header)
    return found


def plain(header: str) -> str:
    """A header without quotes, case and doubled spaces."""
    return " ".join(header.strip().strip("\"'").lower().split())


def kind_of(headers: Iterable[str]) -> str:
    """What a file is by its headers: ``exclusions``, ``long``, ``other_figures`` or ``unknown``."""
    headers = list(headers)
    wide, long = matched(headers, WIDE), matched(headers, LONG)
    if all(name in long for name in ("measure", "period", "la_name", "value")):
        return "long"
    is_exclusions = any(name in wide for name in RATES) or all(name in wide for name in COUNTS)
    if is_exclusions and sum(name in wide for name in REQUIRED) >= 1:
        return "exclusions"
    if "time_period" in wide and "geographic_level" in wide:
        return "other_figures"
    return "unknown"


def is_old(columns: Mapping[str, str]) -> bool:
    """Whether the headers are those of releases to 2016/17, which wrote x for a withheld 1 or 2."""
    spelled = {plain(header) for header in columns.values()}
    return any("fixed" in header for header in spelled) or "year" in spelled


def header_findings(file: str, headers: list[str]) -> list[Finding]:
    """What is wrong with the header of an exclusions file: missing, doubled and unused columns."""
    found = matched(headers, WIDE)
    wrong = [
        finding("two_columns", file, row=1, value=one_of(twice)) for twice in found.values() if len(twice) > 1
    ]
    required = list(REQUIRED)
    if "time_period" in found and plain(found["time_period"][0]) != "year":
        required.insert(1, "time_identifier")
    used = {header for group in found.values() for header in group}
    spare = [header for header in headers if header not in used]
    misspelt = [name for name in MEASURES if name not in found and _nearest(name, spare)]
    wrong += [_missing(file, name, spare) for name in (*required, *misspelt) if name not in found]
    wrong += [
        finding("unknown_column", file, row=1, column=header)
        for header in spare
        if plain(header) not in UNUSED
    ]
    return wrong


def unknown_file(file: str, headers: list[str]) -> Finding:
    """The finding for a file that is nothing known: the nearest contract and what it lacks."""
    found = matched(headers, WIDE)
    lacking = [name for name in (*REQUIRED, "suspension_rate") if name not in found]
    words = [" or ".join(WIDE[name]) for name in lacking]
    expected = f"published exclusions figures, which need {'; '.join(words)}"
    return finding("unknown_file", file, expected=expected)


def _missing(file: str, name: str, spare: list[str]) -> Finding:
    near = _nearest(name, spare)
    hint = f"The nearest header received is '{near}'." if near else ""
    return finding("missing_column", file, row=1, value=name, expected=" or ".join(WIDE[name]), hint=hint)


def _nearest(name: str, spare: list[str]) -> str:
    plainly = {plain(header): header for header in spare}
    near = (get_close_matches(spelling, plainly, n=1, cutoff=0.8) for spelling in WIDE[name])
    return next((plainly[found[0]] for found in near if found), "")
