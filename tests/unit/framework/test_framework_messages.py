"""Every way to break a declaration, with the message a person gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from onroll import framework
from onroll.errors import DeclarationError, OnrollError

STRATEGY = "evaluation/strategy.yaml"
INDICATORS = "evaluation/indicators/one.yaml"
COMPARATORS = "evaluation/comparators.yaml"
PLAN = "evaluation/analysis_plan.yaml"
Told = Callable[[str, str, str], str]

CASES = yaml.safe_load((Path(__file__).parent / "broken_declarations.yaml").read_text(encoding="utf-8"))


def test_the_small_project_loads(project: Path) -> None:
    assert framework.load(project).strategy.authority.name == "Elsewhere"


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_broken_declaration_names_the_line_the_key_and_the_way_out(
    told: Told, case: dict[str, str]
) -> None:
    new = case["new"].replace("{brackets}", "[" * 100_000).replace("{nines}", "9" * 5000)
    assert told(case["file"], case["old"], new) == case["message"]


def test_all_problems_of_a_file_are_told_at_once(told: Told) -> None:
    message = told(INDICATORS, "per: 100\n    polarity: higher_is_better", "per: many\n    polarity: upward")
    assert message.splitlines() == [
        f"{INDICATORS}, line 11: key 'indicators[0].per' must be a whole number, found text 'many'",
        f"{INDICATORS}, line 12: key 'indicators[0].polarity' is 'upward'; allowed are lower_is_better, "
        "higher_is_better, neither.",
    ]


def test_an_indicator_of_one_file_may_not_stand_in_another(project: Path) -> None:
    text = (project / INDICATORS).read_text(encoding="utf-8").replace("id: one", "id: other")
    (project / "evaluation/indicators/other.yaml").write_text(
        text.replace("id: voice_heard", "id: voice_two").replace("focus_areas: [F2]", "objectives: [P1.1]"),
        encoding="utf-8",
    )
    assert message_of(project) == (
        "evaluation/indicators/other.yaml, line 4: key 'indicators[0].id' repeats 'charter_signed', first in "
        "evaluation/indicators/one.yaml"
    )


def message_of(root: Path) -> str:
    with pytest.raises(DeclarationError) as caught:
        framework.load(root)
    return str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "''\n"])
def test_an_empty_file_is_said_to_be_empty(project: Path, text: str) -> None:
    (project / PLAN).write_text(text, encoding="utf-8")
    assert message_of(project) == f"{PLAN}: the file is empty; write its keys, or restore it from git"


def test_a_file_that_is_a_list_says_which_keys_it_needs(project: Path) -> None:
    (project / COMPARATORS).write_text("- england\n", encoding="utf-8")
    expected = f"{COMPARATORS}, line 1: the file must be keys and values (comparators), found a list"
    assert message_of(project) == expected


def test_a_file_in_another_encoding_names_the_byte(project: Path) -> None:
    (project / STRATEGY).write_bytes(b"title: x\nvision: caf\xe9\n")
    assert message_of(project) == f"{STRATEGY}, line 2: byte 0xe9 is not UTF-8; save the file as UTF-8"


def test_a_byte_order_mark_is_no_error(project: Path) -> None:
    path = project / STRATEGY
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert framework.load(project).strategy.title == "A strategy"


def test_broken_yaml_names_line_and_column(project: Path) -> None:
    (project / PLAN).write_text("version: 1\nestimand: a: b\n", encoding="utf-8")
    expected = f"{PLAN}, line 2, column 12: this is not YAML: mapping values are not allowed in this context"
    assert message_of(project) == expected


def test_a_control_character_is_said_to_be_no_yaml(project: Path) -> None:
    (project / PLAN).write_text("version: \x07\n", encoding="utf-8")
    assert message_of(project).startswith(f"{PLAN}: this is not YAML: unacceptable character #x0007")


def test_a_bomb_of_aliases_is_refused_without_being_unfolded(project: Path) -> None:
    rows = [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 40)]
    (project / PLAN).write_text("\n".join(["a0: &a0 [x]", *rows]), encoding="utf-8")
    assert f"{PLAN}, line 2: the alias '*a0' is not allowed; write the value out again" in message_of(project)


def test_a_file_too_long_is_refused(project: Path) -> None:
    (project / PLAN).write_text("#" * 1_000_001, encoding="utf-8")
    expected = f"{PLAN}: 1000001 bytes is too long for a declaration (at most 1000000)"
    assert message_of(project) == expected


def test_a_missing_file_names_what_is_there(project: Path) -> None:
    (project / COMPARATORS).rename(project / "evaluation/comparator.yaml")
    assert message_of(project) == (
        f"{COMPARATORS}: there is no such file; restore it from git. The folder holds analysis_plan.yaml, "
        "comparator.yaml, disclosure.yaml, known_truth.yaml, known_truth_schools.yaml, rating_rules.yaml, strategy.yaml. "
        "Did you mean 'comparator.yaml'?"
    )


def test_a_folder_without_indicators_says_so(project: Path) -> None:
    (project / INDICATORS).unlink()
    assert (
        message_of(project) == "evaluation/indicators: there is no file of indicators; restore them from git"
    )


def test_another_ending_among_the_indicators_is_not_passed_over(project: Path) -> None:
    (project / "evaluation/indicators/two.yml").write_text("id: two\n", encoding="utf-8")
    expected = "evaluation/indicators/two.yml: a declaration's name ends in .yaml; rename or move it"
    assert message_of(project) == expected


def test_a_hidden_file_among_the_indicators_is_passed_over(project: Path) -> None:
    (project / "evaluation/indicators/.DS_Store").write_bytes(b"\x00")
    assert framework.load(project).indicators


def test_a_broken_declaration_ends_the_command_with_1(project: Path) -> None:
    (project / PLAN).unlink()
    with pytest.raises(OnrollError) as caught:
        framework.load(project)
    assert caught.value.exit_code == 1
