"""Blocks of unequal work, counted as so many equal ones.

On the test networks a block of the easiest target may follow twenty minutes without a block, so
one epoch holds blocks whose work differs by a factor of a million, and a block more or less says
nothing of the hash rate. There the rate is the sum of work over time, as explorers show it. Its
uncertainty is that of a compound Poisson sum, taken to second order: blocks of work ``w`` count as
``sum(w)^2 / sum(w^2)`` blocks of equal work ``sum(w^2) / sum(w)``, which have the same sum and the
same variance.

Source: the effective number of a weighted sample, key ``kish-1965`` in ``docs/refs.bib``.
"""

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage


def equal_work_hashes(blocks: BlockColumns, inside: NDArray[np.bool_]) -> float:
    """Return the work of the equal blocks that the blocks of a window count as.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Of the main chain.
    inside : array of bool, shape (n,)
        Those in the window. Where none is, the hardest block nearby counts: it was mined at the
        epoch's own target.

    Returns
    -------
    float
        Hashes.

    Raises
    ------
    NoCoverage
        ``no-difficulty`` without any block.
    """
    if not len(blocks):
        raise NoCoverage(
            "no block shows the difficulty in force",
            code="no-difficulty",
            hint="include blocks from before the window",
        )
    work = blocks.work_hashes
    if not inside.any():
        return float(work.max())
    return float((work[inside] ** 2).sum() / work[inside].sum())
