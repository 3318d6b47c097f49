"""Every number in a finished page is read back against ``evidence.csv``; a number that is not bound fails."""

from __future__ import annotations

import csv
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from onroll.disclosure.door import reopened
from onroll.framework import load
from onroll.presentation.html import page
from onroll.presentation.numbers import FORMATS
from onroll.presentation.quality import Quality
from onroll.project import Project
from onroll.run_files import write_run_basis
from onroll.runs import Run, open_run
from onroll.study import Study

DOCUMENTS = ("board", "appendix-g")
# Numbers that say when or which, not how many: years, the model's year, terms of the plan, objective ids.
NOT_A_RESULT = re.compile(
    r"(19|20)\d\d(/\d\d)?|P\d\.\d+|F\d+|\b95%|per 1,000|per 100|every 1,000|every 100\b|v3\.0|\d+ November|run \d{6}-\w+"
)


class Reader(HTMLParser):
    """Collects the ``<data>`` elements, and the running text without them."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[tuple[dict[str, str], str]] = []
        self.paragraphs: list[str] = []
        self._in_data = False
        self._depth: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = dict(attrs).get("class") or ""
        if tag == "data":
            self._in_data = True
            self.numbers.append(({name: value or "" for name, value in attrs}, ""))
        elif tag in ("p", "li", "td"):
            self._depth.append(classes)
            self.paragraphs.append("")
        elif tag in ("blockquote", "footer", "style"):
            self._depth.append("skip")

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            self._in_data = False
        elif tag in ("p", "li", "td", "blockquote", "footer", "style") and self._depth:
            self._depth.pop()

    def handle_data(self, data: str) -> None:
        if self._in_data:
            attributes, text = self.numbers[-1]
            self.numbers[-1] = (attributes, text + data)
        elif self._depth and not {"skip", "source", "note", "subtitle"} & set(self._depth):
            self.paragraphs[-1] += data


@pytest.fixture(scope="module")
def written(
    study: Study, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, list[dict[str, str]], Path]:
    folder = tmp_path_factory.mktemp("run")
    write_run_basis(
        folder,
        study.released,
        run.facts.brief,
        [study.framework.disclosure.for_origin("published")],
        Quality(),
    )
    from onroll.project import find_project

    reopened = open_run(folder, find_project())
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        return reopened, list(csv.DictReader(file)), folder


@cache
def read(run: Run, name: str) -> Reader:
    reader = Reader()
    reader.feed(page(run.document(name)))
    return reader


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_bound_number_is_its_cell_of_the_evidence(
    written: tuple[Run, list[dict[str, str]], Path], name: str
) -> None:
    run, rows, _ = written
    numbers = read(run, name).numbers
    assert len(numbers) > 40
    for attributes, text in numbers:
        cell = rows[int(attributes["data-row"]) - 1][attributes["data-column"]]
        assert FORMATS[attributes["data-style"]](float(cell)) == text, attributes


@pytest.fixture(scope="module", params=["Spring term", ""], ids=["term", "year"])
def of_records(
    request: pytest.FixtureRequest, run: Run, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, list[dict[str, str]]]:
    """A run with rows of own records, made by hand, written and opened again: of a term, and of a year."""
    spec = importlib.util.spec_from_file_location("made_runs", root / "tests/unit/presentation/made_runs.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    framework = load(root)
    whole = made.made_run(run, framework, request.param)
    folder = tmp_path_factory.mktemp("of_records")
    released = reopened(whole.facts.frame, {"withheld": []})
    policies = [framework.disclosure.for_origin("synthetic")]
    write_run_basis(folder, released, whole.facts.brief, policies, whole.quality)
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        return open_run(folder, Project(root)), list(csv.DictReader(file))


def documents_of(run: Run) -> tuple[str, ...]:
    return ("termly-exclusions",) if run.facts.brief.term else ("termly-exclusions", *DOCUMENTS)


@pytest.mark.slow
def test_every_number_of_own_records_is_its_cell_of_the_evidence(
    of_records: tuple[Run, list[dict[str, str]]],
) -> None:
    run, rows = of_records
    for name in documents_of(run):
        numbers = read(run, name).numbers
        assert len(numbers) > 60, name
        for attributes, text in numbers:
            cell = rows[int(attributes["data-row"]) - 1][attributes["data-column"]]
            assert FORMATS[attributes["data-style"]](float(cell)) == text, (name, attributes)


def test_no_sentence_on_own_records_holds_a_number_from_nowhere(
    of_records: tuple[Run, list[dict[str, str]]],
) -> None:
    # Words of the rules and of the tables, and what is counted on the page itself: figures withheld, objectives rated.
    counted = re.compile(
        r"from 1 to 9|Year 7|per 1,000|per 100\b|Of the [\d,]+ figures|[\d,]+ are withheld|\d+ objectives|\d+ have|"
        r"speak to \d+( of the \d+)?|Of \d+ objectives|\d+ (red|amber|green)|of \d+ all that was"
    )
    run, _ = of_records
    names = ("termly-exclusions",) if run.facts.brief.term else ("termly-exclusions", "board")
    for name in names:
        said = [counted.sub("", paragraph) for paragraph in read(run, name).paragraphs]
        assert list(unbound(said)) == [], name


def test_no_small_count_of_people_stands_on_a_page_of_own_records(
    of_records: tuple[Run, list[dict[str, str]]],
) -> None:
    run, rows = of_records
    no_people = {
        "schools_flagged",
        "flagged_schools_offered_support",
        "termly_reports_presented",
        "charter_signed",
    }
    for name in documents_of(run):
        for attributes, text in read(run, name).numbers:
            row = rows[int(attributes["data-row"]) - 1]
            if row["source"].startswith("synthetic_") and row["indicator"] not in no_people:
                is_count = (
                    attributes["data-column"] in ("numerator", "denominator") or row["statistic"] == "count"
                )
                assert not (is_count and 0 < float(attributes["value"]) < 10), (name, attributes, text)


def test_pages_of_own_records_claim_nothing_and_say_what_is_made_up(
    of_records: tuple[Run, list[dict[str, str]]],
) -> None:
    run, _ = of_records
    for name in documents_of(run):
        html = page(run.document(name))
        said = " ".join(read(run, name).paragraphs).lower().replace("worked out", "")
        assert [words for words in FORBIDDEN if words.lower() in said] == []
        assert name == "appendix-g" or "significant" not in said
        assert "ynthetic data" in html
        assert ">withheld<" in html or name == "board"


def unbound(paragraphs: list[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        for number in re.findall(r"\d[\d,.]*", NOT_A_RESULT.sub("", paragraph)):
            yield f"{number} in: {paragraph[:100]}"


def test_no_sentence_of_the_boards_pages_holds_a_number_from_nowhere(
    written: tuple[Run, list[dict[str, str]], Path],
) -> None:
    # What is counted on the page itself: objectives with and without evidence, and what each table speaks to.
    counted = re.compile(r"\d+ objectives|\d+ have|speak to \d+( of the \d+)?")
    paragraphs = [counted.sub("", paragraph) for paragraph in read(written[0], "board").paragraphs]
    assert list(unbound(paragraphs)) == []


FORBIDDEN = (
    "the strategy reduced", "caused", "impact of the strategy", "significant difference", "statistically",
    "misbehave", "EHCP pupils",
    "due to the strategy", "thanks to", "worked", "failed",
)  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_page_claims_what_the_design_has_not_earned(
    written: tuple[Run, list[dict[str, str]], Path], name: str
) -> None:
    said = " ".join(read(written[0], name).paragraphs).lower()
    assert [words for words in FORBIDDEN if words.lower() in said] == []
    assert re.search(r"whether the strategy changed suspensions\b[^.:]* cannot be told", said)


def test_the_sentence_the_readers_were_promised(run: Run) -> None:
    said = repr(run.say("suspensions"))
    assert said == (
        "Luton's schools suspended pupils 2,469 times in 2023/24: 6.1 for every 100 on roll, up from 4.6 in 2018/19 "
        "(1,748). England rose faster, from 5.4 to 11.3."
    )
    could = repr(run.say("what_could_be_seen"))
    assert "only a fall of about half from one year to the next would stand out from chance" in could
    assert "About six in ten other authorities moved as far from their own comparison" in repr(
        run.say("impact")
    )


def test_every_objective_is_on_the_page_with_evidence_or_the_words_that_there_is_none(run: Run) -> None:
    html = page(run.document("appendix-g"))
    assert html.count('class="rating rating-') == 40
    assert html.count("<strong>No evidence received</strong>") == sum(run.objectives()["evidence_rows"] == 0)
    for objective in run.objectives()["id"]:
        assert f'id="objective-{objective.replace(".", "-")}"' in html


def test_five_focus_areas_without_an_objective_have_a_row_each(run: Run) -> None:
    table = next(
        block for block in run.document("appendix-g").blocks
        if getattr(block, "caption", "").startswith("Focus areas without an objective")
    )  # fmt: skip
    assert [row[0][0].split()[0] for row in table.rows] == ["F4", "F6", "F11", "F14", "F15"]
