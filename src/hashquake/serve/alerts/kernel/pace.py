"""The pace of blocks, of the network or of a pool, and the silence that is rare at it.

The chance that a gap lasts longer than a silence is that of `hashquake.core.silence`: the
predictive distribution of an exponential waiting time after n gaps. A baseline counts only gaps
between blocks that both came in while they were watched.
"""

from dataclasses import dataclass, replace

from hashquake.core.times import YEAR_S

LEAST_GAPS = 10
"""Without so many watched gaps there is no pace to compare a silence with."""
MOST_GAPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The last gaps between the blocks of a subject.

    Parameters
    ----------
    subject : str
        ``network`` or a pool.
    last_s : float or None
        When its last block came, UTC Unix seconds; None after blocks that came in unwatched.
    gaps_s : tuple of float
        Between watched blocks, oldest first, seconds.
    """

    subject: str
    last_s: float | None = None
    gaps_s: tuple[float, ...] = ()

    def after(self, block_s: float) -> "Pace":
        """Return the pace after a block.

        Parameters
        ----------
        block_s : float
            Its time, UTC Unix seconds; earlier than the last one's counts as no gap.
        """
        if self.last_s is None:
            return replace(self, last_s=block_s)
        gap_s = max(0.0, block_s - self.last_s)
        gaps_s = (*self.gaps_s, gap_s)[-MOST_GAPS:]
        return replace(self, last_s=max(block_s, self.last_s), gaps_s=gaps_s)

    def broken(self) -> "Pace":
        """Return the pace after blocks that came in unwatched: the next gap is not known."""
        return replace(self, last_s=None)

    @property
    def known(self) -> bool:
        """Whether there are gaps enough, and a last block to count from."""
        return self.last_s is not None and len(self.gaps_s) >= LEAST_GAPS and sum(self.gaps_s) > 0.0

    @property
    def per_year(self) -> float:
        """Blocks a year at this pace."""
        return len(self.gaps_s) / sum(self.gaps_s) * YEAR_S

    def silence_s(self, false_alarms_per_year: float) -> tuple[float, float]:
        """Return the silence that chance alone exceeds so often, and the chance of such a gap.

        Parameters
        ----------
        false_alarms_per_year : float
            Above 0.

        Returns
        -------
        (float, float)
            Seconds since the last block, and the probability that a gap is longer.
        """
        n, span_s = len(self.gaps_s), sum(self.gaps_s)
        chance = min(1.0, false_alarms_per_year / self.per_year)
        return span_s * (chance ** (-1.0 / n) - 1.0), chance
