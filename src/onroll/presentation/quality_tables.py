"""What was received and what it means for the evaluation: tables and requests, never a row or value of a record."""

from __future__ import annotations

from onroll.framework import Framework, Indicator
from onroll.presentation import records
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Bullets, Heading, Paragraph, Table, Text, text
from onroll.presentation.quality import (
    EMPTY,
    LEFT_OUT,
    NOT_COUNTED,
    NOT_RECEIVED,
    USED,
    Quality,
    TableQuality,
)

FEWEST = 10
A_FEW = "a few"
"""Findings may each speak of one child's row, so a number below ``FEWEST`` is not told."""
NOTHING = text("No own records were received. The evaluation rests on published figures alone.")


def received(quality: Quality) -> Table:
    """Each table of records: its rows, what became of it, what was found in it."""
    rows = tuple(
        (text(one.label), text(_told(one.rows) if one.rows else "none"), text(one.state), text(_found(one)))
        for one in quality.tables
    )
    return Table("What was received", ("Table", "Rows", "What became of it", "Found in it"), rows, "", (1,))


def findings(quality: Quality) -> Table | None:
    """Kinds of findings from the most grave: where, how often, what is wrong, what to do; None where none was made."""
    labels = {one.table: one.label for one in quality.tables}
    rows = tuple(
        (text(f"{labels.get(one.table, one.table)}{': ' + one.column if one.column else ''}"), text(one.severity),
         text(_told(one.times)), text(one.says), text(one.action))
        for one in quality.kinds
    )  # fmt: skip
    if not rows:
        return None
    caption = f"What was found, by kind ({A_FEW}: fewer than are told; 'onroll check' lists every one with its file and row)"
    return Table(
        caption, ("Table and column", "How grave", "Times", "What is wrong", "What to do"), rows, "", (2,)
    )


def rests_on(framework: Framework, facts: Facts, quality: Quality) -> Table:
    """Each table with the objectives and indicators that rest on it, and how many of those have a figure now."""
    rows = []
    for one in quality.tables:
        speak = _indicators(framework, one.table)
        there = records.present(facts, [indicator.id for indicator in speak])
        shown = [name for name in there if _is_shown(facts, name)]
        rows.append((
            text(one.label), text(one.state), text(", ".join(_objectives(framework, one.table)) or "none"),
            text(f"{len(speak)}"), text(f"{len(shown)}"), text(f"{len(there) - len(shown)}"),
        ))  # fmt: skip
    columns = (
        "Table",
        "Received",
        "Objectives that rest on it",
        "Indicators",
        "With a figure",
        "Withheld whole",
    )
    return Table("What each table speaks to", columns, tuple(rows), "", (3, 4, 5))


def to_ask(framework: Framework, quality: Quality) -> list[Text]:
    """What to ask the data team for, what speaks to most objectives first."""
    found = []
    for one in quality.tables:
        objectives = _objectives(framework, one.table)
        if one.status != USED and objectives:
            found.append((len(objectives), text(_request(one, objectives))))
    asked = [words for _, words in sorted(found, key=lambda one: -one[0])]
    waiting = [one.label for one in quality.tables if one.state == NOT_COUNTED]
    used = f", but that these were {NOT_COUNTED}: {', '.join(waiting)}" if waiting else " and is used"
    return asked or [text(f"Every table was received{used}: there is nothing to ask for.")]


def readings(quality: Quality) -> list[Text]:
    """How files were read that were not in the plain form."""
    return [text(line) for line in quality.read] or [
        text("Every file was in the plain form, or none was received.")
    ]


def quality_blocks(framework: Framework, facts: Facts, quality: Quality) -> list[Block]:
    """The section of the evaluation on own records; nothing where none were received."""
    if quality.is_empty:
        return []
    return [
        Heading("The records this rests on", anchor="records"), received(quality), rests_on(framework, facts, quality),
        Paragraph(text("What to ask the data team for:")), Bullets(tuple(to_ask(framework, quality))),
    ]  # fmt: skip


def _indicators(framework: Framework, table: str) -> list[Indicator]:
    return [one for one in framework.indicators.values() if one.table == table]


def _objectives(framework: Framework, table: str) -> list[str]:
    named = {name for one in _indicators(framework, table) for name in one.objectives}
    return [one.id for one in framework.objectives if one.id in named]


def _is_shown(facts: Facts, name: str) -> bool:
    rows = facts.where(indicator=name, time_period=facts.brief.year)
    return bool(rows["estimate"].notna().any())


def _request(one: TableQuality, objectives: list[str]) -> str:
    rest = "1 objective rests" if len(objectives) == 1 else f"{len(objectives)} objectives rest"
    speaks = f"{rest} on it ({', '.join(objectives)})"
    if one.status == NOT_RECEIVED:
        return f"Ask for '{one.label}', which was not received: {speaks}."
    if one.status == LEFT_OUT:
        return f"Have '{one.label}' corrected: it was left out because of errors, which 'onroll check' lists; {speaks}."
    assert one.status == EMPTY, one.status
    return f"Ask whether '{one.label}' is complete: it came without rows; {speaks}."


def _found(one: TableQuality) -> str:
    words = [word for word, times in (("errors", one.errors), ("warnings", one.warnings)) if times]
    return " and ".join(words) or ("nothing wrong" if one.status != NOT_RECEIVED else "")


def _told(times: int) -> str:
    return f"{times:,}" if times >= FEWEST or not times else A_FEW
