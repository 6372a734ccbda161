"""The changes feed and the snapshots of running kernels."""

import json
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, Select, delete, func, select

from hashquake.core.opinion import Change, ChangeKind, Snapshot
from hashquake.store.additions import insert_rows, next_id
from hashquake.store.schema import changes, snapshots

_CHANGES = select(
    changes.c.id, changes.c.at_s, changes.c.kind, changes.c.subject, changes.c.document
)


def add_changes(connection: Connection, arriving: Sequence[Change], *, recorded_s: float) -> None:
    """Add changes; they take the next numbers, and those that carry no time that of the record.

    Parameters
    ----------
    connection : Connection
        Inside the transaction that holds what changed.
    arriving : sequence of Change
        In the order in which they happened.
    recorded_s : float
        UTC Unix seconds.
    """
    first = next_id(connection, changes)
    insert_rows(
        connection,
        changes,
        [
            (
                first + at,
                recorded_s,
                one.kind,
                one.subject,
                json.dumps(one.document, sort_keys=True),
            )
            for at, one in enumerate(arriving)
        ],
    )


def read_changes(
    connection: Connection, *, after_id: int, limit: int, kind: ChangeKind | None = None
) -> tuple[Change, ...]:
    """Return the changes with numbers above one, in order.

    Parameters
    ----------
    after_id : int
        The last number the reader has; 0 is from the first.
    limit : int
        At most so many.
    kind : ChangeKind or None
        Only of this kind; None is all.
    connection : Connection
        Inside a transaction.
    """
    columns = changes.c
    wanted = _CHANGES.where(columns.id > after_id).order_by(columns.id).limit(limit)
    return _changes(connection, wanted if kind is None else wanted.where(columns.kind == kind))


def latest_changes(connection: Connection, kind: ChangeKind) -> tuple[Change, ...]:
    """Return the last change of a kind for each subject, by subject.

    Parameters
    ----------
    connection : Connection
        Open.
    kind : str
        Of the changes, such as ``source``.
    """
    columns = changes.c
    last = select(func.max(columns.id)).where(columns.kind == kind).group_by(columns.subject)
    return _changes(connection, _CHANGES.where(columns.id.in_(last)).order_by(columns.subject))


def _changes(connection: Connection, wanted: Select[Any]) -> tuple[Change, ...]:
    return tuple(
        Change(
            id=number,
            at_s=at_s,
            kind=cast("ChangeKind", kind),
            subject=subject,
            document=json.loads(document),
        )
        for number, at_s, kind, subject, document in connection.execute(wanted)
    )


def last_change_id(connection: Connection) -> int:
    """Return the number of the last change, 0 when there is none.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    return int(connection.execute(select(func.max(changes.c.id))).scalar() or 0)


def save_snapshot(connection: Connection, snapshot: Snapshot, *, recorded_s: float) -> None:
    """Store the state of a kernel in place of the one before.

    Parameters
    ----------
    connection : Connection
        Inside the transaction that writes.
    snapshot : Snapshot
        State, version, and the block up to which it has read.
    recorded_s : float
        Our clock, UTC Unix seconds.
    """
    number = next_id(connection, snapshots)
    connection.execute(
        delete(snapshots).where(
            snapshots.c.kind == snapshot.kind, snapshots.c.scope == snapshot.scope
        )
    )
    insert_rows(
        connection,
        snapshots,
        [
            (
                number,
                snapshot.kind,
                snapshot.scope,
                snapshot.version,
                snapshot.height,
                recorded_s,
                snapshot.state,
            )
        ],
    )


def read_snapshot(connection: Connection, kind: str, scope: str) -> Snapshot | None:
    """Return the stored state of a kernel, or None.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    kind, scope : str
        Which kernel, and for which question.
    """
    columns = snapshots.c
    row = connection.execute(
        select(columns.version, columns.height, columns.state)
        .where(columns.kind == kind, columns.scope == scope)
        .order_by(columns.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Snapshot(
        kind=kind, scope=scope, version=row.version, height=row.height, state=bytes(row.state)
    )
