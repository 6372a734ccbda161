"""Languages of pages, reports and alerts: messages from catalogs, numbers and dates by locale.

A door (a request, an alert rule, a command) chooses a `Language` and makes its text inside
`speaking`. The choice belongs to the thread or task that makes the text, so one server answers
readers of several languages at the same time. Outside of `speaking` everything is English: JSON
documents, logs and errors never change with a reader.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import Any

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text

NAMES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "ru": "Русский",
    "es": "Español",
    "pt": "Português",
}
"""Every language by its two letters, each by the name that its readers know."""
DOMAIN = "hashquake"
_NBSP = "\N{NO-BREAK SPACE}"
_TWO_STOPS = re.compile(r"(?<=[^\W\d_])\.\.(?=\s|$)")
_DATES = {
    "date": "yMMMMd",
    "day": "MMMd",
    "long_day": "MMMMd",
    "month": "yMMMM",
    "short_month": "yMMM",
    "month_alone": "MMM",
}
"""What a date is made of, in the skeletons of Unicode's locale data."""
_ENGLISH_DATES = {
    "date": "%-d %B %Y",
    "day": "%-d %b",
    "long_day": "%-d %B",
    "month": "%B %Y",
    "short_month": "%b %Y",
    "month_alone": "%b",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language in which text is written.

    Parameters
    ----------
    code : str
        Two letters, one of `NAMES`.
    """

    code: str = "en"

    @property
    def name(self) -> str:
        """Its own name."""
        return NAMES.get(self.code, self.code)

    def text(self, message: str, **values: Any) -> str:
        """Return a message with its values.

        Parameters
        ----------
        message : str
            In English, as the catalogs have it, with named placeholders in braces.
        values
            What stands in place of them.
        """
        found = catalog(self.code).gettext(message) if message else ""
        # The stop of an abbreviation, such as a Russian date ends in, ends a sentence as well.
        return _TWO_STOPS.sub(".", found.format(**values)) if values else found

    def plural(self, one: str, many: str, count: int, **values: Any) -> str:
        """Return a message in the form that its number asks for.

        Parameters
        ----------
        one, many : str
            In English, for one and for any other number.
        count : int
            The number; ``{count}`` stands for it.
        values
            What stands in place of other placeholders.
        """
        found = catalog(self.code).ngettext(one, many, count)
        return found.format(count=self.number(f"{count:,}"), **values)

    def number(self, written: str) -> str:
        """Return a number that is written the English way with the marks of the language.

        Parameters
        ----------
        written : str
            Such as ``1,234.5``; other characters stay as they are.
        """
        decimal, group = _marks(self.code)
        if (decimal, group) == (".", ","):
            return written
        return written.translate({ord("."): decimal, ord(","): group})

    @property
    def between(self) -> str:
        """What stands between the two limits of an interval, without the space."""
        return "," if _marks(self.code)[0] == "." else ";"

    def date(self, moment: datetime, form: str = "date") -> str:
        """Return a date.

        Parameters
        ----------
        moment : datetime
            With its zone.
        form : {"date", "day", "long_day", "month", "short_month", "month_alone"}
            With month and year, short without the year, long without the year, month and year, the
            same with the month cut short, or the month alone.
        """
        if self.code == "en":
            return moment.strftime(_ENGLISH_DATES[form]).replace(" ", _NBSP)
        from babel.dates import format_skeleton

        written = format_skeleton(_DATES[form], moment, locale=self.code)
        return written.replace(" ", _NBSP)

    def country(self, letters: str, english: str) -> str:
        """Return the name of a country.

        Parameters
        ----------
        letters : str
            ISO 3166 alpha-2 code.
        english : str
            Its name in English, which stands where the language has none.
        """
        if self.code == "en":
            return english
        return _countries(self.code).get(letters, english)


ENGLISH = Language()
_SPOKEN: ContextVar[Language] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Write everything inside in a language: in this thread or task alone.

    Parameters
    ----------
    language : Language
        Chosen by a reader, a rule or a setting.
    """
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Language:
    """Return the language that text is written in here."""
    return _SPOKEN.get()


def message(text: str) -> str:
    """Mark a text of a table for the catalogs; it is translated where it is shown.

    Parameters
    ----------
    text : str
        In English.
    """
    return text


def translate(text: str, /, **values: Any) -> str:
    """Return a message with its values, in the language that is spoken here.

    Parameters
    ----------
    text : str
        As for `Language.text`.
    values
        What stands in place of its placeholders.
    """
    return spoken().text(text, **values)


def translate_plural(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return a message in the form that its number asks for, in the language spoken here.

    Parameters
    ----------
    one, many : str
        In English, for one and for any other number.
    count : int
        The number.
    values
        What stands in place of other placeholders than ``{count}``.
    """
    return spoken().plural(one, many, count, **values)


def between() -> str:
    """Return what stands between the two limits of an interval, without the space."""
    return spoken().between


def number(written: str) -> str:
    """Return a number with the marks of the language that is spoken here.

    Parameters
    ----------
    written : str
        The English way, such as ``1,234.5``.
    """
    return spoken().number(written)


def language_named(code: str) -> Language:
    """Return a language by its two letters.

    Parameters
    ----------
    code : str
        Such as ``de``.

    Raises
    ------
    UsageError
        ``language-unknown``.
    """
    if code not in NAMES:
        raise UsageError(
            f"language must be one of {', '.join(NAMES)}, got {visible_text(code, limit=20)!r}",
            code="language-unknown",
        )
    return Language(code=code)


def language_wanted(accepted: str) -> Language:
    """Return the language that a browser likes best of those there are; English where it has none.

    Parameters
    ----------
    accepted : str
        Its header ``Accept-Language``; what cannot be read is passed over.
    """
    best, best_weight = ENGLISH, 0.0
    for part in accepted[:1000].split(","):
        tag, _, quality = part.strip().partition(";")
        code = tag.strip().partition("-")[0].lower()
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
        except ValueError:
            continue
        if code in NAMES and best_weight < weight <= 1.0:
            best, best_weight = Language(code=code), weight
    return best


@lru_cache(maxsize=len(NAMES) + 2)
def catalog(code: str) -> NullTranslations:
    """Return the messages of a language.

    Parameters
    ----------
    code : str
        Two letters; English is the language of the messages themselves.
    """
    if code == "en":
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    folder = resources.files("hashquake.serve") / "languages" / code / "LC_MESSAGES"
    with (folder / f"{DOMAIN}.po").open("rb") as file:
        found = read_po(file, locale=code, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=len(NAMES) + 2)
def _marks(code: str) -> tuple[str, str]:
    """Return the decimal mark and the mark between groups of three digits."""
    if code == "en":
        return ".", ","
    from babel import Locale

    symbols = Locale.parse(code).number_symbols["latn"]
    return str(symbols["decimal"]), str(symbols["group"])


@lru_cache(maxsize=len(NAMES) + 2)
def _countries(code: str) -> dict[str, str]:
    from babel import Locale

    return {str(letters): str(name) for letters, name in Locale.parse(code).territories.items()}
