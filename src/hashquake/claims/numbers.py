"""Numbers in a sentence, in digits or in words, with their places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from hashquake.claims.lexicon import Lexicon, lexicon
from hashquake.claims.tokens import Word

_SPACE = r"[ \u00a0\u202f\u2009]"
_LITERAL = re.compile(
    rf"(?<![^\W_])(?<!\d[.,])(?:\d{{1,3}}(?:{_SPACE}\d{{3}}(?!\d))+(?:[.,\u066b]\d+)?"
    r"|\d{1,3}(?:['\u2019]\d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,\u066b\u066c]\d+)*)"
)
_GROUPING = re.compile(rf"{_SPACE}|['\u2019]")
_MARKS = re.compile(r"[.,]")
_MOST_DIGITS = 30
_MOST_WORDS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number and where it stands.

    Parameters
    ----------
    value : float
        As written, without scale or unit.
    step : float
        One unit of its last digit.
    start, end : int
        Characters.
    text : str
        As written.
    """

    value: float
    step: float
    start: int
    end: int
    text: str


def read_digits(text: str, words: Lexicon) -> tuple[float, float] | None:
    """Return the value of a number in digits and of one unit of its last digit.

    A lone mark with three digits behind it is what the language makes of it; every other group of
    digits says itself what its mark is.

    >>> from hashquake.claims.lexicon import lexicon
    >>> read_digits("43.000", lexicon("de")), read_digits("12.8", lexicon("de"))
    ((43000.0, 1.0), (12.8, 0.1))

    Parameters
    ----------
    text : str
        Digits of any script, points, commas and spaces.
    words : Lexicon
        Of the language.
    """
    plain = _GROUPING.sub("", text).replace("\u066b", ".").replace("\u066c", ",")
    if len(plain) > _MOST_DIGITS:
        return None
    marks = [one for one in plain if one in ".,"]
    decimal = ""
    if len(set(marks)) == 2:
        decimal = marks[-1] if marks.count(marks[-1]) == 1 else ""
        if not decimal:
            return None
    elif len(marks) == 1:
        lead, _, tail = plain.partition(marks[0])
        grouped = len(tail) == 3 and len(lead) <= 3 and lead[:1] != "0"
        decimal = "" if grouped and marks[0] != words.decimal else marks[0]
    elif marks and any(len(part) != 3 for part in _MARKS.split(plain)[1:]):
        return None  # a date, a version or an address
    digits = "".join(
        "." if one == decimal else one for one in plain if one == decimal or one.isdigit()
    )
    places = len(digits.partition(".")[2])
    return float(digits), 10.0**-places


def numbers_in(text: str, words: list[Word], known: Lexicon) -> list[Number]:
    """Return the numbers of a sentence in their order.

    Parameters
    ----------
    text : str
        The sentence.
    words : list of Word
        Its words.
    known : Lexicon
        Of its language.
    """
    found: list[Number] = []
    for match in _LITERAL.finditer(text):
        read = read_digits(match[0], known)
        if read is not None:
            value, step = read
            found.append(
                Number(value=value, step=step, start=match.start(), end=match.end(), text=match[0])
            )
    ends = {one.end for one in found}
    # The "thousand" of "54 thousand" is a scale of the number before it.
    found += [
        one
        for one in _spelled(words, known)
        if not any(0 < one.start - end <= 1 for end in ends)
        or one.text not in known.table["scales"]
    ]
    return sorted(found, key=lambda one: one.start)


def _spelled(words: list[Word], known: Lexicon) -> list[Number]:
    found, at = [], 0
    joiners = known.table["numbers"]["joiners"]
    while at < len(words):
        if not _is_number_word(words[at].text, known):
            at += 1
            continue
        end = at + 1
        while end < len(words) and words[end].joined and end - at < _MOST_WORDS:
            if _is_number_word(words[end].text, known):
                end += 1
            elif (
                words[end].text in joiners
                and end + 1 < len(words)
                and _is_number_word(words[end + 1].text, known)
            ):
                end += 2
            else:
                break
        value = _value(" ".join(one.text for one in words[at:end]), known.language)
        while value is None and at + 1 < end:  # the article of "un veintiocho por ciento"
            at += 1
            value = _value(" ".join(one.text for one in words[at:end]), known.language)
        if value is not None:
            half = _half_behind(words, end, known)
            if half:
                value, end = value + 0.5, end + half
            found.append(
                Number(
                    value=value,
                    step=0.1 if half or value % 1 else 1.0,
                    start=words[at].start,
                    end=words[end - 1].end,
                    text=" ".join(one.text for one in words[at:end]),
                )
            )
        at = end
    return found


def _half_behind(words: list[Word], end: int, known: Lexicon) -> int:
    """Return how many words behind a number say "and a half"; 0 where none do."""
    for phrase in known.table["numbers"]["halves"]:
        parts = phrase.split()
        behind = words[end : end + len(parts)]
        if [one.text for one in behind] == parts and all(one.joined for one in behind):
            return len(parts)
    return 0


def _is_number_word(word: str, known: Lexicon) -> bool:
    if word in known.number_words or word in known.table["numbers"].get("wholes", ()):
        return True
    # German writes a number as one word.
    return (
        known.language == "de"
        and len(word) > 7
        and any(word.endswith(part) for part in _GERMAN_ENDS)
        and any(word.startswith(part) for part in _GERMAN_STARTS)
        and _value(word, "de") is not None
    )


_GERMAN_STARTS = ("ein", "zwei", "drei", "vier", "fünf", "sech", "sieb", "acht", "neun", "hundert")
_GERMAN_ENDS = ("zig", "ßig", "zehn", "hundert", "tausend", "elf", "zwölf", "eins", "zwei", "drei",
                "vier", "fünf", "sechs", "sieben", "acht", "neun")  # fmt: skip


@cache
def _value(words: str, language: str) -> float | None:
    values = lexicon(language).table["numbers"].get("values")
    if values is not None:
        return _added(words, values)
    wholes = lexicon(language).table["numbers"].get("wholes", {})
    if words in wholes:
        return float(wholes[words])
    from text_to_num import text2num

    try:
        return float(text2num(words, language))
    except ValueError:
        return None


def _added(words: str, values: Mapping[str, float]) -> float | None:
    """Add up number words, hundreds before tens before ones, in whatever case they stand."""
    found = [values[one] for one in words.split()]
    if any(before <= after for before, after in pairwise(found)):
        return None
    return float(sum(found))
