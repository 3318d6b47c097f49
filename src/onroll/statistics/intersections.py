"""MAIHDA: how far pupils in intersections of groups differ, and how much of it no single group explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onroll.statistics._cell_rows import sums
from onroll.statistics._inputs import (
    FloatArray,
    counts,
    normal_quantile,
    numbers,
    of_kind,
    open_share,
    refuse,
)
from onroll.statistics._labels import labels
from onroll.statistics._mixed_edges import FAR_APART
from onroll.statistics._strata_predicted import predicted
from onroll.statistics.design_matrix import Design, Factor, Measure, Part, design_matrix
from onroll.statistics.mixed import NO_VARIANCE, MixedModel, crossed_intercepts, random_intercept

NO_NULL_VARIANCE = "strata do not differ in the null model: there is no share to explain"
MAIN_EFFECTS_EXPLAIN_ALL = "the main effects leave no variance between strata"


@dataclass(frozen=True, slots=True, eq=False)
class Maihda:
    """Intersections of groups as strata: how much they differ, how much is left beside the main effects.

    Attributes
    ----------
    estimate, lower, upper : float
        Share of the variance (log odds) that is between strata in the null model (VPC), from profile limits.
    confidence : float
        Coverage asked of each interval.
    method : str
        How intercepts were integrated out.
    pcv : float
        Proportional change in variance: what part of the null model's variance between strata the main
        effects take away. ``nan`` where there is none; below 0 where they add to it.
    null, main : MixedModel
        Without and with main effects.
    strata : ndarray of int, shape (strata, dimensions)
        Codes of each stratum.
    labels : tuple of str
        What the strata are called.
    pupils, events : ndarray, shape (strata,)
        Counts.
    probability, probability_lower, probability_upper : ndarray, shape (strata,)
        Predicted by main effects and the stratum's own intercept, averaged over its pupils.
    main_probability : ndarray, shape (strata,)
        Predicted by main effects alone.
    effect, effect_lower, effect_upper : ndarray, shape (strata,)
        The stratum's own intercept in log odds, drawn in to 0: what is beyond the sum of main effects.
    note : str
        Said of a variance that is 0, or above 10.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: str
    pcv: float
    null: MixedModel
    main: MixedModel
    strata: NDArray[np.intp]
    labels: tuple[str, ...]
    pupils: FloatArray
    events: FloatArray
    probability: FloatArray
    probability_lower: FloatArray
    probability_upper: FloatArray
    main_probability: FloatArray
    effect: FloatArray
    effect_lower: FloatArray
    effect_upper: FloatArray
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Cells added up to strata, covariates and schools."""

    events: FloatArray
    pupils: FloatArray
    dimensions: tuple[Factor, ...]
    covariates: tuple[Part, ...]
    stratum: NDArray[np.intp]
    school: NDArray[np.intp] | None
    strata: NDArray[np.intp]


def maihda(
    events: ArrayLike,
    pupils: ArrayLike,
    dimensions: Sequence[Factor],
    *,
    covariates: Sequence[Part] = (),
    school: ArrayLike | None = None,
    nodes: int = 15,
    confidence: float = 0.95,
) -> Maihda:
    """Analyse individual heterogeneity between intersections, from cells of pupils.

    Every combination of the dimensions that occurs is a stratum with a random intercept. The null model has
    nothing else; the second has the main effect of each dimension. Real likelihood, so 0 is a possible answer.

    Parameters
    ----------
    events, pupils : array_like, shape (cells,)
        Pupils with the event, and all: whole numbers, each pupil counted once.
    dimensions : sequence of Factor
        Two or more, such as ethnicity, sex and need.
    covariates : sequence of Factor and Measure, default ()
        In both models, such as the year group.
    school : array_like, shape (cells,), optional
        Schools as a crossed random intercept; both models are then by Laplace's approximation and ``method``
        says so.
    nodes : int, default 15
        Nodes of the quadrature; not used with schools.
    confidence : float, default 0.95
        Coverage, strictly between 0 and 1.

    Returns
    -------
    Maihda
        ``pcv`` is 1 where main effects leave no variance; ``nan``, with a note, where strata do not differ at all.

    Raises
    ------
    ValueError
        If there are fewer than two dimensions or strata, or as ``mixed.random_intercept`` does.

    Notes
    -----
    A small variance beside main effects does not say that no stratum is treated worse, only that being in two
    groups adds up (in log odds) to about the sum. Strata are few, so limits are wide: look at them. The PCV has
    no limits of its own here; those of both variances tell how sure it is.

    References
    ----------
    Evans, Williams, Onnela and Subramanian (2018), Social Science and Medicine 203, 64-73; Merlo (2018), ibid.
    74-80; Goldstein, Browne and Rasbash (2002), Understanding Statistics 1, 223-231 (latent scale).
    data/validation/P12_mixed_logit_maihda, tests/reference/mixed_models.R: R 4.2.2, lme4.

    Examples
    --------
    >>> sex, need = Factor("sex", [0, 0, 0, 1, 1, 1]), Factor("need", [0, 1, 2, 0, 1, 2])
    >>> found = maihda([4, 9, 30, 8, 14, 25], [200, 150, 140, 210, 90, 60], [sex, need])
    >>> round(found.estimate, 3), round(found.pcv, 3), found.note
    (0.296, 1.0, 'the main effects leave no variance between strata')
    """
    if not isinstance(dimensions, Sequence):
        raise ValueError(f"dimensions are {dimensions!r}; give a list of two or more Factors")
    if len(dimensions) < 2:
        raise ValueError(f"dimensions are {len(dimensions)}; an intersection needs two or more")
    level = open_share("confidence", confidence)
    cells = _added_up(events, pupils, dimensions, covariates, school)
    plain = design_matrix(cells.covariates, cells=cells.pupils.size)
    full = design_matrix([*cells.dimensions, *cells.covariates])
    null, main = (_fitted(cells, design, nodes, level) for design in (plain, full))
    vpc = null.vpc()
    found = predicted(main.fit, full.columns, cells.pupils, cells.stratum, normal_quantile(level))
    many = len(cells.strata)
    return Maihda(
        estimate=vpc[0],
        lower=vpc[1],
        upper=vpc[2],
        confidence=level,
        method=main.method,
        pcv=_change(float(null.estimate[0]), float(main.estimate[0])),
        null=null,
        main=main,
        strata=cells.strata,
        labels=tuple(_label(dimensions, codes) for codes in cells.strata),
        pupils=sums(cells.stratum, cells.pupils, many),
        events=sums(cells.stratum, cells.events, many),
        probability=found.total,
        probability_lower=found.lower,
        probability_upper=found.upper,
        main_probability=found.fixed,
        effect=main.effect[0],
        effect_lower=main.effect_lower[0],
        effect_upper=main.effect_upper[0],
        note=_note(null, main),
    )


def _added_up(
    events: ArrayLike,
    pupils: ArrayLike,
    dimensions: Sequence[Factor],
    covariates: Sequence[Part],
    school: ArrayLike | None,
) -> _Cells:
    """Add up cells that no part of the model tells apart."""
    k, n = counts("events", events), counts("pupils", pupils)
    for at, dimension in enumerate(dimensions):
        of_kind(f"dimensions[{at}]", dimension, Factor, "a Factor")
    if isinstance(covariates, str) or not isinstance(covariates, Sequence):
        raise ValueError(f"covariates are {covariates!r}; give a list of Factors and Measures")
    for at, part in enumerate(covariates):
        of_kind(f"covariates[{at}]", part, Factor | Measure, "a Factor or a Measure")  # type: ignore[arg-type]
    parts = [part.whole() for part in dimensions]
    others = [
        part.whole() if isinstance(part, Factor) else numbers(part.name, part.values) for part in covariates
    ]
    schools = [] if school is None else [np.unique(labels("school", school, n.shape), return_inverse=True)[1]]
    columns = [*parts, *others, *schools]
    for name, array in zip(
        ["pupils", *(f"part {at + 1}" for at in range(len(columns)))], [n, *columns], strict=True
    ):
        if array.shape != k.shape or k.ndim != 1:
            raise ValueError(
                f"events have shape {k.shape}, {name} {array.shape}; give one of each for a cell"
            )
    refuse("events", k, k > n, "events cannot pass pupils: count each pupil once")
    key = np.column_stack(columns)[n > 0]
    rows, ids = np.unique(key, axis=0, return_inverse=True)
    strata, stratum = np.unique(rows[:, : len(parts)].astype(np.intp), axis=0, return_inverse=True)
    if len(strata) < 2:
        raise ValueError("all pupils are in one stratum; there is nothing to compare")
    kinds = len(parts)
    made = tuple(
        Factor(part.name, rows[:, at], part.reference, part.labels)
        if isinstance(part, Factor)
        else Measure(part.name, rows[:, at])
        for at, part in enumerate([*dimensions, *covariates])
    )
    return _Cells(
        events=sums(ids.ravel(), k[n > 0], len(rows)),
        pupils=sums(ids.ravel(), n[n > 0], len(rows)),
        dimensions=tuple(part for part in made[:kinds] if isinstance(part, Factor)),
        covariates=made[kinds:],
        stratum=np.asarray(stratum.ravel(), dtype=np.intp),
        school=rows[:, -1].astype(np.intp) if schools else None,
        strata=strata,
    )


def _fitted(cells: _Cells, design: Design, nodes: int, confidence: float) -> MixedModel:
    if cells.school is None:
        return random_intercept(
            cells.events, cells.pupils, design, cells.stratum, nodes=nodes, confidence=confidence
        )
    return crossed_intercepts(
        cells.events, cells.pupils, design, cells.stratum, cells.school, confidence=confidence
    )


def _change(null: float, main: float) -> float:
    return float("nan") if null == 0 else 1.0 - main / null


def _label(dimensions: Sequence[Factor], codes: NDArray[np.intp]) -> str:
    return ", ".join(part.label(int(code)) for part, code in zip(dimensions, codes, strict=True))


def _note(null: MixedModel, main: MixedModel) -> str:
    """Say of a variance that is 0 what it means."""
    if null.estimate[0] == 0:
        return NO_NULL_VARIANCE
    if main.note[0] == NO_VARIANCE:
        return MAIN_EFFECTS_EXPLAIN_ALL
    return FAR_APART if FAR_APART in (*null.note, *main.note) else ""
