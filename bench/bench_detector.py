"""Speed of the network drop detector; prints, asserts nothing. CPU time, best of several."""

import time
from collections.abc import Callable
from functools import partial

from hashquake.datasets.bundled import bundled_blocks
from hashquake.detect import shiryaev_roberts as detector
from hashquake.judge.calibration import calibrate

REPEATS = 5


def best_s(run: Callable[[], object]) -> float:
    """Give the least CPU seconds of several runs, after one that compiles."""
    run()
    times = []
    for _ in range(REPEATS):
        began_s = time.process_time()
        run()
        times.append(time.process_time() - began_s)
    return min(times)


def main() -> None:
    blocks = bundled_blocks()
    for rate in (12.0, 1.0, 0.1):
        state = detector.start(false_alarms_per_year=rate)
        took_s = best_s(partial(detector.step, state, blocks))
        print(f"replay at {rate:g} a year: {len(blocks) / took_s:,.0f} blocks/s")
    warm, _ = detector.step(detector.start(), blocks.take(slice(0, 9000)))
    singles = [blocks.take(slice(i, i + 1)) for i in range(9000, 11_000)]

    def live() -> None:
        state = warm
        for block in singles:
            state, _ = detector.step(state, block, float(block.header_s[0]))

    print(f"live step: {best_s(live) / len(singles) * 1e6:.0f} microseconds")
    began_s = time.process_time()
    calibrate(detector, false_alarms_per_year=1.0, years=100.0, seed=1)
    print(f"calibration, 100 simulated years: {time.process_time() - began_s:.1f} s")


if __name__ == "__main__":
    main()
