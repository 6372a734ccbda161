"""Logs into one tally, here or on a cluster; the sums are the same to the last unit."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hashquake.core.contracts import Progress
from hashquake.core.errors import HashquakeError, SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.work_tally import WorkTally, merge_tallies
from hashquake.sources.logs._tally_builder import TallyPlan, tally_part
from hashquake.sources.logs._work_log import LogPart

PART_ROWS = 4_000_000
"""Rows of a task on a cluster: a few seconds of work."""
_CONNECT_S = 10.0


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
    UsageError
        ``cluster-syntax``.
    SourceError
        ``cluster-unreachable``.
    HashquakeError
        ``plugin-extra`` when Dask is not installed.
    InputError, FormatError
        As `hashquake.sources.logs._work_log.read_log`; ``weights-mixed``.
    """
    if cluster:
        return merge_tallies(_on_cluster(parts, plan, cluster, progress))
    sizes = [part.n_rows for part in parts]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    done = 0

    def count(n_rows: int) -> None:
        nonlocal done
        done += n_rows
        progress(Progress(done=done, total=total, unit="rows"))

    return merge_tallies(tally_part(part, plan, count) for part in parts)


def _on_cluster(
    parts: Sequence[LogPart],
    plan: TallyPlan,
    address: str,
    progress: Callable[[Progress], None],
) -> Iterator[WorkTally]:
    with _client(address) as (client, as_completed):
        shared = client.scatter(plan, broadcast=True)
        futures = client.map(tally_part, list(parts), plan=shared, pure=False)
        for done, future in enumerate(as_completed(futures, loop=client.loop), 1):
            yield future.result()
            future.release()
            progress(Progress(done=done, total=len(parts), unit="parts"))


@contextmanager
def _client(address: str) -> Iterator[tuple[Any, Any]]:
    try:
        import distributed  # noqa: PLC0415  an extra, needed by this alone
    except ModuleNotFoundError:
        raise HashquakeError(
            "counting on a cluster needs Dask, which is not installed",
            code="plugin-extra",
            hint="install hashquake[cluster]",
        ) from None
    shown = visible_text(address, limit=80)
    try:
        client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except ValueError:
        raise UsageError(
            f"{shown!r} is no address of a Dask scheduler",
            code="cluster-syntax",
            hint="write it like tcp://127.0.0.1:8786",
        ) from None
    except (OSError, TimeoutError):
        raise SourceError(
            f"no Dask scheduler answers at {shown}",
            code="cluster-unreachable",
            hint="start one with dask scheduler, or leave --cluster out to count here",
        ) from None
    with client:
        yield client, distributed.as_completed
