"""The rows of a TOML file that people write by hand, or what is wrong with it."""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hashquake.core.errors import FormatError, HashquakeError
from hashquake.datasets.toml_fields import fail, refuse_strangers

Row = TypeVar("Row")


def toml_rows(
    text: str, key: str, read: Callable[[Mapping[str, Any]], Row], *, name: str
) -> tuple[Row, ...]:
    """Read the tables of a file that holds one kind of them.

    Parameters
    ----------
    text : str
        TOML with ``[[key]]``.
    key : str
        Their name, a plural such as ``claims``.
    read : callable
        Makes a row of one table, or raises what is wrong.
    name : str
        Of the file, for errors.

    Raises
    ------
    FormatError
        ``claims-malformed`` for claims and so on, saying what is wrong.
    """
    try:
        table = tomllib.loads(text)
        refuse_strangers(table, {key}, f"a file of {key}")
        rows = table.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            fail(f"{key} must be tables, each headed [[{key}]]")
        return tuple(read(row) for row in rows)
    except HashquakeError as error:
        message = error.message
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        message = str(error)
    raise FormatError(
        f"the {key} of {name} cannot be read: {message}",
        code=f"{key}-malformed",
        hint="docs/how-to/check_a_story.md shows such a file",
    )
