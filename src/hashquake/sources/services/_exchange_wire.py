"""One exchange through ccxt: its pace, its waiting and its network are those of the context."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import ccxt
import httpx
import requests
from requests.adapters import BaseAdapter

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import HashquakeError, SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.sources.wire.deadline import Deadline, within
from hashquake.sources.wire.http import bounded_body
from hashquake.sources.wire.retrying import LaterError, Patience, patiently
from hashquake.sources.wire.transport import GuardedTransport
from hashquake.sources.wire.unpack import ACCEPTED

_LATER = (ccxt.RateLimitExceeded, ccxt.DDoSProtection, ccxt.NetworkError)
# The first that fits counts: ccxt's errors are a tree, and its branches come before their trunk.
_KINDS: tuple[tuple[Any, str, str, str], ...] = (
    (ccxt.BadSymbol, "symbol-unknown", "does not trade this", "try BTC/USDT, or another exchange"),
    (ccxt.RateLimitExceeded, "service-rate-limited", "asks for fewer requests", "lower the rate"),
    (ccxt.DDoSProtection, "service-rate-limited", "asks for fewer requests", "lower the rate"),
    (ccxt.RequestTimeout, "service-timeout", "did not answer in time", "try again later"),
    (ccxt.ExchangeNotAvailable, "service-failing", "is not available", "try again later"),
    (ccxt.NetworkError, "service-unreachable", "cannot be reached", "try again, or another"),
    (ccxt.PermissionDenied, "service-forbidden", "refuses", "it may not serve your country"),
    (ccxt.AuthenticationError, "service-forbidden", "wants a key", "try another exchange"),
    (ccxt.NotSupported, "service-error", "gives no history", "try another exchange"),
    (ccxt.BaseError, "service-error", "answers with an error", "try another exchange"),
)


class Exchange:
    """An exchange, asked for nothing but prices.

    Parameters
    ----------
    name : str
        As ccxt names it.
    context : SourceContext
        The clock, waiting, the network.
    patience : Patience
        Pace and persistence.
    """

    def __init__(self, name: str, *, context: SourceContext, patience: Patience) -> None:
        self._name, self._context, self._patience = name, context, patience
        settings = {"enableRateLimit": False, "timeout": int(patience.timeout_s * 1000)}
        self._client = getattr(ccxt, name)(settings)
        # Currencies are not needed, and some exchanges show them only to customers.
        self._client.has["fetchCurrencies"] = False
        self._asked_s: float | None = None
        self._client.session.trust_env = False  # the transport knows the proxies
        wire = _Wire(context, patience)
        for scheme in ("https://", "http://"):
            self._client.session.mount(scheme, wire)

    def __enter__(self) -> Self:
        """Do nothing: the first request opens the connection."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the connections."""
        self._client.session.close()

    @property
    def timeframes(self) -> tuple[str, ...]:
        """The lengths of a step that it knows."""
        return tuple(self._client.timeframes or ())

    def candles(self, symbol: str, timeframe: str, *, since_s: float, limit: int) -> Any:
        """Ask for some steps.

        Parameters
        ----------
        symbol : str
            Such as ``BTC/USD``.
        timeframe : str
            Such as ``1h``.
        since_s : float
            Start of the first step, UTC Unix seconds.
        limit : int
            At most so many steps.

        Returns
        -------
        list of list
            Milliseconds, open, high, low, close, volume.

        Raises
        ------
        SourceError, UsageError
            See `_KINDS`.
        """
        if not self._client.markets:
            self._patiently(self._client.load_markets)
        return self._patiently(
            lambda: self._client.fetch_ohlcv(
                symbol, timeframe, since=round(since_s * 1000), limit=limit
            )
        )

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        def once() -> Any:
            self._pace()
            try:
                return ask()
            except ccxt.BaseError as error:
                if isinstance(error, _LATER):
                    raise LaterError(self._said(error)) from None
                raise self._said(error) from None

        return patiently(once, self._patience, sleep=self._context.sleep, note=self._context.note)

    def _pace(self) -> None:
        now_s = self._context.now_s()
        if self._asked_s is not None:
            wait_s = min(
                self._asked_s + self._patience.interval_s - now_s, self._patience.interval_s
            )
            if wait_s > 0:
                self._context.sleep(wait_s)
                now_s += wait_s
        self._asked_s = now_s

    def _said(self, error: Exception) -> HashquakeError:
        _, code, words, hint = next(row for row in _KINDS if isinstance(error, row[0]))
        shown = visible_text(str(error)[:300], limit=120)
        make = UsageError if code == "symbol-unknown" else SourceError
        return make(f"the exchange {self._name} {words}: {shown}", code=code, hint=hint)


class _Wire(BaseAdapter):
    """Carries the client's requests, bounded as those of every other source."""

    def __init__(self, context: SourceContext, patience: Patience) -> None:
        super().__init__()
        self._context, self._patience = context, patience
        # ccxt knows the addresses of exchanges: all of them are public.
        self._transport = context.transport or GuardedTransport(("", 0), use_proxies=True)

    def send(self, request: Any, *_: Any, **_settings: Any) -> Any:
        """Send one request; a failure is the one that `requests` would have raised."""
        asked = httpx.Request(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )
        asked.headers["accept-encoding"] = ACCEPTED
        timeout_s = self._patience.timeout_s
        asked.extensions = {"timeout": dict.fromkeys(("connect", "read", "write"), timeout_s)}
        deadline = Deadline(self._context.monotonic_s, self._patience.deadline_s)
        try:
            with within(deadline):
                found = self._transport.handle_request(asked)
                try:
                    content = bounded_body(
                        found,
                        deadline,
                        self._patience,
                        who="service",
                        server=f"the exchange's server {asked.url.host}",
                    )
                finally:
                    found.close()
        except httpx.TimeoutException as error:
            raise requests.exceptions.Timeout(str(error)) from error
        except httpx.HTTPError as error:
            raise requests.exceptions.ConnectionError(str(error)) from error
        answer = requests.Response()
        answer.status_code = found.status_code
        answer.reason = found.reason_phrase
        answer.headers.update(found.headers)
        answer.url, answer.request = request.url, request
        answer._content = content  # noqa: SLF001  there is no other way in
        return answer

    def close(self) -> None:
        """Close the connections that are our own."""
        if self._context.transport is None:
            self._transport.close()
