"""Figures of the filter: the whole record in one step, and a live step of one block; CPU seconds.

Run as ``python bench/bench_filter.py``.
"""

import time

import numpy as np

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.estimate.filter import follow, look, start
from hashquake.estimate.fitted import FITTED, largest_pools
from hashquake.estimate.smoother import smooth
from hashquake.forward.difficulty_forecast import forecast_difficulty

LIVE_STEPS = 500


def main() -> None:
    blocks = bundled_blocks()
    pools = largest_pools(blocks)
    before, live = blocks.take(slice(-40_000, -LIVE_STEPS)), blocks.take(slice(-LIVE_STEPS, None))
    state = follow(start(FITTED, pools=pools), before)
    look(state, state.clock_s)

    begin_s = time.process_time()
    follow(start(FITTED, pools=pools), blocks)
    whole_s = time.process_time() - begin_s
    print(f"network and {len(pools)} pools, {len(blocks):,} blocks: {whole_s:.2f} s")

    follow_s, look_s = [], []
    for at in range(LIVE_STEPS):
        one = live.take(slice(at, at + 1))
        begin_s = time.process_time()
        state = follow(state, one)
        follow_s.append(time.process_time() - begin_s)
        begin_s = time.process_time()
        look(state, state.clock_s + 60)
        look_s.append(time.process_time() - begin_s)
    block_us, rates_us = np.median(follow_s) * 1e6, np.median(look_s) * 1e6
    print(f"live: a block {block_us:.0f} us, all rates {rates_us:.0f} us")

    forecast_difficulty(state, state.clock_s)
    begin_s = time.process_time()
    forecast_difficulty(state, state.clock_s + 1)
    print(f"difficulty forecast: {(time.process_time() - begin_s) * 1e3:.0f} ms")

    end_s = float(before.header_s[-1]) - 60 * DAY_S
    begin_s = time.process_time()
    smooth(FITTED, before, window=Window(start_s=end_s - 30 * DAY_S, end_s=end_s))
    print(f"a month smoothed within {len(before):,} blocks: {time.process_time() - begin_s:.2f} s")


if __name__ == "__main__":
    main()
