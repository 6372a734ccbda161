"""Countries by their names, for readers; programs keep the two letters."""

import re
from functools import lru_cache

from hashquake.serve.language import ENGLISH, spoken, translate

_WITH_ARTICLE = ("United ", "Netherlands", "Philippines", "Maldives", "Bahamas", "Gambia")


@lru_cache(maxsize=1)
def known_names() -> dict[str, str]:
    """Return the English name of every country by its two letters."""
    from hashquake.core.country import country_names

    return country_names()


def country_name(country: str | None) -> str:
    r"""Name a country; letters that name none stay as they are.

    Parameters
    ----------
    country : str or None
        ISO 3166 alpha-2 code; None gives an empty text.

    Examples
    --------
    >>> country_name("KZ"), country_name("QQ"), country_name(None)
    ('Kazakhstan', 'QQ', '')
    """
    if country is None:
        return ""
    return spoken().country(country, known_names().get(country, country))


def in_a_sentence(place: str) -> str:
    """Return a place with its article, where English wants one.

    Parameters
    ----------
    place : str
        Name of a country or region.

    Examples
    --------
    >>> in_a_sentence("United States"), in_a_sentence("Iran")
    ('the United States', 'Iran')
    """
    if spoken() != ENGLISH:
        return place
    wants = place.startswith(_WITH_ARTICLE) or place.endswith(("Islands", "Republic"))
    return f"the {place}" if wants else place


def place_name(place: str, country: str | None) -> str:
    """Return the name of a place that is a country, in the language spoken here.

    Parameters
    ----------
    place : str
        In English; one of a province is found in the catalogs where it is bundled.
    country : str or None
        Its country's code.

    Examples
    --------
    >>> place_name("Kazakhstan", "KZ"), place_name("Texas", "US")
    ('Kazakhstan', 'Texas')
    """
    is_country = country is not None and known_names().get(country) == place
    return country_name(country) if is_country else translate(place)


def named(text: str, country: str | None) -> str:
    """Write a country's name where a sentence has its two letters.

    Parameters
    ----------
    text : str
        A sentence.
    country : str or None
        Code of the country it may mention.

    Examples
    --------
    >>> named("no registered power of CN is bundled", "CN")
    'no registered power of China is bundled'
    """
    if not country:
        return text
    return re.sub(rf"\b{re.escape(country)}\b", in_a_sentence(country_name(country)), text)
