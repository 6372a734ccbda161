"""Name the pool of a block from its coinbase, and keep the evidence.

The rules, in order:

1. An address that the coinbase pays decides before a tag: anyone can write a text, only its
   owner gains from an address. Of several addresses the first output's decides. A coinbase that
   pays more than ``MOST_OWN_PAYOUTS`` addresses pays its miners, any of whom may own a registered
   address: there a tag decides first.
2. Some pools write text of their miners' choice into the coinbase. The tag of such a pool decides
   before any other tag, for that may be what the miner wrote; of several such, the first in the
   script. Of the other tags the longest decides; of equals the exact one before one that differs
   in ASCII case, then the first in the script. A tag that only follows ``mined by``, up to the
   next slash or control byte, is what a miner wrote of himself: it decides where no other does.
3. A tag inside a longer tag (``/ViaBTC/`` inside ``/ViaBTC/TATMAS Pool/``) is part of it.
4. Entries outside their dates, entries that yield to another pool, and tags that name a program
   that many run (``ckpool``) are evidence only.
5. With nothing to decide, the block's pool is ``unknown``, a subject like any other.

Evidence that names another pool than the one chosen is a conflict, listed and never hidden.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from hashquake.core.subject import UNKNOWN_POOL
from hashquake.pools.registry import Registry
from hashquake.pools.tag_matcher import TagFound

Rule = Literal["address", "tag", "none"]


class TagEvidence(NamedTuple):
    """One tag that stands in the script; a named tuple, because bulk work makes millions.

    Parameters
    ----------
    pool : str
        The slug of the pool that claims it.
    text : str
        The tag as the registry has it.
    position : int
        Its first byte in the coinbase script.
    exact : bool
        The bytes agree; False where their ASCII case differs.
    in_date : bool
        The entry counts at the block's header time.
    inside : bool
        It is part of a longer tag that counts.
    yields_to : str or None
        The pool that holds the tag where two claim it.
    miners_write : bool
        The pool writes text of its miners' choice next to it.
    software : bool
        It names a program, not who runs it.
    after_mined_by : bool
        It follows the words ``mined by``, where other tags stand in the script too.
    """

    pool: str
    text: str
    position: int
    exact: bool
    in_date: bool
    inside: bool
    yields_to: str | None
    miners_write: bool = False
    software: bool = False
    after_mined_by: bool = False

    @property
    def counts(self) -> bool:
        """Whether it may decide or contradict."""
        return self.in_date and not self.inside and self.yields_to is None and not self.software


class AddressEvidence(NamedTuple):
    """One registered address that the coinbase pays.

    Parameters
    ----------
    pool : str
        The slug of the pool that claims it.
    text : str
        The address.
    position : int
        Its place among the addresses that the coinbase pays.
    in_date : bool
        The entry counts at the block's header time.
    yields_to : str or None
        The pool that holds the address where two claim it.
    """

    pool: str
    text: str
    position: int
    in_date: bool
    yields_to: str | None

    @property
    def counts(self) -> bool:
        """Whether it may decide or contradict."""
        return self.in_date and self.yields_to is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """The pool of one block and why.

    Parameters
    ----------
    pool : str
        A slug of the registry, or ``"unknown"``.
    rule : {"address", "tag", "none"}
        The kind of evidence that decided.
    tags, addresses : tuple
        All evidence, also what did not count.
    conflicts : tuple of str
        Other pools that evidence which counts names; sorted.
    """

    pool: str
    rule: Rule
    tags: tuple[TagEvidence, ...] = ()
    addresses: tuple[AddressEvidence, ...] = ()
    conflicts: tuple[str, ...] = ()


MOST_OWN_PAYOUTS: Final = 5
"""Pools that keep the reward pay 1 to 3 addresses, those that pay miners directly 6 to hundreds:
1,745 real stale blocks show nothing in between."""

_MINED_BY: Final = re.compile(rb"mined by[^/\x00-\x1f]*", re.IGNORECASE)

NOTHING_FOUND: Final = Identification(pool=UNKNOWN_POOL, rule="none")


def identify(
    *, coinbase: bytes, payouts: Sequence[str], header_s: int, registry: Registry
) -> Identification:
    """Name the pool of one block.

    Parameters
    ----------
    coinbase : bytes
        The coinbase script as mined; any bytes.
    payouts : sequence of str
        The addresses that the coinbase pays, in the order of its outputs.
    header_s : int
        The header time; it selects the entries that count.
    registry : Registry
        The pools to choose from.

    Returns
    -------
    Identification
        ``rule == "none"`` and pool ``"unknown"`` where nothing counts. Nothing is raised:
        hostile bytes and odd addresses are simply not found.

    Examples
    --------
    >>> from hashquake.pools.registry import bundled
    >>> found = identify(
    ...     coinbase=b"..../ViaBTC/TATMAS Pool/", payouts=[], header_s=0, registry=bundled()
    ... )
    >>> found.pool, found.rule, [(tag.pool, tag.position, tag.inside) for tag in found.tags]
    ('tatmaspool', 'tag', [('tatmaspool', 4, False), ('viabtc', 4, True)])
    """
    tags = _tag_evidence(coinbase, header_s, registry)
    addresses = _address_evidence(payouts, header_s, registry)
    if not tags and not addresses:
        return NOTHING_FOUND
    named = [item for item in addresses if item.counts]
    written = [item for item in tags if item.counts]
    pool: str
    rule: Rule
    if named and not (written and len(payouts) > MOST_OWN_PAYOUTS):
        pool, rule = min(named, key=_address_rank).pool, "address"
    elif written:
        pool, rule = min(written, key=_tag_rank).pool, "tag"
    else:
        return Identification(pool=UNKNOWN_POOL, rule="none", tags=tags, addresses=addresses)
    others = {item.pool for item in named} | {item.pool for item in written}
    others.discard(pool)
    return Identification(
        pool=pool,
        rule=rule,
        tags=tags,
        addresses=addresses,
        conflicts=tuple(sorted(others)) if others else (),
    )


def identify_all(
    *,
    coinbases: Iterable[bytes],
    payouts: Iterable[Sequence[str]],
    headers_s: Iterable[int],
    registry: Registry,
) -> list[Identification]:
    """Name the pools of many blocks; the same as ``identify`` on each.

    Parameters
    ----------
    coinbases, payouts, headers_s : iterable
        One item a block, in the same order.
    registry : Registry
        The pools to choose from.

    Returns
    -------
    list of Identification
        One a block, in the order given.

    Raises
    ------
    ValueError
        The three do not have the same length.
    """
    return [
        identify(coinbase=coinbase, payouts=paid, header_s=header_s, registry=registry)
        for coinbase, paid, header_s in zip(coinbases, payouts, headers_s, strict=True)
    ]


def _address_rank(item: AddressEvidence) -> tuple[int, str]:
    return (item.position, item.pool)


def _tag_rank(item: TagEvidence) -> tuple[bool, bool, int, int, bool, int, str]:
    return (
        not item.miners_write,
        item.after_mined_by,
        item.position if item.miners_write else 0,
        -len(item.text.encode()),
        not item.exact,
        item.position,
        item.pool,
    )


def _tag_evidence(coinbase: bytes, header_s: int, registry: Registry) -> tuple[TagEvidence, ...]:
    found = registry.matcher.find(coinbase)
    if not found:
        return ()
    in_date = [item.tag.in_date(header_s) for item in found]
    # Only an entry that counts can swallow the shorter ones inside it.
    spans = [
        (item.position, item.position + item.length)
        for item, counts in zip(found, in_date, strict=True)
        if counts and item.tag.yields_to is None
    ]
    alone = len(found) == 1
    named = [] if alone else [match.span() for match in _MINED_BY.finditer(coinbase)]
    return tuple(
        [
            TagEvidence(
                item.pool,
                item.tag.text,
                item.position,
                item.exact,
                counts,
                not alone and _inside(item, spans),
                item.tag.yields_to,
                item.tag.miners_write,
                item.tag.software,
                not alone and any(start < item.position < end for start, end in named),
            )
            for item, counts in zip(found, in_date, strict=True)
        ]
    )


def _inside(item: TagFound, spans: list[tuple[int, int]]) -> bool:
    end = item.position + item.length
    return any(
        since <= item.position and end <= until and until - since > item.length
        for since, until in spans
    )


def _address_evidence(
    payouts: Sequence[str], header_s: int, registry: Registry
) -> tuple[AddressEvidence, ...]:
    owners = registry.owners
    paid = [(position, text) for position, text in enumerate(payouts) if text in owners]
    return tuple(
        [
            AddressEvidence(pool, text, position, address.in_date(header_s), address.yields_to)
            for position, text in paid
            for pool, address in owners[text]
        ]
    )
