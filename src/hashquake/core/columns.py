"""Many blocks as arrays: what the kernels of every room take."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.block import Block
from hashquake.core.difficulty import column_work_hashes
from hashquake.core.errors import InputError

Objects = NDArray[np.object_]
NO_POOL = -1
"""The code of a block whose pool was never looked up."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockColumns:
    """The same blocks as `Block`, column by column, in the order they were given.

    Parameters
    ----------
    height, header_s : array of int64, shape (n,)
        Height; the miner's clock in UTC Unix seconds.
    bits : array of uint32, shape (n,)
        Compact difficulty bits.
    pool_code : array of int32, shape (n,)
        Index into `pool_names`, or -1 where the pool was never looked up.
    pool_names : tuple of str
        Pool slugs.
    seen_s : array of float64, shape (n,)
        Our clock, UTC Unix seconds; NaN where not known.
    stale : array of bool, shape (n,)
        Whether the block left the chain of most work.
    hash, prev, coinbase, payouts : array of object, shape (n,)
        Bytes, bytes, bytes and tuples of str; None where not known.

    Raises
    ------
    InputError
        ``columns-length`` when the columns differ in length.
    """

    height: NDArray[np.int64]
    header_s: NDArray[np.int64]
    bits: NDArray[np.uint32]
    pool_code: NDArray[np.int32]
    pool_names: tuple[str, ...]
    seen_s: NDArray[np.float64]
    stale: NDArray[np.bool_]
    hash: Objects
    prev: Objects
    coinbase: Objects
    payouts: Objects

    def __post_init__(self) -> None:
        """Refuse ragged columns."""
        lengths = {len(getattr(self, name)) for name in _ARRAYS}
        if len(lengths) > 1:
            raise InputError(
                f"columns of blocks differ in length: {sorted(lengths)}", code="columns-length"
            )

    @classmethod
    def build(
        cls,
        *,
        height: Any,
        header_s: Any,
        bits: Any,
        pool: Sequence[str | None] | None = None,
        pool_code: Any = None,
        pool_names: tuple[str, ...] = (),
        seen_s: Any = None,
        stale: Any = None,
        hash: Sequence[bytes | None] | None = None,  # noqa: A002  the column's name in the noun
        prev: Sequence[bytes | None] | None = None,
        coinbase: Sequence[bytes | None] | None = None,
        payouts: Sequence[tuple[str, ...] | None] | None = None,
    ) -> "BlockColumns":
        """Build columns from any sequences, filling what is not known.

        Parameters
        ----------
        height, header_s, bits : array-like of int, shape (n,)
            As the fields.
        pool : sequence of str or None, shape (n,)
            Slugs, None where never looked up; or else:
        pool_code, pool_names : array-like of int, shape (n,), and tuple of str
            Pools coded already.
        seen_s, stale, hash, prev, coinbase, payouts : sequences, shape (n,), or None
            As the fields; None where nothing is known of any block.

        Raises
        ------
        InputError
            ``columns-length``, ``bits-malformed``.

        Examples
        --------
        >>> blocks = BlockColumns.build(height=[1, 2], header_s=[600, 1200], bits=[0x1D00FFFF] * 2)
        >>> len(blocks), blocks.work_hashes.round().tolist()
        (2, [4295032833.0, 4295032833.0])
        """
        heights = np.asarray(height, dtype=np.int64)
        n = len(heights)
        if pool is not None:
            pool_code, pool_names = encode_pools(pool)
        return cls(
            height=heights,
            header_s=np.asarray(header_s, dtype=np.int64),
            bits=_bits(bits),
            pool_code=np.full(n, NO_POOL, np.int32)
            if pool_code is None
            else np.asarray(pool_code, dtype=np.int32),
            pool_names=pool_names,
            seen_s=np.full(n, np.nan) if seen_s is None else np.asarray(seen_s, dtype=np.float64),
            stale=np.zeros(n, np.bool_) if stale is None else np.asarray(stale, dtype=np.bool_),
            hash=_objects(hash, n),
            prev=_objects(prev, n),
            coinbase=_objects(coinbase, n),
            payouts=_objects(payouts, n),
        )

    @classmethod
    def from_blocks(cls, blocks: Iterable[Block]) -> "BlockColumns":
        """Build columns from block values.

        Parameters
        ----------
        blocks : iterable of Block
            In any order; the columns keep it.
        """
        rows = list(blocks)
        return cls.build(
            height=[b.height for b in rows],
            header_s=[b.header_s for b in rows],
            bits=[b.bits for b in rows],
            pool=[b.pool for b in rows],
            seen_s=[np.nan if b.seen_s is None else b.seen_s for b in rows],
            stale=[b.fate == "stale" for b in rows],
            hash=[b.hash for b in rows],
            prev=[b.prev for b in rows],
            coinbase=[b.coinbase for b in rows],
            payouts=[b.payouts for b in rows],
        )

    @classmethod
    def empty(cls) -> "BlockColumns":
        """Return columns with no blocks."""
        return cls.build(height=[], header_s=[], bits=[])

    def __len__(self) -> int:
        """Count the blocks."""
        return len(self.height)

    @property
    def work_hashes(self) -> NDArray[np.float64]:
        """Mean work of each block, hashes, shape (n,)."""
        return column_work_hashes(self.bits)

    def take(self, which: slice | NDArray[Any]) -> "BlockColumns":
        """Return the blocks at a slice, mask or index array, pools keeping their codes.

        Parameters
        ----------
        which : slice or array
            A slice, a mask of shape (n,), or indices.
        """
        return replace(self, **{name: getattr(self, name)[which] for name in _ARRAYS})

    def main(self) -> "BlockColumns":
        """Return the blocks that are in the chain of most work."""
        return self.take(~self.stale) if self.stale.any() else self

    def is_pool(self, slug: str) -> NDArray[np.bool_]:
        """Mask the blocks of a pool, shape (n,).

        Parameters
        ----------
        slug : str
            The pool's slug; one that no block carries gives a mask of False.
        """
        if slug not in self.pool_names:
            return np.zeros(len(self), np.bool_)
        return np.equal(self.pool_code, self.pool_names.index(slug))

    def pool_of(self, index: int) -> str | None:
        """Return the pool slug of one block, or None when never looked up.

        Parameters
        ----------
        index : int
            Which block, from 0; negative counts from the end.
        """
        code = int(self.pool_code[index])
        return None if code == NO_POOL else self.pool_names[code]

    def block(self, index: int) -> Block:
        """Return one block as a value.

        Parameters
        ----------
        index : int
            Which block, from 0; negative counts from the end.
        """
        seen_s = float(self.seen_s[index])
        return Block(
            height=int(self.height[index]),
            header_s=int(self.header_s[index]),
            bits=int(self.bits[index]),
            hash=self.hash[index],
            prev=self.prev[index],
            seen_s=None if np.isnan(seen_s) else seen_s,
            coinbase=self.coinbase[index],
            payouts=self.payouts[index],
            pool=self.pool_of(index),
            fate="stale" if self.stale[index] else "main",
        )

    def blocks(self) -> Iterator[Block]:
        """Walk the blocks as values; for few blocks, kernels take the columns."""
        return (self.block(index) for index in range(len(self)))

    def with_pools(self, pool: Sequence[str | None]) -> "BlockColumns":
        """Return the same blocks with pools set from slugs.

        Parameters
        ----------
        pool : sequence of str or None, shape (n,)
            The slug of each block; None where it was never looked up.
        """
        code, names = encode_pools(pool)
        return replace(self, pool_code=code, pool_names=names)


_ARRAYS = (
    "height",
    "header_s",
    "bits",
    "pool_code",
    "seen_s",
    "stale",
    "hash",
    "prev",
    "coinbase",
    "payouts",
)


def encode_pools(pool: Sequence[str | None]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Code pool slugs as indices into their sorted names.

    Parameters
    ----------
    pool : sequence of str or None, shape (n,)
        The slug of each block; None where it was never looked up.

    Returns
    -------
    array of int32 and tuple of str
        The code of each block, `NO_POOL` for None, and the slugs that the codes index.
    """
    names = tuple(sorted({slug for slug in pool if slug is not None}))
    index: dict[str | None, int] = {slug: code for code, slug in enumerate(names)}
    index[None] = NO_POOL
    return np.array([index[slug] for slug in pool], dtype=np.int32), names


def concatenate(parts: Sequence[BlockColumns]) -> BlockColumns:
    """Join columns end to end, bringing their pool codes to one set of names.

    Parameters
    ----------
    parts : sequence of BlockColumns
        One after the other; none gives no blocks.
    """
    if not parts:
        return BlockColumns.empty()
    if len(parts) == 1:
        return parts[0]
    names = tuple(sorted({name for part in parts for name in part.pool_names}))
    codes = []
    for part in parts:
        # One more entry, so that the code -1 of "never looked up" maps to itself.
        recode = np.array([*(names.index(name) for name in part.pool_names), NO_POOL], np.int32)
        codes.append(recode[part.pool_code])
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in _ARRAYS
        if name != "pool_code"
    }
    return BlockColumns(pool_code=np.concatenate(codes), pool_names=names, **joined)


def _bits(values: Any) -> NDArray[np.uint32]:
    try:
        return np.asarray(values, dtype=np.uint32)
    except OverflowError:
        raise InputError(
            "bits must be numbers of 32 bits, got a larger or a negative one",
            code="bits-malformed",
        ) from None


def _objects(values: Sequence[object] | None, n: int) -> Objects:
    column: Objects = np.full(n, None, dtype=np.object_)
    if values is not None:
        if len(values) != n:
            raise InputError(
                f"columns of blocks differ in length: {len(values)} and {n}", code="columns-length"
            )
        # Element by element: numpy would turn equal-length tuples into a second dimension.
        for at, value in enumerate(values):
            column[at] = value
    return column
