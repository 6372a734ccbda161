"""Sources and pools by the names that readers know; programs keep the identifiers."""

from functools import lru_cache

from hashquake.datasets.transcribed import load_transcriptions
from hashquake.pools.registry import bundled
from hashquake.serve.language import message, translate

UNKNOWN = message("unknown")
_PREFIX = "transcribed:"


def source_name(source: str) -> str:
    """Name a source; one that is not known here keeps its identifier.

    Parameters
    ----------
    source : str
        Identifier of a source.

    Examples
    --------
    >>> source_name("transcribed:ioda_chart").endswith("read by eye"), source_name("ioda")
    (True, 'ioda')
    >>> source_name("price_table:bitstamp")
    'Bitstamp'
    """
    if source.startswith(_PREFIX):
        title, by_eye = _transcribed_names().get(source, ("", False))
        return _with_origin(title, by_eye=by_eye) if title else source
    table, _, market = source.partition(":")
    return market.capitalize() if table == "price_table" and market else source


def pool_name(pool: str) -> str:
    """Name a pool; a slug that is not in the registry stays as it is.

    Parameters
    ----------
    pool : str
        Slug of a pool.

    Examples
    --------
    >>> pool_name("foundryusa"), pool_name("nobody")
    ('Foundry USA', 'nobody')
    """
    if pool == UNKNOWN:
        return translate(UNKNOWN)
    return _pool_names().get(pool, pool)


@lru_cache(maxsize=1)
def _transcribed_names() -> dict[str, tuple[str, bool]]:
    return {
        one.source: (one.title, one.by_eye)
        for each in load_transcriptions()
        for one in each.instruments
    }


def _with_origin(title: str, *, by_eye: bool) -> str:
    """Return a title with how its series was copied; some titles state it themselves."""
    origin = message("read by eye") if by_eye else message("transcribed")
    return translate(title) if origin in title else f"{translate(title)}, {translate(origin)}"


@lru_cache(maxsize=1)
def _pool_names() -> dict[str, str]:
    return {pool.slug: pool.name for pool in bundled().pools}
