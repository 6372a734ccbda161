"""One pool file: TOML in, a checked ``Pool`` out.

The file's name is the pool's slug. Every complaint names the file and the key, because these
files are written by hand.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from hashquake.core.errors import FormatError
from hashquake.core.hostile_text import visible_text
from hashquake.core.subject import UNKNOWN_POOL
from hashquake.pools.entry import Address, Entry, Pool, Tag

SLUG_PATTERN: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Letters and digits; the record also knows one slug with a bracketed remark."""

LONGEST_SCRIPT_BYTES: Final = 100
"""Consensus allows a coinbase script of 2 to 100 bytes, so no longer tag can ever match."""

_ADDRESS_PATTERN: Final = re.compile(r"[0-9A-Za-z]{14,100}")
_ABOUT_KEYS: Final = frozenset({"slug", "name", "link", "note", "listed_as"})
_DATE_KEYS: Final = frozenset({"valid_from", "valid_to"})
_POOL_KEYS: Final = (
    _ABOUT_KEYS
    | _DATE_KEYS
    | {
        "dates_source",
        "miners_write",
        "tags",
        "addresses",
    }
)
_ENTRY_KEYS: Final = _DATE_KEYS | {"text", "lists", "yields_to"}
_EntryT = TypeVar("_EntryT", bound=Entry)
_Fail = Callable[[str, str], FormatError]


def read_pool(file_name: str, content: bytes) -> Pool:
    """Read one pool file.

    Parameters
    ----------
    file_name : str
        The name of the file, ``<slug>.toml``.
    content : bytes
        Its content, TOML in UTF-8.

    Raises
    ------
    FormatError
        The content is not TOML or not a pool; the code begins with ``pool-file``.
    """

    def fail(code: str, what: str) -> FormatError:
        return FormatError(
            f"pool file {file_name}: {what}",
            code=code,
            hint="docs/how-to/add_a_pool.md shows a complete file",
        )

    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # not TOML, long numbers, lists too deep
        said = visible_text(str(error), limit=120)
        raise fail("pool-file-toml", f"it must be TOML in UTF-8 ({said})") from None
    _only_known_keys(table, _POOL_KEYS, "the file", fail)
    slug = _text(table, "slug", fail)
    if file_name != f"{slug}.toml":
        raise fail("pool-file-slug", f"its slug is {slug!r}; file name and slug must agree")
    if not SLUG_PATTERN.fullmatch(slug) or slug == UNKNOWN_POOL:
        raise fail("pool-file-slug", f"{slug!r} is not a slug: use lower-case letters and digits")
    name = _text(table, "name", fail)
    if not name:
        raise fail("pool-file-value", "the name must not be empty")
    listed_as = _listed_as(table.get("listed_as", {}), fail)
    default = _Default(
        lists=tuple(who for who, _ in listed_as),
        since_s=_day_s(table, "valid_from", fail),
        until_s=_day_s(table, "valid_to", fail),
        miners_write=_switch(table, "miners_write", fail),
    )
    return Pool(
        slug=slug,
        name=name,
        link=_text(table, "link", fail, default=""),
        note=_text(table, "note", fail, default=""),
        dates_source=_text(table, "dates_source", fail, default=""),
        listed_as=listed_as,
        tags=_unique((_tag(row, default, fail) for row in _rows(table, "tags", fail)), fail),
        addresses=_unique(
            (_address(row, default, fail) for row in _rows(table, "addresses", fail)), fail
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Default:
    """What an entry has that says nothing else."""

    lists: tuple[str, ...]
    since_s: int | None
    until_s: int | None
    miners_write: bool


def _tag(row: Mapping[str, Any], default: _Default, fail: _Fail) -> Tag:
    _only_known_keys(row, _ENTRY_KEYS | {"any_case", "software"}, "a tag", fail)
    text = _text(row, "text", fail)
    if not 1 <= len(text.encode()) <= LONGEST_SCRIPT_BYTES:
        raise fail(
            "pool-file-value", f"the tag {text!r} must have 1 to {LONGEST_SCRIPT_BYTES} bytes"
        )
    return Tag(
        text=text,
        any_case=_switch(row, "any_case", fail, f" of tag {text!r}"),
        miners_write=default.miners_write,
        software=_switch(row, "software", fail, f" of tag {text!r}"),
        **_common(row, default, fail),
    )


def _address(row: Mapping[str, Any], default: _Default, fail: _Fail) -> Address:
    _only_known_keys(row, _ENTRY_KEYS, "an address", fail)
    text = _text(row, "text", fail)
    if not _ADDRESS_PATTERN.fullmatch(text):
        raise fail("pool-file-value", f"{text!r} is not an address")
    return Address(text=text, **_common(row, default, fail))


def _common(row: Mapping[str, Any], default: _Default, fail: _Fail) -> dict[str, Any]:
    since_s = _day_s(row, "valid_from", fail)
    until_s = _day_s(row, "valid_to", fail)
    since_s = default.since_s if since_s is None else since_s
    until_s = default.until_s if until_s is None else until_s
    if since_s is not None and until_s is not None and since_s >= until_s:
        raise fail("pool-file-dates", "valid_from must be before valid_to")
    return {
        "lists": _texts(row["lists"], "lists", fail) if "lists" in row else default.lists,
        "valid_from_s": since_s,
        "valid_to_s": until_s,
        "yields_to": _text(row, "yields_to", fail) if "yields_to" in row else None,
    }


def _day_s(row: Mapping[str, Any], key: str, fail: _Fail) -> int | None:
    day = row.get(key)
    if day is None:
        return None
    if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
        raise fail("pool-file-dates", f"{key} must be a day such as 2018-12-01 (UTC)")
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    return int(midnight.timestamp())


def _switch(row: Mapping[str, Any], key: str, fail: _Fail, of: str = "") -> bool:
    value = row.get(key, False)
    if not isinstance(value, bool):
        raise fail("pool-file-value", f"{key}{of} must be true or false")
    return value


def _text(row: Mapping[str, Any], key: str, fail: _Fail, *, default: str | None = None) -> str:
    text = row.get(key, default)
    if text is None:
        raise fail("pool-file-key", f"the key {key!r} is missing")
    if not isinstance(text, str):
        raise fail("pool-file-value", f"{key} must be a text")
    return text


def _texts(value: object, key: str, fail: _Fail) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise fail("pool-file-value", f"{key} must be a list of texts")
    return tuple(value)


def _rows(table: Mapping[str, Any], key: str, fail: _Fail) -> list[Mapping[str, Any]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise fail("pool-file-value", f"{key} must be a list of tables such as {{ text = '...' }}")
    return rows


def _listed_as(value: object, fail: _Fail) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise fail("pool-file-value", "listed_as must be a table of lists")
    return tuple((who, _texts(names, f"listed_as.{who}", fail)) for who, names in value.items())


def _unique(entries: Iterable[_EntryT], fail: _Fail) -> tuple[_EntryT, ...]:
    found = tuple(entries)
    texts = [entry.text for entry in found]
    if len(set(texts)) < len(texts):
        twice = sorted({text for text in texts if texts.count(text) > 1})
        raise fail("pool-file-twice", f"{', '.join(map(repr, twice))} is listed twice")
    return found


def _only_known_keys(
    row: Mapping[str, Any], known: frozenset[str], where: str, fail: _Fail
) -> None:
    odd = sorted(row.keys() - known)
    if odd:
        raise fail("pool-file-key", f"{where} has the unknown key {', '.join(odd)}")
