"""What a pool earns by holding its blocks back: a check of the race kernels against known theory.

Source: Eyal and Sirer 2014, key ``eyal-sirer-2014`` in ``docs/refs.bib``.
"""

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.kernels import kernel

Floats = NDArray[np.float64]


def selfish_revenue_share(pool_share: float, *, tie_share: float = 0.0) -> float:
    """Return the part of all rewards that a selfish pool earns in the long run.

    Parameters
    ----------
    pool_share : float
        Its part of the hash rate, 0 to 0.5.
    tie_share : float
        Part of the others that mines on the pool's block in a tie, 0 to 1 (gamma).

    Raises
    ------
    UsageError
        ``share-range``.

    Examples
    --------
    >>> round(selfish_revenue_share(0.4), 4)
    0.4837
    """
    _check(pool_share, tie_share)
    a, g = pool_share, tie_share
    rewards = a * (1 - a) ** 2 * (4 * a + g * (1 - 2 * a)) - a**3
    return rewards / (1 - a * (1 + (2 - a) * a))


def simulated_revenue_share(
    pool_share: float,
    rng: np.random.Generator,
    *,
    tie_share: float = 0.0,
    n_blocks: int = 1_000_000,
) -> float:
    """Play the strategy block by block and count.

    Parameters
    ----------
    pool_share, tie_share : float
        As for `selfish_revenue_share`.
    rng : numpy Generator
        Source of randomness.
    n_blocks : int
        How many to find.
    """
    _check(pool_share, tie_share)
    finder = rng.random(n_blocks)
    taker = rng.random(n_blocks)
    ours, all_ = _play(finder, taker, pool_share, tie_share)
    return float(ours / all_)


@kernel
def _play(finder: Floats, taker: Floats, share: float, tie_share: float) -> tuple[int, int]:
    lead = 0
    tie = False
    ours = 0
    theirs = 0
    for k in range(len(finder)):
        if finder[k] < share:
            if tie:
                # The pool's next block settles the race for its branch.
                ours += 2
                tie = False
                lead = 0
            else:
                lead += 1
        elif tie:
            if taker[k] < tie_share:
                ours += 1
                theirs += 1
            else:
                theirs += 2
            tie = False
            lead = 0
        elif lead == 0:
            theirs += 1
        elif lead == 1:
            tie = True
        elif lead == 2:
            # Shows both: the other's block is lost.
            ours += 2
            lead = 0
        else:
            ours += 1
            lead -= 1
    return ours, ours + theirs


def _check(share: float, tie_share: float) -> None:
    if not 0.0 <= share <= 0.5 or not 0.0 <= tie_share <= 1.0:
        raise UsageError(
            f"a pool of {share} with {tie_share} of ties is outside the theory",
            code="share-range",
            hint="the pool has up to half of the hash rate, ties are 0 to 1",
        )
