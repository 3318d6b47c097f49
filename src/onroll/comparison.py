"""What differs between two runs and why: inputs, parameters, versions, plan, numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.errors import OnrollError, UsageError
from onroll.evaluation import read_manifest
from onroll.project import find_project
from onroll.run_files import read_evidence
from onroll.staging import recover
from onroll.vocabulary import TOTAL, academic_year, time_period
from onroll.vocabulary.impact import CHECK, VERDICT

KEY = (
    "indicator", "objective", "time_period", "geographic_level", "area", "breakdown_topic", "breakdown",
    "comparator", "statistic", "design", "nth",
)  # fmt: skip
NUMBERS = ("estimate", "lower", "upper")
SAID_OF = ("indicator", "area", "breakdown", "time_period", "statistic", "design")
DIGITS = (4, 6, 8, 10)
NOT_JUDGED, HOLDS = "not judged", {True: "holds", False: "leaves out"}
TOLERANCE = 1e-9
"""Numbers are written with ten significant digits; what differs by less than this share is the same number."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs.

    Attributes
    ----------
    reasons : tuple of str
        Differences in what went in, one line each.
    words : tuple of str
        What the two conclude differently: verdicts and the checks behind them, one line each.
    numbers : DataFrame
        One row for each number that differs: the row's key, ``column``, ``first``, ``second``; estimates with an
        interval, of the year evaluated, before all others.
    only_first, only_second : int
        Rows of evidence that only one of the runs has.
    apart : tuple of str
        What those rows are, a line for each run that has some: the statistics and how many rows of each.
    """

    first: str
    second: str
    reasons: tuple[str, ...]
    words: tuple[str, ...]
    numbers: pd.DataFrame
    only_first: int
    only_second: int
    apart: tuple[str, ...]

    @property
    def same_numbers(self) -> bool:
        """Whether both hold the same rows with the same numbers."""
        return self.numbers.empty and not self.words and self.only_first == 0 and self.only_second == 0

    def lines(self, most: int = 20) -> list[str]:
        """The comparison to print; at most so many numbers, and how many more."""
        said = [f"{self.first} and {self.second}"]
        said += [f"why: {reason}" for reason in self.reasons] or ["why: nothing that went in differs"]
        if self.same_numbers:
            return [*said, "numbers: the same"]
        said += [f"concluded: {words}" for words in self.words] or ["concluded: the same"]
        if self.words and not any(VERDICT in words for words in self.words):
            said.append("concluded: verdicts are the same")
        said.append(
            f"numbers: {len(self.numbers):,} differ; {self.only_first:,} rows only in the first, "
            f"{self.only_second:,} only in the second"
        )
        said += [f"  {line}" for line in self.apart]
        rows = list(self.numbers.groupby(list(KEY), sort=False))
        for key, numbers in rows[:most]:
            pairs = zip(numbers["column"], numbers["first"], numbers["second"], strict=True)
            moved = (f"{column} {_both(one, two)}" for column, one, two in pairs)
            said.append(f"  {_about(dict(zip(KEY, key, strict=True)))}: {', '.join(moved)}")
        if len(rows) > most:
            said.append(f"  and {sum(len(numbers) for _, numbers in rows[most:]):,} more numbers")
        return said


def compare(first: str | Path, second: str | Path) -> Comparison:
    """Compare two runs, each named by its folder or by its year.

    Raises
    ------
    UsageError
        If there is no run at one of the places.
    """
    folders = [_folder(first), _folder(second)]
    manifests = [read_manifest(folder) for folder in folders]
    frames = [_keyed(read_evidence(folder)) for folder in folders]
    shared = frames[0].index.intersection(frames[1].index)
    names = (f"{manifests[0].get('run', '')} ({first})", f"{manifests[1].get('run', '')} ({second})")
    return Comparison(
        *names, tuple(_reasons(*manifests)), tuple(_concluded(*frames)),
        _numbers(frames[0].loc[shared], frames[1].loc[shared], str(manifests[0].get("year", ""))),
        len(frames[0]) - len(shared), len(frames[1]) - len(shared), tuple(_apart(*frames)),
    )  # fmt: skip


def _apart(first: pd.DataFrame, second: pd.DataFrame) -> Iterator[str]:
    """The rows that only one run has, as statistics with how many rows of each, the most first."""
    for word, one, other in (("first", first, second), ("second", second, first)):
        counts = one.index.difference(other.index).get_level_values("statistic").value_counts()
        if len(counts):
            named = ", ".join(f"{name} ({count:,})" for name, count in counts.items())
            yield f"only in the {word}: {named}"


def _folder(named: str | Path) -> Path:
    folder = Path(named)
    if not folder.exists():
        try:
            folder = find_project().runs / time_period(named)
        except OnrollError:
            folder = Path(named)
    recover(folder)
    if not (folder / "manifest.json").is_file():
        raise UsageError(f"no run at '{named}': give a run's folder, or the year of one in evaluation/runs")
    return folder


def _about(row: Mapping[str, Any]) -> str:
    """What a row is about: ``strategy impact suspension rate, Luton, 2023/24, ratio of rate ratios, ...``."""
    named = {name: str(row[name]) for name in SAID_OF if row[name] and row[name] != TOTAL}
    if named.get("time_period", "").isdigit():
        named["time_period"] = academic_year(named["time_period"])
    if row["comparator"]:
        named["comparator"] = f"beside {row['comparator']}"
    return ", ".join(named.values()).replace("_", " ")


def _both(first: float, second: float) -> str:
    """Two numbers, with as many digits as show that they differ; ``none`` where a run has no number."""
    for digits in DIGITS:
        said = ["none" if math.isnan(one) else f"{one:.{digits}g}" for one in (first, second)]
        if said[0] != said[1]:
            break
    return " -> ".join(said)


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """Evidence by what each row is about; rows alike in that (two methods of one ratio) are numbered."""
    frame = frame.assign(nth=frame.groupby(list(KEY[:-1]), sort=False).cumcount())
    return frame.set_index(list(KEY))


def _reasons(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[str]:
    if first.get("year") != second.get("year"):
        yield f"year: {first.get('year')} -> {second.get('year')}"
    for part, word in (("parameters", "parameter"), ("versions", "version")):
        one, two = first.get(part, {}), second.get(part, {})
        for name in sorted({*one, *two}):
            if one.get(name) != two.get(name):
                yield f"{word} {name}: {one.get(name, 'none')} -> {two.get(name, 'none')}"
    if first.get("plan", {}).get("sha256") != second.get("plan", {}).get("sha256"):
        yield "the analysis plan changed"
    if first.get("code_sha256") != second.get("code_sha256"):
        yield "the code of onroll changed"
    one, two = (
        {entry["path"]: entry["sha256"] for entry in run.get("inputs", [])} for run in (first, second)
    )
    for path in sorted({*one, *two}):
        if one.get(path) != two.get(path):
            how = (
                "only in the second"
                if path not in one
                else "only in the first"
                if path not in two
                else "changed"
            )
            yield f"input {path}: {how}"


def _concluded(first: pd.DataFrame, second: pd.DataFrame) -> Iterator[str]:
    """Verdicts and checks that read differently in the two, or in one only; then intervals that hold 1 in one of them."""
    one, two = (
        frame[frame.index.get_level_values("statistic").isin((CHECK, VERDICT))] for frame in (first, second)
    )
    for key in one.index.union(two.index, sort=False):
        said = [str(frame.loc[key, "note"]) if key in frame.index else NOT_JUDGED for frame in (one, two)]
        if said[0] != said[1]:
            row, about = dict(zip(KEY, key, strict=True)), one if key in one.index else two
            name = f" '{about.loc[key, 'method']}'" if row["statistic"] == CHECK else ""
            indicator = str(row["indicator"]).replace("_", " ")
            yield f"{indicator}, {row['area']}, {row['statistic']}{name}: {said[0]} -> {said[1]}"
    shared = first.index.intersection(second.index)
    shared = shared[shared.get_level_values("statistic").str.contains("ratio")]
    hold = [
        (frame.loc[shared, "lower"] <= 1) & (frame.loc[shared, "upper"] >= 1) for frame in (first, second)
    ]
    known = first.loc[shared, "lower"].notna() & second.loc[shared, "lower"].notna()
    for key in shared[known & (hold[0] != hold[1])]:
        row = dict(zip(KEY, key, strict=True))
        yield f"{_about(row)}: the interval by itself {HOLDS[bool(hold[0][key])]} 1 -> {HOLDS[bool(hold[1][key])]} 1"


def _numbers(first: pd.DataFrame, second: pd.DataFrame, year: str) -> pd.DataFrame:
    rows = []
    for column in NUMBERS:
        one, two = first[column], second[column]
        scale = one.abs().where(one.abs() > 1, 1.0)
        differs = ((one - two).abs() > TOLERANCE * scale) | (one.isna() != two.isna())
        part = pd.DataFrame({"first": one[differs], "second": two[differs]}).reset_index()
        rows.append(part.assign(column=column))
    found = pd.concat(rows, ignore_index=True)
    has_interval = pd.MultiIndex.from_frame(found[list(KEY)]).isin(first.index[first["lower"].notna()])
    found["rank"] = (~(has_interval & (found["time_period"] == year))).astype(int)
    return found.sort_values("rank", kind="stable", ignore_index=True).drop(columns="rank")
