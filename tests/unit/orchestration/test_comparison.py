"""Two runs compared: what they conclude differently first, then intervals of the year evaluated, then all else."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from onroll.comparison import compare
from onroll.runs import Run
from onroll.vocabulary import RELATIVE_CHANGE, SENSITIVITY
from onroll.vocabulary.impact import AUTHORITY_PANEL, CHECK, SPECIFICATION, VERDICT


def written(folder: Path, frame: pd.DataFrame, year: str = "202324", **manifest: object) -> Path:
    folder.mkdir()
    frame.to_csv(folder / "evidence.csv", index=False, float_format="%.10g")
    (folder / "manifest.json").write_text(
        json.dumps({"run": folder.name, "year": year, **manifest}), encoding="utf-8"
    )
    return folder


@pytest.fixture
def frame(run: Run) -> pd.DataFrame:
    return run.facts.frame.copy()


def test_the_same_evidence_is_the_same(tmp_path: Path, frame: pd.DataFrame) -> None:
    found = compare(written(tmp_path / "one", frame), written(tmp_path / "two", frame))
    assert found.same_numbers
    assert found.lines()[-1] == "numbers: the same"


def test_a_verdict_that_differs_is_said_before_any_number(tmp_path: Path, frame: pd.DataFrame) -> None:
    other = frame.copy()
    judged = (other["statistic"] == VERDICT) & (other["indicator"] == "strategy_impact_suspension_rate")
    other.loc[judged, "note"] = "evidence of an impact"
    found = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other))
    assert not found.same_numbers
    said = [line for line in found.lines() if line.startswith("concluded: ")]
    assert len(said) == 1
    assert said[0].endswith("strength of evidence: cannot be told -> evidence of an impact")


def test_an_estimate_of_the_year_stands_before_numbers_of_other_years(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    other = frame.copy()
    early = (other["time_period"] == "200607") & other["estimate"].notna()
    other.loc[early, "estimate"] += 1
    mine = (
        (other["statistic"] == RELATIVE_CHANGE)
        & (other["design"] == AUTHORITY_PANEL)
        & other["lower"].notna()
    )
    other.loc[mine, ["estimate", "upper"]] += 0.5
    found = compare(
        written(tmp_path / "one", frame, parameters={"impact_first": "200607"}),
        written(tmp_path / "two", other, parameters={"impact_first": "201112"}),
    )
    lines = found.lines(most=3)
    assert lines[1:3] == ["why: parameter impact_first: 200607 -> 201112", "concluded: the same"]
    assert all(f", 2023/24, {RELATIVE_CHANGE}, {AUTHORITY_PANEL}, " in line for line in lines[4:7])
    assert not any("State-funded" in line for line in lines[4:7])
    assert "estimate 0.6" in lines[4]
    assert ", upper " in lines[4]
    told = len(found.numbers[found.numbers["statistic"] == RELATIVE_CHANGE])
    assert told == 2 * int(mine.sum())
    assert lines[-1] == f"  and {len(found.numbers) - 6:,} more numbers"


def test_a_verdict_that_only_one_run_has_is_said(tmp_path: Path, frame: pd.DataFrame) -> None:
    other = frame[frame["statistic"] != VERDICT]
    found = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other))
    said = [line for line in found.lines() if line.startswith("concluded: ")]
    assert len(said) == 3
    assert all(line.endswith("strength of evidence: cannot be told -> not judged") for line in said)
    back = compare(tmp_path / "two", tmp_path / "one")
    assert all(words.endswith("not judged -> cannot be told") for words in back.words)


def test_an_interval_that_leaves_out_one_in_one_run_only_is_said(tmp_path: Path, frame: pd.DataFrame) -> None:
    other = frame.copy()
    mine = (other["statistic"] == RELATIVE_CHANGE) & (other["design"] == AUTHORITY_PANEL)
    mine &= (other["indicator"] == "strategy_impact_suspension_rate") & (other["breakdown"] == "Total")
    assert mine.sum() == 1
    other.loc[mine, "upper"] = 0.9
    words = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other)).words
    assert len(words) == 1
    assert words[0].endswith("the interval by itself holds 1 -> leaves out 1")


def test_rows_that_one_run_lacks_are_named_and_a_number_that_is_gone_is_none(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    gone = (frame["statistic"] == RELATIVE_CHANGE) & (frame["design"] == AUTHORITY_PANEL)
    other = frame[~gone].copy()
    at = other.index[other["estimate"].notna() & (other["statistic"] == SPECIFICATION)][0]
    was = other.loc[at, "estimate"]
    other.loc[at, "estimate"] = float("nan")
    lines = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other)).lines()
    assert f"  only in the first: {RELATIVE_CHANGE} ({gone.sum()})" in lines
    assert lines[-1].endswith(f": estimate {was:.4g} -> none")


def test_numbers_are_told_with_the_digits_that_show_the_difference(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    other = frame.copy()
    at = other.index[(other["statistic"] == SPECIFICATION) & other["estimate"].notna()][0]
    frame.loc[at, "estimate"], other.loc[at, "estimate"] = 0.123456, 0.123457
    lines = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other)).lines()
    assert lines[-1].endswith(": estimate 0.123456 -> 0.123457")


def test_where_one_run_has_no_verdict_that_is_said_once_with_the_reason(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    other = frame[~frame["statistic"].isin((CHECK, VERDICT))].copy()
    ratio = (other["statistic"] == RELATIVE_CHANGE) & (other["design"] == AUTHORITY_PANEL)
    other.loc[ratio, ["estimate", "lower", "upper"]] = float("nan")
    other.loc[ratio, "note"] = "cannot be computed: 11 others are chosen, and 19 are needed"
    words = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other)).words
    assert len(words) == 3
    assert all(f"{VERDICT}: cannot be told -> not judged: 11 others are chosen" in line for line in words)
    back = compare(tmp_path / "two", tmp_path / "one").words
    assert all(
        line.endswith("not judged (11 others are chosen, and 19 are needed) -> cannot be told")
        for line in back
    )


def test_verdicts_of_two_years_are_compared_with_each_other(tmp_path: Path, frame: pd.DataFrame) -> None:
    other = frame.copy()
    other.loc[other["time_period"] == "202324", "time_period"] = "202425"
    found = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other, year="202425"))
    assert not any(VERDICT in words or CHECK in words for words in found.words)
    assert found.reasons == ("year: 202324 -> 202425",)


def test_the_number_of_a_verdict_is_called_what_it_counts(tmp_path: Path, frame: pd.DataFrame) -> None:
    other = frame.copy()
    at = other.index[other["statistic"] == VERDICT][0]
    frame.loc[at, "estimate"], other.loc[at, "estimate"] = 4, 3
    lines = compare(written(tmp_path / "one", frame), written(tmp_path / "two", other)).lines()
    assert lines[-1].endswith(": checks passed 4 -> 3")
    assert "estimate" not in lines[-1]


def test_rows_of_other_choices_are_told_apart_by_their_method(tmp_path: Path, frame: pd.DataFrame) -> None:
    other = frame.copy()
    rows = (other["statistic"] == SENSITIVITY) & other["estimate"].notna()
    other.loc[rows, "estimate"] += 1
    shuffled = pd.concat([other[rows].iloc[::-1], other[~rows]])
    found = compare(written(tmp_path / "one", frame), written(tmp_path / "two", shuffled))
    assert len(found.numbers) == rows.sum()
    assert (found.numbers["second"] - found.numbers["first"]).round(6).eq(1).all()
    told = "\n".join(found.lines(most=len(frame)))
    assert all(f"{SENSITIVITY} ({method})" in told for method in other.loc[rows, "method"])


def test_two_authorities_are_not_compared(tmp_path: Path, frame: pd.DataFrame) -> None:
    one = written(tmp_path / "one", frame, area="Luton")
    found = compare(one, written(tmp_path / "two", frame, area="Leicester"))
    assert not found.same_numbers
    assert found.lines()[1:] == [
        "why: another authority: Luton -> Leicester",
        "two authorities are not compared: what is found of one says nothing of the other",
    ]
