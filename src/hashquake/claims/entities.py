"""Pools by the names of the registry, found in a sentence whatever its language."""

from collections.abc import Iterator, Sequence

from hashquake.claims.tokens import Cue, Phrases
from hashquake.pools.registry import bundled

_COMMON = frozenset({"ocean", "phoenix", "helix", "parasite", "canoe", "wk057", "mononaut"})
"""Names that are words as well: taken only as the pool writes them, or with "pool" behind."""
_ALSO = {
    "foundryusa": ("foundry",),
    "antpool": ("ant pool",),
    "f2pool": ("f 2 pool", "fish pool"),
    "braiinspool": ("braiins", "slush pool", "slushpool"),
    "binancepool": ("binance",),
    "marapool": ("mara pool", "marathon pool"),
    "huobipool": ("huobi pool", "huobi"),
    "okexpool": ("okex pool", "okex"),
    "kucoinpool": ("kucoin pool",),
    "btccom": ("btc com",),
    "luxor": ("luxor",),
    "secpool": ("sec pool",),
    "spiderpool": ("spider pool",),
    "sbicrypto": ("sbi crypto",),
    "poolin": ("poolin",),
    "1thash": ("1 thash", "1thash"),
    "viabtc": ("via btc",),
}
_LED = {"marapool": ("mara", "marathon")}
"""What is a firm's name alone, and its pool's behind a word for one: "le pool MARA"."""
_LEADS = ("pool", "pool de", "pool d", "pool du", "pool da", "pool do", "pool von", "pool of",
          "пул", "пула", "пулу", "пулом", "пуле")  # fmt: skip
_SHORT = 4


def add_pools(phrases: Phrases) -> None:
    """Add the names of all pools of the registry.

    Parameters
    ----------
    phrases : Phrases
        Of a language.
    """
    for pool in bundled().pools:
        name = pool.name.lower()
        if len(name) >= _SHORT and not name.isdigit() and name != "unknown":
            phrases.add(name, "pool", pool.slug)
        for other in _ALSO.get(pool.slug, ()):
            phrases.add(other, "pool", pool.slug)
        if pool.slug in _ALSO or name in _COMMON:
            phrases.add(f"{name} pool", "pool", pool.slug)
        for led in (*_LED.get(pool.slug, ()), *((name,) if name in _COMMON else ())):
            for lead in _LEADS:
                phrases.add(f"{lead} {led}", "pool", pool.slug)


def _named(cues: Sequence[Cue]) -> Iterator[Cue]:
    return (one for one in cues if one.kind == "pool")


def pools_in(text: str, cues: Sequence[Cue], *, blocks: bool = False) -> list[Cue]:
    """Return the pools a sentence names, in their order.

    Parameters
    ----------
    text : str
        The sentence.
    cues : sequence of Cue
        Names of pools in it, among other phrases or alone.
    blocks : bool
        Whether it speaks of blocks: then even *Ocean* is a pool.
    """
    found: list[Cue] = []
    for cue in sorted(_named(cues), key=lambda one: (one.start, -one.end)):
        if found and cue.start < found[-1].end:
            continue
        written = text[cue.start : cue.end]
        if written.islower() and not any(part in written for part in ("pool", "btc", "hash")):
            continue
        if written.lower() in _COMMON and not (written.isupper() or blocks):
            continue
        found.append(cue)
    return found
