"""What the command line and the API are asked, read from text in one way."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, format_time, parse_duration, parse_time
from hashquake.core.window import Window
from hashquake.serve.cli.faults import suggestion

if TYPE_CHECKING:
    from hashquake.core.event import Event
    from hashquake.core.outage import Outage
    from hashquake.core.quake import Quake
    from hashquake.observatory import Observatory

RATE_METHODS = ("window", "filter", "smoother", "fused")


def rate_window(
    at: str | None,
    span: str,
    since: str | None,
    until: str | None,
    end_of_record_s: Callable[[], float],
) -> Window:
    """Return the window a rate is asked for.

    Parameters
    ----------
    at : str or None
        The instant at which it ends.
    span : str
        Its length where it is given by its end.
    since, until : str or None
        Its two ends.
    end_of_record_s : callable
        Called where no end is given.

    Raises
    ------
    UsageError
        ``usage``, ``time-syntax``, ``duration-syntax``, ``window-reversed``.
    """
    if at is not None and (since is not None or until is not None):
        raise UsageError(
            "--at asks for an instant, --since and --until for a window",
            code="usage",
            hint="give one or the other",
        )
    if since is None and until is not None:
        at, until = until, None
    if since is not None:
        return window_since(since, until, end_of_record_s)
    end_s = parse_time(at) if at is not None else end_of_record_s()
    return Window(start_s=end_s - parse_duration(span), end_s=end_s)


def window_since(since: str, until: str | None, end_of_record_s: Callable[[], float]) -> Window:
    """Return the window from one time to another, or to the record's end.

    Parameters
    ----------
    since, until : str or None
        As given.
    end_of_record_s : callable
        Called where no end is given.

    Raises
    ------
    UsageError
        ``time-syntax``; ``window-reversed`` where the window holds no time, or none of the
        record's.
    """
    start_s = float(parse_time(since))
    if until is not None:
        return Window(start_s=start_s, end_s=parse_time(until))
    end_s = end_of_record_s()
    if start_s >= end_s:
        raise UsageError(
            f"the record ends on {format_time(end_s)}, not after the start of the window, "
            f"{format_time(start_s)}",
            code="window-reversed",
            hint="choose an earlier --since; hashquake update brings a record up to date",
        )
    return Window(start_s=start_s, end_s=end_s)


def rate_instant_s(window: Window, *, method: str, at: str | None, since: str | None) -> float:
    """Return the instant that a method other than the window is asked for, UTC Unix seconds.

    Parameters
    ----------
    window : Window
        As `rate_window` returns it.
    method : str
        One of `RATE_METHODS`.
    at, since : str or None
        As they were given: a smoother asked for a window answers for its middle.
    """
    middle = method == "smoother" and at is None and since is not None
    return (window.start_s + window.end_s) / 2 if middle else window.end_s


def check_method(method: str) -> None:
    """Refuse a method that does not exist.

    Parameters
    ----------
    method : str
        As asked.

    Raises
    ------
    UsageError
        ``method-unknown``.
    """
    if method not in RATE_METHODS:
        raise UsageError(
            f"the method {method!r} does not exist{suggestion(method, RATE_METHODS)}",
            code="method-unknown",
            hint=f"one of {', '.join(RATE_METHODS)}",
        )


def quakes_wanted(
    quakes: "Iterable[Quake]",
    *,
    since: str | None = None,
    until: str | None = None,
    kind: str | None = None,
    rejected: bool = False,
) -> "list[Quake]":
    """Return the quakes that are asked for.

    Parameters
    ----------
    quakes : iterable of Quake
        The latest opinion of each.
    since, until : str or None
        Their onset reaches into this time; without one of them, it is open there.
    kind : str or None
        ``network`` or ``pools``; None and an empty text are every kind.
    rejected : bool
        Rejected ones too.

    Raises
    ------
    UsageError
        ``usage`` for a kind that does not exist, ``time-syntax``, ``window-reversed``.
    """
    if kind not in (None, "", "network", "pools"):
        raise UsageError(
            f"kind must be network or pools, got {visible_text(kind or '', limit=20)!r}",
            code="usage",
            hint="without it, falls of both are listed",
        )
    start_s = None if since is None else parse_time(since)
    end_s = None if until is None else parse_time(until)
    if start_s is not None and end_s is not None:
        Window(start_s=start_s, end_s=end_s)  # refuses one that ends before it starts
    return [
        one
        for one in quakes
        if (rejected or one.status != "rejected")
        and (start_s is None or one.onset.end_s >= start_s)
        and (end_s is None or one.onset.start_s < end_s)
        and (not kind or (one.subject != NETWORK) == (kind == "pools"))
    ]


def unknown_quake(name: str, known: "Iterable[Quake]") -> UsageError:
    """Return the error about a quake that is not in the catalog.

    Parameters
    ----------
    name : str
        As asked.
    known : iterable of Quake
        Those there are.
    """
    meant = suggestion(name, sorted({one.id for one in known}))
    return UsageError(
        f"the catalog holds no quake {name!r}{meant}",
        code="quake-unknown",
        hint="hashquake quakes list shows them",
    )


def unknown_outage(name: str, known: "Iterable[Outage]") -> UsageError:
    """Return the error about an outage that is not in the record.

    Parameters
    ----------
    name : str
        As asked.
    known : iterable of Outage
        Those there are.
    """
    meant = suggestion(name, sorted({one.id for one in known}))
    return UsageError(
        f"the record holds no outage {name!r}{meant}",
        code="outage-unknown",
        hint="hashquake outages list shows them",
    )


def outage_subjects(observatory: "Observatory", country: str | None) -> list[str] | None:
    """Return the subjects of countries separated by commas; None is all.

    Parameters
    ----------
    observatory : Observatory
        Whose readings may know more places than the list of countries.
    country : str or None
        Such as ``KZ`` or ``KZ,IR``.

    Raises
    ------
    UsageError
        ``subject-syntax``.
    """
    if country is None:
        return None
    from hashquake.core.country import country_subject

    named = observatory.reading_subjects()
    known = frozenset(name.partition(":")[2] for name in named if name.startswith("country:"))
    return [country_subject(code, known=known) for code in country.split(",")]


def outage_window(
    observatory: "Observatory", since: str | None, until: str | None
) -> Window | None:
    """Return the window that outages are to overlap; None is all times.

    Parameters
    ----------
    observatory : Observatory
        Its readings begin and end where nothing is said.
    since, until : str or None
        The two ends.

    Raises
    ------
    UsageError
        ``time-syntax``, ``window-reversed``.
    """
    if since is None and until is None:
        return None
    spans = [span.window for span in observatory.reading_spans()]
    end_s = float(parse_time(until)) if until is not None else None
    first_s = min((span.start_s for span in spans), default=0.0)
    start_s = min(first_s, (end_s or DAY_S) - DAY_S) if since is None else float(parse_time(since))
    if end_s is None:
        end_s = max((*(span.end_s for span in spans), start_s + DAY_S))
    return Window(start_s=start_s, end_s=end_s)


def report_event(name: str | None, since: str | None, until: str | None) -> "Event":
    """Return the event of a report: one of history, or any window.

    Parameters
    ----------
    name : str or None
        Such as ``kazakhstan-2022``.
    since, until : str or None
        A window in place of a name.

    Raises
    ------
    UsageError
        ``usage``, ``event-unknown``, ``time-syntax``, ``window-reversed``.
    """
    from hashquake.core.event import window_event
    from hashquake.datasets.events import event_named

    if name is not None and (since is not None or until is not None):
        raise UsageError(
            "a report is about an event or about a window, not both",
            code="usage",
            hint="leave --since and --until out, or the event",
        )
    if name is None and since is None:
        raise UsageError(
            "a report needs an event or a window",
            code="usage",
            hint="hashquake report --list shows the events; --since and --until make a window",
        )
    if name is not None:
        return event_named(name)
    if until is None:
        raise UsageError(
            "the window has a start and no end",
            code="usage",
            hint="give its end with --until; a report covers hours to weeks",
        )
    return window_event(Window(start_s=parse_time(since or ""), end_s=parse_time(until)))


def report_baseline(window: Window, since: str | None, until: str | None) -> Window | None:
    """Return what a report compares with; None is the usual 14 days before.

    Parameters
    ----------
    window : Window
        Of the event.
    since, until : str or None
        The two ends of the baseline.

    Raises
    ------
    UsageError
        ``baseline-overlap``, ``time-syntax``, ``window-reversed``.
    """
    if since is None and until is None:
        return None
    from hashquake.explain.incident import BASELINE_S

    end_s = parse_time(until) if until is not None else window.start_s
    start_s = parse_time(since) if since is not None else end_s - BASELINE_S
    baseline = Window(start_s=start_s, end_s=end_s)
    if baseline.overlap(window) is not None:
        raise UsageError(
            "the baseline overlaps the window it is compared with",
            code="baseline-overlap",
            hint="end the baseline before the window starts",
        )
    return baseline
