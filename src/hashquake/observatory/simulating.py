"""Asking what if: run a scenario here or on a cluster."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from hashquake.core.contracts import Progress
from hashquake.core.record import Record
from hashquake.forward.run import DrawBatch, MapInOrder, run_scenario
from hashquake.forward.scenario import Scenario
from hashquake.forward.settings import with_settings
from hashquake.forward.simulation import Simulation
from hashquake.observatory.scenario_choice import scenario_named, with_record
from hashquake.sources.wire.cluster import cluster_client

_MOST_LOST = 3
"""How often batches are handed out again before a cluster is given up."""


def simulate(
    scenario: Scenario | str,
    *,
    paths: int = 100_000,
    seed: int = 1,
    settings: Mapping[str, str] | None = None,
    keep_paths: int = 10_000,
    cluster: str | None = None,
    progress: Callable[[Progress], None] = lambda _progress: None,
    so_far: Callable[[Simulation], None] | None = None,
    record: Record | None = None,
) -> Simulation:
    """Simulate what would follow.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, the name of a bundled one, or the path of a file.
    paths : int
        Possible futures to draw; a million takes seconds.
    seed : int
        The same seed gives the same result, whatever runs it.
    settings : mapping of str to str or None
        Laid over the scenario, such as ``{"country:KZ.share": "0.18", "onset": "2d"}``.
    keep_paths : int
        How many of the first paths to keep as arrays.
    cluster : str or None
        Address of a Dask scheduler; None means this machine's cores.
    progress : callable
        Told of progress.
    so_far : callable or None
        Called now and then with the run as far as it is.
    record : Record or None
        Gives pools and hash rate to a scenario that names none.

    Returns
    -------
    Simulation
        With ``column``, ``spread``, ``to_polars`` and ``to_pandas``; ``partial`` is set when it
        was interrupted.

    Raises
    ------
    UsageError
        For an unknown scenario or setting, or absurd numbers of paths.
    InputError
        What the scenario refuses.
    SourceError
        ``cluster-unreachable``, ``cluster-empty``, ``cluster-worker``.
    """
    chosen = scenario_named(scenario) if isinstance(scenario, str) else scenario
    if record is not None and not chosen.pools:
        chosen = with_record(chosen, record)
    chosen = with_settings(chosen, settings or {})
    if cluster is None:
        return run_scenario(
            chosen, paths=paths, seed=seed, keep_paths=keep_paths, progress=progress, so_far=so_far
        )
    with cluster_map(cluster) as map_in_order:
        return run_scenario(
            chosen,
            paths=paths,
            seed=seed,
            keep_paths=keep_paths,
            map_in_order=map_in_order,
            progress=progress,
            so_far=so_far,
        )


@contextmanager
def cluster_map(address: str) -> Iterator[MapInOrder]:
    """Draw batches on a Dask cluster.

    A worker that dies gives its batches to the others; what a batch gives depends on its number
    alone, so the answer is the same.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    HashquakeError
        ``plugin-extra`` when Dask is not installed.
    SourceError
        ``cluster-unreachable``, ``cluster-empty``, ``cluster-worker``.
    """
    with cluster_client(address) as client:
        yield lambda draw, numbers: _mapped(client, draw, numbers)


def _mapped(client: Any, draw: DrawBatch, numbers: Any) -> Iterator[Any]:
    """Hand out batches a few ahead of what was taken, results in order."""
    ahead = 4 * max(sum(client.ncores().values()), 1)
    left = iter(numbers)
    handed = _hand_out(client, draw, islice(left, ahead))
    lost = 0
    try:
        while handed:
            try:
                done = handed[0].future.result()
            except Exception:
                # The scheduler forgets what only a worker that died had: all is handed out again.
                lost += 1
                if not handed[0].future.cancelled() or lost > _MOST_LOST:
                    raise
                handed = _hand_out(client, draw, [one.number for one in handed])
                continue
            shared = handed.pop(0).shared
            handed += [_Handed(client, shared, number) for number in islice(left, 1)]
            yield done
    finally:
        client.cancel([one.future for one in handed])


class _Handed:
    """A batch that a worker draws, with what all of them share."""

    def __init__(self, client: Any, shared: Any, number: int) -> None:
        self.number, self.shared = number, shared
        self.future = client.submit(_call, shared, number, pure=False)


def _hand_out(client: Any, draw: DrawBatch, numbers: Iterable[int]) -> list[_Handed]:
    shared = client.scatter(draw, broadcast=True, hash=False)
    return [_Handed(client, shared, number) for number in numbers]


def _call(draw: DrawBatch, number: int) -> Any:
    return draw(number)
