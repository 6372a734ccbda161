"""The one door to a Dask cluster, with its faults in one shape."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from hashquake.core.errors import HashquakeError, SourceError
from hashquake.core.hostile_text import visible_text

CONNECT_S = 10.0
"""How long a scheduler may take to answer."""
WORKERS_S = 5.0
"""How long the first worker may take to appear."""


@contextmanager
def cluster_client(
    address: str,
    *,
    malformed_code: str = "cluster-unreachable",
    lost_code: str = "cluster-worker",
    failed_code: str = "cluster-worker",
    needs: str = "hashquake[cluster]",
) -> Iterator[Any]:
    """Connect to a scheduler that has workers, and let go of it afterwards.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    malformed_code, lost_code, failed_code : str
        Codes of the errors of an address that cannot be one, of a worker that died, and of a
        worker that failed.
    needs : str
        What must be installed on the workers.

    Yields
    ------
    distributed.Client

    Raises
    ------
    HashquakeError
        ``plugin-extra`` when Dask is not installed.
    SourceError
        ``cluster-unreachable``, ``cluster-empty``, ``cluster-worker``; errors of hashquake from
        the workers pass unchanged.
    """
    try:
        distributed: Any = import_module("distributed")  # an extra, and heavy
    except ModuleNotFoundError as error:
        raise HashquakeError(
            f"a cluster needs {error.name}, which is not installed",
            code="plugin-extra",
            hint="install hashquake[cluster]",
        ) from None
    for name in ("distributed", "tornado", "asyncio"):
        # Their lines about lost connections would stand before ours.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    shown = visible_text(address, limit=80)
    client = _connected(distributed, address, shown, malformed_code)
    try:
        yield client
    except distributed.scheduler.KilledWorker:
        raise SourceError(
            f"a worker of the Dask cluster at {shown} died",
            code=lost_code,
            hint="give the workers more memory, or fewer threads each",
        ) from None
    except (HashquakeError, GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as error:
        said = visible_text(f"{type(error).__name__}: {error}", limit=160)
        raise SourceError(
            f"the Dask cluster at {shown} failed: {said}",
            code=failed_code,
            hint=f"its workers need {needs} of this version, and the same files at the same paths",
        ) from error
    finally:
        client.close()


def _connected(distributed: Any, address: str, shown: str, malformed_code: str) -> Any:
    client = _attempted(distributed, address, shown, malformed_code)
    if isinstance(client, SourceError):
        # A half-built client is finalised here and now: the collector might otherwise do it while
        # the next client starts its loop, and the two would wait for each other forever.
        gc.collect()
        raise client
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except (TimeoutError, OSError):
        client.close()
        raise SourceError(
            f"the Dask cluster at {shown} has no worker",
            code="cluster-empty",
            hint="start workers, such as dask worker ADDRESS --nthreads 1",
        ) from None
    return client


def _attempted(distributed: Any, address: str, shown: str, malformed_code: str) -> Any:
    """Return a client, or the error of an attempt that failed, without its traceback."""
    try:
        return distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (ValueError, TypeError, OverflowError):
        return SourceError(
            f"{shown!r} is not the address of a Dask scheduler",
            code=malformed_code,
            hint="write it like tcp://192.0.2.1:8786",
        )
    except (OSError, TimeoutError, RuntimeError) as error:
        return SourceError(
            f"no Dask scheduler answers at {shown}: {visible_text(str(error), limit=120)}",
            code="cluster-unreachable",
            hint="start one with dask scheduler, and workers with dask worker ADDRESS",
        )
