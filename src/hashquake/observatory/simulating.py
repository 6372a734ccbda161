"""Asking what if: find the scenario, fill in what the record knows, run it here or on a cluster."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hashquake.core.contracts import Progress
from hashquake.core.difficulty import BLOCK_TARGET_S, EPOCH_BLOCKS, work_of_bits_hashes
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import require_main
from hashquake.core.record import Record
from hashquake.forward.scenario import Scenario
from hashquake.forward.scenario_mapping import read_scenario
from hashquake.forward.settings import with_settings
from hashquake.observatory.scenario_file import ENDINGS, read_scenario_file
from hashquake.plugins import list_plugins, load_plugin
from hashquake.sources.wire.cluster import cluster_client

if TYPE_CHECKING:
    from hashquake.forward.run import DrawBatch, MapInOrder
    from hashquake.forward.simulation import Simulation

ROOM = "forward.scenarios"
_NAMED_POOLS = 9


def scenario_named(name: str) -> Scenario:
    """Find a scenario: one that is installed, or a file.

    Parameters
    ----------
    name : str
        Such as ``kazakhstan-2022``, or the path of a ``.toml``, ``.yaml`` or ``.yml`` file.

    Raises
    ------
    UsageError
        ``scenario-unknown``, or ``cannot-read`` for a file.
    FormatError
        ``scenario-malformed`` for a file that does not describe a scenario.
    InputError
        What the scenario refuses.
    """
    if name.endswith(ENDINGS):
        return read_scenario(read_scenario_file(Path(name)), name=Path(name).stem)
    known = {info.name: info for info in list_plugins(ROOM)}
    plain = name.replace("-", "_")
    if plain not in known:
        shown = [one.replace("_", "-") for one in known]
        near = difflib.get_close_matches(name, shown, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"the scenario {visible_text(name)!r} does not exist",
            code="scenario-unknown",
            hint=f"{meant}known: {', '.join(shown)}, or a .toml or .yaml file",
        )
    scenario: Scenario = load_plugin(ROOM, plain).build()
    return scenario


def simulate(
    scenario: Scenario | str,
    *,
    paths: int = 100_000,
    seed: int = 1,
    settings: Mapping[str, str] | None = None,
    keep_paths: int = 10_000,
    cluster: str | None = None,
    progress: Callable[[Progress], None] = lambda _progress: None,
    so_far: Callable[["Simulation"], None] | None = None,
    record: Record | None = None,
) -> "Simulation":
    """Simulate what would follow.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, the name of one that comes along, or the path of a file.
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
    # Loaded when a simulation runs: the compiler takes a quarter of a server's memory.
    from hashquake.forward.run import run_scenario

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


def with_record(scenario: Scenario, record: Record) -> Scenario:
    """Return a scenario with the pools and the hash rate of a record's last epoch of blocks.

    Parameters
    ----------
    scenario : Scenario
        Its own pools and hash rate stay.
    record : Record
        With blocks of at least one epoch.
    """
    tip = record.tip()
    if tip is None:
        return scenario
    require_main(record.network, "a scenario of the world's pools")
    blocks = record.blocks(first_height=tip[0] - EPOCH_BLOCKS + 1)
    named = blocks.pool_code[blocks.pool_code >= 0]
    counts = np.bincount(named, minlength=len(blocks.pool_names))
    order = np.argsort(-counts, kind="stable")[:_NAMED_POOLS]
    pools = tuple((blocks.pool_names[at], counts[at] / len(blocks)) for at in order if counts[at])
    economy = scenario.economy
    if not economy.hashrate_hps:
        work = work_of_bits_hashes(int(blocks.bits[-1]))
        economy = replace(economy, hashrate_hps=work / BLOCK_TARGET_S)
    return replace(scenario, pools=pools, pool_blocks=float(len(blocks)), economy=economy)


@contextmanager
def cluster_map(address: str) -> Iterator["MapInOrder"]:
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


def _mapped(client: Any, draw: "DrawBatch", numbers: Any) -> Iterator[Any]:
    """Hand out batches a few ahead of what was taken, results in order."""
    ahead = 4 * max(sum(client.ncores().values()), 1)
    shared = client.scatter(draw, broadcast=True, hash=False)
    left = iter(numbers)
    waiting = [client.submit(_call, shared, n, pure=False) for n in islice(left, ahead)]
    try:
        while waiting:
            done = waiting.pop(0).result()
            waiting += [client.submit(_call, shared, n, pure=False) for n in islice(left, 1)]
            yield done
    finally:
        client.cancel(waiting)


def _call(draw: "DrawBatch", number: int) -> Any:
    return draw(number)
