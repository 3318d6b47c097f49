"""NB2 by maximum likelihood: coefficients at each alpha by scoring, alpha by the root of its profile score."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, special

from onroll.statistics._cell_rows import CellRows
from onroll.statistics._families import POISSON, negative_binomial_family
from onroll.statistics._generalised_linear import Fitted, fit
from onroll.statistics._inputs import FloatArray
from onroll.statistics._profile import profile_limits

SMALLEST, LARGEST = 1e-7, 1e5
NO_TOP = (
    "the likelihood of alpha has no clear top between {:g} and {:g}: counts are too large, or tell too little of their "
    "spread; join cells, or ask for event_rates with robust errors"
)
SERIES_BELOW = 1e-5
"""Where alpha times events by pupils is below this a series stands for gamma functions that would cancel."""


@dataclass(slots=True)
class NegativeBinomial:
    """The likelihood of rows in which ``times`` draws each gave ``y`` events, summed over ``n`` pupils a draw."""

    rows: CellRows
    y: FloatArray
    n: FloatArray
    times: FloatArray
    last: FloatArray | None = field(default=None)

    def at(self, alpha: float) -> Fitted:
        """Best coefficients at this alpha."""
        fitted = fit(self.rows, negative_binomial_family(alpha), self.last)
        self.last = fitted.beta
        return fitted

    def likelihood(self, alpha: float) -> float:
        """Greatest log-likelihood at this alpha."""
        return self.at(alpha).log_likelihood + self.constant(alpha)

    def constant(self, alpha: float) -> float:
        """What the coefficients do not move."""
        y, n = self.y, self.n
        longer = alpha / n
        series = longer * y * (y - 1.0) / 2.0 - longer**2 * y * (y - 1.0) * (2.0 * y - 1.0) / 12.0
        size = 1.0 / np.maximum(longer, SERIES_BELOW * 1e-3)
        exact = special.gammaln(y + size) - special.gammaln(size) - y * np.log(size)
        rising = np.where(longer * np.maximum(y, 1.0) < SERIES_BELOW, series, exact)
        return float((self.times * (rising + y * np.log(n) - special.gammaln(y + 1.0))).sum())

    def slope(self, alpha: float) -> float:
        """Derivative of the profile likelihood."""
        mean = self.at(alpha).mean
        size = self.n / alpha
        gain = self.y / alpha - size / alpha * (special.digamma(self.y + size) - special.digamma(size))
        odds = mean / (1.0 + alpha * mean)
        longer = np.log1p(alpha * mean)
        loss = self.rows.n * (longer / alpha**2 - odds / alpha) - self.rows.y * odds
        return float((self.times * gain).sum() + loss.sum())

    def slope_at_zero(self) -> float:
        """Derivative at alpha 0: above 0 where events are spread wider than Poisson's."""
        mean = self.at(0.0).mean
        pairs = (self.times * self.y * (self.y - 1.0) / (2.0 * self.n)).sum()
        return float(pairs + (self.rows.n * mean**2 / 2.0 - self.rows.y * mean).sum())

    def best(self) -> float:
        """Find alpha; 0 where events are spread no wider than Poisson's."""
        if self.slope_at_zero() <= 0:
            return 0.0
        low = high = 0.5
        while self.slope(high) > 0:
            low, high = high, 4.0 * high
            if high > LARGEST:
                raise ValueError(f"alpha passes {LARGEST:g}; so few events tell nothing of their spread")
        while low == high or self.slope(low) <= 0:
            high, low = (low, low / 4.0) if low < high else (high, low / 4.0)
            if low < SMALLEST:
                return 0.0
        try:
            found = optimize.brentq(
                lambda one: self.slope(np.exp(one)), np.log(low), np.log(high), xtol=1e-11, rtol=1e-12
            )
        except ValueError as error:
            raise ValueError(NO_TOP.format(low, high)) from error
        return float(np.exp(found))

    def limits(self, alpha: float, confidence: float) -> tuple[float, float]:
        """Profile limits of alpha."""
        zero = fit(self.rows, POISSON).log_likelihood + self.constant(0.0)
        try:
            return profile_limits(self.likelihood, alpha, self.likelihood(alpha), zero, confidence)
        except (ValueError, RuntimeError) as error:
            raise ValueError(NO_TOP.format(alpha, alpha)) from error
