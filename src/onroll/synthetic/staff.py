"""The tables that schools return: training, use of the Guiding Principles, and ratings of their policies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from onroll.synthetic.calendar import SchoolYear
from onroll.synthetic.schools import PRIMARY, Schools, yes_no

Array = np.ndarray[Any, Any]
GROUPS = ("leaders", "teachers", "teaching_assistants", "pastoral", "other_staff", "governors")
_IN_POST = np.array([[4, 18, 14, 3, 12, 9], [8, 70, 22, 12, 30, 12]])
TOPICS = (
    "attachment", "trauma", "aces", "deescalation", "restorative_practice", "relationships", "resilience", "strategy",
)  # fmt: skip
DECISIONS = (
    "suspension", "permanent_exclusion", "governors_review", "placement_panel", "fair_access_panel", "managed_move",
    "specialist_setting", "yearly_return",
)  # fmt: skip
USED = ("before", "at", "after", "not_used", "not_known")
RUBRIC = tuple(f"RP{number}" for number in range(1, 21))
RATERS = ("first", "second", "agreed")
_FIRST_YEAR, _CASES_EACH = 2021, 3.0


def training_table(rng: np.random.Generator, schools: Schools, year: SchoolYear) -> pa.Table:
    """A row a school, staff group and topic, counted in the last week of June; trained never passes in post."""
    shape = (len(schools), len(GROUPS), len(TOPICS))
    larger = np.where(schools.phase == PRIMARY, 0, 1)
    in_post = np.maximum(rng.poisson(_IN_POST[larger]), 1)
    started = max(year.start - _FIRST_YEAR + 1, 0)
    reach = -1.6 + 0.35 * started + 0.5 * (schools.score - 2.0)
    by_group = np.array([0.6, 0.2, 0.0, 0.5, -0.9, -0.7])
    odds = reach[:, None, None] + by_group[None, :, None] + rng.normal(0, 0.5, (1, 1, len(TOPICS)))
    everyone = np.broadcast_to(in_post[:, :, None], shape)
    trained = rng.binomial(everyone, 1.0 / (1.0 + np.exp(-odds)))
    recent = rng.binomial(trained, 0.55)
    place = np.indices(shape).reshape(3, -1)
    day = year.days[-15] + place[0] % 5
    return pa.table(
        {
            "urn": pa.array(schools.urn[place[0]]),
            "return_date": pa.array(day.astype(np.int32)).cast(pa.date32()),
            "staff_group": _of(GROUPS, place[1]),
            "topic": _of(TOPICS, place[2]),
            "in_post": pa.array(everyone.reshape(-1)),
            "trained_24_months": pa.array(trained.reshape(-1)),
            "trained_12_months": pa.array(recent.reshape(-1)),
        }
    )


def principles_table(rng: np.random.Generator, schools: Schools, year: SchoolYear) -> pa.Table:
    """Decisions and panel cases of a year, and each school's yearly return (nine in ten send it)."""
    returned = np.flatnonzero(rng.random(len(schools)) < 0.9)
    number = rng.poisson(_CASES_EACH, len(schools))
    school = np.concatenate([np.repeat(np.arange(len(schools)), number), returned])
    n, cases = len(school), int(number.sum())
    kind = np.r_[rng.choice(7, cases, p=[0.5, 0.06, 0.06, 0.14, 0.1, 0.09, 0.05]), np.full(len(returned), 7)]
    started = year.start >= _FIRST_YEAR
    lean = (schools.score[school] - 2.0) * 0.12 * started
    u = rng.random(n)
    before = (0.45 if started else 0.1) + lean
    used = np.select([u < before, u < before + 0.15, u < before + 0.22, u < 0.95], [0, 1, 2, 3], 4)
    panel = (kind == 3) | (kind == 4) | (kind == 2)
    second = panel & (rng.random(n) < 0.3)
    day = np.sort(year.days[rng.integers(0, len(year.days), n)])
    return pa.table(
        {
            "case_id": pa.array([f"GP{year.period}-{at:06d}" for at in range(1, n + 1)]),
            "urn": pa.array(schools.urn[school]),
            "decision": _of(DECISIONS, kind),
            "decision_date": pa.array(day).cast(pa.date32()),
            "principles_used": _of(USED, used),
            "in_minutes": yes_no((used < 2) & (rng.random(n) < 0.8), panel),
            "second_reader": yes_no(rng.random(n) < 0.88, second),
        }
    )


def policies_table(rng: np.random.Generator, schools: Schools, year: SchoolYear) -> pa.Table:
    """Two ratings and the agreed score of every item of the rubric for each school's policy of the year, 0 to 3."""
    n = len(schools)
    item = rng.normal(0, 0.5, len(RUBRIC))
    truth = 1.5 + 0.45 * (schools.score[:, None] - 2.0) + item + rng.normal(0, 0.55, (n, len(RUBRIC)))
    two = np.clip(np.rint(truth[:, None, :] + rng.normal(0, 0.35, (n, 2, len(RUBRIC)))), 0, 3).astype(int)
    settled = np.clip(np.rint(truth), two.min(axis=1), two.max(axis=1)).astype(int)
    scores = np.concatenate([two, settled[:, None, :]], axis=1)
    place = np.indices(scores.shape).reshape(3, -1)
    rated = year.days[60] + 30 * (place[1] == 2)
    names = pa.array([f"behaviour-policy-{year.start}.pdf"])
    return pa.table(
        {
            "urn": pa.array(schools.urn[place[0]]),
            "document": names.take(pa.array(np.zeros(scores.size, np.int32))),
            "dated": pa.array(np.full(scores.size, year.days[0], np.int32)).cast(pa.date32()),
            "rated_on": pa.array(rated.astype(np.int32)).cast(pa.date32()),
            "rater": _of(RATERS, place[1]),
            "item": _of(RUBRIC, place[2]),
            "score": pa.array(scores.reshape(-1)),
        }
    )


def _of(codes: tuple[str, ...], places: Array) -> pa.Array:
    return pa.array(codes).take(pa.array(places.astype(np.int32)))
