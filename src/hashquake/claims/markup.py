"""A page of HTML becomes its words, each with its place in the page.

Read in one pass without a tree, so that no nesting costs anything; trafilatura says which of the
blocks are the article's.
"""

import logging
import re
from array import array
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape

from hashquake.claims.extract import LONGEST_TEXT, Extraction, Question
from hashquake.core.claim import Claim
from hashquake.core.errors import UsageError

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|<[/!?]?[A-Za-z][^<>]*>|<[!?][^>]*>|&(?:#\w{1,8}|\w{2,31});",
    re.DOTALL,
)
_NAME = re.compile(r"</?\s*([A-Za-z][A-Za-z0-9]*)")
_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "nav", "footer", "aside", "form", "button",
    "select", "iframe", "object", "title", "textarea", "math",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "del", "data", "label",
})  # fmt: skip
_LOOKS_LIKE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|head|body|article|div|p|h1|section|main)\b",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:article:published_time|datePublished|date\.issued|DC\.date)[\"']?[^<>]{0,80}?"
    r"(20[0-3]\d-[01]\d-[0-3]\d(?:T[0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)",
    re.IGNORECASE,
)
_HEAD_CHARACTERS = 200_000
_MAIN_CHARACTERS = 2 * 2**20
_BLOCK_SAMPLE = 60
_ENOUGH = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The words of a page.

    Parameters
    ----------
    text : str
        Of its blocks, with a blank line between them.
    starts, ends : array of int
        Where each character of the text begins and ends in the page.
    """

    text: str
    starts: "array[int]" = field(repr=False)
    ends: "array[int]" = field(repr=False)

    def mapped(self, found: Extraction) -> Extraction:
        """Return what was found in the text with its places in the page.

        Parameters
        ----------
        found : Extraction
            Of `text`.
        """
        return replace(
            found,
            claims=tuple(self._claim(claim) for claim in found.claims),
            questions=tuple(
                Question(text=one.text, span=self._span(one.span)) for one in found.questions
            ),
        )

    def _claim(self, claim: Claim) -> Claim:
        return replace(
            claim,
            span=None if claim.span is None else self._span(claim.span),
            figure_span=None if claim.figure_span is None else self._span(claim.figure_span),
        )

    def _span(self, span: tuple[int, int]) -> tuple[int, int]:
        return self.starts[span[0]], self.ends[max(span[0], span[1] - 1)]


def is_markup(text: str) -> bool:
    """Return whether a text is HTML, by how it begins.

    Parameters
    ----------
    text : str
        Of any kind.
    """
    return bool(_LOOKS_LIKE.match(text[:2000]))


def published_of(text: str) -> float | None:
    """Return when a page says it was published, UTC Unix seconds; None where it does not.

    Parameters
    ----------
    text : str
        HTML.
    """
    match = _PUBLISHED.search(text[:_HEAD_CHARACTERS])
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1])
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def read_markup(text: str) -> Page:
    """Take the words out of a page; of the blocks, only the article's where that can be determined.

    Parameters
    ----------
    text : str
        HTML; hostile.

    Raises
    ------
    UsageError
        ``text-too-long``.
    """
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"the page is longer than {LONGEST_TEXT:,} characters",
            code="text-too-long",
            hint="give the article alone",
        )
    blocks = _blocks(text)
    main = _main_text(text)
    if main:
        kept = [one for one in blocks if _plain(one[0])[:_BLOCK_SAMPLE] in main]
        if sum(len(one[0]) for one in kept) >= _ENOUGH * len(main):
            blocks = kept
    words, starts, ends = [], array("I"), array("I")
    for block, block_starts, block_ends in blocks:
        words.append(block)
        words.append("\n\n")
        starts.extend(block_starts)
        ends.extend(block_ends)
        last = ends[-1] if ends else 0
        starts.extend((last, last))
        ends.extend((last, last))
    return Page(text="".join(words), starts=starts, ends=ends)


def _blocks(text: str) -> list[tuple[str, "array[int]", "array[int]"]]:
    reader = _Blocks()
    at = 0
    for match in _TOKEN.finditer(text):
        reader.plain(text, at, match.start())
        at = match.end()
        if match[0][0] == "&":
            reader.entity(unescape(match[0]), match.start(), match.end())
        elif named := _NAME.match(match[0]):
            reader.tag(named[1].lower(), match)
    reader.plain(text, at, len(text))
    reader.end()
    return reader.found


class _Blocks:
    """Collects the characters of blocks; spaces fall together."""

    def __init__(self) -> None:
        self.found: list[tuple[str, array[int], array[int]]] = []
        self._skipping, self._depth = "", 0
        self._new()

    def _new(self) -> None:
        self._words: list[str] = []
        self._starts: array[int] = array("I")
        self._ends: array[int] = array("I")
        self._spaced = True

    def tag(self, name: str, match: re.Match[str]) -> None:
        """Take in a tag: it ends a block, begins what is skipped, or stands within a line."""
        closing = match[0][1] == "/"
        if self._skipping:
            self._depth += 0 if name != self._skipping else -1 if closing else 1
            if self._depth <= 0:
                self._skipping = ""
        elif name in _SKIPPED and not closing and not match[0].endswith("/>"):
            self._skipping, self._depth = name, 1
            self.end()
        elif name == "br":
            self.entity("\n", match.start(), match.end())
        elif name not in _INLINE:
            self.end()

    def plain(self, text: str, start: int, end: int) -> None:
        if self._skipping or start >= end:
            return
        for match in re.finditer(r"[ \t\r\n\f]+|[^ \t\r\n\f]+", text[start:end]):
            low, high = start + match.start(), start + match.end()
            if match[0][0] in " \t\r\n\f":
                self._add(" ", low, high)
            else:
                self._words.append(match[0])
                self._starts.extend(range(low, high))
                self._ends.extend(range(low + 1, high + 1))
                self._spaced = False

    def entity(self, written: str, start: int, end: int) -> None:
        if self._skipping:
            return
        for character in written:
            self._add(character, start, end)

    def _add(self, character: str, start: int, end: int) -> None:
        if character == " " and self._spaced:
            return
        self._words.append(character)
        self._starts.append(start)
        self._ends.append(end)
        self._spaced = character in " \n"

    def end(self) -> None:
        if self._words:
            written = "".join(self._words)
            if written.strip():
                self.found.append((written, self._starts, self._ends))
            self._new()


def _main_text(text: str) -> str:
    """Return the words that trafilatura takes for the article's; empty where it finds none."""
    if len(text) > _MAIN_CHARACTERS:
        return ""
    import trafilatura

    # What it notes of a page's faults is nothing that a reader of the claims could mend.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(
            text, include_comments=False, favor_recall=True, deduplicate=False
        )
    except Exception:  # noqa: BLE001  a hostile page may break a reader of pages; the blocks remain
        return ""
    return _plain(found or "")


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
