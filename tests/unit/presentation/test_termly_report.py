"""The termly report: what it says, in which order, that nothing is blank, and that no small count of people is on it."""

from __future__ import annotations

from typing import Any

from onroll.disclosure.door import reopened
from onroll.presentation.facts import Bound, Facts
from onroll.presentation.html import page
from onroll.presentation.model import Bullets, Document, Heading, Paragraph, Table, plain
from onroll.presentation.sentences import differences, register
from onroll.runs import Run

PEOPLE = ("numerator", "denominator")


def words(document: Document) -> list[str]:
    return [plain(block.words) for block in document.blocks if isinstance(block, Paragraph)] + [
        plain(item) for block in document.blocks if isinstance(block, Bullets) for item in block.items
    ]


def test_the_report_names_the_term_the_board_and_what_it_rests_on(term_run: Run) -> None:
    report = term_run.document("termly-exclusions")
    assert report.title == "Exclusions report, spring term 2023/24"
    assert report.subtitle.startswith("For the Behaviour, Inclusion and Wellbeing Board: Luton")
    assert words(report)[0].startswith("Synthetic data. ")
    assert [block.words for block in report.blocks if isinstance(block, Heading)] == [
        "What happened", "In which schools", "Which pupils", "Days lost, repeat suspensions, reasons", "Safeguards",
        "Support to schools with high rates", "What we do not know", "For decision today",
    ]  # fmt: skip


def test_what_could_have_been_missed_stands_before_what_changed(term_run: Run) -> None:
    assert plain(register.happened(term_run.facts, register.SUSPENSIONS)) == (
        "Schools suspended pupils 854 times in the spring term 2023/24: 2.1 for every 100 on roll (interval 2.0 to 2.2). "
        "In the spring term 2022/23 it was 904, or 2.3 for every 100 on roll."
    )
    assert plain(register.changed(term_run.facts, register.SUSPENSIONS)) == (
        "From 904 suspensions, a fall of less than about 20% could well be missed. The rate is 0.94 times the earlier one "
        "(interval 0.76 to 1.18), a difference no larger than chance and repeat suspensions make."
    )


def test_small_numbers_have_no_ratio_in_a_sentence(term_run: Run) -> None:
    said = plain(register.changed(term_run.facts, register.PERMANENT))
    assert said.startswith("From 14 permanent exclusions, a fall of less than about")
    assert "times the earlier one" not in said
    assert said.endswith("The difference between the two terms is no larger than chance makes.")


def test_a_difference_is_what_schools_did_with_both_bases(term_run: Run) -> None:
    said = [plain(one) for one in differences.differences(term_run.facts)]
    assert said[0].startswith(
        "Schools suspended pupils with SEN support 5.6 times for every 100 (305 times, 5,469 pupils), and pupils with no "
        "SEN provision 1.5 times (499 times, 33,508 pupils)."
    )
    assert not any("White" in one or "boys" in one for one in said)


def test_withheld_is_written_and_nothing_is_blank(term_run: Run) -> None:
    tables = [block for block in term_run.document("termly-exclusions").blocks if isinstance(block, Table)]
    cells = [plain(cell) for table in tables for row in table.rows for cell in row]
    assert "" not in cells
    assert "nan" not in " ".join(cells)
    special = next(row for table in tables for row in table.rows if plain(row[0]) == "Special")
    assert [plain(cell) for cell in special[1:]] == ["withheld", "withheld", "0"]
    assert all("Synthetic data" in table.source for table in tables)
    reasons = next(table for table in tables if table.columns[0] == "Reason")
    assert "Bullying" not in [plain(row[0]) for row in reasons.rows]


def test_no_small_count_of_people_is_bound_on_the_page(term_run: Run, made: Any) -> None:
    report = term_run.document("termly-exclusions")
    frame = term_run.facts.frame
    texts = [
        cell for block in report.blocks if isinstance(block, Table) for row in block.rows for cell in row
    ]
    texts += [block.words for block in report.blocks if isinstance(block, Paragraph)]
    texts += [item for block in report.blocks if isinstance(block, Bullets) for item in block.items]
    bound = [part for one in texts for part in one if isinstance(part, Bound)]
    assert len(bound) > 80
    counted = [one for one in bound if one.column in PEOPLE]
    people = [one for one in counted if frame.loc[one.row, "indicator"] not in made.NO_PEOPLE]
    assert [one for one in people if 0 < one.value < 10] == []


def test_decisions_follow_from_the_evidence_and_from_what_is_missing(term_run: Run) -> None:
    asked = [
        plain(item) for item in next(b for b in reversed(term_run.document("termly-exclusions").blocks)
                                     if isinstance(b, Bullets)).items
    ]  # fmt: skip
    assert "Who offers support to the flagged schools that have had no offer: 2 of 3 have had one." in asked
    assert any("differences by SEN provision and free school meals" in one for one in asked)
    assert any(one.startswith("Who checks that each of the 104 part-time timetables") for one in asked)
    assert any(one.startswith("Who sends the records 'Survey answers'") for one in asked)


def test_what_is_not_known_names_tables_and_how_many_rows_are_withheld(term_run: Run) -> None:
    said = " ".join(words(term_run.document("termly-exclusions")))
    assert "left out because of errors: use of the Guiding Principles" in said
    assert "Not received: survey answers" in said
    frame = term_run.facts.frame
    now = frame[frame["time_period"] == "202324"]
    assert (
        f"Of the {len(now)} figures made from records for this report, {(now['symbol'] == 'c').sum()} are"
        in said
    )


def test_without_a_register_the_report_says_so(run: Run) -> None:
    report = run.document("termly-exclusions")
    assert "nothing to report" in " ".join(words(report))
    assert "Luton" in report.subtitle
    page(report)


def test_a_withheld_total_is_said_to_be_withheld(term_run: Run) -> None:
    frame = term_run.facts.frame.copy()
    numbers = ["estimate", "lower", "upper", "numerator", "denominator"]
    frame.loc[frame["indicator"] == register.PERMANENT, numbers] = float("nan")
    frame.loc[frame["indicator"] == register.PERMANENT, "symbol"] = "c"
    facts = Facts(reopened(frame, {"withheld": []}), term_run.facts.brief)
    assert plain(register.happened(facts, register.PERMANENT)) == (
        "Permanent exclusions in the spring term 2023/24: received, and withheld to protect pupils."
    )
    assert register.changed(facts, register.PERMANENT) == ()
