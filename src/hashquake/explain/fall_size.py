"""How large a fall was, as a measurement, and the laws of what may have been lost."""

from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from hashquake.core.beta_law import share_values
from hashquake.core.interval import Interval
from hashquake.core.normal import normal_density, normal_quantile
from hashquake.core.quake import CauseName

Floats = NDArray[np.float64]
CauseKey = tuple[CauseName, str | None]
"""A cause and its country."""
_ALARM_Z = 2.0
NODES = 24
"""Values by which a law is stood for."""


@dataclass(frozen=True, slots=True)
class FallSize:
    """Minus the log of what remained, as a normal measurement.

    Parameters
    ----------
    mean : float
        Of the log.
    sd : float
        Its standard deviation.
    """

    mean: float
    sd: float

    @classmethod
    def of(cls, remaining: Interval) -> "FallSize":
        """Take the interval of hash rate after over before.

        Parameters
        ----------
        remaining : Interval
            Hash rate after over before.
        """
        reach = normal_quantile(0.5 + remaining.level / 2.0)
        low, high = max(remaining.low, 1e-4), max(remaining.high, 2e-4)
        sd = max((log(high) - log(low)) / (2.0 * reach), 0.005)
        return cls(-log(max(remaining.median, 1e-4)), float(sd))

    def density(self, loss_share: Floats, *, alarmed: bool = False) -> float:
        """Density of the measurement, averaged over equally likely losses.

        With `alarmed` it was a detector that pointed at the fall, and that would have passed over
        most losses of less than two standard errors.

        Parameters
        ----------
        loss_share : array of float64, shape (n,)
            Equally likely losses, 0 to 1.
        alarmed : bool
            Whether the same data raised the alarm, which favours large measurements.
        """
        true = -np.log1p(-np.minimum(loss_share, 0.999))
        seen = ndtr(true / self.sd - _ALARM_Z) if alarmed else 1.0
        return float(np.mean(seen * normal_density(self.mean, true, self.sd)))

    def density_of_z(self, z_mean: float, z_sd: float) -> float:
        """Density of the measurement where its number of standard errors is normal.

        Parameters
        ----------
        z_mean, z_sd : float
            Mean and standard deviation of the number of standard errors.
        """
        return float(normal_density(self.mean / self.sd, z_mean, z_sd)) / self.sd


def share_nodes(share: Interval | None) -> Floats:
    """Return equally likely values of what a place has; the whole network where that is None.

    Parameters
    ----------
    share : Interval or None
        Of the network's hash rate; None where no map names the place.
    """
    return np.ones(1) if share is None else share_values(share, NODES)


def normalised(rates: dict[CauseKey, float], power: float) -> dict[CauseKey, float]:
    """Return the rates, raised to a power, over their sum; all to ``unknown`` if all are 0.

    Parameters
    ----------
    rates : dict of CauseKey to float
        Rate of each cause, per year, from 0.
    power : float
        Exponent; below 1 flattens.
    """
    logs = {key: power * log(rate) if rate > 0.0 else -inf for key, rate in rates.items()}
    top = max(logs.values())
    if top == -inf:
        # No cause of the model makes such a fall.
        return {key: float(key == ("unknown", None)) for key in rates}
    raised = {key: exp(value - top) for key, value in logs.items()}
    total = sum(raised.values())
    return {key: value / total for key, value in raised.items()}
