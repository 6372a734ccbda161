"""Days and months that a sentence names, in digits or by their names."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from hashquake.claims.calendar_windows import (
    day_window,
    full_year,
    hour_window,
    month_window,
    year_window,
)
from hashquake.claims.time_reader import TimeNamed, TimeReader
from hashquake.claims.tokens import Cue
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

_ISO = re.compile(r"\b(20[0-3]\d)-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d)?Z?)?")
_DOTTED = re.compile(r"(?<![\d.,])(\d{1,2})\.\s?(\d{1,2})\.\s?(20[0-3]\d|\d\d(?!\d))?(?![\d%])")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})[/-](\d{1,2})[/-](20[0-3]\d|\d\d)(?![\d/])")
_DAY_BEFORE = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?:st|nd|rd|th|er|re|º|°|\.)?"
    r"(?:\s?(?:-|\u2013|to|and|bis|und|au|et|al?|y|e|по|и|до)(?:\s(?:the|zum|dem|den|le|el|o|ao?|dia))*"
    r"\s?(\d{1,2})(?:st|nd|rd|th|er|º|\.)?)?"
    r"\s?(?:of\s|de\s|d['\u2019])?\s?$", re.IGNORECASE)  # fmt: skip
_DAY_AFTER = re.compile(
    r"\.?\s(?:the\s)?(\d{1,2})(?:st|nd|rd|th)?(?:\s?(?:-|\u2013|to|and)\s?(\d{1,2})(?:st|nd|rd|th)?)?"
    r"(?![\d%:]|[.,]\d|\s?(?:%|percent|per\s|EH|PH|[ap]\.?m\b))", re.IGNORECASE)  # fmt: skip
YEAR_AFTER = re.compile(r"\.?,?\s?(?:of\s|de\s|del\s)?(20[0-3]\d|199\d)(?!\d)")
_YEAR = re.compile(r"(?<![\d.,$\u20ac~])(2009|20[1-3]\d)(?![\d%]|[.,:]\d|\s?%)")
"""A year since there is Bitcoin; what has a unit or "about" before it is a number."""
_UNIT = re.compile(r"\s?[-\u2010\u2011]?(?:[kMGTPEZкМГТПЭ](?:W|H|Вт|[ХхX]|H/s)|€|\$|[EМ]Х)")
_DAY_ALONE = {
    language: re.compile(written, re.IGNORECASE)
    for language, written in {
        "en": r"(?<=\bby |\bon )the (\d{1,2})(?:st|nd|rd|th)\b"
        r"(?!\s(?:of|day|week|time|floor|century|place|quarter|month|year|[A-Z]))",
        "de": r"\b(?:am|vom|zum|dem|den) (\d{1,2})\.(?=\s(?![A-ZÄÖÜ])|\s*[,;)]|$)",
        "fr": r"\ble (\d{1,2})(?:er)?"
        r"(?=\s*[.,;)]|$|\s(?:et|puis|contre|au|à|il|elle|la|le|avant|après)\s)",
        "es": r"\bel (?:día )?(\d{1,2})"
        r"(?=\s*[.,;)](?!\d)|$|\s(?:y|la|el|se|a|al|frente|contra|cuando)\s)",
        "pt": r"\b(?:no|ao|do|o) dia (\d{1,2})\b(?!\s+de\b)(?!\s*%)",
        "ru": r"\b(\d{1,2})(?:-го|-е|-ого)?\sчисла|\b(\d{1,2})-го(?=\s*[.,;)]|$)",
    }.items()
}
"""A day of the month alone: "by the 11th", "am 21.", "no dia 21"."""
_TO_PERCENT = re.compile(
    r"\s?(?:y|o|a|al|e|et|ou|au|à|und|oder|bis|and|or|to|-|\u2013)\s?(?:el |le |the )?"
    r"\d+(?:[.,]\d+)?\s?(?:%|per|p\.|por|pour|proz)", re.IGNORECASE)  # fmt: skip
"""Behind the first end of a range of percentages: "entre el 15 y el 18 %"."""
_DAY_GAP = re.compile(r"\s(?:of\s|de\s|d['\u2019])?")
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_AHEAD_WORDS = 8
_SHORT_NAME = 4
_NEXT_MONTH = 6
_BEFORE_MONTHS = (
    "roles:in", "roles:from", "roles:of", "time:since", "time:mid", "time:early", "time:late",
    "time:last", "time:this", "time:in_last", "time:first_week", "time:last_week",
)  # fmt: skip


def dates_in(reader: TimeReader) -> list[TimeNamed]:
    """Return the dates that a sentence gives in digits.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    """
    found = []
    for match in _ISO.finditer(reader.text):
        year, month, day = (int(one) for one in match.group(1, 2, 3))
        if match[4]:
            window = hour_window(year, month, day, int(match[4]), int(match[5]))
            found.append(reader.made(match.start(), match.end(), window, "clock"))
        else:
            found.append(
                reader.made(match.start(), match.end(), day_window(year, month, day), "day")
            )
    for match in _DOTTED.finditer(reader.text):
        if match[3] is None and reader.lexicon.language not in ("de", "ru"):
            continue
        window = reader.dated(int(match[1]), int(match[2]), full_year(match[3]))
        if window is not None:
            found.append(reader.made(match.start(), match.end(), window, "day"))
    for match in _DAY_ALONE[reader.lexicon.language].finditer(reader.text):
        day = int(next(one for one in match.groups() if one))
        if 1 <= day <= 31 and not _TO_PERCENT.match(reader.text, match.end()):
            found.append(
                TimeNamed(
                    start=match.start(),
                    end=match.end(),
                    window=None,
                    kind="relative",
                    shift=("date", day),
                )
            )
    return [*found, *(_slashed(reader, match) for match in _SLASHED.finditer(reader.text))]


def _slashed(reader: TimeReader, match: re.Match[str]) -> TimeNamed:
    first, second, year = int(match[1]), int(match[2]), full_year(match[3]) or 0
    both = first <= 12 and second <= 12 and first != second
    if both and reader.lexicon.date_order == "ask":
        both_ways = (
            datetime(year, *pair, tzinfo=UTC) for pair in ((second, first), (first, second))
        )
        names = " or ".join(f"{each:%-d %B %Y}" for each in both_ways)
        question = f"is {match[0]} {names}?"
        return TimeNamed(
            start=match.start(), end=match.end(), window=None, kind="unsure", question=question
        )
    day, month = (second, first) if second > 12 else (first, second)
    return reader.made(match.start(), match.end(), day_window(year, month, day), "day")


def months_in(reader: TimeReader) -> list[TimeNamed]:
    """Return the days and months that a sentence names by the month.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    """
    found = []
    for cue in reader.of("month"):
        month = int(str(cue.value))
        before = _DAY_BEFORE.search(reader.text[max(0, cue.start - 30) : cue.start])
        after = (
            _DAY_AFTER.match(reader.text, cue.end)
            if reader.lexicon.language == "en" and not before
            else None
        )
        days = before or after
        end = after.end() if after else cue.end
        year = YEAR_AFTER.match(reader.text, end)
        start = cue.start - len(before[0]) if before else cue.start
        spelled = None if days else _spelled_day(reader, cue)
        if spelled is not None:
            day, start = spelled
            stop = year.end() if year else end
            window = reader.dated(day, month, int(year[1]) if year else None)
            found.append(reader.made(start, stop, window, "day"))
            continue
        stop = year.end() if year else end
        if not days and not year and not _month_alone(reader, cue):
            continue
        named = int(year[1]) if year else None
        if days:
            window = _dated_ahead(reader, cue, int(days[1]), month, named)
            last = days[2] and reader.dated(int(days[2]), month, named)
            made = reader.made(start, stop, window, "day")
            if window and last and last.end_s > window.start_s:
                both = Window(start_s=window.start_s, end_s=last.end_s)
                made = replace(made, window=both, kind="span", ends=(window, last))
            found.append(made)
        else:
            ahead = named is None and is_ahead(reader, cue)
            window = reader.month(month, named, ahead=ahead)
            found.append(_part_of_month(reader, start, stop, window))
    return found


def _dated_ahead(
    reader: TimeReader, cue: Cue, day: int, month: int, year: int | None
) -> Window | None:
    """Return a day of a month; the next such day where something is announced for it."""
    window = reader.dated(day, month, year)
    if year is not None or window is None or reader.now is None:
        return window
    if window.end_s < reader.now.timestamp() and is_ahead(reader, cue):
        return day_window(reader.now.year + 1, month, day)
    return window


def _spelled_day(reader: TimeReader, cue: Cue) -> tuple[int, int] | None:
    """Return the day of a month in words and where it begins: "третьего июля", "tres de julio"."""
    words = [(int(str(one.value)), one.start, one.end) for one in reader.of("day_word")]
    words += [
        (int(one.value), one.start, one.end)
        for one in reader.numbers
        if not one.text[:1].isdigit() and one.value in range(1, 32)
    ]
    for day, start, end in sorted(words, key=lambda one: one[1]):
        if end <= cue.start and _DAY_GAP.fullmatch(reader.text[end : cue.start]):
            return day, start
    return None


def _part_of_month(reader: TimeReader, start: int, stop: int, window: Window | None) -> TimeNamed:
    """Narrow a month to its middle, its beginning or its end where the words before it say so."""
    parts = (("first_week", 0, 7), ("last_week", -7, 31), ("mid", 10, 20), ("early", 0, 10),
             ("late", 20, 31))  # fmt: skip
    for kind, first, last in parts:
        for cue in reader.of(f"time:{kind}"):
            gap = reader.text[cue.end : start]
            if cue.end <= start and len(gap) <= 4 and len(gap.split()) <= 1:
                if window is not None:
                    begins_s = window.start_s if first >= 0 else window.end_s
                    window = Window(
                        start_s=begins_s + first * DAY_S,
                        end_s=min(window.end_s, window.start_s + last * DAY_S),
                    )
                return reader.made(cue.start, stop, window, "month")
    return reader.made(start, stop, window, "month")


def _month_alone(reader: TimeReader, cue: Cue) -> bool:
    """Whether a month without day or year is one: some names are other words as well."""
    if reader.text[cue.start].islower() and reader.lexicon.language in ("en", "de"):
        return False
    if cue.end - cue.start > _SHORT_NAME or _POSSESSIVE.match(reader.text, cue.end):
        return True
    if any(0 < cue.start - one.end <= _NEXT_MONTH for one in reader.of("month")):
        return True  # "juillet et août"
    return any(
        one.end <= cue.start
        and cue.start - one.end <= 4
        and one.kind in _BEFORE_MONTHS
        and len(reader.text[one.end : cue.start].split()) <= 1
        for one in reader.cues
    )


def is_ahead(reader: TimeReader, cue: Cue) -> bool:
    """Return whether a day or a month is one to come: "is expected to fall on Saturday".

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    cue : Cue
        Its name.
    """
    ahead = reader.of("time:future")
    ranked = [one for one in reader.cues if ahead and one.kind == "roles:next_ranked"]
    for one in ahead:
        if any(put.start <= one.start and one.end <= put.end for put in ranked):
            continue  # "F2Pool came next in November"
        low, high = min(one.end, cue.end), max(one.start, cue.start)
        between = reader.text[low:high]
        if len(between.split()) <= _AHEAD_WORDS and not any(mark in between for mark in ";:()"):
            return True
    return False


def years_in(reader: TimeReader) -> list[TimeNamed]:
    """Return the years that a sentence names.

    Parameters
    ----------
    reader : TimeReader
        The sentence.
    """
    return [
        _part_of_year(reader, match)
        for match in _YEAR.finditer(reader.text)
        if not _is_counted(reader, match)
    ]


def _part_of_year(reader: TimeReader, match: re.Match[str]) -> TimeNamed:
    """Narrow a year to its first, its middle or its last month: "early 2024", "fin 2021"."""
    year = int(match[1])
    for kind, first, last in (("early", 1, 1), ("mid", 6, 7), ("late", 12, 12)):
        for cue in reader.of(f"time:{kind}"):
            gap = reader.text[cue.end : match.start()]
            if cue.end <= match.start() and len(gap) <= 4 and len(gap.split()) <= 1:
                window = Window(start_s=month_window(year, first).start_s,
                                end_s=month_window(year, last).end_s)  # fmt: skip
                return reader.made(cue.start, match.end(), window, "year")
    return reader.made(match.start(), match.end(), year_window(year), "year")


def _is_counted(reader: TimeReader, match: re.Match[str]) -> bool:
    """Whether four digits are a number: "around 2020 machines", "2 020 MW"."""
    return any(
        (one.kind.startswith(("units:", "scales")) and 0 <= one.start - match.end() <= 1)
        or (one.kind.startswith("hedges:") and 0 <= match.start() - one.end <= 1)
        for one in reader.cues
    ) or bool(_UNIT.match(reader.text, match.end()))
