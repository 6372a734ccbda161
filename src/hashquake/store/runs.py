"""How runs of sources ended: one row a run, added and never changed."""

from sqlalchemy import Connection, func, insert, select

from hashquake.core.run import Run
from hashquake.store.additions import next_id
from hashquake.store.schema import runs


def add_run(connection: Connection, run: Run) -> None:
    """Add how a run ended.

    Parameters
    ----------
    connection : Connection
        Inside the transaction that writes.
    run : Run
        Its source, its end and its error, if any.
    """
    connection.execute(
        insert(runs).values(
            id=next_id(connection, runs),
            source=run.source,
            ended_s=run.ended_s,
            code=run.code,
            message=run.message,
        )
    )


def last_runs(connection: Connection) -> tuple[Run, ...]:
    """Return the last run of each source, by source.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    last = select(func.max(runs.c.id)).group_by(runs.c.source)
    rows = connection.execute(
        select(runs.c.source, runs.c.ended_s, runs.c.code, runs.c.message)
        .where(runs.c.id.in_(last))
        .order_by(runs.c.source)
    )
    return tuple(
        Run(source=source, ended_s=ended_s, code=code, message=message)
        for source, ended_s, code, message in rows
    )
