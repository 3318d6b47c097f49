"""README and CONTRIBUTING speak of what is there: files, targets, commands, options, messages."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from onroll import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "GLOSSARY.md",
    "data/README.md",
    "surveys/README.md",
)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
TOP = ("src/", "tests/", "notebooks/", "evaluation/", "data/", "surveys/", "docs/", "benchmarks/")
MADE_BY_A_RUN = ("evaluation/runs", "data/raw/roll")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    actions = cli.parser()._actions
    return dict(next(action for action in actions if isinstance(action, argparse._SubParsersAction)).choices)


@pytest.mark.parametrize("name", PAGES)
def test_the_files_a_page_names_are_there(name: str) -> None:
    text = page(name)
    inline = [path for path in re.findall(r"`([\w./-]+)`", text) if path.startswith(TOP)]
    linked = [path for path in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in path]
    beside = (ROOT / name).parent
    missing = [path for path in inline if not path.startswith(MADE_BY_A_RUN) and not (ROOT / path).exists()]
    missing += [path for path in linked if not (beside / path).exists()]
    assert not missing, (
        f"{name} names {missing}, which are not there: correct the page or put the file where it says"
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_targets_a_page_names_are_in_the_makefile(name: str) -> None:
    asked = {
        words[-1]
        for words in re.findall(r"(?:^|`)make ((?:[A-Z]+=\S+ )*[a-z]+)", page(name), re.MULTILINE)
        for words in [words.split()]
    }
    assert asked <= TARGETS, (
        f"{name} asks for make {sorted(asked - TARGETS)}; the Makefile has {sorted(TARGETS)}"
    )


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "surveys/README.md"])
def test_the_commands_a_page_names_are_commands(name: str) -> None:
    known = commands()
    for line in re.findall(r"(?:^|`)onroll ([a-z][^`\n]*)", page(name), re.MULTILINE):
        first, *rest = shlex.split(line)
        assert first in known, f"{name}: 'onroll {first}' is no command; there are {sorted(known)}"
        options = {word for word in rest if word.startswith("--")}
        unknown = options - set(known[first]._option_string_actions)
        assert not unknown, f"{name}: 'onroll {first}' has no {sorted(unknown)}"


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_help_with_an_example_that_can_be_given(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    example = re.search(r"example: onroll (.+)\Z", said.strip(), re.DOTALL)
    assert example, f"onroll {name} --help shows no example: give one in src/onroll/cli/"
    given = shlex.split(example[1])
    assert given[0] == name, f"the example of onroll {name} is one of another command"
    assert cli.parser().parse_args(given).command


def test_every_target_of_the_makefile_says_what_it_is_for() -> None:
    said = set(re.findall(r"^([a-z]+):.*  ## \S", page("Makefile"), re.MULTILINE))
    phony = set(page("Makefile").split(".PHONY:", 1)[1].split("\n", 1)[0].split())
    assert TARGETS == said == phony, (
        f"describe (## ...) and list under .PHONY: {sorted(TARGETS ^ said | TARGETS ^ phony)}"
    )


def recipes() -> dict[str, str]:
    after = page("CONTRIBUTING.md").split("\n## Recipes\n", 1)[1].split("\n## ", 1)[0]
    return {part.split("\n", 1)[0]: part for part in after.split("\n### ")[1:]}


def test_there_is_a_recipe_for_everything_that_is_added_often() -> None:
    wanted = ("indicator", "table", "instrument", "comparator", "statistic", "notebook", "chart", "sentence")
    missing = [thing for thing in wanted if f"A new {thing}" not in recipes()]
    assert not missing, f"CONTRIBUTING.md has no recipe for {missing}"


@pytest.mark.parametrize("name", sorted(recipes()))
def test_a_recipe_names_a_file_and_the_test_that_complains(name: str) -> None:
    steps, _, complains = recipes()[name].partition("Complains:")
    assert re.search(r"`[\w./-]+\.\w+`", steps), f"'{name}': name the file to copy"
    assert "tests/" in complains, f"'{name}': name the test that complains when a step is forgotten"


def test_the_messages_the_readme_explains_are_said_somewhere() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "src" / "onroll").rglob("*.py"))
    )
    joined = re.sub(r'"\s*\n\s*f?"', "", code + page("Makefile"))
    rows = page("README.md").split("| message |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    messages = [row.split("`")[1] for row in rows]
    assert len(messages) > 5
    lost = [message for message in messages if message not in joined and message != "No module named pip"]
    assert not lost, f"README.md explains {lost}, which nothing says any more"


def test_the_readme_keeps_what_its_readers_need() -> None:
    needed = (
        "make evaluate", "make test", "environment.yml", "workbench", "Open Government Licence v3.0", "chromium",
        "A member of the Board", "An educational psychologist", "A researcher", "What is not there yet",
    )  # fmt: skip
    lost = [words for words in needed if words not in page("README.md")]
    assert not lost, f"README.md no longer says {lost}"


@pytest.mark.slow
def test_the_example_from_python_in_the_readme_runs() -> None:
    block = page("README.md").split("```python\n", 1)[1].split("```", 1)[0]
    exec(compile(block, "README.md", "exec"), {})
