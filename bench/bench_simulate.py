"""Figures of the laboratory compared with what the machine's random numbers allow.

Run as ``python bench/bench_simulate.py``; kernels are compiled before the clock starts. Figures
are for all cores together unless said otherwise; with ``--cpu`` they are scaled from the time the
processor spent, which is fairer on a machine that others use.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from hashquake.forward.batch import draw_ratios
from hashquake.forward.block_by_block import mine_paths
from hashquake.forward.compiled import kernel
from hashquake.forward.course import Course
from hashquake.forward.draws import exponential
from hashquake.forward.philox import Words, new_stream, word
from hashquake.forward.run import run_scenario
from hashquake.forward.scenario import Scenario
from hashquake.forward.scenario_course import lay_out
from hashquake.forward.settings import with_settings
from hashquake.forward.variates import CHUNK, draw_variates
from hashquake.plugins import load_plugin

CORES = os.cpu_count() or 1
BY_CPU = "--cpu" in sys.argv
PLAIN = {
    "country:KZ.share": "0.18",
    "country:KZ.depth": "1",
    "onset": "2d",
    "duration": "5d",
}


@kernel
def _words(stream: Words, count: int) -> Any:
    total = np.uint64(0)
    for _ in range(count):
        total ^= word(stream)
    return total


def _luck(course: Course, core: int, count: int) -> None:
    rng = np.random.Generator(np.random.Philox(key=[core, 0]))
    for _ in range(count // CHUNK):
        draw_variates(rng, course.noise, course.epochs)


def _plain_numpy(core: int, count: int) -> None:
    """Draw one Gamma an epoch and nothing else, in chunks that fit the cache."""
    rng = np.random.Generator(np.random.Philox(key=[core, 0]))
    out = np.empty((CHUNK, 4))
    for _ in range(count // CHUNK):
        rng.standard_gamma(2015.0, out=out)
        np.divide(2016.0, out, out=out)


@kernel
def _exponentials(stream: Words, count: int) -> float:
    total = 0.0
    for _ in range(count):
        total += exponential(stream)
    return total


def main() -> None:
    scenario = with_settings(load_plugin("forward.scenarios", "kazakhstan_2022").build(), PLAIN)
    course = lay_out(scenario)
    words = _rate(lambda core: _words(new_stream(core), 20_000_000), 20_000_000)
    variates = _rate(lambda core: _luck(course, core, 1_024_000), 1_024_000)
    numpy = _rate(lambda core: _plain_numpy(core, 1_024_000), 1_024_000)
    alone = _rate(lambda core: _exponentials(new_stream(core), 20_000_000), 20_000_000)
    print(f"random words: {words / 1e6:,.0f} M/s on {CORES} cores")
    print(f"variates of four epochs (Gamma and exponential): {variates / 1e6:,.1f} M paths/s")
    print(f"plain NumPy, one Gamma an epoch and nothing else: {numpy / 1e6:,.1f} M paths/s")
    print(f"exponentials: {alone / 1e6:,.0f} M/s, so at most as many blocks")
    bare = _rate(lambda core: _bare(course, core), 1_000_000)
    print(
        f"bare engine, 4 epochs a path: {bare / 1e6:,.2f} M paths/s, {bare / numpy:.2f} of NumPy's"
    )
    mined = _rate(lambda core: _mine(course, core), 4 * 2016 * 5_000)
    print(f"block by block: {mined / 1e6:,.0f} M blocks/s")
    print(f"everything, 9 pools, shares exact: {_full(scenario) / 1e6:,.2f} M paths/s")
    shipped = load_plugin("forward.scenarios", "kazakhstan_2022").build()
    print(f"everything as shipped, shares uncertain: {_full(shipped) / 1e6:,.2f} M paths/s")
    print(f"simulate kazakhstan-2022, 1e6 paths, with start-up: {_command():.2f} s")


def _bare(course: Course, core: int) -> None:
    out = np.empty((10_000, 2 * course.epochs))
    for part in range(100):
        draw_ratios(core, part * 10_000, 10_000, course, out)


def _mine(course: Course, core: int) -> None:
    window = np.array([course.window_start_s, course.window_end_s])
    mine_paths(core, 0, 5_000, course.plan.pieces, window, np.empty((5_000, 10)))


def _full(scenario: Scenario) -> float:
    run_scenario(scenario, paths=1_000, keep_paths=1)
    clock = time.process_time if BY_CPU else time.perf_counter
    begin_s = clock()
    run_scenario(scenario, paths=1_000_000, keep_paths=1)
    spent_s = clock() - begin_s
    return 1_000_000 / (spent_s / CORES if BY_CPU else spent_s)


def _command() -> float:
    words = ["simulate", "kazakhstan-2022", "--paths", "1000000", "--seed", "1", "--json"]
    begin_s = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "hashquake", *words], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - begin_s


def _rate(work: Callable[[int], object], count: int) -> float:
    """Run a piece of work on every core at once; gives counts a second of all together."""
    work(CORES)
    clock = time.process_time if BY_CPU else time.perf_counter
    begin_s = clock()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(work, range(CORES)))
    spent_s = clock() - begin_s
    return CORES * count / (spent_s / CORES if BY_CPU else spent_s)


if __name__ == "__main__":
    main()
