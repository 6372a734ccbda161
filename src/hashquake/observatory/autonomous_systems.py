"""Read what is known of a country's networks: whose they are, how large."""

import csv
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import get_args

from hashquake.core.autonomous_system import Access, AutonomousSystem
from hashquake.core.errors import FormatError, HashquakeError, InputError
from hashquake.core.regular_file import open_regular, refuse_special
from hashquake.core.subject import parse_subject

_COLUMNS = ("asn", "country", "weight_share", "access", "upstream")


def read_networks(path: Path) -> tuple[AutonomousSystem, ...]:
    """Read what is known of networks from a CSV file.

    Parameters
    ----------
    path : Path
        With the columns asn and country, and where known weight_share, access and upstream.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``columns-missing``; ``networks-malformed`` with the row.
    """
    refuse_special(path)
    try:
        with TextIOWrapper(open_regular(path), encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS[:2] if name not in (reader.fieldnames or ())]
            if missing:
                raise FormatError(
                    f"{path} has no column {' and '.join(missing)}",
                    code="columns-missing",
                    hint=f"its first line names columns; known: {', '.join(_COLUMNS)}",
                )
            return tuple(_network(row, at, path) for at, row in enumerate(reader, 1))
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", code="file-missing") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        said = str(error)[:80]
        raise InputError(f"{path} cannot be read: {said}", code="file-unreadable") from None


def registered_networks(path: Path, subjects: Sequence[str]) -> tuple[AutonomousSystem, ...]:
    """Return in which country networks are registered, which is not where their users are.

    Parameters
    ----------
    path : Path
        A registry's delegated-extended file, or a directory of them.
    subjects : sequence of str
        Those that are networks are looked up.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``, and what such a file may be refused for.
    """
    from hashquake.sources.routes._delegated import read_delegated

    refuse_special(path)
    files = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
    if not files:
        raise InputError(f"there is no file in {path}", code="file-missing")
    asns = [int(name.partition(":")[2]) for name in subjects if name.startswith("asn:")]
    countries = read_delegated(files).asns.countries_of(asns).tolist()
    return tuple(
        AutonomousSystem(asn=asn, country=country)
        for asn, country in zip(asns, countries, strict=True)
        if country
    )


def _network(row: Mapping[str, str | None], at: int, path: Path) -> AutonomousSystem:
    cells = {name: (row.get(name) or "").strip() for name in _COLUMNS}
    asn = cells["asn"].upper().removeprefix("AS")
    try:
        parse_subject(f"asn:{asn}")
        parse_subject(f"country:{cells['country'].upper()}")
        weight_share = float(cells["weight_share"]) if cells["weight_share"] else None
    except (HashquakeError, ValueError):
        raise _malformed(path, at) from None
    if weight_share is not None and not 0 <= weight_share <= 1:
        raise _malformed(path, at)
    access: Access | None = None
    if cells["access"]:
        access = next((word for word in get_args(Access) if word == cells["access"]), None)
        if access is None:
            raise _malformed(path, at)
    return AutonomousSystem(
        asn=int(asn),
        country=cells["country"].upper(),
        weight_share=weight_share,
        access=access,
        upstream=cells["upstream"] or None,
    )


def _malformed(path: Path, at: int) -> FormatError:
    return FormatError(
        f"row {at} of {path} does not describe a network",
        code="networks-malformed",
        hint="a row reads like 9198,KZ,0.6,fixed,1299: a share lies from 0 to 1, access is mobile, "
        "fixed or both",
    )
