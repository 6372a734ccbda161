"""The wish to stop: remembered from the start, taken once, and urgent only after a moment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.running_watcher import PROGRAM, RunningWatcher
from tests.serve.test_cli_watch import node, record

from hashquake.core import clock
from hashquake.serve.cli.stop_signals import SECOND_S, StopSignals

__all__ = ["node"]
STOPPED = "stopped; everything that came in is stored"


@contextmanager
def handlers_kept() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_wish_repeated_at_once_is_the_same_one(number: signal.Signals) -> None:
    stop = Event()
    with StopSignals().calling(stop.set):
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert stop.is_set()


def test_a_second_ctrl_c_after_a_moment_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times_s = iter([100.0, 100.0 + SECOND_S / 2, 101.0 + SECOND_S, 102.0 + SECOND_S])
    monkeypatch.setattr(clock, "monotonic_s", lambda: next(times_s))
    with StopSignals().calling(lambda: None):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)  # a polite kill is never urgent
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_a_wish_before_anybody_listened_is_remembered_for_one_run() -> None:
    stop, signals = Event(), StopSignals()
    with handlers_kept():
        signals.listen()
        os.kill(os.getpid(), signal.SIGINT)
        with signals.calling(stop.set):
            assert stop.is_set()
        stop.clear()
        with signals.calling(stop.set):
            assert not stop.is_set()


def test_a_program_that_was_started_to_outlive_its_terminal_does() -> None:
    stop = Event()
    with handlers_kept():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with StopSignals().calling(stop.set):
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.is_set()


def takes(process: "subprocess.Popen[str]", number: signal.Signals) -> bool:
    """Return whether a program takes a signal itself by now."""
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines()
    (caught,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))
    return bool(caught >> (number - 1) & 1)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which signals are taken")
def test_a_watcher_that_is_stopped_while_it_starts_ends_in_order(node: Any, tmp_path: Path) -> None:
    _, url = node
    path = record(tmp_path)
    running = RunningWatcher("bitcoind_rpc", "--url", url, "--db", path)
    until_s = time.monotonic() + 60.0
    while not takes(running.process, signal.SIGTERM):
        assert time.monotonic() < until_s
        time.sleep(0.001)
    assert running.stop(signal.SIGTERM) == 0, running.notes
    assert running.lines[-1] == STOPPED
    assert not running.notes


def test_a_watcher_that_is_signalled_twice_ends_in_order(node: Any, tmp_path: Path) -> None:
    _, url = node
    path = record(tmp_path)
    running = RunningWatcher("bitcoind_rpc", "--url", url, "--db", path)
    running.wait_for(lambda lines: any("21 blocks read" in line for line in lines))
    # As `timeout` does, which signals the program and then its group.
    for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
        running.process.send_signal(number)
        time.sleep(0.02)
    assert running.ended() == 0
    assert running.lines[-1] == STOPPED


def test_json_lines_end_with_the_word_on_standard_error(node: Any, tmp_path: Path) -> None:
    _, url = node
    running = RunningWatcher("bitcoind_rpc", "--url", url, "--db", record(tmp_path), "--json")
    running.wait_for(lambda lines: any('"kind":"blocks"' in one.replace(" ", "") for one in lines))
    assert running.stop() == 0
    assert running.notes[-1].endswith(STOPPED)


@pytest.mark.parametrize("columns", [80, 120])
def test_a_screen_ends_with_the_word(node: Any, tmp_path: Path, columns: int) -> None:
    pty = pytest.importorskip("pty")
    _, url = node
    path = record(tmp_path)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "watch", "bitcoind_rpc", "--url", url, "--db", path],
        env={**os.environ, "COLUMNS": str(columns), "LINES": "40", "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    stopping = False
    try:
        while part := os.read(ours, 4096):
            seen += part
            if not stopping and b"block 20" in seen and b"answers" in seen:
                stopping = True
                process.send_signal(signal.SIGINT)
    except OSError:  # how Linux says that the other side has closed
        pass
    os.close(ours)
    assert process.wait(60) == 0
    assert seen.decode().replace("\r", "").rstrip().endswith(STOPPED)
