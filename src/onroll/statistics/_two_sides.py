"""Two groups over the same strata: shares, rates, and the four parts of the difference of their rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onroll.statistics._inputs import BoolArray, FloatArray, normal_quantile
from onroll.statistics._signed_sums import Distances, gamma_distances


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Events and pupils by stratum, the variance of the events, and how much one event more adds to them."""

    events: FloatArray
    exposure: FloatArray
    variance: FloatArray
    one_more: FloatArray

    def broadcast(self, shape: tuple[int, ...]) -> Table:
        """All of one shape."""
        every = (self.events, self.exposure, self.variance, self.one_more)
        return Table(*(np.broadcast_to(array, shape) for array in every))


class Side:
    """One group: shares and rates by stratum, in the strata it shares with the other group and in the rest."""

    def __init__(self, events: FloatArray, exposure: FloatArray, other_there: BoolArray) -> None:
        self.total = exposure.sum(-1)
        self.events = events.sum(-1)
        self.rate = self.events / self.total
        self.exposure = exposure
        self.rates = events / np.where(exposure > 0, exposure, 1.0)
        self.shared = (exposure > 0) & other_there
        self.alone = (exposure > 0) & ~self.shared
        inside, outside = (exposure * self.shared).sum(-1), (exposure * self.alone).sum(-1)
        self.apart = outside / self.total
        self.share_in = exposure * self.shared / np.where(inside > 0, inside, 1.0)[..., None]
        self.share_out = exposure * self.alone / np.where(outside > 0, outside, 1.0)[..., None]


def four_parts(
    here: Side, there: Side
) -> tuple[FloatArray, tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """The four parts; then, for either group, the weight of each stratum's rate and share in parts and gap."""
    c, c0, r, r0 = here.share_in, there.share_in, here.rates, there.rates
    moved, mean = (c - c0) / 2.0, (c + c0) / 2.0
    here_extra, there_extra = (
        side.apart[..., None] * (side.share_out - side.share_in) for side in (here, there)
    )
    nothing = np.zeros(c.shape)
    of_rate = np.stack([moved, mean, here_extra, nothing, here.exposure / here.total[..., None]], -2)
    of_rate0 = np.stack([moved, -mean, nothing, -there_extra, -there.exposure / there.total[..., None]], -2)
    estimate = (of_rate[..., :4, :] * r[..., None, :] + of_rate0[..., :4, :] * r0[..., None, :]).sum(-1)
    between, gap = (r + r0) / 2.0, (r - r0) / 2.0
    return (
        estimate,
        (of_rate, of_rate0),
        (
            _in_share(here, between, gap, 1.0),
            _in_share(there, -between, gap, -1.0),
        ),
    )


def _in_share(side: Side, between: FloatArray, within: FloatArray, sign: float) -> FloatArray:
    """Gradient of the four parts and the gap in the share that each stratum has of all the group's pupils."""
    inside = np.where(side.apart < 1.0, 1.0 - side.apart, 1.0)[..., None]
    mean_in = (side.share_in * side.rates).sum(-1, keepdims=True)
    composition, rate = (
        side.shared * (by - (side.share_in * by).sum(-1, keepdims=True)) / inside for by in (between, within)
    )
    away = side.apart[..., None]
    beyond = sign * np.where(
        side.alone, side.rates - mean_in, -away * (side.rates - mean_in) / inside * side.shared
    )
    nothing = np.zeros(composition.shape)
    extra = (beyond, nothing) if sign > 0 else (nothing, beyond)
    return np.stack([composition, rate, *extra, sign * side.rates], -2)


def of_sampling(side: Side, gradient: FloatArray) -> FloatArray:
    """Variance that a multinomial sample of pupils adds."""
    share = (side.exposure / side.total[..., None])[..., None, :]
    mean = (share * gradient).sum(-1)
    return np.asarray(((share * gradient**2).sum(-1) - mean**2) / side.total[..., None])


def distances(
    tables: tuple[Table, Table], weights: tuple[FloatArray, FloatArray], confidence: float, method: str
) -> Distances:
    """Squared distances of the limits below and above sums of the two groups' stratum rates."""
    below, above = np.zeros(weights[0].shape[:-1]), np.zeros(weights[0].shape[:-1])
    for table, weight in zip(tables, weights, strict=True):
        per_event = weight / np.where(table.exposure > 0, table.exposure, 1.0)[..., None, :]
        noise = table.variance[..., None, :]
        if method == "delta":
            square = normal_quantile(confidence) ** 2 * (per_event**2 * noise).sum(-1)
            low, high = square, square
        else:
            there = (table.one_more * (table.exposure > 0))[..., None, :]
            low, high = gamma_distances(per_event, table.events[..., None, :], noise, there, confidence)
        below, above = below + low, above + high
    return below, above
