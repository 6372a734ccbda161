"""A block, as one value."""

from dataclasses import dataclass
from typing import Literal

from hashquake.core.difficulty import difficulty_of_bits, work_of_bits_hashes

Fate = Literal["main", "stale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When one source first saw a block.

    Parameters
    ----------
    height : int
        Of the block.
    hash : bytes
        32 bytes, in hashing order.
    source : str
        Who saw it.
    seen_s : float
        By our clock, UTC Unix seconds.
    """

    height: int
    hash: bytes
    source: str
    seen_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What is known of one block; None means not known, never zero.

    Parameters
    ----------
    height : int
        Height in the chain.
    header_s : int
        The miner's clock, UTC Unix seconds; may run backwards from block to block.
    bits : int
        Compact difficulty bits.
    hash, prev : bytes or None
        32 bytes, in hashing order.
    seen_s : float or None
        Our clock when the block was first seen, UTC Unix seconds.
    coinbase : bytes or None
        The coinbase input's script.
    payouts : tuple of str or None
        Addresses the coinbase pays.
    pool : str or None
        Pool slug; ``unknown`` when looked up and not found, None when never looked up.
    fate : {"main", "stale"}
        Whether the block is in the chain of most work.
    """

    height: int
    header_s: int
    bits: int
    hash: bytes | None = None
    prev: bytes | None = None
    seen_s: float | None = None
    coinbase: bytes | None = None
    payouts: tuple[str, ...] | None = None
    pool: str | None = None
    fate: Fate = "main"

    @property
    def difficulty(self) -> float:
        """Difficulty, 1 being mainnet's easiest."""
        return difficulty_of_bits(self.bits)

    @property
    def work_hashes(self) -> float:
        """Hashes such a block takes on average."""
        return work_of_bits_hashes(self.bits)
