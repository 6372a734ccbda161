"""What a watcher costs: a block from the queue to its conclusions in the record; memory; restart.

The network with its pools, and countries whose signals come every five minutes, at full speed; CPU
seconds. Prints, asserts nothing.
"""

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory

CODES = [
    *("KZ", "IR", "MM", "US", "RU", "CN", "CA", "DE", "NO", "SE"),
    *("IS", "PY", "BR", "AR", "VE", "ET", "OM", "AE", "IE", "AU"),
]
SERIES = (
    ("ioda_bgp_prefixes_count", 300.0, 2000.0, 0.0005),
    ("ioda_ping_slash24_up_count", 600.0, 900.0, 0.01),
    ("radar_traffic_share", 1800.0, 1.0, 0.03),
)


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


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--countries", type=int, default=20)
    asked.add_argument("--history-days", type=float, default=30.0)
    asked.add_argument("--days", type=float, default=2.0)
    asked.add_argument("--blocks-before", type=int, default=20_000)
    given = asked.parse_args()
    blocks, codes = bundled_blocks(), CODES[: given.countries]
    first = len(blocks) - int(given.days * 150) - 200
    start_s = float(blocks.header_s[first])
    path = str(Path(tempfile.mkdtemp()) / "watched.db")
    now_s = float(blocks.header_s.max()) + 1.0
    with open_observatory(path, create=True, now_s=lambda: now_s) as observatory:
        before = blocks.take(slice(max(0, first - given.blocks_before), first))
        history = (
            # Made as they are fed: what waits to be fed is no memory of the watcher's.
            Batch(readings=readings(code, start_s - given.history_days * DAY_S, start_s, 0))
            for code in codes
        )
        observatory.feed_all(chain([Batch(blocks=before)], history), source="history")
        watch(
            observatory, live(blocks.take(slice(first, None)), codes, start_s + given.days * DAY_S)
        )
    restart(path, now_s)
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(f"record {Path(path).stat().st_size / 1e6:.1f} MB")


def watch(observatory: Observatory, batches: Iterator[tuple[str, Batch]]) -> None:
    """Feed everything, and print what each kind of batch cost."""
    observatory.state_rates()
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


def restart(path: str, now_s: float) -> None:
    """Print what opening the record again costs, up to the first thing that is fed."""
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
