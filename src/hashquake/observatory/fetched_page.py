"""One page fetched because somebody asked for it, with the guards of every source.

The address is the user's; a redirect to a private address is refused, and the answer is bounded in
time and size.
"""

from typing import Any
from urllib.parse import urlsplit

from hashquake.core import clock
from hashquake.core.contracts import SourceContext
from hashquake.core.errors import SourceError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.observatory.no_record import NoRecord
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.retrying import Patience

_PATIENCE = Patience(tries=2, timeout_s=15.0, timeouts_in_all=2)


def fetch_page(url: str, *, transport: Any = None) -> bytes:
    """Fetch a page.

    Parameters
    ----------
    url : str
        ``http`` or ``https``.
    transport : object or None
        Stands for the network in tests.

    Returns
    -------
    bytes
        The body, unpacked.

    Raises
    ------
    UsageError
        ``url-malformed`` for another kind of address.
    SourceError
        ``service-error`` for any status but 200, and what `Http` raises.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(
            f"{visible_text(url)} is not an address of a page",
            code="url-malformed",
            hint="write https://...",
        )
    address = parse_address(url)
    context = SourceContext(
        record=NoRecord(), now_s=clock.now_s, sleep=clock.sleep, transport=transport
    )
    http = Http(address, who="service", context=context, patience=_PATIENCE)
    try:
        answer = http.get("")
    finally:
        http.close()
    if answer.status != 200:
        raise SourceError(
            f"{visible_text(address.url)} answered with status {answer.status}",
            code="service-error",
            hint="open it in a browser; a saved page can be given as a file",
        )
    return answer.body
