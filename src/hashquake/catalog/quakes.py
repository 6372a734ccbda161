"""The catalog: every quake the blocks show, by replay or block by block, with the same result.

All detectors follow the chain; their picks, in order of time, and the looks that are due make
the book of opinions. An instant is dealt with once time has passed it, so it does not matter how
the blocks were split.

A source may repeat, skip or reorder blocks and a chain may reorganise: two earlier states are kept
as anchors, and whatever differs from what was taken is replayed from the last anchor before it.
Opinions once given stay in the ledger; what the new branch does not support is rejected there.
"""

from dataclasses import replace

import numpy as np

from hashquake.catalog.book_order import CatalogState, deal, foretold
from hashquake.catalog.branch import on_branch, slim, tell_again
from hashquake.catalog.reported_review import Levels
from hashquake.catalog.review import MADE_BY, VIEW_S
from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.label_gap import LabelGap
from hashquake.core.pick import Pick
from hashquake.core.quake import Quake
from hashquake.core.times import HOUR_S
from hashquake.detect import bocpd, pool_share, reported_drop, shiryaev_roberts

DETECTORS = "+".join(
    (
        MADE_BY,
        *(
            f"{card.name}/{card.version}"
            for card in (
                shiryaev_roberts.CARD,
                bocpd.CARD,
                pool_share.CARD,
                reported_drop.CARD,
            )
        ),
    )
)
"""Everything whose version moves a quake."""
ANCHOR_BLOCKS = 32
"""Blocks between two anchors; a reorg of that depth is always followed."""
LEAP_S = 2.0 * HOUR_S
"""The longest step of `now_s` believed to have been watched, when no block came in it."""
_PARTS = 256


def start(*, false_alarms_per_year: float = 1.0, gaps: tuple[LabelGap, ...] = ()) -> CatalogState:
    """Make an empty catalog.

    Parameters
    ----------
    false_alarms_per_year : float
        False alarms a year under the null model, of the network and of pools alike.
    gaps : tuple of LabelGap
        Known gaps in labels.

    Raises
    ------
    UsageError
        ``false-alarms-range`` outside the calibrated range.
    """
    return CatalogState(
        network=shiryaev_roberts.start(false_alarms_per_year=false_alarms_per_year),
        change=bocpd.start(false_alarms_per_year=false_alarms_per_year),
        pools=pool_share.start(false_alarms_per_year=false_alarms_per_year),
        gaps=gaps,
    )


def step(
    state: CatalogState,
    blocks: BlockColumns,
    now_s: float | None = None,
    *,
    vouched: bool = False,
    levels: Levels = lambda _before, _after: None,
) -> tuple[CatalogState, tuple[Quake, ...]]:
    """Take blocks, and then the silence up to `now_s`.

    Parameters
    ----------
    state : CatalogState
        Where it stood; not changed.
    blocks : BlockColumns, shape (n,)
        As the source gave them: repeats are passed over, a block that differs from the one taken
        at its height rewinds the chain, one that was skipped is put in its place. What lies more
        than `ANCHOR_BLOCKS` below the tip is passed over; rebuild the catalog for that.
    now_s : float or None
        The instant, UTC Unix seconds, up to which the chain is known to have been watched; None
        is the last block's. A step of more than `LEAP_S` without a block is not believed, unless
        vouched for.
    vouched : bool
        Whether a record or a connected source covers all the time up to `now_s`.
    levels : callable
        Returns what pools reported in two windows; see `hashquake.catalog.reported_review`.

    Returns
    -------
    CatalogState and tuple of Quake
        The opinions formed, oldest first.
    """
    chain = slim(blocks.main())
    base = state
    if len(chain) and not _goes_on(state, chain):
        fork = on_branch(concatenate(state.tail), chain, state.height)
        if fork is not None:
            anchor = next((a for a in state.anchors if a.height < fork.height), None)
            if anchor is not None:
                known = concatenate(state.tail)
                kept = known.take((known.height > anchor.height) & (known.height < fork.height))
                older = tuple(a for a in state.anchors if a.height <= anchor.height)
                base = replace(anchor, anchors=older, reported=state.reported)
                chain = concatenate([kept, fork.blocks])
            else:
                chain = fork.blocks.take(fork.blocks.height > state.height)
        else:
            chain = chain.take(slice(0, 0))
    moved = _look(_anchored(base, chain, levels), now_s, levels, vouched=vouched)
    return _ledgered(state, moved, goes_on=base is state)


def step_reported(
    state: CatalogState,
    picks: tuple[Pick, ...],
    levels: Levels = lambda _before, _after: None,
) -> tuple[CatalogState, tuple[Quake, ...]] | None:
    """Take alarms in pools' reports.

    The book deals with everything in the order of time. An alarm that comes after something later
    was dealt with takes the catalog back to an anchor before it.

    Parameters
    ----------
    state : CatalogState
        Where it stood; not changed.
    picks : tuple of Pick
        In order, none before those of earlier steps.
    levels : callable
        As for `step`.

    Returns
    -------
    CatalogState and tuple of Quake, or None
        As `step`; None when no anchor lies before the alarm: then rebuild the catalog.
    """
    if not picks:
        return state, ()
    known = (*state.reported, *picks)
    if picks[0].detected_s >= state.acted_s:
        moved = deal(replace(state, reported=known), state.dealt_s, levels)
        return _ledgered(state, moved, goes_on=True)
    anchor = next((a for a in state.anchors if a.acted_s <= picks[0].detected_s), None)
    if anchor is None:
        return None
    older = tuple(a for a in state.anchors if a.height <= anchor.height)
    whole = concatenate(state.tail)
    base = replace(anchor, anchors=older, reported=known)
    moved = _anchored(base, whole.take(whole.height > anchor.height), levels)
    if state.looked_s > moved.looked_s:
        moved = _look(moved, state.looked_s, levels, vouched=True)
    return _ledgered(state, moved, goes_on=False)


def again_from(
    state: CatalogState,
    height: int,
    blocks: BlockColumns,
    levels: Levels = lambda _before, _after: None,
) -> tuple[CatalogState, tuple[Quake, ...]] | None:
    """Take the blocks from a height on again, because something was learnt of them.

    Parameters
    ----------
    state : CatalogState
        Where it stood; not changed.
    height : int
        The lowest block that changed: another block, or another pool of the same block.
    blocks : BlockColumns, shape (n,)
        The main chain's blocks above the last anchor below that height; more does no harm.
    levels : callable
        As for `step`.

    Returns
    -------
    CatalogState and tuple of Quake, or None
        As `step`; None when no anchor lies below the height: then rebuild the catalog.
    """
    anchor = next((a for a in state.anchors if a.height < height), None)
    if anchor is None:
        return None
    older = tuple(a for a in state.anchors if a.height <= anchor.height)
    chain = slim(blocks.main())
    base = replace(anchor, anchors=older, reported=state.reported)
    moved = _anchored(base, chain.take(chain.height > anchor.height), levels)
    return _ledgered(state, moved, goes_on=False)


def _ledgered(
    before: CatalogState, moved: CatalogState, *, goes_on: bool
) -> tuple[CatalogState, tuple[Quake, ...]]:
    """Carry the ledger on: it grows by what is new, or is formed again after a rewind."""
    formed, known = foretold(moved).revisions, foretold(before).revisions
    if goes_on and formed[: len(known)] == known:
        if len(formed) == len(known):
            ledger = before.ledger
        elif len(before.ledger) == len(known):
            ledger = (*before.ledger, *formed[len(known) :])
        else:
            ledger = tell_again(before.ledger, formed)
    else:
        ledger = tell_again(before.ledger, formed)
    return replace(moved, ledger=ledger), ledger[len(before.ledger) :]


def build_catalog(
    blocks: BlockColumns,
    *,
    false_alarms_per_year: float = 1.0,
    gaps: tuple[LabelGap, ...] = (),
    until_s: float | None = None,
) -> tuple[Quake, ...]:
    """Build the catalog of a record by replay.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In chain order.
    false_alarms_per_year : float
        See `start`.
    gaps : tuple of LabelGap
        Known gaps in labels.
    until_s : float or None
        The instant up to which the chain was watched; None is just after the last block.

    Returns
    -------
    tuple of Quake
        The last opinion of every quake, in order of onset.
    """
    state, _ = step(start(false_alarms_per_year=false_alarms_per_year, gaps=gaps), blocks)
    end_s = state.clock_s + 1.0 if until_s is None else until_s
    state, _ = step(state, BlockColumns.empty(), end_s, vouched=until_s is not None)
    return state.quakes()


def _goes_on(state: CatalogState, chain: BlockColumns) -> bool:
    first = int(chain.height[0])
    before = state.height if state.height >= 0 else first - 1
    return first > before and bool((np.diff(chain.height) > 0).all())


def _anchored(state: CatalogState, chain: BlockColumns, levels: Levels) -> CatalogState:
    """Take blocks, stopping at the last two anchor heights to keep a state."""
    if not len(chain):
        return state
    last = int(chain.height[-1])
    newest = last // ANCHOR_BLOCKS * ANCHOR_BLOCKS
    for height in (newest - ANCHOR_BLOCKS, newest):
        upto = int(np.searchsorted(chain.height, height, side="right"))
        if upto and state.height < height:
            state = _take(state, chain.take(slice(0, upto)), levels)
            chain = chain.take(slice(upto, None))
            bare = replace(state, anchors=(), ledger=())
            state = replace(state, anchors=(bare, *state.anchors[:2]))
    return _take(state, chain, levels) if len(chain) else state


def _take(state: CatalogState, chain: BlockColumns, levels: Levels) -> CatalogState:
    network, seen = shiryaev_roberts.step(state.network, chain)
    change, changed = bocpd.step(state.change, chain)
    pools, shares = pool_share.step(state.pools, chain)
    clock_s = max(state.clock_s, float(chain.header_s.max()))
    moved = replace(
        state,
        network=network,
        change=change,
        pools=pools,
        pending=_in_order((*state.pending, *seen, *changed, *shares)),
        height=int(chain.height[-1]),
        clock_s=clock_s,
        tail=(*state.tail, chain),
    )
    # The network's newest blocks wait for their times to be vouched for: picks before may yet come.
    return _shortened(deal(moved, min(clock_s, network.settled_s), levels))


def _look(
    state: CatalogState, now_s: float | None, levels: Levels, *, vouched: bool
) -> CatalogState:
    if now_s is None or state.height < 0 or now_s <= state.clock_s:
        return state
    if not vouched and now_s > max(state.clock_s, state.looked_s) + LEAP_S:
        # A clock that leaps, or a source that slept: nobody watched the time between.
        return state
    state = replace(state, looked_s=now_s)
    nothing = BlockColumns.empty()
    network, seen = shiryaev_roberts.step(state.network, nothing, now_s)
    change, changed = bocpd.step(state.change, nothing, now_s)
    pending = _in_order((*state.pending, *seen, *changed))
    return deal(replace(state, network=network, change=change, pending=pending), now_s, levels)


def _in_order(picks: tuple[Pick, ...]) -> tuple[Pick, ...]:
    # The network before the pools at the same instant: pools join it.
    return tuple(
        sorted(picks, key=lambda p: (p.detected_s, p.subject != "network", p.made_by, p.subject))
    )


def _shortened(state: CatalogState) -> CatalogState:
    """Let go of blocks no look can reach any more, now and then."""
    if len(state.tail) < _PARTS and len(state.tail[0]) < 4 * len(state.tail[-1]) + 100_000:
        return state
    whole = concatenate(state.tail)
    clock_s = np.maximum.accumulate(whole.header_s)
    return replace(state, tail=(whole.take(clock_s >= state.clock_s - 2.0 * VIEW_S),))
