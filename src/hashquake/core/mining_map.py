"""A published map of mining: the shares of countries in the world's hash rate over a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, isfinite
from types import MappingProxyType

from hashquake.core.country import COUNTRIES, REST
from hashquake.core.errors import FormatError
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import format_time
from hashquake.core.window import Window

SUM_TOLERANCE = 0.005
"""Published shares are rounded; further from one than this, something is missing or wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MiningMap:
    """What one publisher said of one month, and when.

    Parameters
    ----------
    publisher : str
        Who made it; maps of different publishers are never mixed.
    window : Window
        The time it is about, usually a month.
    vintage_s : float
        When it was published, UTC Unix seconds: nobody knew it before.
    shares : mapping of str to float
        Two-letter country to share, 0 to 1; ``ZZ`` is the rest of the world.
    named_share : float
        How much of the world's hash rate sits in countries that the map names, 0 to 1.
    flagged : frozenset of str
        Countries whose share the publisher calls inflated by redirected addresses (VPN).
    """

    publisher: str
    window: Window
    vintage_s: float
    shares: Mapping[str, float]
    named_share: float
    flagged: frozenset[str] = frozenset()

    @property
    def middle_s(self) -> float:
        """The middle of the time it is about."""
        return (self.window.start_s + self.window.end_s) / 2


def build_map(
    shares: Mapping[str, float],
    *,
    publisher: str,
    window: Window,
    vintage_s: float,
    partial: bool = False,
    flagged: frozenset[str] = frozenset(),
) -> MiningMap:
    """Check shares and make a map of them.

    Parameters
    ----------
    shares : mapping of str to float
        Two-letter country, or ``ZZ``, to share, 0 to 1.
    publisher, window, vintage_s, flagged
        See `MiningMap`.
    partial : bool
        Whether the map may name less than the whole; the rest is then put under ``ZZ``.

    Raises
    ------
    FormatError
        ``country-unknown``; ``share-malformed`` for what is not a number; ``share-negative``;
        ``map-sum`` when the shares do not sum to one within `SUM_TOLERANCE`, or to more than one
        in a partial map; ``vintage-early`` when it was published before its time began.
    """
    where = f"the map of {visible_text(publisher, limit=40)} for {format_time(window.start_s)[:10]}"
    for country, share in shares.items():
        if country not in COUNTRIES and country != REST:
            raise FormatError(
                f"{where} names {visible_text(country, limit=20)!r}, which is not a country",
                code="country-unknown",
            )
        if not isfinite(share):
            raise FormatError(
                f"{where} gives {country} no number",
                code="share-malformed",
                hint="leave the row out where nothing is known, and say that the map is partial",
            )
        if share < 0:
            raise FormatError(f"{where} gives {country} {share:g}", code="share-negative")
    total = fsum(shares.values())
    if total > 1 + SUM_TOLERANCE or (not partial and total < 1 - SUM_TOLERANCE):
        raise FormatError(
            f"the shares of {where} sum to {total:.4g}, not to one within {SUM_TOLERANCE:g}",
            code="map-sum",
            hint="are they in percent?"
            if total > 2
            else "is a row missing? a map that does not name all may be read as partial"
            if total < 1
            else "is a country counted twice?",
        )
    if vintage_s < window.start_s:
        raise FormatError(
            f"{where} was published on {format_time(vintage_s)[:10]}, before its time began",
            code="vintage-early",
            hint="are vintage and month exchanged?",
        )
    kept = dict(shares)
    if total < 1 - SUM_TOLERANCE:
        kept[REST] = kept.get(REST, 0.0) + 1 - total
    else:  # rounding alone: the shares are made to sum to one
        kept = {country: share / total for country, share in kept.items()}
    return MiningMap(
        publisher=publisher,
        window=window,
        vintage_s=vintage_s,
        shares=MappingProxyType(kept),
        named_share=min(1.0, max(0.0, 1 - kept.get(REST, 0.0))),
        flagged=flagged,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedShare:
    """A single share as somebody published it, part of no map.

    Parameters
    ----------
    publisher : str
        Who.
    place : str
        Country, ISO 3166-2 subdivision or, with `within`, part of it.
    within : str
        What it is a share of: ``world``, or a country.
    share : float
        0 to 1.
    as_of_s : float
        The day it is about.
    vintage_s : float
        When it was published; the same day, where no other is known.
    """

    publisher: str
    place: str
    within: str
    share: float
    as_of_s: float
    vintage_s: float
