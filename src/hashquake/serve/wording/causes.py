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
from hashquake.serve.language import message, translate
from hashquake.serve.place_names import country_name, in_a_sentence
from hashquake.serve.wording.numbers import length, percent, times

_AS_WHEN: dict[str, str] = {
    "migration": message("machines change pool"),
    "operator": message("one operator has trouble"),
}


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
            text = translate("causes were not weighed, and blocks alone do not show them")
        case NullAlarms():
            often = times(reason.false_alarms_per_year)
            text = translate("luck and drift alone raise such an alarm {often} a year", often=often)
        case Undocumented():
            often = times(reason.falls_per_year)
            text = translate(
                "hash rate falls for undocumented reasons about {often} a year", often=often
            )
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
        kind = (
            translate("power failure seen as Internet outage")
            if cause == "power"
            else translate("Internet outage")
        )
        return f"{kind} {about}"
    event = _events().get(about)
    return (
        about
        if event is None
        else translate(
            "\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}",
            name=translate(event.name),
        )
    )


@lru_cache(maxsize=1)
def _events() -> dict[str, Event]:
    return {event.id: event for event in load_events()}


def _pools_alone(cause: CauseName, reason: PoolsAlone) -> str:
    like = _AS_WHEN.get(cause)
    often = times(reason.falls_per_year)
    if like is None:
        return translate(
            "pools fell and the network did not, which is seen about {often} a year", often=often
        )
    return translate(
        "pools fell and the network did not, as when {like}: about {often} a year",
        like=translate(like),
        often=often,
    )


def _null_range(reason: NullRange) -> str:
    return translate(
        "without a fall of {share} or more, luck and drift leave {low} "
        "to {high} of hash rate in such a window in 9 of 10 cases; "
        "{measured} was measured",
        share=percent(reason.least_fall_share),
        low=percent(reason.low_share),
        high=percent(reason.high_share),
        measured=percent(reason.measured_share),
    )


def _how_long(cause: CauseName, reason: DuringEvent) -> str:
    part = reason.overlap_share
    much = (
        translate("the whole window")
        if part > 0.95
        else translate("{share} of the window", share=percent(part))
    )
    return translate("{event} lasted for {much}", event=event_name(reason.about, cause), much=much)


def _when(cause: CauseName, reason: NearEvent) -> str:
    name, apart = event_name(reason.about, cause), length(reason.apart_s)
    return {
        "before": translate("the fall began {apart} before {name}", apart=apart, name=name),
        "with": translate("the fall began within {apart} of {name}", apart=apart, name=name),
        "during": translate("the fall began {apart} into {name}", apart=apart, name=name),
        "after": translate("the fall began {apart} after {name} ended", apart=apart, name=name),
    }[reason.timing]


def _size(reason: NearEvent | DuringEvent) -> str:
    lost = 1.0 - reason.remaining_share.median
    if lost <= 0.0:
        return translate("the blocks show no fall to explain")
    if reason.place_share is None:
        return translate(
            "it concerns the whole network, and most miners continue after such an event"
        )
    event = _events().get(reason.about)
    # A ban lasts while its country's share falls: whoever reads of both needs the day of this one.
    day = "" if event is None else date(event.window.start_s).replace(NBSP, " ")
    return _of_the_place(reason.place, day, reason.place_share, reason.remaining_share)


def _of_the_place(place: str | None, day: str, share: Interval, remaining: Interval) -> str:
    lost, least = 1.0 - remaining.median, 1.0 - remaining.high
    name = in_a_sentence(country_name(place)) if place else translate("the place")
    had = (
        translate("{name} had {share} of hash rate", name=name, share=percent(share.median))
        if not day
        else translate(
            "{name} had {share} of hash rate on {day}",
            name=name,
            share=percent(share.median),
            day=day,
        )
    )
    if least > share.high:
        return translate("but {had}, and at least {share} stopped", had=had, share=percent(least))
    if percent(lost) == percent(share.median):
        return translate("{had}, as much as seems to have stopped", had=had)
    if lost > share.median:
        return translate(
            "{had}, less than the {share} that seems to have stopped", had=had, share=percent(lost)
        )
    return translate(
        "{had}, and {share} of that would account for the fall",
        had=had,
        share=percent(lost / share.median),
    )
