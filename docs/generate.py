"""Makes the files that are made from others: ``python docs/generate.py public_names data_dictionary environment``.

``tests/architecture`` compares what this makes with what is there.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from onroll.framework.contract_files import load_contracts
from onroll.framework.known_truth import KnownTruth
from onroll.framework.known_truth_schools import KnownSchools
from onroll.intake.records.dictionary import CodeEntry, TableEntry, dictionary

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "onroll"
ROOMS = ("framework", "disclosure")
"""Rooms whose public names are those their ``__init__`` lists."""
MODULES = {
    "vocabulary": "vocabulary/__init__.py", "vocabulary.records": "vocabulary/records.py", "errors": "errors.py",
    "counts.engine": "counts/engine.py", "counts.records": "counts/records.py", "reception": "reception.py",
    "validation.certificate": "validation/certificate.py",
}  # fmt: skip
"""Modules all of whose functions and classes are public, and where they are."""
OPENING = """\
# Public names

Made from the code by `make docs`; a test compares the two. These names can be relied on: a rename keeps the old
name for one release with a warning. Names that are not here may change without notice. Each is imported from the
room it lives in, such as `from onroll.statistics.rates import rate`.
"""


DICTIONARY_OPENING = """\
# Data dictionary

What an authority may send, table by table: version {version} of the contracts, {date}. Made from `data/contracts` by
`make docs`; a test compares the two. Send CSV, XLSX or Parquet; `onroll templates --out DIR` writes blank workbooks,
`onroll check --data DIR` says what is wrong with a file. A table that is not sent is no error: what rests on it says
that no evidence was received. Dates may be written 01/09/2023 or 2023-09-01, academic years 2023/24 or 202324. Pupil
numbers are replaced by a keyed hash as they are read ([privacy](privacy.md)). Columns that are not named here are not
read.

A date belongs to the academic year from 1 August to 31 July. The Autumn term ends on 31 December, the Spring term on Easter
Sunday, the Summer term on 31 July; each begins on the day after the one before it.

{source}
"""


def public_names() -> str:
    """The page of public names: each with the first line of what its docstring says."""
    parts = [
        OPENING,
        "## `onroll`\n",
        _table(_top()),
        "## `onroll.runs.Run`\n",
        _table(_methods("runs.py", "Run")),
    ]
    for path in sorted((SOURCE / "statistics").glob("[!_]*.py")):
        parts += [f"## `onroll.statistics.{path.stem}`\n", _table(_defined(path))]
    for room in ROOMS:
        parts += [f"## `onroll.{room}`\n", _table(_exported(room))]
    for module, path in MODULES.items():
        parts += [f"## `onroll.{module}`\n", _table(_defined(SOURCE / path))]
    return "\n".join(parts)


def data_dictionary() -> str:
    """The page of the tables that an authority sends: columns, rules and codes, from the contracts."""
    known = dictionary(load_contracts(ROOT))
    parts = [DICTIONARY_OPENING.format(version=known.version, date=known.date, source=known.source)]
    for table in known.tables.values():
        parts += _table_page(table)
    parts.append(
        "# Codes\n\nYears are academic years, both included; without them a code holds in every year.\n"
    )
    for codes in known.code_sets.values():
        parts += [f"### {codes.label} (`{codes.id}`)\n", f"Source: {codes.source}.\n"]
        rows = [
            (
                one.code,
                one.label,
                _years(one),
                ", ".join(one.also),
                f"read as {one.renamed_to}" if one.renamed_to else one.note,
            )
            for one in codes.codes
        ]
        parts.append(_rows(("code", "label", "holds", "also written", "note"), rows))
    return "\n".join(parts)


def _table_page(table: TableEntry) -> Iterator[str]:
    yield f"## {table.label} (`{table.id}`)\n"
    yield f"One row is {table.one_row}. Sent by: {table.sent_by}. No two rows have the same {', '.join(table.key)}.\n"
    columns = [
        (
            f"`{one.name}`",
            "yes" if one.needed else "",
            one.about,
            f"`{one.codes}`" if one.codes else one.holds,
            ", ".join(one.also),
        )
        for one in table.columns
    ]
    yield _rows(("column", "needed", "what it is", "what may stand in it", "other headers"), columns)
    if table.links:
        yield "\n".join(f"- {link}" for link in table.links) + "\n"
    if table.rules:
        yield _rows(("told", "then"), [(rule.says, rule.then) for rule in table.rules])


def _years(code: CodeEntry) -> str:
    if code.first and code.last:
        return f"{code.first} to {code.last}"
    return f"from {code.first}" if code.first else f"to {code.last}" if code.last else ""


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '') for cell in line)} |" for line in lines) + "\n"


def environment() -> str:
    """The conda environment: Python and pip from conda-forge, everything else from the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = project["requires-python"].removeprefix(">=")
    return f"""\
# Made by `make environment`. For Windows, and for those who use conda: the README has the steps. pip cannot install
# the project itself beside files checked by hash, so that is a command of its own:
# python -m pip install --no-deps --no-build-isolation -e .
name: {project["name"]}
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python={python}
  - pip
  - pip:
      - -r requirements.lock
"""


def _top() -> Iterator[tuple[str, str]]:
    package = import_module("onroll")
    for name in sorted(package.__all__, key=str.lower):
        if name == "__version__":
            yield name, "The version of this package."
        else:
            found = getattr(package, name)
            where = getattr(found, "__module__", None)
            yield name, _first(found.__doc__) + (f" Lives in `{where}`." if where else "")


def _exported(room: str) -> Iterator[tuple[str, str]]:
    package = import_module(f"onroll.{room}")
    for name in sorted(package.__all__, key=str.lower):
        yield name, _first(getattr(package, name).__doc__)


def _methods(file: str, owner: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner).body
    yield from _public(body)


def _defined(path: Path) -> Iterator[tuple[str, str]]:
    """The names a module's ``__all__`` lists; without one, what it defines and what it imports under its own name."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    listed = next((ast.literal_eval(value) for name, value in _set(body) if name == "__all__"), None)
    if listed is None:
        again = (one.name for _, one in _imported(body) if one.asname == one.name)
        listed = [*again, *(name for name, _ in _public(body))]
    for name in listed:
        yield name, _told(path, name)


def _told(path: Path, name: str) -> str:
    """What is said of a name first: where it is defined, or in the module of ours that it is imported from."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return _first(ast.get_docstring(node))
        for value in (value for target, value in _set([node]) if target == name):
            said = after.value if isinstance(after, ast.Expr) else None
            told = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
            return _first(told) or f"`{ast.unparse(value)}`"
    module = next(module for module, one in _imported(body) if (one.asname or one.name) == name)
    return _told(SOURCE.parent / f"{module.replace('.', '/')}.py", name)


def _set(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Names that a module gives a value, with it."""
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _imported(body: list[ast.stmt]) -> Iterator[tuple[str, ast.alias]]:
    """Names that a module imports from others, with where from."""
    for node in body:
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", one) for one in node.names)


def _public(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, _first(ast.get_docstring(node))


def _first(words: str | None) -> str:
    """What a docstring says first, on one line, as Markdown."""
    paragraph = " ".join((words or "").strip().split("\n\n")[0].split())
    return paragraph.replace("``", "`").replace("|", "\\|")


def _table(names: Iterator[tuple[str, str]]) -> str:
    rows = [f"| `{name}` | {words} |" for name, words in names]
    return "\n".join(["| name | what |", "|---|---|", *rows, ""])


def known_truth() -> str:
    """What the designs of impact gave where the truth was known, from evaluation/known_truth.yaml."""
    from onroll.framework import load
    from onroll.vocabulary import MEASURES

    framework = load(ROOT)
    known, plan = framework.known_truth, framework.plan.impact
    lines = [
        "# Impact where the truth is known",
        "",
        "Made from `evaluation/known_truth.yaml`, which `docs/known_truth.py` writes: the whole chain from counts of 150",
        "made authorities to the verdict. Synthetic data, no real place; they scatter as the published panel does (a test",
        "compares them). A verdict may claim an impact where there is none in at most "
        f"{plan.false_alarms:.0%} of panels, and intervals",
        f"must hold the truth in {plan.coverage[0]:.0%} to {plan.coverage[1]:.0%}, allowing for the number of panels; "
        "a design that does not may carry no verdict.",
    ]
    for outcome in plan.outcomes:
        lines += [
            "", f"## {MEASURES[outcome].label}", "",
            "| what truly happened | panels | true ratio | stood out | interval held the truth | evidence of an impact | "
            "open checks | verdict wrong |",
            "|---|---|---|---|---|---|---|---|",
        ]  # fmt: skip
        lines += [
            f"| {known.scenarios[one.scenario]} | {one.runs:,} | {one.ratio:.2f} | {one.stands_out:.1%} | "
            f"{one.coverage:.1%} | {one.supported:.1%} | {one.unsure:.1%} | {one.wrong:.1%} |"
            for one in known.of(outcome)
        ]
    return "\n".join([*lines, *_designs_known(known), *_schools_known(framework.known_schools)]) + "\n"


def _designs_known(known: KnownTruth) -> Iterator[str]:
    """What the designs beside the primary gave on some of the same panels."""
    from onroll.vocabulary import MEASURES
    from onroll.vocabulary.impact import CHOICE_DESIGNS

    if not known.designs:
        return
    yield from (
        "", f"## Other designs, {MEASURES[known.designs[0].outcome].label.lower()}", "",
        "Each ranks the change among those that it finds in every other authority. None of them carries a verdict; a page",
        "calls those unreliable that break the same bounds in any scenario.", "",
        "| design | what truly happened | panels | true ratio | stood out | interval held the truth |",
        "|---|---|---|---|---|---|",
    )  # fmt: skip
    for one in sorted(known.designs, key=lambda one: list(CHOICE_DESIGNS).index(one.design)):
        yield (
            f"| {CHOICE_DESIGNS[one.design]} | {known.scenarios[one.scenario]} | {one.runs:,} | {one.ratio:.2f} | "
            f"{one.stands_out:.1%} | {one.coverage:.1%} |"
        )


def _schools_known(known: KnownSchools) -> Iterator[str]:
    """What comparing schools of one authority gave, from evaluation/known_truth_schools.yaml."""
    yield from (
        "",
        "# Schools that changed where the truth is known",
        "",
        "Made from `evaluation/known_truth_schools.yaml`, which `docs/known_truth_schools.py` writes: from the counts of",
        "made schools of one authority to the words on the page. Synthetic data, no real place. A change is left standing",
        "only if it stands out and schools that signed are not found to have differed before; intervals are read only then.",
        "Dates are shuffled as if dealt out. Where schools sign because they stand high they are not: far more changes",
        "stand out than may be left standing. Schools differ in their change where it is not the same share of each one's",
        "rate; the last column is how often the page says that they do.",
    )
    for phase in dict.fromkeys(one.phase for one in known.results):
        yield from (
            "",
            f"## {phase}",
            "",
            "| what truly happened | authorities | true change, per 100 | stood out | found to differ before | "
            "left standing | interval held the truth, of the others | claimed wrongly | schools said to differ |",
            "|---|---|---|---|---|---|---|---|---|",
        )
        for one in known.of(phase):
            held = f"{one.coverage:.1%} of {one.judged}" if one.judged else "-"
            differ = "-" if one.said_to_differ is None else f"{one.said_to_differ:.1%}"
            differ += ", and they do" if one.scenario in known.differing else ""
            yield (
                f"| {known.scenarios[one.scenario]} | {one.runs:,} | {one.change:.2f} | {one.stands_out:.1%} | "
                f"{one.differed:.1%} | {one.claimed:.1%} | {held} | {one.wrong:.1%} | {differ} |"
            )


MADE: dict[str, tuple[str, Callable[[], str]]] = {
    "public_names": ("docs/public_names.md", public_names),
    "data_dictionary": ("docs/data_dictionary.md", data_dictionary),
    "environment": ("environment.yml", environment),
    "known_truth": ("docs/known_truth.md", known_truth),
}


if __name__ == "__main__":
    for asked in sys.argv[1:] or MADE:
        file, make = MADE[asked]
        (ROOT / file).write_text(make(), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{file}\n")
