"""What a watcher costs: a block from the queue to its conclusions in the record; memory; restart.

The network with its pools, and countries whose signals come every five minutes, at full speed; CPU
seconds. With ``--replay-days`` the last days of the bundled blocks come through the queue and the
one writer as a node would bring them, each block with the time that was watched before it; the
clock of the watcher is that of the chain. Prints, asserts nothing.
"""

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from threading import Event

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.opinion import Change
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.live.source_task import Options, WatchedSource
from hashquake.observatory.live.watcher import Watcher

CODES = [
    *("KZ", "IR", "MM", "US", "RU", "CN", "CA", "DE", "NO", "SE"),
    *("IS", "PY", "BR", "AR", "VE", "ET", "OM", "AE", "IE", "AU"),
]
SERIES = (
    ("ioda_bgp_prefixes_count", 300.0, 2000.0, 0.0005),
    ("ioda_ping_slash24_up_count", 600.0, 900.0, 0.01),
    ("radar_traffic_share", 1800.0, 1.0, 0.03),
)

MONTH_S = 365.25 * DAY_S / 12.0


def readings(code: str, since_s: float, until_s: float, seed: int) -> tuple[Reading, ...]:
    """Return what the instruments say of a country, without an outage."""
    rng = np.random.default_rng([seed, *code.encode()])
    return tuple(
        Reading(
            subject=f"country:{code}",
            quantity=quantity,
            window=Window(start_s=float(at_s), end_s=float(at_s) + step_s),
            value=float(level * (1.0 + noise * rng.standard_normal())),
            source="radar" if quantity.startswith("radar") else "ioda",
        )
        for quantity, step_s, level, noise in SERIES
        for at_s in np.arange(np.ceil(since_s / step_s) * step_s, until_s - step_s + 1.0, step_s)
    )


def live(blocks: BlockColumns, codes: list[str], until_s: float) -> Iterator[tuple[str, Batch]]:
    """Yield blocks as they come, watched time each minute, readings every five minutes."""
    at_s = float(blocks.header_s[0])
    began_s, height, step = at_s, 0, 0
    while at_s < until_s and height < len(blocks):
        at_s += 60.0
        while height < len(blocks) and blocks.header_s[height] <= at_s:
            yield "block", Batch(blocks=blocks.take(slice(height, height + 1)))
            height += 1
        seen = Window(start_s=max(began_s, at_s - 3600.0), end_s=at_s)
        yield "watched time", Batch(observed=(seen,))
        if at_s // 300.0 != (at_s - 60.0) // 300.0:
            step += 1
            edge_s = at_s // 300.0 * 300.0
            for code in codes:
                came = readings(code, edge_s - 600.0, edge_s - 300.0, step)
                if came:
                    yield "readings", Batch(readings=came)


class Year:
    """The chain as it comes, with its own clock."""

    def __init__(
        self, blocks: BlockColumns, codes: list[str], given: argparse.Namespace, stop: Event
    ) -> None:
        self.blocks, self.codes, self.stop = blocks, codes, stop
        self.step_s, self.poll_s, self.every_s = given.step_s, given.poll_s, given.readings_s
        self.began_s = self.at_s = self.read_s = float(blocks.header_s[0])
        self.month = 0
        self.taken = (time.perf_counter(), time.process_time(), 0)

    def now_s(self) -> float:
        """Return the time of the chain, a little ahead of what was stored."""
        return self.at_s

    def read(self, name: str, options: Options, context: SourceContext) -> Iterator[Batch]:
        """Yield blocks, watched time and readings in the order of their time."""
        del name, options, context
        at, n = 0, len(self.blocks)
        while at < n:
            until = at + 1
            # With a poll interval a node gives all blocks since it was last asked at once.
            while until < n and self.blocks.header_s[until] <= self.at_s + self.poll_s:
                until += 1
            came = self.blocks.take(slice(at, until))
            found_s = max(self.at_s, float(came.header_s.max()))
            while self.at_s + self.step_s < found_s:
                self.at_s += self.step_s
                yield Batch(observed=(self._seen(),))
                yield from self._readings()
            self.at_s = found_s
            yield from self._readings()
            yield Batch(blocks=came, observed=(self._seen(),) if found_s > self.began_s else ())
            at = until
            self._say(at)
        self.stop.set()

    def _seen(self) -> Window:
        return Window(start_s=max(self.began_s, self.at_s - 3600.0), end_s=self.at_s)

    def _readings(self) -> Iterator[Batch]:
        """Yield what the instruments measured since they were last read, each value once."""
        until_s = self.at_s // self.every_s * self.every_s
        if until_s <= self.read_s:
            return
        for code in self.codes:
            came = readings(code, self.read_s, until_s, int(until_s))
            if came:
                yield Batch(readings=came)
        self.read_s = until_s

    def _say(self, height: int) -> None:
        """Print what a month cost."""
        if self.at_s < self.began_s + (self.month + 1) * MONTH_S:
            return
        self.month += 1
        began_s, cpu_s, before = self.taken
        self.taken = (time.perf_counter(), time.process_time(), height)
        n = max(1, height - before)
        print(
            f"{format_time(self.at_s)[:10]}  {height:6d} blocks  {resident_mb():5.0f} MB, "
            f"at most {largest_mb():.0f}  "
            f"{(self.taken[1] - cpu_s) / n * 1e3:5.1f} ms of CPU a block  "
            f"{self.taken[0] - began_s:5.0f} s",
            flush=True,
        )


def resident_mb() -> float:
    """Return the memory of this process now, of which the kernel says how many pages it has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def largest_mb() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def lay_history(path: str, n_blocks: int, days: float) -> None:
    """Make a record of the blocks before the last days; in a process of its own."""
    blocks = bundled_blocks()
    first = int((blocks.header_s < blocks.header_s.max() - days * DAY_S).sum())
    now_s = float(blocks.header_s[first])
    with open_observatory(path, create=True, now_s=lambda: now_s) as observatory:
        before = blocks.take(slice(max(0, first - n_blocks), first))
        observatory.feed_all([Batch(blocks=before)], source="history")


def replay_year(given: argparse.Namespace) -> None:
    """Print what the last days cost that come through the queue and the one writer."""
    path = Path(tempfile.mkdtemp()) / "year.db"
    laid = multiprocessing.get_context("spawn").Process(
        target=lay_history, args=(str(path), given.blocks_before, given.replay_days)
    )
    laid.start()
    laid.join()
    blocks = bundled_blocks()
    first = int((blocks.header_s < blocks.header_s.max() - given.replay_days * DAY_S).sum())
    blocks = blocks.take(slice(first, None))
    bundled_blocks.cache_clear()  # a watcher has a node, and no bundled record in memory
    stop = Event()
    codes = CODES[: given.countries]
    year = Year(blocks, codes, given, stop)
    changes: list[int] = [0]

    def count(_change: Change) -> None:
        changes[0] += 1

    with open_observatory(str(path), now_s=year.now_s) as observatory:
        source = WatchedSource(name="bitcoind_rpc", options=dict, gives_blocks=True, poll_s=3600.0)
        watcher = Watcher(
            observatory,
            [source],
            read=year.read,
            context=lambda _name: SourceContext(
                record=observatory.record, now_s=year.now_s, sleep=time.sleep
            ),
            now_s=year.now_s,
            on_change=count,
            stop=stop,
        )
        began_s, cpu_s = time.perf_counter(), time.process_time()
        watcher.run()
        took_s = time.process_time() - cpu_s
        n = len(blocks)
        print(
            f"{n} blocks in {took_s:.0f} CPU s ({time.perf_counter() - began_s:.0f} s): "
            f"{took_s / n * 1e3:.1f} ms a block; {changes[0]} changes; "
            f"record {path.stat().st_size / 1e6:.0f} MB; {resident_mb():.0f} MB, at most "
            f"{largest_mb():.0f} MB"
        )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--countries", type=int, default=20)
    asked.add_argument("--history-days", type=float, default=30.0)
    asked.add_argument("--days", type=float, default=2.0)
    asked.add_argument("--blocks-before", type=int, default=20_000)
    asked.add_argument(
        "--replay-days", type=float, help="through the watcher itself; a line a month"
    )
    asked.add_argument("--step-s", type=float, default=300.0, help="between two watched times then")
    asked.add_argument(
        "--readings-s", type=float, default=3600.0, help="between two readings of a country then"
    )
    asked.add_argument("--poll-s", type=float, default=0.0, help="between two questions then")
    given = asked.parse_args()
    if given.replay_days:
        replay_year(given)
        return
    blocks, codes = bundled_blocks(), CODES[: given.countries]
    first = len(blocks) - int(given.days * 150) - 200
    start_s = float(blocks.header_s[first])
    path = str(Path(tempfile.mkdtemp()) / "watched.db")
    now_s = float(blocks.header_s.max()) + 1.0
    with open_observatory(path, create=True, now_s=lambda: now_s) as observatory:
        before = blocks.take(slice(max(0, first - given.blocks_before), first))
        history = (
            # Made as they are fed: what waits to be fed is not memory of the watcher's.
            Batch(readings=readings(code, start_s - given.history_days * DAY_S, start_s, 0))
            for code in codes
        )
        observatory.feed_all(chain([Batch(blocks=before)], history), source="history")
        watch(
            observatory, live(blocks.take(slice(first, None)), codes, start_s + given.days * DAY_S)
        )
    restart(path, now_s)
    print(f"largest memory {largest_mb():.0f} MB")
    print(f"record {Path(path).stat().st_size / 1e6:.1f} MB")


def watch(observatory: Observatory, batches: Iterator[tuple[str, Batch]]) -> None:
    """Feed everything, and print what each kind of batch cost."""
    observatory.state_rates()
    observatory.settle()  # as the watcher does before it starts its sources
    took_s: defaultdict[str, list[float]] = defaultdict(list)
    for kind, batch in batches:
        began_s = time.process_time()
        observatory.feed(batch, source="node")
        took_s[kind].append(time.process_time() - began_s)
    for kind, each in took_s.items():
        if kind == "readings":
            # What was judged before has to be read once.
            print(f"first batch of readings: {each.pop(0) * 1e3:.0f} ms")
        median, p99 = np.quantile(each, (0.5, 0.99)) * 1e3 if each else (0.0, 0.0)
        print(f"{kind}: {len(each)} batches, median {median:.1f} ms, 99 % under {p99:.1f} ms")
    began_s = time.process_time()
    observatory.settle()
    print(f"stop: {(time.process_time() - began_s) * 1e3:.0f} ms")


STARTS_AGAIN = """
import sys
from hashquake.observatory import open_observatory
from hashquake.core.contracts import Batch
from hashquake.core.window import Window
with open_observatory(sys.argv[1], now_s=lambda: float(sys.argv[2])) as observatory:
    observatory.state_rates()
    observatory.settle()
    end_s = observatory.end_s()
    seen = Window(start_s=end_s - 3600.0, end_s=end_s + 30.0)
    observatory.feed(Batch(observed=(seen,)), source="node")
"""
"""What a watcher does before it follows, without waiting for its sources."""


def restart(path: str, now_s: float) -> None:
    """Print what opening the record again costs, up to the first thing that is fed."""
    for _ in range(2):  # the first time may compile
        before_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([sys.executable, "-c", STARTS_AGAIN, path, str(now_s)], check=True)
        took_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before_s
    print(f"a new process, to following: {took_s:.2f} CPU s")
    began_s = time.process_time()
    with open_observatory(path, now_s=lambda: now_s) as observatory:
        observatory.state_rates()
        end_s = observatory.end_s()
        observatory.feed(
            Batch(observed=(Window(start_s=end_s - 3600.0, end_s=end_s + 30.0),)), source="node"
        )
        print(f"restart to following: {time.process_time() - began_s:.2f} CPU s")
        began_s = time.process_time()
        subjects = [one for one in observatory.reading_subjects() if one.startswith("country:")]
        if subjects:
            code = subjects[0].partition(":")[2]
            observatory.feed(Batch(readings=readings(code, end_s, end_s + 900.0, 9)), source="ioda")
            took_s = time.process_time() - began_s
            print(f"first batch of readings after a restart: {took_s:.2f} CPU s")


if __name__ == "__main__":
    main()
