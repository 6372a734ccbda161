"""Blocks from your own node as they come, by ZeroMQ, and by JSON-RPC whatever is missing.

A block announced whole that builds on the newest one known is kept at once. All else is asked for:
blocks announced by hash alone, blocks between, the blocks of a reorganisation, of which only the
newest is announced, and those of an initial download, which is silent. Each block carries our own
time of its announcement.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import zmq
from pydantic import Field

from hashquake.core.block import Block
from hashquake.core.coinbase import coinbase_of_block
from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.header import HEADER_BYTES, Header, parse_header
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import Network
from hashquake.core.times import positive_duration_s
from hashquake.sources.chain._live_chain import Announced, LiveChain
from hashquake.sources.chain._node_blocks import block_of
from hashquake.sources.chain._rpc_node import NodeOptions, opened_node
from hashquake.sources.chain._zmq_messages import TOPICS, LostMessages, NodeMessage, parse_frames
from hashquake.sources.wire.answer import check_header
from hashquake.sources.wire.deadline import Deadline

CARD = SourceCard(
    name="bitcoind_zmq",
    title="Your own node as blocks come, by ZeroMQ (Bitcoin Core)",
    gives=("blocks",),
    owner="you",
    licence="facts of the chain",
    capabilities=("hash", "coinbase", "payouts", "resume", "stale", "seen", "follow"),
    verified="messages recorded from Bitcoin Core 31.99 on regtest; a real publisher on loopback",
    extra="live",
)
_TICK_MS = 500
_MOMENT_S = 1.0
_HASH_TO_BLOCK_MS = 50
_JUST_FOUND_S = 3600.0
_SURE_S = 2.0
"""A message that may have waited longer than this for us does not tell when it came."""
_LARGEST_MESSAGE_BYTES = 64 << 20
_WAITING_MESSAGES = 10_000


class Options(NodeOptions):
    """The options of `bitcoind_zmq`."""

    zmq: str = Field(
        "tcp://127.0.0.1:28332",
        description="addresses of zmqpubhashblock, zmqpubrawblock and zmqpubsequence, separated "
        "by commas",
    )
    poll: str = Field("1m", description="how often the node is asked when nothing is announced")
    duration: str = Field("", description="for how long to follow, such as 1h; forever when empty")
    tries: int = Field(8, ge=1, description="failures in a row before giving up")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Follow a node until stopped.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The record, the clocks, the network.

    Yields
    ------
    Batch
        Blocks as they come, each kind as `bitcoind_rpc` gives it, with ``seen_s``; the time
        observed, each time the node was asked.

    Raises
    ------
    SourceError
        Those of `bitcoind_rpc`, when they do not pass or `tries` of them come in a row.
    ChainError
        ``pow-failed``, ``time-too-new``.
    UsageError
        ``url-malformed``, ``zmq-malformed``, ``duration-syntax``, ``height-gap``.
    """
    poll_s = positive_duration_s(options.poll, "poll")
    lasting_s = (
        positive_duration_s(options.duration, "duration") if options.duration else float("inf")
    )
    network = context.record.network
    # Subscribed before the first question, so that no block falls between the two.
    with _subscribed(options.zmq) as socket, opened_node(options, context) as node:
        live = LiveChain(
            server=node,
            context=context,
            poll_s=poll_s,
            tries=options.tries,
            from_height=options.from_height,
        )
        following, listening = Deadline(context.monotonic_s, lasting_s), 0.0
        lost, heard, unheard = LostMessages(), 0, _Unheard(options, context)
        while following.left_s() > 0:
            # A hash comes just before its whole block: a moment may save asking for it.
            if live.overdue_s > _MOMENT_S or (
                live.overdue_s >= 0 and not socket.poll(_HASH_TO_BLOCK_MS)
            ):
                unheard.look(is_silent=not heard)
                for batch in live.catch_up():
                    unheard.came(batch)
                    yield batch
            context.sleep(0.0)  # whoever runs this may want it to stop
            message = _received(socket, context)
            since_s, listening = context.monotonic_s() - listening, context.monotonic_s()
            if message is None:
                continue
            heard += 1
            context.progress(Progress(done=heard, total=None, unit="messages"))
            seen_s = context.now_s() if since_s < _SURE_S else None
            if lost.lost(message) or message.kind == "gone":
                live.doubt()
            if message.kind == "block":
                live.saw(message.digest, seen_s)
            elif message.kind == "raw":
                yield from _taken(live, message.raw, seen_s, network, context)


class _Unheard:
    """Notices a node that finds blocks and announces none: a wrong address, or a line not set.

    Parameters
    ----------
    options : Options
        Where its announcements are expected.
    context : SourceContext
        The clock, and where to say it, once.
    """

    def __init__(self, options: Options, context: SourceContext) -> None:
        self._options, self._context = options, context
        self._asked, self._found, self._said = 0, False, False

    def look(self, *, is_silent: bool) -> None:
        """Note it, before the node is asked again, if there was a block and is no message since."""
        self._asked += 1
        if self._found and is_silent and not self._said:
            self._said = True
            where = visible_text(self._options.zmq, limit=80)
            self._context.note(
                f"the node found a block and announced nothing at {where}; it is asked every "
                f"{self._options.poll} instead. The zmqpub lines of its bitcoin.conf must name "
                "this address, and the node must have been started with them"
            )

    def came(self, batch: Batch) -> None:
        """Take note of what came by asking; what the node had before is not announced."""
        is_new = batch.blocks.header_s > self._context.now_s() - _JUST_FOUND_S
        self._found = self._found or (self._asked > 1 and bool(is_new.any()))


def _taken(
    live: LiveChain, raw: bytes, seen_s: float | None, network: Network, context: SourceContext
) -> Iterator[Batch]:
    """Offer a block that was announced whole; one that cannot be read is asked for."""
    header = parse_header(raw[:HEADER_BYTES])
    tip = live.known.tip()
    check_header(
        header, asked=header.hash, height=-1 if tip is None else tip[0] + 1, network=network
    )
    try:
        coinbase = coinbase_of_block(raw, network)
    except FormatError as error:
        context.note(f"a block announced whole is asked for instead: {error.message}")
        live.saw(header.hash, seen_s)
        return
    block_at = partial(_block_at, header, coinbase=coinbase.script, payouts=coinbase.payouts)
    yield from live.offer(
        Announced(hash=header.hash, prev=header.prev, seen_s=seen_s, block_at=block_at)
    )


def _block_at(
    header: Header, height: int, *, coinbase: bytes, payouts: tuple[str, ...] | None
) -> Block:
    return block_of(header, height, coinbase=coinbase, payouts=payouts)


def _received(socket: Any, context: SourceContext) -> NodeMessage | None:
    """Wait a moment for a message; None when none came, or none that can be read."""
    if not socket.poll(_TICK_MS):
        return None
    try:
        return parse_frames(socket.recv_multipart(copy=True))
    except FormatError as error:
        context.note(error.message)
        return None


@contextmanager
def _subscribed(addresses: str) -> Iterator[Any]:
    with zmq.Context() as world, world.socket(zmq.SUB) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, _LARGEST_MESSAGE_BYTES)
        socket.setsockopt(zmq.RCVHWM, _WAITING_MESSAGES)
        for topic in TOPICS:
            socket.setsockopt(zmq.SUBSCRIBE, topic.encode())
        wanted = list(dict.fromkeys(one.strip() for one in addresses.split(",") if one.strip()))
        for address in wanted or [""]:
            try:
                # Other transports of the library are for threads and groups, not for nodes.
                known = address.startswith(("tcp://", "ipc://"))
                socket.connect(address if known else "")
            except zmq.ZMQError:
                raise UsageError(
                    f"{visible_text(address, limit=80)!r} is not an address of a publisher",
                    code="zmq-malformed",
                    hint="write it like tcp://127.0.0.1:28332, as in bitcoin.conf",
                ) from None
        yield socket
