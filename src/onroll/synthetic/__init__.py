"""A made authority from a seed, with the truth known: no real child, school or family is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onroll.synthetic.authority import Made, make_authority
    from onroll.synthetic.effects import EFFECTS, Effect
    from onroll.synthetic.truth import PlantedDefect, Truth

_WHERE = {
    "EFFECTS": "effects",
    "Effect": "effects",
    "Made": "authority",
    "PlantedDefect": "truth",
    "Truth": "truth",
    "make_authority": "authority",
}
"""Public names by module; imported when first used, so that asking for help loads no library."""

__all__ = ["EFFECTS", "Effect", "Made", "PlantedDefect", "Truth", "make_authority"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _WHERE:
        raise AttributeError(f"onroll.synthetic has no '{name}'; it has {', '.join(__all__)}")
    return getattr(import_module(f"onroll.synthetic.{_WHERE[name]}"), name)
