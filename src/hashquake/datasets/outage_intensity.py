"""Load how the events of the catalog darkened their places."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from hashquake.core.errors import FormatError
from hashquake.core.event import Event
from hashquake.core.outage_intensity import DarkStretch, OutageIntensity
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.events import load_events

SHAPES = ("outage", "fade", "step", "none")


@lru_cache(maxsize=1)
def load_outage_intensities() -> tuple[OutageIntensity, ...]:
    """Return the intensity of every event that had one.

    Returns
    -------
    tuple of OutageIntensity
        In order of onset.
    """
    rows = _told()
    events = {event.id: event for event in load_events()}
    return tuple(
        sorted(
            (
                intensity_of_event(events[name], row)
                for name, row in rows.items()
                if row["shape"] != "none"
            ),
            key=lambda one: (one.span, one.event),
        )
    )


@lru_cache(maxsize=1)
def events_without_intensity() -> Mapping[str, str]:
    """Return why some events say nothing of exposure, by their id."""
    return MappingProxyType(
        {name: row["because"] for name, row in _told().items() if row["shape"] == "none"}
    )


def intensity_of_event(event: Event, row: Mapping[str, Any]) -> OutageIntensity:
    """Read the intensity of one event.

    Parameters
    ----------
    event : Event
        With a country.
    row : mapping
        ``shape``, ``place`` and, for a step, ``days``.

    Raises
    ------
    FormatError
        ``darkness-malformed`` when the shape is unknown or the event has no country.
    """
    if row.get("shape") not in SHAPES or event.country is None:
        raise FormatError(
            f"the intensity of {event.id} is of shape {row.get('shape')!r} in {event.country}",
            code="darkness-malformed",
            hint=f"a country, and one of {', '.join(SHAPES)}",
        )
    windows = (event.window,)
    if row["shape"] == "step":
        start_s = event.window.start_s
        end_s = min(event.window.end_s, start_s + row["days"] * DAY_S)
        windows = (Window(start_s=start_s, end_s=end_s),)
    return OutageIntensity(
        event=event.id,
        country=event.country,
        place=row["place"],
        stretches=tuple(DarkStretch(window=window, depth_share=1.0) for window in windows),
        recovers=row["shape"] == "outage",
    )


def _told() -> dict[str, dict[str, Any]]:
    text = (resources.files("hashquake.datasets") / "outage_intensity.toml").read_text(
        encoding="utf-8"
    )
    return tomllib.loads(text)
