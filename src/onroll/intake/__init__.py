"""Intake: what we receive, made checked tidy tables. It refuses or reports, it never repairs in silence."""
