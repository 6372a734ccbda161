"""Times named in a sentence, as windows in UTC, resolved against the day of publication.

What can be read in two ways is asked about and never guessed: 5/1/2022 in English, the hour of a
place, a weekday in a text without a date.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hashquake.claims.calendar_windows import month_window
from hashquake.claims.clocks import clocks_in
from hashquake.claims.dates import dates_in, months_in, years_in
from hashquake.claims.days import days_in, eves_in
from hashquake.claims.lexicon import Lexicon
from hashquake.claims.numbers import Number
from hashquake.claims.relative_times import named_days_in, resolved
from hashquake.claims.seasons import in_year, seasons_in
from hashquake.claims.stretches import stretches_in, stretches_to
from hashquake.claims.time_reader import TimeNamed, TimeReader
from hashquake.claims.tokens import Cue
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

_SINCE_GAP = 5
"""Characters between "since" and its time: an article."""
_MARK_WORDS = 7
_YEAR = re.compile(r"20\d\d")
_WEEK_S = 7 * DAY_S
_LEAD = 5
"""Characters between "from" and the day it belongs to."""


def times_in(
    text: str,
    cues: Sequence[Cue],
    numbers: Sequence[Number],
    lexicon: Lexicon,
    published_s: float | None,
) -> list[TimeNamed]:
    """Return the times named in a sentence, in their order; a time within another is left out.

    Parameters
    ----------
    text : str
        The sentence.
    cues : sequence of Cue
        Phrases of the lexicon in it.
    numbers : sequence of Number
        Numbers in it.
    lexicon : Lexicon
        Of its language.
    published_s : float or None
        UTC Unix seconds; None where it is not known.
    """
    reader = TimeReader(text, cues, numbers, lexicon, published_s)
    found = [*dates_in(reader), *months_in(reader), *days_in(reader)]
    found += stretches_in(reader)
    found += stretches_to(reader, found)
    found += seasons_in(reader)
    found += named_days_in(reader)
    found += clocks_in(reader, found)
    found += eves_in(reader, found)
    found += years_in(reader)
    kept: list[TimeNamed] = []
    for one in sorted(found, key=lambda one: one.start - one.end):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    named = sorted(_with_clocks(kept, reader), key=lambda one: one.start)
    return resolved(_in_one_year(named, reader), published_s)


def _with_clocks(found: list[TimeNamed], reader: TimeReader) -> list[TimeNamed]:
    """Let "since" open a window to the day of publication; join an hour and the day beside it."""
    out: list[TimeNamed] = []
    plain: TimeNamed | None = None
    for one in sorted(found, key=lambda each: each.start):
        opened = _since(one, reader)
        before = out[-1] if out else None
        if before is not None and before.kind == "since" and plain is not None:
            # "From Thursday to Sunday": the Russian word for "since" is also one for "from".
            days = {plain.kind, opened.kind} == {"day"}
            if days and opened.start - plain.end <= 6 and _ends_with(plain, opened, reader):
                out[-1], plain = _stretched(plain, opened), None
                continue
        plain = one
        if before is not None and opened.start - before.end <= 6:
            kinds = {before.kind, opened.kind}
            if kinds == {"month"} and _are_joined(before, opened, reader):
                out[-1] = replace(_stretched(before, opened), kind="month", ends=None)
                continue
            if kinds == {"day"} and _goes_to(before, opened, reader):
                out[-1] = _stretched(before, opened)
                continue
            between = reader.text[before.end : opened.start].strip()
            if kinds == {"day"} and between in ("", ",", "("):
                # "Saturday, July 3": the date says which Saturday.
                dated = opened if _has_digits(opened, reader) else before
                out[-1] = replace(dated, start=before.start, end=opened.end)
                continue
            if kinds == {"clock", "day"}:
                hour = before if before.kind == "clock" else opened
                out[-1] = replace(hour, start=before.start, end=opened.end)
                continue
            if opened.kind == "year" and before.kind in ("season", "month"):
                placed = in_year if before.kind == "season" else _in_year
                out[-1] = replace(placed(before, opened), end=opened.end)
                continue
        out.append(opened)
    return out


def _in_year(month: TimeNamed, year: TimeNamed) -> TimeNamed:
    """Return a month in the year named behind it: "August of last year"."""
    if month.window is None or year.window is None:
        return month
    first = datetime.fromtimestamp(month.window.start_s, UTC)
    named = datetime.fromtimestamp(year.window.start_s, UTC).year
    whole = month.window == month_window(first.year, first.month)
    return replace(month, window=month_window(named, first.month)) if whole else month


def _in_one_year(times: list[TimeNamed], reader: TimeReader) -> list[TimeNamed]:
    """Let a month take the year of the one behind it: "180 EH/s in May and 90 in June 2021"."""
    out = list(times)
    for at in range(len(out) - 2, -1, -1):
        one, after = out[at], out[at + 1]
        if {one.kind, after.kind} != {"month"} or one.window is None or after.window is None:
            continue
        if _YEAR.search(reader.text[one.start : one.end]):
            continue
        if not _YEAR.search(reader.text[after.start : after.end]):
            continue
        if any(-_LEAD <= cue.start - one.end <= _LEAD for cue in reader.of("time:last")):
            continue  # "août dernier, contre 1,4 % en septembre 2019"
        first = datetime.fromtimestamp(one.window.start_s, UTC)
        last = datetime.fromtimestamp(after.window.start_s, UTC)
        if first.month < last.month and one.window == month_window(first.year, first.month):
            out[at] = replace(one, window=month_window(last.year, first.month))
    return out


def _has_digits(one: TimeNamed, reader: TimeReader) -> bool:
    return any(mark.isdigit() for mark in reader.text[one.start : one.end])


def _goes_to(before: TimeNamed, after: TimeNamed, reader: TimeReader) -> bool:
    """Whether two days are the ends of one stretch: "from 5 January to 10 January"."""
    near = {cue.kind for cue in reader.cues if before.end <= cue.start and cue.end <= after.start}
    lead = {
        cue.kind
        for cue in reader.cues
        if 0 <= before.start - cue.end <= _LEAD or cue.start == before.start
    }
    joined = near & {"roles:to", "roles:range", "roles:and", "time:to_end"}
    return bool(joined and lead & {"roles:from", "roles:between"})


def _ends_with(before: TimeNamed, after: TimeNamed, reader: TimeReader) -> bool:
    """Whether "to" or "until" stands between two days."""
    return any(
        before.end <= cue.start and cue.end <= after.start
        for cue in reader.cues
        if cue.kind in ("roles:to", "time:to_end")
    )


def _are_joined(before: TimeNamed, after: TimeNamed, reader: TimeReader) -> bool:
    """Whether two months are one time: "in July and August 2021", "von Mai bis Juli"."""
    if before.window is None or after.window is None:
        return False
    joined = any(
        before.end <= cue.start and cue.end <= after.start
        for cue in reader.cues
        if cue.kind in ("roles:and", "roles:range", "time:to_end")
    )
    # "In July and August 2021" names the year once.
    return joined and not _has_digits(before, reader)


def _stretched(before: TimeNamed, after: TimeNamed) -> TimeNamed:
    if before.window is None or after.window is None:
        return replace(before, end=after.end)
    if after.window.end_s <= before.window.start_s:
        before = _earlier(before, before.window, after.window)
    if before.window is None or before.window.start_s >= after.window.end_s:
        return before
    window = Window(start_s=before.window.start_s, end_s=after.window.end_s)
    ends = (before.window, after.window)
    return replace(before, end=after.end, window=window, kind="span", ends=ends)


def _earlier(before: TimeNamed, first: Window, last: Window) -> TimeNamed:
    """Return the beginning of a stretch that ends before it: a week or a year earlier."""
    if before.kind == "day":
        # "From Friday to Sunday", written on a Friday, began with the last one.
        weeks_s = _WEEK_S * (1 + (first.start_s - last.end_s) // _WEEK_S)
        if weeks_s > _WEEK_S:
            return before
        return replace(
            before, window=Window(start_s=first.start_s - weeks_s, end_s=first.end_s - weeks_s)
        )
    if before.kind != "month":
        return before
    month = datetime.fromtimestamp(first.start_s, UTC)
    end = datetime.fromtimestamp(last.start_s, UTC)
    return replace(before, window=month_window(end.year - (month.month > end.month), month.month))


def _since(one: TimeNamed, reader: TimeReader) -> TimeNamed:
    since = max(
        (cue for cue in reader.of("time:since") if _opens(cue, one, reader)),
        key=lambda cue: cue.start,
        default=None,
    )
    if since is None or one.window is None or reader.now is None or one.ends is not None:
        return one
    if one.kind == "rarity":
        return one
    if one.window.start_s >= reader.now.timestamp():
        return one
    window = Window(start_s=one.window.start_s, end_s=reader.now.timestamp())
    plain = one.start - since.end <= _SINCE_GAP
    # "Since its weakest reading in May": those words belong to the time, and say nothing else.
    start = one.start if plain else since.start
    return TimeNamed(start=start, end=one.end, window=window, kind="since", named=one.window)


def _opens(since: Cue, one: TimeNamed, reader: TimeReader) -> bool:
    """Whether "since" is of a time: right before it, or with a mark such as "its low of"."""
    gap = one.start - since.end
    if gap < 0 or gap <= _SINCE_GAP:
        return gap >= 0
    between = reader.text[since.end : one.start]
    if len(between.split()) > _MARK_WORDS or any(mark in between for mark in ",;:.()"):
        return False
    marks = [*reader.of("time:extreme"), *reader.of("time:mark")]
    return any(since.end <= mark.start and mark.end <= one.start for mark in marks)
