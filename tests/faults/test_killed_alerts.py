"""`hashquake serve --watch` killed while it delivers: no alert is lost, none has another's key.

A receiver that was asked and whose answer nobody could note is asked again: with the same key and
the same bytes, at most once for each time that the program was killed.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from tests.faults.conftest import FAULTS_A_PASS
from tests.outbox import outbox_of
from tests.running_watcher import SOURCE
from tests.serve.alerts.alert_rows import source
from tests.serve.alerts.receiver import SECRET, Receiver, receiving
from tests.serve.test_cli_watch import served as node_served
from tests.sources.simulated_chain import MinedChain
from tests.sources.simulated_node import SimulatedNode

from hashquake.core.errors import RecordError
from hashquake.core.network import network_named
from hashquake.core.opinion import Change
from hashquake.observatory import open_observatory
from hashquake.observatory.observatory import Observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
ROOT = Path(__file__).parents[2]
LONGEST_S = 0.5
SETTINGS = """
[sources.bitcoind_rpc]
url = "{node}"

[[alerts.way]]
name = "hook"
kind = "webhook"
url = "{hook}"
secret = "{secret}"
allow_private = true
timeout_s = 1.0

[[alerts.rule]]
name = "faults"
about = "source"
subjects = ["source:made*"]
states = ["down"]
hold = "0s"
recover_after = "0s"
to = ["hook"]
"""


class Servers:
    """Children of one program, one at a time."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.killed_server"],
            env={
                **os.environ,
                "PYTHONPATH": f"{SOURCE}:{ROOT}",
                "XDG_CONFIG_HOME": str(folder / "config"),
            },
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, until: Callable[[], object]) -> int:
        """Serve until it is killed, when a callable returns; its exit status."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(arguments)}\n")
        self.process.stdin.flush()
        child = self._hear()
        until()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        return self._hear()

    def _hear(self) -> int:
        assert self.process.stdout is not None
        while True:
            line = self.process.stdout.readline().strip()
            if line.lstrip("-").isdigit():  # the child prints where it answers as well
                return int(line)


@contextmanager
def faults_made(ask: Observatory) -> Iterator[list[str]]:
    """Store that sources fail and come back, from another thread, until the block ends."""
    stop, made = threading.Event(), []

    def store(change: Change) -> None:
        while True:
            try:
                with ask.record.writing() as inside:
                    inside.add_changes([change])
            except RecordError as error:  # on a busy machine others may write for seconds
                if error.code != "record-locked":
                    raise
            else:
                return

    def run() -> None:
        number = 0
        while not stop.wait(0.15):
            name = f"made{number % 3}"
            for state in ("down", "ok"):
                store(source(0, 0.0, state, name=name))
                made.append(f"source:{name}")
            number += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join()


def wait_for(wanted: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 120.0
    while not wanted():
        assert time.monotonic() < end_s
        time.sleep(0.02)


def delivering_for(receiver: Receiver, came: int, after_s: float) -> None:
    wait_for(lambda: len(receiver.arrivals) > came)
    time.sleep(after_s)


def all_delivered(ask: Observatory, n_made: int) -> bool:
    outbox = outbox_of(ask)
    return len(outbox.alerts()) == n_made and not outbox.depth().waiting


def misbehaving(draw: random.Random) -> str:
    return draw.choices(["ok", "500", "close"], [6, 1, 1])[0]


def judged(receiver: Receiver, ask: Observatory, n_made: int, n_killed: int) -> None:
    outbox = outbox_of(ask)
    stored = outbox.alerts()
    assert len(stored) == n_made
    taken = receiver.taken()
    counted = Counter(one.key for one in taken)
    assert set(counted) == {one.key for one in stored}
    assert sum(counted.values()) - len(counted) <= n_killed
    assert len({(one.key, one.body) for one in receiver.arrivals}) == len(stored)
    assert all(one.signed for one in receiver.arrivals)
    firsts = {one.key: at for at, one in reversed(list(enumerate(taken)))}
    threads: dict[str, list[int]] = {}
    for one in stored:
        threads.setdefault(one.thread, []).append(firsts[one.key])
    assert all(len(places) == 2 for places in threads.values())
    assert all(places == sorted(places) for places in threads.values())


def test_killed_while_it_delivers(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    path = str(tmp_path / "my.db")
    simulated = SimulatedNode(MinedChain(end_s=time.time()).grow(20))
    with (
        node_served(simulated) as node,
        receiving(lambda _number: misbehaving(draw)) as receiver,
        open_observatory(path, create=True, network=network_named("regtest")) as ask,
    ):
        settings = tmp_path / "config" / "hashquake" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(
            SETTINGS.format(node=node, hook=receiver.url, secret=SECRET), encoding="utf-8"
        )
        servers = Servers(tmp_path)
        serve = ("serve", "--watch", "--db", path, "--port", "0", "--json")
        outbox = outbox_of(ask)
        # Alerts are of what comes after the first look.
        servers.run(*serve, until=lambda: wait_for(lambda: outbox.cursor() is not None))
        with faults_made(ask) as made:
            for _ in range(FAULTS_A_PASS):
                # Killed at any instant after it began to deliver.
                came = len(receiver.arrivals)
                after_s = LONGEST_S * draw.random()
                until = partial(delivering_for, receiver, came, after_s)
                assert servers.run(*serve, until=until) == -signal.SIGKILL
        receiver.behave = lambda _number: "ok"
        servers.run(*serve, until=lambda: wait_for(lambda: all_delivered(ask, len(made))))
        judged(receiver, ask, len(made), FAULTS_A_PASS + 1)
        servers.process.communicate()
