"""What a number is about: hash rate, price, connectivity, or something of another matter."""

from hashquake.claims.asked_once import asked_once
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity

_OF_BONUS = 12.0
_FAR = 16.0
_BEFORE_BONUS = 1.5
_OWN_BONUS = 2.0
_FIRM_WORDS = 6.0


def topic_of(sentence: SentenceRead, quantity: Quantity) -> tuple[str, Cue | None]:
    """Return what a quantity is about, and the word that says so; empty where nothing does.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.

    Returns
    -------
    str
        ``hashrate``, ``mining``, ``connectivity``, ``price``, ``asset``, ``power``,
        ``difficulty``, ``money``, ``foreign`` or empty.
    Cue or None
        The phrase.
    """
    topics = [cue for cue in sentence.family("topics") if cue.kind != "topics:firm"]
    if any(_of_other_coin(cue, quantity, topics, sentence) for cue in topics):
        return "foreign", None
    if _of_a_firm(sentence, quantity):
        return "foreign", None
    best, best_score, best_cue = "", -_FAR, None
    for cue in topics:
        kind = _kind(cue, quantity, topics, sentence)
        if not kind:
            continue
        score = _score(kind, cue, quantity, sentence)
        if score > best_score:
            best, best_score, best_cue = kind, score, cue
    return (best, best_cue) if best else _only_topic(quantity, topics)


def _only_topic(quantity: Quantity, topics: list[Cue]) -> tuple[str, Cue | None]:
    """Return the topic where a sentence speaks of it alone, however far before the number."""
    kinds = {cue.kind.removeprefix("topics:") for cue in topics}
    for kind in ("difficulty", "hashrate", "connectivity"):
        others = {"asset"} if kind == "connectivity" else {"mining", "asset"}
        if kind in kinds and kinds <= {kind, *others}:
            named = [
                one for one in topics if one.kind == f"topics:{kind}" and one.end <= quantity.start
            ]
            if named:
                return kind, named[-1]
    return "", None


def _kind(cue: Cue, quantity: Quantity, topics: list[Cue], sentence: SentenceRead) -> str:
    """Return the topic of a word; empty where it is another word's attribute or the number's."""
    kind = cue.kind.removeprefix("topics:")
    if cue.start < quantity.end and quantity.start < cue.end:
        return ""
    if kind == "money" and _is_cost_of_bitcoin(cue, topics, sentence):
        return "price"
    if kind == "money":  # a loss of hash rate is not one of money
        moves = sentence.of("direction:down", "direction:up", "direction:offline")
        return "" if any(one.start < cue.end and cue.start < one.end for one in moves) else kind
    if kind == "asset" and _leads_on(cue, topics, sentence):
        return ""
    if kind == "mining" and _leads_on(
        cue, topics, sentence, kinds=("hashrate", "difficulty", "money")
    ):
        return ""
    return "foreign" if kind == "coin" else kind


def _is_cost_of_bitcoin(cue: Cue, topics: list[Cue], sentence: SentenceRead) -> bool:
    """Whether bitcoin is what costs so much: "one bitcoin costs 64,000 dollars"."""
    return any(one.start == cue.start for one in sentence.of("roles:cost")) and any(
        one.kind == "topics:asset" and 0 <= cue.first - one.last <= 1 for one in topics
    )


def _score(kind: str, cue: Cue, quantity: Quantity, sentence: SentenceRead) -> float:
    """Return how well a topic fits a number: near, before it, or in the "of ..." behind it."""
    score = -sentence.far(cue, quantity)
    if cue.end <= quantity.start:
        score += _BEFORE_BONUS
        score -= sum(cue.end <= one.start < quantity.start for one in sentence.quantities)
    chain = of_chain(sentence, quantity)
    if chain and chain[0] <= cue.start < chain[1]:
        score += _OF_BONUS
    return score + (_OWN_BONUS if kind in ("hashrate", "difficulty") else 0.0)


def _of_other_coin(cue: Cue, quantity: Quantity, topics: list[Cue], sentence: SentenceRead) -> bool:
    """Whether another coin's name is nearer to a number than Bitcoin's."""
    if cue.kind != "topics:coin":
        return False
    own = [one for one in topics if one.kind == "topics:asset"]
    # "The Kaspa network, which few have heard of, passed 40 PH/s": nobody else has hash rate there.
    alone = quantity.kind in ("hps", "percent", "multiple") and not (
        own or sentence.pools or sentence.of("place")
    )
    if not alone and sentence.far(cue, quantity) > _FAR:
        return False
    return all(sentence.far(cue, quantity) <= sentence.far(one, quantity) for one in own)


def _of_a_firm(sentence: SentenceRead, quantity: Quantity) -> bool:
    """Whether a company that mines is what a figure is about: "Marathon's fleet reached 19 EH/s".

    Its figures are in its accounts and nowhere in the record.
    """
    if quantity.kind not in ("hps", "percent", "usd", "multiple", "count"):
        return False
    for cue in sentence.of("topics:firm"):
        near = sentence.far(cue, quantity)
        if cue.end > quantity.start or near > _FIRM_WORDS:
            continue
        own = sentence.of("roles:network", "topics:asset", "roles:world")
        others = [one for one in (*own, *sentence.pools) if sentence.far(one, quantity) < near]
        if not others:
            return True
    return False


@asked_once
def of_chain(sentence: SentenceRead, quantity: Quantity) -> tuple[int, int] | None:
    """Return where "of ..." behind a number begins and ends; None where it has none.

    Parameters
    ----------
    sentence : SentenceRead
        With the quantity.
    quantity : Quantity
        One of its quantities.
    """
    clauses = sentence.clauses
    for cue in sentence.of("roles:of"):
        if (
            # "Half of" is a fraction with its preposition.
            (cue.start >= quantity.end or quantity.start < cue.start < quantity.end <= cue.end)
            and clauses.words_between(quantity.end, cue.start) == 0
            and not clauses.breaks_between(quantity.end, cue.start)
        ):
            ends = [one for one in clauses.breaks if one > cue.end]
            later = [one.start for one in sentence.quantities if one.start > cue.end]
            limit = min([*ends, *later, len(sentence.text)])
            return cue.start, limit
    return None


def _leads_on(
    cue: Cue,
    topics: list[Cue],
    sentence: SentenceRead,
    kinds: tuple[str, ...] = ("hashrate", "difficulty", "mining"),
) -> bool:
    """Whether a word only says whose hash rate or difficulty the next word means."""
    return any(
        one.kind.removeprefix("topics:") in kinds
        and (
            (
                0 <= one.first - cue.last <= 2
                and not sentence.clauses.breaks_between(cue.end, one.start)
            )
            or (
                0 <= cue.first - one.last <= 2
                and not sentence.clauses.breaks_between(one.end, cue.start)
            )
            or (one.start <= cue.start and cue.end <= one.end)
        )
        for one in topics
        if one is not cue
    )
