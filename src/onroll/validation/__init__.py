"""Published answers recomputed: one module a subject, each a table of cases; ``certificate`` sets them side by side."""

from __future__ import annotations

from onroll.validation.certificate import Case, Certificate, Figure, certificate

__all__ = ["Case", "Certificate", "Figure", "certificate"]
