"""The documents of a run by name, and what all of them say at their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from onroll.errors import UsageError, did_you_mean, one_of
from onroll.framework import Framework
from onroll.presentation.appendix_g import appendix_g
from onroll.presentation.board import board
from onroll.presentation.facts import Facts
from onroll.presentation.model import Document
from onroll.presentation.quality import Quality
from onroll.presentation.termly import termly_exclusions

DOCUMENTS: Mapping[str, Callable[[Framework, Facts, Quality], Document]] = MappingProxyType(
    {"appendix-g": appendix_g, "board": board, "termly-exclusions": termly_exclusions}
)


def document(framework: Framework, facts: Facts, name: str, quality: Quality | None = None) -> Document:
    """Compose one document from the released evidence and from what is known of the data's quality.

    Raises
    ------
    UsageError
        If there is no document of that name.
    """
    if name not in DOCUMENTS:
        raise UsageError(
            f"no document is called '{name}'; documents are {one_of(DOCUMENTS)}.{did_you_mean(name, DOCUMENTS)}"
        )
    return DOCUMENTS[name](framework, facts, quality or Quality())
