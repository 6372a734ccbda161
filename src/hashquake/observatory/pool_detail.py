"""One pool for its operator: its standing, where its hash rate went, its names, stale blocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hashquake.core.errors import NoCoverage
from hashquake.core.incident import LEVEL
from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Exposure
from hashquake.core.record import Record
from hashquake.core.subject import UNKNOWN_POOL, pool_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.pool_moves import PoolMoves, pool_moves
from hashquake.explain.incident import default_baseline
from hashquake.observatory.instant_rates import drift_before
from hashquake.observatory.measure import CONTEXT_S, blocks_around
from hashquake.observatory.pool_standings import PoolStanding, pool_standings, with_exposures
from hashquake.pools.identify import identify_all
from hashquake.pools.registry import bundled

if TYPE_CHECKING:
    from hashquake.pools.identify import Identification

SEEN_S = 30.0 * DAY_S
"""Coinbases so far back are looked at, and blocks of the asked time where that is longer."""
STALE_S = 365.0 * DAY_S
"""Stale blocks so far back are listed."""
_LEARN_DAYS = 365.0
"""Days before the windows from which the network's drift is learned. A year and a half is not
better in simulation, and in September 2022 it still takes China's ban of mid-2021 for drift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenText:
    """A tag or an address that stood in the pool's coinbases.

    Parameters
    ----------
    text : str
        As the registry has it, or as it was paid.
    n_blocks, first_height, last_height : int
        In how many blocks of the pool, from the first to the last.
    counts : bool
        Whether the registry has it as this pool's: it may name the pool. False for what belongs
        to another pool, is out of date, or is not registered.
    pool : str or None
        Whose it is by the registry; None for an address that nobody registered.
    """

    text: str
    n_blocks: int
    first_height: int
    last_height: int
    counts: bool
    pool: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSeen:
    """What named a pool in its own blocks.

    Parameters
    ----------
    window : Window
        The time looked at.
    n_blocks, n_with_coinbase : int
        Blocks of the pool in it, and those of which the coinbase is stored.
    tags, addresses : tuple of SeenText
        Found in them, most blocks first.
    conflicts : tuple of tuple of int and str
        Height of each block whose coinbase also names other pools, and those.
    """

    window: Window
    n_blocks: int
    n_with_coinbase: int
    tags: tuple[SeenText, ...]
    addresses: tuple[SeenText, ...]
    conflicts: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStale:
    """Blocks that a pool found in vain, as far as the record's nodes saw them.

    Parameters
    ----------
    window : Window
        The time looked at.
    n_blocks : int
        Its blocks in the main chain.
    stale_share : Interval
        Part of all its blocks that were in vain, 0 to 1.
    blocks : tuple of tuple of int, bytes or None, and int
        Height, hash and header time of each.
    """

    window: Window
    n_blocks: int
    stale_share: Interval
    blocks: tuple[tuple[int, bytes | None, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDetail:
    """One pool for its operator.

    Parameters
    ----------
    standing : PoolStanding
        Found compared with reported.
    moves : PoolMoves or None
        Where its hash rate went, against the fourteen days before the window.
    seen : PoolSeen or None
        What names it.
    stale : PoolStale or None
        Its blocks in vain.
    missing : mapping of str to str
        Why a part is None.
    """

    standing: PoolStanding
    moves: PoolMoves | None
    seen: PoolSeen | None
    stale: PoolStale | None
    missing: Mapping[str, str]


def pool_detail(
    record: Record, pool: str, window: Window, *, exposures: tuple[Exposure, ...] = ()
) -> PoolDetail:
    """Gather what concerns one pool; see `Observatory.pool`.

    Parameters
    ----------
    record : Record
        With blocks and reports.
    pool : str
        Slug.
    window : Window
        In which its blocks are counted.
    exposures : tuple of Exposure
        Of any pools, to be added to its standing.
    """
    rows = pool_standings(record, window, named=(pool_subject(pool),))
    rows = with_exposures(rows, exposures)
    missing: dict[str, str] = {}
    moves = seen = stale = None
    try:
        moves = _moves(record, pool, window)
    except NoCoverage as error:
        missing["moves"] = error.message
    try:
        seen = _seen(record, pool, window)
    except NoCoverage as error:
        missing["seen"] = error.message
    try:
        stale = _stale(record, pool, window.end_s)
    except NoCoverage as error:
        missing["stale"] = error.message
    return PoolDetail(
        standing=next(one for one in rows if one.pool == pool),
        moves=moves,
        seen=seen,
        stale=stale,
        missing=missing,
    )


def _moves(record: Record, pool: str, window: Window) -> PoolMoves:
    coverage = record.coverage()
    baseline = default_baseline(window, coverage)
    around = Window(start_s=baseline.start_s, end_s=window.end_s)
    blocks = blocks_around(record, around, after_s=CONTEXT_S)
    # Nothing between the windows teaches drift: it may be the event.
    drift = drift_before(record, min(window.end_s, baseline.end_s), days=_LEARN_DAYS)
    return pool_moves(blocks, pool, window, baseline, coverage, network=record.network, drift=drift)


def _seen(record: Record, pool: str, window: Window) -> PoolSeen:
    """Look at the coinbases of the pool's blocks."""
    span = Window(start_s=min(window.start_s, window.end_s - SEEN_S), end_s=window.end_s)
    blocks = record.blocks(window=span, detail=True).main()
    own = blocks.take(np.flatnonzero(blocks.is_pool(pool)))
    kept = [at for at in range(len(own)) if own.coinbase[at] is not None]
    if len(own) and not kept:
        raise NoCoverage(
            f"no coinbase of the {len(own):,} blocks of {pool} from {span} is stored",
            code="no-coinbases",
            hint="ingest blocks from a node or from block files",
        )
    found = identify_all(
        coinbases=[own.coinbase[at] for at in kept],
        payouts=[own.payouts[at] or () for at in kept],
        headers_s=[int(own.header_s[at]) for at in kept],
        registry=bundled(),
    )
    heights = [int(own.height[at]) for at in kept]
    paid = [own.payouts[at] or () for at in kept]
    return PoolSeen(
        window=span,
        n_blocks=len(own),
        n_with_coinbase=len(kept),
        tags=_texts(
            (height, tag.text, tag.pool, tag.counts and tag.pool == pool)
            for height, one in zip(heights, found, strict=True)
            for tag in one.tags
        ),
        addresses=_addresses(pool, heights, paid, found),
        conflicts=tuple(
            (height, other)
            for height, one in zip(heights, found, strict=True)
            for other in sorted({*one.conflicts, one.pool} - {pool, UNKNOWN_POOL})
        ),
    )


def _addresses(
    pool: str,
    heights: list[int],
    paid: "list[tuple[str, ...]]",
    found: "list[Identification]",
) -> tuple[SeenText, ...]:
    """Return the addresses paid: those of the registry, and the first of every other block."""
    rows: list[tuple[int, str, str | None, bool]] = []
    for height, addresses, one in zip(heights, paid, found, strict=True):
        registered = {each.text: each for each in one.addresses}
        rows += [
            (height, each.text, each.pool, each.counts and each.pool == pool)
            for each in registered.values()
        ]
        if addresses and addresses[0] not in registered:
            rows.append((height, addresses[0], None, False))
    return _texts(rows)


def _texts(rows: Iterable[tuple[int, str, str | None, bool]]) -> tuple[SeenText, ...]:
    groups: dict[tuple[str, str | None, bool], set[int]] = {}
    for height, text, pool, counts in rows:
        groups.setdefault((text, pool, counts), set()).add(height)
    return tuple(
        SeenText(
            text=text,
            n_blocks=len(heights),
            first_height=min(heights),
            last_height=max(heights),
            counts=counts,
            pool=pool,
        )
        for (text, pool, counts), heights in sorted(
            groups.items(), key=lambda item: (-len(item[1]), item[0][0])
        )
    )


def _stale(record: Record, pool: str, end_s: float) -> PoolStale:
    from scipy.special import betaincinv

    span = Window(start_s=end_s - STALE_S, end_s=end_s)
    if not record.counts()["stale"]:
        raise NoCoverage(
            "no stale block of any pool is stored",
            code="no-stale-blocks",
            hint="only nodes bring them; the absence of any says nothing",
        )
    blocks = record.blocks(window=span, stale=True)
    own = blocks.take(np.flatnonzero(blocks.is_pool(pool)))
    in_vain = own.take(np.flatnonzero(own.stale))
    n_main = len(own) - len(in_vain)
    # Jeffreys' law: half a block each way before any is seen.
    low, median, high = (
        float(betaincinv(len(in_vain) + 0.5, n_main + 0.5, level)) for level in (0.05, 0.5, 0.95)
    )
    detail = [
        (int(height), _hash(record, int(height), int(header_s)), int(header_s))
        for height, header_s in zip(in_vain.height, in_vain.header_s, strict=True)
    ]
    return PoolStale(
        window=span,
        n_blocks=n_main,
        stale_share=Interval(median=median, low=low, high=high, level=LEVEL),
        blocks=tuple(detail),
    )


def _hash(record: Record, height: int, header_s: int) -> bytes | None:
    """Return the hash of a stale block, which columns without detail leave out."""
    there = record.blocks(first_height=height, last_height=height, stale=True, detail=True)
    fits = np.flatnonzero(there.stale & (there.header_s == header_s))
    found: bytes | None = there.hash[fits[0]] if len(fits) else None
    return found
