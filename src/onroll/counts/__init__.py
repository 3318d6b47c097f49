"""Counts: tidy tables become cells (events, pupils on roll, by group and period). No inference here."""
