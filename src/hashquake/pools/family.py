"""Families: pools that appear to hand out one pool's block templates, as an overlay.

A family is never a pool. Blocks keep the pool that signed them; a family only says which pools
may fall together when one template maker fails. Membership is dated and uncertain, so every
member carries what it rests on.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hashquake.core.errors import FormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One pool of a family.

    Parameters
    ----------
    pool : str
        Its slug.
    assumed_from_s : int
        The header time from which observers assume membership.
    first_reported_s : int or None
        The day of the first source that names it for itself; None if only a group list does.
    doubt : str
        What speaks against it, or an empty text.
    sources : tuple of str
        Where it is reported.
    """

    pool: str
    assumed_from_s: int
    first_reported_s: int | None
    doubt: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Pools that appear to share block templates.

    Parameters
    ----------
    slug, name : str
        For programs and for people.
    certainty, since_note : str
        How much the claim is worth; to be shown wherever the family is.
    members : tuple of Member
        Sorted by slug.
    """

    slug: str
    name: str
    certainty: str
    since_note: str
    members: tuple[Member, ...]

    def pools_at(self, header_s: int, *, reported_only: bool = False) -> frozenset[str]:
        """Return the slugs of the members at a time.

        Parameters
        ----------
        header_s : int
            The time asked about.
        reported_only : bool
            Keep only members that had been reported by then: what an observer of that day could
            have known, instead of what is assumed today.
        """
        found = set()
        for member in self.members:
            since_s = member.first_reported_s if reported_only else member.assumed_from_s
            if since_s is not None and header_s >= since_s:
                found.add(member.pool)
        return frozenset(found)


@cache
def bundled_families() -> tuple[Family, ...]:
    """Return the families of this release, read once, sorted by slug.

    Source: the observers named in each file.
    """
    entries = (files("hashquake.pools") / "families").iterdir()
    found = [
        read_family(entry.name, entry.read_bytes())
        for entry in entries
        if entry.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda family: family.slug))


def read_family(file_name: str, content: bytes) -> Family:
    """Read one family file.

    Parameters
    ----------
    file_name : str
        The name of the file, ``<slug>.toml``.
    content : bytes
        Its content, TOML in UTF-8.

    Raises
    ------
    FormatError
        ``family-file`` when the content is not a family.
    """
    try:
        table = tomllib.loads(content.decode("utf-8"))
        sources: Mapping[str, str] = table["sources"]
        members = sorted(
            (_member(row, sources) for row in table["members"]), key=lambda member: member.pool
        )
        family = Family(
            slug=table["slug"],
            name=table["name"],
            certainty=table["certainty"],
            since_note=table["since_note"],
            members=tuple(members),
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise FormatError(
            f"family file {file_name}: {type(error).__name__}: {error}",
            code="family-file",
            hint="compare it with families/antpool.toml",
        ) from error
    if file_name != f"{family.slug}.toml":
        raise FormatError(
            f"family file {file_name}: its slug is {family.slug!r}",
            code="family-file",
            hint="file name and slug must agree",
        )
    return family


def _member(row: Mapping[str, Any], sources: Mapping[str, str]) -> Member:
    reported = row.get("first_reported")
    return Member(
        pool=row["pool"],
        assumed_from_s=_midnight_s(row["assumed_from"]),
        first_reported_s=None if reported is None else _midnight_s(reported),
        doubt=row.get("doubt", ""),
        sources=tuple(sources[key] for key in row["sources"]),
    )


def _midnight_s(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())
