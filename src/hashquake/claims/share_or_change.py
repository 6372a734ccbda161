"""Whether a percentage of hash rate is a share of it, or a change."""

from hashquake.claims.direction import (
    REACH,
    is_by,
    is_compared,
    is_level,
    sign_and_distance,
    sign_of_amount,
    written_sign,
)
from hashquake.claims.hedges import hedges_at
from hashquake.claims.meaning import Meaning
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.topics import of_chain
from hashquake.claims.units import Quantity

_OFFLINE_WORDS = 12.0
_NEAR_WORDS = 6.0


def sign_of_pair(sentence: SentenceRead, quantity: Quantity) -> int:
    """Return the sign of a change "from 232 to 150" right before a number; 0 without one.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    earlier = [one for one in sentence.quantities if one.end <= quantity.start]
    if len(earlier) < 2 or [one.pair for one in earlier[-2:]] != [1, 2]:
        return 0
    return 1 if earlier[-1].low > earlier[-2].low else -1


def is_share(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Return whether a percentage of hash rate is a share of it rather than a change.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    before : Meaning or None
        Of the number before it in the sentence.
    """
    if (
        written_sign(sentence, quantity)
        or _continues_change(sentence, quantity, before)
        or (is_compared(sentence, quantity) and not is_level(sentence, quantity))
        or (is_by(sentence, quantity) and sign_of_pair(sentence, quantity))
        or _sums_up(sentence, quantity)
        or sign_of_amount(sentence, quantity)
    ):
        return False
    return _is_stated_level(sentence, quantity, before) or _leans_to_share(
        sentence, quantity, before
    )


def _sums_up(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a percentage only says what two rates right before it make: "205 to 177, or 13 %"."""
    if not sign_of_pair(sentence, quantity) or of_chain(sentence, quantity) is not None:
        return False
    last = [one for one in sentence.quantities if one.end <= quantity.start][-1]
    named = (*sentence.pools, *sentence.of("place", "direction:share"))
    return last.kind == "hps" and not any(last.end <= one.start < quantity.end for one in named)


def _is_stated_level(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether a percentage is where something stands, by the words right at it."""
    return bool(
        _is_that_of_a_place(sentence)
        or quantity.pair
        or is_level(sentence, quantity)
        or _is_placed_with(sentence, quantity)
        or _lists_shares(sentence, quantity, before)
    )


def _leans_to_share(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether words of shares are nearer to a percentage than words of falling or rising."""
    sign, far = sign_and_distance(sentence, quantity)
    if sign and is_by(sentence, quantity) and not sentence.of("direction:share"):
        return False
    share = sentence.nearest(sentence.of("direction:share"), quantity, within=REACH)
    share_far = REACH if share is None else sentence.far(share, quantity)
    listed = before is not None and before.quantity == "hashrate_change_share"
    if share is None and listed:
        return False
    offline = sentence.nearest(sentence.of("direction:offline"), quantity, within=_OFFLINE_WORDS)
    if _is_of_hashrate(sentence, quantity) or (share is not None and of_chain(sentence, quantity)):
        lost = offline is not None or (sign < 0 and far <= min(_NEAR_WORDS, share_far))
        return not (lost and sign <= 0 and share_far >= min(far, _OFFLINE_WORDS))
    if (share is not None and share_far <= far) or _is_bounded_share(sentence, quantity):
        return True
    return not sign and offline is None and not listed


def _is_bounded_share(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a share ended below or above a number: "its share, probably, fell below 10 %"."""
    bounded = any(
        one.kind in ("hedges:below", "hedges:above") and one.end <= quantity.start
        for one in hedges_at(sentence, quantity)
    )
    return bounded and any(one.end <= quantity.start for one in sentence.of("direction:share"))


def _continues_change(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether "that of Foundry by 60 %" goes on with the change before it."""
    if before is None or not before.sign:
        return False
    if before.relation == "change" and _is_said_again(sentence, quantity):
        return True
    return is_by(sentence, quantity) or any(
        0 <= pool.start - one.end <= 1 and pool.end <= quantity.start
        for one in sentence.of("roles:that")
        for pool in sentence.pools
    )


def _is_said_again(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a change is put otherwise: "others speak of 12 %", "which is some 40 %"."""
    last = max((one.end for one in sentence.quantities if one.end <= quantity.start), default=0)
    return any(
        last <= one.start and one.end <= quantity.start for one in sentence.of("units:others")
    ) or any(
        cue.end <= quantity.start and leads_to(sentence, cue, quantity)
        for cue in sentence.of("roles:or", "roles:which_is")
    )


def _is_that_of_a_place(sentence: SentenceRead) -> bool:
    """Whether "that of China" stands for a country's share, spoken of before."""
    return any(
        0 <= place.start - one.end <= 1
        for one in sentence.of("roles:that")
        for place in sentence.of("place")
    )


def _is_placed_with(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a percentage goes with a rank: "fell to third place, with 13 %"."""
    return bool(sentence.of("ranks")) and any(
        cue.end <= quantity.start and leads_to(sentence, cue, quantity)
        for cue in sentence.of("roles:with")
    )


def leads_to(sentence: SentenceRead, cue: Cue, quantity: Quantity) -> bool:
    """Return whether a word stands before a number, one other at most between.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    cue : Cue
        The word.
    quantity : Quantity
        One of its quantities.
    """
    return sentence.clauses.words_between(cue.end, quantity.start) <= 1


def _lists_shares(sentence: SentenceRead, quantity: Quantity, before: Meaning | None) -> bool:
    """Whether a list of shares goes on: no word of falling stands since the one before."""
    if before is None or before.quantity != "hashrate_share":
        return False
    earlier = max(one.end for one in sentence.quantities if one.end <= quantity.start)
    moves = sentence.of("direction:down", "direction:up")
    return not any(cue.start >= earlier for cue in moves)


def states_share(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Return whether a percentage is said to be a share, whoever has it.

    Without either, a percentage of nobody is more often of something else.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    share = sentence.nearest(sentence.of("direction:share"), quantity, within=REACH)
    return share is not None or of_chain(sentence, quantity) is not None


def is_bare_zero(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Return whether the word *zero* stands without one of shares: it is of something else.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    written = sentence.text[quantity.start : quantity.end]
    spelled = not any(one.isdigit() for one in written)
    return spelled and not quantity.high and not sentence.of("direction:share")


def _is_of_hashrate(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether "of the hash rate" or "of the miners" stands behind a percentage."""
    chain = of_chain(sentence, quantity)
    return chain is not None and any(
        chain[0] <= one.start < chain[1]
        for one in sentence.of("topics:hashrate", "topics:mining", "roles:blocks")
    )
