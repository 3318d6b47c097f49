"""The certificate: for every published answer the expected, the computed, and to how many digits they agree."""

from __future__ import annotations

import csv
import importlib
import math
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

import onroll.validation as cases_of
from onroll.errors import DataError, UsageError, one_of

Recompute = Callable[[Path], Mapping[str, float]]
KINDS = ("relative", "absolute", "digits")
PLAIN_DIGITS = 3
"""Where the worst figure agrees to fewer, the line says which it is and what it is held to."""
MOST_DIGITS = 15
"""A number in double precision has no more."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number beside ours.

    Attributes
    ----------
    name : str
        What the number is.
    expected, computed : float
        As published, and as this project computes it.
    tolerance : float
        How far apart they may be: a share of the expected, the same unit, or decimals as printed, as ``kind`` says.
    kind : str
        ``relative``, ``absolute`` or ``digits``.
    """

    name: str
    expected: float
    computed: float
    tolerance: float
    kind: str

    @property
    def agrees(self) -> bool:
        """Whether both are the same within the tolerance; a number that could not be computed is not."""
        if math.isnan(self.computed):
            return False
        if math.isinf(self.expected) or math.isinf(self.computed):
            return self.expected == self.computed
        allowed = {
            "relative": self.tolerance * abs(self.expected),
            "absolute": self.tolerance,
            "digits": 0.5000001 * 10 ** (-self.tolerance),
        }
        return abs(self.computed - self.expected) <= allowed[self.kind]

    @property
    def digits(self) -> float:
        """Significant digits on which both agree, 15 at most; 0 where not even the first is the same."""
        if self.expected == self.computed:
            return MOST_DIGITS
        if not (math.isfinite(self.expected) and math.isfinite(self.computed)):
            return 0.0
        apart = abs(self.computed - self.expected) / (abs(self.expected) or 1.0)
        return min(MOST_DIGITS, max(0.0, -math.log10(apart)))


@dataclass(frozen=True, slots=True)
class Case:
    """A reference case, mostly a published example, with its figures and where they are from."""

    id: str
    title: str
    method: str
    source: str
    licence: str
    strength: str
    figures: tuple[Figure, ...]

    @property
    def agreeing(self) -> int:
        """How many figures agree."""
        return sum(figure.agrees for figure in self.figures)

    @property
    def worst(self) -> Figure | None:
        """The figure that agrees to the fewest digits."""
        return min(self.figures, key=lambda figure: figure.digits, default=None)

    @property
    def digits(self) -> float:
        """Digits of the figure that agrees worst."""
        return 0.0 if self.worst is None else self.worst.digits


@dataclass(frozen=True, slots=True)
class Certificate:
    """Every case recomputed."""

    cases: tuple[Case, ...]

    @property
    def figures(self) -> int:
        """How many figures there are."""
        return sum(len(case.figures) for case in self.cases)

    @property
    def agreeing(self) -> int:
        """How many figures agree within their tolerance."""
        return sum(case.agreeing for case in self.cases)

    @property
    def summary(self) -> str:
        """One sentence for a page: how many figures come out the same; empty without any."""
        if not self.figures:
            return ""
        wrong = [case.id for case in self.cases if case.agreeing < len(case.figures)]
        known = f"{self.agreeing:,} of {self.figures:,} figures in {len(self.cases)} reference cases"
        return f"{known} come out the same" + (f"; not all of {', '.join(wrong)}" if wrong else "")

    def table(self) -> Iterator[tuple[str, ...]]:
        """The certificate as rows of text, the header first: a case a row, with its source."""
        yield "case", "title", "method", "figures", "agreeing", "digits_of_the_worst", "source", "licence"
        for case in self.cases:
            yield (
                case.id, case.title, case.method, str(len(case.figures)), str(case.agreeing), f"{case.digits:.1f}",
                case.source, case.licence,
            )  # fmt: skip

    def lines(self, *, every: bool = False) -> Iterator[str]:
        """The certificate as text: a line a case, and a line a figure where asked or where one does not agree."""
        for case in self.cases:
            agreed = f"{case.id}: {case.agreeing} of {len(case.figures)} figures agree"
            yield f"{agreed}, worst to {case.digits:.1f} digits{_worst(case)}"
            for figure in case.figures:
                if every or not figure.agrees:
                    word = "" if figure.agrees else "  DOES NOT AGREE"
                    yield (
                        f"    {figure.name}: expected {figure.expected:.10g}, computed {figure.computed:.10g}, "
                        f"{figure.digits:.1f} digits{word}"
                    )
        yield f"{self.agreeing:,} of {self.figures:,} figures agree, in {len(self.cases)} cases"


def _worst(case: Case) -> str:
    """The figure that agrees worst and how far apart it may be, where that is not obvious from the digits."""
    figure = case.worst
    if figure is None or figure.digits >= PLAIN_DIGITS:
        return ""
    allowed = {"relative": "{:g} of it", "absolute": "{:g}", "digits": "{:g} decimals, as printed"}[
        figure.kind
    ]
    return (
        f" ({figure.name}: {figure.expected:.6g} there, {figure.computed:.6g} here; allowed "
        f"{allowed.format(figure.tolerance)})"
    )


def certificate(root: Path, only: Sequence[str] = ()) -> Certificate:
    """Recompute the published answers in ``data/validation``.

    Parameters
    ----------
    root : Path
        The project's folder.
    only : sequence of str, optional
        Beginnings of case names, such as ``P01``; all when none are given.

    Raises
    ------
    UsageError
        If no case begins so.
    DataError
        If a case lacks a file, or names a figure that is not computed, or is computed and not named.
    """
    known = recomputations()
    folder = root / "data" / "validation"
    there = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    for asked in only:
        if not any(name.startswith(asked) for name in there):
            raise UsageError(f"there is no case '{asked}'; cases are {one_of(there)}")
    chosen = [name for name in there if not only or any(name.startswith(asked) for asked in only)]
    if missing := [name for name in chosen if name not in known]:
        raise DataError(f"data/validation/{missing[0]}: nothing in onroll.validation recomputes it")
    return Certificate(tuple(_case(folder / name, known[name]) for name in chosen))


def recomputations() -> Mapping[str, Recompute]:
    """What recomputes each case, from every module of the room that has ``CASES``."""
    found: dict[str, Recompute] = {}
    for module in pkgutil.iter_modules(cases_of.__path__):
        found |= getattr(importlib.import_module(f"{cases_of.__name__}.{module.name}"), "CASES", {})
    return MappingProxyType(found)


def _case(folder: Path, recompute: Recompute) -> Case:
    card = _card(folder / "case.yaml")
    (kind, usual), computed = _tolerance(card, folder.name), recompute(folder)
    rows = _expected(folder / "expected.csv")
    if apart := {row["figure"] for row in rows} ^ set(computed):
        raise DataError(
            f"data/validation/{folder.name}: {sorted(apart)[0]!r} is either expected and not computed or computed and "
            "not expected; expected.csv and onroll.validation must name the same figures"
        )
    figures = tuple(
        Figure(
            row["figure"], float(row["expected"]), float(computed[row["figure"]]),
            float(row["tolerance"] or usual), kind,
        )
        for row in rows
    )  # fmt: skip
    said = {
        key: " ".join(str(card[key]).split()) for key in ("title", "method", "source", "licence", "strength")
    }
    return Case(id=folder.name, figures=figures, **said)


def _card(path: Path) -> Mapping[str, Any]:
    try:
        card = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {key: card[key] for key in ("title", "method", "source", "licence", "strength", "tolerance")}
    except (OSError, KeyError, TypeError, yaml.YAMLError) as wrong:
        raise DataError(f"{_place(path)}: {wrong}; restore it from git") from wrong


def _expected(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return [
            {"figure": row["figure"], "expected": row["value"], "tolerance": row["tolerance"]} for row in rows
        ]
    except (OSError, KeyError) as wrong:
        raise DataError(f"{_place(path)}: {wrong}; restore it from git") from wrong


def _tolerance(card: Mapping[str, Any], name: str) -> tuple[str, float]:
    given = card["tolerance"]
    if not isinstance(given, Mapping) or len(given) != 1 or next(iter(given)) not in KINDS:
        raise DataError(
            f"data/validation/{name}/case.yaml: tolerance is {given!r}; give one of {one_of(KINDS)}"
        )
    kind, value = next(iter(given.items()))
    return str(kind), float(value)


def _place(path: Path) -> str:
    return "/".join(path.parts[-4:])
