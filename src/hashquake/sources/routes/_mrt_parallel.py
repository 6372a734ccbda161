"""Read many MRT files at a time: in this process, in several, or on a Dask cluster.

The files come back in the order in which they were given, whoever read them.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from hashquake.core.errors import SourceError
from hashquake.sources.routes._mrt_elements import Elements, read_elements
from hashquake.sources.wire.cluster import cluster_client


def parsed(paths: Sequence[Path], *, workers: int, cluster: str = "") -> Iterator[Elements]:
    """Read files, in the order given.

    Parameters
    ----------
    paths : sequence of Path
        The files; for a cluster, where its workers find them.
    workers : int
        Processes on this machine.
    cluster : str
        Address of a Dask scheduler; read here when empty.

    Raises
    ------
    SourceError
        ``mrt-worker-lost``, ``cluster-unreachable``, ``cluster-empty``, ``cluster-failed``.
    FormatError, InputError
        As `read_elements` does.
    HashquakeError
        ``plugin-extra`` when the parser, or Dask for a cluster, is not installed.
    """
    if cluster:
        yield from _on_cluster(paths, cluster)
    elif workers == 1 or len(paths) == 1:
        yield from map(read_elements, paths)
    else:
        yield from _in_processes(paths, workers)


def _in_order(
    submit: Callable[[Path], Any], paths: Sequence[Path], n_ahead: int
) -> Iterator[Elements]:
    """Keep a few files ahead: what is read and not yet asked for fills the memory."""
    waiting = iter(paths)
    running = deque(map(submit, islice(waiting, n_ahead)))
    while running:
        elements: Elements = running.popleft().result()
        running.extend(map(submit, islice(waiting, 1)))
        yield elements


def _in_processes(paths: Sequence[Path], workers: int) -> Iterator[Elements]:
    pool = ProcessPoolExecutor(min(workers, len(paths)), mp_context=get_context("spawn"))

    def submit(path: Path) -> Future[Elements]:
        return pool.submit(read_elements, path)

    try:
        with pool:
            yield from _in_order(submit, paths, workers + 1)
    except BrokenProcessPool:
        raise _worker_lost("use fewer --workers") from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _on_cluster(paths: Sequence[Path], address: str) -> Iterator[Elements]:
    with cluster_client(
        address, lost_code="mrt-worker-lost", failed_code="cluster-failed", needs="hashquake[bgp]"
    ) as client:
        n_threads = sum(client.nthreads().values())

        def submit(path: Path) -> Any:
            return client.submit(read_elements, path.resolve(), pure=False)

        yield from _in_order(submit, paths, n_threads + 1)


def _worker_lost(hint: str) -> SourceError:
    return SourceError(
        "a process that read MRT files died",
        code="mrt-worker-lost",
        hint=f"is there enough memory? {hint}",
    )
