"""A number put into a scenario, with how sure its author is of it."""

from dataclasses import dataclass
from math import isfinite
from statistics import NormalDist

from hashquake.core.errors import InputError

_Z90 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A value and its 90 % interval; a fixed number has limits that equal it.

    Parameters
    ----------
    value, low, high : float
        In the unit of what it stands for, ``low <= value <= high``.

    Raises
    ------
    InputError
        ``amount-malformed`` for values that are not numbers, or limits out of order.
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what cannot be an amount."""
        if not all(isfinite(number) for number in (self.value, self.low, self.high)):
            raise InputError(
                f"an amount must be a number, not {self.value} [{self.low}, {self.high}]",
                code="amount-malformed",
            )
        if not self.low <= self.value <= self.high:
            raise InputError(
                f"an amount needs low <= value <= high, not {self.low}, {self.value}, {self.high}",
                code="amount-malformed",
            )

    @property
    def fixed(self) -> bool:
        """Whether nothing about it is uncertain."""
        return self.low == self.high

    def beta(self) -> tuple[float, float] | None:
        """Return the two shapes of the Beta law with this mean and spread, or None when fixed.

        The interval is read as 3.29 standard deviations. Where so wide a law would pile up at 0
        or 1, the widest one is taken that does not.
        """
        if self.fixed or not 0.0 < self.value < 1.0:
            return None
        variance = ((self.high - self.low) / (2 * _Z90)) ** 2
        weight = self.value * (1 - self.value) / variance - 1
        weight = max(weight, 1.0 / min(self.value, 1 - self.value))
        return self.value * weight, (1 - self.value) * weight


def exactly(value: float) -> Amount:
    """Return an amount without doubt.

    Parameters
    ----------
    value : float
        In the amount's unit.
    """
    return Amount(value=value, low=value, high=value)
