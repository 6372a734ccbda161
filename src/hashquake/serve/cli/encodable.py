"""Text that any terminal can show: signs that its encoding does not hold are written in ASCII."""

import codecs
import io
import sys

_SOFTLY = "hashquake"
"""How our output meets signs that its encoding does not hold."""
_PLAIN = {
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u00b7": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u00d7": "x",
    "\u00b1": "+/-",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2248": "~",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u20bf": "BTC ",
    "\u2022": "*",
    "\u2192": "->",
    "\u2190": "<-",
    "\u2588": "#",
    "\u2591": ".",
}
"""What stands for the signs of our own texts where a terminal has ASCII alone."""


def soften_encodings() -> None:
    """Let text that a terminal cannot hold be written in what it can, instead of failing."""
    codecs.register_error(_SOFTLY, _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_SOFTLY)


def encodable_text(text: str, encoding: str) -> str:
    """Return a text in signs that an encoding holds, "+/-" for one that stands for it.

    Parameters
    ----------
    text : str
        Of our own, or made visible.
    encoding : str
        Of the terminal, such as ``ascii``.
    """
    codecs.register_error(_SOFTLY, _in_ascii)
    return text.encode(encoding, _SOFTLY).decode(encoding)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(one) or _escape(one) for one in text), error.end


def _escape(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode("ascii")
