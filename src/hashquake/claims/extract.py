"""The claims in a text: what it says of hash rate, pools, countries, prices and power.

text -> plain text -> passages (sentences, languages) -> sentence (words, numbers, times)
-> reading (meaning)
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from hashquake.claims.each import of_each
from hashquake.claims.figures_continued import figures_continued
from hashquake.claims.hedges import hedges_at
from hashquake.claims.lexicon import LANGUAGES, lexicon, rarity_stems
from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.passages import Passage, language_of, passages_of
from hashquake.claims.plain_text import PlainText, plain_text
from hashquake.claims.ranks import ranks_in
from hashquake.claims.ranks_continued import ranked_on
from hashquake.claims.reading import meaning_of
from hashquake.claims.relative_times import shifted
from hashquake.claims.remembering import remembered
from hashquake.claims.sentence import SentenceRead, sentence_of
from hashquake.claims.speakers import speaker_of
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.timing import time_of
from hashquake.claims.units import Quantity
from hashquake.core.claim import Claim
from hashquake.core.errors import UsageError
from hashquake.core.window import Window

LONGEST_TEXT = 16 * 2**20
"""Characters; a longer text is refused: no article is a hundredth of it."""
_LETTER = re.compile(r"[^\W\d_]")
_OWN_LETTER = re.compile(r"[a-z\u00c0-\u024f\u0400-\u04ff]", re.IGNORECASE)
_OTHER_SCRIPT = re.compile(r"[^\x00-\xa9\u00c0-\u024f\u0400-\u04ff\u2000-\u2064\u20a0-\u20bf]")
"""A character that may be a letter and is none of those; most sentences have none."""
_ARTICLE = 20_000
"""Characters of the longest text that is taken to be of one matter."""
_COUNTED = ("count", "hashrate_share", "rank", "money_usd")
_MINING = ("topics:hashrate", "topics:mining", "topics:asset", "topics:difficulty")
_MOST_KEPT = 2000
"""Sentences kept taken apart, some ten kilobytes each."""
_LARGE = ("mega", "giga", "exa", "zetta", "мега", "гига", "экса", "зетта")
_EXTREMES = ("lowest", "highest", "unseen")
_WORDY = ("fractions", "multiples", "ranks")
_CUT = re.compile(r"[,;:]\s|\s[-\u2013\u2014]\s")
_TRIM = " \t\r\n,;:\u2013\u2014-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What has to be asked before a claim can be dated.

    Parameters
    ----------
    text : str
        The question.
    span : tuple of int
        The words it is about, characters.
    """

    text: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was found in a text.

    Parameters
    ----------
    claims : tuple of Claim
        In the order of the text, each with its span.
    questions : tuple of Question
        What cannot be determined from the text.
    language : str
        Of the text; a claim has its own.
    published_s : float or None
        As given, UTC Unix seconds.
    """

    claims: tuple[Claim, ...]
    questions: tuple[Question, ...]
    language: str
    published_s: float | None


def extract_claims(
    text: str, *, published_s: float | None = None, language: str | None = None, url: str = ""
) -> Extraction:
    """Find the claims in a plain text.

    Parameters
    ----------
    text : str
        As published; hostile. Nothing in it is fetched or executed.
    published_s : float or None
        When it was published, UTC Unix seconds; None where that is not known.
    language : str or None
        One of ``en``, ``de``, ``fr``, ``es``, ``pt``, ``ru``; None to find it.
    url : str
        Where it was published; may be empty.

    Raises
    ------
    UsageError
        ``language-unknown``; ``text-too-long``.
    """
    if language is not None and language not in LANGUAGES:
        raise UsageError(
            f"texts in the language {language!r} cannot be read",
            code="language-unknown",
            hint=f"known are {', '.join(LANGUAGES)}",
        )
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"the text is longer than {LONGEST_TEXT:,} characters",
            code="text-too-long",
            hint="give the article alone",
        )
    # Halves of characters are not text to any library; each becomes one mark, so spans stay exact.
    plain = plain_text(text.encode("utf-8", "replace").decode("utf-8"))
    text = plain.text
    claims: list[Claim] = []
    questions: dict[tuple[int, int], Question] = {}
    paragraph = -1
    listed: Claim | None = None
    unit: Quantity | None = None
    # Long texts are collections that repeat themselves: headlines, notices, quoted agencies.
    taken_apart: dict[tuple[str, str], SentenceRead] = {}
    passages: Iterable[Passage] = passages_of(text, language, wanted=_wanted())
    memory = Memory()
    if len(text) <= _ARTICLE:
        passages = list(passages)
        memory = replace(memory, in_text=_is_of_mining(passages, published_s, taken_apart))
    for passage in passages:
        if _is_foreign(passage.text):
            continue
        sentence = _taken_apart(passage, published_s, taken_apart)
        if passage.paragraph != paragraph:
            paragraph = passage.paragraph
            memory = replace(memory, topic="", subject="", sign=0, rate_hps=0.0)
            listed, unit = None, None
        earlier, frame = memory.window, memory.frame
        found, memory = _claims_of(sentence, memory, figures_continued(sentence, listed, unit))
        for figure, meaning, span in found:
            claim, named = _claim(
                passage, sentence, figure, meaning, span, published_s, url, earlier
            )
            claim = _framed(claim, frame if not sentence.times else None)
            claims.append(claim if listed is None else ranked_on(sentence, claim, listed))
            if named is not None and named.question:
                at = (passage.start + named.start, passage.start + named.end)
                questions[at] = Question(text=named.question, span=at)
        if found:
            listed = next((one for one in reversed(claims) if not one.is_former), claims[-1])
            unit = sentence.quantities[-1] if sentence.quantities else unit
    return Extraction(
        claims=tuple(_in_given(one, plain) for one in claims),
        questions=tuple(
            replace(one, span=plain.given_span(one.span)) for one in questions.values()
        ),
        language=language or (language_of(text[:20_000]) if text.strip() else "en"),
        published_s=published_s,
    )


def _in_given(claim: Claim, plain: PlainText) -> Claim:
    """Return a claim with its places in the text as given."""
    span, figure = claim.span, claim.figure_span
    return replace(
        claim,
        span=None if span is None else plain.given_span(span),
        figure_span=None if figure is None else plain.given_span(figure),
    )


def _framed(claim: Claim, frame: Window | None) -> Claim:
    """Return what was counted or shared with the time of the heading above it."""
    undated = claim.window is None and not claim.question and not claim.is_former
    if frame is None or not undated or claim.quantity not in _COUNTED:
        return claim
    return replace(claim, window=frame)


def _is_of_mining(
    passages: Sequence[Passage],
    published_s: float | None,
    kept: dict[tuple[str, str], SentenceRead],
) -> bool:
    """Whether any sentence names hash rate, mining, bitcoin or a pool."""
    sentences = (_taken_apart(one, published_s, kept) for one in passages)
    return any(
        one.pools or one.of(*_MINING) or any(each.kind == "hps" for each in one.quantities)
        for one in sentences
    )


def _taken_apart(
    passage: Passage, published_s: float | None, kept: dict[tuple[str, str], SentenceRead]
) -> SentenceRead:
    """Return a sentence taken apart, from those kept where it stood before in the text."""
    key = passage.text, passage.language
    sentence = kept.get(key)
    if sentence is None:
        sentence = sentence_of(passage.text, lexicon(passage.language), published_s)
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = sentence
    return sentence


def _is_foreign(text: str) -> bool:
    """Whether most letters of a sentence are of scripts that none of the languages is written in.

    Its figures would be taken for those of the sentence before: nothing else in it is understood.
    """
    if _OTHER_SCRIPT.search(text) is None:
        return False
    letters = len(_LETTER.findall(text))
    return len(_OWN_LETTER.findall(text)) * 2 < letters


@cache
def _wanted() -> re.Pattern[str]:
    """Return what a paragraph must have to claim anything: a digit, or a word that is a number."""
    phrases = {
        phrase
        for language in LANGUAGES
        for phrase in (
            *(one for section in _WORDY for one in lexicon(language).table[section]),
            *lexicon(language).table["units"]["percent"],
            *lexicon(language).table["roles"]["record"],
            *(one for role in _EXTREMES for one in lexicon(language).table["roles"][role]),
            *rarity_stems(lexicon(language).table.get("rarities", {})),
            # "A gigawatt" has neither digits nor a word that is a number.
            *(
                f"{one}{unit}"
                for one in _LARGE
                for unit in lexicon(language).table["units"]["watt"]
            ),
            *(
                f"{one}{unit}"
                for one in _LARGE
                for unit in lexicon(language).table["units"]["hash"]
            ),
        )
    }
    # The longest word of a phrase is the rarest: "largest" of "the largest".
    words = {max(phrase.split(), key=len).strip("*") for phrase in phrases}
    rare = "|".join(sorted(re.escape(word) for word in words if len(word) > 2))
    return re.compile(rf"\d|\b(?:{rare})", re.IGNORECASE)


def _claims_of(
    sentence: SentenceRead, memory: Memory, continued: Sequence[tuple[tuple[int, int], Meaning]]
) -> tuple[list[tuple[tuple[int, int], Meaning, tuple[int, int]]], Memory]:
    """Return number, meaning and stretch of each claim of a sentence, and what to remember."""
    found: list[tuple[tuple[int, int], Meaning, Quantity | None]] = []
    before: Meaning | None = None
    if _is_bare(sentence):
        return [], memory  # "Two thirds!" only says once more what was said before
    for quantity in sentence.quantities:
        meaning = meaning_of(sentence, quantity, memory, before)
        if meaning is not None:
            figure = (quantity.start, quantity.end)
            found += [(figure, one, quantity) for one in of_each(sentence, quantity, meaning)]
            # "Fell by 30 % to 740 EH/s, and that of Foundry by 60 %": it still speaks of a fall.
            falls_on = before is not None and not meaning.sign
            before = replace(meaning, sign=before.sign) if falls_on and before else meaning
    found += [(figure, meaning, None) for figure, meaning in continued]
    for cue, meaning in ranks_in(sentence, memory):
        found.append(((cue.start, cue.end), meaning, None))
    found.sort(key=lambda one: one[0])
    spans = _segments(sentence.text, [figure for figure, _, _ in found])
    return [
        (figure, meaning, span) for (figure, meaning, _), span in zip(found, spans, strict=True)
    ], remembered(sentence, memory, [meaning for _, meaning, _ in found])


def _is_bare(sentence: SentenceRead) -> bool:
    """Whether a sentence is nothing but a number."""
    if len(sentence.quantities) != 1 or (sentence.language == "ru" and sentence.times):
        return False
    one = sentence.quantities[0]
    return not _LETTER.search(sentence.text[: one.start] + sentence.text[one.end :])


def _segments(text: str, figures: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut a sentence into one stretch a number, at the comma or "and" before each but the first."""
    cuts = [0]
    for (_, end), (start, _) in pairwise(figures):
        between = text[end:start]
        marks = [match.end() for match in _CUT.finditer(between)]
        cuts.append(end + (marks[0] if marks else 0))
    cuts.append(len(text))
    return [_trimmed(text, start, end) for start, end in pairwise(cuts)] if figures else []


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    return start, end


def _claim(
    passage: Passage,
    sentence: SentenceRead,
    figure: tuple[int, int],
    meaning: Meaning,
    span: tuple[int, int],
    published_s: float | None,
    url: str,
    earlier: Window | None,
) -> tuple[Claim, TimeNamed | None]:
    named = time_of(sentence, figure, meaning)
    if named is not None and named.kind == "relative":
        named = shifted(named, earlier, published_s)
    as_quantity = Quantity(kind="percent", low=0, high=0, start=figure[0], end=figure[1])
    hedges = hedges_at(sentence, as_quantity)
    return Claim(
        text=sentence.text[span[0] : span[1]],
        subject=meaning.subject,
        quantity=meaning.quantity,
        low=meaning.low,
        high=meaning.high,
        relation=meaning.relation,
        window=meaning.window or (None if named is None else named.window),
        speaker=speaker_of(sentence, figure),
        url=url,
        language=passage.language,
        published_s=published_s,
        span=(passage.start + span[0], passage.start + span[1]),
        figure_span=(passage.start + figure[0], passage.start + figure[1]),
        is_former=meaning.is_former,
        measure=meaning.measure,
        question=named.question if named is not None and named.kind == "unsure" else "",
        hedge=", ".join(sentence.text[cue.start : cue.end].lower() for cue in hedges),
    ), named
