"""Masking: no pupil number stays whole in what is shown or recorded, however it was typed; dates stay readable."""

from __future__ import annotations

import re
from collections.abc import Callable

MOST_DIGITS = 8
"""A run of more digits than this may be a pupil number."""
# Digits, and the letters that are typed for 0 and 1; what may stand between them; a check letter at either end.
_DIGIT = r"[\dOoIl|]"
_BETWEEN = r"[\s/\-._:\\\x00-\x1f\u00ad\u200b-\u200f\u2010-\u2015\u2212\ufeff]"
_RUN = re.compile(
    rf"(?:(?<![^\W\d_])[A-Za-z]{_BETWEEN}*(?=\d)|(?<![^\W\d_])[A-Za-z](?={_DIGIT}))?"
    rf"(?<![^\W\d_]{{2}}){_DIGIT}(?:{_BETWEEN}*{_DIGIT})*(?:[A-Za-z](?![A-Za-z]))?"
    rf"|\d(?:{_BETWEEN}*{_DIGIT})*(?:[A-Za-z](?![A-Za-z]))?"
)
# The end of a word before the digits, and the beginning of one after them: "to 12", "roll_12", "12 or".
_WORD_BEFORE = re.compile(r"^[A-Za-z]?(?:[OoIl|]{1,2}\s+|[ol]{1,4}[\s_-]*)(?=\d)")
_WORD_AFTER = re.compile(r"(?<=\d)\s+[OoIl|]{1,2}[A-Za-z]?$")
_WORDS_ABOUT = re.compile(r"^[A-Za-z]?[OoIl|]+[\s_-]+(?=\d)|(?<=\d)[\s_-]+[OoIl|]+[A-Za-z]?$|(?<=\d)T$")
_ISO = r"(?:19|20)\d\d([-/.])(?:0[1-9]|1[0-2])\{g}(?:0[1-9]|[12]\d|3[01])"
_DAYS = r"(?:0[1-9]|[12]\d|3[01])([-/.])(?:0[1-9]|1[0-2])\{g}(?:19|20)\d\d"
_PLAIN = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_TIME = r"\d{1,2}:\d\d(?::\d\d(?:\.(?:\d{3}|\d{6}))?)?(?:[+-]\d\d:?\d\d)?"
_MOMENTS = re.compile(
    rf"(?:(?:{_ISO.replace('{g}', '1')}|{_DAYS.replace('{g}', '2')}|{_PLAIN}|(20\d\d)[-/](?:20)?(\d\d))"
    rf"(?:\s{_TIME}|[ _-]\d{{6}}(?!\d))?|{_TIME})(?:\s?[\s/_-]\s?|$)"
)
_FRACTION = re.compile(r"0\.\d+")
_YEARS = re.compile(r"20\d{4}(?:_20\d{4})*")
"""Academic years as names of files have them: 201617_201819."""


def mask(text: str, instead: Callable[[str], str] = lambda number: "(a pupil number)") -> str:
    """A text without any run of nine or more digits, as they are after folding O to 0 and I or l to 1.

    Parameters
    ----------
    text : str
        Any text: a cell, a header, a file's name.
    instead : callable
        Given the run, what stands in its place.

    Returns
    -------
    str
        Separators within a run (spaces, strokes, hyphens, points and the like) do not save it. Dates, times, academic
        years and numbers below 1 are no such runs.
    """

    if len(text) <= MOST_DIGITS:
        return text

    def put(run: re.Match[str]) -> str:
        """What stands in the place of a run: itself, or masked."""
        found = run[0]
        start, end = _core(found)
        if sum(one.isdigit() or one in "OoIl|" for one in found[start:end]) <= MOST_DIGITS:
            return found
        if _is_readable(_WORDS_ABOUT.sub("", found)):
            return found
        return f"{found[:start]}{instead(found[start:end])}{found[end:]}"

    return _RUN.sub(put, text)


def last_three(number: str) -> str:
    """A pupil number as the officer who holds the file may see it."""
    return f"...{number.strip()[-3:]}"


def _core(run: str) -> tuple[int, int]:
    """Where the number lies in a run that may have ends of words about it."""
    before, after = _WORD_BEFORE.search(run), _WORD_AFTER.search(run)
    return before.end() if before else 0, after.start() if after else len(run)


def _is_readable(run: str) -> bool:
    text, at = run.strip(), 0
    if _FRACTION.fullmatch(text):
        return True
    if _YEARS.fullmatch(text):
        return all((int(year[2:4]) + 1) % 100 == int(year[4:]) for year in text.split("_"))
    while at < len(text):
        moment = _MOMENTS.match(text, at)
        if moment is None or moment.end() == at:
            return False
        if moment[3] and (int(moment[3]) + 1) % 100 != int(moment[4]):
            return False
        at = moment.end()
    return True
