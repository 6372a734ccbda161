"""A language whose every message is wrapped, so that text which passed no catalog stands out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from html import unescape
from unittest.mock import patch

from hashquake.serve import language

OPEN, CLOSE = "\u27e6", "\u27e7"
_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_SILENT = re.compile(r"<(script|style|code|cite|time|option|blockquote)\b.*?</\1>", re.DOTALL)
_ATTRIBUTES = re.compile(r'\s(?:aria-label|title|placeholder|alt|content|label)="([^"]*)"')


class Wrapping(NullTranslations):
    """Every message in double brackets."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{CLOSE}"


@contextmanager
def wrapped() -> Iterator[language.Language]:
    """Give a language whose messages are wrapped; its numbers and dates are German."""
    usual = language.catalog

    def catalog(code: str) -> NullTranslations:
        return Wrapping() if code == "de" else usual(code)

    with patch.object(language, "catalog", catalog):
        yield language.Language(code="de")


def unmarked(page: str, known: re.Pattern[str]) -> list[str]:
    """Return the words of a page that stand in no message and are not known to be names."""
    body = _SILENT.sub(" ", page)
    texts = [*re.split(r"<[^>]*>", body), *_ATTRIBUTES.findall(body)]
    # A message may hold elements: brackets are taken away from the page as a whole.
    whole = "\n".join(texts)
    while (shorter := _INNERMOST.sub(" ", whole)) != whole:
        whole = shorter
    found = []
    for line in unescape(whole).split("\n"):
        rest = known.sub(" ", line)
        if re.search(r"[A-Za-z]{2,}", rest):
            found.append(" ".join(rest.split()))
    return found
