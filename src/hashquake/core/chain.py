"""The rules a run of blocks must keep, checked before anything is believed.

Height by height: contiguous heights, linked hashes, header times inside the consensus limits,
bits that follow from the retarget rule. A break is an error with the height in it.

Source: Bitcoin Core ``validation.cpp`` (median time past, two-hour limit) and ``pow.cpp``; key
``bitcoin-core`` in ``docs/refs.bib``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, bits_of_target, next_bits
from hashquake.core.errors import ChainError
from hashquake.core.network import MAIN, Network
from hashquake.core.times import format_time

MEDIAN_BLOCKS = 11
MAX_FUTURE_S = 7200
EASY_AFTER_S = 1200
"""On test networks a block of the easiest target may follow the one before after this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """What must be remembered of the blocks so far to check the next.

    Parameters
    ----------
    height : int
        Of the last block; -1 before the first.
    hash : bytes or None
        Of the last block.
    bits : int
        Of the last block.
    epoch_start_s : int or None
        Header time of the first block of the last block's epoch; None when it was not seen.
    recent_s : tuple of int
        The last eleven header times, oldest first; fewer at the start.
    epoch_bits : int or None
        On a test network, the bits of the epoch's blocks that are not of the easiest target; None
        where none was seen, and on other networks.
    """

    height: int = -1
    hash: bytes | None = None
    bits: int = 0
    epoch_start_s: int | None = None
    recent_s: tuple[int, ...] = ()
    epoch_bits: int | None = None


def check_chain(
    blocks: BlockColumns, state: ChainState | None = None, *, network: Network = MAIN
) -> ChainState:
    """Check a run of main-chain blocks that follows the blocks already checked.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    state : ChainState or None
        What the last call returned; None when nothing came before.
    network : Network
        Whose rules hold.

    Returns
    -------
    ChainState
        For the next run. Checking a whole run equals checking any split of it.

    Raises
    ------
    ChainError
        ``height-gap``, ``height-duplicate``, ``prev-mismatch``, ``time-too-old``,
        ``time-too-new`` or ``bits-retarget``, with the height at fault.
    """
    state = state or ChainState()
    if not len(blocks):
        return state
    _check_heights(blocks, state)
    _check_links(blocks, state)
    _check_times(blocks, state)
    epoch_start_s = _check_bits(blocks, state, network)
    epoch_bits = _check_easy_bits(blocks, state, network) if network.easy_blocks else None
    header_s = blocks.header_s
    return ChainState(
        height=int(blocks.height[-1]),
        hash=blocks.hash[-1],
        bits=int(blocks.bits[-1]),
        epoch_start_s=epoch_start_s,
        recent_s=(*state.recent_s, *header_s[-MEDIAN_BLOCKS:].tolist())[-MEDIAN_BLOCKS:],
        epoch_bits=epoch_bits,
    )


def check_clock(height: NDArray[np.int64], header_s: NDArray[np.int64], now_s: float) -> None:
    """Check that no block is dated further ahead of our clock than a node would accept.

    Parameters
    ----------
    height, header_s : array of int64, shape (n,)
        Heights; header times, UTC Unix seconds.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    ChainError
        ``time-too-new`` with the height at fault.
    """
    late = np.flatnonzero(header_s > now_s + MAX_FUTURE_S)
    if len(late):
        at = int(late[0])
        raise ChainError(
            f"block {int(height[at])} is dated {format_time(int(header_s[at]))}, more than two "
            f"hours ahead of this machine's clock, {format_time(now_s)}",
            code="time-too-new",
            height=int(height[at]),
            hint="check this machine's clock; a node refuses such a block",
        )


def _check_heights(blocks: BlockColumns, state: ChainState) -> None:
    before = state.height if state.height >= 0 else int(blocks.height[0]) - 1
    steps = np.diff(blocks.height, prepend=before)
    wrong = np.flatnonzero(steps != 1)
    if not len(wrong):
        return
    at = int(wrong[0])
    height, previous = int(blocks.height[at]), int(blocks.height[at]) - int(steps[at])
    if steps[at] == 0:
        raise ChainError(
            f"height {height} comes twice",
            code="height-duplicate",
            height=height,
            hint="one block a height in the main chain; mark the other stale or leave it out",
        )
    if steps[at] < 0:
        raise ChainError(
            f"height {height} comes after height {previous}",
            code="height-order",
            height=height,
            hint="sort the blocks by height",
        )
    one = height - previous == 2
    missing = f"height {height - 1} is" if one else f"heights {previous + 1} to {height - 1} are"
    raise ChainError(
        f"{missing} missing",
        code="height-gap",
        height=previous + 1,
        hint="ingest the missing blocks first, or start a new record after the gap",
    )


def _check_links(blocks: BlockColumns, state: ChainState) -> None:
    if not blocks.prev.any():
        return
    previous = [state.hash, *blocks.hash[:-1]]
    for at, (prev, expected) in enumerate(zip(blocks.prev, previous, strict=True)):
        if prev is not None and expected is not None and prev != expected:
            height = int(blocks.height[at])
            raise ChainError(
                f"block {height} does not build on block {height - 1} of this chain",
                code="prev-mismatch",
                height=height,
            )


def _check_times(blocks: BlockColumns, state: ChainState) -> None:
    header_s = np.concatenate([np.array(state.recent_s, np.int64), blocks.header_s])
    if len(header_s) > MEDIAN_BLOCKS:
        windows = np.lib.stride_tricks.sliding_window_view(header_s[:-1], MEDIAN_BLOCKS)
        median_s = np.sort(windows, axis=1)[:, MEDIAN_BLOCKS // 2]
        early = np.flatnonzero(header_s[MEDIAN_BLOCKS:] <= median_s)
        if len(early):
            at = int(early[0]) + MEDIAN_BLOCKS - len(state.recent_s)
            height = int(blocks.height[at])
            raise ChainError(
                f"block {height} is dated {format_time(int(blocks.header_s[at]))}, not after the "
                f"median of the eleven blocks before it, "
                f"{format_time(int(median_s[int(early[0])]))}",
                code="time-too-old",
                height=height,
                hint="are all times in seconds of UTC?",
            )
    late = np.flatnonzero(blocks.header_s > blocks.seen_s + MAX_FUTURE_S)
    if len(late):
        at = int(late[0])
        height = int(blocks.height[at])
        raise ChainError(
            f"block {height} is dated {format_time(int(blocks.header_s[at]))}, more than two hours "
            f"after it was seen, {format_time(float(blocks.seen_s[at]))}",
            code="time-too-new",
            height=height,
            hint="check this machine's clock",
        )


def _check_bits(blocks: BlockColumns, state: ChainState, network: Network) -> int | None:
    """Check the bits epoch by epoch; return the last epoch's first header time if known."""
    starts = np.flatnonzero(blocks.height % EPOCH_BLOCKS == 0)
    epoch_start_s = state.epoch_start_s
    if network.retargets:
        _check_constant(blocks.bits, blocks.height, state, starts)
        for start in starts.tolist():
            epoch_start_s = _check_retarget(blocks, state, network, start, epoch_start_s)
    elif not (network.easy_blocks or network.stands_for_main):
        # regtest: every block has the bits of the one before
        _check_constant(blocks.bits, blocks.height, state, np.empty(0, np.intp))
    return int(blocks.header_s[starts[-1]]) if len(starts) else epoch_start_s


def _check_easy_bits(blocks: BlockColumns, state: ChainState, network: Network) -> int | None:
    """Check the bits inside the epochs of a test network; return the last epoch's own bits.

    A block of the easiest target may follow twenty minutes without a block; all others of an epoch
    have the same bits. What the retarget rule gives for the next epoch is not checked: it rests on
    the epoch's first block on one of these networks and on its last on another.
    """
    easiest = bits_of_target(network.pow_limit)
    own = state.epoch_bits
    before_s = state.recent_s[-1] if state.recent_s else None
    rows = zip(blocks.height.tolist(), blocks.header_s.tolist(), blocks.bits.tolist(), strict=True)
    for height, header_s, bits in rows:
        if height % EPOCH_BLOCKS == 0:
            own = None
        elif bits == easiest and own is not None and before_s is not None:
            _check_easy_block(height, header_s - before_s, network)
        if bits != easiest:
            if own is not None and bits != own:
                raise ChainError(
                    f"block {height} has bits {bits:#010x}, other blocks of its difficulty epoch "
                    f"{own:#010x}",
                    code="bits-retarget",
                    height=height,
                )
            own = bits
        before_s = header_s
    return own


def _check_easy_block(height: int, after_s: int, network: Network) -> None:
    if after_s <= EASY_AFTER_S:
        raise ChainError(
            f"block {height} has the easiest target {after_s} s after the block before it; "
            f"{network.name} allows that after {EASY_AFTER_S} s",
            code="bits-retarget",
            height=height,
        )


def _check_constant(
    bits: NDArray[np.uint32],
    height: NDArray[np.int64],
    state: ChainState,
    starts: NDArray[np.intp],
) -> None:
    before = state.bits if state.height >= 0 else int(bits[0])
    changed = np.flatnonzero(np.diff(bits.astype(np.int64), prepend=before) != 0)
    inside = np.setdiff1d(changed, starts)
    if len(inside):
        at = int(height[inside[0]])
        raise ChainError(
            f"block {at} has bits {int(bits[inside[0]]):#010x}, unlike block {at - 1} of the same "
            f"difficulty epoch",
            code="bits-retarget",
            height=at,
        )


def _check_retarget(
    blocks: BlockColumns,
    state: ChainState,
    network: Network,
    start: int,
    epoch_start_s: int | None,
) -> int:
    """Check the first block of an epoch against the epoch before; return its header time."""
    if epoch_start_s is not None and (start > 0 or state.recent_s):
        last_s = int(blocks.header_s[start - 1]) if start else state.recent_s[-1]
        last_bits = int(blocks.bits[start - 1]) if start else state.bits
        expected = next_bits(
            last_bits, timespan_s=last_s - epoch_start_s, pow_limit=network.pow_limit
        )
        found = int(blocks.bits[start])
        if found != expected:
            height = int(blocks.height[start])
            raise ChainError(
                f"block {height} has bits {found:#010x} where the retarget rule gives "
                f"{expected:#010x}",
                code="bits-retarget",
                height=height,
                hint="the block is invalid, or a header time of its epoch is wrong",
            )
    return int(blocks.header_s[start])
