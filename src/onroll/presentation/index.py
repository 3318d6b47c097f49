"""The way into a run: what there is for the Board, the psychologist, the researcher; and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from onroll.framework import Framework
from onroll.presentation import records, sentences
from onroll.presentation.closing import departures, foot
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Bullets, Document, Heading, Link, Links, Paragraph, text
from onroll.presentation.sentences import register

DOCUMENTS = (
    ("board", "91_board", "year", "board", "The Board's pages", "Ten minutes: what changed, for whom, how sure."),
    ("termly-exclusions", "15_termly_exclusions", "term", "board", "The termly exclusions report",
     "Ten minutes: what happened, which pupils, what is not known, what to decide."),
    ("appendix-g", "90_appendix_g", "year", "psychologist", "The evaluation (Appendix G)",
     "Every objective with its evidence."),
)  # fmt: skip
"""Each document with the notebook that writes it, the occasion, its reader, and its words on this page."""


class Failure(Protocol):
    """Why a notebook is missing: what an error card says."""

    @property
    def notebook(self) -> str:
        """Its id."""

    @property
    def cell(self) -> str:
        """Where it stopped."""

    @property
    def cause(self) -> str:
        """Why."""

    @property
    def advice(self) -> str:
        """What to do."""


def index(framework: Framework, facts: Facts, failures: Iterable[Failure] = ()) -> Document:
    """Compose the index page of a run."""
    brief = facts.brief
    failed = tuple(failures)
    gone = {failure.notebook for failure in failed}
    notebooks = tuple(
        Link(f"notebooks/{one.id}.ipynb", one.title, one.question)
        for one in framework.notebooks
        if one.id not in gone and ("term" if brief.term else "year") in one.occasions
    )
    lead = (
        register.happened(facts, register.SUSPENSIONS)
        if brief.term
        else sentences.happened(facts, "suspension_rate")
    )
    if not lead:
        lead = text(f"No suspensions were counted {records.in_time(facts)}.")
    blocks: list[Block] = [
        *_cards(failed),
        *departures(facts),
        Paragraph(lead, "lead"),
        Heading("For the Board"), Links(_documents(facts, "board", gone)),
        Heading("For the educational psychologist"),
        Links((*_documents(facts, "psychologist", gone), Link("tables.xlsx", "Tables for Excel", "Every table, with notes."),
               Link("objectives.csv", "Objectives", "One row an objective."))),
        Heading("For the researcher"),
        Links((Link("evidence.csv", "Evidence", "Every released finding, one row each."),
               Link("manifest.json", "Manifest", "Inputs, parameters, versions, plan, timings."),
               Link("certificate.csv", "Certificate", "Published answers that the statistics give again."),
               Link("disclosure.json", "Disclosure", "What was released, under which policy."),
               Link("ro-crate-metadata.json", "RO-Crate", "The run described for archives."))),
        Heading("Notebooks"),
        Paragraph(text("As they ran, to be opened in JupyterLab: onroll workbench.")),
        Links(notebooks),
    ]  # fmt: skip
    period = f"{brief.period[0].upper()}{brief.period[1:]}" if brief.term else f"academic year {brief.period}"
    what = "termly report" if brief.term else "evaluation"
    return Document("index", f"{brief.title}: {what}", f"{brief.area}, {period}", tuple(blocks), foot(facts))


def _documents(facts: Facts, reader: str, gone: set[str]) -> tuple[Link, ...]:
    """The documents of this run for a reader, without those whose notebook did not finish."""
    occasion = "term" if facts.brief.term else "year"
    return tuple(
        Link(f"report/{name}.html", words, note)
        for name, notebook, when, whom, words, note in DOCUMENTS
        if when == occasion and whom == reader and notebook not in gone
    )


def _cards(failed: tuple[Failure, ...]) -> tuple[Block, ...]:
    if not failed:
        return ()
    lines = tuple(text(f"{one.notebook}, {one.cell}: {one.cause}. {one.advice}") for one in failed)
    return (
        Heading("Some notebooks did not finish"),
        Paragraph(text("This run is not whole, so the last good run was left as it is."), "warning"),
        Bullets(lines),
    )
