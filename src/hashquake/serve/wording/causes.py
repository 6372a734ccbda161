"""The reason of a cause in a sentence."""

from functools import lru_cache

from hashquake.core.event import Event
from hashquake.core.interval import Interval
from hashquake.core.quake import Cause, CauseName
from hashquake.core.reason import (
    BlocksAlone,
    DuringEvent,
    NearEvent,
    NullAlarms,
    NullRange,
    PoolsAlone,
    Sentence,
    Undocumented,
)
from hashquake.datasets.events import load_events
from hashquake.serve.format import NBSP
from hashquake.serve.format_times import date
from hashquake.serve.place_names import country_name, in_a_sentence
from hashquake.serve.wording.numbers import length, percent, times


def cause_because(cause: Cause) -> str:
    """Return the reason of a cause as a sentence without a capital or a full stop.

    Parameters
    ----------
    cause : Cause
        Its reason is a code and values.
    """
    reason = cause.reason
    match reason:
        case Sentence():
            text = reason.text
        case BlocksAlone():
            text = "causes were not weighed, and blocks alone do not show them"
        case NullAlarms():
            often = times(reason.false_alarms_per_year)
            text = f"luck and drift alone raise such an alarm {often} a year"
        case Undocumented():
            often = times(reason.falls_per_year)
            text = f"hash rate falls for undocumented reasons about {often} a year"
        case PoolsAlone():
            text = _pools_alone(cause.name, reason)
        case NullRange():
            text = _null_range(reason)
        case NearEvent():
            text = f"{_when(cause.name, reason)}; {_size(reason)}"
        case DuringEvent():
            text = f"{_how_long(cause.name, reason)}; {_size(reason)}"
    return text


def event_name(about: str, cause: CauseName) -> str:
    """Return what readers call an event or an outage; what is not known keeps its identifier.

    Parameters
    ----------
    about : str
        Identifier of an event or an outage.
    cause : str
        The cause it is weighed for.
    """
    if about.startswith("ou2"):
        kind = "power failure seen as Internet outage" if cause == "power" else "Internet outage"
        return f"{kind} {about}"
    event = _events().get(about)
    return (
        about
        if event is None
        else f"\N{LEFT DOUBLE QUOTATION MARK}{event.name}\N{RIGHT DOUBLE QUOTATION MARK}"
    )


@lru_cache(maxsize=1)
def _events() -> dict[str, Event]:
    return {event.id: event for event in load_events()}


def _pools_alone(cause: CauseName, reason: PoolsAlone) -> str:
    like = {"migration": "machines change pool", "operator": "one operator has trouble"}.get(cause)
    often = times(reason.falls_per_year)
    if like is None:
        return f"pools fell and the network did not, which is seen about {often} a year"
    return f"pools fell and the network did not, as when {like}: about {often} a year"


def _null_range(reason: NullRange) -> str:
    return (
        f"without a fall of {percent(reason.least_fall_share)} or more, luck and drift leave "
        f"{percent(reason.low_share)} to {percent(reason.high_share)} of hash rate in such a "
        f"window in 9 of 10 cases; {percent(reason.measured_share)} was measured"
    )


def _how_long(cause: CauseName, reason: DuringEvent) -> str:
    part = reason.overlap_share
    much = "the whole window" if part > 0.95 else f"{percent(part)} of the window"
    return f"{event_name(reason.about, cause)} lasted for {much}"


def _when(cause: CauseName, reason: NearEvent) -> str:
    name, apart = event_name(reason.about, cause), length(reason.apart_s)
    return {
        "before": f"the fall began {apart} before {name}",
        "with": f"the fall began within {apart} of {name}",
        "during": f"the fall began {apart} into {name}",
        "after": f"the fall began {apart} after {name} ended",
    }[reason.timing]


def _size(reason: NearEvent | DuringEvent) -> str:
    lost = 1.0 - reason.remaining_share.median
    if lost <= 0.0:
        return "the blocks show no fall to explain"
    if reason.place_share is None:
        return "it concerns the whole network, and most miners continue after such an event"
    event = _events().get(reason.about)
    # A ban lasts while its country's share falls: whoever reads of both needs the day of this one.
    on_day = "" if event is None else f" on {date(event.window.start_s).replace(NBSP, ' ')}"
    return _of_the_place(reason.place, on_day, reason.place_share, reason.remaining_share)


def _of_the_place(place: str | None, on_day: str, share: Interval, remaining: Interval) -> str:
    lost, least = 1.0 - remaining.median, 1.0 - remaining.high
    name = in_a_sentence(country_name(place)) if place else "the place"
    had = f"{name} had {percent(share.median)} of hash rate{on_day}"
    if least > share.high:
        return f"but {had}, and at least {percent(least)} stopped"
    if percent(lost) == percent(share.median):
        return f"{had}, as much as seems to have stopped"
    if lost > share.median:
        return f"{had}, less than the {percent(lost)} that seems to have stopped"
    return f"{had}, and {percent(lost / share.median)} of that would account for the fall"
