"""What a node announces by ZeroMQ: three topics, each with a counter of its own.

A message is its topic, a body, and a counter of four bytes that rises by one with each message of
the topic; a jump means that messages were lost. ``hashblock`` and ``rawblock`` announce the newest
block only, after a reorganisation too; ``sequence`` tells of each block that came or went, and of
transactions, which are passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hashquake.core.errors import FormatError
from hashquake.core.hostile_text import visible_repr

TOPICS = ("hashblock", "rawblock", "sequence")
_HASH_BYTES = 32
_HEADER_BYTES = 80
_OF_TRANSACTIONS = b"RA"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMessage:
    """One announcement.

    Parameters
    ----------
    kind : {"block", "raw", "gone", "other"}
        A block by its hash; a whole block; a block that left the chain; nothing about blocks.
    counter : int
        Of its topic.
    topic : str
        One of `TOPICS`.
    digest : bytes
        Hash of the block in hashing order; empty for ``raw`` and ``other``.
    raw : bytes
        The whole block; empty unless ``raw``.
    """

    kind: Literal["block", "raw", "gone", "other"]
    counter: int
    topic: str
    digest: bytes = b""
    raw: bytes = b""


def parse_frames(frames: Sequence[bytes]) -> NodeMessage:
    """Read one message.

    Parameters
    ----------
    frames : sequence of bytes
        Topic, body, counter.

    Raises
    ------
    FormatError
        ``message-shape``.
    """
    if len(frames) != 3 or len(frames[2]) != 4:
        raise _shape(frames)
    topic = bytes(frames[0]).decode("ascii", "replace")
    body, counter = bytes(frames[1]), int.from_bytes(frames[2], "little")
    if topic == "rawblock" and len(body) > _HEADER_BYTES:
        return NodeMessage(kind="raw", counter=counter, topic=topic, raw=body)
    if topic == "hashblock" and len(body) == _HASH_BYTES:
        return NodeMessage(kind="block", counter=counter, topic=topic, digest=body[::-1])
    if topic == "sequence" and len(body) > _HASH_BYTES:
        digest, label = body[:_HASH_BYTES][::-1], body[_HASH_BYTES : _HASH_BYTES + 1]
        if label in (b"C", b"D") and len(body) == _HASH_BYTES + 1:
            kind: Literal["block", "gone"] = "block" if label == b"C" else "gone"
            return NodeMessage(kind=kind, counter=counter, topic=topic, digest=digest)
        if label in _OF_TRANSACTIONS and len(body) == _HASH_BYTES + 9:
            return NodeMessage(kind="other", counter=counter, topic=topic)
    raise _shape(frames)


class LostMessages:
    """Watch the counters of the topics for jumps."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def lost(self, message: NodeMessage) -> bool:
        """Take a message; return whether others of its topic were lost before it.

        A counter that starts again is that of a node which was started again.

        Parameters
        ----------
        message : NodeMessage
            The next one received.
        """
        last = self._last.get(message.topic)
        self._last[message.topic] = message.counter
        return last is not None and message.counter != (last + 1) % (1 << 32)


def _shape(frames: Sequence[bytes]) -> FormatError:
    shown = visible_repr([bytes(frame[:16]) for frame in frames[:4]])
    return FormatError(
        f"a message is not one of a node's topics about blocks: {shown}",
        code="message-shape",
        hint="is this the address of zmqpubhashblock, zmqpubrawblock or zmqpubsequence?",
    )
