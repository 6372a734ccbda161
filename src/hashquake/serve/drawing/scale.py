"""Scales: where a value stands between the two ends of an axis."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray


class AxisScale(Protocol):
    """Maps values to places between two ends of a drawing, in CSS pixels."""

    def __call__(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the places of values.

        Parameters
        ----------
        values : array_like
            In the axis's unit; NaN stays NaN.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A scale on which equal differences are equal lengths.

    Parameters
    ----------
    low, high : float
        The values at its ends, different from each other.
    low_px, high_px : float
        Where these stand.
    """

    low: float
    high: float
    low_px: float
    high_px: float

    def __call__(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the places of values.

        >>> float(Linear(low=0, high=10, low_px=100, high_px=0)(4))
        60.0

        Parameters
        ----------
        values : array_like
            In the axis's unit.
        """
        share = (np.asarray(values, dtype=float) - self.low) / (self.high - self.low)
        return np.asarray(self.low_px + share * (self.high_px - self.low_px))


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A scale on which equal ratios are equal lengths.

    Parameters
    ----------
    low, high : float
        The values at its ends, above 0 and different from each other.
    low_px, high_px : float
        Where these stand.
    """

    low: float
    high: float
    low_px: float
    high_px: float

    def __call__(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the places of values.

        >>> float(Log(low=1, high=100, low_px=0, high_px=50)(10))
        25.0

        Parameters
        ----------
        values : array_like
            In the axis's unit, above 0.
        """
        share = np.log(np.asarray(values, dtype=float) / self.low) / np.log(self.high / self.low)
        return np.asarray(self.low_px + share * (self.high_px - self.low_px))
