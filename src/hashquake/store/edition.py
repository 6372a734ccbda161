"""Which edition of the record a reader sees: a text that changes with whatever is stored."""

from sqlalchemy import Connection, func, select

from hashquake.store.schema import (
    batches,
    changes,
    claims,
    forecasts,
    opinions,
    runs,
    searched,
)

_NUMBERS = select(
    *(
        select(func.max(table.c.id)).scalar_subquery()
        for table in (changes, batches, opinions, searched, claims, forecasts, runs)
    )
)


def read_edition(connection: Connection) -> str:
    """Return the last number of every table that answers rest on, joined by dots.

    Rows are only ever added, so equal texts mean equal contents.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    return ".".join(f"{number or 0}" for number in connection.execute(_NUMBERS).one())
