"""One way's deliveries: in the order of each thread, again when they fail, until they are made."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event

from hashquake.core.alert import Alert, AlertDelivery, AlertOutbox
from hashquake.core.errors import HashquakeError, RecordError
from hashquake.core.hostile_text import visible_text
from hashquake.core.secret_url import without_passwords
from hashquake.serve.alerts.attempts import wait_s
from hashquake.serve.alerts.outgoing import Outgoing
from hashquake.serve.alerts.senders import Sender

LOOK_S = 1.0
"""How often is looked for attempts that have become due, when nobody says that there are any."""
_LONGEST_REASON = 300


class WayWorker:
    """Delivers by one way; a way that hangs holds up no other.

    Parameters
    ----------
    way : str
        Its name.
    send : callable
        Sends an alert, or raises.
    outbox : AlertOutbox
        Of the record.
    rules : tuple of str
        The rules that go by this way.
    now_s : callable
        The clock, UTC Unix seconds.
    stop : Event
        Set to end.
    note : callable
        Called with a sentence when the way begins to fail, and when it works again.
    may_send : callable
        Whether this process is the one that delivers.
    """

    def __init__(
        self,
        way: str,
        send: Sender,
        outbox: AlertOutbox,
        *,
        rules: tuple[str, ...],
        now_s: Callable[[], float],
        stop: Event,
        note: Callable[[str], None],
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self.way = way
        self.news = Event()
        self._send = send
        self._outbox = outbox
        self._rules = rules
        self._now_s = now_s
        self._stop = stop
        self._note = note
        self._may_send = may_send
        self._failing = ""

    def run(self) -> None:
        """Deliver until stopped."""
        while not self._stop.is_set():
            self.news.clear()
            try:
                busy = self._may_send() and self.deliver_due()
            except Exception as error:  # noqa: BLE001  the deliveries stay where they are
                if not isinstance(error, RecordError):
                    self._note(f"the deliveries of {self.way} wait ({type(error).__name__})")
                busy = False
            if not busy:
                self.news.wait(LOOK_S)

    def deliver_due(self) -> bool:
        """Make every attempt that is due once; return whether there was any."""
        due = self._outbox.due(self.way, self._now_s())
        for alert, delivery in due:
            if self._stop.is_set():
                break
            self._attempt(alert, delivery)
        return bool(due)

    def _attempt(self, alert: Alert, delivery: AlertDelivery) -> None:
        because = ""
        try:
            n_open = self._outbox.n_open(alert.rule, alert.id)
            self._send(Outgoing(alert=alert, n_open=n_open, rules=self._rules))
        except HashquakeError as error:
            because = f"{error.message} [{error.code}]"
        except Exception as error:  # noqa: BLE001  a library's fault must not end the deliveries
            because = f"the way {self.way} failed ({type(error).__name__}) [alert-fault]"
        self._report(because)
        self._settle(_settled(delivery, because, self._now_s()))

    def _report(self, because: str) -> None:
        if because and not self._failing:
            self._note(f"an alert is not delivered yet: {because}")
        elif self._failing and not because:
            self._note(f"the way {self.way} delivers again")
        self._failing = because

    def _settle(self, delivery: AlertDelivery) -> None:
        """Store the outcome; while the record cannot be written, nothing else is sent."""
        while True:
            try:
                self._outbox.settle(delivery)
            except RecordError:
                if self._stop.wait(LOOK_S):
                    return  # it is sent again under the same key
            else:
                return


def _settled(delivery: AlertDelivery, because: str, now_s: float) -> AlertDelivery:
    tries = delivery.tries + 1
    if not because:
        return replace(delivery, state="delivered", tries=tries, because="")
    because = visible_text(without_passwords(because), limit=_LONGEST_REASON)
    after_s = wait_s(tries)
    if after_s is None:
        return replace(delivery, state="undelivered", tries=tries, because=because)
    return replace(delivery, tries=tries, next_try_s=now_s + after_s, because=because)
