"""Disclosure: evidence becomes released. The one door; nothing is shown that has not passed it."""

from onroll.disclosure.door import Released, Withheld, release

__all__ = ["Released", "Withheld", "release"]
