"""Hours of the day that a sentence names, with their zones."""

import re

from hashquake.claims.calendar_windows import day_of
from hashquake.claims.time_reader import TimeNamed, TimeReader
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

CLOCK = re.compile(
    r"(?<![\d.,:])([01]?\d|2[0-4])(?:(?::|\s?h\s?|\.(?=\d\d\s?(?:Uhr|[ap]\.?m|UTC|GMT)))([0-5]\d)"
    r"|\s?h(?:rs?|s|eures?|oras?)?(?=\s?\(?(?:UTC|GMT|MSK|CET|BRT))|(?=\s?(?:[ap]\.?m\b|Uhr|UTC|GMT)))\s?(?:(?P<half>[ap])\.?\s?m\.?)?\s?(?:Uhr|часов|ч\.?)?\s?\(?"
    r"(?P<zone>UTC\s?[+\u2212-]\s?\d{1,2}|GMT\s?[+\u2212-]\s?\d{1,2}|UTC|GMT|CEST|CET|EST|EDT|CST|CDT"
    r"|PST|PDT|ET|MSK|МСК|MEZ|MESZ|BRT|Z\b)?", re.IGNORECASE)  # fmt: skip
_ZONES_H = {"utc": 0, "gmt": 0, "z": 0, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "est": -5,
            "edt": -4, "et": -5, "cst": -6, "cdt": -5, "pst": -8, "pdt": -7, "msk": 3, "мск": 3,
            "brt": -3}  # fmt: skip


def clocks_in(reader: TimeReader, known: list[TimeNamed]) -> list[TimeNamed]:
    """Return the hours of the day that a sentence names.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    known : list of TimeNamed
        Days it names; an hour is of the nearest.
    """
    found = []
    for match in CLOCK.finditer(reader.text):
        if (
            not (match[2] or match["half"] or match["zone"] or "Uhr" in match[0])
            or int(match[1]) > 24
        ):
            continue
        if any(one.start <= match.start() < one.end for one in known):
            continue
        local = next(
            (one for one in reader.of("time:local") if 0 <= one.start - match.end() <= 2), None
        )
        end = local.end if local else match.start() + len(match[0].rstrip())
        if local:
            question = f"which zone is {reader.text[match.start() : end]}?"
            found.append(
                TimeNamed(
                    start=match.start(), end=end, window=None, kind="unsure", question=question
                )
            )
            continue
        days = [one for one in known if one.kind == "day" and one.window is not None]
        near = min(days, key=lambda one: abs(one.start - match.start()), default=None)
        then = clock_s(reader, match, near)
        window = None if then is None else Window(start_s=then, end_s=then + HOUR_S)
        found.append(reader.made(match.start(), end, window, "clock"))
    return found


def clock_s(reader: TimeReader, match: re.Match[str], day: TimeNamed | None) -> float | None:
    """Return the instant of an hour, UTC Unix seconds; None where its day is not known.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    match : re.Match
        Of `CLOCK`.
    day : TimeNamed or None
        Its day; None is the day of publication, or the one before where the hour had not come.
    """
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match["half"] or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    zone = (match["zone"] or "utc").lower().replace("\u2212", "-").replace(" ", "")
    shift = re.fullmatch(r"(?:utc|gmt)([+-]\d{1,2})", zone)
    offset_h = int(shift[1]) if shift else _ZONES_H.get(zone, 0)
    seconds = hour * HOUR_S + minute * 60 - offset_h * HOUR_S
    if day is not None and day.window is not None:
        return day.window.start_s + seconds
    if reader.now is None or reader.published_s is None:
        return None
    then = day_of(reader.now).start_s + seconds
    # A text published at midnight is dated by its day alone: any hour of that day may be meant.
    late = reader.now.timestamp() + (DAY_S if reader.published_s % DAY_S == 0 else 0)
    return then if then <= late else then - DAY_S
