"""Alerts as a record keeps them: what was raised, and how it gets to whoever asked for it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from hashquake.core.change_view import ChangeView

AlertEventState = Literal["raised", "updated", "recovered"]
DeliveryState = Literal["waiting", "delivered", "undelivered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDelivery:
    """An alert on its way to one place.

    Parameters
    ----------
    id : int
        Its number; 0 before it is stored.
    alert_id : int
        The alert's number; 0 before it is stored.
    way : str
        The name of the way in the settings.
    state : {"waiting", "delivered", "undelivered"}
        Undelivered is given up.
    tries : int
        Attempts so far.
    next_try_s : float
        Not attempted before, UTC Unix seconds.
    because : str
        Why the last attempt failed; empty otherwise.
    """

    id: int = 0
    alert_id: int = 0
    way: str
    state: DeliveryState = "waiting"
    tries: int = 0
    next_try_s: float = 0.0
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that a rule raised, updated or found recovered.

    Parameters
    ----------
    id : int
        Its number; later alerts have higher ones. 0 before it is stored.
    key : str
        The same for every attempt to deliver it, and for no other alert: receivers drop a key that
        they have seen.
    rule : str
        The name of the rule in the settings.
    thread : str
        The same for all alerts of a rule about one matter, such as ``hq20210416a``.
    n : int
        1 for the first alert of the thread; 0 before it is stored.
    state : {"raised", "updated", "recovered"}
        What became of the matter.
    at_s : float
        When the rule decided it, UTC Unix seconds.
    subject : str
        Such as ``network`` or ``country:KZ``.
    false_alarms_per_year : float or None
        How often the null model raises such an alert; None where chance plays no part.
    change_id : int
        The number of the change it rests on.
    document : mapping
        Title, text, reason, link and facts, as plain values.
    deliveries : tuple of AlertDelivery
        One for each way of the rule.
    """

    id: int = 0
    key: str
    rule: str
    thread: str
    n: int = 0
    state: AlertEventState
    at_s: float
    subject: str
    false_alarms_per_year: float | None
    change_id: int
    document: Mapping[str, Any]
    deliveries: tuple[AlertDelivery, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCursor:
    """How far the changes were read for alerts, and the state of the rules there.

    Parameters
    ----------
    after_id : int
        The last change that was read.
    state : str
        JSON of the rules' state.
    """

    after_id: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAdvance:
    """What reading changes for alerts comes to; stored whole or not at all.

    Parameters
    ----------
    cursor : AlertCursor
        From where the next step goes on.
    alerts : tuple of Alert
        In order, with their deliveries.
    """

    cursor: AlertCursor
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxDepth:
    """What waits to be delivered.

    Parameters
    ----------
    waiting, undelivered : int
        Deliveries still to be made, and deliveries given up.
    oldest_s : float or None
        When the oldest alert that waits was raised, UTC Unix seconds; None when nothing waits.
    """

    waiting: int = 0
    undelivered: int = 0
    oldest_s: float | None = None


class DeliveryLock(Protocol):
    """Marks the one process that delivers the alerts of a record, while it is kept."""

    def take(self) -> bool:
        """Take it, or keep it; return False while another process has it."""


class AlertOutbox(Protocol):
    """The alerts of a record and their deliveries."""

    @property
    def read_only(self) -> bool:
        """Whether none can be stored."""

    def cursor(self) -> AlertCursor | None:
        """Return how far the changes were read; None before the first step."""

    def advance(
        self, step: Callable[[AlertCursor | None, ChangeView], AlertAdvance | None]
    ) -> tuple[Alert, ...]:
        """Read on, in one transaction: cursor, alerts and deliveries are stored together.

        Parameters
        ----------
        step : callable
            Of the cursor and the record inside the transaction; None changes nothing.

        Returns
        -------
        tuple of Alert
            Those that were added.
        """

    def due(self, way: str, now_s: float) -> tuple[tuple[Alert, AlertDelivery], ...]:
        """Return what is to be delivered now by a way: the first that waits in each thread.

        Parameters
        ----------
        way : str
            Its name.
        now_s : float
            UTC Unix seconds.
        """

    def settle(self, delivery: AlertDelivery) -> None:
        """Store what an attempt came to.

        Parameters
        ----------
        delivery : AlertDelivery
            With its new state, tries, next attempt and reason.
        """

    def alerts(self, *, after_id: int = 0, limit: int | None = None) -> tuple[Alert, ...]:
        """Return stored alerts with their deliveries, oldest first.

        Parameters
        ----------
        after_id : int
            Only those with higher numbers.
        limit : int or None
            At most so many, the newest ones; None is all.
        """

    def threads(self) -> tuple[Alert, ...]:
        """Return the last alert of each thread, oldest first."""

    def n_open(self, rule: str, alert_id: int) -> int:
        """Count the threads of a rule that were open once an alert was raised.

        Parameters
        ----------
        rule : str
            Its name.
        alert_id : int
            Alerts after this one are left out.
        """

    def depth(self) -> OutboxDepth:
        """Return what waits to be delivered."""

    def delivering(self) -> AbstractContextManager[DeliveryLock]:
        """Keep the lock of the process that delivers; `DeliveryLock.take` takes it."""
