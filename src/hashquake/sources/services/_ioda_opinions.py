"""What IODA itself thinks is an outage: its alerts and its events.

They are opinions formed from the signals, so they cover no time: no alert does not mean that
somebody looked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hashquake.core.contracts import Batch
from hashquake.core.errors import SourceError
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.sources.services._instrument import mismatch
from hashquake.sources.services._ioda_entities import check_entity, entity_of
from hashquake.sources.services._series import SKEW_S, as_value
from hashquake.sources.wire.answer import as_int, as_object, as_text, wrong_shape

LEVELS = {"normal": 0.0, "warning": 1.0, "critical": 2.0}
"""Alert levels as numbers, as readings keep them."""
EXTEND_S = 14 * DAY_S
"""How far IODA looks beyond the time asked for (``extendWindow``); longer events come cut."""


def alerts_batch(
    items: Sequence[Any],
    *,
    subject: str,
    asked: Window,
    now_s: float,
    steps_s: Mapping[str, int],
) -> Batch:
    """Take alerts as readings ``ioda_<signal>_alert_level``: 0 normal, 1 warning, 2 critical.

    Where IODA tells the value that raised the alert, it is a reading
    ``ioda_<signal>_alert_count`` with the usual value as its normal.

    Parameters
    ----------
    items : sequence
        As answered, in any order.
    subject : str
        The subject asked for.
    asked : Window
        Alerts outside it are left out.
    now_s : float
        Our clock, UTC Unix seconds.
    steps_s : mapping of str to int
        Native step of each signal read, by IODA's name; alerts of others are left out.

    Raises
    ------
    FormatError
        ``answer-shape``, ``answer-mismatch``, ``value-negative``, ``value-not-finite``.
    SourceError
        ``clock-skew``.
    """
    found: dict[tuple[float, str], Reading] = {}
    for item in items:
        fields = as_object(item, "an alert")
        _check_entity(fields, subject)
        name = as_text(fields.get("datasource"), "an alert's signal")
        level = fields.get("level")
        start_s = as_int(fields.get("time"), "an alert's time")
        if not isinstance(level, str) or level not in LEVELS:
            raise wrong_shape("an alert's level", level)
        _check_clock(start_s, now_s, "an alert")
        if name not in steps_s or not asked.holds(start_s):
            continue
        window = Window(start_s=start_s, end_s=start_s + steps_s[name])
        stem = f"ioda_{name.replace('-', '_')}_alert"
        values: list[tuple[str, float, float | None]] = [(f"{stem}_level", LEVELS[level], None)]
        if fields.get("value") is not None:
            usual = fields.get("historyValue")
            normal = None if usual is None else as_value(usual, "an alert's usual value")
            values.append((f"{stem}_count", as_value(fields["value"], "an alert's value"), normal))
        for quantity, value, normal in values:
            found[start_s, quantity] = Reading(
                subject=subject,
                quantity=quantity,
                window=window,
                value=value,
                normal=normal,
                source="ioda",
            )
    return Batch(readings=tuple(found[key] for key in sorted(found)))


def events_batch(
    items: Sequence[Any], *, subject: str, asked: Window, now_s: float, names: Sequence[str]
) -> Batch:
    """Take events as readings ``ioda_<signal>_event_score`` over the time of the event.

    An event as long as IODA looks (14 days) has an end that it does not know: its reading is
    ``ioda_<signal>_open_event_score`` and ends with the time asked for.

    Parameters
    ----------
    items : sequence
        As answered.
    subject : str
        The subject asked for.
    asked : Window
        Events that do not overlap it are left out, whatever ``overlaps_window`` says.
    now_s : float
        Our clock, UTC Unix seconds.
    names : sequence of str
        The signals read; events of others are left out.

    Raises
    ------
    FormatError
        ``answer-shape``, ``answer-mismatch``, ``value-negative``, ``value-not-finite``.
    SourceError
        ``clock-skew``.
    """
    kind, code = entity_of(subject)
    found: dict[tuple[float, float, str], Reading] = {}
    for item in items:
        fields = as_object(item, "an event")
        location = as_text(fields.get("location"), "an event's location")
        if location.upper() != f"{kind}/{code}".upper():
            raise mismatch("subject", asked=subject, found=location)
        name = as_text(fields.get("datasource"), "an event's signal")
        start_s = as_int(fields.get("start"), "an event's start")
        duration_s = as_int(fields.get("duration"), "an event's duration")
        score = as_value(fields.get("score"), "an event's score")
        _check_clock(start_s, now_s, "an event")
        is_open = duration_s >= EXTEND_S or start_s + duration_s > now_s
        end_s = max(asked.end_s, start_s) if is_open else start_s + duration_s
        if name not in names or end_s <= start_s:
            continue
        window = Window(start_s=start_s, end_s=end_s)
        if window.overlap(asked) is None:
            continue
        kind_of_event = "open_event" if is_open else "event"
        quantity = f"ioda_{name.replace('-', '_')}_{kind_of_event}_score"
        found[start_s, end_s, quantity] = Reading(
            subject=subject, quantity=quantity, window=window, value=score, source="ioda"
        )
    return Batch(readings=tuple(found[key] for key in sorted(found)))


def _check_entity(fields: Mapping[str, Any], subject: str) -> None:
    """Check whom an alert is about, where it says so."""
    if fields.get("entity") is None:
        return
    entity = as_object(fields["entity"], "an alert's entity")
    attributes = entity.get("attrs")
    stated = as_object(attributes, "an entity's attributes") if attributes is not None else {}
    check_entity(subject, {**stated, "type": entity.get("type"), "code": entity.get("code")})


def _check_clock(start_s: float, now_s: float, what: str) -> None:
    if start_s > now_s + SKEW_S:
        raise SourceError(
            f"{what} is dated {format_time(start_s)}, by our clock it is {format_time(now_s)}",
            code="clock-skew",
            hint="set this machine's clock; if it is right, the service's is wrong",
        )
