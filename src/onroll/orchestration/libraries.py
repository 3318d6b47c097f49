"""The libraries that read and run notebooks, brought in without a grammar that takes seconds and nobody asks for.

jsonschema, by which notebooks are checked, builds the grammar of international web addresses (RFC 3987) wherever it
is installed: three seconds in every process. No notebook's schema names such an address.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["DeadKernelError", "PapermillExecutionError", "nbformat", "papermill"]


@contextmanager
def left_out(name: str) -> Iterator[None]:
    """Meanwhile importing this module fails as if it were not installed, unless it had been imported before."""
    is_there = name in sys.modules
    if not is_there:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if not is_there:
            del sys.modules[name]


with left_out("rfc3987_syntax"):
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError
