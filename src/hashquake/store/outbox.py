"""The outbox: alerts, stored with the cursor they rest on, and each delivery until it is made."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import Connection, Select, and_, delete, func, select, update

from hashquake.core.alert import (
    Alert,
    AlertAdvance,
    AlertCursor,
    AlertDelivery,
    DeliveryLock,
    OutboxDepth,
)
from hashquake.core.change_view import ChangeView
from hashquake.store.additions import insert_rows, next_id
from hashquake.store.deliver_lock import delivering
from hashquake.store.failures import record_errors
from hashquake.store.opening import Opened
from hashquake.store.schema import alert_cursor, alert_deliveries, alerts

_MOST_DUE = 200
_A, _D = alerts.c, alert_deliveries.c


class WrittenRecord(ChangeView, Protocol):
    """A SQL record inside a transaction that writes."""

    def connected(self) -> AbstractContextManager[Connection]:
        """Return the connection of the transaction."""


class Outbox:
    """The alerts of a SQL record; see `hashquake.core.alert.AlertOutbox`.

    Deliveries may be settled from several threads at once: each is a transaction of its own.

    Parameters
    ----------
    writing : callable
        Opens a transaction of the record whose changes are read.
    opened : Opened
        Its database.
    """

    def __init__(
        self, writing: Callable[[], AbstractContextManager[WrittenRecord]], opened: Opened
    ) -> None:
        self._writing = writing
        self._opened = opened

    @property
    def read_only(self) -> bool:
        """Whether none can be stored."""
        return self._opened.read_only

    def cursor(self) -> AlertCursor | None:
        """Return how far the changes were read; None before the first step."""
        with self._reading() as connection:
            return _cursor(connection)

    def advance(
        self, step: Callable[[AlertCursor | None, ChangeView], AlertAdvance | None]
    ) -> tuple[Alert, ...]:
        """Read on in one transaction; see `hashquake.core.alert.AlertOutbox.advance`."""
        with self._writing() as inside, inside.connected() as connection:
            advance = step(_cursor(connection), inside)
            if advance is None:
                return ()
            connection.execute(delete(alert_cursor))
            insert_rows(
                connection, alert_cursor, [(1, advance.cursor.after_id, advance.cursor.state)]
            )
            return tuple(_add(connection, advance.alerts))

    def due(self, way: str, now_s: float) -> tuple[tuple[Alert, AlertDelivery], ...]:
        """Return what is to be delivered; see `hashquake.core.alert.AlertOutbox.due`."""
        waits = and_(_D.way == way, _D.state == "waiting")
        # A later alert of a thread waits until the one before is settled.
        first = (
            select(func.min(_D.id))
            .join(alerts, _A.id == _D.alert_id)
            .where(waits)
            .group_by(_A.rule, _A.thread)
        )
        with self._reading() as connection:
            rows = connection.execute(
                select(*_D, *_A)
                .join(alerts, _A.id == _D.alert_id)
                .where(_D.id.in_(first), _D.next_try_s <= now_s)
                .order_by(_D.id)
                .limit(_MOST_DUE)
            ).all()
        width = len(_D)
        return tuple((_alert(row[width:]), _delivery(row[:width])) for row in rows)

    def settle(self, delivery: AlertDelivery) -> None:
        """Store what an attempt came to; see `hashquake.core.alert.AlertOutbox.settle`."""
        with record_errors(self._opened.where), self._opened.writer.begin() as connection:
            connection.execute(
                update(alert_deliveries)
                .where(_D.id == delivery.id)
                .values(
                    state=delivery.state,
                    tries=delivery.tries,
                    next_try_s=delivery.next_try_s,
                    because=delivery.because,
                )
            )

    def alerts(self, *, after_id: int = 0, limit: int | None = None) -> tuple[Alert, ...]:
        """Return stored alerts; see `hashquake.core.alert.AlertOutbox.alerts`."""
        wanted = select(alerts).where(_A.id > after_id).order_by(_A.id.desc())
        with self._reading() as connection:
            return _with_deliveries(connection, wanted if limit is None else wanted.limit(limit))

    def threads(self) -> tuple[Alert, ...]:
        """Return the last alert of each thread, oldest first."""
        last = select(func.max(_A.id)).group_by(_A.rule, _A.thread)
        wanted = select(alerts).where(_A.id.in_(last)).order_by(_A.id.desc())
        with self._reading() as connection:
            return _with_deliveries(connection, wanted)

    def n_open(self, rule: str, alert_id: int) -> int:
        """Count open threads of a rule; see `hashquake.core.alert.AlertOutbox.n_open`."""
        last = select(func.max(_A.id)).where(_A.rule == rule, _A.id <= alert_id)
        wanted = select(func.count()).where(
            _A.id.in_(last.group_by(_A.thread)), _A.state != "recovered"
        )
        with self._reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def depth(self) -> OutboxDepth:
        """Return what waits to be delivered."""
        with self._reading() as connection:
            counted = {
                str(state): int(count)
                for state, count in connection.execute(
                    select(_D.state, func.count()).group_by(_D.state)
                )
            }
            oldest_s = connection.execute(
                select(func.min(_A.at_s))
                .join(alert_deliveries, _A.id == _D.alert_id)
                .where(_D.state == "waiting")
            ).scalar()
        return OutboxDepth(
            waiting=counted.get("waiting", 0),
            undelivered=counted.get("undelivered", 0),
            oldest_s=oldest_s,
        )

    def delivering(self) -> AbstractContextManager[DeliveryLock]:
        """Keep the lock of the process that delivers."""
        return delivering(self._opened.engine, self._opened.path, self._opened.where)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with record_errors(self._opened.where), self._opened.engine.begin() as connection:
            yield connection


def _cursor(connection: Connection) -> AlertCursor | None:
    row = connection.execute(select(alert_cursor.c.after_id, alert_cursor.c.state)).first()
    return None if row is None else AlertCursor(after_id=row.after_id, state=row.state)


def _add(connection: Connection, arriving: Sequence[Alert]) -> Iterator[Alert]:
    """Add alerts that are not stored yet; they take the next numbers of their threads."""
    for one in arriving:
        if connection.execute(select(_A.id).where(_A.key == one.key)).first() is not None:
            continue
        before = connection.execute(
            select(func.count()).where(_A.rule == one.rule, _A.thread == one.thread)
        ).scalar_one()
        number = next_id(connection, alerts)
        insert_rows(
            connection,
            alerts,
            [
                (
                    number,
                    one.key,
                    one.rule,
                    one.thread,
                    before + 1,
                    one.state,
                    one.at_s,
                    one.subject,
                    one.false_alarms_per_year,
                    one.change_id,
                    json.dumps(one.document, sort_keys=True),
                )
            ],
        )
        first = next_id(connection, alert_deliveries)
        deliveries = tuple(
            replace(each, id=first + at, alert_id=number) for at, each in enumerate(one.deliveries)
        )
        insert_rows(
            connection,
            alert_deliveries,
            [
                (each.id, number, each.way, each.state, each.tries, each.next_try_s, each.because)
                for each in deliveries
            ],
        )
        yield replace(one, id=number, n=before + 1, deliveries=deliveries)


def _with_deliveries(connection: Connection, newest_first: Select[Any]) -> tuple[Alert, ...]:
    found = [_alert(row) for row in connection.execute(newest_first)]
    found.reverse()
    if not found:
        return ()
    of_alert: dict[int, list[AlertDelivery]] = {}
    between = _D.alert_id.between(found[0].id, found[-1].id)
    for row in connection.execute(select(*_D).where(between).order_by(_D.id)):
        of_alert.setdefault(row.alert_id, []).append(_delivery(row))
    return tuple(replace(one, deliveries=tuple(of_alert.get(one.id, ()))) for one in found)


def _alert(row: Iterable[Any]) -> Alert:
    named = dict(zip((column.name for column in _A), row, strict=True))
    return Alert(**{**named, "document": json.loads(named["document"])})


def _delivery(row: Iterable[Any]) -> AlertDelivery:
    return AlertDelivery(**dict(zip((column.name for column in _D), row, strict=True)))
