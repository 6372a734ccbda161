"""Records on disk, made of `tests.power.worlds` and asked as a user would ask them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from tests.power.alarms import BURN_IN_S, PATH_DAYS
from tests.power.figures import Figure, share
from tests.power.worlds import DAY_S, T0_S, YEAR_S, Chain, Fall, World, make_chain, with_pools

import hashquake as hq
from hashquake.core.columns import BlockColumns
from hashquake.core.quake import Quake
from hashquake.observatory import Observatory

POOL_SHARES = (0.30, 0.17, 0.13, 0.10, 0.08, 0.07, 0.06, 0.04, 0.03, 0.02)
NOW_S = T0_S + 10 * YEAR_S


@contextmanager
def record(blocks: BlockColumns) -> Iterator[Observatory]:
    """Ingest blocks from a table into a new record, as a user does."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blocks.parquet"
        names = np.array([*blocks.pool_names, None], object)
        columns = {
            "height": blocks.height,
            "time": blocks.header_s,
            "bits": blocks.bits,
            "pool": names[blocks.pool_code].tolist(),
        }
        pl.DataFrame(columns, schema_overrides={"pool": pl.String}).write_parquet(path)
        with hq.open(str(Path(folder) / "record.db"), create=True, now_s=lambda: NOW_S) as opened:
            opened.ingest("block_table", {"path": path})
            yield opened


@lru_cache
def quiet_reports(
    *, walk: float, records: int, seed: int
) -> tuple[tuple[bool, bool, bool, int], ...]:
    """Ask for reports of five days in which nothing happened, every 25 days.

    Returns
    -------
    tuple of (bool, bool, bool, int)
        Whether the 90 % interval of the network's fall holds 0, whether its p-value is under 0.05,
        whether any of ten pools is called beyond luck, and which record it was.
    """
    found = []
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(records)):
        rng = np.random.default_rng(child)
        chain = make_chain(World(walk=walk), days=PATH_DAYS, rng=rng)
        with record(with_pools(chain, POOL_SHARES, rng)) as opened:
            start_s = chain.true_s[0] + 200 * DAY_S
            while start_s + 6 * DAY_S < chain.true_s[-1]:
                told = opened.report(start_s, start_s + 5 * DAY_S)
                drop = told.network
                holds = drop.shown_share.interval(0.9).holds(0.0)
                beyond = any(pool.beyond_luck for pool in told.pools)
                found.append((holds, drop.shown_p_value < 0.05, beyond, at))
                start_s += 25 * DAY_S
    return tuple(found)


def of_reports(which: int, **asked: float) -> Figure:
    """Return the share of quiet reports with one of the three marks."""
    found = quiet_reports(**asked)  # type: ignore[arg-type]
    return share([row[which] for row in found], [row[3] for row in found])


@lru_cache
def luck_reviewed(*, per_year: float, records: int, seed: int) -> tuple[Quake, ...]:
    """Replay records in which nothing broke; the final opinions of the network's quakes."""
    found: list[Quake] = []
    for child in np.random.SeedSequence(seed).spawn(records):
        rng = np.random.default_rng(child)
        chain = make_chain(World(), days=PATH_DAYS, rng=rng)
        with record(with_pools(chain, POOL_SHARES, rng)) as opened:
            quakes = opened.replay(false_alarms_per_year=per_year)
        late_s = chain.true_s[-1] - 20 * DAY_S
        found += [
            one
            for one in quakes
            if one.subject == "network" and chain.true_s[0] + BURN_IN_S <= one.detected_s <= late_s
        ]
    return tuple(found)


@lru_cache
def reviewed_falls(
    *, per_year: float, records: int, seed: int, lasts_d: float = 20.0
) -> tuple[tuple[bool, bool, bool, int], ...]:
    """Impose falls of 12 to 50 % that last some days, and find each in the replayed catalog.

    Returns
    -------
    tuple of (bool, bool, bool, int)
        Of each fall that raised a quake: whether the 90 % intervals hold its onset and its size,
        whether the quake was rejected, and which record it was.
    """
    found = []
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(records)):
        rng = np.random.default_rng(child)
        starts_s = T0_S + np.arange(100, PATH_DAYS - 60, 60) * DAY_S
        starts_s = starts_s + rng.uniform(0, 10 * DAY_S, len(starts_s))
        falls = [
            Fall(
                share=float(np.exp(rng.uniform(np.log(0.12), np.log(0.5)))),
                start_s=start_s,
                end_s=start_s + lasts_d * DAY_S,
            )
            for start_s in starts_s
        ]
        chain = make_chain(World(), days=PATH_DAYS, rng=rng, falls=falls)
        with record(chain.blocks) as opened:
            quakes = opened.replay(false_alarms_per_year=per_year)
        for fall in falls:
            own = _quake_of(fall, quakes)
            if own is not None:
                held = own.remaining_share.holds(1.0 - fall.share)
                onset = own.onset.start_s <= fall.start_s <= own.onset.end_s
                found.append((onset, held, own.status == "rejected", at))
    return tuple(found)


def _quake_of(fall: Fall, quakes: Sequence[Quake]) -> Quake | None:
    """Return the quake that the fall raised: the first detected while it lasted."""
    return next(
        (
            one
            for one in sorted(quakes, key=lambda one: one.detected_s)
            if one.subject == "network" and fall.start_s <= one.detected_s < fall.end_s
        ),
        None,
    )


def of_reviews(which: int, **asked: float) -> Figure:
    """Return the share of found falls with one of the three marks."""
    found = reviewed_falls(**asked)  # type: ignore[arg-type]
    return share([row[which] for row in found], [row[3] for row in found])


def silent_at_the_end(chain: Chain, silence_s: float) -> tuple[BlockColumns, float]:
    """Return the blocks of a chain before an open silence, and when it begins."""
    start_s = float(chain.true_s[-1] - silence_s)
    n = int(np.searchsorted(chain.true_s, start_s))
    return chain.blocks.take(slice(0, n)), start_s
