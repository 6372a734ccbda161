"""The share of each pool in the blocks of a window.

A share is a probability that a block is the pool's: counts of blocks alone tell it, whatever the
difficulty did. Blocks whose pool was never looked up are left out and counted apart; ``unknown``,
looked up and not found, is a pool like any other.
"""

from dataclasses import dataclass

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.estimate import Estimate
from hashquake.core.network import MAIN, Network
from hashquake.core.poisson import share_quantiles
from hashquake.core.window import Window
from hashquake.estimate.block_count import PoolBlockCounts, pool_block_counts

MADE_BY = "shares/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolShares:
    """The shares of all pools in a window.

    Parameters
    ----------
    window : Window
        The time counted.
    pools : tuple of Estimate
        Of ``hashrate_share``, 0 to 1, largest first; each interval is the pool's own.
    n_labelled, n_unlabelled : int
        Blocks the shares are of, and blocks left out because their pool was never looked up.
    """

    window: Window
    pools: tuple[Estimate, ...]
    n_labelled: int
    n_unlabelled: int


def pool_shares(
    blocks: BlockColumns, window: Window, coverage: Coverage, *, network: Network = MAIN
) -> PoolShares:
    """Estimate every pool's share of the network's hash rate over a window.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    window : Window
        The time counted.
    coverage : Coverage
        What was observed.
    network : Network
        Whose retarget rule holds.

    Raises
    ------
    NoCoverage
        When the window was not observed throughout, holds no block, or the pools of its blocks
        were never looked up.
    """
    return shares_of(pool_block_counts(blocks, window, coverage, network=network), window)


def shares_of(counts: PoolBlockCounts, window: Window) -> PoolShares:
    """Turn the counts of a window's pools into shares.

    Parameters
    ----------
    counts : PoolBlockCounts
        Of one window.
    window : Window
        That window.

    Raises
    ------
    NoCoverage
        ``no-blocks`` when no block was found: a share of nothing has no meaning.
    """
    if not counts.n_labelled:
        raise NoCoverage(
            f"no block was found from {window}",
            code="no-blocks",
            hint="take a longer window",
        )
    return PoolShares(
        window=window,
        pools=tuple(share_of(counts, window, one.subject) for one in counts.pools),
        n_labelled=counts.n_labelled,
        n_unlabelled=counts.n_unlabelled,
    )


def share_of(counts: PoolBlockCounts, window: Window, subject: str) -> Estimate:
    """Turn the count of one pool into its share; a pool without a count has found no block.

    Parameters
    ----------
    counts : PoolBlockCounts
        With at least one block whose pool was looked up.
    window : Window
        The time counted.
    subject : str
        ``pool:<slug>``.
    """
    own = [one for one in counts.pools if one.subject == subject]
    n_counted = sum(one.n_counted for one in own)
    n_all = sum(one.n_counted for one in counts.pools)
    return Estimate(
        subject=subject,
        quantity="hashrate_share",
        window=window,
        # The sum of the parts may round to less than one part alone.
        quantiles=share_quantiles(min(n_counted, n_all), n_all),
        n_blocks=sum(one.n_blocks for one in own),
        made_by=MADE_BY,
    )
