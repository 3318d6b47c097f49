"""How every chart looks: the government's analysis palette, direct labels, the years named and shaded."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from onroll.vocabulary import academic_year

OWN, GREY, INK = "#12436D", "#6B7276", "#1D1D1B"
STYLES: Mapping[str, dict[str, Any]] = {
    "own": {"color": OWN, "linewidth": 2.6, "marker": "o", "markersize": 5, "zorder": 5},
    "first": {"color": GREY, "linewidth": 1.8, "linestyle": "-", "zorder": 3},
    "second": {"color": GREY, "linewidth": 1.8, "linestyle": (0, (5, 2)), "zorder": 3},
    "third": {"color": GREY, "linewidth": 1.8, "linestyle": (0, (1, 1.5)), "zorder": 3},
}
"""Comparators differ by dash, not by colour alone, and every line is named at its end."""

RC: Any = {
    "font.size": 10, "font.family": "DejaVu Sans", "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": GREY, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#E2E4E6", "grid.linewidth": 0.8,
    "axes.axisbelow": True, "svg.fonttype": "path", "svg.hashsalt": "onroll", "figure.dpi": 100,
}  # fmt: skip
WIDTH, HEIGHT = 7.4, 4.0
MARGIN = 0.1
"""White around a picture, in inches."""
DPI: Mapping[str, float] = {"svg": 72, "png": 160}
"""Dots in an inch of each kind of picture."""
SYNTHETIC = "Synthetic data, no real child or school."
MADE_UP_PLACE = "a made-up authority"
"""What the place of synthetic records is called: it has a real one's name in the evidence, and is none."""


BESIDE = "beside"
"""How lines are named in a picture that stand beside it on a page."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as SVG, by itself and for a page, and the words that it was drawn with."""

    said: tuple[str, ...] = ()
    alone: bytes = b""
    on_page: bytes = b""


def cropped(picture: bytes, whole: Bbox, frame: Bbox) -> bytes:
    """An SVG without the lines that a page has beside it, and no larger than the frame; both boxes are in inches."""
    drawing = picture.decode()
    while (start := drawing.find(f'<g id="{BESIDE}-')) >= 0:
        depth = 0
        for mark in re.finditer(r"<g\b|</g>", drawing[start:]):
            depth += 1 if mark[0] == "<g" else -1
            if not depth:
                break
        end = start + mark.end()
        letters = re.findall(
            r"<defs>.*?</defs>", drawing[start:end], re.DOTALL
        )  # others are written with them too
        drawing = drawing[:start] + "".join(letters) + drawing[end:]
    x, y, width, height = (
        f"{inches * DPI['svg']:.6g}"
        for inches in (frame.x0 - whole.x0, whole.y1 - frame.y1, frame.width, frame.height)
    )
    size = f'width="{width}pt" height="{height}pt" viewBox="{x} {y} {width} {height}"'
    return re.sub(r'width="[^"]*pt" height="[^"]*pt" viewBox="[^"]*"', size, drawing, count=1).encode()


class Chart(Figure):
    """A matplotlib figure that can also be read: ``alt`` says its finding, ``numbers`` holds what is drawn.

    Attributes
    ----------
    id, title, unit, alt, source : str
        The file's name; the finding in words; measure and unit; alternative text; where it is from.
    foot : str
        What is not drawn, and why; stands under the chart.
    numbers : DataFrame
        Every number drawn, with ``row``, its row in ``evidence.csv``.

    Notes
    -----
    A picture's file has its title and unit at its head and its source at its foot, so that a copy of it still says what it
    is; on a page they stand beside it. That synthetic data are synthetic is always in the picture.
    """

    id: str = ""
    title: str = ""
    unit: str = ""
    alt: str = ""
    source: str = ""
    foot: str = ""
    numbers: pd.DataFrame = pd.DataFrame()
    _bounds: Bbox | None = None
    _drawn: Drawn = Drawn()

    def svg(self, *, alone: bool = True) -> bytes:
        """The drawing as SVG, the same bytes for the same numbers; without title and source where a page has them."""
        said = (self.title, self.unit, self.foot, self.source)
        self._forget_what_is_stale()
        if self._drawn.said != said:
            whole, whole_frame, frame = self._bytes("svg", Date=None, Creator=None, Title=self.title)
            self._drawn = Drawn(said, whole, cropped(whole, whole_frame, frame))
        return self._drawn.alone if alone else self._drawn.on_page

    def png(self) -> bytes:
        """The drawing as PNG at print size."""
        return self._bytes("png", Software=None, Description=self.alt)[0]

    def _bytes(self, kind: str, **said: Any) -> tuple[bytes, Bbox, Bbox]:
        """The drawing with all that is written under and over it, its frame, and the frame without title and source."""
        out = io.BytesIO()
        self._forget_what_is_stale()
        with mpl.rc_context(RC):
            body, written = self._measured(), self._signed()
            extents = self._extents(written, kind)
            on_page = [one for line, one in zip(written, extents, strict=True) if line.get_gid() is None]
            whole, frame = (Bbox.union([body, *lines]).padded(MARGIN) for lines in (extents, on_page))
            self.savefig(out, format=kind, dpi=DPI[kind], bbox_inches=whole, facecolor="white", metadata=said)
            for line in written:
                line.remove()
            self.stale = False
        return out.getvalue(), whole, frame

    def _forget_what_is_stale(self) -> None:
        """Something in the drawing was changed since it was last drawn."""
        if self.stale:
            self._bounds, self._drawn = None, Drawn()

    def _measured(self) -> Bbox:
        """The bounds in inches of what is drawn, measured once for all its pictures.

        Letters are not equally wide in all kinds of picture; for those of labels the margin has room.
        """
        if self._bounds is None:
            with self._measuring("svg") as renderer:
                self._bounds = self.get_tightbbox(renderer).frozen()
        return self._bounds

    def _extents(self, written: Sequence[Text], kind: str) -> list[Bbox]:
        """The bounds in inches of lines written under and over a chart."""
        with self._measuring(kind) as renderer:
            return [Bbox(line.get_window_extent(renderer).get_points() / DPI[kind]) for line in written]

    @contextmanager
    def _measuring(self, kind: str) -> Iterator[RendererBase]:
        """What measures letters as a kind of picture draws them; they are not equally wide in all of them."""
        usual, self.dpi = self.dpi, DPI[kind]
        width, height = self.get_size_inches() * self.dpi
        try:
            if kind == "svg":
                yield RendererSVG(width, height, io.StringIO())  # type: ignore[no-untyped-call]
            else:
                yield RendererAgg(width, height, self.dpi)  # type: ignore[no-untyped-call]
        finally:
            self.dpi = usual

    def _signed(self) -> list[Text]:
        """Write under a chart what is not drawn, whether it is synthetic and its source, and a title over it.

        Unit, title and source, which a page has beside it, bear a name by which they can be left out.
        """
        made_up, drawn = SYNTHETIC if "ynthetic data" in self.source else "", self._measured()
        over = [
            (self.unit, 8.5, GREY, "normal", f"{BESIDE}-unit"),
            (self.title, 11, INK, "bold", f"{BESIDE}-title"),
        ]
        under = [
            (self.foot, 8.5, INK, "normal", None), (made_up, 8.5, INK, "bold", None),
            (self.source, 7, GREY, "normal", f"{BESIDE}-source"),
        ]  # fmt: skip
        return [
            *self._lines(over, float(drawn.y1) + 0.12, "bottom"), *self._lines(under, float(drawn.y0) - 0.12, "top"),
        ]  # fmt: skip

    def _lines(
        self, lines: Sequence[tuple[str, float, str, str, str | None]], at: float, edge: str
    ) -> list[Text]:
        """Write lines one after the other from a height in inches: down from their top edge, or up from their bottom."""
        width, height = self.get_size_inches()
        written = []
        for words, size, colour, weight, name in lines:
            wrapped = textwrap.fill(words, round(WIDTH * 72 / (size * (0.64 if weight == "bold" else 0.58))))
            if wrapped:
                written.append(self.text(
                    0.12 / width, at / height, wrapped, fontsize=size, color=colour, fontweight=weight, va=edge,
                    linespacing=1.25, gid=name,
                ))  # fmt: skip
                step = (wrapped.count("\n") + 1) * size * 1.3 / 72 + 0.03
                at += step if edge == "bottom" else -step
        return written


def is_made_up(source: str) -> bool:
    """Whether all that a source line names is synthetic."""
    return source.startswith("Source: Synthetic data")


def canvas(height: float = HEIGHT) -> tuple[Chart, Axes]:
    """An empty chart in the project's style."""
    with mpl.rc_context(RC):
        chart = Chart(figsize=(WIDTH, height))
        axes = chart.add_axes((0.07, 0.2 if height > 3.5 else 0.22, 0.76, 0.7))
    return chart, axes


def dots_canvas(lines: int) -> tuple[Chart, Axes]:
    """An empty chart for a dot plot of so many lines, with room for their labels at the left."""
    with mpl.rc_context(RC):
        height = 0.9 + 0.32 * lines
        chart = Chart(figsize=(WIDTH, height))
        axes = chart.add_axes((0.29, 0.4 / height, 0.68, 1 - 0.7 / height))
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
    return chart, axes


def stacked_canvas(panels: int, each: float) -> tuple[Chart, list[Axes]]:
    """An empty chart of panels one above the other, each so high in inches, with room for labels at the right."""
    with mpl.rc_context(RC):
        height = 0.75 + each * panels
        chart = Chart(figsize=(WIDTH, height))
        axes = [
            chart.add_axes((0.08, (0.55 + each * (panels - 1 - place)) / height, 0.76, (each - 0.6) / height))
            for place in range(panels)
        ]
    return chart, axes


def years_axis(axes: Axes, years: Sequence[str], pandemic: Sequence[str], launch: str) -> None:
    """Name the years, shade and name the pandemic years, mark the strategy's first year."""
    places = {year: place for place, year in enumerate(years)}
    every = 1 if len(years) <= 10 else 2
    shown = [year for place, year in enumerate(years) if (len(years) - 1 - place) % every == 0]
    axes.set_xticks(
        [places[year] for year in shown], [academic_year(year) for year in shown], rotation=45, ha="right"
    )
    axes.set_xlim(-0.4, len(years) - 1 + 0.4)
    inside = [places[year] for year in pandemic if year in places]
    shade(axes, inside)
    if launch in places:
        axes.axvline(places[launch] - 0.5, color=INK, linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        above = axes.get_xaxis_transform()
        axes.text(places[launch] - 0.32, 1.02, "strategy begins", transform=above, fontsize=8.5, color=INK)


def shade(axes: Axes, inside: Sequence[int]) -> None:
    """Shade and name the pandemic at these places of the axis."""
    if inside:
        axes.axvspan(min(inside) - 0.5, max(inside) + 0.5, color="#E3E6E8", zorder=0)
        middle, above = sum(inside) / len(inside), axes.get_xaxis_transform()
        axes.text(middle, 1.02, "pandemic", transform=above, ha="center", fontsize=8.5, color=GREY)


def end_labels(axes: Axes, ends: Mapping[str, tuple[float, float, str]], room: float) -> None:
    """Name each line at its right end, moved apart where they would overlap.

    ``ends`` maps a label to its x, its y and its colour; ``room`` is the smallest distance, in y units.
    """
    placed: list[float] = []
    for label, (x, y, colour) in sorted(ends.items(), key=lambda item: item[1][1]):
        at = max(y, placed[-1] + room) if placed else y
        placed.append(at)
        axes.annotate(
            label, (x, y), xytext=(x + 0.35, at), textcoords="data", va="center", ha="left", fontsize=9.5,
            color=colour, annotation_clip=False, fontweight="bold" if colour == OWN else "normal",
        )  # fmt: skip
