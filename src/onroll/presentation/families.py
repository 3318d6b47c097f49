"""Groups looked at together, as pages say it: whether a ratio stands out among all groups of its breakdown."""

from __future__ import annotations

import re

from onroll.presentation.facts import Fact
from onroll.presentation.numbers import in_words
from onroll.vocabulary.records import STANDS_NOT_OUT, STANDS_OUT

_ALLOWING = re.compile(rf"(?:{STANDS_OUT}|{STANDS_NOT_OUT}), allowing for (\d+) groups looked at together")


def is_apart(fact: Fact) -> bool:
    """Whether the whole interval of a ratio lies on one side of 1."""
    return bool(fact["lower"] > 1 or fact["upper"] < 1)


def stands_out(fact: Fact) -> bool:
    """Whether it still does when allowance is made for all groups of the breakdown; one looked at alone does."""
    return is_apart(fact) and f"{STANDS_NOT_OUT}, allowing" not in str(fact["note"])


def together(fact: Fact) -> str:
    """How many groups are looked at together, in words: ``four groups``; empty for one looked at alone."""
    found = _ALLOWING.search(str(fact["note"]))
    return "" if found is None else f"{in_words(int(found[1]))} groups"


def hedge(fact: Fact) -> str:
    """What a sentence adds where a ratio is apart by itself and not among all groups; else nothing."""
    if not is_apart(fact) or stands_out(fact):
        return ""
    return f"; it does not stand out when allowance is made for the {together(fact)} looked at together"
