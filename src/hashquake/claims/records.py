"""Claims of records: "an all-time high" of hash rate, difficulty or price, "lowest since May"."""

from collections.abc import Iterator
from dataclasses import replace

from hashquake.claims.meaning import Meaning, Memory
from hashquake.claims.places import place_at_topic
from hashquake.claims.prices import names_bitcoin
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.subjects import remembered_subject
from hashquake.claims.time_reader import TimeNamed
from hashquake.claims.tokens import Cue
from hashquake.core.subject import BITCOIN, NETWORK
from hashquake.core.window import Window

_RECORD_WORDS = 8.0
_DATED_WORDS = 16.0
"""An extreme with its time is plain enough to be so far from what it is of."""
_FOREIGN_WORDS = 3
_SHORT_RECORD = 10
"""Characters: a lone short word such as *record* says less than *all-time high*."""
_SINCE_WORDS = 5
_LONG_RECORD = 2
"""Words: "the highest in its history" behind a level is a claim of its own."""
_FIGURE_WORDS = 3
_LED_WORDS = 8
_FIRST_WORDS = 2
_MATTERS = ("hashrate", "difficulty", "price")
_NO_MATTERS = ("money", "power")
_OWNER_WORDS = 4
_LEVELS = {"hashrate": "hps", "price": "usd"}
_PLAIN = ("day", "month", "year")
_MOVES = ("roles:gain", "roles:loss", "roles:gains", "roles:loses", "direction:up",
          "direction:down")  # fmt: skip


def records_in(sentence: SentenceRead, memory: Memory) -> list[tuple[Cue, Meaning]]:
    """Return the claims of a sentence that something is the highest ever, or the lowest since.

    Where the level itself is stated ("a record 273 EH/s"), that is the claim, unless a time says
    since when: "180 EH/s, its highest since May" is both.

    Parameters
    ----------
    sentence : SentenceRead
        Of any kind.
    memory : Memory
        Of the sentences before.
    """
    for cue, extreme in _extremes(sentence):
        since = _since(sentence, cue)
        matter = "" if since is None else _matter(sentence, cue, memory, dated=True)
        if matter and since is not None:
            return [(cue, _meaning(matter, extreme, since.window))]
    for cue in sentence.of("roles:record"):
        if _is_since_something(sentence, cue):
            continue
        lone = cue.last - cue.first < 2 and cue.end - cue.start < _SHORT_RECORD
        beside = cue.last - cue.first >= _LONG_RECORD and not _is_at_figure(sentence, cue)
        matter = "" if lone else _matter(sentence, cue, memory, dated=beside)
        if matter:
            return [(cue, _meaning(matter, "highest"))]
    return []


def _is_at_figure(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a record's own figure follows: "an all-time high of 273 EH/s" is one claim."""
    return any(
        one.start >= cue.end
        and sentence.clauses.words_between(cue.end, one.start) <= _FIGURE_WORDS
        and not sentence.clauses.breaks_between(cue.end, one.start)
        for one in sentence.quantities
    )


def _is_since_something(sentence: SentenceRead, cue: Cue) -> bool:
    """Whether a record is only one since what has no date: "a new high since the ban"."""
    high = any(one.start < cue.end and cue.start < one.end for one in sentence.of("roles:highest"))
    return high and any(0 <= one.first - cue.last <= 1 for one in sentence.of("time:since"))


def _extremes(sentence: SentenceRead) -> Iterator[tuple[Cue, str]]:
    """Return the words for an extreme that a time may follow, with what they say."""
    for cue in sentence.of("roles:lowest"):
        yield cue, "lowest"
    for cue in sentence.of("roles:highest"):
        yield cue, "highest_since"
    for cue in sentence.of("roles:unseen"):
        # "It rose to a level not seen since May": the verb says which extreme.
        up, down = (
            [one for one in sentence.of(f"direction:{way}") if one.end <= cue.start]
            for way in ("up", "down")
        )
        if bool(up) != bool(down):
            yield cue, "highest_since" if up else "lowest"
        elif not up and any(one.end <= cue.start for one in sentence.of("roles:attains")):
            yield cue, "highest_since"  # one reaches what is above


def _meaning(matter: str, extreme: str, window: Window | None = None) -> Meaning:
    measure = f"{matter}_{extreme}"
    return Meaning(
        subject=BITCOIN if matter == "price" else NETWORK,
        quantity="rank",
        low=1.0,
        high=1.0,
        relation="level",
        measure="" if measure == "hashrate_highest" else measure,
        window=window,
    )


def _matter(sentence: SentenceRead, cue: Cue, memory: Memory, *, dated: bool) -> str:
    """Return what is at its extreme: the nearest of three; empty where none is near."""
    kinds = set() if dated else {quantity.kind for quantity in sentence.quantities}
    long = cue.last - cue.first > 1
    within = _DATED_WORDS if dated or long else _RECORD_WORDS
    far = {name: _nearest(sentence, sentence.of(f"topics:{name}"), cue) for name in _MATTERS}
    if not sentence.of("topics:difficulty", "topics:hashrate"):
        if dated and not sentence.of("topics:price"):
            # "The network has not been this strong since May"
            far["hashrate"] = _nearest(sentence, sentence.of("roles:network"), cue)
        # "Bitcoin hit an all-time high" is of its price.
        far["price"] = min(far["price"], _nearest(sentence, sentence.of("topics:asset"), cue))
    others = [one for name in _NO_MATTERS for one in sentence.of(f"topics:{name}")]
    named = sentence.family("topics") or sentence.pools or sentence.of("place", "roles:network")
    if not named:
        # "The price fell to 43,000. That is the lowest since November."
        return _matter_before(memory) if dated else ""
    matter = min(far, key=lambda name: far[name])
    unnamed = matter == "price" and not sentence.of("topics:price")
    nearer = _nearest(sentence, others, cue) < far[matter]
    # "The revenue of bitcoin miners": the coin is only an attribute there.
    led = unnamed and any(
        one.end <= cue.start and not sentence.clauses.breaks_between(one.end, cue.start)
        for one in others
    )
    if nearer or led or _is_priced(sentence, others):
        return ""  # the lowest of miners' revenue, of a grid's load
    by_name = any(names_bitcoin(sentence, one) for one in sentence.of("topics:price"))
    known = matter != "price" or sentence.of("topics:asset") or by_name or memory.on_bitcoin
    known = known or (memory.on_topic and "usd" in {one.kind for one in sentence.quantities})
    if far[matter] > within or not known or _LEVELS.get(matter) in kinds:
        return ""
    if matter == "hashrate" and _is_owned(sentence, cue, memory):
        return ""
    # "..., and eighteen policemen died": what is added behind has no part in it.
    foreign = any(
        one.start < cue.start
        or sentence.clauses.distance(one, cue.start, cue.end) <= _FOREIGN_WORDS
        for one in sentence.of("topics:foreign")
    )
    return "" if foreign or sentence.of("topics:coin", "topics:firm") else matter


def _matter_before(memory: Memory) -> str:
    """Return what the last claim of the sentences before was of, where it can have an extreme."""
    if memory.topic == "hashrate" and memory.subject != NETWORK:
        return ""
    return memory.topic if memory.topic in _MATTERS else ""


def _is_priced(sentence: SentenceRead, others: list[Cue]) -> bool:
    """Whether a price is that of something else: "electricity prices"."""
    return any(
        0 <= one.first - other.last <= 1 or 0 <= other.first - one.last <= 1
        for one in sentence.of("topics:price")
        for other in others
    )


def _is_owned(sentence: SentenceRead, cue: Cue, memory: Memory) -> bool:
    """Whether it is of a pool or a country, whose extremes are not in the record, or a share."""
    topic = min(
        sentence.of("topics:hashrate") or sentence.of("roles:network"),
        key=lambda one: sentence.clauses.distance(one, cue.start, cue.end),
    )
    if place_at_topic(sentence, topic) or remembered_subject(sentence, topic, memory):
        return True
    near = [*sentence.pools, *sentence.of("pools:several", "direction:share")]
    return any(
        sentence.clauses.distance(one, topic.start, topic.end) <= _OWNER_WORDS for one in near
    )


def _since(sentence: SentenceRead, cue: Cue) -> TimeNamed | None:
    """Return the time since which something was never so low; None where none is named."""
    for rarity in sentence.rarities:
        inside = rarity.start < cue.end and cue.start < rarity.end  # "a two-year high"
        near = inside or _follows(sentence, cue, rarity) or _leads(sentence, cue, rarity)
        if rarity.window is not None and near:
            return rarity
    like = sentence.of("roles:like")
    for time in sentence.times:
        if _leads(sentence, cue, time):
            return _from_its_end(time, sentence.published_s)
        if not _follows(sentence, cue, time):
            continue
        last = any(cue.start <= one.start and one.end <= time.start for one in like)
        if time.kind == "since" or (last and time.kind in _PLAIN):
            return _from_its_end(time, sentence.published_s)
    return None


def _follows(sentence: SentenceRead, cue: Cue, time: TimeNamed) -> bool:
    """Whether a time is that of an extreme before it, and not of a rise: "highest gain since"."""
    return (
        time.start >= cue.end
        and sentence.clauses.words_between(cue.end, time.start) <= _SINCE_WORDS
        and not any(cue.end <= one.start < time.start for one in sentence.of(*_MOVES))
        and not any(cue.end <= one.start < time.start for one in sentence.quantities)
    )


def _leads(sentence: SentenceRead, cue: Cue, time: TimeNamed) -> bool:
    """Whether "since" stands before an extreme: "seit Mai nicht mehr so hoch", "erstmals seit"."""
    if time.kind not in ("since", "rarity") or time.end > cue.start:
        return False
    clauses = sentence.clauses
    return clauses.words_between(time.end, cue.start) <= _LED_WORDS and (
        any(time.end <= one.start < cue.start for one in sentence.of("roles:negation"))
        or any(
            one.end <= time.start and clauses.words_between(one.end, time.start) <= _FIRST_WORDS
            for one in sentence.of("roles:first_time")
        )
    )


def _from_its_end(time: TimeNamed, published_s: float | None) -> TimeNamed | None:
    """Return the time that begins where the one named ended: September itself was lower."""
    named = time.named or time.window
    if named is None or published_s is None:
        return None
    if time.kind == "since" and time.window == named:
        return time  # "since two years ago", up to now
    if named.end_s >= published_s:
        return None
    return replace(time, window=Window(start_s=named.end_s, end_s=published_s))


def _nearest(sentence: SentenceRead, topics: list[Cue], cue: Cue) -> float:
    far = (sentence.clauses.distance(one, cue.start, cue.end) for one in topics)
    return min(far, default=float("inf"))
