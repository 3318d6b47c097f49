"""Factors and measures turned into the columns of a model: one column a level, less the reference level's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._inputs import FloatArray, numbers, of_kind, whole
from onroll.statistics._labels import lists_of_names
from onroll.statistics._labels import names as words

CONSTANT = "constant"
JOINED = " and "


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A kind of which every cell has one level. The levels that occur are found; the reference must be one.

    Attributes
    ----------
    name : str
        What it is called in the names of columns.
    codes : array_like, shape (cells,)
        Whole numbers, one a cell.
    reference : int
        The code that others are set against.
    labels : sequence of str, optional
        What codes 0, 1, 2 .. are called; codes themselves when left out.
    """

    name: str
    codes: ArrayLike
    reference: int = 0
    labels: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Keep codes of our own, so that what happens later to those given changes nothing."""
        object.__setattr__(self, "codes", _kept(self.codes))

    def whole(self) -> NDArray[np.intp]:
        """Give the codes as whole numbers, checked."""
        array = numbers(self.name, self.codes)
        if array.ndim != 1 or array.size == 0 or np.any(array != np.floor(array)):
            raise ValueError(f"{self.name} has shape {array.shape}; give one whole number for each cell")
        codes = array.astype(np.intp)
        if not np.any(codes == self.reference):
            raise ValueError(
                f"{self.name} has no cell at its reference {self.reference}; it has "
                f"{', '.join(str(one) for one in np.unique(codes)[:12])}: choose one of them"
            )
        if self.labels is not None and not 0 <= codes.min() <= codes.max() < len(self._labels()):
            raise ValueError(
                f"{self.name} has codes {codes.min()} to {codes.max()} and {len(self.labels)} labels; "
                "labels name the codes 0, 1, 2 ..: give one for each"
            )
        return codes

    def levels(self) -> list[int]:
        """List the codes that occur, the reference first."""
        found = [int(one) for one in np.unique(self.whole())]
        return [self.reference, *(one for one in found if one != self.reference)]

    def label(self, code: int) -> str:
        """Say what a code is called."""
        return str(code) if self.labels is None else self._labels()[code]

    def _labels(self) -> tuple[str, ...]:
        """Labels as words, checked."""
        many = len(self.labels) if isinstance(self.labels, Sized) else 0
        return words(f"labels of {self.name}", self.labels, many, "codes")


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A number that every cell has, such as a year or a share; one column."""

    name: str
    values: ArrayLike

    def __post_init__(self) -> None:
        """Keep values of our own, so that what happens later to those given changes nothing."""
        object.__setattr__(self, "values", _kept(self.values))


Part = Factor | Measure


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns of a model, and what they were made of.

    Attributes
    ----------
    columns : ndarray, shape (cells, columns)
        The constant first, where there is one.
    names : tuple of str
        ``constant``, ``name: level`` of a factor, the name of a measure, joined by "and" for interactions.
    parts : tuple of Factor and Measure
        As given.
    interactions : tuple of tuple of str
        As given.
    constant : bool
        Whether there is a column of ones.
    """

    columns: FloatArray
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    interactions: tuple[tuple[str, ...], ...]
    constant: bool

    def factor(self, name: str) -> Factor:
        """Find a factor by its name."""
        for part in self.parts:
            if part.name == name and isinstance(part, Factor):
                return part
        known = ", ".join(part.name for part in self.parts if isinstance(part, Factor)) or "none"
        raise ValueError(f"factor is {name!r}; the design has {known}")

    def at(self, name: str, code: int) -> FloatArray:
        """Give the columns as they would be if every cell had this level of a factor."""
        factor = self.factor(name)
        if code not in factor.levels():
            known = ", ".join(str(one) for one in factor.levels()[:12])
            raise ValueError(f"code is {code!r}; {name} has the levels {known}: choose one of them")
        return self._with(factor, np.full(factor.whole().shape, code, dtype=np.intp))

    def _with(self, factor: Factor, codes: NDArray[np.intp]) -> FloatArray:
        made: dict[str, list[tuple[str, FloatArray]]] = {
            part.name: _columns(part, codes if part is factor else None) for part in self.parts
        }
        return _stacked(made, self.interactions, self.constant, codes.size)[1]


def design_matrix(
    parts: Sequence[Part],
    *,
    interactions: Sequence[Sequence[str]] = (),
    constant: bool = True,
    cells: int | None = None,
) -> Design:
    """Turn factors and measures into columns, each factor against its reference level.

    A factor with k levels becomes k - 1 columns of 0 and 1; an interaction the products of its parts' columns.
    Factors carry integer codes: what the codes mean is known elsewhere.

    Parameters
    ----------
    parts : sequence of Factor and Measure
        Names must differ. Empty for a constant alone.
    interactions : sequence of sequence of str, default ()
        Names of two parts or more whose products are wanted, such as ``[("ethnicity", "sex")]``.
    constant : bool, default True
        Whether the first column is of ones.
    cells : int, optional
        How many cells; needed where ``parts`` is empty.

    Returns
    -------
    Design
        A factor with one level only has no column.

    Raises
    ------
    ValueError
        If names are the same, shapes differ, codes are no whole numbers, a reference does not occur, or an
        interaction names what is no part.

    Examples
    --------
    >>> made = design_matrix([Factor("need", [0, 1, 2, 0], labels=("none", "support", "plan"))])
    >>> made.names
    ('constant', 'need: support', 'need: plan')
    >>> made.columns.tolist()
    [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    parts = _parts(parts)
    known = [part.name for part in parts]
    if len(set(known)) < len(known):
        raise ValueError(f"parts are called {', '.join(known)}; give each a name of its own")
    crossed = lists_of_names("interactions", interactions)
    for one in crossed:
        if len(one) < 2 or not set(one) <= set(known) or len(set(one)) < len(one):
            raise ValueError(f"interaction is {one}; name two or more of {', '.join(known)}")
    made = {part.name: _columns(part, None) for part in parts}
    sizes = {name: columns[0][1].size for name, columns in made.items() if columns}
    sizes |= {part.name: part.whole().size for part in parts if isinstance(part, Factor)}
    if cells is not None:
        sizes["cells"] = whole("cells", cells, 1)
    if len(set(sizes.values())) != 1:
        raise ValueError(f"parts have {sizes or 'no'} cells; give one number of cells for all")
    names, columns = _stacked(made, crossed, constant, next(iter(sizes.values())))
    columns.setflags(write=False)
    return Design(columns, names, tuple(parts), crossed, constant)


def plain_design(columns: ArrayLike, names: Sequence[str] | None = None, *, constant: bool = True) -> Design:
    """Take columns that are ready, such as shares and dummies of years, as a design.

    Nothing is changed but for the constant, which is put first.

    Parameters
    ----------
    columns : array_like, shape (cells, columns) or (cells,)
        Numbers, without a constant.
    names : sequence of str, optional
        One a column; ``x1, x2 ..`` when left out.
    constant : bool, default True
        Whether a column of ones is put first.

    Returns
    -------
    Design

    Raises
    ------
    ValueError
        If the shape or the number of names does not fit.

    Examples
    --------
    >>> plain_design([0.5, 1.5], ["share"]).names
    ('constant', 'share')
    """
    x = numbers("columns", columns)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.size == 0:
        raise ValueError(f"columns have shape {x.shape}; give cells by columns, one of each or more")
    numbered = tuple(f"x{at}" for at in range(1, x.shape[1] + 1))
    named = numbered if names is None else words("names", names, x.shape[1], "columns")
    made = design_matrix(
        [Measure(name, x[:, at]) for at, name in enumerate(named)], constant=constant, cells=x.shape[0]
    )
    return replace(made, parts=())


def given_design(design: object) -> Design:
    """A design; raise where it is something else."""
    return of_kind("design", design, Design, "what design_matrix or plain_design gave")


def _parts(parts: object) -> tuple[Part, ...]:
    """Factors and measures, each with a name; raise where one is something else."""
    found = tuple(parts) if isinstance(parts, Iterable) and not isinstance(parts, str) else (parts,)
    for at, part in enumerate(found):
        of_kind(f"parts[{at}]", part, Factor | Measure, "a Factor or a Measure")  # type: ignore[arg-type]
        of_kind(f"name of parts[{at}]", part.name, str, "a word")
    return found


def _kept(given: ArrayLike) -> ArrayLike:
    """An array of our own that cannot be written to; what is none stays as it is, to be refused when it is used."""
    try:
        own = np.array(given)
    except (TypeError, ValueError):
        return given
    own.setflags(write=False)
    return own


def _columns(part: Part, codes: NDArray[np.intp] | None) -> list[tuple[str, FloatArray]]:
    """Names and columns of one part; of other codes than its own where these are given."""
    if isinstance(part, Measure):
        values = numbers(part.name, part.values)
        if values.ndim != 1:
            raise ValueError(f"{part.name} has shape {values.shape}; give one number for each cell")
        return [(part.name, values)]
    own = part.whole() if codes is None else codes
    return [
        (f"{part.name}: {part.label(code)}", (own == code).astype(np.float64)) for code in part.levels()[1:]
    ]


def _stacked(
    made: dict[str, list[tuple[str, FloatArray]]],
    interactions: tuple[tuple[str, ...], ...],
    constant: bool,
    cells: int,
) -> tuple[tuple[str, ...], FloatArray]:
    """All columns side by side with their names."""
    every: list[tuple[str, FloatArray]] = [(CONSTANT, np.ones(cells))] if constant else []
    for columns in made.values():
        every += columns
    for one in interactions:
        for chosen in product(*(made[name] for name in one)):
            name = JOINED.join(part for part, _ in chosen)
            every.append((name, np.prod([column for _, column in chosen], axis=0)))
    if not every:
        raise ValueError("the design has no column; give a part or a constant")
    return tuple(name for name, _ in every), np.column_stack([column for _, column in every])
