"""From a change that is stored to an alert that arrives: nothing lost, nothing out of order."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.outbox import outbox_of
from tests.serve.alerts.alert_rows import HOUR_S, T0, quake, source
from tests.serve.alerts.made_alert import made_settings
from tests.serve.alerts.receiver import SECRET, Receiver, receiving

from hashquake.core.network import REHEARSAL
from hashquake.core.opinion import Change
from hashquake.observatory import open_observatory
from hashquake.observatory.observatory import Observatory
from hashquake.serve.alerts import attempts, delivering
from hashquake.serve.alerts.delivering import WayWorker
from hashquake.serve.alerts.service import AlertService, alerting

RULE = {
    "name": "faults",
    "about": "source",
    "states": ["down"],
    "hold": "0s",
    "recover_after": "0s",
    "to": ["hook"],
}
HOOK = {"name": "hook", "kind": "webhook", "secret": SECRET, "allow_private": True}


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "r.db")


def store(ask: Observatory, *changes: Change) -> None:
    with ask.record.writing() as inside:
        inside.add_changes([replace(one, id=0, at_s=0.0) for one in changes])


def faults(ask: Observatory, name: str, *states: str) -> None:
    for state in states:
        store(ask, source(0, 0.0, state, name=name))


@contextmanager
def running(path: str, settings: Any) -> Iterator[list[str]]:
    """Raise and deliver as `watch` does; the notes of it."""
    notes: list[str] = []
    with alerting(path, settings, note=notes.append):
        yield notes


def until(wanted: Callable[[], bool], patience_s: float = 30.0) -> None:
    end_s = time.monotonic() + patience_s
    while not wanted():
        assert time.monotonic() < end_s
        time.sleep(0.02)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once what failed."""
    monkeypatch.setattr(attempts, "FIRST_WAIT_S", 0.02)
    monkeypatch.setattr(delivering, "LOOK_S", 0.02)


def in_order(receiver: Receiver) -> None:
    """Each key is taken once, and the alerts of each thread in their order."""
    taken = receiver.taken()
    assert len({one.key for one in taken}) == len(taken)
    threads: dict[str, list[int]] = {}
    for one in taken:
        threads.setdefault(one.thread, []).append(one.n)
    assert all(ns == sorted(ns) for ns in threads.values())
    assert all(one.signed for one in receiver.arrivals)


@pytest.mark.usefixtures("quick")
def test_a_receiver_that_fails_hangs_and_closes_gets_everything_once_and_in_order(
    path: str,
) -> None:
    ways = ["500", "hang", "close", "ok", "500", "ok", "ok", "close", "500"]
    with (
        open_observatory(path, create=True) as ask,
        receiving(lambda number: ways[number] if number < len(ways) else "ok") as receiver,
        running(path, made_settings(HOOK | {"url": receiver.url, "timeout_s": 0.3}, rules=[RULE])),
    ):
        until(lambda: _primed(ask))
        for name in ("a", "b", "c"):
            faults(ask, name, "down", "ok", "down")
        receiver.wait_for(lambda: len(receiver.taken()) == 9)
        until(lambda: outbox_of(ask).depth().waiting == 0)
        in_order(receiver)
        assert len(receiver.arrivals) == 9 + sum(one != "ok" for one in ways)
        stored = outbox_of(ask).alerts()
        assert sorted(one.key for one in stored) == sorted(one.key for one in receiver.taken())
        assert {one.deliveries[0].state for one in stored} == {"delivered"}


def _primed(ask: Observatory) -> bool:
    outbox = ask.outbox()
    return outbox is not None and outbox.cursor() is not None


@pytest.mark.usefixtures("quick")
def test_what_is_raised_while_nothing_can_be_delivered_is_delivered_after_a_restart(
    path: str,
) -> None:
    with open_observatory(path, create=True) as ask, receiving(lambda _n: "500") as receiver:
        settings = made_settings(HOOK | {"url": receiver.url}, rules=[RULE])
        with running(path, settings) as notes:
            until(lambda: _primed(ask))
            faults(ask, "a", "down")
            receiver.wait_for(lambda: len(receiver.arrivals) > 2)
        assert any("answers HTTP 500" in one for one in notes)
        faults(ask, "a", "ok")  # while nobody reads
        receiver.behave = lambda _number: "ok"
        with running(path, settings):
            receiver.wait_for(lambda: len(receiver.taken()) == 2)
        assert [one.state for one in receiver.taken()] == ["raised", "recovered"]
        assert len({one.body for one in receiver.arrivals}) == 2
        in_order(receiver)


def test_a_second_process_stands_by_and_takes_over(path: str) -> None:
    with open_observatory(path, create=True) as ask, receiving() as receiver:
        settings = made_settings(HOOK | {"url": receiver.url}, rules=[RULE])
        with running(path, settings):
            until(lambda: _primed(ask))
            second = running(path, settings)
            notes = second.__enter__()
            until(lambda: any("standing by" in one for one in notes))
            faults(ask, "a", "down")
            receiver.wait_for(lambda: len(receiver.taken()) == 1)
        faults(ask, "a", "ok")
        receiver.wait_for(lambda: len(receiver.taken()) == 2)
        second.__exit__(None, None, None)
        in_order(receiver)


def test_what_fails_for_two_days_is_shown_as_undelivered(path: str) -> None:
    now = [T0 + HOUR_S]
    with (
        open_observatory(path, create=True, now_s=lambda: now[0]) as ask,
        receiving(lambda _number: "500") as receiver,
    ):
        settings = made_settings(HOOK | {"url": receiver.url}, rules=[RULE])
        service = AlertService(
            ask, settings, now_s=lambda: now[0], stop=threading.Event(), note=lambda _note: None
        )
        service._read()
        faults(ask, "a", "down")
        service._read()
        (worker,) = service._workers
        tried_s = []
        while worker.deliver_due():
            tried_s.append(now[0])
            (alert,) = outbox_of(ask).alerts()
            if alert.deliveries[0].state == "undelivered":
                break
            now[0] = alert.deliveries[0].next_try_s
        assert 2 * 86_400 <= tried_s[-1] - tried_s[0] < 2 * 86_400 + 3700
        assert len(tried_s) == len(receiver.arrivals) == alert.deliveries[0].tries
        assert "answers HTTP 500" in alert.deliveries[0].because
        assert not worker.deliver_due()


def test_alerts_wait_for_the_end_of_quiet_hours(path: str) -> None:
    now = [T0]  # midnight UTC
    quiet = RULE | {"quiet": "22:00-07:00", "time_zone": "Asia/Almaty"}
    with open_observatory(path, create=True, now_s=lambda: now[0]) as ask, receiving() as receiver:
        settings = made_settings(HOOK | {"url": receiver.url}, rules=[quiet])
        service = AlertService(
            ask, settings, now_s=lambda: now[0], stop=threading.Event(), note=lambda _note: None
        )
        service._read()
        faults(ask, "a", "down")
        service._read()
        (worker,) = service._workers
        assert not worker.deliver_due()
        now[0] = T0 + HOUR_S  # seven o'clock in Almaty, six hours ahead of UTC in 2022
        assert worker.deliver_due()
        assert len(receiver.taken()) == 1


def test_what_goes_on_when_alerts_begin_is_raised_and_history_is_not(path: str) -> None:
    now = [T0]
    with open_observatory(path, create=True, now_s=lambda: now[0]) as ask, receiving() as receiver:
        faults(ask, "old", "down", "ok")
        faults(ask, "a", "down")
        store(ask, quake(0, 0.0, began_s=T0 - 400 * 86_400.0))
        rules = [RULE, {"name": "falls", "about": "quake", "to": ["hook"]}]
        settings = made_settings(HOOK | {"url": receiver.url}, rules=rules)
        service = AlertService(
            ask, settings, now_s=lambda: now[0], stop=threading.Event(), note=lambda _note: None
        )
        service._read()
        (alert,) = outbox_of(ask).alerts()
        assert alert.subject == "source:a"


def service_of(ask: Observatory, settings: Any) -> AlertService:
    service = AlertService(
        ask, settings, now_s=lambda: T0, stop=threading.Event(), note=lambda _note: None
    )
    service._read()
    return service


def test_rules_may_come_and_go(path: str) -> None:
    hook = HOOK | {"url": "https://example.org"}
    with open_observatory(path, create=True, now_s=lambda: T0) as ask:
        service_of(ask, made_settings(hook, rules=[RULE]))
        faults(ask, "a", "down")
        service_of(ask, made_settings(hook, rules=[RULE]))
        outbox = outbox_of(ask)
        assert [(one.rule, one.state) for one in outbox.alerts()] == [("faults", "raised")]
        # A rule that is new raises what goes on; one that is gone follows nothing any more.
        service_of(ask, made_settings(hook, rules=[RULE | {"name": "more"}]))
        found = outbox.alerts()[1:]
        assert sorted((one.rule, one.state) for one in found) == [
            ("faults", "recovered"),
            ("more", "raised"),
        ]
        assert {one.deliveries[0].way for one in found} == {"hook"}
        faults(ask, "a", "ok")
        service_of(ask, made_settings(hook, rules=[RULE | {"name": "more"}]))
        assert [one.state for one in outbox.threads()] == ["recovered", "recovered"]
        service_of(ask, made_settings(hook, rules=[RULE | {"name": "more"}]))
        assert len(outbox.alerts()) == 4


def test_a_fault_of_a_way_ends_neither_itself_nor_the_others() -> None:
    class Broken:
        def __init__(self) -> None:
            self.asked = 0

        def due(self, *_: Any) -> Any:
            self.asked += 1
            raise ZeroDivisionError

    broken, stop = Broken(), threading.Event()
    notes: list[str] = []
    worker = WayWorker(
        "w",
        lambda _outgoing: None,
        broken,  # type: ignore[arg-type]  # all that is asked of it
        rules=(),
        now_s=lambda: T0,
        stop=stop,
        note=notes.append,
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: broken.asked > 0)
    worker.news.set()
    until(lambda: broken.asked > 1)
    stop.set()
    worker.news.set()
    thread.join(30.0)
    assert not thread.is_alive()
    assert "ZeroDivisionError" in notes[0]


@pytest.mark.parametrize(("language", "before"), [("en", "Rehearsal: "), ("de", "Probe: ")])
def test_an_alert_of_a_rehearsal_says_so_first(path: str, language: str, before: str) -> None:
    with (
        open_observatory(path, create=True, network=REHEARSAL) as ask,
        receiving() as receiver,
        running(
            path, made_settings(HOOK | {"url": receiver.url}, rules=[RULE | {"language": language}])
        ),
    ):
        until(lambda: _primed(ask))
        faults(ask, "a", "down")
        receiver.wait_for(lambda: len(receiver.taken()) == 1)
    assert json.loads(receiver.taken()[0].body)["title"].startswith(before)
