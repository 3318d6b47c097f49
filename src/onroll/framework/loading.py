"""Loading: every declaration of a project read, checked and joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from onroll.errors import DeclarationError
from onroll.framework.comparisons import ComparatorFile, RatingTerms
from onroll.framework.declared import Framework
from onroll.framework.indicators import IndicatorFile
from onroll.framework.known_truth import KnownTruth
from onroll.framework.known_truth_schools import KnownSchools
from onroll.framework.notebooks import Notebook, NotebookFile
from onroll.framework.parameters import Parameter
from onroll.framework.plan import Plan
from onroll.framework.protection import Disclosure
from onroll.framework.reading import read
from onroll.framework.references import Declarations, Read, problems
from onroll.framework.strategy import Strategy

T = TypeVar("T")


def load(root: Path | str) -> Framework:
    """Read every declaration of a project: each file on its own, then the references between them.

    Parameters
    ----------
    root : path
        The project's folder: the one that holds ``evaluation/`` and ``notebooks/``.

    Returns
    -------
    Framework
        Frozen, nothing in it can be changed.

    Raises
    ------
    DeclarationError
        If a file is missing or broken, or names what no other declares; one line a problem.
    """
    evaluation = (root := Path(root).resolve()) / "evaluation"
    all_ = Declarations(
        strategy=_read(evaluation / "strategy.yaml", root, Strategy),
        indicators=tuple(_indicator_files(evaluation / "indicators", root)),
        ratings=_read(evaluation / "rating_rules.yaml", root, RatingTerms),
        comparators=_read(evaluation / "comparators.yaml", root, ComparatorFile),
        plan=_read(evaluation / "analysis_plan.yaml", root, Plan),
        notebooks=_read(root / "notebooks" / "notebooks.yaml", root, NotebookFile),
    )
    disclosure = _read(evaluation / "disclosure.yaml", root, Disclosure)
    known_truth = _read(evaluation / "known_truth.yaml", root, KnownTruth)
    known_schools = _read(evaluation / "known_truth_schools.yaml", root, KnownSchools)
    if found := list(problems(all_)):
        raise DeclarationError("\n".join(found))
    return _join(all_, disclosure, known_truth, known_schools)


def _read(path: Path, root: Path, kind: type[T]) -> Read[T]:
    return Read(*read(path, root, kind))


def _indicator_files(folder: Path, root: Path) -> Iterator[Read[IndicatorFile]]:
    shown = folder.relative_to(root).as_posix()
    found = sorted(folder.glob("[!.]*"))
    if not found:
        raise DeclarationError(f"{shown}: there is no file of indicators; restore them from git")
    for path in found:
        if path.suffix != ".yaml":
            raise DeclarationError(
                f"{shown}/{path.name}: a declaration's name ends in .yaml; rename or move it"
            )
        file = _read(path, root, IndicatorFile)
        if file.it.id != path.stem:
            message = (
                f"is '{file.it.id}', but the file is {path.name}; write id: {path.stem} or rename the file"
            )
            raise DeclarationError(file.problem(("id",), message))
        yield file


def _join(
    all_: Declarations,
    disclosure: Read[Disclosure],
    known_truth: Read[KnownTruth],
    known_schools: Read[KnownSchools],
) -> Framework:
    documents = [
        all_.strategy.document,
        *(file.document for file in all_.indicators),
        *(
            each.document
            for each in (
                all_.ratings,
                all_.comparators,
                disclosure,
                all_.plan,
                known_truth,
                known_schools,
                all_.notebooks,
            )
        ),
    ]
    ratings, comparators = all_.ratings.it, all_.comparators.it.comparators
    return Framework(
        strategy=all_.strategy.it,
        indicators=MappingProxyType({each.id: each for _, _, each in all_.each_indicator}),
        rating_terms=ratings,
        rating_rules=MappingProxyType({rule.code: rule for rule in ratings.rules}),
        comparators=MappingProxyType({comparator.id: comparator for comparator in comparators}),
        disclosure=disclosure.it,
        plan=all_.plan.it,
        plan_sha256=all_.plan.document.sha256,
        known_truth=known_truth.it,
        known_schools=known_schools.it,
        notebooks=tuple(_with_parameters(each, all_) for each in all_.notebooks.it.notebooks),
        files=tuple(document.file for document in documents),
    )


def _with_parameters(notebook: Notebook, all_: Declarations) -> Notebook:
    """The notebook with the parameters of every notebook, its own, and those of its choices."""
    chosen: dict[str, Parameter] = {choice: all_.plan.it.choices[choice] for choice in notebook.choices}
    every = {**all_.notebooks.it.parameters, **notebook.parameters, **chosen}
    return replace(notebook, parameters=MappingProxyType(every))
