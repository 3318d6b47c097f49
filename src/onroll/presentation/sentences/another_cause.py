"""How strong a cause that nobody looked at would have to be to explain what was found, in plain sentences."""

from __future__ import annotations

from onroll.presentation.facts import Facts
from onroll.presentation.judged import OUTCOMES
from onroll.presentation.model import Text, text
from onroll.vocabulary import MEASURES, RELATIVE_CHANGE, TOTAL
from onroll.vocabulary.impact import AUTHORITY_PANEL, E_VALUE


def another_cause(facts: Facts) -> list[Text]:
    """What the figure means, then an outcome a sentence: for the ratio, and for the limit of its interval nearest 1."""
    said = [words for outcome in OUTCOMES if (words := _of(facts, outcome))]
    if not said:
        return [text("There is no ratio that anything else could explain.")]
    area = facts.brief.area
    meaning = text(
        f"Something else may have happened in {area} at the same time. An E-value says how strong that would have to be to "
        f"make the ratio by itself: so many times as common in {area} since the launch as elsewhere, and changing the rate "
        "so many times, both at once, and over and above what the comparison takes out. It says how strong, not how likely."
    )
    return [meaning, *said]


def _of(facts: Facts, outcome: str) -> Text:
    about = {"indicator": f"strategy_impact_{outcome}", "design": AUTHORITY_PANEL, "breakdown": TOTAL}
    strength, ratio = facts.one(**about, statistic=E_VALUE), facts.one(**about, statistic=RELATIVE_CHANGE)
    if strength is None or ratio is None or not (strength.is_known and ratio.is_known):
        return ()
    said = text(
        f"{MEASURES[outcome].label}: ",
        strength.bind("ratio"),
        " each for the ratio of ",
        ratio.bind("ratio"),
        "; ",
    )
    if strength["lower"] <= 1:
        return text(
            *said, "its interval takes in 1 and needs nothing else: ", strength.bind("ratio", "lower"), "."
        )
    return text(*said, "with ", strength.bind("ratio", "lower"), " each its interval would take in 1.")
