"""A POST to an address of one's own, signed so that the receiver knows who sent it, and when.

The signature is HMAC-SHA256 of ``TIMESTAMP.BODY`` with the shared secret, in hexadecimal after
``v1=`` (RFC 2104). A name is resolved once, and only public addresses are connected to unless the
way allows private ones; a redirect is followed on the same server alone.
"""

import hashlib
import hmac
from collections.abc import Callable

import httpx

from hashquake.core import clock
from hashquake.core.errors import SourceError, UsageError
from hashquake.serve.alerts.outgoing import Outgoing, body_of, way_failure
from hashquake.serve.alerts.settings import WebhookWay
from hashquake.sources.wire.deadline import Deadline, within
from hashquake.sources.wire.transport import GuardedTransport, origin_of

_LARGEST_ANSWER_BYTES = 64 * 2**10
_MOST_REDIRECTS = 3
_SAME_REQUEST = (307, 308)
_NOWHERE = ("", 0)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body sent at a time.

    Parameters
    ----------
    secret : str
        Shared with the receiver.
    timestamp : str
        UTC Unix seconds, as in the header ``X-Hashquake-Timestamp``.
    body : bytes
        As it is sent.

    Examples
    --------
    >>> signature("0123456789abcdef", "1641379500", b"{}")[:19]
    'v1=5463d7e4be00001e'
    """
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class WebhookSender:
    """Sends to one address; every attempt is a connection of its own.

    Parameters
    ----------
    way : WebhookWay
        Where to.
    now_s : callable
        The clock, UTC Unix seconds.

    Raises
    ------
    UsageError
        ``alert-url`` for an address that cannot be one.
    """

    def __init__(self, way: WebhookWay, *, now_s: Callable[[], float]) -> None:
        self._way = way
        self._now_s = now_s
        url = _url(way)
        user, _, password = url.userinfo.decode("ascii", "replace").partition(":")
        self._auth = (user, password) if user else None
        self._url = url.copy_with(username=None, password=None)
        self._client = httpx.Client(
            transport=GuardedTransport(
                origin_of(url) if way.allow_private else _NOWHERE, allow_private=way.allow_private
            ),
            timeout=way.timeout_s,
            trust_env=False,
        )

    def __call__(self, outgoing: Outgoing) -> None:
        """Send an alert.

        Parameters
        ----------
        outgoing : Outgoing
            The alert.

        Raises
        ------
        SourceError
            ``alert-unreachable``, ``alert-timeout``, ``alert-refused``, ``alert-redirect``,
            ``alert-private``.
        """
        way, body = self._way, body_of(outgoing.alert)
        headers = _headers(way, outgoing, body, timestamp=f"{self._now_s():.0f}")
        request = self._client.build_request("POST", self._url, content=body, headers=headers)
        try:
            with within(Deadline(clock.monotonic_s, way.timeout_s)):
                _exchange(way, self._client, request, auth=self._auth)
        except SourceError as error:
            if error.code != "redirect-private":
                raise
            said = "leads to a private address; write allow_private = true to allow it"
            raise way_failure(way.name, said, "alert-private") from None
        except httpx.TimeoutException:
            said = f"did not answer within {way.timeout_s:g} s"
            raise way_failure(way.name, said, "alert-timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # The kind only: the text of a transport error may quote the request.
            said = f"cannot be reached ({type(error).__name__})"
            raise way_failure(way.name, said, "alert-unreachable") from None


def _url(way: WebhookWay) -> httpx.URL:
    try:
        url = httpx.URL(way.url.get_secret_value())
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(
            f"the address of the way {way.name} must be http or https",
            code="alert-url",
            hint="write it like https://example.org/hook",
        )
    return url


def _headers(way: WebhookWay, outgoing: Outgoing, body: bytes, *, timestamp: str) -> dict[str, str]:
    headers = {name: value.get_secret_value() for name, value in way.headers.items()}
    headers |= {
        "Content-Type": "application/json",
        # A connection that is kept may be closed by the other side just when it is used again.
        "Connection": "close",
        "User-Agent": "hashquake",
        "X-Hashquake-Key": outgoing.alert.key,
        "X-Hashquake-Timestamp": timestamp,
    }
    if way.secret is not None:
        secret = way.secret.get_secret_value()
        headers["X-Hashquake-Signature"] = signature(secret, timestamp, body)
    return headers


def _exchange(
    way: WebhookWay,
    client: httpx.Client,
    request: httpx.Request,
    *,
    auth: tuple[str, str] | None,
) -> None:
    for _ in range(_MOST_REDIRECTS + 1):
        response = client.send(request, stream=True, auth=auth, follow_redirects=False)
        try:
            status = response.status_code
            _read_some(response)
        finally:
            response.close()
        if 200 <= status < 300:
            return
        if not response.is_redirect:
            raise way_failure(way.name, f"answers HTTP {status}", "alert-refused")
        onward = response.next_request
        same = onward is not None and origin_of(onward.url) == origin_of(request.url)
        if onward is None or not same or status not in _SAME_REQUEST:
            # Neither headers nor signature are for another server.
            said = f"redirects elsewhere (HTTP {status}); give the final address"
            raise way_failure(way.name, said, "alert-redirect")
        request = onward
    raise way_failure(way.name, "redirects in a circle", "alert-redirect")


def _read_some(response: httpx.Response) -> None:
    """Read an answer whose words do not matter, and no more of it than is polite."""
    size_bytes = 0
    for part in response.iter_raw():
        size_bytes += len(part)
        if size_bytes > _LARGEST_ANSWER_BYTES:
            return
