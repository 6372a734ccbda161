"""A reorganisation deeper than happens by chance is never taken for an ordinary one."""

from hashquake.core.record import AppendResult

DEEP_REORG_BLOCKS = 6
"""Two parts of a network that find blocks of their own meet again before so many: a payment counts
as final after them. A deeper reorganisation is an attack, a split, or a node of another chain."""


def deep_reorg(result: AppendResult) -> str | None:
    """Return what is wrong with a reorganisation; None for an ordinary one, or for none.

    Parameters
    ----------
    result : AppendResult
        What a batch changed.
    """
    first, n_staled = result.lowest_changed, result.blocks_staled
    if first is None or not n_staled or (n_staled <= DEEP_REORG_BLOCKS and first > 1):
        return None
    count = "1 block was" if n_staled == 1 else f"{n_staled:,} blocks were"
    whole = ", the whole chain," if first <= 1 else ""
    return (
        f"{count} replaced from height {first:,} on{whole} by one reorganisation, deeper than "
        "chance explains: does the node follow the right chain? [reorg-deep]"
    )
