"""How a number is printed: rounded half up, never more precise than it is known, its unit beside it."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from onroll.vocabulary import MEASURES

COUNTED = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "twenty-one",
)  # fmt: skip
EMPTY = "not available"


def in_words(number: int) -> str:
    """A small number in words, a larger one in figures: ``three``, ``1,204``."""
    return COUNTED[number] if number < len(COUNTED) else f"{number:,}"


def rounded(value: float, places: int = 0) -> str:
    """Round half up, as the DfE does (Python rounds half to even), with thousands separated.

    >>> rounded(2.25, 1), rounded(1748)
    ('2.3', '1,748')
    """
    step = Decimal(1).scaleb(-places)
    exact = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    return f"{exact:,}" if exact else f"{abs(exact):,}"


def count(value: float) -> str:
    """A whole number of events or pupils: ``2,469``."""
    return EMPTY if math.isnan(value) else rounded(value)


def rate(value: float) -> str:
    """A rate in its unit, one decimal: ``6.1``."""
    return EMPTY if math.isnan(value) else rounded(value, 1)


def fine_rate(value: float) -> str:
    """A rate below 1 in its unit, two decimals: ``0.29``."""
    return EMPTY if math.isnan(value) else rounded(value, 2)


def ratio(value: float) -> str:
    """A ratio, two decimals, up to four where fewer would hide on which side of 1 it lies; no limit is said in words.

    >>> ratio(0.604), ratio(0.9957), ratio(1.0)
    ('0.60', '0.996', '1.00')
    """
    if math.isnan(value):
        return EMPTY
    if math.isinf(value):
        return "no limit"
    places = next((places for places in (2, 3, 4) if float(rounded(value, places).replace(",", "")) != 1), 2)
    return rounded(value, places)


def times(value: float) -> str:
    """A ratio in a sentence: ``1.8``, two decimals near 1 where the side matters, none from 20 on."""
    if math.isnan(value) or math.isinf(value):
        return ratio(value)
    near_one = 0.9 <= value < 1.1
    return ratio(value) if near_one else rounded(value, 0 if value >= 20 else 1)


def percent(value: float) -> str:
    """A share as a whole percentage: ``0.59`` is ``59%``."""
    return EMPTY if math.isnan(value) else f"{rounded(100 * value)}%"


def probability(value: float) -> str:
    """A p value, two decimals, three below 0.01 and never 0: ``0.70``, ``less than 0.001``."""
    if math.isnan(value):
        return EMPTY
    if value < 0.001:
        return "less than 0.001"
    return rounded(value, 2 if value >= 0.01 else 3)


def size(value: float) -> str:
    """A rate without its sign, one decimal, for sentences that say above or below."""
    return rate(abs(value))


def fine_size(value: float) -> str:
    """The same with two decimals, for rates below 1."""
    return fine_rate(abs(value))


def fall(value: float) -> str:
    """A ratio below 1 as a fall: ``0.53`` is ``47%``."""
    return percent(1.0 - value)


def rise(value: float) -> str:
    """A ratio above 1 as a rise: ``1.88`` is ``88%``."""
    return EMPTY if math.isnan(value) else "any size" if math.isinf(value) else percent(value - 1.0)


def fold(value: float) -> str:
    """A large ratio as people say it: ``19``."""
    return rounded(value)


def portion(value: float) -> str:
    """A share as people say it: ``about half``, ``nearly half``, ``about 71%``."""
    for low, high, words in (
        (0.995, 9e9, "to none at all"),
        (0.47, 0.53, "of about half"),
        (0.42, 0.47, "of nearly half"),
        (0.31, 0.36, "of about a third"),
        (0.23, 0.27, "of about a quarter"),
        (0.18, 0.22, "of about a fifth"),
    ):
        if low <= value < high:
            return words
    return f"of about {percent(value)}"


def in_ten(value: float) -> str:
    """A share as so many in ten, a small one as one in so many: ``0.589`` is ``about six in ten``."""
    if value < 0.15:
        return (
            "fewer than one in twenty"
            if value < 0.0476
            else f"about one in {COUNTED[round(1 / float(value))]}"
        )
    tenth = int(Decimal(repr(10 * float(value))).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return "nearly all" if tenth == 10 else f"about {COUNTED[tenth]} in ten"


def in_ten_first(value: float) -> str:
    """The same at the head of a sentence."""
    words = in_ten(value)
    return words[0].upper() + words[1:]


def for_every(measure: str) -> str:
    """What a rate is out of: ``for every 1,000 on roll``."""
    return f"for every {MEASURES[measure].per:,} on roll"


FORMATS = {
    "count": count, "rate": rate, "fine_rate": fine_rate, "size": size, "fine_size": fine_size, "ratio": ratio,
    "times": times, "percent": percent, "portion": portion, "fall": fall, "rise": rise, "fold": fold, "in_ten": in_ten,
    "in_ten_first": in_ten_first, "probability": probability,
}  # fmt: skip
"""Every way a number may be printed, by name: a sentence is read back against the evidence with these."""
