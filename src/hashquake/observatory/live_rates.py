"""Hash rates and difficulty forecasts stated while the chain is followed.

The filter that answers `hashquake rate --method filter` goes on block by block. Its parameters,
and the pools it follows, are settled with the first block of each difficulty epoch from the blocks
before; so what is stated of a block depends on the chain alone, not on when the program was
started. The network's rate is stated at each block and every ten minutes of a silence, that of
each pool with `LEAST_POOL_SHARE` of the blocks at the first block of an hour, and the next
difficulty is forecast every `FORECAST_BLOCKS` blocks of the epoch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hashquake.catalog.snapshot import FORMAT, SnapshotError, decode, encode
from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.estimate import Estimate
from hashquake.core.forecast import Forecast
from hashquake.core.opinion import Snapshot
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.adaptive import LEARN_DAYS
from hashquake.estimate.filter import MADE_BY, FilterState, follow, look, start
from hashquake.forward.difficulty_forecast import forecast_difficulty
from hashquake.observatory.instant_rates import ACTIVE_S, WARM_UP_S, learned_from
from hashquake.observatory.measure import heights_between

KIND = "rates"
SCOPE = ""
VERSION = f"{FORMAT}+{MADE_BY}+1"
"""Snapshots of other versions are not read."""
SILENCE_S = 600.0
"""During a silence the network's rate is stated so often."""
FORECAST_BLOCKS = 144
"""Forecasts are issued at the blocks of an epoch whose number is a multiple of this."""
LEAST_POOL_SHARE = 0.01
"""Pools with a smaller part of the blocks of two weeks are not followed here."""
ANCHOR_BLOCKS = 32
_ANCHORS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveRates:
    """The filter as it goes on with the chain.

    Parameters
    ----------
    filter : FilterState
        After the last block taken.
    watched_s : float
        Up to when the chain was watched, as far as silences were looked at; UTC Unix seconds.
    anchors : tuple of FilterState
        Earlier states of the epoch, newest first: a reorganisation goes on from one of them.
    """

    filter: FilterState
    watched_s: float
    anchors: tuple[FilterState, ...] = ()

    @property
    def height(self) -> int:
        """Height of the last block taken."""
        return self.filter.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What is to be stated of some blocks, or of a silence.

    Parameters
    ----------
    rates : tuple of Estimate
        Hash rates, in order of their instants.
    forecasts : tuple of Forecast
        Of the next difficulty and of when it comes.
    """

    rates: tuple[Estimate, ...] = ()
    forecasts: tuple[Forecast, ...] = ()


def rebuilt(record: Record, height: int) -> LiveRates | None:
    """Return the filter after a block, from what is stored.

    Parameters
    ----------
    record : Record
        Blocks of a network whose difficulty follows the plain rule.
    height : int
        Of the last block to take.

    Returns
    -------
    LiveRates or None
        None when the record has no such block.
    """
    first = height - height % EPOCH_BLOCKS
    since = record.blocks(first_height=first, last_height=height)
    if not len(since) or int(since.height[-1]) != height:
        return None
    return taken(_begun(record, since.take(slice(0, 1))), since.take(slice(1, None)))


def caught_up(rates: LiveRates | None, record: Record, height: int) -> LiveRates | None:
    """Return the filter after a block: gone on from where it stood, or rebuilt.

    Parameters
    ----------
    rates : LiveRates or None
        Where it stood; None rebuilds it.
    record : Record
        With the blocks.
    height : int
        Of the last block to take.

    Returns
    -------
    LiveRates or None
        None when the record has no such block.
    """
    found: LiveRates | None = None
    if rates is not None and rates.height <= height:
        same_epoch = rates.height // EPOCH_BLOCKS == height // EPOCH_BLOCKS
        if same_epoch:
            missed = record.blocks(first_height=rates.height + 1, last_height=height)
            found = taken(rates, missed)
    return rebuilt(record, height) if found is None or found.height != height else found


def _begun(record: Record, first: BlockColumns) -> LiveRates:
    """Return the filter after an epoch's first known block, settled by the blocks before it."""
    height, header_s = int(first.height[0]), float(first.header_s[0])
    end_s = float(np.nextafter(header_s, np.inf))
    known = heights_between(record, Window(start_s=header_s - WARM_UP_S, end_s=end_s))
    known = known.take(known.height < height)
    pools = _pools(known.take(known.header_s >= header_s - ACTIVE_S))
    begun = start(learned_from(_before(record, end_s, height)), pools=pools, chain=record.network)
    begun = follow(follow(begun, known), first)
    return LiveRates(filter=begun, watched_s=begun.clock_s)


def _before(record: Record, end_s: float, height: int) -> BlockColumns:
    known = heights_between(record, Window(start_s=end_s - LEARN_DAYS * DAY_S, end_s=end_s))
    return known.take(known.height <= height)


def _pools(recent: BlockColumns) -> tuple[str, ...]:
    """Return the slugs of the pools that matter, the largest first."""
    named = recent.pool_code[recent.pool_code >= 0]
    counts = np.bincount(named, minlength=len(recent.pool_names))
    order = np.argsort(-counts, kind="stable")
    least = max(1.0, LEAST_POOL_SHARE * len(recent))
    return tuple(recent.pool_names[code] for code in order if counts[code] >= least)


def taken(rates: LiveRates, blocks: BlockColumns) -> LiveRates:
    """Take blocks of the same epoch, and state nothing of them.

    Parameters
    ----------
    rates : LiveRates
        Where it stood; not changed.
    blocks : BlockColumns, shape (n,)
        In height order, right above the last one taken.
    """
    at = 0
    while at < len(blocks):
        rates = _anchored(rates)
        ahead = ANCHOR_BLOCKS - rates.height % ANCHOR_BLOCKS
        part = blocks.take(slice(at, at + ahead))
        rates = replace(rates, filter=follow(rates.filter, part))
        at += ahead
    return rates


def rewound(rates: LiveRates, record: Record, height: int) -> LiveRates | None:
    """Return the filter as it stood before a height, with the blocks below as they are now.

    Parameters
    ----------
    rates : LiveRates
        Where it stood.
    record : Record
        With the blocks as they are now.
    height : int
        The lowest height that changed.

    Returns
    -------
    LiveRates or None
        After the block below that height; None when it is to be rebuilt from the record.
    """
    anchor = next((one for one in rates.anchors if one.height < height), None)
    if anchor is None:
        return None
    older = tuple(one for one in rates.anchors if one.height < anchor.height)
    blocks = record.blocks(first_height=anchor.height + 1, last_height=height - 1)
    return taken(replace(rates, filter=anchor, anchors=older), blocks)


def stepped(
    rates: LiveRates, record: Record, blocks: BlockColumns, *, each: bool
) -> tuple[LiveRates, Stated]:
    """Take the next blocks of the chain, and state what they mean.

    Parameters
    ----------
    rates : LiveRates
        Where it stood; not changed.
    record : Record
        With these blocks in it; a new epoch settles its parameters from the blocks before.
    blocks : BlockColumns, shape (n,)
        In height order, right above the last one taken.
    each : bool
        Whether something is stated of each block, or of the last alone, as after a back-fill.
    """
    estimates: list[Estimate] = []
    forecasts: list[Forecast] = []
    for at in range(len(blocks)):
        one = blocks.take(slice(at, at + 1))
        before_s = rates.filter.clock_s
        number = int(one.height[0]) % EPOCH_BLOCKS
        rates = taken(rates, one) if number else _begun(record, one)
        if each or at == len(blocks) - 1:
            estimates += _stated(rates.filter, before_s)
            if number and number % FORECAST_BLOCKS == 0:
                forecasts += _forecasts(rates.filter)
    return rates, Stated(rates=tuple(estimates), forecasts=tuple(forecasts))


def silent(rates: LiveRates, watched_s: float) -> tuple[LiveRates, Stated]:
    """Take watched time without a block.

    Parameters
    ----------
    rates : LiveRates
        Where it stood; not changed.
    watched_s : float
        Up to when the chain was watched, UTC Unix seconds.
    """
    since_s = rates.filter.clock_s
    before_s = max(rates.watched_s, since_s)
    if watched_s <= before_s:
        return rates, Stated()
    after = replace(rates, watched_s=watched_s)
    if (watched_s - since_s) // SILENCE_S == (before_s - since_s) // SILENCE_S:
        return after, Stated()
    return after, Stated(rates=(look(rates.filter, watched_s).estimate(NETWORK),))


def _anchored(rates: LiveRates) -> LiveRates:
    """Keep the present state as an anchor at every so many blocks."""
    if rates.height % ANCHOR_BLOCKS or rates.height in {one.height for one in rates.anchors}:
        return rates
    return replace(rates, anchors=(rates.filter, *rates.anchors)[:_ANCHORS])


def _stated(state: FilterState, before_s: float) -> Sequence[Estimate]:
    """Return the network's rate, and at the first block of an hour those of the pools."""
    seen = look(state, state.clock_s)
    if state.clock_s // HOUR_S == before_s // HOUR_S:
        return [seen.estimate(NETWORK)]
    return [seen.estimate(one) for one in (NETWORK, *map(pool_subject, state.pools))]


def _forecasts(state: FilterState) -> Sequence[Forecast]:
    try:
        made = forecast_difficulty(state, state.clock_s)
    except (NoCoverage, UsageError):
        return ()  # the record does not hold the epoch's first block
    return (made.next_difficulty_ratio, made.retarget_s)


def snapshot(rates: LiveRates) -> Snapshot:
    """Write the filter down, so that a program that starts again goes on at once.

    Parameters
    ----------
    rates : LiveRates
        Between two steps.
    """
    return Snapshot(
        kind=KIND, scope=SCOPE, version=VERSION, height=rates.height, state=encode(rates)
    )


def restored(found: Snapshot | None) -> LiveRates | None:
    """Read what `snapshot` wrote; None when there is nothing that fits, and then it is rebuilt.

    Parameters
    ----------
    found : Snapshot or None
        The stored snapshot.
    """
    if found is None or found.version != VERSION:
        return None
    try:
        rates = decode(found.state)
    except SnapshotError:
        return None
    return rates if isinstance(rates, LiveRates) else None
