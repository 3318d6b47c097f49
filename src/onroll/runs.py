"""A run: released evidence that can be asked, drawn, said and written, by hand or inside a notebook."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from onroll.disclosure import Released
from onroll.disclosure.door import reopened
from onroll.errors import DataError, UsageError, did_you_mean, one_of
from onroll.framework import Framework, load
from onroll.intake.masking import mask
from onroll.presentation import charts, tables
from onroll.presentation.catalogue import TABLES, TOPICS, Asked
from onroll.presentation.closing import from_the_plan
from onroll.presentation.documents import document
from onroll.presentation.drawing import Chart
from onroll.presentation.facts import Bound, Brief, Facts
from onroll.presentation.html import fragment, page, style
from onroll.presentation.model import Block, Document, Heading, Paragraph, Table, plain, text
from onroll.presentation.objectives import objectives_table
from onroll.presentation.quality import Quality
from onroll.presentation.quality import reopened as reopened_quality
from onroll.presentation.record_tables import source
from onroll.presentation.records import HIDDEN
from onroll.project import Project
from onroll.run_files import read_evidence, write_figure, write_whole
from onroll.study import Study
from onroll.vocabulary import PUBLISHED, time_period


@dataclass(frozen=True)
class Shown:
    """Blocks as a notebook shows them: the project's own accessible HTML, and plain words beside it."""

    blocks: tuple[Block, ...]
    words: str

    def _repr_html_(self) -> str:
        inside = "".join(fragment(block) for block in self.blocks)
        return f'<style>@scope (.onroll) {{ {style()} }}</style><div class="onroll">{inside}</div>'

    def __repr__(self) -> str:
        return self.words


class Run:
    """Released evidence of one year, with the questions a reader asks of it.

    Attributes
    ----------
    id : str
        The year and the first digits of the fingerprint of all that went in.
    year : str
        The time period, ``202324``.
    folder : Path or None
        Where the run is written; None while it is only looked at.
    facts : Facts
        The released evidence as pages ask for it.
    quality : Quality
        What was received and how good it is.
    """

    def __init__(
        self,
        framework: Framework,
        released: Released,
        brief: Brief,
        folder: Path | None = None,
        quality: Quality | None = None,
    ) -> None:
        self._framework, self.facts = framework, Facts(released, brief)
        self._documents: dict[str, Document] = {}
        self.quality = quality or Quality()
        self._asked = Asked(framework, self.facts, self.quality)
        self.id, self.year, self.folder = brief.run, brief.year, folder

    def __repr__(self) -> str:
        brief, rows = self.facts.brief, len(self.facts.frame)
        held = int((self.facts.frame["symbol"] == HIDDEN).sum())
        also = f", and {held:,} withheld" if held else ""
        return f"Run {self.id}: {brief.area}, {brief.period}, {rows - held:,} released rows{also}"

    def _repr_html_(self) -> str:
        """The run as a notebook shows it: what it is, and where it departs from the analysis plan."""
        return Shown((Paragraph(text(repr(self))), *from_the_plan(self.facts)), "")._repr_html_()

    def evidence(self, objective: str = "", **about: str) -> pd.DataFrame:
        """Released findings, all or those whose columns have these values.

        Raises
        ------
        UsageError
            If the strategy has no such objective, or evidence no such column.
        """
        frame = self.facts.frame
        if objective:
            about["objective"] = self._framework.objective(objective).id
        for column in about:
            if column not in frame.columns:
                raise UsageError(
                    f"evidence has no column '{column}'; its columns are {one_of(frame.columns)}"
                )
        if "time_period" in about:
            about["time_period"] = time_period(about["time_period"])
        return self.facts.where(**about)

    def objectives(self) -> pd.DataFrame:
        """Every objective of the strategy: evidence rows, rating, strength, what is missing."""
        return objectives_table(self._framework, self.facts)

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the charts that this run has evidence for."""
        return charts.available(self.facts)

    def figure(self, name: str) -> Chart:
        """A chart as a matplotlib figure with ``.alt``, its alternative text, and ``.numbers``, what is drawn."""
        return charts.chart(self.facts, name)

    def show(self, name: str) -> Shown:
        """A chart as it stands in the report, its numbers beside it; written when the run has a folder.

        Where the year has nothing to draw, a line says so in its place.
        """
        if name in charts.NAMES and name not in self.figures:
            words = text("No chart: nothing was received, or nothing can be computed, for it in this year.")
            return Shown((Paragraph(words),), plain(words))
        drawn = self.figure(name)
        if self.folder is not None:
            write_figure(drawn, self.folder / "figures")
        return Shown((tables.picture(drawn),), f"{drawn.title}\n{drawn.alt}")

    def table(self, name: str) -> Shown:
        """A table as it stands in the report."""
        if name not in TABLES:
            raise UsageError(
                f"no table is called '{name}'; tables are {one_of(TABLES)}.{did_you_mean(name, TABLES)}"
            )
        blocks = TABLES[name](self._asked)
        return Shown(blocks, "\n".join(block.caption for block in blocks if isinstance(block, Table)))

    def say(self, topic: str) -> Shown:
        """What the numbers say about a topic, in sentences."""
        if topic not in TOPICS:
            raise UsageError(
                f"no topic is called '{topic}'; topics are {one_of(TOPICS)}.{did_you_mean(topic, TOPICS)}"
            )
        said = TOPICS[topic](self._asked) or [text("Nothing was received about this for the year.")]
        words = "\n".join(plain(line) for line in said)
        rows = [part.row for line in said for part in line if isinstance(part, Bound)]
        sources = (Paragraph(text(source(self.facts, rows)), "source"),) if rows else ()
        return Shown((*(Paragraph(line) for line in said), *sources), words)

    def document(self, name: str) -> Document:
        """A document of the run, composed once: ``appendix-g``, ``board`` or ``termly-exclusions``."""
        if name not in self._documents:
            self._documents[name] = document(self._framework, self.facts, name, self.quality)
        return self._documents[name]

    def publish(self, name: str) -> Shown:
        """A document as it will be read; written as HTML when the run has a folder."""
        composed = self.document(name)
        if self.folder is not None:
            write_whole(self.folder / "report" / f"{name}.html", page(composed).encode())
        return Shown(
            (Heading(composed.title), Paragraph(text(composed.subtitle)), *composed.blocks), composed.title
        )


def brief_of(study: Study, run: str, made: str) -> Brief:
    """What every page of a study says of itself."""
    question, framework = study.question, study.framework
    cards = study.shipped.cards
    sources = {name: f"{card.publisher}, {card.publication}" for name, card in cards.items()}
    for path in study.files:
        name = mask(path.name)
        sources[name] = f"{name}, as received"
    sources |= {} if study.own is None else study.own.sources
    origins = (
        *(() if study.term else (PUBLISHED,)),
        *(() if study.own is None else sorted(set(study.own.origins.values()))),
    )
    return Brief(
        year=question.year, area=question.area, region=question.region, neighbours_label=question.neighbours_label,
        neighbours_id=question.neighbours_id, reference_groups=dict(question.reference_groups),
        baseline=question.baseline, pandemic=question.pandemic, launch=question.launch, change_pre=question.change_pre,
        confidence=question.confidence, title=framework.strategy.title, board=framework.strategy.board.name,
        run=run, made=made, sources=sources, licence=next(iter(cards.values())).attribution,
        stands_out=framework.plan.wording["placebo_share_stands_out"].value, deviations=study.deviations,
        term=study.term, origins=origins, power=question.power,
    )  # fmt: skip


def run_of(study: Study, run: str = "") -> Run:
    """A study as a run to be looked at; nothing is written."""
    name = run or f"{study.question.year}-by-hand"
    return Run(study.framework, study.released, brief_of(study, name, today()), quality=study.quality)


def today() -> str:
    """The date as pages print it: ``23 November 2026``."""
    now = datetime.now(UTC)
    return f"{now.day} {now:%B %Y}"


def open_run(folder: Path, project: Project, into: Path | None = None) -> Run:
    """Open a run that was written, or is being written (``into`` is then where a notebook writes its part).

    Raises
    ------
    DataError
        If the folder holds no run, or one made by another version of onroll.
    """
    frame = read_evidence(folder)
    try:
        record = json.loads((folder / "disclosure.json").read_text(encoding="utf-8"))
        said = json.loads((folder / "brief.json").read_text(encoding="utf-8"))
        several: dict[str, Any] = {name: tuple(said[name]) for name in SEVERAL}
        brief = Brief(**{**said, **several})
        quality = reopened_quality(json.loads((folder / "quality.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"{folder.name}: this run cannot be opened ({type(error).__name__}), most likely because another "
            "version of onroll made it. Make it again with 'onroll evaluate --force'."
        ) from None
    return Run(load(project.root), reopened(frame, record), brief, into, quality)


SEVERAL = ("baseline", "pandemic", "change_pre", "deviations", "origins")
