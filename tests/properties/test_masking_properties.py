"""No pupil number stays whole in what is shown, however it is typed; dates and ordinary numbers stay as they are."""

from __future__ import annotations

import datetime as dt
import re

from hypothesis import given
from hypothesis import strategies as st

from onroll.framework.contract_files import load_contracts
from onroll.intake.findings import shown
from onroll.intake.masking import mask
from onroll.intake.records.parsing import CHECK_LETTERS
from onroll.intake.records.telling import masked
from onroll.project import find_project

CONTRACTS = load_contracts(find_project().root)
COLUMNS = [
    CONTRACTS.tables["exclusions"].column(name) for name in ("urn", "sessions", "start_date", "category")
]
BETWEEN = ("", " ", "/", "-", ".", "\u00a0", " - ")
FOLDED = str.maketrans("OoIl", "0011")
# The first three digits of a pupil number are those of an authority: 201 to 938.
NUMBERS = st.tuples(st.integers(201, 938), st.integers(0, 999_999_999)).map(
    lambda two: f"{two[0]}{two[1]:09d}"
)


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, str]:
    """A pupil number, and the same as a person may type it."""
    number = draw(NUMBERS)
    spelled = [
        draw(st.sampled_from({"0": "0Oo", "1": "1Il"}.get(digit, digit))) if at > 2 else digit
        for at, digit in enumerate(number)
    ]
    between = draw(st.sampled_from(BETWEEN))
    cuts = draw(st.sets(st.integers(1, 11), max_size=4))
    body = "".join((between if at in cuts else "") + one for at, one in enumerate(spelled))
    letter = draw(st.sampled_from(["", *CHECK_LETTERS]))
    end = draw(st.sampled_from(["", ".0", letter]))
    return number, letter + draw(st.sampled_from(["", between])) + body + end


def _runs(text: str) -> list[str]:
    plain = re.sub(r"[\s/.-]", "", text.translate(FOLDED))
    return re.findall(r"\d{9,}", plain)


@given(
    typed(), typed(), st.sampled_from(["{}", "exclusions {}.csv", "{} and more", "x_{}", "({})", "{1}{0}"])
)
def test_no_pupil_number_survives_in_any_form(
    one: tuple[str, str], other: tuple[str, str], around: str
) -> None:
    text = around.format(one[1], other[1])
    for said in (mask(text), shown(text, 200), *(masked(text, column, CONTRACTS) for column in COLUMNS)):
        assert not _runs(said), (text, said)


@given(
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2049, 12, 31)),
    st.sampled_from(
        [
            "%d/%m/%Y",
            "%Y-%m-%d",
            "%Y-%m-%d %H:%M:%S",
            "%d/%m/%Y %H:%M",
            "%Y-%m-%dT%H:%M:%S",
            "%d.%m.%Y",
            "%Y%m%d",
        ]
    ),
    st.sampled_from(["{}", "first on {}", "{} or another day", "from {0} to {0}", "roll_{}.csv"]),
)
def test_dates_and_times_stay_readable(day: dt.datetime, form: str, around: str) -> None:
    text = around.format(day.strftime(form))
    assert mask(text) == text


@given(st.integers(0, 99_999_999), st.floats(0, 0.99).map(lambda one: f"{one:.12f}"))
def test_ordinary_numbers_stay_readable(whole: int, share: str) -> None:
    assert mask(str(whole)) == str(whole)
    assert mask(share) == share


def test_names_of_files_with_years_and_days_stay_readable() -> None:
    for name in (
        "exclusions_2023-24_2024-25.csv",
        "roll_20230901_20240831.csv",
        "roll 2023-09-01 2024-08-31.csv",
        "exclusions_201617_201819.csv",
    ):
        assert mask(name) == name


def test_six_figures_joined_that_are_no_academic_years_are_masked() -> None:
    for number in ("201617_201818", "201618_201819", "821123_201819", "201617 201819"):
        assert mask(number) != number
