"""The lags of all sources, read off their cards without importing one."""

from functools import lru_cache

from hashquake.core.source_lags import SourceLags
from hashquake.plugins import list_plugins


@lru_cache(maxsize=1)
def source_lags() -> SourceLags:
    """Return the lags that the cards of the sources state."""
    cards = {info.name: info.card for info in list_plugins("sources")}
    return SourceLags(
        of_source={name: float(card.get("lag_s") or 0.0) for name, card in cards.items()},
        of_quantity={name: card["lags_s"] for name, card in cards.items() if card.get("lags_s")},
    )
