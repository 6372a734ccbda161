"""Speed of the detectors and of the catalog; prints, asserts nothing. CPU time."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from hashquake.catalog import quakes as catalog
from hashquake.datasets.bundled import bundled_blocks
from hashquake.detect import bocpd, pool_share, shiryaev_roberts
from hashquake.detect.segmentation import segment

LIVE_BLOCKS = 1500
"""A review is due now and then; the median step has none."""


def cpu_s(run: Callable[[], object]) -> float:
    began_s = time.process_time()
    run()
    return time.process_time() - began_s


def live_step_s(module: Any, state: Any) -> float:
    blocks = bundled_blocks()
    warm, _ = module.step(state, blocks.take(slice(0, 20_000)))
    singles = [blocks.take(slice(k, k + 1)) for k in range(20_000, 20_000 + LIVE_BLOCKS)]

    took_s = []
    for block in singles:
        began_s = time.process_time()
        warm, _ = module.step(warm, block)
        took_s.append(time.process_time() - began_s)
    return statistics.median(took_s)


def main() -> None:
    blocks = bundled_blocks()
    total_s = 0.0
    for module in (shiryaev_roberts, bocpd, pool_share):
        module.step(module.start(), blocks.take(slice(0, 3000)))
        took_s = cpu_s(partial(module.step, module.start(), blocks))
        total_s += took_s
        live_us = live_step_s(module, module.start()) * 1e6
        per_s = len(blocks) / took_s
        print(f"{module.CARD.name}: {took_s:.2f} s, {per_s:,.0f} blocks/s, live {live_us:.0f} us")
    print(f"all online detectors over network and {len(blocks.pool_names)} pools: {total_s:.2f} s")
    print(
        f"catalog, reviews included: {cpu_s(lambda: catalog.step(catalog.start(), blocks)):.2f} s"
    )
    print(f"catalog, live: {live_step_s(catalog, catalog.start()) * 1e6:.0f} us a block, median")
    quarter = blocks.take(slice(0, 13_000))
    segment(quarter.take(slice(0, 500)))
    print(f"segmentation of 13,000 blocks: {cpu_s(lambda: segment(quarter)):.2f} s")


if __name__ == "__main__":
    main()
