"""Polite HTTP: one request at a time, patient with failures, plain about what went wrong.

Shared by the sources that speak HTTP; what a status means beyond "try later" is theirs to say.
The network, the clock and waiting come in as arguments.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import unquote

import httpx

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.sources.wire.answer import Answer

LARGEST_ANSWER_BYTES = 256 * 1024 * 1024
"""Beyond it an answer is refused: no honest batch comes near, an endless one would eat memory."""
_AGENT = "hashquake (+https://github.com/hashquake/hashquake)"
_SECONDS = re.compile(r"[0-9]{1,9}")

Who = Literal["node", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to keep trying before giving up.

    Parameters
    ----------
    tries : int
        Attempts in all.
    first_wait_s, longest_wait_s : float
        The wait after the first failure, doubled after each further one, and its limit.
    longest_retry_after_s : float
        The longest wait a server may ask for; a longer one ends the run with its answer.
    timeout_s : float
        For connecting, and between two pieces of an answer.
    interval_s : float
        The least time between the starts of two requests.
    retry_statuses : frozenset of int
        Statuses that mean "try later".
    """

    tries: int = 4
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    longest_retry_after_s: float = 600.0
    timeout_s: float = 30.0
    interval_s: float = 0.0
    retry_statuses: frozenset[int] = frozenset({429, 500, 502, 503, 504})

    def wait_s(self, attempt: int) -> float:
        """Give the wait after a failed attempt, the first being 0."""
        return min(self.first_wait_s * 2.0 ** min(attempt, 60), self.longest_wait_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server is, with the credentials taken out of it so that they are never shown."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)


def parse_address(text: str) -> Address:
    """Take a URL apart.

    Raises
    ------
    UsageError
        ``url-malformed`` when it is no http or https URL with a host.
    """
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(
            "the URL given is no http or https address",  # not echoed: it may hold a password
            code="url-malformed",
            hint="write it like http://127.0.0.1:8332 or https://mempool.space",
        )
    user, _, password = url.userinfo.decode("ascii", "replace").partition(":")
    plain = str(url.copy_with(username=None, password=None, query=None, fragment=None))
    return Address(url=plain.rstrip("/"), user=unquote(user), password=unquote(password))


def retry_after_s(value: str | None, now_s: float) -> float | None:
    """Read a ``Retry-After`` header in either form, seconds or a date.

    Parameters
    ----------
    value : str or None
        The header.
    now_s : float
        UTC Unix seconds, for the date form.

    Returns
    -------
    float or None
        Seconds from now, never negative; None when absent or unreadable.

    Examples
    --------
    >>> retry_after_s("Wed, 05 Jan 2022 10:45:30 GMT", 1641379500.0)
    30.0
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now_s)
    except (TypeError, ValueError, OverflowError):
        return None


class Http:
    """A client for one server.

    Parameters
    ----------
    address : Address
        The server; paths are appended to its URL.
    who : {"node", "service"}
        The first word of error codes, such as ``node-unreachable``.
    context : SourceContext
        The network, the clock and waiting.
    patience : Patience
        Pace and persistence.
    token : str
        Sent as a bearer token, to this server only: not after a redirect to another.
    """

    def __init__(
        self,
        address: Address,
        *,
        who: Who,
        context: SourceContext,
        patience: Patience,
        token: str = "",
    ) -> None:
        self.url = address.url
        self.who = who
        self.patience = patience
        self._now_s: Callable[[], float] = context.now_s
        self.sleep: Callable[[float], None] = context.sleep
        self._started_s: float | None = None
        self._client = httpx.Client(
            transport=context.transport,
            timeout=patience.timeout_s,
            headers={
                "user-agent": _AGENT,
                "accept": "application/json, text/plain",
                **({"authorization": f"Bearer {token}"} if token else {}),
            },
            # A node's password must not follow a redirect to another host.
            follow_redirects=who == "service",
            trust_env=who == "service",
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def get(self, path: str) -> Answer:
        """Ask for a path under the server's URL; see `send`."""
        return self.send("GET", path)

    def send(
        self,
        method: str,
        path: str = "",
        *,
        json_body: Any = None,
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        """Send a request, again if the server says "later" or does not answer.

        Returns
        -------
        Answer
            With any status outside `Patience.retry_statuses`; the caller judges it.

        Raises
        ------
        SourceError
            ``node-unreachable``, ``node-timeout``, ``node-rate-limited``, ``node-failing`` and
            ``answer-too-long``; for services the first word is ``service``.
        """
        failure: SourceError | None = None
        for attempt in range(self.patience.tries):
            self._pace()
            wait_s = self.patience.wait_s(attempt)
            try:
                status, headers, body = self._exchange(method, path, json_body, auth)
            except httpx.TimeoutException:
                failure = self._error(
                    f"did not answer within {self.patience.timeout_s:g} s", "timeout"
                )
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
                # The kind only: the text of a transport error may quote the request.
                failure = self._error(f"cannot be reached ({type(error).__name__})", "unreachable")
            else:
                if status not in self.patience.retry_statuses:
                    return Answer(status=status, body=body)
                asked_s = retry_after_s(headers.get("retry-after"), self._now_s())
                failure = self._busy(status, body, asked_s)
                if asked_s is not None and asked_s > self.patience.longest_retry_after_s:
                    raise failure
                wait_s = wait_s if asked_s is None else asked_s
            if attempt + 1 < self.patience.tries:
                self.sleep(wait_s)
        raise failure or self._error("was never asked", "unreachable")

    def _exchange(
        self, method: str, path: str, json_body: Any, auth: tuple[str, str] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        with self._client.stream(
            method, self.url + path, json=json_body, auth=auth or httpx.USE_CLIENT_DEFAULT
        ) as response:
            parts: list[bytes] = []
            size_bytes = 0
            for part in response.iter_bytes():
                size_bytes += len(part)
                if size_bytes > LARGEST_ANSWER_BYTES:
                    raise SourceError(
                        f"the {self.who} {self.url} sent more than {LARGEST_ANSWER_BYTES} bytes",
                        code="answer-too-long",
                        hint="ask for fewer blocks at a time",
                    )
                parts.append(part)
            return response.status_code, response.headers, b"".join(parts)

    def _pace(self) -> None:
        now_s = self._now_s()
        if self._started_s is not None:
            # A clock that jumps must not turn into an endless wait.
            wait_s = min(
                self._started_s + self.patience.interval_s - now_s, self.patience.interval_s
            )
            if wait_s > 0:
                self.sleep(wait_s)
                now_s += wait_s
        self._started_s = now_s

    def _busy(self, status: int, body: bytes, asked_s: float | None) -> SourceError:
        if status == 429:
            hint = "" if asked_s is None else f"it asks to wait {asked_s:.0f} s; "
            return self._error(
                "asks for fewer requests (HTTP 429)", "rate-limited", hint + "lower the rate"
            )
        said = visible_text(body[:200], limit=80).strip()
        return self._error(f"fails with HTTP {status}: {said}", "failing")

    def _error(self, said: str, code: str, hint: str = "") -> SourceError:
        if not hint:
            hint = (
                "is it running, and is this its RPC address?"
                if self.who == "node"
                else "try again later, or another instance"
            )
        return SourceError(
            f"the {self.who} {self.url} {said}", code=f"{self.who}-{code}", hint=hint
        )
