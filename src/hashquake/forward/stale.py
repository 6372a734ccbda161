"""How many blocks lose a race, to first order in how long a block takes to spread.

While a block of pool j spreads, for `delay`, everybody but pool j still mines on the old tip. A
block of pool i is lost when another pool's block was found just before, and in half the ties that
follow, which first order leaves out. Source: key ``decker-wattenhofer-2013`` in
``docs/refs.bib``.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stale_share_of_pools(shares: Floats, *, delay_s: float, interval_s: float) -> Floats:
    """Return the share of each pool's blocks that go stale.

    Parameters
    ----------
    shares : array of float64, shape (pools,)
        Of the hash rate; what is missing to 1 is taken as pools without weight.
    delay_s, interval_s : float
        How long a block takes to reach the other pools; mean time between blocks.

    Returns
    -------
    array of float64, shape (pools,)
        ``delay / interval * ((1 - p_i)^2 + sum of p_j^2 over the others)``: a block of i meets a
        rival found within the delay before or after it, and loses to whoever is extended first.
    """
    squares = float((shares**2).sum())
    rate: Floats = delay_s / interval_s * ((1 - shares) ** 2 + squares - shares**2)
    return rate


def stale_share(shares: Floats, *, delay_s: float, interval_s: float) -> float:
    """Return the share of all blocks that go stale, pools weighted by what they find.

    Parameters
    ----------
    shares : array of float64, shape (pools,)
        Of hash rate, with a sum of 1.
    delay_s : float
        How long a block takes to the other pools, seconds.
    interval_s : float
        Mean time between blocks, seconds.
    """
    each = stale_share_of_pools(shares, delay_s=delay_s, interval_s=interval_s)
    rest = max(1 - float(shares.sum()), 0.0)
    lone = delay_s / interval_s * (1 + float((shares**2).sum()))
    return float((shares * each).sum() + rest * lone)
