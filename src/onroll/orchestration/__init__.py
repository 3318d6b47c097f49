"""Orchestration: notebooks in order and in parallel, each within its limits. Knows nothing of evidence."""
