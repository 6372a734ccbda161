"""A real scheduler and real workers: the same answer, also when one is killed in mid-run."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hashquake.core.contracts import Progress
from hashquake.core.errors import HashquakeError
from hashquake.forward import run as engine
from hashquake.observatory.simulating import simulate

distributed = pytest.importorskip("distributed")
PATHS = 4 * engine.BATCH
_PATIENCE_S = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _started(*arguments: str, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        cwd=home,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    worker = (
        "dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host",
        "127.0.0.1", "--memory-limit", "0",
    )  # fmt: skip
    with _started(*scheduler, home=tmp_path):
        _wait_for(port)
        with _started(*worker, home=tmp_path) as one, _started(*worker, home=tmp_path) as two:
            yield address, [one, two]


def _wait_for(port: int) -> None:
    until_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the scheduler did not start")


def test_a_worker_killed_in_mid_run_changes_nothing(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    address, workers = cluster
    client = distributed.Client(address, set_as_default=False)
    client.wait_for_workers(2, timeout=_PATIENCE_S)
    client.close()
    seen: list[int] = []

    def kill(progress: Progress) -> None:
        seen.append(progress.done)
        if len(seen) == 1:
            workers[0].send_signal(signal.SIGKILL)

    made = simulate(
        "top-pool-offline", paths=PATHS, seed=4, keep_paths=10, cluster=address, progress=kill
    )
    here = simulate("top-pool-offline", paths=PATHS, seed=4, keep_paths=10)
    workers[0].wait(10)
    assert workers[0].poll() == -signal.SIGKILL
    assert workers[1].poll() is None
    assert made.paths == PATHS
    assert not made.partial
    assert (made.counted.bins == here.counted.bins).all()
    assert (made.counted.sums == here.counted.sums).all()


def test_a_scheduler_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hashquake.sources.wire.cluster.CONNECT_S", 1)
    with pytest.raises(HashquakeError, match="no Dask scheduler") as caught:
        simulate("halving", paths=10, cluster=f"tcp://127.0.0.1:{_free_port()}")
    assert caught.value.code == "cluster-unreachable"
