"""Evidence for an inclusion strategy: does it work, and for whom does it not."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onroll import statistics
    from onroll.evaluation import evaluate, examine
    from onroll.runs import Run

__version__ = "0.1.0"
_WHERE = {
    "evaluate": "onroll.evaluation",
    "examine": "onroll.evaluation",
    "Run": "onroll.runs",
    "compare": "onroll.comparison",
    "statistics": "",
}
"""Public names and the room each lives in; imported when first used, so that ``import onroll`` is quick."""

__all__ = ["Run", "__version__", "compare", "evaluate", "examine", "statistics"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"onroll has no '{name}'; it has {', '.join(__all__)}")
    if not _WHERE[name]:
        return import_module(f"onroll.{name}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
