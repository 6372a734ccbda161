"""Who said a number: the name behind "according to", or before "said"."""

import re

from hashquake.claims.sentence import SentenceRead

_NAME = re.compile(
    r"\s*(?:(?:the|data|a|an|der|die|das|dem|den|des|le|la|les|l['\u2019]|el|los|las|o|a|os|as|do|da|dos"
    r"|analyst|analysts|analystin|analyst|firm|company|platform|provider|website|portal|site|minister|spokesman"
    r"|Datenanbieter|Analysehaus|компании|сервиса|портала|данным)\s+)*"
    r"((?:[A-ZÀ-ÖØ-ÞА-ЯЁ0-9][\w.&\u2019'-]*)(?:\s+(?:of|de|du|the|der|von|da|do|for)?\s?(?:[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.&-]*)){0,4})"
)
_BEFORE = re.compile(
    r"((?:[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.&\u2019'-]*)(?:\s+(?:of|de|du|the|der|von|da|do|for)?\s?(?:[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.&-]*)){0,3})\s*$"
)
_REACH = 220


def speaker_of(sentence: SentenceRead, figure: tuple[int, int]) -> str:
    """Return who is named as having said a number; empty where nobody is.

    Parameters
    ----------
    sentence : SentenceRead
        With the number.
    figure : tuple of int
        Where the number stands in it, characters.
    """
    best, best_far = "", _REACH
    for cue in sentence.of("speakers:before", "speakers:after"):
        if cue.kind == "speakers:before":
            match = _NAME.match(sentence.text, cue.end)
        else:
            match = _BEFORE.search(sentence.text[max(0, cue.start - 80) : cue.start])
        far = min(abs(cue.start - figure[0]), abs(cue.start - figure[1]))
        if match and far < best_far:
            best, best_far = match[1].strip(" .,'\u2019"), far
    return best
