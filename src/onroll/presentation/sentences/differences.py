"""For which pupils, from the register: groups whose intervals lie apart from the reference group's, with their base."""

from __future__ import annotations

from onroll.presentation import records
from onroll.presentation.facts import Fact, Facts
from onroll.presentation.model import Text, text
from onroll.presentation.sentences.register import SUSPENSIONS
from onroll.vocabulary import EHC_PLAN, ETHNICITY_WORDS, NO_SEN, SEN_SUPPORT

ELIGIBLE, NOT_ELIGIBLE = "Eligible for free school meals", "Not eligible for free school meals"
REFERENCES = {"sen_provision": NO_SEN, "ethnicity_major": "White", "fsm": NOT_ELIGIBLE, "sex": "Female"}
"""The reference group of each breakdown; the plan's own, where it names one, go before these."""
TOPICS = {
    "sen_provision": "SEN provision", "ethnicity_major": "ethnic group", "fsm": "free school meals", "sex": "sex",
}  # fmt: skip
PEOPLE = {
    EHC_PLAN: "pupils with an Education, health and care plan", SEN_SUPPORT: "pupils with SEN support",
    NO_SEN: "pupils with no SEN provision", ELIGIBLE: "pupils eligible for free school meals",
    NOT_ELIGIBLE: "pupils not eligible", "Male": "boys", "Female": "girls",
    **{name: f"pupils recorded as {words}" for name, words in ETHNICITY_WORDS.items()},
}  # fmt: skip
QUESTION = (
    "These are differences in what schools did, and a question to schools, not a verdict on pupils. How far age, phase or "
    "school explain them is not worked out here. Of many such comparisons, one in twenty stands out by chance alone."
)


def reference(facts: Facts, topic: str) -> str:
    """The reference group of a breakdown."""
    return facts.brief.reference_groups.get(topic, REFERENCES.get(topic, ""))


def apart(facts: Facts, topic: str) -> list[tuple[str, Fact, Fact]]:
    """Groups with their rate and the reference group's, where the group's interval lies above; the furthest first."""
    base = records.level(facts, SUSPENSIONS, topic, reference(facts, topic))
    if base is None or not base.is_known:
        return []
    out = []
    for name in records.groups(facts, SUSPENSIONS, topic):
        fact = records.level(facts, SUSPENSIONS, topic, name)
        if name in PEOPLE and fact is not None and fact.is_known and fact["lower"] > base["upper"]:
            out.append((name, fact, base))
    return sorted(out, key=lambda one: -float(one[1]["estimate"]))


def differences(facts: Facts) -> list[Text]:
    """One sentence a group that schools suspended clearly more often than the reference group, with both bases."""
    out = []
    for topic in TOPICS:
        for name, fact, base in apart(facts, topic):
            out.append(text(
                f"Schools suspended {PEOPLE[name]} ", fact.bind("rate"), " times for every 100", *_base(fact), ", and ",
                f"{PEOPLE[reference(facts, topic)]} ", base.bind("rate"), " times", *_base(base),
                ". The two intervals lie apart.",
            ))  # fmt: skip
    return out


def title(facts: Facts) -> str:
    """The finding of the chart of groups: which groups stand above the reference group of their breakdown."""
    highest = [(topic, *found[0]) for topic in TOPICS if (found := apart(facts, topic))]
    if not highest:
        return "No group's suspension rate stands clearly above the others"
    topic, name, _, _ = max(
        highest, key=lambda one: float(one[2]["estimate"]) / max(float(one[3]["estimate"]), 1e-9)
    )
    return f"Schools suspended {PEOPLE[name]} more often than {PEOPLE[reference(facts, topic)]}"


def _base(fact: Fact) -> Text:
    return text(
        " (", fact.bind("count", "numerator"), " times, ", fact.bind("count", "denominator"), " pupils)",
    )  # fmt: skip
