"""A text as its words are meant: without marks that nobody sees, letters and ligatures composed.

Pages break long words with soft hyphens, some systems write an accent as a character of its own,
and text copied from a PDF has ligatures. Places in what is read lead back to the text as given.
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass

_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Soft hyphens, spaces and joiners without width, marks of direction."""
_ACCENTS = "\u0300-\u036f"
_LIGATURES = "\ufb00-\ufb06"
_OTHERWISE = re.compile(f"[{_UNSEEN}{_ACCENTS}{_LIGATURES}]")
_CLUSTER = re.compile(f"[{_UNSEEN}]|[^{_UNSEEN}][{_ACCENTS}]*", re.DOTALL)
_IS_UNSEEN = re.compile(f"[{_UNSEEN}]")
_IS_LIGATURE = re.compile(f"[{_LIGATURES}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """A text as it is read.

    Parameters
    ----------
    text : str
        What is read.
    starts, ends : array of int
        Where each of its characters begins and ends in the text as given; empty where both are
        the same.
    """

    text: str
    starts: "array[int]"
    ends: "array[int]"

    def given_span(self, span: tuple[int, int]) -> tuple[int, int]:
        """Return where words stand in the text as given.

        Parameters
        ----------
        span : tuple of int
            Where they stand in what is read, half-open, characters.
        """
        first, last = span
        if not self.starts or first >= last:
            return span
        return self.starts[first], self.ends[last - 1]


def plain_text(given: str) -> PlainText:
    """Return a text as it is read.

    Parameters
    ----------
    given : str
        As published.
    """
    starts, ends = array("L"), array("L")
    if _OTHERWISE.search(given) is None:
        return PlainText(text=given, starts=starts, ends=ends)
    parts = []
    for cluster in _CLUSTER.finditer(given):
        if _IS_UNSEEN.match(cluster.group()):
            continue
        is_ligature = _IS_LIGATURE.match(cluster.group()) is not None
        part = unicodedata.normalize("NFKC" if is_ligature else "NFC", cluster.group())
        parts.append(part)
        starts.extend([cluster.start()] * len(part))
        ends.extend([cluster.end()] * len(part))
    return PlainText(text="".join(parts), starts=starts, ends=ends)
