"""The catalog between two steps, and its book: picks and looks are dealt with in order of time.

Picks of blocks come once their times are vouched for, alarms in pools' reports within minutes. The
book deals with both and with the looks that are due as time passes them, so that it does not
matter how blocks and reports were split.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from hashquake.catalog.association import Book, admit, look_again
from hashquake.catalog.reported_association import admit_reported
from hashquake.catalog.reported_review import Levels
from hashquake.catalog.review import VIEW_S
from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.label_gap import LabelGap
from hashquake.core.pick import Pick
from hashquake.core.quake import Quake
from hashquake.detect import bocpd, pool_share, shiryaev_roberts


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
    reported : tuple of Pick
        Every alarm in pools' reports so far, in order; whatever branch the chain takes.
    n_reported : int
        How many of them the book has dealt with.
    acted_s : float
        The instant of the last pick or look that the book dealt with.
    dealt_s : float
        The book has dealt with everything before this instant.
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
    reported: tuple[Pick, ...] = ()
    n_reported: int = 0
    acted_s: float = float("-inf")
    dealt_s: float = float("-inf")

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


def foretold(state: CatalogState) -> Book:
    """Return the book with alarms in reports that the chain has not reached yet.

    They do not wait for the next block to say so; in the book itself they come in order of time.

    Parameters
    ----------
    state : CatalogState
        Between two steps.
    """
    book = state.book
    for pick in state.reported[state.n_reported :]:
        book = admit_reported(book, pick)
    return book


def deal(state: CatalogState, horizon_s: float, levels: Levels) -> CatalogState:
    """Deal with every pick and look before an instant that time has passed.

    Parameters
    ----------
    state : CatalogState
        With the picks of the chain so far.
    horizon_s : float
        No pick of the chain before it can come any more, UTC Unix seconds.
    levels : callable
        See `hashquake.catalog.reported_review`.
    """
    book, pending, n_reported = state.book, list(state.pending), state.n_reported
    state = replace(state, dealt_s=max(state.dealt_s, horizon_s))
    waits = n_reported < len(state.reported)
    if not pending and not waits and not (book.dues and book.dues[0].at_s < horizon_s):
        return state
    whole = concatenate(state.tail) if state.tail else BlockColumns.empty()
    clock_s = np.maximum.accumulate(whole.header_s)
    acted_s = state.acted_s

    def view(at_s: float) -> BlockColumns:
        return whole.take((clock_s < at_s) & (clock_s >= at_s - VIEW_S))

    while True:
        due_s = book.dues[0].at_s if book.dues else float("inf")
        pick_s = pending[0].detected_s if pending else float("inf")
        waits = n_reported < len(state.reported)
        reported_s = state.reported[n_reported].detected_s if waits else float("inf")
        soonest_s = min(due_s, pick_s, reported_s)
        if soonest_s >= horizon_s:
            return replace(
                state, book=book, pending=tuple(pending), n_reported=n_reported, acted_s=acted_s
            )
        acted_s = soonest_s
        if reported_s < min(pick_s, due_s):
            book = admit_reported(book, state.reported[n_reported])
            n_reported += 1
        elif pick_s <= due_s:
            book = admit(book, pending.pop(0), view, state.gaps)
        else:
            book = look_again(book, book.dues[0], view, state.gaps, levels)
