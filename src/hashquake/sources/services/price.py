"""Bitcoin's price as an exchange tells it now: open, high, low and close by the hour or any step.

The exchanges' own interfaces are spoken by ccxt; the pace, the waiting and the network are ours.
"""

import difflib
import re
from collections.abc import Iterator
from typing import Any

import ccxt
import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.candles import Candles, build_candles
from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.sources.services._asked import asked_window
from hashquake.sources.services._exchange_wire import Exchange
from hashquake.sources.wire.retrying import Patience

CARD = SourceCard(
    name="price",
    title="Bitcoin's price in dollars from an exchange, through ccxt",
    gives=("readings",),
    owner="the exchange named",
    licence="the exchange's",
    capabilities=("history",),
    verified="ccxt against answers in the shape of Bitstamp's documentation; live: unverified",
    extra="live",
)
_PAGE_STEPS = 500
_SKEW_S = 120.0
_DOLLARS = re.compile(r"(BTC|XBT)/(USD|USDT|USDC)")


class Options(BaseModel):
    """Options of the source `price`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exchange: str = Field("bitstamp", description="an exchange as ccxt names it, such as kraken")
    symbol: str = Field("BTC/USD", description="BTC/USD, or BTC/USDT where there is no other")
    timeframe: str = Field("1h", description="length of a step, such as 1h or 1d")
    since: str = Field(description="first time to read, ISO 8601")
    until: str = Field("", description="end of the time to read; by default now")
    requests_per_second: float = Field(0.5, gt=0, le=100, description="most requests a second")
    timeout_s: float = Field(30.0, gt=0, le=86_400, description="seconds to wait for an answer")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Read the prices page by page; a step that is not over yet is left out.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The clock, waiting, the network.

    Yields
    ------
    Batch
        The prices of some steps, and the time with trade.

    Raises
    ------
    UsageError
        ``exchange-unknown``, ``symbol-unknown``, ``timeframe-unknown``, ``time-syntax``,
        ``window-reversed``, ``window-ahead``.
    SourceError
        ``service-unreachable``, ``service-timeout``, ``service-rate-limited``,
        ``service-failing``, ``service-forbidden``, ``service-error``, ``clock-skew``.
    FormatError
        ``answer-shape``, and those of `hashquake.core.candles.build_candles`.
    """
    if options.exchange not in ccxt.exchanges:
        raise _unknown("exchange", options.exchange, ccxt.exchanges)
    if not _DOLLARS.fullmatch(options.symbol):
        raise UsageError(
            f"{options.symbol!r} is not bitcoin in dollars",
            code="symbol-unknown",
            hint="write BTC/USD, or BTC/USDT",
        )
    asked = asked_window(options.since, options.until, now_s=context.now_s())
    patience = Patience(timeout_s=options.timeout_s, interval_s=1.0 / options.requests_per_second)
    with Exchange(options.exchange, context=context, patience=patience) as exchange:
        if options.timeframe not in exchange.timeframes:
            raise _unknown("timeframe", options.timeframe, exchange.timeframes)
        step_s = float(ccxt.Exchange.parse_timeframe(options.timeframe))
        at_s = asked.start_s // step_s * step_s
        steps = max(1, int((asked.end_s - at_s) // step_s))
        while at_s + step_s <= asked.end_s:
            rows = exchange.candles(
                options.symbol, options.timeframe, since_s=at_s, limit=_PAGE_STEPS
            )
            page = Window(start_s=at_s, end_s=min(asked.end_s, at_s + _PAGE_STEPS * step_s))
            candles = _candles(rows, step_s, page, now_s=context.now_s())
            if len(candles):
                source = f"{CARD.name}:{options.exchange}-{options.symbol}"
                yield Batch(readings=candles.readings(source), observed=candles.coverage.windows)
            at_s = _next_s(candles, page, step_s)
            done = min(steps, round((at_s - asked.start_s) / step_s))
            context.progress(Progress(done=done, total=steps, unit="steps"))


def _candles(rows: Any, step_s: float, page: Window, *, now_s: float) -> Candles:
    """Take the whole steps of a page; what lies outside it was not asked for."""
    try:
        table = np.array(
            [[np.nan if cell is None else float(cell) for cell in row[:6]] for row in rows],
            np.float64,
        ).reshape(-1, 6)
    except (TypeError, ValueError):
        raise FormatError(
            "the exchange's prices are not rows of six numbers",
            code="answer-shape",
            hint="nothing of it was kept; try another exchange",
        ) from None
    start_s = table[:, 0] / 1000
    ahead = start_s[start_s > now_s + _SKEW_S]
    if len(ahead):
        raise FormatError(
            f"the exchange gives a price of {format_time(float(ahead[0]))}, by our clock it is "
            f"{format_time(now_s)}",
            code="clock-skew",
            hint="set this machine's clock; if it is right, the exchange's is wrong",
        )
    whole = (start_s >= page.start_s) & (start_s + step_s <= min(page.end_s, now_s))
    table, start_s = table[whole], start_s[whole]
    return build_candles(
        start_s,
        step_s=step_s,
        open_usd=table[:, 1],
        high_usd=table[:, 2],
        low_usd=table[:, 3],
        close_usd=table[:, 4],
        volume_btc=table[:, 5],
    )


def _next_s(candles: Candles, page: Window, step_s: float) -> float:
    """Go on behind the last step given, as some exchanges give fewer than they are asked for."""
    if not len(candles):
        return page.end_s
    return min(float(candles.start_s[-1]) + step_s, page.end_s)


def _unknown(what: str, given: str, known: Any) -> UsageError:
    near = difflib.get_close_matches(given, list(known), n=1)
    some = ", ".join(list(known)[:12])
    return UsageError(
        f"there is no {what} {given!r}",
        code=f"{what}-unknown",
        hint=f"did you mean {near[0]}?" if near else f"such as {some}",
    )
