"""Words that stand once: the same word is one group, however often and wherever it was written."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from onroll.counts.words import as_words, filled, in_one_piece, stands_in, summed_up, with_words, worded

some = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 9) | st.none()), max_size=20)


def table(rows: list[tuple[str | None, int | None]]) -> pa.Table:
    return pa.table(
        {"word": pa.array([w for w, _ in rows], pa.string()), "n": pa.array([n for _, n in rows], pa.int64())}
    )


@given(st.lists(some, min_size=1, max_size=3))
def test_sums_are_those_of_plain_python_however_the_rows_are_split(
    parts: list[list[tuple[str | None, int | None]]],
) -> None:
    found = summed_up(pa.concat_tables([as_words(table(rows)) for rows in parts]), ["word"], ["n"])
    theirs: dict[str | None, int | None] = {}
    for word, n in (row for rows in parts for row in rows):
        before = theirs.get(word)
        theirs[word] = n if before is None else before + (n or 0)
    assert {row["word"]: row["n"] for row in found.to_pylist()} == theirs
    assert len(found) == len(theirs)


def test_what_takes_the_place_of_null_is_the_word_that_is_there_already() -> None:
    words = as_words(table([("a", 1), (None, 2), ("b", 3)]))
    there = words.set_column(0, "word", filled(words["word"], "b"))
    assert {row["word"]: row["n"] for row in summed_up(there, ["word"], ["n"]).to_pylist()} == {
        "a": 1,
        "b": 5,
    }
    assert filled(words["word"], "c").to_pylist() == ["a", "c", "b"]


def test_words_of_keys_and_of_none() -> None:
    keys = pa.chunked_array([pa.array([1, 2, None, 7])])
    assert worded(keys, {1: "one", 2: "uno", 3: "one"}, "other").to_pylist() == [
        "one",
        "uno",
        "other",
        "other",
    ]


def test_rows_whose_keys_stand_together_in_another_table() -> None:
    many = with_words(as_words(table([("a", 1), ("b", 2), (None, 3)])), year="x")
    few = pa.concat_tables([
        with_words(as_words(table([("b", 0)])), year="x"), with_words(as_words(table([("a", 0)])), year="y"),
    ])  # fmt: skip
    assert stands_in(many, few, ("word", "year")).to_pylist() == [False, True, False]
    assert in_one_piece(many)["word"].num_chunks == 1
