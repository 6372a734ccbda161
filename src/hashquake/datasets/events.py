"""The catalog of events of history: one TOML file an event, read into `hashquake.core.event.Event`.

Times are TOML times with an offset. A window given by days holds those days to the last midnight.
"""

import difflib
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from hashquake.core.coverage import Coverage
from hashquake.core.errors import FormatError, HashquakeError, UsageError
from hashquake.core.event import Event, MapShare, Moment
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.claims_file import claim_of_row
from hashquake.datasets.toml_fields import (
    address_of,
    fail,
    refuse_strangers,
    text_of,
    time_s_of,
    window_of,
)

BASELINE_DAYS = 14
_EVENT_KEYS = {
    "id", "name", "place", "cause", "country", "start", "end", "open_end", "precision", "summary",
    "sources", "traps", "moments", "map_shares", "claims",
}  # fmt: skip


@lru_cache(maxsize=1)
def load_events() -> tuple[Event, ...]:
    """Read every event of the catalog.

    Returns
    -------
    tuple of Event
        In order of onset.

    Raises
    ------
    FormatError
        ``event-malformed`` with the file and what is wrong in it.
    """
    folder = resources.files("hashquake.datasets") / "events"
    events = [
        read_event(entry.read_text(encoding="utf-8"), name=entry.name.removesuffix(".toml"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    return tuple(sorted(events, key=lambda event: (event.window.start_s, event.id)))


def event_named(name: str) -> Event:
    """Find an event by its id.

    Parameters
    ----------
    name : str
        Such as ``kazakhstan-2022``.

    Raises
    ------
    UsageError
        ``event-unknown`` with the nearest id.

    Examples
    --------
    >>> event_named("kazakhstan-2022").country
    'KZ'
    """
    events = {event.id: event for event in load_events()}
    if name in events:
        return events[name]
    near = difflib.get_close_matches(name.lower(), events, n=1, cutoff=0.5)
    raise UsageError(
        f"there is no event {name!r}",
        code="event-unknown",
        hint=f"did you mean {near[0]}?" if near else "list them with: hashquake report --list",
    )


def covered_events(
    coverage: Coverage, *, baseline_s: float = BASELINE_DAYS * DAY_S
) -> tuple[Event, ...]:
    """Return the events a record can say something of.

    Parameters
    ----------
    coverage : Coverage
        What the record observed.
    baseline_s : float
        Seconds before the onset that must have been observed too.

    Returns
    -------
    tuple of Event
        In order of onset.
    """
    return tuple(
        event
        for event in load_events()
        if not coverage.gaps(
            Window(start_s=event.window.start_s - baseline_s, end_s=event.window.end_s)
        )
    )


def read_event(text: str, *, name: str) -> Event:
    """Read one event from TOML.

    Parameters
    ----------
    text : str
        The file's text.
    name : str
        The file's name without its ending; the event's id must equal it.

    Raises
    ------
    FormatError
        ``event-malformed``, saying what is wrong.
    """
    try:
        table = tomllib.loads(text)
        refuse_strangers(table, _EVENT_KEYS, "the event")
        event = _event(table)
        if event.id != name:
            fail(f"its id is {event.id!r}")
    except KeyError as missing:
        raise _malformed(name, f"{missing} is missing") from None
    except HashquakeError as error:
        raise _malformed(name, error.message) from None
    except (TypeError, ValueError) as error:
        raise _malformed(name, str(error)) from None
    return event


def _event(table: Mapping[str, Any]) -> Event:
    country = table.get("country")
    if country is not None:
        parse_subject(f"country:{country}")
    return Event(
        id=text_of(table, "id"),
        name=text_of(table, "name"),
        place=text_of(table, "place"),
        cause=text_of(table, "cause"),
        country=country,
        window=window_of(table),
        open_end=bool(table.get("open_end", False)),
        precision=text_of(table, "precision"),
        summary=text_of(table, "summary"),
        moments=tuple(_moment(row) for row in table.get("moments", ())),
        map_shares=tuple(_map_share(row) for row in table.get("map_shares", ())),
        claims=tuple(claim_of_row(row) for row in table.get("claims", ())),
        sources=tuple(address_of(address) for address in table.get("sources", ())),
        traps=tuple(table.get("traps", ())),
    )


def _moment(row: Mapping[str, Any]) -> Moment:
    refuse_strangers(row, {"time", "text", "source"}, "a moment")
    return Moment(
        time_s=time_s_of(row["time"]), text=text_of(row, "text"), source=text_of(row, "source")
    )


def _map_share(row: Mapping[str, Any]) -> MapShare:
    refuse_strangers(row, {"share", "as_of", "known_from", "source"}, "a map share")
    share = float(row["share"])
    if not 0 <= share <= 1:
        fail(f"a map share must be from 0 to 1, got {share}")
    return MapShare(
        share=share,
        as_of=text_of(row, "as_of"),
        known_from=text_of(row, "known_from"),
        source=text_of(row, "source"),
    )


def _malformed(name: str, message: str) -> FormatError:
    return FormatError(
        f"the event {name} cannot be read: {message}",
        code="event-malformed",
        hint="compare it with another file of datasets/events",
    )
