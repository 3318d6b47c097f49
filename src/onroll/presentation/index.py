"""The way into a run: what there is for the Board, the psychologist, the researcher; and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from onroll.framework import Framework
from onroll.presentation import sentences
from onroll.presentation.closing import departures, foot
from onroll.presentation.facts import Facts
from onroll.presentation.model import Block, Bullets, Document, Heading, Link, Links, Paragraph, text
from onroll.vocabulary import academic_year


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
    board = (
        ()
        if "91_board" in gone
        else (
            Link("report/board.html", "The Board's pages", "Ten minutes: what changed, for whom, how sure."),
        )
    )
    whole = (
        ()
        if "90_appendix_g" in gone
        else (
            Link(
                "report/appendix-g.html", "The evaluation (Appendix G)", "Every objective with its evidence."
            ),
        )
    )
    blocks: list[Block] = [
        *_cards(failed),
        *departures(facts),
        Paragraph(sentences.happened(facts, "suspension_rate"), "lead"),
        Heading("For the Board"), Links(board),
        Heading("For the educational psychologist"),
        Links((*whole, Link("tables.xlsx", "Tables for Excel", "Every table, with notes."),
               Link("objectives.csv", "Objectives", "One row an objective."))),
        Heading("For the researcher"),
        Links((Link("evidence.csv", "Evidence", "Every released finding, one row each."),
               Link("manifest.json", "Manifest", "Inputs, parameters, versions, plan, timings."),
               Link("disclosure.json", "Disclosure", "What was released, under which policy."),
               Link("ro-crate-metadata.json", "RO-Crate", "The run described for archives."))),
        Heading("Notebooks"),
        Paragraph(text("As they ran, to be opened in JupyterLab: onroll workbench.")),
        Links(notebooks),
    ]  # fmt: skip
    subtitle = f"{brief.area}, academic year {academic_year(brief.year)}"
    return Document("index", f"{brief.title}: evaluation", subtitle, tuple(blocks), foot(facts))


def _cards(failed: tuple[Failure, ...]) -> tuple[Block, ...]:
    if not failed:
        return ()
    lines = tuple(text(f"{one.notebook}, {one.cell}: {one.cause}. {one.advice}") for one in failed)
    return (
        Heading("Some notebooks did not finish"),
        Paragraph(text("This run is not whole, so the last good run was left as it is."), "warning"),
        Bullets(lines),
    )
