"""Breakdowns: the group a row speaks of, told as one topic and one label whatever the file's filters are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from onroll.errors import one_of
from onroll.intake.columns import FILTERS
from onroll.intake.findings import Findings, per_row
from onroll.vocabulary import ETHNICITY_SPELLINGS, SEN_PROVISIONS, SEN_SPELLINGS, TOTAL

_TOTALS = frozenset({"total", "all", "all pupils", "all sen provision", "z"})
_TOPICS = {
    "sen_provision": "sen_provision",
    "ethnicity_major": "ethnicity_major",
    "major_ethnic_group": "ethnicity_major",
}
_UNCLASSIFIED = "unclassified"
_PAIR = ("characteristic_group", "characteristic")


def break_down(cells: pd.DataFrame, file: str, headers: Mapping[str, str]) -> tuple[pd.DataFrame, Findings]:
    """Read the filters of each row into a ``breakdown_topic`` and a ``breakdown``.

    A row with no filter set is ``Total``/``Total``. A row with several is their crossing, topics and labels
    each joined by ``; ``. SEN provision and major ethnic groups get the words of the vocabulary; every other
    group keeps its topic and its label as given.

    Parameters
    ----------
    cells : DataFrame
        The filter columns under their canonical names, indexed by row number.
    file, headers
        For the findings: the file, and the header received for each canonical column.
    """
    columns = [column for column in FILTERS if column in cells.columns]
    if not columns:
        words = pd.DataFrame({"breakdown_topic": TOTAL, "breakdown": TOTAL}, index=cells.index, dtype="str")
        return words, Findings()
    filled = cells[columns].fillna("")
    which = filled.groupby(columns, sort=False).ngroup().to_numpy()
    read = [_read(row) for row in filled.drop_duplicates().to_dict("records")]
    table = pd.DataFrame(
        [(topic, label) for topic, label, _ in read], columns=["breakdown_topic", "breakdown"], dtype="str"
    )
    wrong = Findings()
    for number, (_, _, unknown) in enumerate(read):
        if unknown:
            column, value = unknown
            rows = cells.index[which == number]
            check, expected = ("unknown_sen", _SEN_WORDS) if value else ("blank_group", "a group or Total")
            wrong += per_row(
                check, file, rows, [value] * len(rows), column=headers[column], expected=expected
            )
    return table.take(which).set_axis(cells.index), wrong


def topic_of(name: str) -> str:
    """The word for a topic: ``SEN provision`` is ``sen_provision``; one that is not known stays as given."""
    key = "_".join(name.lower().replace("_", " ").split())
    return _TOPICS.get(key, name)


def label_of(topic: str, label: str) -> str | None:
    """The word for a group of a topic; None for SEN provision that the vocabulary does not know."""
    if topic not in ("sen_provision", "ethnicity_major"):
        return label
    key = _bare(topic, label)
    if topic == "sen_provision":
        return "Unclassified" if key == _UNCLASSIFIED else SEN_SPELLINGS.get(key)
    return ETHNICITY_SPELLINGS.get(key, label)


_SEN_WORDS = one_of((*SEN_PROVISIONS, TOTAL))


def _bare(topic: str, label: str) -> str:
    """The label without the topic that older files write before it, nor ``total`` after it."""
    words = label.lower().replace("_", " ").split()
    before = topic.split("_")
    if words[: len(before)] == before:
        words = words[len(before) :]
    return " ".join(words[:-1] if len(words) > 1 and words[-1] == "total" else words)


def _read(row: Mapping[object, object]) -> tuple[str, str, tuple[str, str] | None]:
    """Topic, label, and the column and value that is not known."""
    parts = []
    text = {str(column): str(value).strip() for column, value in row.items()}
    for column, label in text.items():
        if column == "characteristic_group" or label.lower() in _TOTALS:
            continue
        topic = topic_of(text.get("characteristic_group", column) if column in _PAIR else column)
        word = label_of(topic, label)
        if word is None or not label:
            return topic, label, (column, label)
        if word != TOTAL:
            parts.append((topic, word))
    if not parts:
        return TOTAL, TOTAL, None
    return "; ".join(topic for topic, _ in parts), "; ".join(label for _, label in parts), None
