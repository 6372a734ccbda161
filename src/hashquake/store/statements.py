"""Claims that others published, and forecasts of our own: stored before the truth is known."""

import json
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, select

from hashquake.core.claim import Claim, Relation
from hashquake.core.forecast import Forecast
from hashquake.core.interval import QUANTILE_LEVELS, Quantiles
from hashquake.core.window import Window
from hashquake.store.additions import Additions, insert_rows, next_id
from hashquake.store.schema import claims, forecasts

_COLUMNS = (
    claims.c.text,
    claims.c.url,
    claims.c.language,
    claims.c.speaker,
    claims.c.published_s,
    claims.c.subject,
    claims.c.quantity,
    claims.c.relation,
    claims.c.low,
    claims.c.high,
    claims.c.start_s,
    claims.c.end_s,
)


def add_claims(connection: Connection, arriving: Sequence[Claim], additions: Additions) -> None:
    """Add the claims that are not stored yet; the same claim twice is one row.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    arriving : sequence of Claim
        The batch's claims.
    additions : Additions
        Takes the new rows.
    """
    if not arriving:
        return
    found = connection.execute(
        select(*_COLUMNS).where(claims.c.text.in_({one.text for one in arriving}))
    )
    known = {tuple(row) for row in found}
    for one in arriving:
        row = _row(one)
        if row not in known:
            known.add(row)
            additions.claims.append(row)


def read_claims(connection: Connection) -> tuple[Claim, ...]:
    """Return every claim, in the order in which they came.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    """
    rows = connection.execute(select(*_COLUMNS).order_by(claims.c.id))
    return tuple(
        Claim(
            text=row.text,
            url=row.url,
            language=row.language,
            speaker=row.speaker,
            published_s=row.published_s,
            subject=row.subject,
            quantity=row.quantity,
            relation=cast("Relation", row.relation),
            low=row.low,
            high=row.high,
            window=None if row.start_s is None else Window(start_s=row.start_s, end_s=row.end_s),
        )
        for row in rows
    )


def add_forecast(connection: Connection, forecast: Forecast, *, recorded_s: float) -> bool:
    """Add a forecast; what was forecast before stays.

    Parameters
    ----------
    connection : Connection
        Inside the transaction that writes.
    forecast : Forecast
        With its quantiles or draws and its seed.
    recorded_s : float
        Our clock, UTC Unix seconds.

    Returns
    -------
    bool
        False when the very same is stored already.
    """
    document = {
        "quantiles": list(forecast.quantiles.values),
        "levels": list(QUANTILE_LEVELS),
        "seed": forecast.seed,
        "made_by": forecast.made_by,
    }
    text = json.dumps(document, sort_keys=True)
    columns = forecasts.c
    same = select(columns.id).where(
        columns.quantity == forecast.quantity,
        columns.target == forecast.target,
        columns.issued_s == forecast.issued_s,
        columns.document == text,
    )
    if connection.execute(same.limit(1)).first() is not None:
        return False
    insert_rows(
        connection,
        forecasts,
        [
            (
                next_id(connection, forecasts),
                forecast.quantity,
                forecast.target,
                forecast.issued_s,
                recorded_s,
                text,
            )
        ],
    )
    return True


def read_forecasts(connection: Connection, *, quantity: str | None) -> tuple[Forecast, ...]:
    """Return the stored forecasts, all or of one quantity, in the order of their making.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    quantity : str or None
        None is every quantity.
    """
    columns = forecasts.c
    statement = select(columns.quantity, columns.target, columns.issued_s, columns.document)
    statement = statement.order_by(columns.id)
    if quantity is not None:
        statement = statement.where(columns.quantity == quantity)
    found = []
    for of_quantity, target, issued_s, text in connection.execute(statement):
        document = json.loads(text)
        a, b, c, d, e, f, g = document["quantiles"]
        found.append(
            Forecast(
                quantity=of_quantity,
                target=target,
                issued_s=issued_s,
                quantiles=Quantiles(values=(a, b, c, d, e, f, g)),
                seed=document["seed"],
                made_by=document["made_by"],
            )
        )
    return tuple(found)


def _row(one: Claim) -> tuple[Any, ...]:
    window = one.window
    return (
        one.text,
        one.url,
        one.language,
        one.speaker,
        one.published_s,
        one.subject,
        one.quantity,
        one.relation,
        one.low,
        one.high,
        None if window is None else window.start_s,
        None if window is None else window.end_s,
    )
