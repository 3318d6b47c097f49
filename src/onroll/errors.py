"""What can go wrong, in words for the person who can put it right. No traceback is ever their business."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class OnrollError(Exception):
    """Something a person can put right. The message names the thing, the value and the way out.

    Messages never quote what a pupil-level cell holds, so they may be shown on a page.
    """

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """In a notebook the message stands alone, without the traceback; IPython asks for this by name."""
        return [f"onroll: {self}"]


class UsageError(OnrollError):
    """The command or the call was put wrongly: exit code 2."""

    exit_code = 2


class DeclarationError(OnrollError):
    """A declaration (YAML) is broken: names the file, the key, the allowed values."""


class DataError(OnrollError):
    """What was received cannot be used: names the file, the row, the column, what was expected."""


class DisclosureError(OnrollError):
    """Something was about to be shown that has not passed the door."""


def one_of(allowed: Iterable[object]) -> str:
    """List the allowed values for a message, sorted as given: ``a, b, c``."""
    return ", ".join(str(value) for value in allowed)


def did_you_mean(value: str, allowed: Iterable[str]) -> str:
    """A hint such as `` Did you mean 'Luton'?``, or nothing when nothing is near."""
    near = get_close_matches(value, list(allowed), n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""
