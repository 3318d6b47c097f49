"""What goes into Das Gupta's decomposition, checked: factors, their errors, the rate they make, the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from onroll.statistics._inputs import FloatArray, figures, numbers, of_kind, of_shape, refuse, whole

Rate = Callable[[Mapping[str, FloatArray]], FloatArray]
MOST_FACTORS = 10


def reference_at(name: str, reference: int, populations: int) -> None:
    """Raise unless there are two populations or more and the reference is one of them."""
    if populations < 2:
        raise ValueError(f"populations are {populations}; give two or more, a difference needs them")
    whole(name, reference, 0, populations - 1, otherwise=": populations are numbered from 0")


def checked(rate: Rate) -> Rate:
    """The rate asked for, refused where it is no finite number of the shape of its factors, less strata."""
    if not callable(rate):
        raise ValueError(f"rate is {rate!r}; give a function of the factors, or leave it out")

    def looked_at(x: Mapping[str, FloatArray]) -> FloatArray:
        """The same, looked at."""
        with np.errstate(all="ignore"):
            found = figures("rate", rate(x))
        shape = np.broadcast_shapes(*(value.shape[:-1] for value in x.values()))
        found = of_shape("what rate gives for factors of that shape by strata", found, shape)
        wrong = ~np.isfinite(found)
        if wrong.any():
            raise ValueError(
                f"rate gives {found[wrong][0]:g} when factors of one population stand beside those of another; "
                "each factor must allow each other's values: look for what is divided by 0"
            )
        return found

    return looked_at


def aligned(factors: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    """Factors as (populations, strata), of one shape."""
    of_kind("factors", factors, Mapping, "a mapping of names to figures")  # type: ignore[type-abstract]
    if not 1 <= len(factors) <= MOST_FACTORS:
        raise ValueError(f"factors are {len(factors)}; give 1 to {MOST_FACTORS}")
    values = {name: numbers(name, value) for name, value in factors.items()}
    values = {name: value[:, None] if value.ndim == 1 else value for name, value in values.items()}
    if len({value.shape for value in values.values()}) > 1 or any(v.ndim != 2 for v in values.values()):
        shapes = ", ".join(f"{name} {value.shape}" for name, value in values.items())
        raise ValueError(f"factors have shapes {shapes}; give all the same populations by strata")
    return values


def errors_of(errors: Mapping[str, ArrayLike], values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Standard errors, each of the shape of its factor."""
    of_kind("errors", errors, Mapping, "a mapping of names to errors")  # type: ignore[type-abstract]
    found = {}
    for name, value in errors.items():
        if name not in values:
            raise ValueError(f"errors has {name!r}; the factors are {', '.join(values)}")
        error = numbers(f"errors of {name}", value)
        error = error[:, None] if error.ndim == 1 else error
        refuse(f"errors of {name}", error, error < 0, "give standard errors of 0 or more")
        found[name] = of_shape(f"errors of {name}", error, values[name].shape)
    return found
