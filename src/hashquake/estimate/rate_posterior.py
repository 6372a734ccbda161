"""Hash rates at an instant, of the network and of pools, with their uncertainty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import NoCoverage
from hashquake.core.estimate import Estimate
from hashquake.core.interval import Quantiles
from hashquake.core.subject import NETWORK
from hashquake.core.window import Window

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatePosterior:
    """Hash rates at an instant.

    Parameters
    ----------
    at_s, first_s : float
        The instant, and the time of the first block used; UTC Unix seconds.
    subjects : tuple of str
        ``network`` first, then the pools.
    quantiles_hps : array of float64, shape (subjects, 7)
        At `QUANTILE_LEVELS`.
    n_blocks : array of int64, shape (subjects,)
        Blocks used.
    made_by : str
        Method and version.
    """

    at_s: float
    first_s: float
    subjects: tuple[str, ...]
    quantiles_hps: Floats
    n_blocks: Ints
    made_by: str

    def estimate(self, subject: str = NETWORK) -> Estimate:
        """Return one subject's hash rate.

        Parameters
        ----------
        subject : str
            ``network`` or a pool of the filter.

        Raises
        ------
        NoCoverage
            ``subject-not-followed`` when the filter does not follow it.
        """
        if subject not in self.subjects:
            raise NoCoverage(
                f"{subject} is not followed by this filter",
                code="subject-not-followed",
                hint=f"followed: {', '.join(self.subjects)}",
            )
        at = self.subjects.index(subject)
        a, b, c, d, e, f, g = self.quantiles_hps[at].tolist()
        return Estimate(
            subject=subject,
            quantity="hashrate_hps",
            window=Window(start_s=self.first_s, end_s=self.at_s),
            quantiles=Quantiles(values=(a, b, c, d, e, f, g)),
            n_blocks=int(self.n_blocks[at]),
            made_by=self.made_by,
        )
