"""A number inferred, which cannot be built without its uncertainty."""

from dataclasses import dataclass

from hashquake.core.interval import Interval, Quantiles
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What was inferred of one quantity of one subject over one window.

    Parameters
    ----------
    subject, quantity : str
        Such as ``pool:antpool`` and ``hashrate_hps``.
    window : Window
        The time it is about; an estimate at an instant names the data it used.
    quantiles : Quantiles
        In the quantity's unit.
    n_blocks : int
        Blocks it rests on.
    made_by : str
        Method and version, such as ``window/1``.
    """

    subject: str
    quantity: str
    window: Window
    quantiles: Quantiles
    n_blocks: int
    made_by: str

    def interval(self, level: float = 0.9) -> Interval:
        """Return the central interval of level 0.5, 0.9 or 0.95.

        Parameters
        ----------
        level : float
            Probability that the interval holds the truth.
        """
        return self.quantiles.interval(level)
