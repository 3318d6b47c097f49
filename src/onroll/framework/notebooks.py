"""Notebooks: which there are, the question each answers, for whom, after which others, told what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from onroll.framework.parameters import Parameter
from onroll.framework.rules import Form, Name, OneOf, WrongKeyError

READERS = ("board", "psychologist", "researcher")
OCCASIONS = ("year", "term")
NotebookId = Annotated[str, Form(r"\d\d(_[a-z0-9]+)+", "two digits and a name, such as 10_exclusions")]


@dataclass(frozen=True, slots=True)
class Notebook:
    """One notebook. Once loaded, ``parameters`` holds those of every notebook, its own, and its choices'.

    ``choices`` names choices of the analysis plan; ``occasions`` says whether it is part of the evaluation of a year, of
    the termly report, or of both; ``seconds`` and ``memory_mb`` bound its run.
    """

    id: NotebookId
    file: str
    title: str
    question: str
    for_: Annotated[str, OneOf(READERS)]
    needs: tuple[str, ...] = ()
    choices: tuple[Name, ...] = ()
    parameters: Mapping[Name, Parameter] = field(default_factory=lambda: MappingProxyType({}))
    occasions: tuple[Annotated[str, OneOf(OCCASIONS)], ...] = (OCCASIONS[0],)
    seconds: int = 120
    memory_mb: int = 2048

    def __post_init__(self) -> None:
        if self.file != f"{self.id}.ipynb":
            raise WrongKeyError(
                "file", f"is '{self.file}'; the notebook {self.id} is the file {self.id}.ipynb"
            )
        for key in ("seconds", "memory_mb"):
            if getattr(self, key) <= 0:
                raise WrongKeyError(key, f"is {getattr(self, key)}; it must be above 0")


@dataclass(frozen=True, slots=True)
class NotebookFile:
    """The file of notebooks; ``parameters`` are those that every notebook has."""

    parameters: Mapping[Name, Parameter]
    notebooks: tuple[Notebook, ...]


def circle(notebooks: Iterable[Notebook]) -> tuple[str, ...]:
    """Notebooks that wait for one another, in order and closed, or nothing when they can all be run.

    Examples
    --------
    >>> circle(())
    ()
    """
    needs = {notebook.id: notebook.needs for notebook in notebooks}
    done: set[str] = set()

    def walk(notebook: str, trail: tuple[str, ...]) -> tuple[str, ...]:
        """The circle that a notebook's needs lead into; empty when there is none."""
        if notebook in trail:
            return (*trail[trail.index(notebook) :], notebook)
        if notebook not in done:
            for need in needs.get(notebook, ()):
                if found := walk(need, (*trail, notebook)):
                    return found
            done.add(notebook)
        return ()

    return next((found for notebook in needs if (found := walk(notebook, ()))), ())
