"""Follow a chain: resume where the record stops, notice reorganisations, say what was observed.

Shared by the sources that can be asked for any block (a node, a REST service), which differ in
how they are asked only. What is closed by a batch rests on consensus: every later block must be
dated after the median of the eleven blocks before it, so the time up to that median is complete.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Protocol

import numpy as np

from hashquake.core.block import Block
from hashquake.core.chain import MEDIAN_BLOCKS, check_clock
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, Progress, RecordView, SourceContext
from hashquake.core.errors import HashquakeError, SourceError, UsageError
from hashquake.core.silence import believed_silence_s
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

MAX_TIP_AGE_S = DAY_S
"""A tip older than this may be that of a node still catching up: Bitcoin Core's own rule."""
STALE_REACH_BLOCKS = 144
"""How far under the first block read to look for stale branches: rivals arrive late."""
ASK_PEERS_S = 1200.0
"""A tip older than this is asked about: has the node anybody to hear of a block from?"""
_MOST_MOVES = 5
_REMEMBERED_BLOCKS = 2016


class ChainMovedError(SourceError):
    """What was asked for is no longer in the chain of the node or service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The end of a chain as its server states it.

    Parameters
    ----------
    height : int
        Of the highest block.
    caught_up : bool or None
        Whether the server says that it has all there is; None when it does not say.
    """

    height: int
    caught_up: bool | None


class ChainServer(Protocol):
    """What `follow` asks of a node or service.

    Parameters
    ----------
    who : str
        What messages call it.
    step_blocks : int
        How many blocks to ask for at a time.
    """

    who: str
    step_blocks: int

    def tip(self) -> Tip:
        """Return the end of its chain."""

    def connected(self) -> bool | None:
        """Return whether it has peers to hear of blocks from; None when it does not say."""

    def hash_at(self, height: int) -> bytes:
        """Return the hash of its block at a height, or raise `ChainMovedError`.

        Parameters
        ----------
        height : int
            From 0.
        """

    def header_times_s(self, first: int, last: int) -> list[int]:
        """Return the header times of a run of blocks, limits included.

        Parameters
        ----------
        first, last : int
            Heights.
        """

    def blocks(self, first: int, last: int) -> list[Block]:
        """Return a run of blocks, limits included, proof of work checked.

        Parameters
        ----------
        first, last : int
            Heights.
        """

    def stale_blocks(self, first: int, last: int) -> list[Block]:
        """Return the blocks it knows outside its chain, between two heights.

        Parameters
        ----------
        first, last : int
            Heights, included.
        """


class _Known:
    """The record's chain with what this run has read on top, whether or not it was kept yet."""

    def __init__(self, record: RecordView) -> None:
        self._record = record
        self._hashes: dict[int, bytes | None] = {}
        self._tip: int | None = None

    @property
    def fresh(self) -> bool:
        """Whether this run has read nothing yet."""
        return self._tip is None

    def tip(self) -> int | None:
        if self._tip is not None:
            return self._tip
        tip = self._record.tip()
        return None if tip is None else tip[0]

    def hash_at(self, height: int) -> bytes | None:
        return self._hashes[height] if height in self._hashes else self._record.hash_at(height)

    def keep(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self._hashes[block.height] = block.hash
            self._hashes.pop(block.height - _REMEMBERED_BLOCKS, None)
        self._tip = blocks[-1].height


def follow(
    server: ChainServer,
    context: SourceContext,
    *,
    from_height: int | None,
    to_height: int | None,
) -> Iterator[Batch]:
    """Read a chain from where the record stops, or from the point where the two part.

    Parameters
    ----------
    server : ChainServer
        The node or service.
    context : SourceContext
        The record, the clock, progress.
    from_height, to_height : int or None
        Limits, both included; None for the record's end and the server's tip.

    Yields
    ------
    Batch
        Main-chain blocks in height order, then what closes the run: stale blocks, and the time
        up to now when the server's tip was reached.

    Raises
    ------
    SourceError
        ``node-behind`` when the server's chain ends below the record's on another branch,
        ``node-chain-moved`` when it keeps changing (``service-`` for services).
    UsageError
        ``height-gap`` when `from_height` would leave a gap in the record, ``heights-reversed``.
    """
    if from_height is not None and to_height is not None and from_height > to_height:
        raise UsageError(
            f"--to-height must not be below --from-height, got {from_height} to {to_height}",
            code="heights-reversed",
            hint="exchange the two, or leave one out",
        )
    run = _Run(server, context, to_height)
    for moves in range(_MOST_MOVES + 1):
        try:
            while not run.arrived:
                yield from run.on_to_the_tip(from_height if run.known.fresh else None)
            break
        except ChainMovedError:
            if moves == _MOST_MOVES:
                raise
    yield from run.closing()


class _Run:
    """One run: what is known by now, and up to when nothing can be missing."""

    def __init__(self, server: ChainServer, context: SourceContext, to_height: int | None) -> None:
        self.known = _Known(context.record)
        self.arrived = False
        self._server = server
        self._context = context
        self._to_height = to_height
        self._resumed = self.known.tip() is not None
        self._closed_s: float | None = None
        self._now: tuple[Window, ...] = ()
        self._lowest: int | None = None
        self._last = 0

    def on_to_the_tip(self, from_height: int | None) -> Iterator[Batch]:
        """Read up to what is the tip now; arrived when there was nothing to read."""
        asked_s = self._context.now_s()
        tip = self._server.tip()
        start = _start(self._server, self.known, tip, from_height)
        last = tip.height if self._to_height is None else min(tip.height, self._to_height)
        recent_s = _times_before(self._server, min(start, last + 1))
        if self._closed_s is None and self._resumed and recent_s:
            self._closed_s = median_low(recent_s)
        self._lowest = start if self._lowest is None else min(self._lowest, start)
        self._last = last
        for blocks in _runs(self._server, self.known, start, last):
            yield self._kept(blocks, recent_s)
            done = blocks[-1].height + 1 - start
            self._context.progress(Progress(done=done, total=last + 1 - start, unit="blocks"))
        if start > last:
            self.arrived = True
            # A chain shorter than what is known already says nothing of the present.
            if last == tip.height and tip.height >= (self.known.tip() or 0) and recent_s:
                self._now = _window(self._closed_s, self._end_s(tip, recent_s, asked_s))

    def closing(self) -> Iterator[Batch]:
        """Yield the stale blocks near what was read, and the time up to now."""
        lowest = max(0, (self._lowest or 0) - STALE_REACH_BLOCKS)
        try:
            stale = self._server.stale_blocks(lowest, self._last)
        except HashquakeError as error:
            # An extra: the chain and the time observed do not hang on it.
            stale = []
            self._context.note(f"stale blocks are left out: {error.message}")
        if stale or self._now:
            yield Batch(blocks=BlockColumns.from_blocks(stale), observed=self._now)

    def _end_s(self, tip: Tip, recent_s: Sequence[int], now_s: float) -> float:
        """Return up to when time is observed; what a server says of itself is not proof."""
        end_s = _end_s(tip, recent_s, now_s)
        last_s = float(min(max(recent_s), now_s))
        silent_s = end_s - last_s
        if len(set(recent_s)) > 1 and silent_s > believed_silence_s(recent_s):
            because = "a silence so long is rarer than 1 in 10,000 at the pace before it"
        elif silent_s > ASK_PEERS_S and self._alone():
            because = f"the {self._server.who} has no peers"
        else:
            return end_s
        self._context.note(
            f"the time since block {tip.height} counts as not observed: its time was "
            f"{silent_s / 60:,.0f} minutes ago, and {because}"
        )
        return last_s

    def _alone(self) -> bool:
        # A regtest node mines what it is asked for, with nobody else.
        return self._context.record.network.name != "regtest" and self._server.connected() is False

    def _kept(self, blocks: list[Block], recent_s: deque[int]) -> Batch:
        if self._closed_s is None:
            self._closed_s = blocks[0].header_s
        recent_s.extend(block.header_s for block in blocks)
        window: tuple[Window, ...] = ()
        if len(recent_s) == MEDIAN_BLOCKS:
            closed_s = min(median_low(recent_s) + 1, self._context.now_s())
            window = _window(self._closed_s, closed_s)
            self._closed_s = window[0].end_s if window else self._closed_s
        check_clock(
            np.array([block.height for block in blocks]),
            np.array([block.header_s for block in blocks]),
            self._context.now_s(),
        )
        self.known.keep(blocks)
        return Batch(blocks=BlockColumns.from_blocks(blocks), observed=window)


def _start(server: ChainServer, known: _Known, tip: Tip, from_height: int | None) -> int:
    """Find the first height to read: one above the last block both chains share."""
    ours = known.tip()
    if ours is None:
        return from_height or 0
    start = _shared(server, known, min(ours, tip.height)) + 1
    if tip.height < ours and start <= tip.height:
        raise SourceError(
            f"the {server.who}'s chain ends at height {tip.height}, on another branch than the "
            f"record's, which reaches {ours}",
            code=f"{server.who}-behind",
            hint="wait until it has caught up; if the record is of another chain, begin a new one",
        )
    if from_height is not None and from_height > start:
        raise UsageError(
            f"reading from height {from_height} would leave out heights {start} to "
            f"{from_height - 1}",
            code="height-gap",
            hint="leave out --from-height to go on from the record's end, or begin a new record",
        )
    return start if from_height is None else from_height


def _shared(server: ChainServer, known: _Known, top: int) -> int:
    """Find the highest height at which both chains have the same block, -1 for none.

    Back in doubling steps, then by halves, for a record of quite another chain must not cost a
    request a height. Where the record has no hash the two chains count as one.
    """

    def agree(height: int) -> bool:
        ours = known.hash_at(height)
        return ours is None or ours == server.hash_at(height)

    below, above, step = top, top + 1, 1
    while below >= 0 and not agree(below):
        above, below, step = below, below - step, step * 2
    below = max(below, -1)
    while above - below > 1:
        middle = (above + below) // 2
        if agree(middle):
            below = middle
        else:
            above = middle
    return below


def _runs(server: ChainServer, known: _Known, start: int, last: int) -> Iterator[list[Block]]:
    """Read in runs, each linked to the one before."""
    for first in range(start, last + 1, server.step_blocks):
        blocks = server.blocks(first, min(first + server.step_blocks - 1, last))
        before = known.hash_at(first - 1) if first else None
        for block in blocks:
            if before is not None and block.prev != before:
                raise ChainMovedError(
                    f"block {block.height} of the {server.who} does not build on its block "
                    f"{block.height - 1}",
                    code=f"{server.who}-chain-moved",
                    hint="the chain was reorganised while it was read; try again",
                )
            before = block.hash
        yield blocks


def _times_before(server: ChainServer, start: int) -> deque[int]:
    first = max(0, start - MEDIAN_BLOCKS)
    times_s = server.header_times_s(first, start - 1) if start else []
    return deque(times_s, maxlen=MEDIAN_BLOCKS)


def _window(start_s: float | None, end_s: float) -> tuple[Window, ...]:
    if start_s is None or start_s >= end_s:
        return ()
    return (Window(start_s=start_s, end_s=end_s),)


def _end_s(tip: Tip, recent_s: Sequence[int], now_s: float) -> float:
    """Return the end of the time observed, at the tip of a chain.

    Up to now, if the server has all there is. If it does not say and its tip is old, it may be
    behind or its chain at its end: up to its latest block. If it says that it is behind, up to
    where no block can be missing.
    """
    if tip.caught_up is None:
        return now_s if recent_s[-1] >= now_s - MAX_TIP_AGE_S else min(max(recent_s), now_s)
    return now_s if tip.caught_up else min(median_low(recent_s) + 1, now_s)
