"""Tables of own records: an indicator a row, or a group a row; what is withheld says so in its cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from onroll.framework import Framework, Indicator
from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Table, Text, text
from onroll.presentation.sentences.counts import NO_BREAK
from onroll.presentation.wording import source_line
from onroll.vocabulary import DETECTABLE_FALL, RATE_RATIO, RELATIVE_RISK, TOTAL

FEWEST_FOR_PERCENT = 20
"""Out of fewer than this a percentage says more than is known: only the two numbers are given."""
FEWEST_FOR_DECIMAL = 1000
TOO_FEW, NUMBER_ONLY = "too few for a percentage", "number only"
COUNTS, DAYS = "count", "days"


def number(fact: Fact | None, declared: Indicator) -> Text:
    """How many, out of how many: ``29 of 44``, ``854``, ``67``; or why there is no number."""
    if fact is None or not fact.is_known:
        return without(fact)
    if declared.kind == DAYS:
        return text(fact.bind("count", "denominator"))
    if declared.kind == "proportion":
        most = "at most " if declared.id in records.AT_MOST else ""
        all_of = " on all three topics" if most else ""
        return text(most, fact.bind("count", "numerator"), " of ", fact.bind("count", "denominator"), all_of)
    return text(fact.bind("count", "numerator"))


def rate(fact: Fact | None, declared: Indicator, *, interval: bool = True) -> Text:
    """The rate, share or median with its interval, in its unit; nothing more precise than it is known."""
    if fact is None or not fact.is_known:
        return without(fact)
    if declared.kind == COUNTS:
        return text(NUMBER_ONLY)
    style, unit = "rate", f" per {declared.per:,}"
    if declared.kind == DAYS:
        style, unit = "count", " days"
    elif declared.kind == "proportion" and declared.per == 100:
        if fact["denominator"] < FEWEST_FOR_PERCENT:
            return text(TOO_FEW)
        style, unit = ("rate" if fact["denominator"] >= FEWEST_FOR_DECIMAL else "count"), "%"
    if declared.id in records.AT_MOST:
        return text("at most ", fact.bind(style), unit)
    said = text(fact.bind(style), unit.replace(" ", NO_BREAK))
    return text(*said, *_limits(fact, style)) if interval else said


def without(fact: Fact | None) -> Text:
    """What stands where there is no number: withheld, not available, or why it cannot be computed."""
    if fact is None:
        return text(records.NOT_AVAILABLE)
    if records.is_withheld(fact):
        return text(records.WITHHELD)
    note = str(fact["note"])
    return text(
        "nothing due or to count"
        if note.startswith("cannot be computed: nobody")
        else note or records.NOT_AVAILABLE
    )


def _limits(fact: Fact, style: str) -> Text:
    if fact["lower"] != fact["lower"]:
        return ()
    if fact["upper"] != fact["upper"]:
        return text(" (", fact.bind(style, "lower"), f"{NO_BREAK}or more)")
    between = f"{NO_BREAK}to{NO_BREAK}"
    return text(" (", fact.bind(style, "lower"), between, fact.bind(style, "upper"), ")")


def indicators(framework: Framework, facts: Facts, ids: Iterable[str], caption: str) -> Table | None:
    """An indicator a row, now and a year before; None where none of them has a row."""
    rows: list[tuple[Text, ...]] = []
    used: list[int] = []
    for name in records.present(facts, ids):
        declared = framework.indicator(name)
        now, then = records.level(facts, name), records.level(facts, name, before=True)
        used += [fact.row for fact in (now, then) if fact is not None]
        was = number(then, declared)
        share = rate(then, declared, interval=False)
        if then is not None and then.is_known and declared.kind != COUNTS and share[0] != TOO_FEW:
            was = text(*was, "; ", *share)
        rows.append((text(declared.label), number(now, declared), rate(now, declared), was))
    if not rows:
        return None
    last = f"{_time(facts, before=True)}: number, and rate"
    columns: tuple[str, ...] = ("What", f"{_time(facts)}: number", "Rate, share or median (interval)", last)
    if all(row[2] in (text(TOO_FEW), text(NUMBER_ONLY)) for row in rows):
        columns, rows = (*columns[:2], last), [(*row[:2], row[3]) for row in rows]
    return Table(caption, columns, tuple(rows), source(facts, used), tuple(range(1, len(columns))))


def lacking(framework: Framework, facts: Facts, ids: Iterable[str]) -> Text:
    """Which of these indicators no record speaks to, in one line; empty where all have a row."""
    known = tuple(ids)
    there = set(records.present(facts, known))
    labels = [_small(framework.indicator(one).label) for one in known if one not in there]
    return text(f"Nothing received, or nothing to count: {'; '.join(labels)}.") if labels else ()


def groups(
    framework: Framework,
    facts: Facts,
    topic: str,
    ids: Sequence[str],
    caption: str,
    order: Sequence[str] = (),
) -> Table | None:
    """A group a row, an indicator a column: the number and the rate with its interval; None where nothing is shown."""
    names = list(dict.fromkeys(name for one in ids for name in records.groups(facts, one, topic)))
    names.sort(key=lambda name: (order.index(name) if name in order else len(order), name))
    found = {(name, one): records.level(facts, one, topic, name) for name in names for one in ids}
    kept = [one for one in ids if any(_is_some(found[name, one]) for name in names)]
    if not kept:
        return None
    rows = [
        (text(name), *(_counted(found[name, one], framework.indicator(one)) for one in kept))
        for name in names
    ]
    used = [fact.row for (_, one), fact in found.items() if fact is not None and one in kept]
    columns = ("Group", *(head(framework.indicator(one)) for one in kept))
    held = [
        one for one in ids if one not in kept and any(records.is_withheld(found[name, one]) for name in names)
    ]
    silent = (
        f"Received, and withheld: {'; '.join(head(framework.indicator(one)) for one in held)}. "
        if held
        else ""
    )
    return Table(caption, columns, tuple(rows), silent + source(facts, used), tuple(range(1, len(columns))))


def head(declared: Indicator) -> str:
    """An indicator's label over a column, without what the caption says."""
    return declared.label.split(", from the")[0]


def _is_some(fact: Fact | None) -> bool:
    """Whether there is a number above 0 to show."""
    return fact is not None and fact.is_known and bool(fact["numerator"] > 0)


def _counted(fact: Fact | None, declared: Indicator) -> Text:
    if fact is None or not fact.is_known:
        return without(fact)
    if fact["numerator"] == 0:
        return text(fact.bind("count", "numerator"))
    if " per 1" in declared.label:
        return _both(fact, declared)
    if declared.kind == "proportion" and fact["denominator"] < FEWEST_FOR_PERCENT:
        return number(fact, declared)
    return text(fact.bind("count", "numerator"), "; ", *rate(fact, declared))


def changes(framework: Framework, facts: Facts, ids: Iterable[str], caption: str, topic: str = TOTAL,
            names: Sequence[str] = (TOTAL,)) -> Table | None:  # fmt: skip
    """Now and a year before, the fall that could have been seen, then the ratio; None where no row is."""
    rows, used = [], []
    for one in ids:
        declared = framework.indicator(one)
        for name in names:
            now, then = (records.level(facts, one, topic, name, before=before) for before in (False, True))
            if now is None:
                continue
            seen = records.against(facts, one, DETECTABLE_FALL, topic, name)
            word = RELATIVE_RISK if declared.kind == "proportion" else RATE_RATIO
            ratio = records.against(facts, one, word, topic, name)
            used += [fact.row for fact in (now, then, seen, ratio) if fact is not None]
            rows.append(
                (
                    text(head(declared) if name == TOTAL else name),
                    _both(now, declared),
                    _both(then, declared),
                    _seen(seen),
                    _ratio(ratio),
                )
            )
    if not rows:
        return None
    columns = (
        "What", _time(facts), _time(facts, before=True), "A fall smaller than this could well be missed",
        "Ratio now to then (interval)",
    )  # fmt: skip
    return Table(caption, columns, tuple(rows), source(facts, used), (1, 2, 3, 4))


def _both(fact: Fact | None, declared: Indicator) -> Text:
    if fact is None or not fact.is_known:
        return without(fact)
    return text(fact.bind("count", "numerator"), "; ", fact.bind("rate"), *_limits(fact, "rate"))


def _seen(fact: Fact | None) -> Text:
    return without(fact) if fact is None or not fact.is_known else text(fact.bind("percent"))


def _ratio(fact: Fact | None) -> Text:
    if fact is None or not fact.is_known:
        return without(fact)
    return (
        text("too unreliable to show")
        if fact["symbol"] == "u"
        else text(fact.bind("ratio"), *_limits(fact, "ratio"))
    )


def _time(facts: Facts, *, before: bool = False) -> str:
    words = records.earlier(facts) if before else facts.brief.period
    return words[0].upper() + words[1:]


def _small(label: str) -> str:
    return label if label[1:2].isupper() else f"{label[0].lower()}{label[1:]}"


def source(facts: Facts, used: Sequence[int]) -> str:
    """Where the rows of a table are from, by their numbers in ``evidence.csv``."""
    return source_line(facts, facts.frame.loc[sorted(set(used))] if used else pd.DataFrame({"source": []}))
