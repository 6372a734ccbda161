"""A live stream under the watcher: it waits on a socket, and stops as quickly as the others."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.sources.mrt_world import START_S
from tests.sources.simulated_ris import STALL, SimulatedRis, message, served
from tests.sources.test_ris_live import unseeded

from hashquake.observatory import open_observatory
from hashquake.observatory.live.start import watch

PATIENCE_S = 60.0
SOON_S = 10.0
"""Of a loaded machine; one look at the stop takes a second."""


@contextmanager
def watching(path: Path, options: dict[str, object], stop: threading.Event) -> Iterator[None]:
    """Watch in a thread, which must have ended soon after the block."""

    def run() -> None:
        with open_observatory(str(path), create=True) as observatory:
            watch(observatory, {"ris_live": options}, now_s=lambda: START_S + 1.0, stop=stop)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        began_s = time.monotonic()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert time.monotonic() - began_s < SOON_S


def listened_to(server: SimulatedRis, times: int = 1) -> None:
    """Wait until so many connections have asked for messages."""
    until_s = time.monotonic() + PATIENCE_S
    while sum(any("PEER_STATE" in str(one) for one in each) for each in server.heard) < times:
        assert time.monotonic() < until_s
        time.sleep(0.01)


def streams() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "source ris_live"]


@pytest.mark.parametrize("said", [(), (message(START_S, 0),)], ids=["silent", "speaking"])
def test_it_stops_while_it_waits_for_the_next_message(tmp_path: Path, said: tuple[str]) -> None:
    stop = threading.Event()
    with served([*said, STALL]) as server:
        options = unseeded(tmp_path, server.url, silence="10m", duration="1d")
        with watching(tmp_path / "r.db", options, stop):
            listened_to(server)
            assert streams()
        assert not streams(), "the thread has ended while the server would go on"


def test_it_stops_while_it_waits_to_connect_again(tmp_path: Path) -> None:
    """Each connection is closed after its last message; the pauses between two grow."""
    stop = threading.Event()
    with served([message(START_S, 0)], []) as server:
        options = unseeded(tmp_path, server.url, silence="10m", duration="1d", tries=1000)
        with watching(tmp_path / "r.db", options, stop):
            listened_to(server, times=3)
        assert not streams()
