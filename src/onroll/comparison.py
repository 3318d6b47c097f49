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
from onroll.vocabulary import RELATIVE_CHANGE, SENSITIVITY, TOTAL, academic_year, time_period
from onroll.vocabulary.impact import AUTHORITY_PANEL, CHECK, VERDICT

KEY = (
    "indicator", "objective", "time_period", "geographic_level", "area", "breakdown_topic", "breakdown",
    "comparator", "statistic", "design", "way", "nth",
)  # fmt: skip
NUMBERS = ("estimate", "lower", "upper")
SAID_OF = ("indicator", "area", "breakdown", "time_period", "statistic", "design")
ALIKE = list(KEY[:-2])
"""What tells most rows apart; ``way`` is the method where that leaves some alike, ``nth`` where the method does too."""
DIGITS = (4, 6, 8, 10)
PASSED = "checks passed"
OF_ANOTHER = "two authorities are not compared: what is found of one says nothing of the other"
NOT_COMPUTED = "cannot be computed: "
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
        One row for each number that differs: the row's key, ``column``, ``first``, ``second``; ratios of the primary
        design before estimates with an interval, of the year evaluated, before all others.
    only_first, only_second : int
        Rows of evidence that only one of the runs has.
    apart : tuple of str
        What those rows are, a line for each run that has some: the statistics and how many rows of each.
    is_one_authority : bool
        Whether both are runs of the same authority. If not, nothing but what went in is compared.
    """

    first: str
    second: str
    reasons: tuple[str, ...]
    words: tuple[str, ...]
    numbers: pd.DataFrame
    only_first: int
    only_second: int
    apart: tuple[str, ...]
    is_one_authority: bool = True

    @property
    def same_numbers(self) -> bool:
        """Whether both hold the same rows with the same numbers."""
        alike = self.numbers.empty and not self.words and self.only_first == 0 and self.only_second == 0
        return alike and self.is_one_authority

    def lines(self, most: int = 20) -> list[str]:
        """The comparison to print; at most so many numbers, and how many more."""
        said = [f"{self.first} and {self.second}"]
        said += [f"why: {reason}" for reason in self.reasons] or ["why: nothing that went in differs"]
        if not self.is_one_authority:
            return [*said, OF_ANOTHER]
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
            row = dict(zip(KEY, key, strict=True))
            moved = (f"{_named(row, column)}{_both(one, two)}" for column, one, two in pairs)
            said.append(f"  {_about(row)}: {', '.join(moved)}")
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
    names = (f"{manifests[0].get('run', '')} ({first})", f"{manifests[1].get('run', '')} ({second})")
    reasons = tuple(_reasons(*manifests))
    if manifests[0].get("area") != manifests[1].get("area"):
        return Comparison(*names, reasons, (), pd.DataFrame(), 0, 0, (), is_one_authority=False)
    frames = _keyed(*(read_evidence(folder) for folder in folders))
    shared = frames[0].index.intersection(frames[1].index)
    return Comparison(
        *names, reasons, tuple(_concluded(*frames)),
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
    if row["way"]:
        named["statistic"] += f" ({row['way']})"
    if row["comparator"]:
        named["comparator"] = f"beside {row['comparator']}"
    return ", ".join(named.values()).replace("_", " ")


def _named(row: Mapping[str, Any], column: str) -> str:
    """What a column holds: the only number of a verdict is how many checks are passed."""
    return f"{PASSED} " if row["statistic"] == VERDICT else f"{column} "


def _both(first: float, second: float) -> str:
    """Two numbers, with as many digits as show that they differ; ``none`` where a run has no number."""
    for digits in DIGITS:
        said = ["none" if math.isnan(one) else f"{one:.{digits}g}" for one in (first, second)]
        if said[0] != said[1]:
            break
    return " -> ".join(said)


def _keyed(*frames: pd.DataFrame) -> list[pd.DataFrame]:
    """Evidence by what each row is about; where rows are alike in that, in one of the runs, by method, then numbered."""
    kind = ["statistic", "design"]
    alike = pd.concat([frame.loc[frame.duplicated(ALIKE, keep=False), kind] for frame in frames])
    keyed = []
    for frame in frames:
        has_ways = pd.MultiIndex.from_frame(frame[kind]).isin(pd.MultiIndex.from_frame(alike))
        has_ways |= frame["statistic"] == SENSITIVITY
        frame = frame.assign(way=frame["method"].where(has_ways, ""))
        frame["nth"] = frame.groupby(list(KEY[:-1]), sort=False).cumcount()
        keyed.append(frame.set_index(list(KEY)))
    return keyed


def _reasons(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[str]:
    if first.get("area") != second.get("area"):
        yield f"another authority: {first.get('area')} -> {second.get('area')}"
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
    """Verdicts and checks that read differently in the two, then intervals that hold 1 in one of them."""
    yield from _judged_apart(first, second)
    shared = first.index.intersection(second.index)
    shared = shared[shared.get_level_values("statistic").str.contains("ratio")]
    hold = [
        (frame.loc[shared, "lower"] <= 1) & (frame.loc[shared, "upper"] >= 1) for frame in (first, second)
    ]
    known = first.loc[shared, "lower"].notna() & second.loc[shared, "lower"].notna()
    for key in shared[known & (hold[0] != hold[1])]:
        row = dict(zip(KEY, key, strict=True))
        yield f"{_about(row)}: the interval by itself {HOLDS[bool(hold[0][key])]} 1 -> {HOLDS[bool(hold[1][key])]} 1"


def _judged_apart(first: pd.DataFrame, second: pd.DataFrame) -> Iterator[str]:
    """Verdicts and checks, whatever the year; that one run has no verdict is said once, and why, without its checks."""
    one, two = _judged(first), _judged(second)
    for about in dict.fromkeys((*one, *two)):
        outcome, area, statistic, name = about
        lacking = [(outcome, area, VERDICT, "") not in judged for judged in (one, two)]
        if one.get(about) == two.get(about) or (statistic == CHECK and lacking[0] != lacking[1]):
            continue
        before, after = one.get(about, NOT_JUDGED), two.get(about, NOT_JUDGED)
        if lacking[0] and (why := _why(first, outcome, area)):
            before += f" ({why})"
        if lacking[1] and (why := _why(second, outcome, area)):
            after += f": {why}"
        yield f"{outcome.replace('_', ' ')}, {area}, {statistic}{name}: {before} -> {after}"


def _judged(frame: pd.DataFrame) -> dict[tuple[str, str, str, str], str]:
    """What each verdict and check of a run says, by outcome, authority and the check's name."""
    rows = frame[frame.index.get_level_values("statistic").isin((CHECK, VERDICT))].reset_index()
    names = (" '" + rows["method"] + "'").where(rows["statistic"] == CHECK, "")
    return dict(
        zip(
            zip(rows["indicator"], rows["area"], rows["statistic"], names, strict=True),
            rows["note"],
            strict=True,
        )
    )


def _why(frame: pd.DataFrame, outcome: str, area: str) -> str:
    """Why a run has no verdict on an outcome: the note of the ratio that it would have been about."""
    about = {
        "indicator": outcome, "area": area, "statistic": RELATIVE_CHANGE, "design": AUTHORITY_PANEL, "breakdown": TOTAL,
    }  # fmt: skip
    found = frame
    for level, name in about.items():
        found = found[found.index.get_level_values(level) == name]
    found = found[found["estimate"].isna()]
    return str(found["note"].iloc[0]).removeprefix(NOT_COMPUTED) if len(found) else ""


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
    is_of_year = has_interval & (found["time_period"] == year)
    is_primary = is_of_year & (found["statistic"] == RELATIVE_CHANGE) & (found["design"] == AUTHORITY_PANEL)
    is_first = is_primary & (found["breakdown"] == TOTAL)
    found["rank"] = -(is_of_year.astype(int) + is_primary.astype(int) + is_first.astype(int))
    return found.sort_values("rank", kind="stable", ignore_index=True).drop(columns="rank")
