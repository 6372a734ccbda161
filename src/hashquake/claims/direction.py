"""Whether a number is where something ended, or by how much it fell or rose."""

from hashquake.claims.asked_once import asked_once
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity

_SMALL = 3
_MOVED_WORDS = 8
_GONE_WORDS = 6
_PASSED = ("hedges:", "time:a", "time:night", "time:today", "time:yesterday", "weekday")
"""Phrases that may stand between a verb and its number."""
REACH = 14.0
_FAR_REACH = 30.0
"""No word farther than so many words from a number says what it is."""


@asked_once
def sign_and_distance(sentence: SentenceRead, quantity: Quantity) -> tuple[int, float]:
    """Return the sign of the nearest word of falling or rising, and how far it is.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    hedges = [cue for cue in sentence.family("hedges") if 0 <= quantity.start - cue.end <= 3]
    if is_more(sentence, quantity):
        return 1, 0.0
    if sign := written_sign(sentence, quantity):
        return sign, 0.0
    # "Fiel zwischen 8 und 11 Uhr wegen eines Angriffs um ein Viertel": "by" waits for its verb.
    best, best_far = 0, (_FAR_REACH if is_by(sentence, quantity) else REACH)
    for cue in sentence.of("direction:down", "direction:up"):
        if any(hedge.start <= cue.start and cue.end <= hedge.end for hedge in hedges):
            continue
        far = sentence.far(cue, quantity)
        if (
            cue.start >= quantity.end
            and sentence.clauses.words_between(quantity.end, cue.start) == 0
        ):
            far = 0.0
        elif cue.start >= quantity.end:
            far += 1.5
        if far < best_far:
            best, best_far = (-1 if cue.kind == "direction:down" else 1), far
    return best, best_far


def is_more(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Return whether "more" stands right behind a number: "9 percent more".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    return any(
        cue.start >= quantity.end and not sentence.clauses.words_between(quantity.end, cue.start)
        for cue in sentence.of("direction:more")
    )


def written_sign(sentence: SentenceRead, quantity: Quantity) -> int:
    """Return the sign that is written before a number, as a mark or as a word; 0 without one.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    text = sentence.text[: quantity.start]
    if text[-1:] in ("-", "\u2212", "\u2013") and text[-2:-1] in ("", " ", "(", ":"):
        return -1
    if text.endswith("+"):
        return 1
    minus = (0 <= quantity.start - cue.end <= 1 for cue in sentence.of("roles:minus"))
    return -1 if any(minus) else 0


def is_level(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "to" stands right before: "fell to 12 %" says where it ended.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    if quantity.pair:
        return True
    normal = [cue for cue in sentence.of("roles:normal") if 0 <= cue.start - quantity.end <= 2]
    if normal:
        return True
    return any(
        cue.end <= quantity.start
        and not _in_hedge(sentence, cue)
        and not _means_by(sentence, cue)
        and not _is_upto(sentence, cue)
        # The "to" of "from Friday to Sunday" leads to no number.
        and not any(one.start <= cue.start and cue.end <= one.end for one in sentence.times)
        and quantity.start - cue.end <= 24
        and _only_hedges(sentence, cue.end, quantity.start)
        for cue in sentence.of("roles:to")
    ) and not any(
        cue.start < one.start and one.end <= cue.end and quantity.start - cue.end <= 3
        for cue in sentence.of("hedges:upto")
        for one in sentence.of("roles:to")
    )


def _is_upto(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a word for both "to" and "up to" is the latter: "as much as 20 % went offline"."""
    if not sentence.of("direction:offline"):
        return False
    if not any(one.start == cue.start and one.end == cue.end for one in sentence.of("hedges:upto")):
        return False
    return not any(
        one.end <= cue.start and not sentence.clauses.breaks_between(one.end, cue.start)
        for one in sentence.of("direction:down", "direction:up")
    )


@asked_once
def is_by(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "by" stands right before a number, and nothing that also means "at".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    places = {(cue.start, cue.end) for cue in sentence.of("roles:to", "roles:from", "roles:of")}
    return any(
        0 <= quantity.start - cue.end <= 2 and (cue.start, cue.end) not in places
        for cue in sentence.of("roles:by")
    )


def _means_by(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a word for both "at" and "by" means the latter: "derrubou o hashrate em 12 %"."""
    if not any(one.start == cue.start and one.end == cue.end for one in sentence.of("roles:by")):
        return False
    clauses = sentence.clauses
    moves = sentence.of("direction:down", "direction:up", "direction:offline", "speakers:rates")
    return any(
        one.end <= cue.start
        and clauses.words_between(one.end, cue.start) <= _MOVED_WORDS
        and not clauses.breaks_between(one.end, cue.start)
        # "Desabou 9 % e foi parar em 18.900": the fall has its number already.
        and not any(one.end <= each.start < cue.start for each in sentence.quantities)
        for one in moves
    )


@asked_once
def is_compared(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "below" or "lower" stands right behind: "12 % below normal".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    return any(
        cue.start >= quantity.end and sentence.clauses.words_between(quantity.end, cue.start) == 0
        for cue in sentence.of("direction:down", "direction:up")
    )


def sign_of_step(sentence: SentenceRead, quantity: Quantity) -> int:
    """Return the sign of a change stated in the unit itself ("fell by 30 EH/s"); 0 for a level.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    if quantity.pair:
        return 0
    for cue in sentence.of("roles:by"):
        ends = {(one.start, one.end) for one in sentence.of("roles:to")}
        if (cue.start, cue.end) in ends and not _means_by(sentence, cue):
            continue
        if any(start < cue.start and cue.end <= end for start, end in ends):
            continue  # the "de" of "il n'est plus que de"
        if _leads(sentence, cue, quantity, within=12) and not _in_hedge(sentence, cue):
            return sign_and_distance(sentence, quantity)[0]
    return _sign_of_object(sentence, quantity) or sign_of_amount(sentence, quantity)


def _sign_of_object(sentence: SentenceRead, quantity: Quantity) -> int:
    """Return the sign of what was lost or gained: "lost 200 EH/s", "200 EH/s went offline"."""
    for kind, sign in (("roles:loses", -1), ("roles:gains", 1)):
        for cue in sentence.of(kind):
            if quantity.kind == "usd" and _small_word(sentence, cue.end, quantity.start):
                continue  # "lost the 30,000 dollars" it stood at
            if _leads(sentence, cue, quantity, within=24):
                return sign
    if quantity.kind != "hps" or is_level(sentence, quantity):
        return 0
    if any(_leads(sentence, one, quantity, within=24) for one in sentence.of("direction:offline")):
        return -1  # "han desaparecido unos 370 EH/s"
    clauses = sentence.clauses
    gone = any(
        quantity.end <= cue.start
        and clauses.words_between(quantity.end, cue.start) <= _GONE_WORDS
        and not clauses.breaks_between(quantity.end, cue.start)
        and not any(quantity.end <= one.start < cue.start for one in sentence.quantities)
        for cue in sentence.of("direction:offline")
    )
    return -1 if gone else 0


def sign_of_amount(sentence: SentenceRead, quantity: Quantity) -> int:
    """Return the sign of "the loss amounts to 200 EH/s"; 0 where no amount is stated so.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    for cue in sentence.of("roles:amounts", "roles:attains"):
        if not _leads(sentence, cue, quantity, within=24):
            continue
        for kind, sign in (("roles:loss", -1), ("roles:gain", 1)):
            if any(
                one.end <= cue.start
                and not sentence.clauses.breaks_between(one.end, cue.start)
                and not any(one.end <= each.start < cue.start for each in sentence.quantities)
                for one in sentence.of(kind)
            ):
                return sign
    return 0


def _leads(sentence: SentenceRead, cue: Cue, quantity: Quantity, *, within: int) -> bool:
    """Whether a word stands right before a number, with hedges and small words at most between."""
    return 0 <= quantity.start - cue.end <= within and _only_hedges(
        sentence, cue.end, quantity.start
    )


def is_per(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a unit only says per what: "$50 per PH/s", "0,05 $ je kWh".

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    text = sentence.text
    if quantity.kind == "usd" and _is_a_day(sentence, quantity):
        return False
    if text[: quantity.start].rstrip().endswith("/"):
        return True
    # "Por primera vez" has the word that says "per", and means nothing of the kind.
    first = [cue.start for cue in sentence.of("time:extreme")]
    return any(
        (0 <= quantity.start - cue.end <= 1 and quantity.kind != "usd")
        or (0 <= cue.start - quantity.end <= 1 and quantity.kind == "usd")
        for cue in sentence.of("roles:per")
        if not any(0 <= start - cue.end <= 1 for start in first)
    ) or text[quantity.end : quantity.end + 2].strip().startswith("/")


def _is_a_day(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "per day" stands behind a sum: what miners take in, no price of a thing."""
    return any(
        0 <= per.start - quantity.end <= 1 and 0 <= day.start - per.end <= 1
        for per in sentence.of("roles:per")
        for day in sentence.of("time:day")
    )


def _in_hedge(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a word is part of a longer hedge: the "al" of "en torno al"."""
    return any(
        hedge.start <= cue.start and cue.end <= hedge.end and hedge.last - hedge.first > 1
        for hedge in sentence.of("hedges:about", "hedges:above", "hedges:below")
        if hedge.end - hedge.start > cue.end - cue.start
    )


def _only_hedges(sentence: SentenceRead, start: int, end: int) -> bool:
    """Whether nothing but hedges and small words stand between two places."""
    return all(len(word) <= _SMALL and word.isalpha() for word in _unhedged(sentence, start, end))


def _small_word(sentence: SentenceRead, start: int, end: int) -> bool:
    """Whether an article or the like stands between two places."""
    return bool(_unhedged(sentence, start, end))


def _unhedged(sentence: SentenceRead, start: int, end: int) -> list[str]:
    """Return the words between two places that are no hedges."""
    left = list(sentence.text[start:end].lower())
    for cue in sentence.cues:
        if start <= cue.start and cue.end <= end and cue.kind.startswith(_PASSED):
            for at in range(cue.start - start, cue.end - start):
                left[at] = " "
    return "".join(left).split()
