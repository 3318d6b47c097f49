"""Words on training and suspensions are of an association, and only where nothing speaks against one."""

from __future__ import annotations

import pytest

from onroll.disclosure.door import reopened
from onroll.evidence.table import collect, finding
from onroll.presentation.facts import Bound, Facts
from onroll.presentation.model import Text, plain
from onroll.presentation.sentences.school_change import training
from onroll.presentation.sentences.school_phrases import INDICATOR
from onroll.runs import Run
from onroll.vocabulary import PHASES
from onroll.vocabulary.records import DOSE_E_VALUE, DOSE_RATIO, LATER_DOSE

Numbers = tuple[float, float, float]
CALM: Numbers = (1.0, 0.9, 1.1)
FELL: Numbers = (0.8, 0.7, 0.9)


def told(
    run: Run, after: Numbers, before: Numbers | None = CALM, note: str = "", *, e_value: bool = True
) -> Text:
    about = {
        "indicator": INDICATOR, "time_period": run.facts.brief.year, "geographic_level": "Local authority",
        "area": "Here", "breakdown_topic": "education_phase", "breakdown": PHASES[1], "source": "synthetic_exclusions",
    }  # fmt: skip

    def row(statistic: str, numbers: Numbers, note: str = "") -> dict[str, object]:
        """One row with its interval."""
        return finding(
            **about,
            statistic=statistic,
            **dict(zip(("estimate", "lower", "upper"), numbers, strict=True)),
            note=note,
        )

    rows = [row(DOSE_RATIO, after, note)]
    rows += [row(LATER_DOSE, before)] if before else []
    rows += [row(DOSE_E_VALUE, (1.8, 1.4, float("nan")))] if e_value else []
    frame = collect(rows, {}).frame.assign(symbol="")
    return training(Facts(reopened(frame, {"withheld": []}), run.facts.brief))[0]


@pytest.mark.parametrize(
    ("after", "before", "note", "words"),
    [
        (CALM, CALM, "", "It cannot be told that the two go together."),
        (FELL, FELL, "", "it says nothing of training."),
        (FELL, None, "", "it says nothing of training."),
        (
            FELL,
            CALM,
            "14 schools: limits of 0.95 hold 80 to 90 times in 100",
            "told that the two go together.",
        ),
        (FELL, CALM, "", "times as strongly would explain it away."),
    ],
)
def test_what_goes_together_is_told_as_far_as_it_is_earned(
    run: Run, after: Numbers, before: Numbers | None, note: str, words: str
) -> None:
    said = told(run, after, before, note)
    assert plain(said).endswith(words)
    bound = [part for part in said if isinstance(part, Bound)]
    assert len(bound) >= 3


def test_among_so_few_schools_an_interval_without_one_is_no_association(run: Run) -> None:
    few = plain(told(run, FELL, CALM, "14 schools: too few; limits of 0.95 hold 80 to 90 times in 100"))
    assert "such intervals miss the truth too often" in few
    assert "That is an association" not in few


def test_without_an_e_value_it_is_an_association_all_the_same(run: Run) -> None:
    assert plain(told(run, FELL, CALM, e_value=False)).endswith(
        "The two go together; that is an association."
    )
