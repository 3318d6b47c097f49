"""The contracts' files: read from ``data/contracts`` and held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from onroll.errors import DeclarationError, one_of
from onroll.framework.contracts import RECORD_TABLES, CodeSets, Contract, Contracts, Versions
from onroll.framework.files import Document
from onroll.framework.reading import read


def load_contracts(root: Path | str) -> Contracts:
    """Read the contracts of a project.

    Parameters
    ----------
    root : path
        The project's folder; the contracts are in ``data/contracts``.

    Raises
    ------
    DeclarationError
        If a file is missing or broken, or names a code set or column that is not declared; one line a problem.
    """
    root = Path(root).resolve()
    folder = root / "data" / "contracts"
    sets, its_document = read(folder / "code_sets.yaml", root, CodeSets)
    versions, their_document = read(folder / "versions.yaml", root, Versions)
    tables, documents = {}, [its_document, their_document]
    problems: list[str] = []
    codes = {one.id: one for one in sets.sets}
    for name in RECORD_TABLES:
        contract, document = read(folder / f"{name}.yaml", root, Contract)
        tables[name] = contract
        documents.append(document)
        problems += _problems(contract, document, tuple(codes), name)
    problems += _wrong_steps(versions, their_document, tables)
    if problems:
        raise DeclarationError("\n".join(problems))
    return Contracts(
        MappingProxyType(tables), MappingProxyType(codes), versions, tuple(one.file for one in documents)
    )


def _problems(contract: Contract, document: Document, codes: tuple[str, ...], name: str) -> Iterator[str]:
    if contract.id != name:
        yield document.problem(("id",), f"is '{contract.id}', but the file is {name}.yaml; write id: {name}")
    for at, column in enumerate(contract.columns):
        if column.codes and column.codes not in codes:
            words = f"key 'columns[{at}].codes' is '{column.codes}'; code sets are {one_of(codes)}"
            yield document.problem(("columns", at, "codes"), words)


def _wrong_steps(versions: Versions, document: Document, tables: dict[str, Contract]) -> Iterator[str]:
    for at, step in enumerate(versions.steps):
        known = tables[step.table].names
        for name in (*step.rename.values(), *step.multiply):
            if name not in known:
                words = f"key 'steps[{at}]' leads to '{name}'; columns of {step.table} are {one_of(known)}"
                yield document.problem(("steps", at), words)
