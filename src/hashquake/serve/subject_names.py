"""Subjects by their names, for readers; programs keep ``pool:foundryusa``."""

from hashquake.core.subject import POOLS, parse_subject
from hashquake.serve.language import translate
from hashquake.serve.place_names import country_name
from hashquake.serve.source_names import pool_name


def subject_words(subject: str) -> str:
    """Name a subject for people.

    Parameters
    ----------
    subject : str
        Such as ``network`` or ``pool:foundryusa``; ``several`` for more than one.

    Examples
    --------
    >>> subject_words("country:KZ"), subject_words("pool:foundryusa"), subject_words("network")
    ('Kazakhstan', 'Foundry USA', 'the network')
    """
    if subject == "several":
        return translate("several places")
    if subject == POOLS:
        return translate("the pools that report")
    kind, name = parse_subject(subject)
    if kind == "country":
        return country_name(name)
    if kind == "pool":
        return pool_name(name)
    if kind == "site":
        return translate("the site {name}", name=name)
    return translate("the network") if kind == "network" else subject
