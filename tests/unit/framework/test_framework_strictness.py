"""Whatever is written into a declaration, it is read as meant or refused; nothing passes by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onroll.errors import DeclarationError
from onroll.framework.comparisons import ComparatorFile, RatingTerms
from onroll.framework.indicators import IndicatorFile
from onroll.framework.known_truth import KnownTruth
from onroll.framework.known_truth_schools import KnownSchools
from onroll.framework.notebooks import NotebookFile
from onroll.framework.plan import Plan
from onroll.framework.protection import Disclosure
from onroll.framework.reading import read
from onroll.framework.strategy import Strategy

ROOT = Path(__file__).parents[3]
LOADER, DUMPER = (getattr(yaml, f"C{name}", getattr(yaml, name)) for name in ("SafeLoader", "SafeDumper"))
KINDS: dict[str, type] = {
    "evaluation/strategy.yaml": Strategy,
    "evaluation/rating_rules.yaml": RatingTerms,
    "evaluation/comparators.yaml": ComparatorFile,
    "evaluation/disclosure.yaml": Disclosure,
    "evaluation/analysis_plan.yaml": Plan,
    "evaluation/known_truth.yaml": KnownTruth,
    "evaluation/known_truth_schools.yaml": KnownSchools,
    "evaluation/indicators/exclusions.yaml": IndicatorFile,
    "evaluation/indicators/focus_areas.yaml": IndicatorFile,
    "notebooks/notebooks.yaml": NotebookFile,
}
TEXTS = {file: (ROOT / file).read_text(encoding="utf-8") for file in KINDS}
# Under these keys names are free: whoever declares a threshold, wording, choice, scale or parameter names it.
FREE = {"thresholds", "wording", "choices", "parameters", "scenarios", "scales"}
SLOW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def records(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where keys stand whose names are fixed."""
    if isinstance(value, dict):
        if not path or path[-1] not in FREE:
            yield path
        for key, each in value.items():
            yield from records(each, (*path, key))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from records(each, (*path, at))


PLACES = [(file, place) for file, text in TEXTS.items() for place in records(yaml.load(text, LOADER))]


def test_there_are_records_at_every_depth() -> None:
    assert {len(place) for _, place in PLACES} == {0, 1, 2, 4}
    assert len(PLACES) > 100


@SLOW
@given(
    place=st.sampled_from(PLACES),
    key=st.from_regex(r"[A-Za-z_][A-Za-z0-9_ -]{0,15}[A-Za-z0-9]", fullmatch=True),
)
def test_an_unknown_key_at_any_level_is_refused(tmp_path: Path, place: Any, key: str) -> None:
    file, path = place
    tree = yaml.load(TEXTS[file], LOADER)
    record = tree
    for step in path:
        record = record[step]
    record[key + "x"] = "value"
    target = tmp_path / Path(file).name
    target.write_text(yaml.dump(tree, Dumper=DUMPER, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        read(target, tmp_path, KINDS[file])
    assert f"{key}x'" in str(caught.value)
    assert "; known keys are " in str(caught.value) or "; allowed are " in str(caught.value)


@SLOW
@given(place=st.sampled_from(PLACES), data=st.data())
def test_a_key_taken_out_is_missed_or_was_not_needed(tmp_path: Path, place: Any, data: Any) -> None:
    file, path = place
    tree = yaml.load(TEXTS[file], LOADER)
    record = tree
    for step in path:
        record = record[step]
    key = data.draw(st.sampled_from(sorted(record)))
    del record[key]
    target = tmp_path / Path(file).name
    target.write_text(yaml.dump(tree, Dumper=DUMPER, allow_unicode=True, sort_keys=False), encoding="utf-8")
    has_free_keys = path[-1:] == ("rests_on",)
    assert key in (message(target, tmp_path, KINDS[file]) or OPTIONAL) or has_free_keys


def message(target: Path, root: Path, kind: type) -> str:
    """What is said of a file; nothing when it can be read."""
    try:
        read(target, root, kind)
    except DeclarationError as error:
        return str(error)
    return ""


OPTIONAL = {
    "note", "regimes", "indicators", "objectives", "focus_areas", "breakdowns", "comparators", "rating",
    "items", "not_rated", "thresholds", "is_rated", "licence", "attribution", "allowed", "minimum",
    "maximum", "needs", "choices", "occasions", "multiplicity", "intersections",
    "counts_unshown", "kept", "no_people", "pseudonyms",
}  # fmt: skip


@SLOW
@given(file=st.sampled_from(sorted(KINDS)), data=st.data())
def test_any_change_of_the_text_is_read_or_refused_with_file_and_reason(
    tmp_path: Path, file: str, data: Any
) -> None:
    raw = TEXTS[file].encode()
    at = data.draw(st.integers(0, len(raw) - 1))
    put = data.draw(
        st.one_of(st.binary(max_size=4), st.sampled_from([b"\n", b": ", b"- ", b"[", b"{", b"&a ", b"*a"]))
    )
    target = tmp_path / Path(file).name
    target.write_bytes(raw[:at] + put + raw[at + data.draw(st.integers(0, 3)) :])
    said = message(target, tmp_path, KINDS[file])
    assert all(line.startswith(target.name) for line in said.splitlines())


@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "null", "~", "1", "1.5", "12:30", "0x1f", "2021-01-01"]
)
def test_a_word_yaml_would_turn_into_something_else_stays_text(project: Path, word: str) -> None:
    path = project / "evaluation/strategy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("A strategy", word, 1), encoding="utf-8")
    assert read(path, project, Strategy)[0].title == word
