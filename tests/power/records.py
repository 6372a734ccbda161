"""Records on disk, made of `tests.power.worlds` and asked as a user would ask them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from tests.power.alarms import BURN_IN_S, PATH_DAYS
from tests.power.figures import Figure, share
from tests.power.worlds import DAY_S, T0_S, YEAR_S, Fall, World, make_chain, with_pools

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


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietReport:
    """What a report says of five days in which nothing happened.

    Parameters
    ----------
    holds : bool
        Whether the 90 % interval of the network's fall holds 0.
    significant : bool
        Whether its p-value is under 0.05.
    beyond_luck : bool
        Whether any of ten pools is called beyond luck.
    record : int
        Which record it was.
    """

    holds: bool
    significant: bool
    beyond_luck: bool
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedFall:
    """What the catalog says of a fall that raised a quake.

    Parameters
    ----------
    holds_onset, holds_size : bool
        Whether the 90 % intervals hold the truth.
    rejected : bool
        Whether the quake was rejected.
    record : int
        Which record it was.
    """

    holds_onset: bool
    holds_size: bool
    rejected: bool
    record: int


@lru_cache
def quiet_reports(*, walk: float, records: int, seed: int) -> tuple[QuietReport, ...]:
    """Ask for reports of five days in which nothing happened, every 25 days."""
    found = []
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(records)):
        rng = np.random.default_rng(child)
        chain = make_chain(World(walk=walk), days=PATH_DAYS, rng=rng)
        with record(with_pools(chain, POOL_SHARES, rng)) as opened:
            start_s = chain.true_s[0] + 200 * DAY_S
            while start_s + 6 * DAY_S < chain.true_s[-1]:
                report = opened.report(start_s, start_s + 5 * DAY_S)
                found.append(
                    QuietReport(
                        holds=report.network.shown_share.interval(0.9).holds(0.0),
                        significant=report.network.shown_p_value < 0.05,
                        beyond_luck=any(pool.beyond_luck for pool in report.pools),
                        record=at,
                    )
                )
                start_s += 25 * DAY_S
    return tuple(found)


def of_reports(mark: str, *, walk: float, records: int, seed: int) -> Figure:
    """Return the share of quiet reports with a mark."""
    found = quiet_reports(walk=walk, records=records, seed=seed)
    return share([getattr(one, mark) for one in found], [one.record for one in found])


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
) -> tuple[ReviewedFall, ...]:
    """Impose falls of 12 to 50 % that last some days, and find each in the replayed catalog."""
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
                found.append(
                    ReviewedFall(
                        holds_onset=own.onset.start_s <= fall.start_s <= own.onset.end_s,
                        holds_size=own.remaining_share.holds(1.0 - fall.share),
                        rejected=own.status == "rejected",
                        record=at,
                    )
                )
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


def of_reviews(
    mark: str, *, per_year: float, records: int, seed: int, lasts_d: float = 20.0
) -> Figure:
    """Return the share of found falls with a mark."""
    found = reviewed_falls(per_year=per_year, records=records, seed=seed, lasts_d=lasts_d)
    return share([getattr(one, mark) for one in found], [one.record for one in found])
