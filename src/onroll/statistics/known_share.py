"""Whether a share of so many runs of a simulation may be one that keeps a promise."""

from __future__ import annotations

from onroll.statistics.proportions import proportion

SURE = 0.99
"""A promise counts as broken only where chance alone would seldom give such a share."""


def may_be_within(share: float, runs: int, least: float, most: float) -> bool:
    """Say whether a share of so many runs may be one that lies between these two.

    Parameters
    ----------
    share : float
        Seen in the runs, 0 to 1.
    runs : int
        1 or more.
    least, most : float
        The bounds promised, both counted in.

    Returns
    -------
    bool
        True where the 99% interval of the share (Wilson) meets the bounds.

    Raises
    ------
    ValueError
        If a figure is out of its bounds.

    Examples
    --------
    >>> may_be_within(0.90, 40, 0.93, 0.97), may_be_within(0.90, 2000, 0.93, 0.97)
    (True, False)
    """
    interval = proportion(round(share * runs), runs, confidence=SURE)
    return bool(interval.upper >= least and interval.lower <= most)
