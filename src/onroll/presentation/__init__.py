"""Presentation: released evidence becomes charts, tables, sentences, documents. No statistic is computed."""
