"""Whom IODA knows: countries, networks, and regions under numbers of its own."""

import re
from collections.abc import Mapping
from typing import Any

from hashquake.core.errors import UsageError
from hashquake.core.subject import parse_subject
from hashquake.sources.services._asked import asked_list
from hashquake.sources.services._instrument import mismatch

_REGION = re.compile(r"([A-Z]{2})-(?:IODA)?([0-9]{1,6})")


def asked_regions(text: str) -> tuple[str, ...]:
    """Return the subjects of regions, written as country and IODA's number.

    The number is IODA's, and so its subject says: ISO 3166-2 has numbers too, of other places.

    Parameters
    ----------
    text : str
        Such as ``KZ-1234``, separated by commas.

    Raises
    ------
    UsageError
        ``region-unknown`` for what is not a number of IODA's.

    Examples
    --------
    >>> asked_regions("kz-4416")
    ('region:KZ-IODA4416',)
    """
    found = []
    for item in asked_list(text):
        parts = _REGION.fullmatch(item.upper())
        if parts is None:
            raise UsageError(
                f"{item!r} is not a region of IODA",
                code="region-unknown",
                hint="write the country and IODA's number for the region, such as KZ-4416; its "
                "dashboard shows the number in the address of the region's page",
            )
        found.append(f"region:{parts[1]}-IODA{int(parts[2])}")
    return tuple(found)


def entity_of(subject: str) -> tuple[str, str]:
    """Return a subject's type and code as IODA writes them.

    >>> entity_of("region:KZ-IODA4416")
    ('region', '4416')

    Parameters
    ----------
    subject : str
        A country, a region or an AS.
    """
    kind, name = parse_subject(subject)
    return kind, name.partition("-IODA")[2] if kind == "region" else name


def check_entity(subject: str, entity: Mapping[str, Any]) -> None:
    """Check that an answer's entity is the one asked for, its region's country included.

    Parameters
    ----------
    subject : str
        As asked.
    entity : mapping
        ``type`` and ``code``; ``fqid`` and ``country_code`` where IODA tells them.

    Raises
    ------
    FormatError
        ``answer-mismatch``.
    """
    found = (entity.get("type"), str(entity.get("code")).upper())
    if found != entity_of(subject):
        raise mismatch("subject", asked=subject, found=found)
    kind, name = parse_subject(subject)
    if kind != "region":
        return
    country = name.partition("-")[0]
    stated, path = entity.get("country_code"), entity.get("fqid")
    if stated is not None and stated != country:
        raise mismatch("subject", asked=subject, found=stated)
    if path is not None and country not in str(path).split("."):
        raise mismatch("subject", asked=subject, found=path)
