"""The way to a server: every read keeps the deadline, and no redirect reaches a private address.

httpx limits the time between two pieces of an answer, so that a server which sends one byte at a
time is never given up; and it connects wherever a redirect points. Both are mended where
connections are made and read, below names and below TLS: a name is resolved once, and the address
that was checked is the one connected to.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from hashquake.core.errors import SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.sources.wire.deadline import current_deadline

Origin = tuple[str, int]
"""A host and a port."""
_PORTS = {"http": 80, "https": 443}
_PRIVATE_ENDINGS = frozenset(
    {"localhost", "local", "internal", "lan", "home", "corp", "intranet", "private"}
)
_CARRYING = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
"""Of IPv6, where the last 32 bits are an IPv4 address: mapped, translated, and by NAT64."""
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
_OLD_STYLE = ipaddress.IPv6Network("::/96")
_EXCEPTIONS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.NetworkError, httpx.ReadError),
    (httpcore.ProxyError, httpx.ProxyError),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
)


def origin_of(url: httpx.URL) -> Origin:
    """Return host and port of a URL, the port spelt out.

    >>> origin_of(httpx.URL("https://mempool.space/api"))
    ('mempool.space', 443)

    Parameters
    ----------
    url : URL
        Absolute.
    """
    return url.host, url.port or _PORTS.get(url.scheme, 0)


def is_private(address: str) -> bool:
    """Return whether an address is not one of the public Internet: loopback, local, reserved.

    Parameters
    ----------
    address : str
        An IPv4 or IPv6 address; anything else, such as a name, is not private.

    Examples
    --------
    >>> [is_private(one) for one in ("169.254.169.254", "::ffff:10.0.0.1", "127.1", "8.8.8.8")]
    [True, True, True, False]
    """
    plain = address.partition("%")[0].strip("[]").rstrip(".").lower()
    try:
        found = ipaddress.ip_address(plain)
    except ValueError:
        try:  # the forms that resolvers still take for an address: 127.1, 2130706433, 0x7f.1
            found = ipaddress.IPv4Address(socket.inet_aton(plain))
        except (OSError, ValueError):
            return plain.rpartition(".")[2] in _PRIVATE_ENDINGS
    if isinstance(found, ipaddress.IPv6Address):
        if found.is_site_local or found in _LOCAL_NAT64:
            return True
        found = _carried(found) or found
    return not found.is_global or found.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to, if any (RFC 4291, 6052, 3056)."""
    if any(address in block for block in _CARRYING) and int(address) >> 32:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _OLD_STYLE and int(address) > 1:  # neither :: nor ::1
        return ipaddress.IPv4Address(int(address))
    return address.sixtofour


def refuse_private(host: str, *, server: str) -> None:
    """Refuse a redirect to a private address.

    Parameters
    ----------
    host : str
        A name or an address.
    server : str
        Who redirects there, for the message.

    Raises
    ------
    SourceError
        ``redirect-private``.
    """
    if is_private(host):
        raise SourceError(
            f"{server} redirects to the private address {visible_text(host, limit=60)}",
            code="redirect-private",
            hint="it was not followed; if this is your own network, give the final address, or "
            "allow it with --private-redirects",
        )


def tls_failure(error: BaseException) -> str:
    """Return why a connection was not encrypted, in the words of OpenSSL; empty for other failures.

    Parameters
    ----------
    error : BaseException
        What the transport raised.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"certificate: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return (cause.reason or "no reason given").lower().replace("_", " ")
        cause = cause.__cause__ or cause.__context__
    return ""


class GuardedTransport(httpx.BaseTransport):
    """Connections to one server, and to where it redirects.

    Parameters
    ----------
    trusted : (str, int)
        Host and port that the user named: it may be private.
    allow_private : bool
        Whether redirects may lead to private addresses too.
    use_proxies : bool
        Whether the environment's proxies are used, as ``HTTPS_PROXY``.
    """

    def __init__(
        self, trusted: Origin, *, allow_private: bool = False, use_proxies: bool = False
    ) -> None:
        self._trusted, self._allow_private = trusted, allow_private
        self._proxies = getproxies() if use_proxies else {}
        self._making = Lock()
        self._pools: dict[tuple[str, bool], Any] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Parameters
        ----------
        request : Request
            To be sent.

        Raises
        ------
        httpx.TransportError
            When no answer comes.
        SourceError
            ``redirect-private``.
        """
        asked = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _translated():
            answer = self._pool(request.url).handle_request(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, url: httpx.URL) -> Any:
        proxy = "" if not self._proxies or proxy_bypass(url.host) else self._proxy_for(url.scheme)
        wants_tls = url.scheme == "https"
        with self._making:
            if (proxy, wants_tls) not in self._pools:
                # Reading the certificates takes as long as a hundred blocks from a local node.
                tls = httpx.create_ssl_context() if wants_tls else None
                self._pools[proxy, wants_tls] = self._make_pool(proxy, tls)
            return self._pools[proxy, wants_tls]

    def _proxy_for(self, scheme: str) -> str:
        return self._proxies.get(scheme) or self._proxies.get("all") or ""

    def _make_pool(self, proxy: str, tls: ssl.SSLContext | None) -> Any:
        if not proxy:
            backend = _GuardedBackend(self._trusted, allow_private=self._allow_private)
            return httpcore.ConnectionPool(ssl_context=tls, network_backend=backend)
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if parts.scheme not in _PORTS or not parts.hostname:
            raise UsageError(
                "the proxy named in the environment is neither http nor https",  # may hold a secret
                code="proxy-unsupported",
                hint="set HTTPS_PROXY to http://HOST:PORT, or unset it",
            )
        port = parts.port or _PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return httpcore.HTTPProxy(
            proxy_url=f"{parts.scheme}://{parts.hostname}:{port}",
            proxy_auth=(user, password) if user else None,
            ssl_context=tls,
            # Behind a proxy it is the proxy that resolves names, and decides where it connects.
            network_backend=_GuardedBackend((parts.hostname, port), allow_private=False),
        )


class _Body(httpx.SyncByteStream):
    """An answer's body as it comes."""

    def __init__(self, parts: Any) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._parts

    def close(self) -> None:
        self._parts.close()


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects where the user said; elsewhere only to public addresses."""

    def __init__(self, trusted: Origin, *, allow_private: bool) -> None:
        self._trusted, self._allow_private = trusted, allow_private
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, by addresses that were checked."""
        addresses = [host]
        if not self._allow_private and (host, port) != self._trusted:
            addresses = _public_addresses(host, port)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(
                    address, port, _limited(timeout), local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _TimedStream(stream)
        raise failure

    def sleep(self, seconds: float) -> None:
        """Wait before a connection is tried again; the pool is not asked to."""
        raise NotImplementedError(seconds)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose reads and writes keep the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _limited(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _limited(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _limited(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _limited(timeout_s: float | None) -> float | None:
    """Cut a timeout to what the deadline leaves."""
    deadline = current_deadline()
    if deadline is None:
        return timeout_s
    left_s = deadline.left_s()
    if left_s <= 0:
        raise httpcore.ReadTimeout("the deadline is over")
    return left_s if timeout_s is None else min(timeout_s, left_s)


def _public_addresses(host: str, port: int) -> list[str]:
    refuse_private(host, server="the server")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    addresses = [str(info[4][0]) for info in found]
    for address in addresses:
        refuse_private(address, server="the server")
    return addresses


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except tuple(kind for kind, _ in _EXCEPTIONS) as error:
        ours = next(ours for kind, ours in _EXCEPTIONS if isinstance(error, kind))
        raise ours(str(error)) from error
