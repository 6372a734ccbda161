"""A chain followed as it grows: blocks as they are announced, everything else by asking.

Announcements may be lost, come in disorder, or leave out what a reorganisation brought. So a block
that builds on the newest one known is taken as it came; any other waits, and what is missing is
asked for. When our own clock saw a block first is kept with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from hashquake.core.block import Block
from hashquake.core.chain import check_clock
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, RecordView, SourceContext
from hashquake.core.errors import SourceError
from hashquake.core.network import Network
from hashquake.sources.chain._follow import ChainServer, Tip, follow

_REMEMBERED_BLOCKS = 2016
_MOST_WAITING = 64
_LONGEST_PAUSE_S = 60.0
_PASSING = (
    "-unreachable",
    "-timeout",
    "-warming-up",
    "-rate-limited",
    "-failing",
    "-chain-moved",
    "-behind",
)
"""Endings of the codes of failures that may pass."""


class KnownChain:
    """The record's chain with what was read since, whether or not it is stored yet.

    Parameters
    ----------
    record : RecordView
        What was stored before.
    """

    def __init__(self, record: RecordView) -> None:
        self._record = record
        self._hashes: dict[int, bytes | None] = {}
        self._tip: int | None = None

    @property
    def network(self) -> Network:
        """The network of the record."""
        return self._record.network

    def tip(self) -> tuple[int, bytes | None] | None:
        """Return height and hash of the newest block, or None."""
        return self._record.tip() if self._tip is None else (self._tip, self._hashes[self._tip])

    def hash_at(self, height: int) -> bytes | None:
        """Return the hash of the main chain's block at a height, or None.

        Parameters
        ----------
        height : int
            From 0.
        """
        if self._tip is not None and height > self._tip:
            return None
        return self._hashes[height] if height in self._hashes else self._record.hash_at(height)

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        """Return the hashes of the stale blocks from a height on.

        Parameters
        ----------
        first_height : int
            From 0.
        """
        return self._record.stale_hashes(first_height)

    def add(self, blocks: BlockColumns) -> None:
        """Take over main-chain blocks in height order; what they replace is forgotten.

        Parameters
        ----------
        blocks : BlockColumns, shape (n,)
            With their hashes; stale ones are passed over.
        """
        main = blocks.main()
        for at in range(len(main)):
            height = int(main.height[at])
            for above in range(height + 1, (self._tip or 0) + 1):
                self._hashes.pop(above, None)
            self._hashes[height] = main.hash[at]
            self._hashes.pop(height - _REMEMBERED_BLOCKS, None)
            self._tip = height


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A block that was announced with all that is kept of it but its height.

    Parameters
    ----------
    hash, prev : bytes
        In hashing order; proof of work checked.
    seen_s : float or None
        Our clock when it came, UTC Unix seconds; None where that is not known to seconds.
    block_at : callable
        Of a height: the block.
    """

    hash: bytes
    prev: bytes
    seen_s: float | None
    block_at: Callable[[int], Block]


@dataclass
class LiveChain:
    """A chain that is followed until stopped.

    Parameters
    ----------
    server : ChainServer
        Who can be asked for any block.
    context : SourceContext
        The record, the clocks, notes.
    poll_s : float
        Seconds after which it is asked even when nothing was announced.
    tries : int
        Failures in a row before giving up.
    from_height : int or None
        The first height to read into an empty record.
    """

    server: ChainServer
    context: SourceContext
    poll_s: float
    tries: int
    from_height: int | None = None
    _failures: int = 0
    _worked: bool = False
    _seen_s: dict[bytes, float] = field(default_factory=dict)
    _waiting: dict[bytes, Announced] = field(default_factory=dict)
    _wanted: set[bytes] = field(default_factory=set)
    _doubted: bool = False

    def __post_init__(self) -> None:
        """Begin where the record ends, and at once."""
        self.known = KnownChain(self.context.record)
        self._next_s = self._usual_s = self.context.monotonic_s()

    @property
    def overdue_s(self) -> float:
        """For how long it has been time to ask, seconds; negative before that."""
        return self.context.monotonic_s() - self._next_s

    def saw(self, digest: bytes, seen_s: float | None) -> None:
        """Note when a block was first announced, and that it is to be asked for.

        Parameters
        ----------
        digest : bytes
            Hash of the block.
        seen_s : float or None
            When it was announced, UTC Unix seconds; None leaves that open.
        """
        if seen_s is not None:
            self._seen_s.setdefault(digest, seen_s)
            while len(self._seen_s) > _REMEMBERED_BLOCKS:
                del self._seen_s[next(iter(self._seen_s))]
        tip = self.known.tip()
        if tip is None or tip[1] != digest:
            self._wanted.add(digest)
            self._ask_soon()

    def doubt(self) -> None:
        """Ask soon: something was lost, or the chain was reorganised."""
        self._doubted = True
        self._ask_soon()

    def _ask_soon(self) -> None:
        if not self._failures:  # a server that failed is not asked out of turn
            self._next_s = min(self._next_s, self.context.monotonic_s())

    def offer(self, announced: Announced) -> Iterator[Batch]:
        """Take an announced block if it builds on the newest one known; let it wait otherwise.

        Parameters
        ----------
        announced : Announced
            Proof of work checked.

        Yields
        ------
        Batch
            The block, and those that waited for it, one each.

        Raises
        ------
        ChainError
            ``time-too-new``.
        """
        self._waiting.setdefault(announced.prev, announced)
        while len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        while (tip := self.known.tip()) is not None and tip[1] in self._waiting:
            child = self._waiting.pop(tip[1])
            block = replace(child.block_at(tip[0] + 1), seen_s=child.seen_s)
            check_clock(np.array([block.height]), np.array([block.header_s]), self.context.now_s())
            batch = Batch(blocks=BlockColumns.from_blocks([block]))
            self.known.add(batch.blocks)
            self._wanted.discard(child.hash)
            yield batch
        if not (self._wanted or self._doubted or self._failures):
            self._next_s = self._usual_s
        if announced.prev in self._waiting:
            self.saw(announced.hash, announced.seen_s)

    def catch_up(self) -> Iterator[Batch]:
        """Ask for all that is missing; a failure that may pass is noted and tried again later.

        Yields
        ------
        Batch
            As `hashquake.sources.chain._follow.follow` does.

        Raises
        ------
        SourceError
            One that does not pass, one before anything was ever read, or the last of `tries`.
        HashquakeError
            As `follow` does.
        """
        server = _DatedServer(
            server=self.server,
            seen_s=self._seen_s,
            who=self.server.who,
            step_blocks=self.server.step_blocks,
        )
        context = replace(self.context, record=self.known)
        first = self.from_height if self.known.tip() is None else None
        try:
            for batch in follow(server, context, from_height=first, to_height=None):
                self.known.add(batch.blocks)
                yield batch
        except SourceError as error:
            self._fail(error)
            return
        self._failures, self._worked, self._doubted = 0, True, False
        self._wanted.clear()
        self._next_s = self._usual_s = self.context.monotonic_s() + self.poll_s
        self._forget_known()

    def _fail(self, error: SourceError) -> None:
        """Put off the next try, or give up."""
        now_s = self.context.monotonic_s()
        if error.code.endswith("-syncing"):
            self.context.note(f"{error.message}; nothing is announced meanwhile")
            self._next_s = now_s + self.poll_s
            return
        self._failures += 1
        may_pass = error.code.endswith(_PASSING)
        if not (may_pass and self._worked) or self._failures >= self.tries:
            raise error
        pause_s = min(2.0 ** (self._failures - 1), _LONGEST_PAUSE_S)
        self.context.note(f"{error.message}; asking again")
        self._next_s = now_s + pause_s

    def _forget_known(self) -> None:
        """Let go of announced blocks that were read meanwhile."""
        tip = self.known.tip()
        height = -1 if tip is None else tip[0]
        below = {self.known.hash_at(at) for at in range(max(0, height - _MOST_WAITING), height)}
        for prev in [prev for prev in self._waiting if prev in below]:
            del self._waiting[prev]


@dataclass(slots=True, kw_only=True)
class _DatedServer:
    """A server whose blocks carry when they were announced to us."""

    server: ChainServer
    seen_s: dict[bytes, float]
    who: str
    step_blocks: int

    def tip(self) -> Tip:
        return self.server.tip()

    def connected(self) -> bool | None:
        return self.server.connected()

    def hash_at(self, height: int) -> bytes:
        return self.server.hash_at(height)

    def header_times_s(self, first: int, last: int) -> list[int]:
        return self.server.header_times_s(first, last)

    def blocks(self, first: int, last: int) -> list[Block]:
        found = self.server.blocks(first, last)
        return [replace(block, seen_s=self.seen_s.get(block.hash or b"")) for block in found]

    def stale_blocks(self, first: int, last: int) -> list[Block]:
        found = self.server.stale_blocks(first, last)
        return [replace(block, seen_s=self.seen_s.get(block.hash or b"")) for block in found]
