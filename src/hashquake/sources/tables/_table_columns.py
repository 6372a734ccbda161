"""Which column of a table holds what: by an option, or by the names people use."""

import difflib
import re
from collections.abc import Mapping, Sequence

from hashquake.core.errors import FormatError, UsageError

_MARKS = re.compile(r"[\W_]+")
Fields = Mapping[str, Sequence[str]]
"""What a column may hold, and the names it is found by, the first found taken."""


def parse_map(text: str, fields: Fields) -> dict[str, str]:
    """Read a mapping such as ``height=H,time=T``.

    Parameters
    ----------
    text : str
        What the user wrote.
    fields : mapping
        What a column of this kind of table may hold.

    Returns
    -------
    dict
        Field to column name.

    Raises
    ------
    UsageError
        ``map-syntax``, with the nearest field where one was misspelt.

    Examples
    --------
    >>> parse_map("height=block no, time=mined at", {"height": (), "time": ()})
    {'height': 'block no', 'time': 'mined at'}
    """
    mapping: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, column = (word.strip() for word in part.partition("="))
        if not equals or not column or name not in fields or name in mapping:
            near = difflib.get_close_matches(name, fields, n=1)
            meant = f"did you mean {near[0]}? " if near and near[0] != name else ""
            raise UsageError(
                f"{part!r} does not say which column holds what",
                code="map-syntax",
                hint=f"{meant}write --map {_example(fields)}; known: {', '.join(fields)}",
            )
        mapping[name] = column
    return mapping


def match_columns(
    names: Sequence[str],
    mapping: dict[str, str],
    *,
    fields: Fields,
    required: Sequence[str],
    path: str,
) -> dict[str, str]:
    """Find the column of each field.

    Parameters
    ----------
    names : sequence of str
        The table's columns.
    mapping : dict
        What the user said; the rest is found by name, whatever its case and the marks between
        its words: ``prev_hash`` finds ``Prev Hash`` and ``prevHash``.
    fields : mapping
        What a column may hold.
    required : sequence of str
        The fields without which the table is of no use.
    path : str
        For messages.

    Returns
    -------
    dict
        Field to column name, only for fields that were found; those required always.

    Raises
    ------
    FormatError
        ``columns-missing`` with what was found and what may have been meant;
        ``columns-ambiguous`` when a column's name stands twice.
    """
    for field, column in mapping.items():
        if column not in names:
            near = difflib.get_close_matches(column, names, n=1)
            raise FormatError(
                f"{path} has no column {column!r} for {field}; it has {_listed(names)}",
                code="columns-missing",
                hint=f"did you mean --map {field}={near[0]}?" if near else "",
            )
    folded = {_plain(name): name for name in reversed(names)}
    folded |= {name.casefold(): name for name in reversed(names)}
    taken = set(mapping.values())
    found = dict(mapping)
    for field, usual in fields.items():
        if field not in found:
            spelt = (one for name in usual for one in (name, _plain(name)))
            candidates = (folded[name] for name in spelt if name in folded)
            column = next((name for name in candidates if name not in taken), "")
            if column:
                found[field] = column
    missing = [field for field in required if field not in found]
    if missing:
        suggested = ",".join(_suggested(field, fields, names) for field in missing)
        raise FormatError(
            f"{path} has no column for {' and '.join(missing)}; it has {_listed(names)}",
            code="columns-missing",
            hint=f"name them: --map {suggested}",
        )
    for field, column in found.items():
        if names.count(column) > 1:
            raise FormatError(
                f"{path} has several columns {column!r} for {field}", code="columns-ambiguous"
            )
    return found


def _plain(name: str) -> str:
    """Return a name's letters and digits alone."""
    return _MARKS.sub("", name.casefold()) or name


def _example(fields: Fields) -> str:
    return ",".join(f"{field}={field[0].upper()}" for field in list(fields)[:2])


def _suggested(field: str, fields: Fields, names: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in names}
    near = [
        folded[close]
        for usual in fields[field]
        for close in difflib.get_close_matches(usual, folded, n=1)
    ]
    return f"{field}={near[0]}" if near else f"{field}=COLUMN"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:20]) or "no columns"
    return shown if len(names) <= 20 else f"{shown} and {len(names) - 20} more"
