"""Polite HTTP: patient with failures, and bounded in time, in size and in where it may lead.

Every source that asks a server goes through here. What a status means beyond "try later" is the
source's to say. The network, the clock and waiting come in as arguments.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import unquote

import httpx

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.sources.wire.answer import Answer
from hashquake.sources.wire.deadline import Deadline, within
from hashquake.sources.wire.retrying import LaterError, Patience, patiently
from hashquake.sources.wire.transport import (
    GuardedTransport,
    origin_of,
    refuse_private,
    tls_failure,
)
from hashquake.sources.wire.unpack import ACCEPTED, unpacked

LARGEST_ANSWER_BYTES = {"node": 256 << 20, "service": 32 << 20}
"""Beyond it an unpacked answer is refused: an honest one is far smaller, and JSON takes up to 30
times its size in memory."""
_MOST_REDIRECTS = 5
_AGENT = "hashquake (+https://github.com/hashquake/hashquake)"
_SECONDS = re.compile(r"[0-9]{1,9}")

Who = Literal["node", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """Where a server is, with the credentials taken out of it so that they are never shown.

    Parameters
    ----------
    url : str
        Without credentials.
    user, password : str
        Empty where there are none.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)


def parse_address(text: str) -> ServerAddress:
    """Take a URL apart.

    Parameters
    ----------
    text : str
        An ``http`` or ``https`` URL, with or without credentials.

    Raises
    ------
    UsageError
        ``url-malformed`` when it is not an http or https URL with a host.
    """
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(
            "the URL must be an http or https address",  # not echoed: it may hold a password
            code="url-malformed",
            hint="write it like http://127.0.0.1:8332 or https://mempool.space",
        )
    user, _, password = url.userinfo.decode("ascii", "replace").partition(":")
    plain = str(url.copy_with(username=None, password=None, query=None, fragment=None))
    return ServerAddress(url=plain.rstrip("/"), user=unquote(user), password=unquote(password))


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


def bounded_body(
    response: httpx.Response, deadline: Deadline, patience: Patience, *, who: Who, server: str
) -> bytes:
    """Read an answer's body, unpacked, as far as time, rate and size allow.

    Parameters
    ----------
    response : httpx.Response
        As streamed: its body not read yet.
    deadline : Deadline
        Begun with the request.
    patience : Patience
        Its timeout and least rate.
    who : {"node", "service"}
        Which limit of size holds.
    server : str
        The server, for the message.

    Raises
    ------
    httpx.ReadTimeout
        When the deadline is over, or the answer comes too slowly.
    httpx.DecodingError
        When the body is damaged.
    SourceError
        ``answer-too-long``, ``answer-encoding``.
    """
    limit_bytes = LARGEST_ANSWER_BYTES[who]

    def too_long() -> SourceError:
        return SourceError(
            f"{server} sent more than {limit_bytes:,} bytes",
            code="answer-too-long",
            hint="ask for fewer blocks, or a shorter time, at once",
        )

    def arriving() -> Iterator[bytes]:
        size_bytes = 0
        for part in response.iter_raw():
            yield part
            size_bytes += len(part)
            elapsed_s = deadline.elapsed_s()
            slow = size_bytes < patience.least_bytes_per_s * elapsed_s
            if deadline.left_s() <= 0 or (slow and elapsed_s > patience.timeout_s):
                raise httpx.ReadTimeout("too slow")

    if response.is_stream_consumed:  # of a transport that answers from memory, unpacked already
        return b"".join(
            unpacked([response.content], "", limit_bytes=limit_bytes, too_long=too_long)
        )
    encodings = response.headers.get("content-encoding", "")
    return b"".join(unpacked(arriving(), encodings, limit_bytes=limit_bytes, too_long=too_long))


class Http:
    """A client for one server.

    Parameters
    ----------
    address : ServerAddress
        The server; paths are appended to its URL.
    who : {"node", "service"}
        The first word of error codes, such as ``node-unreachable``.
    context : SourceContext
        The network, the clock and waiting.
    patience : Patience
        Pace and persistence.
    token, auth_header : str
        Sent to this server only, not after a redirect to another: as a bearer token, or as it is
        in a header of another name than ``authorization``.
    private_redirects : bool
        Whether a redirect may lead to a private address.
    """

    def __init__(
        self,
        address: ServerAddress,
        *,
        who: Who,
        context: SourceContext,
        patience: Patience,
        token: str = "",
        auth_header: str = "authorization",
        private_redirects: bool = False,
    ) -> None:
        self.url = address.url
        self.who = who
        self.patience = patience
        self._context = context
        self._started_s: float | None = None
        self._private_redirects = private_redirects
        self._origin = origin_of(httpx.URL(address.url))
        self._auth_header = auth_header
        sent = f"Bearer {token}" if auth_header.lower() == "authorization" else token
        self._client = httpx.Client(
            transport=context.transport
            or GuardedTransport(
                self._origin, allow_private=private_redirects, use_proxies=who == "service"
            ),
            timeout=patience.timeout_s,
            headers={
                "user-agent": _AGENT,
                "accept": "application/json, text/plain",
                "accept-encoding": ACCEPTED,
                **({auth_header: sent} if token else {}),
            },
            follow_redirects=False,  # each is checked first
            trust_env=False,  # the transport knows the proxies; a .netrc is not ours to use
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def sleep(self, duration_s: float) -> None:
        """Wait, as the context does.

        Parameters
        ----------
        duration_s : float
            Seconds.
        """
        self._context.sleep(duration_s)

    def get(self, path: str) -> Answer:
        """Ask for a path under the server's URL; see `send`.

        Parameters
        ----------
        path : str
            Under the server's URL.
        """
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

        Parameters
        ----------
        method, path : str
            Such as ``GET`` and ``/api/blocks``.
        json_body : object
            Sent as JSON; None for no body.
        auth : (str, str) or None
            Name and password.

        Returns
        -------
        Answer
            With any status outside `Patience.retry_statuses`; the caller judges it.

        Raises
        ------
        SourceError
            ``node-unreachable``, ``node-timeout``, ``node-rate-limited``, ``node-failing``; for
            services the first word is ``service``. ``answer-too-long``, ``answer-encoding``,
            ``redirect-private``.
        """
        return patiently(
            lambda: self._once(method, path, json_body, auth),
            self.patience,
            sleep=self._context.sleep,
            note=self._context.note,
        )

    def _once(self, method: str, path: str, json_body: Any, auth: tuple[str, str] | None) -> Answer:
        self._pace()
        deadline = Deadline(self._context.monotonic_s, self.patience.deadline_s)
        try:
            with within(deadline):
                status, headers, body = self._exchange(method, path, json_body, auth, deadline)
        except httpx.TimeoutException:
            raise LaterError(self._timeout(deadline)) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            broken = tls_failure(error)
            if broken:
                said = f"cannot be reached: TLS fails ({broken})"
                hint = "is it http:// there? a certificate of your own: name it in SSL_CERT_FILE"
                raise LaterError(self._error(said, "unreachable", hint)) from None
            # The kind only: the text of a transport error may quote the request.
            said = f"cannot be reached ({type(error).__name__})"
            raise LaterError(self._error(said, "unreachable")) from None
        if status in self.patience.retry_statuses:
            asked_s = retry_after_s(headers.get("retry-after"), self._context.now_s())
            raise LaterError(self._busy(status, body, asked_s), asked_s)
        return Answer(status=status, body=body)

    def _exchange(
        self,
        method: str,
        path: str,
        json_body: Any,
        auth: tuple[str, str] | None,
        deadline: Deadline,
    ) -> tuple[int, Mapping[str, str], bytes]:
        request = self._client.build_request(method, self.url + path, json=json_body)
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._client.send(
                request, stream=True, auth=auth or httpx.USE_CLIENT_DEFAULT
            )
            try:
                onward = response.next_request if self.who == "service" else None
                if onward is None:
                    body = bounded_body(
                        response,
                        deadline,
                        self.patience,
                        who=self.who,
                        server=f"the {self.who} {self.url}",
                    )
                    return response.status_code, response.headers, body
            finally:
                response.close()
            if origin_of(onward.url) != self._origin:
                onward.headers.pop(self._auth_header, None)
                if not self._private_redirects:
                    refuse_private(onward.url.host, server=f"the {self.who} {self.url}")
            request = onward
        raise httpx.TooManyRedirects("too many redirects", request=request)

    def _pace(self) -> None:
        now_s = self._context.now_s()
        if self._started_s is not None:
            # A clock that jumps must not turn into an endless wait.
            wait_s = min(
                self._started_s + self.patience.interval_s - now_s, self.patience.interval_s
            )
            if wait_s > 0:
                self._context.sleep(wait_s)
                now_s += wait_s
        self._started_s = now_s

    def _timeout(self, deadline: Deadline) -> SourceError:
        elapsed_s = deadline.elapsed_s()
        if elapsed_s > self.patience.timeout_s:
            return self._error(
                f"answers too slowly: after {elapsed_s:.0f} s the answer was not whole", "timeout"
            )
        return self._error(f"did not answer within {self.patience.timeout_s:g} s", "timeout")

    def _busy(self, status: int, body: bytes, asked_s: float | None) -> SourceError:
        asks = "" if asked_s is None else f"it asks to wait {asked_s:.0f} s; "
        if status == 429:
            return self._error(
                "asks for fewer requests (HTTP 429)", "rate-limited", asks + "lower the rate"
            )
        said = visible_text(body[:200], limit=80).strip()
        return self._error(f"fails with HTTP {status}: {said}", "failing", asks and asks + "later")

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
