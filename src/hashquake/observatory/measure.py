"""Hash rates read off a record."""

import difflib

import numpy as np

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.errors import UsageError
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK, UNKNOWN_POOL, parse_subject
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import pool_block_counts
from hashquake.estimate.shares import share_of, shares_of
from hashquake.estimate.window import window_rate
from hashquake.observatory.tables import Rate, Rates
from hashquake.pools.registry import bundled

CONTEXT_S = 40 * DAY_S
"""Blocks loaded besides a window's, so that its epochs' first blocks are among them."""
_FEW_RUNS = 16
"""So many runs of heights whose times lie outside a window are read one by one."""
_CLOCK_SLACK_S = 4 * HOUR_S
"""Header times stray from the order of heights by less than this."""


def rates(record: Record, window: Window, subjects: tuple[str, ...]) -> Rates:
    """Estimate hash rates in a window; see `Observatory.rate`.

    Parameters
    ----------
    record : Record
        Blocks and what was watched.
    window : Window
        The window, UTC Unix seconds.
    subjects : tuple of str
        None named is the network and every pool that found a block.
    """
    for subject in subjects:
        check_subject(record, subject)
    blocks, coverage = blocks_around(record, window), record.coverage()
    network = record.network
    labelled = bool((blocks.pool_code >= 0).any())
    counts = pool_block_counts(blocks, window, coverage, network=network) if labelled else None
    if counts is not None and not counts.n_labelled:
        # A silence bounds hash rates from above; it says nothing of how they are shared out.
        counts = None
    found = shares_of(counts, window).pools if counts is not None else ()
    return Rates(
        Rate(
            hashrate=window_rate(blocks, window, subject, coverage, network=network),
            share=None
            if subject == NETWORK or counts is None
            else share_of(counts, window, subject),
        )
        for subject in subjects or (NETWORK, *(one.subject for one in found if one.n_blocks))
    )


def check_subject(record: Record, subject: str) -> None:
    """Refuse what blocks do not tell; a pool nobody knows must not come out as a zero.

    Parameters
    ----------
    record : Record
        Whose pools are known.
    subject : str
        Such as ``network`` or ``pool:antpool``.

    Raises
    ------
    UsageError
        ``subject-unsupported`` for a place, ``pool-unknown`` for a pool of which nothing is known.
    """
    kind, name = parse_subject(subject)
    if kind not in ("network", "pool"):
        raise UsageError(
            f"the hash rate of {subject} cannot be estimated from blocks",
            code="subject-not-mined",
            hint="ask for network or pool:SLUG",
        )
    if kind == "pool" and name != UNKNOWN_POOL:
        known = {pool.slug for pool in bundled().pools} | set(record.pool_names())
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean pool:{near[0]}?" if near else "see hashquake rate"
            raise UsageError(f"no pool {name!r} is known", code="pool-unknown", hint=meant)


def blocks_around(
    record: Record, window: Window, *, after_s: float = _CLOCK_SLACK_S
) -> BlockColumns:
    """Load the blocks of a window with what their difficulty rests on, without a hole.

    Parameters
    ----------
    record : Record
        Blocks.
    window : Window
        The window, UTC Unix seconds.
    after_s : float
        How long after the window blocks are read too, seconds.
    """
    around = Window(start_s=window.start_s - CONTEXT_S, end_s=window.end_s + after_s)
    near = heights_between(record, around)
    if len(near) or around.start_s <= 0.0:
        return near
    # A silence so long that no block is near: the last ones before it state the difficulty.
    return record.blocks(window=Window(start_s=0.0, end_s=around.start_s))


def heights_between(record: Record, window: Window) -> BlockColumns:
    """Load every block from the first to the last height dated in a window.

    Header times run backwards here and there, so the heights are found by time first and then
    taken whole.

    Parameters
    ----------
    record : Record
        Blocks.
    window : Window
        Header times, UTC Unix seconds.
    """
    near = record.blocks(window=window)
    left_out = np.flatnonzero(np.diff(near.height) > 1)
    if len(left_out) > _FEW_RUNS:
        return record.blocks(first_height=int(near.height[0]), last_height=int(near.height[-1]))
    # Reading is what takes time: only the few blocks dated outside are read besides.
    parts, begin = [], 0
    for at in left_out.tolist():
        between = int(near.height[at]) + 1, int(near.height[at + 1]) - 1
        parts += [
            near.take(slice(begin, at + 1)),
            record.blocks(first_height=between[0], last_height=between[1]),
        ]
        begin = at + 1
    return concatenate([*parts, near.take(slice(begin, len(near)))]) if parts else near
