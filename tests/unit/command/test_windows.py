"""Years that cannot be what they are named for are refused, each with the way out."""

from __future__ import annotations

import pytest

from onroll.errors import UsageError
from onroll.project import Project
from onroll.study import examine

pytestmark = pytest.mark.slow  # whole studies


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"impact_first": "1999/00"}, "impact_first is 1999/00; figures begin in 2006/07"),
        ({"impact_first": "2018/19"}, "hold 1 calm year; give at least 5"),
        ({"impact_last": "2021/22"}, "impact_last is 2021/22; it must lie before 2021/22"),
        ({"impact_first": "2016/17"}, "hold 3 calm years; give at least 5"),
        ({"baseline_last": "2019/20"}, "holds a pandemic year"),
        ({"baseline_first": "2021/22", "baseline_last": "2022/23"}, "reaches into the strategy"),
    ],
)
def test_years_that_cannot_be_are_refused(project: Project, choices: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        examine(project, "2023/24", choices=choices)
