"""A year through the watcher at full speed: what it costs, and whether its memory stays flat.

The last year of the bundled blocks comes through the queue and the one writer as a node would
bring it, each block with the time that was watched before it, and more watched time in between;
the clock of the watcher is that of the chain. Prints a line a month, asserts nothing.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from bench_watch import CODES, readings

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.opinion import Change
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import open_observatory
from hashquake.observatory.live.source_task import Options, WatchedSource
from hashquake.observatory.live.watcher import Watcher

MONTH_S = 365.25 * DAY_S / 12.0


class Year:
    """The chain as it comes, with its own clock."""

    def __init__(self, blocks: BlockColumns, codes: list[str], step_s: float, stop: Event) -> None:
        self.blocks, self.codes, self.step_s, self.stop = blocks, codes, step_s, stop
        self.began_s = self.at_s = float(blocks.header_s[0])
        self.month = 0
        self.taken = (time.perf_counter(), time.process_time(), 0)

    def now_s(self) -> float:
        """Return the time of the chain, a little ahead of what was stored."""
        return self.at_s

    def read(self, name: str, options: Options, context: SourceContext) -> Iterator[Batch]:
        """Yield blocks, watched time and readings in the order of their time."""
        del name, options, context
        for height in range(len(self.blocks)):
            block = self.blocks.take(slice(height, height + 1))
            found_s = max(self.at_s, float(block.header_s[0]))
            while self.at_s + self.step_s < found_s:
                self.at_s += self.step_s
                yield Batch(observed=(self._seen(),))
                yield from self._readings()
            self.at_s = found_s
            yield Batch(blocks=block, observed=(self._seen(),) if found_s > self.began_s else ())
            self._say(height)
        self.stop.set()

    def _seen(self) -> Window:
        return Window(start_s=max(self.began_s, self.at_s - 3600.0), end_s=self.at_s)

    def _readings(self) -> Iterator[Batch]:
        for code in self.codes:
            came = readings(code, self.at_s - 2.0 * self.step_s, self.at_s - self.step_s, 1)
            if came:
                yield Batch(readings=came)

    def _say(self, height: int) -> None:
        """Print what a month cost."""
        if self.at_s < self.began_s + (self.month + 1) * MONTH_S:
            return
        self.month += 1
        began_s, cpu_s, before = self.taken
        self.taken = (time.perf_counter(), time.process_time(), height)
        n = max(1, height - before)
        print(
            f"{format_time(self.at_s)[:10]}  {height:6d} blocks  {resident_mb():5.0f} MB  "
            f"{(self.taken[1] - cpu_s) / n * 1e3:5.1f} ms of CPU a block  "
            f"{self.taken[0] - began_s:5.0f} s",
            flush=True,
        )


def resident_mb() -> float:
    """Return the memory of this process now, of which the kernel says how many pages it has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--days", type=float, default=365.25)
    asked.add_argument("--countries", type=int, default=0)
    asked.add_argument("--step-s", type=float, default=300.0, help="between two watched times")
    given = asked.parse_args()
    blocks = bundled_blocks()
    first = int((blocks.header_s < blocks.header_s.max() - given.days * DAY_S).sum())
    stop = Event()
    year = Year(blocks.take(slice(first, None)), CODES[: given.countries], given.step_s, stop)
    changes: list[int] = [0]

    def count(_change: Change) -> None:
        changes[0] += 1

    path = Path(tempfile.mkdtemp()) / "year.db"
    with open_observatory(str(path), create=True, now_s=year.now_s) as observatory:
        before = blocks.take(slice(max(0, first - 4_032), first))
        observatory.feed_all([Batch(blocks=before)], source="history")
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
        n = len(blocks) - first
        print(
            f"{n} blocks in {took_s:.0f} CPU s ({time.perf_counter() - began_s:.0f} s): "
            f"{took_s / n * 1e3:.1f} ms a block; {changes[0]} changes; "
            f"record {path.stat().st_size / 1e6:.0f} MB; {resident_mb():.0f} MB"
        )


if __name__ == "__main__":
    main()
