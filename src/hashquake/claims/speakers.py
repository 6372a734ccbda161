"""Who said a number: the name behind "according to", or before "said"."""

import re

from hashquake.claims.lexicon import lexicon
from hashquake.claims.sentence import SentenceRead

_NAME = re.compile(
    r"\s*(?:(?:the|data|a|an|der|die|das|dem|den|des|le|la|les|l['\u2019]|el|los|las|o|a|os|as|do|da|dos"
    r"|analyst|analysts|analystin|analyst|firm|company|platform|provider|website|portal|site|minister|spokesman"
    r"|Datenanbieter|Analysehaus|Betreiber|Anbieter|Firma|Plattform|компании|сервиса|портала|данным)\s+)*"
    r"((?:[A-ZÀ-ÖØ-ÞА-ЯЁ0-9][\w.&\u2019'-]*)(?:\s+(?:of|de|du|the|der|von|da|do|for)?\s?(?:[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.&-]*)){0,4})"
)
_BEFORE = re.compile(
    r"((?:[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.&\u2019'-]*)(?:\s+(?:of|de|du|the|der|von|da|do|for)?\s?(?:[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.&-]*)){0,3})\s*$"
)
_QUOTED = re.compile(r"[,\u201d\u00bb\"]\s*$")
"""What stands before a verb whose name follows: ", said Larry Cermak"."""
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
        inverted = _QUOTED.search(sentence.text, 0, cue.start) is not None
        if cue.kind == "speakers:before" or inverted:
            match = _NAME.match(sentence.text, cue.end)
        else:
            match = _BEFORE.search(sentence.text[max(0, cue.start - 80) : cue.start])
        if match and (_is_topic(sentence, match[1]) or _is_no_name(sentence, match[1])):
            continue
        far = min(abs(cue.start - figure[0]), abs(cue.start - figure[1]))
        if match and far < best_far:
            best, best_far = match[1].strip(" .,'\u2019"), far
    return best


def _is_no_name(sentence: SentenceRead, name: str) -> bool:
    """Whether a name is a common word that only opens the sentence: the "An" of "An estimated"."""
    return name.lower() in lexicon(sentence.language).common


def _is_topic(sentence: SentenceRead, name: str) -> bool:
    """Whether a name ends in what the sentence is about: the price "gave" in, and said nothing."""
    topics = sentence.of("topics:price", "topics:asset", "topics:hashrate")
    return any(name.lower().endswith(sentence.text[one.start : one.end].lower()) for one in topics)
