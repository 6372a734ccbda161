"""A real scheduler and real workers: the same answer, also when one is killed in mid-run."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.free_port import free_port

from hashquake.core.contracts import Progress
from hashquake.core.errors import HashquakeError
from hashquake.forward import run as engine
from hashquake.observatory import simulating
from hashquake.observatory.simulating import simulate

distributed = pytest.importorskip("distributed")
PATHS = 4 * engine.BATCH
_PATIENCE_S = 60


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
    port = free_port()
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
        simulate("halving", paths=10, cluster=f"tcp://127.0.0.1:{free_port()}")
    assert caught.value.code == "cluster-unreachable"


class _Forgetful:
    """A client whose scheduler forgets the first batch that is asked for."""

    def __init__(self, forgets: int) -> None:
        self.scattered = 0
        self.submitted: list[int] = []
        self._left = forgets

    def ncores(self) -> dict[str, int]:
        return {"one": 1}

    def scatter(self, draw: Any, **_how: Any) -> Any:
        self.scattered += 1
        return draw

    def submit(self, call: Any, draw: Any, number: int, **_how: Any) -> "Future[Any]":
        self.submitted.append(number)
        future: Future[Any] = Future()
        if number == 2 and self._left:
            self._left -= 1
            future.cancel()
        else:
            future.set_result(call(draw, number))
        return future

    def cancel(self, futures: list[Any]) -> None:
        self.left_over = len(futures)


def _times_ten(number: int) -> Any:
    return 10 * number


def test_batches_that_the_scheduler_forgot_are_handed_out_again() -> None:
    client = _Forgetful(forgets=1)
    done = list(simulating._mapped(client, _times_ten, range(6)))
    assert done == [0, 10, 20, 30, 40, 50]
    assert (client.scattered, client.left_over) == (2, 0)


def test_a_scheduler_that_always_forgets_is_given_up() -> None:
    client = _Forgetful(forgets=9)
    with pytest.raises(CancelledError):
        list(simulating._mapped(client, _times_ten, range(6)))
    assert client.scattered == 4
