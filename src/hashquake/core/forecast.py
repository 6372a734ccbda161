"""A statement about the future, stored before the truth is known."""

from dataclasses import dataclass

from hashquake.core.interval import Quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A predictive distribution of one quantity.

    Parameters
    ----------
    quantity : str
        Such as ``next_difficulty_ratio``.
    target : str
        What will decide it, such as ``height:717696``.
    issued_s : float
        When it was made, UTC Unix seconds.
    quantiles : Quantiles
        In the quantity's unit.
    seed : int or None
        Of the random numbers used; None when none were.
    made_by : str
        Method and version.
    """

    quantity: str
    target: str
    issued_s: float
    quantiles: Quantiles
    seed: int | None
    made_by: str
