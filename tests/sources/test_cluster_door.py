import gc
from typing import Any

import pytest

from hashquake.core.errors import SourceError
from hashquake.sources.wire import cluster as cluster_door


class _Client:
    """Stands for a connection whose work fails as told."""

    def __init__(self, *_address: object, **_options: object) -> None:
        self.closed = False

    def wait_for_workers(self, _count: int, *, timeout: float) -> None:
        assert timeout > 0

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("error", [ValueError("cannot unpickle"), ModuleNotFoundError("hashquake")])
def test_a_worker_that_fails_is_one_error_with_a_code(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    import distributed

    monkeypatch.setattr(distributed, "Client", _Client)
    with pytest.raises(SourceError) as caught, cluster_door.cluster_client("tcp://x:1") as client:
        raise error
    assert caught.value.code == "cluster-worker"
    assert client.closed


@pytest.mark.parametrize("address", ["nonsense", "nowhere://x", "tcp://127.0.0.1:99999", ":::"])
def test_an_address_of_nonsense_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(cluster_door, "CONNECT_S", 0.2)
    with pytest.raises(SourceError) as caught, cluster_door.cluster_client(address):
        pytest.fail("no cluster is there")
    assert caught.value.code == "cluster-unreachable"
    import distributed

    # One left to the collector may be finalised while the next starts, which never ends.
    left = [one for one in gc.get_objects() if type(one) is distributed.Client]
    assert not left


def test_a_dead_worker_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    monkeypatch.setattr(distributed, "Client", _Client)
    killed: Any = distributed.scheduler.KilledWorker.__new__(distributed.scheduler.KilledWorker)
    with pytest.raises(SourceError, match="died") as caught, cluster_door.cluster_client("x"):
        raise killed
    assert caught.value.code == "cluster-worker"
