"""The price around an incident: the record's own, the bundled hours, or the bundled days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.candles import BTC, Candles, candles_of_readings
from hashquake.core.errors import NoCoverage
from hashquake.core.network import require_main
from hashquake.core.record import Record
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.confounders import load_confounders
from hashquake.datasets.price_daily import bundled_daily_candles, bundled_prices
from hashquake.datasets.prices import SOURCE, bundled_candles
from hashquake.explain.price import LOOK_BACK_S, SCALE_S, PriceStudy, price_study

_AROUND_S = 3 * DAY_S
DAILY_SOURCE = "bundled daily prices, of each midnight UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceContext:
    """What the price did around an incident.

    Parameters
    ----------
    study : PriceStudy
        The event study.
    candles : Candles
        The prices it rests on.
    source : str
        Whose.
    note : str
        Which prices stand in for the record's own, or for hours; empty when none had to.
    """

    study: PriceStudy
    candles: Candles
    source: str
    note: str


def price_study_of(record: Record, window: Window) -> PriceContext:
    """Study the price over a window with the finest prices there are.

    Parameters
    ----------
    record : Record
        Its hourly prices come first, then the bundled ones, then the bundled days.
    window : Window
        The event's.

    Raises
    ------
    NoCoverage
        When no prices of the window are at hand.
    """
    require_main(record.network, "the price of bitcoin")
    back_s = LOOK_BACK_S + SCALE_S + window.duration_s
    wide = Window(start_s=window.start_s - back_s, end_s=window.end_s + _AROUND_S)
    own = _own(record, window, wide)
    tried = [(own[0], own[1], "")] if own is not None else []
    if own is None or own[1] != SOURCE:
        said = "The record holds no prices of these days; bundled hours of Bitstamp are used."
        tried.append((bundled_candles(), SOURCE, said))
    said = (
        "No hourly prices of these days are known. The study rests on the price of each "
        "midnight, so it is coarser than the event: no hour can be distinguished from another."
    )
    tried.append((bundled_daily_candles(), DAILY_SOURCE, said))
    for candles, source, note in tried:
        try:
            study = price_study(candles, window, load_confounders())
        except NoCoverage:
            continue
        return PriceContext(study=study, candles=candles, source=source, note=note)
    raise NoCoverage(
        f"no bitcoin price is known for {window}",
        code="price-missing",
        hint="hashquake ingest price_table --path FILE keeps prices in the record",
    )


def daily_prices(record: Record, days: Window) -> NDArray[np.float64]:
    """Return the price of each day: the record's own where it has some, else the bundled one.

    Parameters
    ----------
    record : Record
        Its prices of a day are averaged.
    days : Window
        Whole days, from midnight to midnight.

    Returns
    -------
    array of float64, shape (n,)
        Dollars; NaN where no price of the day is known, which is never carried from another day.

    Raises
    ------
    UsageError
        On another network than the main one.
    """
    require_main(record.network, "the price of bitcoin")
    n_days = round(days.duration_s / DAY_S)
    prices = np.full(n_days, np.nan)
    bundled_day_s, bundled_usd = bundled_prices()
    at = np.round((bundled_day_s - days.start_s) / DAY_S).astype(int)
    within = (at >= 0) & (at < n_days)
    prices[at[within]] = bundled_usd[within]
    own: dict[int, list[float]] = {}
    for reading in record.readings(subject=BTC, window=days):
        if reading.quantity == "close_usd" and days.start_s <= reading.window.start_s < days.end_s:
            own.setdefault(int((reading.window.start_s - days.start_s) // DAY_S), []).append(
                reading.value
            )
    for day, values in own.items():
        prices[day] = sum(values) / len(values)
    return prices


def _own(record: Record, window: Window, wide: Window) -> tuple[Candles, str] | None:
    """Return the record's prices of the source with the most of them around the window."""
    spans = [
        span
        for span in record.reading_spans()
        if span.subject == BTC and span.quantity == "close_usd" and span.window.overlap(window)
    ]
    if not spans:
        return None
    source = max(spans, key=lambda span: (span.n_readings, span.source)).source
    readings = [
        reading for reading in record.readings(subject=BTC, window=wide) if reading.source == source
    ]
    if not readings:
        return None
    # One source may have been read at several steps; the finest shows the most.
    step_s = min(reading.window.duration_s for reading in readings)
    kept = (reading for reading in readings if reading.window.duration_s == step_s)
    return candles_of_readings(kept), source
