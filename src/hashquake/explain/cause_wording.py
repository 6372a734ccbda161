"""The reasons of a cause, in a sentence each."""

from hashquake.core.interval import Interval
from hashquake.core.quake import CauseName
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.explain.candidates import Candidate
from hashquake.explain.cause_model import CauseModel


def because_candidate(one: Candidate, *, onset: Window, remaining: Interval) -> str:
    """Say how an event fits a fall in time and in size.

    Parameters
    ----------
    one : Candidate
        The event.
    onset : Window
        Of the fall, 90 %.
    remaining : Interval
        Hash rate after over before.
    """
    middle_s = (onset.start_s + onset.end_s) / 2.0
    late_s = middle_s - one.window.start_s
    half_s = onset.duration_s / 2.0
    if late_s < -half_s - 2.0 * one.blur_s:
        when = f"the fall began {_length(-late_s)} before {one.label}"
    elif abs(late_s) <= half_s + 2.0 * one.blur_s:
        when = f"the fall began within {_length(half_s + 2.0 * one.blur_s)} of {one.label}"
    elif middle_s <= one.window.end_s:
        when = f"the fall began {_length(late_s)} into {one.label}"
    else:
        when = f"the fall began {_length(middle_s - one.window.end_s)} after {one.label} ended"
    return f"{when}; {_plausible(one, remaining)}"


def because_overlap(one: Candidate, *, window: Window, remaining: Interval) -> str:
    """Say how an event fits a window somebody chose, in time and in size.

    Parameters
    ----------
    one : Candidate
        The event; it overlaps the window.
    window : Window
        The window.
    remaining : Interval
        Hash rate in it over that before.
    """
    shared = one.window.overlap(window)
    part = shared.duration_s / window.duration_s if shared is not None else 0.0
    when = "lasted throughout" if part > 0.95 else f"took {_percent(part)} of the time"
    return f"{one.label} {when}; {_plausible(one, remaining)}"


def because_rate(name: CauseName, *, luck_per_year: float, model: CauseModel) -> str:
    """Say how often such a thing happens without anything dated."""
    if name == "luck":
        return f"luck and slow drift alone raise such an alarm {_times(luck_per_year)} a year"
    if name == "unknown":
        return (
            f"hash rate falls for reasons nobody documented about "
            f"{_times(model.unknown_per_year)} a year"
        )
    per_year = model.pools_only_per_year.get(name, 0.0)
    if name == "migration":
        return (
            f"the network did not fall with the pools, as when machines change pool, which is "
            f"seen about {_times(per_year)} a year"
        )
    return f"the network did not fall with the pools, as when one operator has trouble ({name})"


def _plausible(one: Candidate, remaining: Interval) -> str:
    lost = 1.0 - remaining.median
    least = 1.0 - remaining.high
    if lost <= 0.0:
        return "the count shows no fall to explain"
    if one.share is None:
        return "it touches the whole network, and most miners go on after such a thing"
    held = one.share.median
    place = f"{one.place or one.country or 'the place'} had {_percent(held)} of hash rate"
    if least > one.share.high:
        return f"but {place}, and at least {_percent(least)} went"
    if _percent(lost) == _percent(held):
        return f"{place}, as much as seems to have gone"
    if lost > held:
        return f"{place}, less than the {_percent(lost)} that seems to have gone"
    return f"{place}, and {_percent(lost / held)} of that would do"


def _times(count: float) -> str:
    return "once" if count == 1.0 else f"{count:g} times"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %" if share >= 0.095 else f"{100.0 * share:.1f} %"


def _length(span_s: float) -> str:
    if span_s < 2 * DAY_S:
        return f"{max(1, round(span_s / HOUR_S))} h"
    return f"{span_s / DAY_S:.0f} d"
