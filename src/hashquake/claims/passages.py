"""A text falls into sentences, each with its place and its language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from hashquake.claims.lexicon import LANGUAGES, lexicon

_BLANK = re.compile(r"\n[ \t\r]*\n\s*")
_ENDED = re.compile(r"[.!?:;\u2026\u201d\u00bb\"')\]]\s*$")
_ABBREVIATED = re.compile(
    r"\b(?:No|Nr|Mr|Mrs|Dr|ca|bzw|aprox|approx|тыс|млн|млрд|U\.S|vs|Mio|Mrd|Jan|Feb|Aug|Sept?"
    r"|Oct|Nov|Dec|est|Est|Inc|Corp|Ltd|Co|St|Mt|env|resp|inkl|usw|etw|долл|руб|г|гг|ул|им"
    r"|д-р|Sr|Sra|Dra|pág|EE|UU|p|pp|bn|mn)\.\s*$"
)
_SCALE_ENDS = re.compile(
    r"\d[\s\u00a0\u202f]?(?:тыс|млн|млрд|Mio|Mrd|bn|mn|долл|руб|mil|mi|bi)\.\s*$"
)
"""A number that ends a sentence: "they earned 60 mn."."""
_UNIT_FOLLOWS = re.compile(
    r"\s*(?:US[-\s$]|U\.S|Dollar|Euro|Franken|Kilowatt|Megawatt|Gigawatt|Menschen|Kunden|Haushalt"
    r"|Tonnen|Maschinen|Geräte|Einwohner|Bitcoin|BTC|США|[$€£])"
)
_UNIT_ENDS = re.compile(
    r"(?<=/[sSсС]\.)\s+(?=[^\W\d_a-zа-яё])|(?<=%\.)\s+(?=(?:19|20)\d\d\s)"
    r"|(?<=[^\W\d_]{5}\.)\s+(?=(?:19|20)\d\d\s)"
)
"""Where the splitter sees no end: behind "500 EH/s.", and before a year."""
_DAY_ENDS = re.compile(r"\b\d{1,2}\.\s*$")
_GERMAN_MONTH = re.compile(
    r"\s*(?:Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)", re.IGNORECASE
)
_GERMAN_ALONE = re.compile(r"\s*(?:Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b")
"""Names of months that no other of the languages has."""
_DOCUMENT_SAMPLE = 20_000
_PARAGRAPH_SAMPLE = 600
_SHORT = 60
_SHORT_LEAD = 2
"""By so many common words a short line has to be of another language than its text."""
_LEAST_COMMON = 4
"""Different common words of a language before a paragraph is taken to be in it unasked."""
_CLEAR_LEAD = 3
"""So many times as many common words as any other language has, and it is beyond doubt."""
_DOCUMENT_COMMON = 6
"""Different common words of a language before a text is taken to be in it unasked."""
_SENTENCE_COMMON = 3
"""Different common words before a sentence is taken to be in another language than the rest."""
_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LONGEST = 3000
_MOST_ALONE = 6
"""Words of a sentence that is only a number: "Almost two out of five."."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One sentence of a text.

    Parameters
    ----------
    text : str
        As published, line ends as spaces.
    start : int
        Where it begins, characters.
    language : str
        Two letters.
    paragraph : int
        The number of its paragraph.
    """

    text: str
    start: int
    language: str
    paragraph: int


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    columns = [at for at, one in enumerate(whole.nb_classes) if one in LANGUAGES]
    # One of its own: `set_languages` would keep all of some 140 languages in memory.
    return LanguageIdentifier(
        whole.nb_ptc[:, columns].copy(),
        whole.nb_pc[columns].copy(),
        [whole.nb_classes[at] for at in columns],
        whole.tk_nextmove,
        whole.tk_output,
        tk_row=whole.tk_row,
    )


def _identified(text: str) -> str:
    """Return which of the languages of `LANGUAGES` a text is in most probably."""
    return str(_identifier().classify(text)[0])


def language_of(text: str) -> str:
    """Return the language of a whole text, by its commonest words where they leave no doubt.

    The identifier's model takes longer to load than an article to read.

    Parameters
    ----------
    text : str
        Plain text; its beginning decides.
    """
    sample = text[:_DOCUMENT_SAMPLE]
    letters = _LETTERS.findall(sample)
    if len(_CYRILLIC.findall(sample)) * 2 > sum(map(len, letters)):
        return "ru"
    words = {one.lower() for one in letters}
    counts = {one: len(words & lexicon(one).common) for one in LANGUAGES}
    first, second = sorted(LANGUAGES, key=lambda one: counts[one], reverse=True)[:2]
    if counts[first] >= _DOCUMENT_COMMON and counts[first] >= _CLEAR_LEAD * counts[second]:
        return first
    return _identified(sample)


def _spoken(paragraph: str, document: str) -> str:
    """Return the language of a paragraph, by its commonest words where they say it.

    The identifier is ten times as slow and, on a line or two, often wrong: it is asked about longer
    paragraphs alone, and only where those words leave it open.
    """
    if len(_CYRILLIC.findall(paragraph)) * 2 > len(paragraph):
        return "ru"  # the only one of them in that script
    words = set(_LETTERS.findall(paragraph.lower()))
    counts = {one: len(words & lexicon(one).common) for one in LANGUAGES}
    own = counts.pop(document)
    other = max(counts, key=lambda one: counts[one])
    third = max(own, *(counts[one] for one in counts if one != other))
    if counts[other] >= _CLEAR_LEAD * max(third, 1) and counts[other] >= _LEAST_COMMON:
        return other
    if own >= 2 * counts[other] and own >= _LEAST_COMMON:
        return document
    if len(paragraph) < _SHORT:
        return other if counts[other] >= own + _SHORT_LEAD else document
    return _identified(paragraph)


def _spoken_here(sentence: str, paragraph: str) -> str:
    """Return the language of a sentence: its paragraph's, unless its words leave no doubt."""
    words = _LETTERS.findall(sentence)
    if len(_CYRILLIC.findall(sentence)) * 2 > sum(map(len, words)):
        return "ru"
    found = {one.lower() for one in words}
    counts = {one: len(found & lexicon(one).common) for one in LANGUAGES}
    own = counts.pop(paragraph)
    third, second = sorted(counts.values())[-2:]
    # Romance languages share their commonest words: two of them say little where a third has one.
    least = _SENTENCE_COMMON - (third == own == 0)
    if second > third and second >= max(least, _CLEAR_LEAD * own):
        return max(counts, key=lambda one: counts[one])
    return paragraph


def passages_of(text: str, language: str | None, *, wanted: re.Pattern[str]) -> Iterator[Passage]:
    """Split a text into sentences.

    Parameters
    ----------
    text : str
        Plain text.
    language : str or None
        Its language where that is known; None to find it, paragraph by paragraph.
    wanted : re.Pattern
        Paragraphs without a match are passed over.
    """
    document = language or language_of(text)
    for number, (start, paragraph) in enumerate(_paragraphs(text)):
        if not wanted.search(paragraph):
            continue
        spoken = document
        if language is None:
            spoken = _spoken(paragraph[:_PARAGRAPH_SAMPLE], document)
        for at, sentence in _sentences(paragraph, spoken):
            own = _spoken_here(sentence, spoken) if language is None else spoken
            yield Passage(text=sentence, start=start + at, language=own, paragraph=number)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for match in _BLANK.finditer(text):
        yield from _lines_joined(at, text[at : match.start()])
        at = match.end()
    yield from _lines_joined(at, text[at:])


def _lines_joined(start: int, text: str) -> Iterator[tuple[int, str]]:
    """Join the lines of a paragraph that was broken at the margin; keep those that stand alone."""
    lines = text.split("\n")
    if len(lines) == 1:
        yield start, text
        return
    at, pending, pending_at = start, "", start
    for line in lines:
        wrapped = (
            bool(pending)
            and len(pending.rpartition(" ")[0]) >= _SHORT - 15
            and not _ENDED.search(pending)
        )
        wrapped = wrapped or (bool(pending) and line[:1].islower())
        if pending and wrapped:
            pending = f"{pending} {line}"
        else:
            if pending.strip():
                yield pending_at, pending
            pending, pending_at = line, at
        at += len(line) + 1
    if pending.strip():
        yield pending_at, pending


def _sentences(paragraph: str, language: str) -> Iterator[tuple[int, str]]:
    from sentencex import segment

    at, pending, pending_at = 0, "", 0
    pieces = (part for one in segment(language, paragraph) for part in _UNIT_ENDS.split(one))
    for piece in pieces:
        found = paragraph.find(piece, at)
        if found < 0:
            continue
        # Without a space behind it, a full stop is part of a name: BTC.com, GHash.IO.
        whole = found == at and not pending[-1:].isspace() and piece[:1].isalnum()
        goes_on = (
            whole
            or _goes_on(pending, piece, language)
            or (bool(pending) and _points_back(pending, piece, language))
        )
        if pending and goes_on and len(pending) < _LONGEST:
            pending = paragraph[pending_at : found + len(piece)]
        else:
            if pending:
                yield from _cut(pending_at, pending)
            pending, pending_at = piece, found
        at = found + len(piece)
    if pending:
        yield from _cut(pending_at, pending)


def _goes_on(before: str, piece: str, language: str) -> bool:
    """Whether a sentence was cut at an abbreviation or at a German day: "am 5. Januar"."""
    if piece[:1].islower():
        return True
    if _ABBREVIATED.search(before):
        return _UNIT_FOLLOWS.match(piece) is not None or not _SCALE_ENDS.search(before)
    if not _DAY_ENDS.search(before):
        return False
    # A German sentence may stand in a paragraph of another language.
    return (_GERMAN_MONTH if language == "de" else _GERMAN_ALONE).match(piece) is not None


def _points_back(before: str, piece: str, language: str) -> bool:
    """Whether a number alone is followed by what it is of: "40 percent. That is what ... lost"."""
    if len(before.split()) > _MOST_ALONE or not before.rstrip().endswith((".", "!", "\u2026")):
        return False
    back, amount = _pointing(language)
    return back.match(piece) is not None and amount.search(before) is not None


@cache
def _pointing(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what points back at a number, and what makes words one: per cents and fractions."""
    table = lexicon(language).table
    amounts = [*table["units"]["percent"], *table["fractions"]]
    back, amount = (
        "|".join(_written(one) for one in sorted(phrases, key=len, reverse=True))
        for phrases in (table["roles"]["points_back"], amounts)
    )
    return (
        re.compile(rf"[\W_]*(?:{back})\b", re.IGNORECASE),
        re.compile(rf"%|\b(?:{amount})\b", re.IGNORECASE),
    )


def _written(phrase: str) -> str:
    """Return a pattern of a phrase of the lexicon, whatever stands between its words."""
    words = re.findall(r"\w+\*?", phrase)
    return r"\W+".join(re.escape(word).replace(r"\*", r"\w*") for word in words)


def _cut(start: int, text: str) -> Iterator[tuple[int, str]]:
    """Cut what never ends: no writer's sentence is so long."""
    for at in range(0, len(text), _LONGEST):
        yield start + at, text[at : at + _LONGEST]
