"""How strong a cause that nobody looked at would have to be to explain what was found, in plain sentences."""

from __future__ import annotations

from onroll.presentation.facts import Facts
from onroll.presentation.judged import OUTCOMES
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.phrases import between
from onroll.vocabulary import MEASURES, RELATIVE_CHANGE, TOTAL
from onroll.vocabulary.impact import AUTHORITY_PANEL, E_VALUE


def another_cause(facts: Facts) -> list[Text]:
    """What the figures mean, then an outcome in two sentences: of its ratio, and of its interval."""
    said = [words for outcome in OUTCOMES if (words := _of(facts, outcome))]
    if not said:
        return [text("There is no ratio that anything else could explain.")]
    area = facts.brief.area
    meaning = text(
        f"Something else may have happened in {area} at the same time. How strong it would have to be to make the ratio by "
        "itself, over and above what the comparison takes out, is what an E-value says: how strong, not how likely. What "
        "is weaker in one of the two ways named here would have to be stronger in the other."
    )
    return [meaning, *said]


def _of(facts: Facts, outcome: str) -> Text:
    about = {"indicator": f"strategy_impact_{outcome}", "design": AUTHORITY_PANEL, "breakdown": TOTAL}
    strength, ratio = facts.one(**about, statistic=E_VALUE), facts.one(**about, statistic=RELATIVE_CHANGE)
    if strength is None or ratio is None or not (strength.is_known and ratio.is_known):
        return ()
    changed = "divided" if ratio["estimate"] < 1 else "multiplied"
    said = text(
        f"{MEASURES[outcome].label}: something else could have made the ratio of ", ratio.bind("ratio"),
        " by itself only if it had been ", strength.bind("ratio"),
        f" times as common in {facts.brief.area} since the launch as elsewhere and had itself {changed} the rate by ",
        strength.bind("ratio"), ". ",
    )  # fmt: skip
    interval = text("Its interval (", *between(ratio, "ratio"), ") ")
    if strength["lower"] <= 1:
        return text(*said, *interval, "holds 1 already, so nothing else is needed: chance alone would do.")
    return text(*said, *interval, "would hold 1 with ", strength.bind("ratio", "lower"), " in place of that.")
