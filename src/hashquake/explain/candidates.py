"""What may have caused a fall: an outage that was seen, or an event that somebody dated."""

from dataclasses import dataclass

from hashquake.core.event import Event
from hashquake.core.interval import Interval
from hashquake.core.outage import Outage
from hashquake.core.quake import CauseName
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

_WORDS: dict[str, CauseName] = {
    "internet": "internet",
    "power": "power",
    "weather": "weather",
    "policy": "policy",
    "operator": "operator",
    "price": "economics",
    "economics": "economics",
    "the block subsidy halved": "economics",
}
_DAY_BLUR_S = 12 * HOUR_S
_HOUR_BLUR_S = HOUR_S
_SOME_COUNTRY = Interval(median=0.01, low=0.0005, high=0.08, level=0.9)
"""The share assumed of a country that no map names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something dated that may have stopped hash rate.

    Parameters
    ----------
    name : str
        Kind of cause, as in `hashquake.core.quake.CauseName`.
    country : str or None
        ISO 3166 alpha-2; None where it has no place.
    about : str
        Identifier of the event or of the outage.
    window : Window
        When it lasted.
    blur_s : float
        Standard error of its start, seconds.
    share : Interval or None
        Part of the network's hash rate in the place; None where the whole network is the place.
    depth : Interval or None
        Part of the place known to be cut, where an instrument measured it.
    credence : float
        Probability that it happened and was of this kind.
    place : str
        What readers call the place; empty where it is the country.
    """

    name: CauseName
    country: str | None
    about: str
    window: Window
    blur_s: float
    share: Interval | None = None
    depth: Interval | None = None
    credence: float = 1.0
    place: str = ""


def candidate_of_event(event: Event, share: Interval | None = None) -> Candidate | None:
    """Take a documented event as a candidate.

    Parameters
    ----------
    event : Event
        Its ``cause`` begins with the kind.
    share : Interval or None
        Part of the network's hash rate in its place; None takes what the event's own maps say,
        with the uncertainty of a map; where they say nothing, that of a country on no map, or
        the whole network where the event has no country.

    Returns
    -------
    Candidate or None
        None for an event whose cause is of no kind known here.

    Examples
    --------
    >>> from hashquake.datasets.events import event_named
    >>> candidate_of_event(event_named("elliott-2022")).name
    'weather'
    """
    name = next((kind for word, kind in _WORDS.items() if _begins(event.cause, word)), None)
    if name is None:
        return None
    exact = "hour" in event.precision and "day" not in event.precision
    return Candidate(
        name=name,
        country=event.country,
        about=event.id,
        window=event.window,
        blur_s=_HOUR_BLUR_S if exact else _DAY_BLUR_S,
        share=share if share is not None else _share_of_maps(event),
        place=event.place.partition(",")[0],
    )


def candidates_of_outage(
    outage: Outage, share: Interval | None = None, *, now_s: float
) -> tuple[Candidate, ...]:
    """Take a national outage as candidates: as a cut of the Internet, and as one of power.

    Parameters
    ----------
    outage : Outage
        Of a country; others give no candidate. An artefact is not a candidate.
    share : Interval or None
        Part of the network's hash rate in the country; None is that of a country on no map.
    now_s : float
        Where it is not over, it lasted at least until then, UTC Unix seconds.

    Returns
    -------
    tuple of Candidate
        Two, whose credences sum to the probability that it was real.
    """
    place = parse_subject(outage.subject)
    if place.kind != "country":
        return ()
    end_s = outage.end_s if outage.end_s is not None else max(now_s, outage.onset.end_s)
    power = outage.probability("power")
    real = 1.0 - outage.probability("artefact")
    window = Window(start_s=outage.onset.start_s, end_s=max(end_s, outage.onset.end_s))
    blur_s = max(outage.onset.duration_s / 4.0, 60.0)
    pairs: tuple[tuple[CauseName, float], ...] = (("internet", real - power), ("power", power))
    return tuple(
        Candidate(
            name=name,
            country=place.name,
            about=outage.id,
            window=window,
            blur_s=blur_s,
            share=share if share is not None else _SOME_COUNTRY,
            depth=outage.depth_share,
            credence=credence,
        )
        for name, credence in pairs
    )


def without_repeats(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Let an event and the outage measured of it count once: the measured one stays.

    Parameters
    ----------
    candidates : tuple of Candidate
        In any order.

    Returns
    -------
    tuple of Candidate
        Without the unmeasured ones that share kind and place, and overlap in time or lie within
        a day, with a measured one of credence over a half.
    """
    measured = [one for one in candidates if one.depth is not None and one.credence > 0.5]
    return tuple(
        one
        for one in candidates
        if one.depth is not None or not any(_same(one, other) for other in measured)
    )


def _same(one: Candidate, other: Candidate) -> bool:
    widened = Window(start_s=other.window.start_s - DAY_S, end_s=other.window.end_s + DAY_S)
    alike = one.name == other.name and one.country == other.country
    return alike and widened.overlap(one.window) is not None


def _begins(cause: str, word: str) -> bool:
    return cause.lower().startswith(word)


def _share_of_maps(event: Event) -> Interval | None:
    shares = [one.share for one in event.map_shares]
    if not shares:
        return None if event.country is None else _SOME_COUNTRY
    last = shares[-1]
    # Maps of one month differ from the next by a quarter, and from each other by more.
    return Interval(median=last, low=0.6 * min(shares), high=min(1.0, 1.4 * max(shares)), level=0.9)
