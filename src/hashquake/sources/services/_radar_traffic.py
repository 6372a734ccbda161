"""Traffic as Cloudflare Radar gives it: shares of the largest value of one answer, as text.

Values of different answers are on different scales, so a reading's source names the days of
its answer.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hashquake.core.contracts import Batch
from hashquake.core.errors import FormatError
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.sources.services._instrument import mismatch
from hashquake.sources.services._series import (
    Point,
    RequestedSeries,
    as_number,
    as_time_s,
    as_value,
)
from hashquake.sources.wire.answer import as_list, as_object, as_text, wrong_shape

STEPS_S = {"FIFTEEN_MINUTES": 900, "ONE_HOUR": 3600, "ONE_DAY": DAY_S, "ONE_WEEK": 7 * DAY_S}
_ASKED_STEPS = {"15m": "FIFTEEN_MINUTES", "1h": "ONE_HOUR", "1d": "ONE_DAY"}
QUANTITIES = {
    "MIN0_MAX": "radar_traffic_of_max_share",
    "PERCENTAGE_CHANGE": "radar_traffic_change_share",
}
"""What a value means, by the way in which Radar says it was normalised."""
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")


def source_name(asked: Window) -> str:
    """Name the scale of an answer by its days.

    >>> source_name(Window(start_s=1641340800, end_s=1641470400))
    'radar:2022-01-05/2022-01-07'

    Parameters
    ----------
    asked : Window
        The window that was asked for.
    """
    end_s = -int(-asked.end_s // DAY_S) * DAY_S
    return f"radar:{format_time(asked.start_s)[:10]}/{format_time(end_s)[:10]}"


def series_name(subject: str) -> str:
    """Name the series asked for, by which the answer tells whom it is about.

    Parameters
    ----------
    subject : str
        Such as ``country:KZ``.
    """
    return subject.replace(":", "_")


def traffic_batch(
    result: Mapping[str, Any], *, subject: str, asked: Window, interval: str, now_s: float
) -> Batch:
    """Take the readings out of an answer's result.

    Parameters
    ----------
    result : mapping
        With ``meta`` and one series of timestamps and values as strings.
    subject : str
        The subject asked for.
    asked : Window
        The whole days asked for.
    interval : str
        The one asked for, such as ``15m``.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    FormatError, SourceError
        ``answer-shape``, ``answer-mismatch``, ``normalisation-unknown``, ``clock-skew``, and
        what `RequestedSeries.batch` and `as_value` raise.
    """
    meta = as_object(result.get("meta"), "an answer's meta")
    method = as_text(meta.get("normalization") or "MIN0_MAX", "a normalisation")
    if method not in QUANTITIES:
        raise FormatError(
            f"the traffic of {subject} is normalised in a way not known here: {method[:40]!r}",
            code="normalisation-unknown",
            hint=f"known: {', '.join(QUANTITIES)}; on another scale values would mislead",
        )
    step = as_text(meta.get("aggInterval") or _ASKED_STEPS[interval], "an interval")
    if step not in STEPS_S:
        raise wrong_shape("an interval", step)
    updated_s = now_s
    if meta.get("lastUpdated") is not None:
        updated_s = min(now_s, as_time_s(meta["lastUpdated"], "the time of the last update"))
    series = RequestedSeries(
        subject=subject,
        quantity=QUANTITIES[method],
        source=source_name(asked),
        asked=asked,
        now_s=now_s,
        lag_s=now_s - updated_s,
    )
    return series.batch(_points(_serie(result, subject), STEPS_S[step], method))


def _serie(result: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
    """Find the series by the name asked for, or by the one it has without a name."""
    names = [name for name in result if name != "meta"]
    for name in (series_name(subject), "serie_0"):
        if names == [name]:
            return as_object(result[name], "a series")
    raise mismatch("series", asked=series_name(subject), found=names)


def _points(serie: Mapping[str, Any], step_s: int, method: str) -> Iterator[Point]:
    times = as_list(serie.get("timestamps"), "the timestamps of a series")
    values = as_list(serie.get("values"), "the values of a series")
    if len(times) != len(values):
        raise wrong_shape(f"a series of {len(times)} timestamps and values", len(values))
    for time, value in zip(times, values, strict=True):
        start_s = as_time_s(time, "a timestamp")
        yield Point(start_s, start_s + step_s, None if value is None else _share(value, method))


def _share(value: Any, method: str) -> float:
    what = "a value of traffic"
    if isinstance(value, str):
        text = value.strip()
        if text.lower().lstrip("+-") in ("nan", "inf", "infinity") or _NUMBER.fullmatch(text):
            value = float(text)
        else:
            raise wrong_shape(what, value)
    if method == "PERCENTAGE_CHANGE":
        # A fall by more than everything would be less than no traffic.
        return as_value(as_number(value, what) / 100 + 1, what) - 1
    share = as_value(value, what)
    if share > 1:
        raise FormatError(
            f"{what} is {share:g} times the largest one",
            code="value-no-share",
            hint="Radar's scale may have changed; nothing of the answer was kept, please report it",
        )
    return share
