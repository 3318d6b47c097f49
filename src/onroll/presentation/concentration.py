"""How few pupils make half of all suspensions: a curve, and sentences."""

from __future__ import annotations

from onroll.presentation import records
from onroll.presentation.drawing import GREY, INK, OWN, Chart, canvas
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.numbers import rounded
from onroll.presentation.sentences.phrases import between
from onroll.presentation.wording import source_line
from onroll.vocabulary.records import MADE_BY, MAKING_HALF

PUPILS, SCHOOLS = "suspensions_concentrated", "suspensions_concentrated_in_schools"
SUSPENSIONS = "register_suspension_rate"
CURVE = "suspensions_concentrated"
"""The chart's name."""
NOTHING = text("No own records were received from which it can be told how suspensions fall on pupils.")
CHANCE = (
    " Some of this is chance: were all pupils alike and suspensions given out by lot, half of them would still be of less "
    "than half of the pupils."
)
COLUMNS = ["indicator", "time_period", "area", "breakdown", "statistic", "estimate", "lower", "upper"]


def half(facts: Facts, indicator: str = PUPILS) -> Fact | None:
    """The row of the fewest pupils, or schools, that make half; None where it cannot be shown."""
    found = facts.one(indicator=indicator, statistic=MAKING_HALF, time_period=facts.brief.year)
    return found if found is not None and found.is_known else None


def shortest(facts: Facts) -> Text:
    """One sentence: how few pupils had half of all suspensions, of how many; empty where it cannot be shown."""
    one, every = half(facts), records.level(facts, SUSPENSIONS)
    if one is None or facts.brief.term:
        return ()
    many = text("Of all suspensions") if every is None or not every.is_known else text(
        "Of ", every.bind("count", "numerator"), " suspensions"
    )  # fmt: skip
    return text(
        *many, f" in {facts.brief.period} half were of ", one.bind("count", "numerator"), " pupils, ", one.bind("count"),
        "% (interval ", *between(one, "count"), ") of the ", one.bind("count", "denominator"),
        " pupils suspended at least once.",
    )  # fmt: skip


def told(facts: Facts) -> list[Text]:
    """How few pupils and schools make half, what the tenth suspended most often had, and what chance would do."""
    if facts.where(indicator=PUPILS).empty:
        return [NOTHING]
    first = shortest(facts)
    if not first:
        return [
            text(
                "How suspensions fall on pupils is withheld to protect them, or too few were suspended to say."
            )
        ]
    said = [first]
    tenth = facts.one(indicator=PUPILS, statistic=MADE_BY, breakdown="10%", time_period=facts.brief.year)
    if tenth is not None and tenth.is_known:
        said.append(text(
            "The tenth of them who were suspended most often had ", tenth.bind("count"), "% (", *between(tenth, "count"),
            f") of all suspensions.{CHANCE}",
        ))  # fmt: skip
    schools = half(facts, SCHOOLS)
    if schools is not None:
        said.append(text(
            "Half of all suspensions were given by ", schools.bind("count", "numerator"), " of the ",
            schools.bind("count", "denominator"), " schools that suspended anybody. Large schools give many, so this says "
            "where most are, not which school gives more than others of its size.",
        ))  # fmt: skip
    return said


def curve(facts: Facts) -> Chart:
    """The share of all suspensions that those suspended most often had, beside equal shares."""
    rows = facts.where(indicator=PUPILS, statistic=MADE_BY, time_period=facts.brief.year).dropna(
        subset=["estimate"]
    )
    rows = rows.assign(top=rows["breakdown"].str.removesuffix("%").astype(int)).sort_values("top")
    drawn, axes = canvas(height=3.6)
    x, y = [0, *rows["top"], 100], [0.0, *rows["estimate"], 100.0]
    axes.fill_between(
        x, [0.0, *rows["lower"], 100.0], [0.0, *rows["upper"], 100.0], color="#C9D6E3", linewidth=0
    )
    axes.plot(x, y, color=OWN, linewidth=2.6, marker="o", markersize=4)
    axes.plot([0, 100], [0, 100], color=GREY, linewidth=1.4, linestyle=(0, (5, 2)))
    axes.text(62, 54, "all suspended alike", color=GREY, fontsize=9, rotation=0)
    one = half(facts)
    if one is not None:
        at = float(one["estimate"])
        axes.plot([0, at, at], [50, 50, 0], color=INK, linewidth=1, linestyle=(0, (2, 2)))
        axes.annotate(
            f"half of all: {rounded(at)}% of them", (at, 50), xytext=(at + 2, 10), fontsize=9.5, color=INK
        )
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xlabel("Pupils suspended at least once, those suspended most often first, %")
    axes.set_ylabel("Share of all suspensions, %")
    return _finish(facts, drawn, [*rows.index, *([] if one is None else [one.row])], one)


def _finish(facts: Facts, drawn: Chart, used: list[int], one: Fact | None) -> Chart:
    kept = facts.frame.loc[used]
    drawn.title = "How suspensions fall on pupils"
    if one is not None:
        drawn.title = (
            f"Half of all suspensions were of {rounded(float(one['estimate']))}% of the pupils suspended"
        )
    drawn.unit = f"Share of suspensions by share of suspended pupils, {facts.brief.period}; band: {_sure(facts)} intervals"
    each = "; ".join(
        f"{row['breakdown']} of them had {rounded(row['estimate'])}%"
        for row in kept.to_dict("records") if row["statistic"] == MADE_BY
    )  # fmt: skip
    drawn.alt = (
        f"Curve of how suspensions fall on pupils, those suspended most often first. {drawn.title}. {each}."
    )
    drawn.numbers = kept[COLUMNS].rename_axis("row").reset_index()
    drawn.source = source_line(facts, kept)
    return drawn


def _sure(facts: Facts) -> str:
    return f"{facts.brief.confidence:.0%}"


def has_curve(facts: Facts) -> bool:
    """Whether there is a curve to draw."""
    rows = facts.where(indicator=PUPILS, statistic=MADE_BY, time_period=facts.brief.year)
    return bool(rows["estimate"].notna().any())
