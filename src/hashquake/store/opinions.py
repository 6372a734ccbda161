"""Opinions in the record, and where was searched for them: rows are added, never changed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

from sqlalchemy import Connection, delete, func, select

from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.opinion import Opinion, OpinionKind, Searched
from hashquake.core.window import Window
from hashquake.store.additions import insert_rows, next_id
from hashquake.store.schema import opinions, searched


def add_opinions(connection: Connection, arriving: Sequence[Opinion], *, recorded_s: float) -> None:
    """Add opinions as they are; their revisions are numbered by the ledger.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    arriving : sequence of Opinion
        New revisions, in the order in which they were formed. A revision that is already stored
        violates a constraint of the table: two writers formed it at once, and one fails whole.
    recorded_s : float
        UTC Unix seconds.
    """
    first = next_id(connection, opinions)
    insert_rows(
        connection,
        opinions,
        [
            (
                first + at,
                one.kind,
                one.scope,
                one.name,
                one.revision,
                recorded_s,
                json.dumps(one.document, sort_keys=True),
            )
            for at, one in enumerate(arriving)
        ],
    )


def read_opinions(
    connection: Connection,
    kind: OpinionKind,
    *,
    scope: str | None,
    name: str | None,
    latest_only: bool,
) -> tuple[Opinion, ...]:
    """Return stored opinions in the order in which they were recorded.

    Parameters
    ----------
    kind : {"quake", "outage"}
        What they are of.
    scope, name : str or None
        Only of this catalog, only of this quake or outage; None is all.
    connection : Connection
        Inside a transaction.
    latest_only : bool
        Only the last one of each quake or outage.
    """
    columns = opinions.c
    statement = select(columns.scope, columns.name, columns.revision, columns.document)
    statement = statement.where(columns.kind == kind).order_by(columns.id)
    if scope is not None:
        statement = statement.where(columns.scope == scope)
    if name is not None:
        statement = statement.where(columns.name == name)
    if latest_only:
        last = select(func.max(columns.id)).where(columns.kind == kind)
        statement = statement.where(columns.id.in_(last.group_by(columns.scope, columns.name)))
    return tuple(
        Opinion(
            kind=kind,
            scope=of_scope,
            name=of_name,
            revision=revision,
            document=json.loads(document),
        )
        for of_scope, of_name, revision, document in connection.execute(statement)
    )


def add_searched(
    connection: Connection, arriving: Sequence[Searched], *, recorded_s: float
) -> None:
    """Add where was searched.

    Parameters
    ----------
    connection : Connection
        Inside the transaction that writes.
    arriving : sequence of Searched
        Subject, span and detector of each search.
    recorded_s : float
        Our clock, UTC Unix seconds.
    """
    first = next_id(connection, searched)  # before any goes: numbers are never given twice
    for one in arriving:
        # A search that goes on says all that the one before said: a place that is watched would
        # else add rows with every value that comes.
        connection.execute(
            delete(searched).where(
                searched.c.kind == one.kind,
                searched.c.scope == one.scope,
                searched.c.subject == one.subject,
                searched.c.detectors == one.detectors,
                searched.c.networks == _networks_text(one.networks),
                searched.c.start_s == one.window.start_s,
                searched.c.end_s <= one.window.end_s,
            )
        )
    insert_rows(
        connection,
        searched,
        [
            (
                first + at,
                one.kind,
                one.scope,
                one.subject,
                one.window.start_s,
                one.window.end_s,
                one.detectors,
                one.last_reading,
                recorded_s,
                _networks_text(one.networks),
            )
            for at, one in enumerate(arriving)
        ],
    )


def read_searched(
    connection: Connection, kind: OpinionKind, *, subject: str | None
) -> tuple[Searched, ...]:
    """Return where was searched, in the order in which it was recorded.

    Only the last search of each subject, window, detector and set of networks is returned:
    earlier ones of the same stretch say nothing more.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    kind : OpinionKind
        Such as ``outage``.
    subject : str or None
        None is all subjects.
    """
    columns = searched.c
    last = select(func.max(columns.id)).where(columns.kind == kind)
    if subject is not None:
        last = last.where(columns.subject == subject)
    last = last.group_by(
        columns.scope,
        columns.subject,
        columns.start_s,
        columns.end_s,
        columns.detectors,
        columns.networks,
    )
    rows = connection.execute(
        select(
            columns.kind,
            columns.scope,
            columns.subject,
            columns.start_s,
            columns.end_s,
            columns.detectors,
            columns.last_reading,
            columns.networks,
        )
        .where(columns.id.in_(last))
        .order_by(columns.id)
    )
    return tuple(
        Searched(
            kind=cast("OpinionKind", of_kind),
            scope=scope,
            subject=of_subject,
            window=Window(start_s=start_s, end_s=end_s),
            detectors=detectors,
            last_reading=last_reading,
            networks=_networks_of(networks),
        )
        for of_kind, scope, of_subject, start_s, end_s, detectors, last_reading, networks in rows
    )


def _networks_text(networks: tuple[AutonomousSystem, ...] | None) -> str:
    if networks is None:
        return ""
    return json.dumps([asdict(one) for one in networks], sort_keys=True)


def _networks_of(text: str) -> tuple[AutonomousSystem, ...] | None:
    return tuple(AutonomousSystem(**one) for one in json.loads(text)) if text else None
