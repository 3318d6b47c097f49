"""Scales on which a unit's figure scatters alike whatever its level: there, forth, and its standard error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from onroll.statistics._inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """One scale: ``forth`` to it, ``back`` from it, and the standard error there for a unit of some size.

    ``back`` first brings what has passed the end of the scale to that end: a sine or a square would turn it
    round, and a limit below nothing would come back above it.
    """

    forth: Callable[[FloatArray], FloatArray]
    back: Callable[[FloatArray], FloatArray]
    error: Callable[[FloatArray], FloatArray]


def _half_over_root(size: FloatArray) -> FloatArray:
    """One over twice the root: of the arcsine's and of the root's error."""
    return np.asarray(0.5 / np.sqrt(size))


ARCSINE = Scale(
    forth=lambda share: np.arcsin(np.sqrt(share)),
    back=lambda angle: np.sin(np.clip(angle, 0.0, np.pi / 2.0)) ** 2,
    error=_half_over_root,
)
SQUARE_ROOT = Scale(
    forth=np.sqrt,
    back=lambda root: np.maximum(root, 0.0) ** 2,
    error=_half_over_root,
)
LOG = Scale(
    forth=np.log,
    back=lambda log: np.exp(np.minimum(log, 700.0)),
    error=lambda size: np.asarray(1.0 / np.sqrt(size)),
)
SCALES: Mapping[str, Scale] = MappingProxyType({"arcsine": ARCSINE, "square root": SQUARE_ROOT, "log": LOG})
