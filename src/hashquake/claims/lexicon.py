"""The words of a language by which claims are found, read from its file when first needed."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from hashquake.claims.entities import add_pools
from hashquake.claims.separable import Separable
from hashquake.claims.tokens import Phrases
from hashquake.core.country_names import TABLE

LANGUAGES = ("en", "de", "fr", "es", "pt", "ru")
_LISTS = ("topics", "direction", "roles", "hedges", "pools", "speakers", "time")
_TABLES = (
    "fractions",
    "multiples",
    "scales",
    "ranks",
    "ordinals",
    "spans_h",
    "quarters",
    "seasons",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The words of one language.

    Parameters
    ----------
    language : str
        Its two letters.
    decimal, group : str
        Usual marks in numbers.
    date_order : str
        Order of day and month in dates such as 5/1/2022: ``dmy``, ``mdy``, or ``ask`` where
        writers differ.
    phrases : Phrases
        All of them, each with its kind.
    number_words : frozenset of str
        Words that spell numbers.
    common : frozenset of str
        Its commonest words, by which it is distinguished from the others.
    separable : mapping
        Verbs in two parts.
    table : mapping
        The file as it is.
    """

    language: str
    decimal: str
    group: str
    date_order: str
    phrases: Phrases
    number_words: frozenset[str]
    common: frozenset[str]
    separable: Separable
    table: Mapping[str, Any]


@cache
def lexicon(language: str) -> Lexicon:
    """Read the lexicon of a language.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.
    """
    text = files("hashquake.claims").joinpath("lexicons", f"{language}.toml").read_text("utf-8")
    table = tomllib.loads(text)
    phrases = Phrases()
    for section in _LISTS:
        for kind, entries in table[section].items():
            if kind == "day_words":
                for day, entry in enumerate(entries, 1):
                    phrases.add(entry, "day_word", day)
                continue
            for entry in entries if isinstance(entries, list) else ():
                phrases.add(entry, f"{section}:{kind}")
    _add_tables(phrases, table)
    add_pools(phrases)
    _add_units(phrases, table["units"], table["numbers"]["halves"])
    _add_rarities(phrases, table.get("rarities", {}))
    _add_places(phrases, language, table["places"])
    _add_calendar(phrases, language, table.get("calendar", {}))
    return Lexicon(
        language=language,
        decimal=table["decimal"],
        group=table["group"],
        date_order=table["time"]["date_order"],
        phrases=phrases,
        number_words=frozenset(table["numbers"].get("values") or table["numbers"]["words"]),
        common=frozenset(table["common"]),
        separable=table.get("separable", {}),
        table=table,
    )


def _add_tables(phrases: Phrases, table: Mapping[str, Any]) -> None:
    for section in _TABLES:
        for entry, value in table[section].items():
            phrases.add(entry, section, value)
    for entry, number in table.get("weekdays", {}).items():
        phrases.add(entry, "weekday", number)
    for entry, day in table["holidays"].items():
        phrases.add(entry, "holiday", day)


def _add_units(phrases: Phrases, units: Mapping[str, Any], halves: Sequence[str]) -> None:
    for entry in halves:
        phrases.add(entry, "halves")
    for kind in ("percent", "points", "usd", "count", "others", "per_second"):
        for entry in units[kind]:
            phrases.add(entry, f"units:{kind}")
    for name, size in units["prefix"].items():
        for kind in ("hash", "watt"):
            for entry in units[kind]:
                phrases.add(f"{name}{entry}", f"units:{kind}", size)
                phrases.add(f"{name} {entry}", f"units:{kind}", size)


def rarity_stems(table: Mapping[str, Any]) -> list[str]:
    """Return how words begin that name an extreme with its time: "zweijahres", "двухлетн".

    Parameters
    ----------
    table : mapping
        The part ``rarities`` of a lexicon; empty for a language without such words.
    """
    return [f"{count}{unit}" for count in table.get("counts", {}) for unit in table.get("days", {})]


def _add_rarities(phrases: Phrases, table: Mapping[str, Any]) -> None:
    """Add what one phrase makes of an extreme and its time: "Zweijahrestief"."""
    for written, (count, number), (unit, days) in product(
        table.get("written", ()), table.get("counts", {}).items(), table.get("days", {}).items()
    ):
        for extreme in ("lowest", "highest"):
            for entry in table[extreme]:
                phrase = written.format(count=count, unit=unit, extreme=entry)
                phrases.add(phrase, "rarity_days", number * days)
                phrases.add(phrase, f"roles:{extreme}")


def _add_places(phrases: Phrases, language: str, adjectives: Mapping[str, list[str]]) -> None:
    """Add the countries: their names in the language, and its own words for what is theirs."""
    from babel import Locale

    known = {line.split()[0] for line in TABLE.strip().splitlines()}
    for code, name in Locale(language).territories.items():
        if code in known and len(name) > 2:
            phrases.add(_inflected(name) if language == "ru" else name, "place", code)
    for code, entries in adjectives.items():
        for entry in entries:
            phrases.add(entry, "place", code)


def _inflected(name: str) -> str:
    """Let the last letters of a Russian name differ, as cases make them."""
    *before, last = name.split()
    stem = last[:-1] if len(last) > 4 and last[-1] in "аяйьыио" else last
    stem = stem[:-1] if len(stem) > 4 and stem[-1] in "иы" else stem
    return " ".join([*before, f"{stem}*" if len(stem) >= 4 else last])


def _add_calendar(
    phrases: Phrases,
    language: str,
    cases: Mapping[str, list[list[str]]],
) -> None:
    if cases:  # a language whose names have cases, which the locale data lack
        for kind, first in (("month", 1), ("weekday", 0)):
            for number, entries in enumerate(cases[f"{kind}s"], first):
                for entry in entries:
                    phrases.add(entry, kind, number)
        return
    from babel import Locale

    locale = Locale(language)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                phrases.add(name, "month", number)
            for number, name in locale.days[context][width].items():
                if width == "wide" or (language == "en" and len(name) > 2):
                    # "Mittwochmittag" and "terça-feira" go on behind the name.
                    phrases.add(f"{name}*" if language == "de" else name, "weekday", number)
