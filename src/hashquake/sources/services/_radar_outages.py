"""Outages that people at Cloudflare noted, as readings over the time of each.

They are opinions, so they cover no time: no note does not mean that nothing happened.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hashquake.core.contracts import Batch
from hashquake.core.errors import FormatError, SourceError
from hashquake.core.reading import Reading
from hashquake.core.subject import parse_subject
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.sources.services._instrument import mismatch
from hashquake.sources.services._series import SKEW_S, as_time_s
from hashquake.sources.wire.answer import as_list, as_object, wrong_shape

PAGE_ITEMS = 100
"""Notes asked for at a time."""
_WORDS = re.compile(r"[A-Z][A-Z0-9_]{0,40}")


def outages_batch(items: Sequence[Any], *, subject: str, asked: Window, now_s: float) -> Batch:
    """Take notes as readings ``radar_outage_<type>_<cause>_count``.

    A note without an end becomes ``radar_open_outage_...`` and ends with the time asked for.

    Parameters
    ----------
    items : sequence
        As answered, in any order.
    subject : str
        The subject asked for.
    asked : Window
        Notes that do not overlap it are left out.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    FormatError
        ``answer-shape``, ``answer-mismatch``, ``time-backwards``.
    SourceError
        ``clock-skew``.
    """
    found: Counter[tuple[float, float, str]] = Counter()
    for item in items:
        fields = as_object(item, "an outage")
        _check_about(fields, subject)
        start_s = as_time_s(fields.get("startDate"), "an outage's start")
        if start_s > now_s + SKEW_S:
            raise SourceError(
                f"an outage is dated {format_time(start_s)}, by our clock it is "
                f"{format_time(now_s)}",
                code="clock-skew",
                hint="set this machine's clock; if it is right, the service's is wrong",
            )
        end = fields.get("endDate")
        end_s = asked.end_s if end is None else as_time_s(end, "an outage's end")
        if end is not None and end_s < start_s:
            raise FormatError(
                f"an outage runs from {format_time(start_s)} back to {format_time(end_s)}",
                code="time-backwards",
                hint="the service gave a disordered answer; nothing of it was kept, try again",
            )
        if start_s < asked.end_s and end_s > max(start_s, asked.start_s):
            found[start_s, end_s, _quantity(fields, is_open=end is None)] += 1
    return Batch(
        readings=tuple(
            Reading(
                subject=subject,
                quantity=quantity,
                window=Window(start_s=start_s, end_s=end_s),
                value=float(n),
                source="radar",
            )
            for (start_s, end_s, quantity), n in sorted(found.items())
        )
    )


def _check_about(fields: Mapping[str, Any], subject: str) -> None:
    kind, code = parse_subject(subject)
    field = "locations" if kind == "country" else "asns"
    named = [str(name) for name in as_list(fields.get(field), f"an outage's {field}")]
    if code not in named:
        raise mismatch("subject", asked=subject, found=named)


def _quantity(fields: Mapping[str, Any], *, is_open: bool) -> str:
    outage = as_object(fields.get("outage") or {}, "an outage's kind")
    words = ["radar_open_outage" if is_open else "radar_outage"]
    for name in ("outageType", "outageCause"):
        word = outage.get(name) or "UNSPECIFIED"
        if not isinstance(word, str) or not _WORDS.fullmatch(word):
            raise wrong_shape(f"an outage's {name}", word)
        words.append(word.lower())
    return "_".join([*words, "count"])
