"""The reasons of a cause, as codes and values."""

from hashquake.core.interval import Interval
from hashquake.core.quake import CauseName
from hashquake.core.reason import (
    DuringEvent,
    NearEvent,
    NullAlarms,
    PoolsAlone,
    Timing,
    Undocumented,
)
from hashquake.core.window import Window
from hashquake.explain.candidates import Candidate
from hashquake.explain.cause_model import CauseModel


def near_event(one: Candidate, *, onset: Window, remaining: Interval) -> NearEvent:
    """Return how an event fits a fall in time and in size.

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
    within_s = onset.duration_s / 2.0 + 2.0 * one.blur_s
    timing: Timing
    if late_s < -within_s:
        timing, apart_s = "before", -late_s
    elif late_s <= within_s:
        timing, apart_s = "with", within_s
    elif middle_s <= one.window.end_s:
        timing, apart_s = "during", late_s
    else:
        timing, apart_s = "after", middle_s - one.window.end_s
    return NearEvent(
        about=one.about,
        timing=timing,
        apart_s=apart_s,
        place=_place(one),
        place_share=one.share,
        remaining_share=remaining,
    )


def during_event(one: Candidate, *, window: Window, remaining: Interval) -> DuringEvent:
    """Return how an event fits a window that somebody chose, in time and in size.

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
    return DuringEvent(
        about=one.about,
        overlap_share=shared.duration_s / window.duration_s if shared is not None else 0.0,
        place=_place(one),
        place_share=one.share,
        remaining_share=remaining,
    )


def rate_reason(
    name: CauseName, *, false_alarms_per_year: float, model: CauseModel
) -> NullAlarms | Undocumented | PoolsAlone:
    """Return the prior rate of a cause that nothing dates.

    Parameters
    ----------
    name : CauseName
        One of `CAUSE_NAMES`.
    false_alarms_per_year : float
        Of the detector.
    model : CauseModel
        Prior rates of causes.
    """
    if name == "luck":
        return NullAlarms(false_alarms_per_year=false_alarms_per_year)
    if name == "unknown":
        return Undocumented(falls_per_year=model.unknown_per_year)
    return PoolsAlone(falls_per_year=model.pools_only_per_year.get(name, 0.0))


def _place(one: Candidate) -> str | None:
    return None if one.share is None else one.place or one.country
