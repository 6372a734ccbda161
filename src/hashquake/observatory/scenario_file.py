"""A scenario's file, TOML or YAML, read without trust: size, depth and aliases are limited."""

import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from hashquake.core.errors import FormatError, UsageError
from hashquake.core.hostile_text import visible_text

ENDINGS = (".toml", ".yaml", ".yml")
MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 20
"""A scenario needs four levels of nesting."""


def read_scenario_file(path: Path) -> Any:
    """Read a scenario's file into tables, lists, numbers and texts.

    Parameters
    ----------
    path : Path
        A regular file of at most 1,000,000 bytes that ends in one of `ENDINGS`.

    Returns
    -------
    object
        As TOML or YAML gives it, nested at most 20 levels.

    Raises
    ------
    UsageError
        ``cannot-read`` when there is no such file, or it is not a regular one.
    FormatError
        ``scenario-malformed`` when it is too large or too deep, not UTF-8, not TOML or YAML, or
        uses YAML's aliases, by which a few lines can stand for gigabytes.
    """
    text = _text_of(path)
    try:
        data = tomllib.loads(text) if path.suffix == ".toml" else _yaml(text)
    except RecursionError:
        _refuse(path, f"is nested deeper than {MAX_DEPTH} levels")
    except (ValueError, OverflowError, ArithmeticError) as error:
        kind = "TOML" if path.suffix == ".toml" else "YAML"
        _refuse(path, f"is not valid {kind}: {visible_text(' '.join(str(error).split()))}")
    if _depth(data) > MAX_DEPTH:
        _refuse(path, f"is nested deeper than {MAX_DEPTH} levels")
    return data


def _text_of(path: Path) -> str:
    shown = visible_text(str(path))
    try:
        found = path.stat()
        # A pipe or a device would be waited for, or never end.
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"{shown} is not a regular file", code="cannot-read")
        if found.st_size > MAX_FILE_BYTES:
            _refuse(path, f"is larger than {MAX_FILE_BYTES:,} bytes")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {error.strerror}", code="cannot-read") from None
    except ValueError:
        raise UsageError(f"{shown} cannot be the name of a file", code="cannot-read") from None
    if len(content) > MAX_FILE_BYTES:
        _refuse(path, f"is larger than {MAX_FILE_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(path, "is not text in UTF-8")


def _yaml(text: str) -> Any:
    import yaml

    try:
        _check_events(yaml.parse(text, Loader=yaml.SafeLoader), yaml)
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _check_events(events: Iterable[Any], yaml: Any) -> None:
    """Refuse depth and aliases while reading, before anything nested or repeated is built."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not accepted; write the value out")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RecursionError


def _depth(data: Any) -> int:
    """Return how deeply tables and lists are nested, level by level."""
    depth, level = 0, [data]
    while level and depth <= MAX_DEPTH:
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        depth += bool(level)
    return depth


def _refuse(path: Path, problem: str) -> NoReturn:
    raise FormatError(f"{visible_text(str(path))} {problem}", code="scenario-malformed")
