"""The one place where text becomes a country: by its codes and its published names.

A name is known or it is not: no code is guessed from one that is spelt alike, for a wrong country
is worse than none. ``ZZ`` is the rest of the world that a map does not name.
"""

import difflib
import re
import unicodedata
from functools import lru_cache

from hashquake.core.country_names import (
    AMBIGUOUS,
    NO_COUNTRIES,
    NO_COUNTRY_NAMES,
    OTHER_CODES,
    OTHER_SPELLINGS,
    TABLE,
)
from hashquake.core.country_names_french import FRENCH
from hashquake.core.errors import FormatError
from hashquake.core.hostile_text import visible_text

REST = "ZZ"
"""The rest of the world: what a map does not name."""
_REST_NAMES = {"ZZ", "OTHER", "OTHERS", "REST", "REST OF THE WORLD", "REST OF WORLD", "UNKNOWN"}
_SHORT_WORDS = {
    "st": "saint",
    "rep": "republic",
    "dem": "democratic",
    "fed": "federated",
    "sts": "states",
    "pdr": "peoples democratic republic",
    "res": "resolution",
}
_PASSED_OVER = frozenset({"the", "of", "and", "la", "le", "les", "de", "du", "des", "et"})
_ELIDED = re.compile("\\b[ld]['\u2019]")
"""French articles before a vowel."""
_SEVERAL_NAMES = re.compile(r"[/()]")
_NUMBER = re.compile(r"([0-9]{1,3})(?:\.0)?")
_MOST_CHARACTERS = 120
_Key = tuple[str, ...]


def name_key(name: str) -> _Key:
    """Return the words of a name, whatever their order, accents, case and marks.

    Parameters
    ----------
    name : str
        Of a country, in any case.
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = _ELIDED.sub("", plain)
    for mark in (".", "'", "\u2019"):
        plain = plain.replace(mark, "")
    words = " ".join(_SHORT_WORDS.get(word, word) for word in re.findall(r"[^\W_]+", plain))
    return tuple(sorted(set(words.split()) - _PASSED_OVER))


_NAMES: dict[str, str] = {}
_ALPHA3: dict[str, str] = {}
_CODES: dict[str, str] = dict(OTHER_CODES)
_BY_NAME: dict[_Key, str] = {}
for _line in TABLE.strip().splitlines():
    _two, _three, _number, _listed = _line.split(" ", 3)
    _shown, *_others = _listed.split(" | ")
    _NAMES[_two], _ALPHA3[_two] = _shown, _three
    _CODES |= {_two: _two, _three: _two, _number: _two}
    _BY_NAME |= {name_key(_one): _two for _one in (_shown, *_others)}
for _line in (OTHER_SPELLINGS.strip() + FRENCH.rstrip()).splitlines():
    _two, _listed = _line.split(" ", 1)
    _BY_NAME |= {name_key(_one): _two for _one in _listed.split(" | ")}
_AMBIGUOUS = {name_key(name): meant for name, meant in AMBIGUOUS.items()}
_NO_COUNTRIES = {name_key(name): meant for name, meant in NO_COUNTRY_NAMES.items()}

COUNTRIES = frozenset(_NAMES)
"""Every two-letter code, the rest of the world not among them."""


def parse_country(text: str, *, rest: bool = False) -> str:
    """Read a country's code or name.

    Parameters
    ----------
    text : str
        Two or three letters (ISO 3166-1; ``UK`` is ``GB`` and ``EL`` is ``GR``), the UN's number,
        or an English or French name as ISO, the UN, Unicode, the World Bank or Cambridge (CCAF)
        publish it.
    rest : bool
        Whether ``other`` and ``ZZ`` mean the rest of the world.

    Returns
    -------
    str
        Two letters.

    Raises
    ------
    FormatError
        ``country-unknown``; the message names what a special code stands for.

    Examples
    --------
    >>> parse_country("KAZ"), parse_country("Iran, Islamic Rep."), parse_country("uk")
    ('KZ', 'IR', 'GB')
    >>> parse_country("Other", rest=True)
    'ZZ'
    """
    return _parse(text[: _MOST_CHARACTERS + 1].strip(), rest)


@lru_cache(maxsize=4096)
def _parse(text: str, rest: bool) -> str:
    code = text.upper()
    if rest and code in _REST_NAMES:
        return REST
    if number := _NUMBER.fullmatch(code):  # spreadsheets drop zeros in front
        code = number[1].zfill(3)
    found = _CODES.get(code) or _BY_NAME.get(name_key(text)) or _named_twice(text)
    if found is None:
        raise _unknown(text)
    return found


def _named_twice(text: str) -> str | None:
    """Return the country that has every name of a text such as ``Myanmar (Burma)``."""
    keys = [name_key(part) for part in _SEVERAL_NAMES.split(text)]
    found = {_BY_NAME.get(key) for key in keys if key}
    return found.pop() if len(found) == 1 else None


def _unknown(text: str) -> FormatError:
    shown = repr(visible_text(text, limit=40))
    hint = "write two letters of ISO 3166-1, such as KZ, or its English or French name"
    special = NO_COUNTRIES.get(text.upper())
    if special is not None:
        message = f"{shown} stands for {special}; it is not the code of a country"
    elif (named := _NO_COUNTRIES.get(name_key(text))) is not None:
        message = f"{shown} means {named}; it is not a country of ISO 3166-1"
    elif (both := _AMBIGUOUS.get(name_key(text))) is not None:
        message, hint = f"{shown} may be {both}", "write the two letters"
    else:
        message = f"{shown} is not a country of ISO 3166-1"
        near = difflib.get_close_matches(text.title(), _NAMES.values(), n=1, cutoff=0.8)
        if len(text) > 3 and near:
            hint = f"did you mean {near[0]}? " + hint
    return FormatError(message, code="country-unknown", hint=hint)


def country_subject(text: str, *, known: frozenset[str] = frozenset()) -> str:
    """Read a country's code or name as a subject.

    Parameters
    ----------
    text : str
        As for `parse_country`.
    known : frozenset of str
        Codes to be taken although nobody assigned them, such as a simulated country's.

    Raises
    ------
    FormatError
        ``country-unknown``.

    Examples
    --------
    >>> country_subject("kz"), country_subject("Kazakhstan")
    ('country:KZ', 'country:KZ')
    """
    code = text.strip().upper()
    return f"country:{code if code in known else parse_country(text)}"


def alpha3_of(country: str) -> str:
    """Return the three letters of a country given by its two.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2, upper case.
    """
    return _ALPHA3[country]


def country_names() -> dict[str, str]:
    """Return the English name of every country by its two letters."""
    return dict(_NAMES)
