"""What a window says of a subject before anything is inferred: blocks counted, chance to find them.

A block counts where its header time lies in ``[start_s, end_s)``. The exposure is that of the whole
window, to its very end: an hour without a block is evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import NO_POOL, BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK, parse_subject, pool_subject
from hashquake.core.window import Window
from hashquake.estimate.exposure import work_in_force
from hashquake.estimate.work_over_time import equal_work_hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCount:
    """Blocks of a subject in a window, and the chance it had to find them.

    Parameters
    ----------
    subject : str
        ``network`` or a pool.
    window : Window
        The time counted.
    n_blocks : int
        Blocks of the subject with header times in the window.
    exposure_s_per_hash : float
        Time over work in force, summed over the window: a hash rate times this is the number of
        blocks to expect. For a pool it is cut by the part of the window's blocks whose pool was
        never looked up, as if those were a random sample.
    n_equal : float or None
        Where blocks differ in work inside an epoch: the number of blocks of equal work they count
        as, which `exposure_s_per_hash` then is of. None where each block counts once.
    """

    subject: str
    window: Window
    n_blocks: int
    exposure_s_per_hash: float
    n_equal: float | None = None

    @property
    def n_counted(self) -> float:
        """Blocks, or what they count as where they differ in work."""
        return self.n_blocks if self.n_equal is None else self.n_equal


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolBlockCounts:
    """All pools of a window at once.

    Parameters
    ----------
    pools : tuple of BlockCount
        One for each pool named in the blocks, those without a block too; most blocks first.
    n_labelled, n_unlabelled : int
        Blocks whose pool was looked up (``unknown`` is an answer), and those it never was.
    """

    pools: tuple[BlockCount, ...]
    n_labelled: int
    n_unlabelled: int


def block_count(
    blocks: BlockColumns,
    window: Window,
    subject: str,
    coverage: Coverage,
    *,
    network: Network = MAIN,
) -> BlockCount:
    """Count the blocks of the network or of a pool in a window; see `block_counts`.

    Parameters
    ----------
    blocks : BlockColumns
        In order of height, with those of earlier in the window's first epoch.
    window : Window
        Header times, UTC Unix seconds.
    subject : str
        ``network`` or a pool such as ``pool:antpool``.
    coverage : Coverage
        When the record was watching.
    network : Network
        Whose rules of difficulty hold.
    """
    return block_counts(blocks, [window], subject, coverage, network=network)[0]


def block_counts(
    blocks: BlockColumns,
    windows: Sequence[Window],
    subject: str,
    coverage: Coverage,
    *,
    network: Network = MAIN,
) -> tuple[BlockCount, ...]:
    """Count the blocks of the network or of a pool in many windows.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order; stale blocks are left out. Blocks outside the windows do no harm and tell
        the difficulty; a pool that none of them names has found none.
    windows : sequence of Window
        In any order; they may overlap.
    subject : str
        ``network`` or ``pool:<slug>``, ``pool:unknown`` included.
    coverage : Coverage
        What was observed.
    network : Network
        Whose retarget rule holds; where bits may change inside an epoch, blocks count by their
        work.

    Raises
    ------
    NoCoverage
        When a window was not observed throughout, no block shows the difficulty, or a pool is
        asked for where no block's pool was looked up (``no-labels``).
    UsageError
        ``subject-not-mined`` for a subject that blocks do not name.
    """
    kind, _ = parse_subject(subject)
    if kind not in ("network", "pool"):
        raise UsageError(
            f"the hash rate of {subject} cannot be estimated from blocks",
            code="subject-not-mined",
            hint="ask for network or pool:<slug>",
        )
    for window in windows:
        coverage.require(window, what=subject)
    blocks = blocks.main()
    if network.easy_blocks:
        return tuple(_count_by_work(blocks, window, subject) for window in windows)
    start_s = np.array([window.start_s for window in windows])
    end_s = np.array([window.end_s for window in windows])
    [(counts, exposure)] = count_all(blocks, start_s, end_s, (subject,), network=network)
    return tuple(
        BlockCount(subject=subject, window=window, n_blocks=int(n), exposure_s_per_hash=float(e))
        for window, n, e in zip(windows, counts, exposure, strict=True)
    )


def count_all(
    blocks: BlockColumns,
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
    subjects: Sequence[str],
    *,
    network: Network = MAIN,
) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Count the blocks of several subjects in many windows, and their exposures.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Of the main chain alone, in height order; difficulty changes with epochs only.
    start_s, end_s : array of float64, shape (k,)
        The windows, observed throughout, UTC Unix seconds.
    subjects : sequence of str
        ``network`` or ``pool:<slug>``.
    network : Network
        Whose retarget rule holds.

    Returns
    -------
    list of (array of int, array of float64), each of shape (k,)
        Of each subject its blocks, and `BlockCount.exposure_s_per_hash`.

    Raises
    ------
    NoCoverage
        When no block shows the difficulty, or a pool is asked for where no block's pool was
        looked up (``no-labels``).
    """
    whole = work_in_force(blocks, network=network).exposure_s_per_hash(start_s, end_s)
    # Sorted once for all subjects; the order of the blocks does not matter to a count.
    order = np.argsort(blocks.header_s, kind="stable")
    times_s, codes = blocks.header_s[order], blocks.pool_code[order]
    counts = _count(times_s, start_s, end_s)
    exposure = whole
    if any(subject != NETWORK for subject in subjects):
        n_labelled = _count(times_s[codes != NO_POOL], start_s, end_s)
        for at in np.flatnonzero((counts > 0) & (n_labelled == 0))[:1]:
            window = Window(start_s=float(start_s[at]), end_s=float(end_s[at]))
            _require_labels(window, int(counts[at]), 0)
        exposure = whole * np.where(counts > 0, n_labelled / np.maximum(counts, 1), 1.0)
    found = []
    for subject in subjects:
        if subject == NETWORK:
            found.append((counts, whole))
            continue
        name = parse_subject(subject).name
        own = blocks.pool_names.index(name) if name in blocks.pool_names else -2
        found.append((_count(times_s[codes == own], start_s, end_s), exposure))
    return found


def pool_block_counts(
    blocks: BlockColumns, window: Window, coverage: Coverage, *, network: Network = MAIN
) -> PoolBlockCounts:
    """Count the blocks of every pool in a window.

    Parameters
    ----------
    blocks : BlockColumns
        In order of height.
    window : Window
        Header times, UTC Unix seconds.
    coverage : Coverage
        When the record was watching.
    network : Network
        Whose rules of difficulty hold.

    Raises
    ------
    NoCoverage
        As `block_counts` does.
    """
    whole = block_count(blocks, window, NETWORK, coverage, network=network)
    blocks = blocks.main()
    inside = (blocks.header_s >= window.start_s) & (blocks.header_s < window.end_s)
    codes = blocks.pool_code[inside]
    labelled = codes[codes != NO_POOL]
    _require_labels(window, len(codes), len(labelled))
    counts = np.bincount(labelled, minlength=len(blocks.pool_names))
    share = len(labelled) / len(codes) if len(codes) else 1.0
    if network.easy_blocks:
        pools = [_count_by_work(blocks, window, pool_subject(name)) for name in blocks.pool_names]
    else:
        pools = [
            BlockCount(
                subject=pool_subject(name),
                window=window,
                n_blocks=int(n),
                exposure_s_per_hash=whole.exposure_s_per_hash * share,
            )
            for name, n in zip(blocks.pool_names, counts, strict=True)
        ]
    return PoolBlockCounts(
        pools=tuple(sorted(pools, key=lambda one: (-one.n_counted, one.subject))),
        n_labelled=len(labelled),
        n_unlabelled=len(codes) - len(labelled),
    )


def _count_by_work(blocks: BlockColumns, window: Window, subject: str) -> BlockCount:
    """Count the main chain's blocks by their work; see `hashquake.estimate.work_over_time`."""
    inside = (blocks.header_s >= window.start_s) & (blocks.header_s < window.end_s)
    unit_hashes = equal_work_hashes(blocks, inside)
    own, exposure = inside, window.duration_s / unit_hashes
    work = blocks.work_hashes
    if subject != NETWORK:
        labelled = inside & (blocks.pool_code != NO_POOL)
        _require_labels(window, int(inside.sum()), int(labelled.sum()))
        if inside.any():
            exposure *= float(work[labelled].sum() / work[inside].sum())
        own = inside & blocks.is_pool(parse_subject(subject).name)
    return BlockCount(
        subject=subject,
        window=window,
        n_blocks=int(own.sum()),
        exposure_s_per_hash=exposure,
        n_equal=float(work[own].sum()) / unit_hashes,
    )


def _count(
    header_s: NDArray[np.int64], start_s: NDArray[np.float64], end_s: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Count header times, which ascend, in each window."""
    return np.searchsorted(header_s, end_s) - np.searchsorted(header_s, start_s)


def _require_labels(window: Window, n_blocks: int, n_labelled: int) -> None:
    if n_blocks and not n_labelled:
        raise NoCoverage(
            f"no block from {window} has a pool that was looked up",
            code="no-labels",
            hint="ingest a source with pools or coinbases",
        )
