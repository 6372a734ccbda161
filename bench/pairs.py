"""Pairs of a task done with a well-known library, and with ours, on the same input.

A peer is imported where it runs, as each may be missing on a machine: ``Pair.peer`` names it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from bench_mrt import empty_loop, made_up
from bench_telemetry import write_database, write_log

from hashquake.datasets.bundled import bundled_blocks
from hashquake.detect import shiryaev_roberts
from hashquake.detect.segmentation import segment
from hashquake.forward.run import run_scenario
from hashquake.forward.settings import with_settings
from hashquake.observatory import open_observatory
from hashquake.plugins import load_plugin
from hashquake.sources.logs._geoip import load_places
from hashquake.sources.logs._tally_builder import TallyPlan, tally_part
from hashquake.sources.logs._work_log import log_parts
from hashquake.sources.routes._mrt_elements import read_elements

DAYS = 60
N_BLOCKS, N_PATHS, N_SHARES = 52_560, 2_000, 1_000_000
EPOCH_BLOCKS = 2016


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ways to one end.

    Parameters
    ----------
    task, theirs, ours, note : str
        For people.
    peer : str
        The distribution that theirs needs.
    run_theirs, run_ours : callable
        Do the task once.
    """

    task: str
    peer: str
    theirs: str
    ours: str
    run_theirs: Callable[[], object]
    run_ours: Callable[[], object]
    note: str


def falls() -> Iterator[Pair]:
    """Yield what looks for falls as blocks come in."""
    blocks = bundled_blocks().take(slice(100_000, 100_000 + N_BLOCKS))
    work = blocks.work_hashes
    # Peers refuse what is not positive.
    gap_s = np.maximum(np.diff(blocks.header_s.astype(float)), 1.0)
    scaled = (gap_s / work[1:] * float(np.mean(work))).tolist()
    state = shiryaev_roberts.start(false_alarms_per_year=1.0)
    warm, _ = shiryaev_roberts.step(state, blocks.take(slice(0, 2_000)))
    singles = [blocks.take(slice(at, at + 1)) for at in range(2_000, 4_000)]

    def ours() -> object:
        return shiryaev_roberts.step(state, blocks)

    def ours_live() -> None:
        now = warm
        for block in singles:
            now, _ = shiryaev_roberts.step(now, block, float(block.header_s[0]))

    def through(make: Callable[[], Any], values: list[float]) -> object:
        detector = make()
        for value in values:
            detector.update(value)
        return detector

    def adwin() -> object:
        from river.drift import ADWIN

        return through(ADWIN, scaled)

    def page_hinkley() -> object:
        from river.drift import PageHinkley

        return through(PageHinkley, scaled)

    def focus() -> object:
        from changepoint_online import Focus, Gamma

        return through(lambda: Focus(Gamma(shape=1.0)), scaled[2_000:4_000])

    def rolling() -> object:
        import pandas as pd

        times = pd.to_datetime(np.sort(blocks.header_s), unit="s")
        done = pd.Series(work, index=times)
        return done.rolling("24h").sum() < 0.8 * done.rolling("30D").sum() / 30.0

    year = f"falls in {N_BLOCKS:,} blocks (a year)"
    judged = "ours: alarms at a measured false-alarm rate"
    yield Pair(task=year, peer="river", theirs="river ADWIN", ours="shiryaev_roberts, replay",
               run_theirs=adwin, run_ours=ours, note=judged)  # fmt: skip
    yield Pair(task=year, peer="river", theirs="river PageHinkley",
               ours="shiryaev_roberts, replay",
               run_theirs=page_hinkley, run_ours=ours, note=judged)  # fmt: skip
    yield Pair(task=year, peer="pandas",
               theirs="pandas, rolling mean of 24 h below 80 % of 30 days",
               ours="shiryaev_roberts, replay", run_theirs=rolling, run_ours=ours,
               note=f"{judged}; the mean has a fixed threshold")  # fmt: skip
    yield Pair(task="falls, 2,000 blocks one at a time", peer="changepoint-online",
               theirs="changepoint-online Focus", ours="shiryaev_roberts, live",
               run_theirs=focus, run_ours=ours_live, note=judged)  # fmt: skip


def stretches() -> Iterator[Pair]:
    """Yield what cuts a finished series."""
    blocks = bundled_blocks().take(slice(100_000, 100_000 + 144 * DAYS))
    hours = np.sort(blocks.header_s).astype(np.int64) // 3600
    hourly = np.bincount(hours - hours[0], weights=blocks.work_hashes)
    signal = np.log(np.maximum(hourly, 1.0))

    def theirs() -> object:
        import ruptures

        return ruptures.Pelt(model="l2", min_size=12, jump=5).fit(signal).predict(pen=20.0)

    yield Pair(task=f"steady stretches of {DAYS} days", peer="ruptures",
               theirs="ruptures Pelt, hourly sums",
               ours="segmentation, every block", run_theirs=theirs,
               run_ours=lambda: segment(blocks),
               note="ours: six times as many points, exact likelihood of the gaps")  # fmt: skip


def rates() -> Iterator[Pair]:
    """Yield what makes a series of hash rates."""
    observatory = open_observatory("bundled")
    blocks = observatory.columns()

    def theirs() -> object:
        import pandas as pd

        times = pd.to_datetime(np.sort(blocks.header_s), unit="s")
        done = pd.Series(blocks.work_hashes, index=times).resample("1D").sum() / 86_400.0
        return done, done.rolling(7).mean(), done.rolling(30).mean(), done.rolling(90).mean()

    yield Pair(task="hash rate of every day since 2021, with means of 7, 30 and 90 days",
               peer="pandas", theirs="pandas resample and rolling",
               ours="Observatory.rates", run_theirs=theirs,
               run_ours=lambda: observatory.rates("2021-01-03", "2026-04-20"),
               note="ours: the exact interval of every value")  # fmt: skip


def worlds() -> Iterator[Pair]:
    """Yield what mines simulated networks."""
    plain = {"country:KZ.share": "0.18", "country:KZ.depth": "1", "onset": "2d", "duration": "5d"}
    scenario = with_settings(load_plugin("forward.scenarios", "kazakhstan_2022").build(), plain)

    def theirs() -> object:
        rng = np.random.default_rng(1)
        difficulty = np.ones(N_PATHS)
        now_s, ratios = np.zeros(N_PATHS), []
        for _ in range(4):
            began_s = now_s.copy()
            for _ in range(EPOCH_BLOCKS):
                dark = (now_s > 172_800.0) & (now_s < 604_800.0)
                rate = np.where(dark, 0.82, 1.0)
                now_s += rng.standard_exponential(N_PATHS) * 600.0 * difficulty / rate
            ratio = np.clip(EPOCH_BLOCKS * 600.0 / (now_s - began_s), 0.25, 4.0)
            difficulty *= ratio
            ratios.append(ratio)
        return ratios

    yield Pair(task=f"{N_PATHS:,} networks under an outage, four epochs", peer="numpy",
               theirs="NumPy, block by block", ours="run_scenario", run_theirs=theirs,
               run_ours=lambda: run_scenario(scenario, paths=N_PATHS, keep_paths=1),
               note="ours: nine pools, revenue and gaps as well")  # fmt: skip


def routes(folder: Path) -> Iterator[Pair]:
    """Yield what reads archives of routes."""
    for path in made_up(folder):
        kind = "table" if path.name == "rib" else "updates"
        yield Pair(
            task=f"MRT file of {kind}",
            peer="pybgpkit-parser",
            theirs="pybgpkit-parser alone, an empty loop",
            ours="read_elements",
            run_theirs=partial(empty_loop, path),
            run_ours=partial(read_elements, path),
            note="ours: the parser, checks, and columns",
        )


def shares(folder: Path) -> Iterator[Pair]:
    """Yield what counts a pool's log of shares."""
    log, database = folder / "log.parquet", folder / "countries.mmdb"
    write_database(database)
    write_log(log, N_SHARES)
    places = load_places(database)
    plan = TallyPlan(places=places, window=None, ahead_s=2.0**33, unit="account", pool="pool")

    def theirs() -> object:
        import duckdb
        import maxminddb

        table = (
            duckdb.read_parquet(str(log))
            .aggregate("pool, split_part(worker, '.', 1) AS account, ip, sum(difficulty)")
            .fetchall()
        )
        totals: dict[tuple[str, str, str], float] = {}
        with maxminddb.open_database(database) as reader:
            known = {ip: _country(reader.get(ip)) for ip in {row[2] for row in table}}
        for pool, account, ip, amount in table:
            key = (pool, account, known[ip])
            totals[key] = totals.get(key, 0.0) + amount
        return totals

    def ours() -> object:
        (part,) = log_parts([log], {})
        return tally_part(part, plan)

    yield Pair(task=f"{N_SHARES:,} shares by country and account", peer="duckdb",
               theirs="DuckDB, maxminddb for each address", ours="map-logs, its counting",
               run_theirs=theirs, run_ours=ours,
               note="ours: unknown addresses and VPNs apart; database loaded before")  # fmt: skip


def _country(record: Any) -> str:
    return record["country"]["iso_code"] if record else "ZZ"
