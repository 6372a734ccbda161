"""Stretches of time: the last 24 hours, two days ago, last month."""

import re
from datetime import timedelta

from hashquake.claims.calendar_windows import day_of, month_window, year_window
from hashquake.claims.clocks import CLOCK, clock_s
from hashquake.claims.relative_times import relative_of
from hashquake.claims.time_reader import TimeNamed, TimeReader
from hashquake.claims.tokens import Cue
from hashquake.claims.units import number_of
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

_UNITS_S = {"hour": HOUR_S, "minute": 60, "day": DAY_S, "week": 7 * DAY_S, "month": 30 * DAY_S,
            "year": 365 * DAY_S}  # fmt: skip


_LONG_UNITS = ("week", "month", "year")
_DURING = ("during", "durante", "pendant", "over", "über", "в течение", "на протяжении")
_TO_GAP = 5
"""Characters between "to" and the day: an article."""
_RARE_WORDS = 4
"""Words between an extreme and its time: "lowest level in more than two years"."""
_EXTREMES = ("time:extreme", "roles:lowest", "roles:highest")
_APART = re.compile(r"[\d,;:()]")
_COUNT_GAP = re.compile(r"[\s\u00a0-]*(?:\S{3,9}[\s\u00a0]+)?")
_ABBREVIATED = re.compile(
    r"(?<![\w.,:])(\d{1,3})(h|d|ч|j)(?![\w:])(?!\s?(?:às|as|à|al?|até|bis|to|до|[-\u2013])\s?\d)"
)


def stretches_in(reader: TimeReader) -> list[TimeNamed]:
    """Return the stretches of time that a sentence names.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    """
    found = []
    for unit in _UNITS_S:
        for cue in reader.of(f"time:{unit}"):
            named = _span(reader, cue, unit)
            if named is not None:
                found.append(named)
    found += _abbreviated(reader)
    return [
        *found,
        *(
            _worded(reader, cue, "rarity" if _of_extreme(reader, cue.start) else "span")
            for cue in reader.of("spans_h")
        ),
        *(
            _up_to_now(reader, cue, DAY_S * number_of(cue), "rarity")
            for cue in reader.of("rarity_days")
        ),
    ]


def stretches_to(reader: TimeReader, days: list[TimeNamed]) -> list[TimeNamed]:
    """Return the stretches that end with a day: "the week to April 21", "die Woche bis Sonntag".

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    days : list of TimeNamed
        Times it names.
    """
    found = []
    for unit in ("day", "week", "month"):
        for cue in reader.of(f"time:{unit}"):
            count, start = _count_before(reader, cue)
            if count is None and unit == "day":
                continue
            first = cue.start if start is None else start
            found += [
                reader.made(
                    first,
                    day.end,
                    Window(
                        start_s=day.window.end_s - (count or 1.0) * _UNITS_S[unit],
                        end_s=day.window.end_s,
                    ),
                    "span",
                )
                for day in days
                if day.kind == "day"
                and day.window is not None
                and any(
                    0 <= to.start - cue.end <= 2 and 0 <= day.start - to.end <= _TO_GAP
                    for to in reader.of("time:week_to")
                )
            ]
    return found


def _abbreviated(reader: TimeReader) -> list[TimeNamed]:
    """Return stretches written with one letter: "24h", "in 7d"."""
    found = []
    for match in _ABBREVIATED.finditer(reader.text):
        lead = _right_before(reader, "time:in_last", match.start())
        count, hours = int(match[1]), match[2] in ("h", "ч")
        if not count or (lead is None and not (hours and count in (24, 48, 72))):
            continue
        first = match.start() if lead is None else lead.start
        window = None
        if reader.now is not None:
            end_s = reader.now.timestamp()
            window = Window(start_s=end_s - count * (HOUR_S if hours else DAY_S), end_s=end_s)
        found.append(reader.made(first, match.end(), window, "span"))
    return found


def _of_extreme(reader: TimeReader, start: int) -> bool:
    """Whether a stretch only says how rare a value is: "its lowest in a month"."""
    return any(
        one.end <= start
        and len((between := reader.text[one.end : start]).split()) <= _RARE_WORDS
        and not _APART.search(between)
        for kind in _EXTREMES
        for one in reader.of(kind)
    )


def _is_in_extreme(reader: TimeReader, unit: Cue) -> bool:
    """Whether a unit is part of an extreme's name: "a two-year high"."""
    return any(
        one.start <= unit.start < one.end
        for kind in ("roles:lowest", "roles:highest")
        for one in reader.of(kind)
    )


def _worded(reader: TimeReader, cue: Cue, kind: str) -> TimeNamed:
    """Return a stretch up to now that one phrase names: "day on day", "binnen Tagesfrist"."""
    return _up_to_now(reader, cue, HOUR_S * number_of(cue), kind)


def _up_to_now(reader: TimeReader, cue: Cue, length_s: float, kind: str) -> TimeNamed:
    window = None
    if reader.now is not None:
        end_s = reader.now.timestamp()
        window = Window(start_s=end_s - length_s, end_s=end_s)
    return reader.made(cue.start, cue.end, window, kind)


def _span(reader: TimeReader, cue: Cue, unit: str) -> TimeNamed | None:
    """Return the stretch that a unit of time belongs to; None where it is only a duration."""
    count, start = _count_before(reader, cue)
    start = cue.start if start is None else start
    ago = reader.touching(cue, "time:ago") or _right_before(reader, "time:ago", start)
    if count is None and ago is not None and reader.lexicon.table["time"].get("bare_ago"):
        count = 1.0  # "год назад" needs no "one"
    relative = relative_of(reader, cue, unit, count, start)
    if relative is not None:
        return relative
    if count is not None and ago is not None:
        return _ago(reader, unit, count, min(start, ago.start), max(cue.end, ago.end))
    last_word = reader.touching(cue, "time:last")
    if count is None:
        return _of_calendar(reader, cue, unit, start) if unit in _LONG_UNITS else None
    word = _right_before(reader, "time:last", start)  # "the last 24 hours"
    start = start if word is None else word.start
    rare = (unit in _LONG_UNITS and _of_extreme(reader, start)) or _is_in_extreme(reader, cue)
    if not rare and not _is_dated(reader, cue, start, unit, word=word or last_word):
        return None
    lead = _right_before(reader, "time:in_last", start)
    end_s, stop = _end_after(reader, cue)
    if end_s is None and reader.now is not None:
        end_s = reader.now.timestamp()
    first = start if lead is None else lead.start
    if end_s is None or not count > 0:
        return reader.made(first, stop, None, "span")
    window = Window(start_s=end_s - count * _UNITS_S[unit], end_s=end_s)
    return reader.made(first, stop, window, "rarity" if rare else "span")


def _of_calendar(reader: TimeReader, cue: Cue, unit: str, start: int) -> TimeNamed | None:
    """Return "this week" or "last month"; None where neither word stands there."""
    this = _right_before(reader, "time:this", start)
    if this is not None:
        return reader.made(this.start, cue.end, _so_far(reader, unit), unit)
    last = reader.touching(cue, "time:last")
    if last is None:
        return None
    first, stop = min(start, last.start), max(cue.end, last.end)
    return reader.made(first, stop, _calendar(reader, unit), unit)


def _lasts(reader: TimeReader, start: int) -> bool:
    """Whether a word such as *during* makes it how long something took."""
    lead = _right_before(reader, "time:in_last", start)
    return lead is not None and reader.text[lead.start : lead.end].lower() in _DURING


def _is_dated(reader: TimeReader, cue: Cue, start: int, unit: str, *, word: Cue | None) -> bool:
    """Whether a duration is a stretch up to now: "the last 24 hours", "24-hour"."""
    if word is not None:
        return True
    written = reader.text[start : cue.end]
    if unit in ("month", "year") and _lasts(reader, start):
        return False  # "banned for four months"
    hyphened = "-" in written or "\u2011" in written
    return hyphened or _right_before(reader, "time:in_last", start) is not None


def _right_before(reader: TimeReader, kind: str, start: int) -> Cue | None:
    """Return the longest phrase of a kind that ends where a stretch begins."""
    found = [
        one
        for one in reader.of(kind)
        if one.end <= start and not reader.text[one.end : start].strip()
    ]
    return max(found, key=lambda one: one.end - one.start, default=None)


def _ago(reader: TimeReader, unit: str, count: float, first: int, last: int) -> TimeNamed:
    if reader.now is None:
        return reader.made(first, last, None, "day")
    then = reader.now - timedelta(seconds=count * _UNITS_S[unit])
    match unit:
        case "month":
            return reader.made(first, last, month_window(then.year, then.month), "month")
        case "year":
            return reader.made(first, last, year_window(then.year), "year")
        case "hour" | "minute":
            window = Window(start_s=then.timestamp(), end_s=reader.now.timestamp())
            return reader.made(first, last, window, "span")
    return reader.made(first, last, day_of(then), "day")


def _count_before(reader: TimeReader, cue: Cue) -> tuple[float | None, int | None]:
    for number in reader.numbers:
        gap = reader.text[number.end : cue.start]
        if (
            number.end <= cue.start
            and len(gap) <= 12
            and _COUNT_GAP.fullmatch(gap)
            and number.value <= 400
            and (not gap.strip(" -\u00a0") or _is_last_word(reader, gap))
        ):
            return number.value, number.start
    for one in reader.of("time:a"):
        if one.end <= cue.start and not reader.text[one.end : cue.start].strip():
            return 1.0, one.start
    return None, None


def _is_last_word(reader: TimeReader, gap: str) -> bool:
    return gap.strip().lower() in reader.lexicon.table["time"]["last"]


def _end_after(reader: TimeReader, cue: Cue) -> tuple[float | None, int]:
    """Return where a stretch ends, when it says so: "the 24 hours to 06:00 UTC"."""
    for one in reader.of("time:to_end"):
        gap = reader.text[cue.end : one.start]
        if one.start >= cue.end and len(gap) <= 2 and not gap.strip():
            behind = reader.text[one.end :]
            match = CLOCK.match(reader.text, one.end + len(behind) - len(behind.lstrip()))
            if match and (match[2] or match["zone"] or match["half"]):
                then = clock_s(reader, match, None)
                if then is not None:
                    return then, match.end()
    return None, cue.end


def _so_far(reader: TimeReader, unit: str) -> Window | None:
    """Return this week, month or year up to the publication."""
    if reader.now is None:
        return None
    days = {"week": reader.now.weekday(), "month": reader.now.day - 1}
    back = days.get(unit, reader.now.timetuple().tm_yday - 1)
    start_s = day_of(reader.now - timedelta(days=back)).start_s
    end_s = max(reader.now.timestamp(), start_s + HOUR_S)
    return Window(start_s=start_s, end_s=end_s)


def _calendar(reader: TimeReader, unit: str) -> Window | None:
    if reader.now is None:
        return None
    if unit == "week":
        return Window(start_s=reader.now.timestamp() - 7 * DAY_S, end_s=reader.now.timestamp())
    if unit == "month":
        year, month = (
            (reader.now.year, reader.now.month - 1)
            if reader.now.month > 1
            else (reader.now.year - 1, 12)
        )
        return month_window(year, month)
    return year_window(reader.now.year - 1)
