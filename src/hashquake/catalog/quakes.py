"""The catalog: every quake the blocks tell of, by replay or block by block, with the same result.

All detectors follow the chain; their picks, in order of time, and the looks that are due make
the book of opinions. An instant is dealt with once time has passed it, so it does not matter how
the blocks were split.

A source may repeat, skip or reorder blocks and a chain may reorganise: two earlier states are kept
as anchors, and whatever differs from what was taken is replayed from the last anchor before it.
Opinions once given stay in the ledger; what the new branch does not support is rejected there.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from hashquake.catalog.association import Book, admit, look_again
from hashquake.catalog.branch import on_branch, slim, tell_again
from hashquake.catalog.review import MADE_BY, VIEW_S
from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.label_gap import LabelGap
from hashquake.core.pick import Pick
from hashquake.core.quake import Quake
from hashquake.core.times import HOUR_S
from hashquake.detect import bocpd, pool_share, shiryaev_roberts

DETECTORS = "+".join(
    (
        MADE_BY,
        *(
            f"{card.name}/{card.version}"
            for card in (shiryaev_roberts.CARD, bocpd.CARD, pool_share.CARD)
        ),
    )
)
"""Everything whose version moves a quake."""
ANCHOR_BLOCKS = 32
"""Blocks between two anchors; a reorg of that depth is always followed."""
LEAP_S = 2.0 * HOUR_S
"""The longest step of `now_s` believed to have been watched, when no block came in it."""
_PARTS = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CatalogState:
    """The catalog between two steps; a step gives a new one and leaves this as it was.

    Parameters
    ----------
    network, change, pools : ShiryaevState, BocpdState, PoolShareState
        Of the three detectors.
    gaps : tuple of LabelGap
        Known gaps in labels.
    book : Book
        Opinions of the present branch, and what waits.
    pending : tuple of Pick
        Picks of the very instant the chain has reached.
    height : int
        Of the last block taken, -1 before the first.
    clock_s : float
        Running maximum of header times.
    looked_s : float
        The last instant looked at beyond the blocks.
    tail : tuple of BlockColumns
        The blocks of the last weeks, in pieces.
    anchors : tuple of CatalogState
        Earlier states, newest first; they have none themselves.
    ledger : tuple of Quake
        Every opinion ever given, in order; append-only.
    """

    network: shiryaev_roberts.ShiryaevState
    change: bocpd.BocpdState
    pools: pool_share.PoolShareState
    gaps: tuple[LabelGap, ...] = ()
    book: Book = field(default_factory=Book)
    pending: tuple[Pick, ...] = ()
    height: int = -1
    clock_s: float = float("-inf")
    looked_s: float = float("-inf")
    tail: tuple[BlockColumns, ...] = ()
    anchors: "tuple[CatalogState, ...]" = ()
    ledger: tuple[Quake, ...] = ()

    @property
    def labelled(self) -> bool:
        """Whether the blocks of the last weeks name their pools."""
        return any(bool((part.pool_code >= 0).any()) for part in self.tail)

    def quakes(self) -> tuple[Quake, ...]:
        """Return the last opinion of every quake, in order of onset."""
        last: dict[str, Quake] = {}
        for quake in self.ledger:
            last[quake.id] = quake
        return tuple(sorted(last.values(), key=lambda quake: (quake.onset, quake.id)))


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
                base = replace(anchor, anchors=older)
                chain = concatenate([kept, fork.blocks])
            else:
                chain = fork.blocks.take(fork.blocks.height > state.height)
        else:
            chain = chain.take(slice(0, 0))
    moved = _look(_anchored(base, chain), now_s, vouched=vouched)
    return _ledgered(state, moved, goes_on=base is state)


def again_from(
    state: CatalogState, height: int, blocks: BlockColumns
) -> tuple[CatalogState, tuple[Quake, ...]] | None:
    """Take the blocks from a height on once more, because something was learnt of them.

    Parameters
    ----------
    state : CatalogState
        Where it stood; not changed.
    height : int
        The lowest block that changed: another block, or another pool of the same block.
    blocks : BlockColumns, shape (n,)
        The main chain's blocks above the last anchor below that height; more does no harm.

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
    moved = _anchored(replace(anchor, anchors=older), chain.take(chain.height > anchor.height))
    return _ledgered(state, moved, goes_on=False)


def _ledgered(
    before: CatalogState, moved: CatalogState, *, goes_on: bool
) -> tuple[CatalogState, tuple[Quake, ...]]:
    """Carry the ledger on: it grows by what is new, or is formed again after a rewind."""
    formed = moved.book.revisions
    if goes_on and len(before.ledger) == len(before.book.revisions):
        ledger = (*before.ledger, *formed[len(before.ledger) :])
    elif goes_on and len(formed) == len(before.book.revisions):
        ledger = before.ledger
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


def _anchored(state: CatalogState, chain: BlockColumns) -> CatalogState:
    """Take blocks, stopping at the last two anchor heights to keep a state."""
    if not len(chain):
        return state
    last = int(chain.height[-1])
    newest = last // ANCHOR_BLOCKS * ANCHOR_BLOCKS
    for height in (newest - ANCHOR_BLOCKS, newest):
        upto = int(np.searchsorted(chain.height, height, side="right"))
        if upto and state.height < height:
            state = _take(state, chain.take(slice(0, upto)))
            chain = chain.take(slice(upto, None))
            bare = replace(state, anchors=(), ledger=())
            state = replace(state, anchors=(bare, *state.anchors[:2]))
    return _take(state, chain) if len(chain) else state


def _take(state: CatalogState, chain: BlockColumns) -> CatalogState:
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
    return _shortened(_deal(moved, min(clock_s, network.settled_s)))


def _look(state: CatalogState, now_s: float | None, *, vouched: bool) -> CatalogState:
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
    return _deal(replace(state, network=network, change=change, pending=pending), now_s)


def _deal(state: CatalogState, horizon_s: float) -> CatalogState:
    """Deal with every pick and look before an instant that time has passed."""
    book, pending = state.book, list(state.pending)
    if not pending and not (book.dues and book.dues[0].at_s < horizon_s):
        return state
    whole = concatenate(state.tail)
    clock_s = np.maximum.accumulate(whole.header_s)

    def view(at_s: float) -> BlockColumns:
        return whole.take((clock_s < at_s) & (clock_s >= at_s - VIEW_S))

    while True:
        due_s = book.dues[0].at_s if book.dues else float("inf")
        pick_s = pending[0].detected_s if pending else float("inf")
        if min(due_s, pick_s) >= horizon_s:
            return replace(state, book=book, pending=tuple(pending))
        if pick_s <= due_s:
            book = admit(book, pending.pop(0), view, state.gaps)
        else:
            book = look_again(book, book.dues[0], view, state.gaps)


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
