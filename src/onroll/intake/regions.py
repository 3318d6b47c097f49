"""Regions: England and its regions by code, by name and by the numbers of the LAIT tool."""

from __future__ import annotations

from types import MappingProxyType

from onroll.vocabulary import NATION, NATION_CODE, REGIONS

_LAIT_CODES = MappingProxyType(
    {
        "980": "E12000001", "981": "E12000002", "982": "E12000003", "983": "E12000004", "984": "E12000005",
        "985": "E12000006", "986": "E12000007", "987": "E13000001", "988": "E13000002", "989": "E12000008",
        "990": "E12000009",
    }
)  # fmt: skip


def plain_name(name: str) -> str:
    """A name by its letters alone: ``Bristol, City of`` and ``Bristol City of`` are the same."""
    return "".join(c for c in name.casefold().replace("&", "and") if c.isalnum())


_NATION_SPELLINGS = frozenset({NATION_CODE.casefold(), NATION.casefold(), "970"})
_REGION_SPELLINGS = MappingProxyType(
    {plain_name(name): code for code, name in REGIONS.items()}
    | {"londoninner": "E13000001", "londonouter": "E13000002", **_LAIT_CODES}
)


def region_code(name: str) -> str:
    """The code of a region by its code, its name or its number in LAIT; blank where it is none."""
    return name if name in REGIONS else _REGION_SPELLINGS.get(plain_name(name), "")


def is_nation(name: str) -> bool:
    """Whether a code, name or LAIT number is that of England."""
    return name.casefold() in _NATION_SPELLINGS
