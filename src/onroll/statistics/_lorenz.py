"""Shares of events and of pupils, counted from the pupils with most events down, with their gradients."""

from __future__ import annotations

import numpy as np

from onroll.statistics._inputs import Figure, FloatArray

Measured = tuple[FloatArray, FloatArray]
"""A share and its gradient in the number of pupils of each class."""


def limits(n: FloatArray, share: FloatArray, gradient: FloatArray, z: float) -> tuple[FloatArray, ...]:
    """The share with limits from the delta method on its logit, so that they stay between 0 and 1."""
    error = np.sqrt((n * gradient * gradient).sum(-1))
    inside = (share > 0) & (share < 1) & (error > 1e-12)
    p = np.where(inside, share, 0.5)
    odds, far = p / (1.0 - p), np.exp(z * error / (p * (1.0 - p)))
    lower, upper = odds / far / (1.0 + odds / far), 1.0 / (1.0 + 1.0 / (odds * far))
    return share, np.where(inside, lower, share), np.where(inside, upper, share)


def made(n: FloatArray, f: FloatArray, top: Figure) -> Measured:
    """Share of events of the top share of pupils: whole classes above, and part of the one it ends in."""
    whole, events = n.sum(-1), n @ f
    wanted = np.asarray(top) * whole
    above = _above(n)
    at = (above <= wanted[..., None]) & (above + n > wanted[..., None])
    each = (at * f).sum(-1)
    over = f > each[..., None]
    share = ((n * over) @ f + (wanted - (n * over).sum(-1)) * each) / events
    by_class = over * (f - each[..., None]) + (np.asarray(top) * each)[..., None]
    return share, (by_class - share[..., None] * f) / events[..., None]


def making(n: FloatArray, f: FloatArray, share: float) -> Measured:
    """Share of pupils that make this share of the events, from the top down."""
    whole, events = n.sum(-1), n @ f
    wanted = share * events
    above = _above(n * f)
    at = (above < wanted[..., None]) & (above + n * f >= wanted[..., None])
    each = (at * f).max(-1)
    over = f > each[..., None]
    part = ((n * over).sum(-1) + (wanted - (n * over) @ f) / each) / whole
    by_class = over * (1.0 - f / each[..., None]) + share * f / each[..., None]
    return part, (by_class - part[..., None]) / whole[..., None]


def gini_coefficient(n: FloatArray, f: FloatArray) -> Measured:
    """Half the mean distance over the mean, and its gradient."""
    whole, events = n.sum(-1), n @ f
    away = n @ np.abs(f[:, None] - f)
    value = (n * away).sum(-1) / (2.0 * whole * events)
    scale = (whole * events)[..., None]
    return value, away / scale - value[..., None] * (1.0 / whole[..., None] + f / events[..., None])


def _above(n: FloatArray) -> FloatArray:
    """How many stand in higher classes."""
    return np.asarray(n[..., ::-1].cumsum(-1)[..., ::-1] - n)
