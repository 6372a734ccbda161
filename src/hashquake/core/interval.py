"""A number with its uncertainty: seven quantiles, and intervals read from them."""

from dataclasses import dataclass
from math import isnan

from hashquake.core.errors import UsageError

QUANTILE_LEVELS = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
"""The seven levels every estimate carries: the median and the 50, 90 and 95 % intervals."""


def rounded(value: float) -> str:
    """Return a number with three digits, as ``1.72e+20``.

    Parameters
    ----------
    value : float
        Any number.
    """
    return f"{value:.3g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A median with a central interval.

    Parameters
    ----------
    median, low, high : float
        In the unit of the quantity, ``low <= median <= high``; a limit may be infinite.
    level : float
        The nominal coverage, such as 0.9.
    """

    median: float
    low: float
    high: float
    level: float

    def __post_init__(self) -> None:
        """Refuse limits out of order: they are a bug upstream, not a finding."""
        if not (self.low <= self.median <= self.high) or isnan(self.level):
            raise UsageError(
                f"an interval must have low <= median <= high, got {self.low}, {self.median}, "
                f"{self.high}",
                code="interval-order",
            )

    def summary(self) -> str:
        """Return median and limits with three digits.

        >>> Interval(median=0.1234, low=0.01, high=0.5678, level=0.9).summary()
        '0.123 [0.01, 0.568]'
        """
        return f"{rounded(self.median)} [{rounded(self.low)}, {rounded(self.high)}]"

    def holds(self, value: float) -> bool:
        """Return whether a value lies inside, limits included.

        Parameters
        ----------
        value : float
            In the interval's unit.
        """
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """The seven quantiles of an estimate, at `QUANTILE_LEVELS`, never decreasing.

    Parameters
    ----------
    values : tuple of float, float, float, float, float, float and float, shape (7,)
        In the unit of what is estimated.
    """

    values: tuple[float, float, float, float, float, float, float]

    def __post_init__(self) -> None:
        """Refuse quantiles that decrease or are not numbers."""
        ordered = all(a <= b for a, b in zip(self.values, self.values[1:], strict=False))
        if len(self.values) != len(QUANTILE_LEVELS) or not ordered:
            raise UsageError(
                f"an estimate must have seven ordered quantiles, got {self.values}",
                code="quantiles-order",
            )

    @property
    def median(self) -> float:
        """The middle quantile."""
        return self.values[3]

    def interval(self, level: float = 0.9) -> Interval:
        """Return the central interval of one of the three levels carried.

        Parameters
        ----------
        level : float
            0.5, 0.9 or 0.95.

        Raises
        ------
        UsageError
            ``interval-level`` for any other level.
        """
        at = {0.5: 2, 0.9: 1, 0.95: 0}.get(level)
        if at is None:
            raise UsageError(
                f"no interval of level {level} is carried",
                code="interval-level",
                hint="ask for 0.5, 0.9 or 0.95",
            )
        return Interval(
            median=self.median, low=self.values[at], high=self.values[6 - at], level=level
        )

    def mapped(self, *, scale: float = 1.0, offset: float = 0.0) -> "Quantiles":
        """Return the quantiles of ``offset + scale * x``; a negative scale turns their order.

        Parameters
        ----------
        scale : float
            Any factor, in units of the result per unit of the quantiles.
        offset : float
            In the unit of the result.
        """
        moved = tuple(offset + scale * value for value in self.values)
        if scale < 0:
            moved = moved[::-1]
        a, b, c, d, e, f, g = moved
        return Quantiles(values=(a, b, c, d, e, f, g))
