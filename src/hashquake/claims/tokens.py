"""Words of a text with their places, and the phrases found among them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

_MOST_WORDS = 20_000
_NONE: list["_Phrase"] = []
_WORD = re.compile(r"[^\W_]+|[~≈<>]")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]*(?:[-\u2010\u2011'\u2019.&])?[\s\u00a0\u202f\u2009]*")


class Word(NamedTuple):
    """One word; a tuple, since a text makes more of them than of anything else.

    Parameters
    ----------
    text : str
        In lower case.
    start, end : int
        Where it stands, characters.
    joined : bool
        Whether nothing but spaces, a hyphen, an apostrophe or a dot stands before it.
    """

    text: str
    start: int
    end: int
    joined: bool


def words_of(text: str) -> list[Word]:
    """Split a text into words; digits count as letters.

    Parameters
    ----------
    text : str
        One sentence.
    """
    found: list[Word] = []
    before = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start == 1 and text[start - 1 : start] == "/":
            continue  # the second in a unit, which Cyrillic writes like a preposition
        between = text[before:start]
        joined = between == " " or _SPACES.fullmatch(between) is not None
        found.append(Word(match[0].lower(), start, end, joined))
        before = end
    return found


class Cue(NamedTuple):
    """A phrase of the lexicon found in a text; a tuple, since a text makes so many of them.

    Parameters
    ----------
    kind : str
        Its list in the lexicon, such as ``topic:price``.
    value : object
        What the lexicon says of it.
    start, end : int
        Characters.
    first, last : int
        Its first word and the word after its last.
    """

    kind: str
    value: object
    start: int
    end: int
    first: int
    last: int


_Phrase = tuple[tuple[str, ...], str, object]
"""The words behind the first, the kind and the value of the cue it makes."""


class _Starting(NamedTuple):
    """The phrases that may begin with a word, by what the next word has to be."""

    alone: tuple[_Phrase, ...]
    by_next: dict[str, list[_Phrase]]
    by_stem: tuple[_Phrase, ...]


class Phrases:
    """Phrases by their first word, so that a text is looked through once for all of them."""

    def __init__(self) -> None:
        self._whole: dict[str, list[_Phrase]] = defaultdict(list)
        self._stems: dict[str, list[_Phrase]] = defaultdict(list)
        self._lengths: set[int] = set()
        self._looked_up: dict[str, _Starting] = {}

    def add(self, phrase: str, kind: str, value: object = None) -> None:
        """Take in a phrase.

        Parameters
        ----------
        phrase : str
            Words in lower case; ``*`` at the end of a word stands for any ending.
        kind : str
            Of the cues it makes.
        value : object
            Of the cues it makes.
        """
        parts = _parts(phrase)
        if not parts:
            return
        self._looked_up.clear()
        first, rest = parts[0], tuple(parts[1:])
        if first.endswith("*"):
            self._stems[first[:-1]].append((rest, kind, value))
            self._lengths.add(len(first) - 1)
        else:
            self._whole[first].append((rest, kind, value))

    def find(self, words: list[Word]) -> list[Cue]:
        """Return every phrase that occurs, in the order of their first words.

        Parameters
        ----------
        words : list of Word
            From `words_of`.
        """
        found: list[Cue] = []
        count = len(words)
        looked_up = self._looked_up
        for at, word in enumerate(words):
            starting = looked_up.get(word.text)
            if starting is None:
                starting = self._starting(word.text)
            alone, by_next, by_stem = starting
            for _, kind, value in alone:
                found.append(Cue(kind, value, word.start, word.end, at, at + 1))
            if not (by_next or by_stem) or at + 1 == count or not words[at + 1].joined:
                continue
            longer = by_next.get(words[at + 1].text, _NONE)
            for rest, kind, value in (*longer, *by_stem) if by_stem else longer:
                last = _end_of(rest, words, at + 1)
                if last:
                    found.append(Cue(kind, value, word.start, words[last - 1].end, at, last))
        return found

    def _starting(self, word: str) -> _Starting:
        """Return the phrases that may begin with a word, and keep the answer."""
        found = list(self._whole.get(word, ()))
        for length in self._lengths:
            if length <= len(word):
                found += self._stems.get(word[:length], ())
        if len(self._looked_up) >= _MOST_WORDS:  # a text of made-up words must not fill the memory
            self._looked_up.clear()
        # A word may be listed twice, as it is and by its stem: it makes one cue.
        found = list(dict.fromkeys(found))
        by_next: dict[str, list[_Phrase]] = {}
        for one in found:
            if one[0] and not one[0][0].endswith("*"):
                by_next.setdefault(one[0][0], []).append(one)
        starting = _Starting(
            alone=tuple(one for one in found if not one[0]),
            by_next=by_next,
            by_stem=tuple(one for one in found if one[0] and one[0][0].endswith("*")),
        )
        self._looked_up[word] = starting
        return starting


@cache
def family_of(kind: str) -> str:
    """Return what stands before the colon of a kind, such as ``hedges``.

    Parameters
    ----------
    kind : str
        Of a cue.
    """
    return kind.partition(":")[0]


def longest(cues: Iterable[Cue]) -> list[Cue]:
    """Leave out each cue that lies within a longer one of those given.

    Parameters
    ----------
    cues : iterable of Cue
        Of one family of kinds.
    """
    kept: list[Cue] = []
    for cue in sorted(cues, key=lambda one: (one.start, -one.end)):
        if (
            kept
            and cue.end <= kept[-1].end
            and (cue.last - cue.first) < (kept[-1].last - kept[-1].first)
        ):
            continue
        kept.append(cue)
    return kept


def _parts(phrase: str) -> list[str]:
    return re.findall(r"[^\W_]+\*?|[~≈<>]", phrase.lower())


def _is(word: str, part: str) -> bool:
    """Whether a word is the one of a phrase; a star stands for any ending."""
    return word == part or (part[-1] == "*" and word.startswith(part[:-1]))


def _end_of(rest: tuple[str, ...], words: list[Word], at: int) -> int:
    """Return the word after a phrase's last, 0 where it does not go on as it should."""
    for part in rest:
        if at >= len(words) or not words[at].joined:
            return 0
        if not _is(words[at].text, part):
            return 0
        at += 1
    return at
