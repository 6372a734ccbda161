"""What a number is about: ``network``, ``pool:antpool``, ``country:KZ``, ``asn:9198`` and so on.

A region begins with its country: ``region:KZ-ALA`` by ISO 3166-2, and ``region:KZ-IODA4416`` by a
number of IODA's own, whose borders are others. A site such as ``site:ekibastuz`` is a mining farm
that its operator describes in a file, see `hashquake.core.site`.
"""

import re
from typing import Literal, NamedTuple

from hashquake.core.errors import UsageError

NETWORK = "network"
POOLS = "pools"
"""All pools that report their hash rate, together; a subject of quakes and picks alone."""
BITCOIN = "asset:btc"
UNKNOWN_POOL = "unknown"
"""The pool of a block that nobody could be named for: a subject like any other."""

_PATTERNS = {
    "pool": re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}"),
    "country": re.compile(r"[A-Z]{2}"),
    "region": re.compile(r"[A-Z]{2}-[A-Z0-9]{1,12}"),
    "asn": re.compile(r"[1-9][0-9]{0,9}"),
    "asset": re.compile(r"[a-z0-9]{2,12}"),
    "site": re.compile(r"[a-z0-9][a-z0-9_-]{0,39}"),
}

SubjectKind = Literal["network", "pool", "country", "region", "asn", "asset", "site"]


class Subject(NamedTuple):
    """A subject taken apart: its kind and the name inside that kind.

    Parameters
    ----------
    kind : SubjectKind
        What it is.
    name : str
        Such as ``antpool`` or ``KZ``; empty for the network.
    """

    kind: SubjectKind
    name: str


def parse_subject(text: str) -> Subject:
    """Take a subject apart and check it.

    Parameters
    ----------
    text : str
        Such as ``network``, ``pool:antpool``, ``country:KZ`` or ``asn:9198``.

    Raises
    ------
    UsageError
        ``subject-syntax`` when it is not a subject.

    Examples
    --------
    >>> parse_subject("pool:antpool")
    Subject(kind='pool', name='antpool')
    >>> parse_subject("region:KZ-ALA").name.partition("-")[0]
    'KZ'
    """
    if text == NETWORK:
        return Subject("network", "")
    kind, _, name = text.partition(":")
    if not _fits(text):
        meant = next((one for one in _near(text) if one == NETWORK or _fits(one)), None)
        raise UsageError(
            f"{text!r} is not a subject",
            code="subject-syntax",
            hint=(f"did you mean {meant}? " if meant else "")
            + "write network, pool:antpool, country:KZ, region:KZ-ALA or asn:9198",
        )
    return Subject(kind, name)  # type: ignore[arg-type]  # the keys of _PATTERNS are the kinds


def _fits(text: str) -> bool:
    kind, colon, name = text.partition(":")
    pattern = _PATTERNS.get(kind)
    return bool(colon) and pattern is not None and bool(pattern.fullmatch(name))


def _near(text: str) -> tuple[str, ...]:
    """Return what may be meant by a text: other letters' size, or a name without its kind."""
    kind, _, name = text.partition(":")
    named = f"{kind.lower()}:{name}"
    return (
        text.lower(), f"{kind.lower()}:{name.lower()}", f"{kind.lower()}:{name.upper()}", named,
        f"country:{text}", f"pool:{text.lower()}",
    )  # fmt: skip


def is_private(subject: str) -> bool:
    """Return whether a subject is an operator's own, and left out of what needs no token.

    >>> is_private("site:ekibastuz"), is_private("country:KZ")
    (True, False)

    Parameters
    ----------
    subject : str
        Such as ``site:ekibastuz``.
    """
    return subject.startswith("site:")


def pool_subject(slug: str) -> str:
    """Return the subject of a pool.

    >>> pool_subject("antpool")
    'pool:antpool'

    Parameters
    ----------
    slug : str
        The pool's slug.
    """
    return f"pool:{slug}"
