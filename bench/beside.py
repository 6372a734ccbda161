"""Ours compared with what a user would pick instead, on the same input in one run, as ratios.

Run as ``python bench/beside.py``; ``--write`` writes it into docs/benchmarks.md as well. CPU
seconds of all threads, taken in turns (theirs, ours, theirs ...), compiled before the clock starts;
the ratio is the median over the turns, with the least and the greatest.
"""

import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import maxminddb
import numpy as np
import pandas as pd
import ruptures
from bench_mrt import empty_loop, made_up
from bench_telemetry import write_database, write_log
from changepoint_online import Focus, Gamma
from river.drift import ADWIN, PageHinkley

from hashquake.core import clock
from hashquake.core.times import format_time
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

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
TURNS = 5
DAYS = 60
N_BLOCKS, N_PATHS, N_SHARES = 52_560, 2_000, 1_000_000
EPOCH_BLOCKS = 2016
PEERS = (
    "duckdb", "ruptures", "river", "changepoint-online", "pandas", "pybgpkit-parser", "numpy",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ways to one end."""

    task: str
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

    def through(make: Callable[[], Any], values: list[float]) -> Callable[[], object]:
        def run() -> None:
            detector = make()
            for value in values:
                detector.update(value)

        return run

    def rolling() -> object:
        times = pd.to_datetime(np.sort(blocks.header_s), unit="s")
        done = pd.Series(work, index=times)
        return done.rolling("24h").sum() < 0.8 * done.rolling("30D").sum() / 30.0

    year = f"falls in {N_BLOCKS:,} blocks (a year)"
    judged = "ours: alarms at a measured false-alarm rate"
    yield Pair(task=year, theirs="river ADWIN", ours="shiryaev_roberts, replay",
               run_theirs=through(ADWIN, scaled), run_ours=ours, note=judged)  # fmt: skip
    yield Pair(task=year, theirs="river PageHinkley", ours="shiryaev_roberts, replay",
               run_theirs=through(PageHinkley, scaled), run_ours=ours, note=judged)  # fmt: skip
    yield Pair(task=year, theirs="pandas, rolling mean of 24 h below 80 % of 30 days",
               ours="shiryaev_roberts, replay", run_theirs=rolling, run_ours=ours,
               note=f"{judged}; the mean has a fixed threshold")  # fmt: skip
    yield Pair(task="falls, 2,000 blocks one at a time", theirs="changepoint-online Focus",
               ours="shiryaev_roberts, live",
               run_theirs=through(lambda: Focus(Gamma(shape=1.0)), scaled[2_000:4_000]),
               run_ours=ours_live, note=judged)  # fmt: skip


def stretches() -> Iterator[Pair]:
    """Yield what cuts a finished series."""
    blocks = bundled_blocks().take(slice(100_000, 100_000 + 144 * DAYS))
    times = pd.to_datetime(np.sort(blocks.header_s), unit="s")
    hourly = pd.Series(blocks.work_hashes, index=times).resample("1h").sum().to_numpy()
    signal = np.log(np.maximum(hourly, 1.0))

    def theirs() -> object:
        return ruptures.Pelt(model="l2", min_size=12, jump=5).fit(signal).predict(pen=20.0)

    yield Pair(task=f"steady stretches of {DAYS} days", theirs="ruptures Pelt, hourly sums",
               ours="segmentation, every block", run_theirs=theirs,
               run_ours=lambda: segment(blocks),
               note="ours: six times as many points, exact likelihood of the gaps")  # fmt: skip


def rates() -> Iterator[Pair]:
    """Yield what makes a series of hash rates."""
    observatory = open_observatory("bundled")
    blocks = observatory.columns()

    def theirs() -> object:
        times = pd.to_datetime(np.sort(blocks.header_s), unit="s")
        done = pd.Series(blocks.work_hashes, index=times).resample("1D").sum() / 86_400.0
        return done, done.rolling(7).mean(), done.rolling(30).mean(), done.rolling(90).mean()

    yield Pair(task="hash rate of every day since 2021, with means of 7, 30 and 90 days",
               theirs="pandas resample and rolling",
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

    yield Pair(task=f"{N_PATHS:,} networks under an outage, four epochs",
               theirs="NumPy, block by block", ours="run_scenario", run_theirs=theirs,
               run_ours=lambda: run_scenario(scenario, paths=N_PATHS, keep_paths=1),
               note="ours: nine pools, revenue and gaps as well")  # fmt: skip


def routes(folder: Path) -> Iterator[Pair]:
    """Yield what reads archives of routes."""
    for path in made_up(folder):
        kind = "table" if path.name == "rib" else "updates"
        yield Pair(
            task=f"MRT file of {kind}",
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

    yield Pair(task=f"{N_SHARES:,} shares by country and account",
               theirs="DuckDB, maxminddb for each address", ours="map-logs, its counting",
               run_theirs=theirs, run_ours=ours,
               note="ours: unknown addresses and VPNs apart; database loaded before")  # fmt: skip


def _country(record: Any) -> str:
    return record["country"]["iso_code"] if record else "ZZ"


def cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU seconds that some work takes, in all threads."""
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def row_of(pair: Pair) -> str:
    """Measure a pair in turns; return its row."""
    pair.run_theirs()
    pair.run_ours()
    theirs_s, ours_s = [], []
    for _ in range(TURNS):
        theirs_s.append(cpu_s(pair.run_theirs))
        ours_s.append(cpu_s(pair.run_ours))
    ratios = [each / own for each, own in zip(theirs_s, ours_s, strict=True)]
    shown = f"**{median(ratios):.2g}** ({min(ratios):.2g} to {max(ratios):.2g})"
    theirs, ours = f"{median(theirs_s):.3g}", f"{median(ours_s):.3g}"
    cells = (pair.task, pair.theirs, theirs, pair.ours, ours, shown, pair.note)
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """Return the kind of this machine."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    kind = model[1] if model else platform.processor()
    return (
        f"{kind}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start, "
        f"Python {platform.python_version()}"
    )


def main() -> None:
    """Print the table, and write it where asked."""
    stated = ", ".join(f"{name} {version(name)}" for name in PEERS)
    lines = [
        f"Measured on {format_time(clock.now_s())[:10]} on {machine()}; {stated}.",
        f"CPU seconds of all threads, the median of {TURNS} turns, compiled before.",
        "A ratio above 1 says that ours is quicker.",
        "",
        "| task | theirs | s | ours | s | theirs over ours (range) | not the same work |",
        "|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    with TemporaryDirectory() as folder:
        into = Path(folder)
        for pair in chain(falls(), stretches(), rates(), worlds(), routes(into), shares(into)):
            lines.append(row_of(pair))
            print(lines[-1], flush=True)
    if "--write" in sys.argv:
        head = PAGE.read_text(encoding="utf-8").partition("<!-- table -->")[0]
        PAGE.write_text(f"{head}<!-- table -->\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
