"""Forecasts issued of a record: stored when they are made, before the truth is known."""

from collections.abc import Iterable

from hashquake.core.errors import RecordError
from hashquake.core.forecast import Forecast
from hashquake.core.opinion import Change
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK
from hashquake.forward.difficulty_forecast import DifficultyForecast
from hashquake.observatory import instant_rates


def forecast(record: Record, at_s: float, *, store: bool = True) -> DifficultyForecast:
    """Forecast the next difficulty, and store it where it is wanted and the record can be written.

    What the record knows already is not a forecast: one of the past, made from what was known then,
    is not stored. A forecast is stored once, however often it is asked for. Where another program
    is writing, or the disk is full, it is made and not stored.

    Parameters
    ----------
    record : Record
        Whose blocks are followed.
    at_s : float
        From what was known then, UTC Unix seconds.
    store : bool
        Whether to store it.

    Raises
    ------
    NoCoverage
        As `hashquake.observatory.instant_rates.forecast`.
    """
    made = instant_rates.forecast(record, at_s)
    if not store:
        return made
    tip = record.tip()
    if record.read_only or tip is None or tip[0] > made.height or made.is_set:
        return made
    try:
        _store(record, (made.next_difficulty_ratio, made.retarget_s))
    except RecordError:
        return made
    return made


def _store(record: Record, forecasts: tuple[Forecast, ...]) -> None:
    with record.writing() as inside:
        inside.add_changes(stored_forecasts(inside, forecasts))


def stored_forecasts(inside: Record, forecasts: Iterable[Forecast]) -> list[Change]:
    """Store forecasts that are not stored yet; return a change for each that was added.

    Parameters
    ----------
    inside : Record
        Inside a transaction.
    forecasts : iterable of Forecast
        In order.
    """
    return [
        Change(
            kind="forecast",
            subject=NETWORK,
            document={
                "quantity": one.quantity,
                "target": one.target,
                "issued_s": one.issued_s,
                "quantiles": list(one.quantiles.values),
                "made_by": one.made_by,
            },
        )
        for one in forecasts
        if inside.add_forecast(one)
    ]
