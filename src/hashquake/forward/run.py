"""Run a scenario: pilot, batches in any order, counts added in one order.

The result depends on scenario, seed and number of paths, not on threads, batches or workers.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.contracts import Progress
from hashquake.core.errors import UsageError
from hashquake.forward.batch import Counting, draw_paths
from hashquake.forward.counted import Counted, Histogram, Scale
from hashquake.forward.course import Course
from hashquake.forward.layout import Layout, counted_limits, layout
from hashquake.forward.longest_gap import gap_table
from hashquake.forward.scenario import Scenario
from hashquake.forward.scenario_course import country_names, lay_out, pool_names
from hashquake.forward.simulation import Simulation

Floats = NDArray[np.float64]
BATCH = 32_768
_PILOT = 4_096
MAX_PATHS = 10**11
MAX_KEPT = 10**7
MAX_SEED = 2**64 - 1
DrawBatch = Callable[[int], Histogram]
MapInOrder = Callable[[DrawBatch, Sequence[int]], Iterator[Histogram]]
"""Applies a function to batch numbers anywhere, and gives the results in the order asked."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setup:
    """All that a worker needs to draw any batch.

    Parameters
    ----------
    seed : int
        Of the run.
    paths : int
        How many are drawn in all.
    course : Course
        What the kernels read of the scenario.
    place : Layout
        Columns of a path's row.
    scale : Scale
        Bins of the counts.
    """

    seed: int
    paths: int
    course: Course
    place: Layout
    scale: Scale


def run_scenario(
    scenario: Scenario,
    *,
    paths: int = 100_000,
    seed: int = 1,
    keep_paths: int = 10_000,
    map_in_order: MapInOrder | None = None,
    progress: Callable[[Progress], None] = lambda _progress: None,
    so_far: Callable[[Simulation], None] | None = None,
) -> Simulation:
    """Run a scenario.

    Parameters
    ----------
    scenario : Scenario
        What to run.
    paths : int
        Possible futures to draw, 1 to 10^11.
    seed : int
        Of the random numbers, 0 to 2^64 - 1; path i of a seed is the same in every run of the
        scenario.
    keep_paths : int
        How many of the first paths to keep as a table, at most 10^7.
    map_in_order : callable or None
        Who draws the batches; None means this machine's cores.
    progress : callable
        Told of progress; an interrupt (Ctrl-C) there or anywhere ends the run with what it has.
    so_far : callable or None
        Called after each batch but the last one with the run as far as it is, `partial` set.

    Returns
    -------
    Simulation
        With ``partial`` set when it was interrupted.

    Raises
    ------
    UsageError
        ``paths-range`` or ``seed-range``.
    InputError
        When the scenario leaves nothing to mine.
    """
    _check(paths, seed, keep_paths)
    course = lay_out(scenario)
    place = layout(
        epochs=scenario.epochs,
        pools=len(course.world.pool_share),
        countries=len(course.world.country_share),
        parts=len(scenario.outages),
    )
    limits = counted_limits(place)
    kept = _keep(seed, course, place, min(paths, max(keep_paths, _PILOT)))
    scale = Scale.of_pilot(kept[:_PILOT])
    setup = Setup(seed=seed, paths=paths, course=course, place=place, scale=scale)
    batches = -(-paths // BATCH)
    counted = Counted.nothing(scale, len(limits))
    whole = Simulation(
        scenario=scenario,
        seed=seed,
        paths_asked=paths,
        partial=False,
        pools=pool_names(scenario),
        countries=country_names(scenario),
        place=place,
        counted=counted,
        kept=kept[:keep_paths],
        pool_share=course.world.pool_share,
        country_share=course.world.country_share,
    )
    mapped = map_in_order or threaded
    stopped = False
    try:
        results = mapped(partial(draw_batch, setup), range(batches))
        for number, histogram in enumerate(results):
            counted = counted.with_batch(histogram, _size(paths, number))
            progress(Progress(done=counted.paths, total=paths, unit="paths"))
            if so_far is not None and number + 1 < batches:
                so_far(replace(whole, counted=counted, partial=True))
    except KeyboardInterrupt:
        stopped = counted.paths < paths
    return replace(whole, counted=counted, partial=stopped)


def draw_batch(setup: Setup, number: int) -> Histogram:
    """Draw one batch; a pure function of its arguments, wherever it runs.

    Parameters
    ----------
    setup : Setup
        Of the run.
    number : int
        Of the batch, from 0.
    """
    limits = counted_limits(setup.place)
    histogram = setup.scale.empty(len(limits))
    first, count = number * BATCH, _size(setup.paths, number)
    kept = np.empty((0, setup.place.width))
    draw_paths(setup.seed, first, count, setup.course, _counting(setup.place), histogram, kept)
    return histogram


def _counting(place: Layout) -> Counting:
    limits = counted_limits(place)
    return Counting(
        place=place,
        table=gap_table(),
        limit_column=np.array([column for column, _ in limits]),
        limit=np.array([value for _, value in limits]),
    )


def threaded(draw: DrawBatch, numbers: Sequence[int]) -> Iterator[Histogram]:
    """Draw batches on all cores, holding no more results than are in work.

    Parameters
    ----------
    draw : DrawBatch
        Draws one batch.
    numbers : sequence of int
        Of the batches.
    """
    cores = os.cpu_count() or 1
    left = iter(numbers)
    with ThreadPoolExecutor(cores) as pool:
        waiting: list[Any] = [pool.submit(draw, number) for number in islice(left, 2 * cores)]
        try:
            while waiting:
                done = waiting.pop(0).result()
                waiting.extend(pool.submit(draw, number) for number in islice(left, 1))
                yield done
        finally:
            for future in waiting:
                future.cancel()


def _keep(seed: int, course: Course, place: Layout, count: int) -> Floats:
    """Draw the first paths with all their columns; they are counted again with their batch."""
    kept = np.empty((count, place.width))
    nowhere = Scale.of_pilot(np.zeros((1, place.width))).empty(len(counted_limits(place)))
    draw_paths(seed, 0, count, course, _counting(place), nowhere, kept)
    return kept


def _size(paths: int, number: int) -> int:
    return min(BATCH, paths - number * BATCH)


def _check(paths: int, seed: int, keep_paths: int) -> None:
    if not 1 <= paths <= MAX_PATHS:
        raise UsageError(
            f"paths must be 1 to {MAX_PATHS:.0e}, got {paths}",
            code="paths-range",
            hint="a million takes seconds and gives three digits",
        )
    if not 0 <= seed <= MAX_SEED:
        raise UsageError(f"the seed must be 0 to 2^64 - 1, got {seed}", code="seed-range")
    if not 0 <= keep_paths <= MAX_KEPT:
        raise UsageError(
            f"the paths to keep must be 0 to {MAX_KEPT:.0e}, got {keep_paths}",
            code="paths-range",
            hint="counts and quantiles need none kept",
        )
