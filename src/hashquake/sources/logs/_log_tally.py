"""Logs into one tally, here or on a cluster; the sums are the same to the last unit."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from hashquake.core.contracts import Progress
from hashquake.core.work_tally import WorkTally, merge_tallies
from hashquake.sources.logs._tally_builder import TallyPlan, tally_part
from hashquake.sources.logs._work_log import LogPart
from hashquake.sources.wire.cluster import cluster_client

PART_ROWS = 4_000_000
"""Rows of a task on a cluster: a few seconds of work."""
THREAD_ROWS = 500_000
"""Rows of a task here: short enough that no processor waits long for the last one."""


def tally_logs(
    parts: Sequence[LogPart],
    plan: TallyPlan,
    *,
    cluster: str = "",
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> WorkTally:
    """Count all parts.

    Parameters
    ----------
    parts : sequence of LogPart
        From `log_parts`.
    plan : TallyPlan
        How to count.
    cluster : str
        Address of a Dask scheduler; its workers must see the files under the same paths. Empty
        to count here.
    progress : callable
        Told of rows, or of parts on a cluster.

    Raises
    ------
    SourceError
        ``cluster-syntax``, ``cluster-unreachable``, ``cluster-empty``, ``cluster-worker``.
    HashquakeError
        ``plugin-extra`` when Dask is not installed.
    InputError, FormatError
        As `hashquake.sources.logs._work_log.read_log`; ``weights-mixed``.
    """
    if cluster:
        return merge_tallies(_on_cluster(parts, plan, cluster, progress))
    sizes = [part.run[1] for part in parts]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    done, one_at_a_time = 0, Lock()

    def count(n_rows: int) -> None:
        nonlocal done
        with one_at_a_time:
            done += n_rows
            progress(Progress(done=done, total=total, unit="rows"))

    return merge_tallies(_in_threads(parts, plan, count))


def _in_threads(
    parts: Sequence[LogPart], plan: TallyPlan, count: Callable[[int], None]
) -> Iterator[WorkTally]:
    """Count on all processors, in order: the kernels let go of the interpreter."""
    threads = ThreadPoolExecutor(min(len(parts), os.cpu_count() or 1))
    try:
        yield from threads.map(lambda part: tally_part(part, plan, count), parts)
    finally:
        threads.shutdown(cancel_futures=True)


def _on_cluster(
    parts: Sequence[LogPart],
    plan: TallyPlan,
    address: str,
    progress: Callable[[Progress], None],
) -> Iterator[WorkTally]:
    with cluster_client(address, malformed_code="cluster-syntax") as client:
        from distributed import as_completed  # noqa: PLC0415  an extra, needed by this alone

        shared = client.scatter(plan, broadcast=True)
        futures = client.map(tally_part, list(parts), plan=shared, pure=False)
        for done, future in enumerate(as_completed(futures, loop=client.loop), 1):
            yield future.result()
            future.release()
            progress(Progress(done=done, total=len(parts), unit="parts"))
