"""Published answers recomputed: one module a subject, each a table of cases."""
