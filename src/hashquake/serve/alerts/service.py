"""Alerts while something runs: the reader of the changes in one thread, each way in another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from hashquake.core import clock
from hashquake.core.alert import AlertOutbox, DeliveryLock
from hashquake.core.errors import HashquakeError, RecordError
from hashquake.observatory import Observatory, open_observatory
from hashquake.plugins import list_plugins
from hashquake.serve.alerts.delivering import WayWorker
from hashquake.serve.alerts.reader import AlertReader
from hashquake.serve.alerts.senders import Sender, sender_of
from hashquake.serve.alerts.settings import AlertsSettings, MqttWay
from hashquake.serve.cli.faults import said_of

RENEW_S = 5.0
"""How often is looked whether the lock is still ours."""
POLL_S = 0.05
"""How often the changes are looked at."""
STANDBY_S = 1.0
"""How often is looked whether another process that delivers has ended."""
_JOIN_S = 15.0


class AlertService:
    """Raises and delivers the alerts of one record until stopped.

    Parameters
    ----------
    observatory : Observatory
        Of the record; nobody else uses it.
    settings : AlertsSettings
        Rules and ways.
    now_s : callable
        The clock, UTC Unix seconds.
    stop : Event
        Set to end.
    note : callable
        Called with sentences for whoever runs it.

    Raises
    ------
    UsageError
        What `hashquake.serve.alerts.senders.sender_of` raises.
    RecordError
        ``record-read-only`` for a record in which nothing can be stored.
    """

    def __init__(
        self,
        observatory: Observatory,
        settings: AlertsSettings,
        *,
        now_s: Callable[[], float],
        stop: Event,
        note: Callable[[str], None],
    ) -> None:
        self._observatory = observatory
        self._settings = settings
        self._now_s = now_s
        self._stop = stop
        self._note = note
        self._outbox = writable_outbox(observatory)
        self._mine = Event()
        self._said = ""
        self._senders: dict[str, Sender] = {
            one.name: sender_of(one, now_s=now_s) for one in settings.way
        }
        self._reader = AlertReader(
            self._outbox,
            settings,
            now_s=now_s,
            block_sources=block_sources(),
            false_outages_per_year=_false_outages_per_year(settings),
            rehearsed=observatory.network.stands_for_main,
        )
        self._workers = [
            WayWorker(
                name,
                send,
                self._outbox,
                rules=tuple(one.name for one in settings.rule if name in one.to),
                now_s=now_s,
                stop=stop,
                note=note,
                may_send=self._mine.is_set,
            )
            for name, send in self._senders.items()
        ]

    def run(self) -> None:
        """Raise and deliver until stopped; while another process does, stand by."""
        with self._outbox.delivering() as lock:
            if not self._wait_for(lock):
                return
            self._announce()
            threads = [
                Thread(target=one.run, name=f"alerts by {one.way}", daemon=True)
                for one in self._workers
            ]
            for one in threads:
                one.start()
            renewed_s = clock.monotonic_s()
            while not self._stop.is_set():
                if clock.monotonic_s() - renewed_s > RENEW_S:
                    # A server that was started again has forgotten the lock.
                    self._wait_for(lock)
                    renewed_s = clock.monotonic_s()
                self._try(self._read)
                self._stop.wait(POLL_S)
            for worker in self._workers:
                worker.news.set()
            until_s = clock.monotonic_s() + _JOIN_S
            for one in threads:
                one.join(max(0.0, until_s - clock.monotonic_s()))

    def _wait_for(self, lock: DeliveryLock) -> bool:
        """Wait until the lock is ours; return False when stopped before."""
        said = False
        while not self._stop.is_set():
            answered = self._try(lambda: self._take(lock))
            if answered and self._mine.is_set():
                return True
            if answered and not said:
                said = True
                self._note("another process delivers the alerts of this record; standing by")
            self._stop.wait(STANDBY_S)
        return False

    def _take(self, lock: DeliveryLock) -> None:
        if lock.take():
            self._mine.set()
        else:
            self._mine.clear()

    def _read(self) -> None:
        added = self._reader.read(self._observatory.last_change_id())
        ways = {delivery.way for alert in added for delivery in alert.deliveries}
        for worker in self._workers:
            if worker.way in ways:
                worker.news.set()

    def _try(self, work: Callable[[], None]) -> bool:
        """Do something with the record; where that fails, say why once, wait, and return False."""
        try:
            work()
        except Exception as error:  # noqa: BLE001  alerts must not end silently: it is tried again
            message, code, _ = said_of(error)
            said = f"alerts wait: {message} [{code}]"
            if said != self._said:
                self._note(said)
            self._said = said
            self._stop.wait(STANDBY_S)
            return False
        self._said = ""
        return True

    def _announce(self) -> None:
        """Describe the device of each broker, so that it is known before the first alert."""
        for way in self._settings.way:
            if not isinstance(way, MqttWay):
                continue
            from hashquake.serve.alerts.ways import mqtt

            threads = self._outbox.threads()
            n_open = {
                rule.name: sum(
                    one.rule == rule.name and one.state != "recovered" for one in threads
                )
                for rule in self._settings.rule
                if way.name in rule.to
            }
            try:
                mqtt.announce(way, n_open)
            except HashquakeError as error:
                self._note(f"not announced: {error.message} [{error.code}]")


def writable_outbox(observatory: Observatory) -> AlertOutbox:
    """Return the outbox of a record in which alerts can be stored.

    Parameters
    ----------
    observatory : Observatory
        Of the record.

    Raises
    ------
    RecordError
        ``record-read-only``.
    """
    outbox = observatory.outbox()
    if outbox is None or outbox.read_only:
        raise RecordError(
            "the record is read-only, so no alert can be stored in it",
            code="record-read-only",
            hint="name a record of your own with --db, such as --db my.db",
        )
    return outbox


def block_sources() -> frozenset[str]:
    """Return the names of the sources that give blocks."""
    return frozenset(one.name for one in list_plugins("sources") if "blocks" in one.card["gives"])


def _false_outages_per_year(settings: AlertsSettings) -> float | None:
    if all(one.about != "outage" for one in settings.rule):
        return None
    from hashquake.judge.outage_alarms import measured_false_alarms_per_year

    return float(measured_false_alarms_per_year(watched=False).median)


@contextmanager
def alerting(db: str, settings: AlertsSettings, *, note: Callable[[str], None]) -> Iterator[None]:
    """Raise and deliver alerts in threads while the block runs; without rules, do nothing.

    Parameters
    ----------
    db : str
        The record, which exists.
    settings : AlertsSettings
        Rules and ways.
    note : callable
        Called with sentences for whoever runs it.

    Raises
    ------
    UsageError, RecordError
        What `AlertService` raises: what cannot work is refused before anything runs.
    """
    if not settings.rule:
        yield
        return
    stop = Event()
    with open_observatory(db) as observatory:
        service = AlertService(observatory, settings, now_s=clock.now_s, stop=stop, note=note)
        thread = Thread(target=service.run, name="alerts")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
