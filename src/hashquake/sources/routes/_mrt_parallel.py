"""Read many MRT files at a time: in processes of this machine, or on a Dask cluster.

The files come back in the order in which they were given, whoever read them.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from hashquake.sources.routes._mrt_elements import Elements
from hashquake.sources.routes._mrt_process import ParserProcess, read_apart, require_parser
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
        Address of a Dask scheduler; this machine reads when empty.

    Raises
    ------
    SourceError
        ``mrt-worker-lost``, ``cluster-unreachable``, ``cluster-empty``, ``cluster-failed``.
    FormatError, InputError
        As `ParserProcess.read` does.
    HashquakeError
        ``plugin-extra`` when the parser, or Dask for a cluster, is not installed.
    """
    if cluster:
        yield from _cluster_elements(paths, cluster)
    else:
        yield from _in_processes(paths, min(workers, len(paths)))


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


def _in_processes(paths: Sequence[Path], n_processes: int) -> Iterator[Elements]:
    """Read in processes, each led by a thread; one process reads only what is asked for."""
    require_parser()
    with ExitStack() as opened:
        idle: SimpleQueue[ParserProcess] = SimpleQueue()
        for _ in range(n_processes):
            idle.put(opened.enter_context(ParserProcess()))

        def read(path: Path) -> Elements:
            process = idle.get()
            try:
                return process.read(path)
            finally:
                idle.put(process)

        if n_processes == 1:
            yield from map(read, paths)
            return
        pool = ThreadPoolExecutor(n_processes)
        opened.callback(pool.shutdown, wait=True, cancel_futures=True)

        def submit(path: Path) -> Future[Elements]:
            return pool.submit(read, path)

        yield from _in_order(submit, paths, n_processes + 1)


def _cluster_elements(paths: Sequence[Path], address: str) -> Iterator[Elements]:
    with cluster_client(
        address, lost_code="mrt-worker-lost", failed_code="cluster-failed", needs="hashquake[bgp]"
    ) as client:
        n_threads = sum(client.nthreads().values())

        def submit(path: Path) -> Any:
            return client.submit(read_apart, path.resolve(), pure=False)

        yield from _in_order(submit, paths, n_threads + 1)
