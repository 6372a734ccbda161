"""What a source of readings is asked for: whose, from when, until when, in which pieces.

Shared by the sources that watch the Internet of countries and of autonomous systems.
"""

import re
from collections.abc import Iterator, Sequence

from hashquake.core.country import country_subject
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.subject import parse_subject
from hashquake.core.times import format_time, parse_time
from hashquake.core.window import Window

_COMMAS = re.compile(r"\s*,\s*")


def asked_list(text: str) -> tuple[str, ...]:
    """Take a list written with commas, each item once.

    >>> asked_list("bgp, gtr,bgp")
    ('bgp', 'gtr')

    Parameters
    ----------
    text : str
        Such as ``KZ,IR``.
    """
    return tuple(dict.fromkeys(item for item in _COMMAS.split(text.strip()) if item))


def asked_subjects(*, country: str, asn: str, regions: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the subjects asked for.

    Parameters
    ----------
    country : str
        Codes or names of countries, separated by commas.
    asn : str
        Numbers of autonomous systems, separated by commas, with or without ``AS``.
    regions : sequence of str
        Subjects of regions, for a source that knows them.

    Raises
    ------
    UsageError
        ``subject-missing`` when neither is given, ``subject-syntax``.

    Examples
    --------
    >>> asked_subjects(country="kz", asn="AS9198")
    ('country:KZ', 'asn:9198')
    """
    found = [_country(text) for text in asked_list(country)]
    found += [f"asn:{number.upper().removeprefix('AS')}" for number in asked_list(asn)]
    found += regions
    if not found:
        raise UsageError(
            "neither a country nor an autonomous system is named",
            code="subject-missing",
            hint="add --country KZ or --asn 9198; several are separated by commas",
        )
    for subject in found:
        parse_subject(subject)
    return tuple(dict.fromkeys(found))


def _country(text: str) -> str:
    try:
        return country_subject(text)
    except FormatError as error:
        raise UsageError(error.message, code="subject-syntax", hint=error.hint) from None


def asked_window(since: str, until: str, *, now_s: float) -> Window:
    """Return the time asked for.

    Parameters
    ----------
    since, until : str
        ISO 8601, UTC unless they carry an offset; no `until` means now. An end that lies ahead
        is cut to now: nobody has measured it.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    UsageError
        ``time-syntax``, ``window-reversed``, ``window-ahead``.
    """
    start_s = parse_time(since)
    if start_s >= now_s:
        raise UsageError(
            f"{format_time(start_s)} lies ahead: nothing has been measured since",
            code="window-ahead",
            hint="ask for the past; is this machine's clock right?",
        )
    end_s = min(parse_time(until), int(now_s)) if until.strip() else int(now_s)
    return Window(start_s=start_s, end_s=end_s)


def pieces(window: Window, longest_s: int) -> Iterator[Window]:
    """Cut a window into pieces that begin at whole multiples of a length, oldest first.

    Parameters
    ----------
    window : Window
        UTC Unix seconds.
    longest_s : int
        Length of a piece, seconds.
    """
    start_s = int(window.start_s)
    while start_s < window.end_s:
        end_s = min((start_s // longest_s + 1) * longest_s, int(window.end_s))
        yield Window(start_s=start_s, end_s=end_s)
        start_s = end_s
