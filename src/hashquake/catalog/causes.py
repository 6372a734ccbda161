"""What may have caused a fall: the events in the books and the outages in the readings, joined."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from hashquake.catalog.event_outages import outages_around
from hashquake.catalog.published_maps import published_maps
from hashquake.core.country import REST, country_names
from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.mining_map import MiningMap
from hashquake.core.quake import Cause, Quake
from hashquake.core.record import Record
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.events import load_events
from hashquake.datasets.outage_intensity import load_outage_intensities
from hashquake.datasets.transcribed import transcribed_readings
from hashquake.detect.detector_choice import OWN, Detectors
from hashquake.explain.candidates import Candidate, candidate_of_event, candidates_of_outage
from hashquake.explain.causes import causes_of, fall_of_quake
from hashquake.explain.mining_map import ShareLaw, share_law, share_margin
from hashquake.explain.window_causes import causes_of_window

_BEFORE_S = 10 * DAY_S
_AFTER_S = 5 * DAY_S


def explained(
    record: Record, quakes: Iterable[Quake], *, labelled: bool, detectors: Detectors = OWN
) -> tuple[Quake, ...]:
    """Return quakes with the probabilities of their causes.

    Parameters
    ----------
    record : Record
        Its readings show outages, in addition to the bundled ones; its maps, shares.
    quakes : iterable of Quake
        Opinions in any order; kept.
    labelled : bool
        Whether the blocks name their pools: that no pool fell says nothing where none is named.
    detectors : Detectors
        As for `hashquake.catalog.outages.outages`.
    """
    quakes = tuple(quakes)
    if not quakes:
        return ()
    maps = published_maps(record)
    # Nothing that is known of places and events explains the blocks of another network.
    events = event_candidates(maps) if record.network.has_main_facts else ()
    watched = _Watched(record, maps, detectors)
    return tuple(
        replace(
            quake,
            causes=causes_of(
                fall_of_quake(quake, labelled=labelled),
                (*events, *watched.candidates(quake.onset)),
            ),
        )
        for quake in quakes
    )


def window_causes(
    record: Record,
    remaining: Interval,
    *,
    window: Window,
    baseline: Window,
    with_drift: bool = False,
    detectors: Detectors = OWN,
) -> tuple[Cause, ...]:
    """Return the causes of a fall, or of none, in a window that somebody chose.

    Parameters
    ----------
    record : Record
        Its readings and maps.
    remaining : Interval
        Hash rate in the window over that in the baseline.
    window, baseline : Window
        What was compared.
    with_drift : bool
        Whether the interval of `remaining` allows for drift already.
    detectors : Detectors
        As for `hashquake.catalog.outages.outages`.
    """
    maps = published_maps(record)
    events = event_candidates(maps) if record.network.has_main_facts else ()
    candidates = (*events, *_Watched(record, maps, detectors).candidates(window))
    return causes_of_window(
        remaining,
        window=window,
        baseline=baseline,
        candidates=candidates,
        with_drift=with_drift,
    )


def event_candidates(maps: tuple[MiningMap, ...]) -> tuple[Candidate, ...]:
    """Return the events in the books as candidates.

    Parameters
    ----------
    maps : tuple of MiningMap
        They give the share of a country whose event's own sources do not.
    """
    found = []
    names = country_names()
    places = {one.event: one.place for one in load_outage_intensities()}
    for event in load_events():
        share, place = None, places.get(event.id, event.place.partition(",")[0])
        whole = event.country is not None and place == names.get(event.country)
        if event.country is not None and (whole or not event.map_shares):
            # One share for a country, whoever asks: the event's own are of single vintages.
            share = country_share(maps, event.country, at_s=event.window.start_s)
            place = names.get(event.country, event.country)
        one = candidate_of_event(event, share)
        if one is not None:
            found.append(replace(one, place=place))
    return tuple(found)


def country_share(maps: tuple[MiningMap, ...], country: str, *, at_s: float) -> Interval | None:
    """Return a country's share by all that is known today, with its 90 % interval.

    Parameters
    ----------
    maps : tuple of MiningMap
        Published maps.
    country : str
        ISO 3166 alpha-2.
    at_s : float
        When, UTC Unix seconds.

    Returns
    -------
    Interval or None
        None where there is no map. A country that the maps leave out has some small part of what
        they leave out.
    """
    law = _law(maps, at_s=at_s)
    if law is None:
        return None
    if law.share_of(country) is None:
        rest = law.share_of(REST) or 0.0
        return Interval(median=0.05 * rest, low=0.001 * rest, high=0.5 * rest, level=0.9)
    return mapped_share(maps, country, at_s=at_s)


def mapped_share(maps: tuple[MiningMap, ...], country: str, *, at_s: float) -> Interval | None:
    """Return the share that maps give a country they name, with its 90 % interval.

    Parameters
    ----------
    maps : tuple of MiningMap
        Published maps.
    country : str
        ISO 3166 alpha-2.
    at_s : float
        When, UTC Unix seconds.

    Returns
    -------
    Interval or None
        None where no map names the country.
    """
    law = _law(maps, at_s=at_s)
    mean = None if law is None else law.share_of(country)
    if law is None or mean is None:
        return None
    low, middle, high = (
        float(value) for value in share_margin(np.array(mean), law.dispersion, (0.05, 0.5, 0.95))
    )
    return Interval(median=middle, low=low, high=high, level=0.9)


def _law(maps: tuple[MiningMap, ...], *, at_s: float) -> ShareLaw | None:
    if not maps:
        return None
    # All maps there are; the newest one is carried on to a time after it.
    known_s = max(at_s, *(one.vintage_s for one in maps))
    try:
        return share_law(maps, at_s=at_s, as_of_s=known_s)
    except NoCoverage:
        return None


class _Watched:
    """Countries whose connectivity was watched, each looked at once for each stretch of time.

    The opinions of one quake ask about the same days again and again.
    """

    def __init__(self, record: Record, maps: tuple[MiningMap, ...], detectors: Detectors) -> None:
        self._record = record
        self._maps = maps
        self._detectors = detectors
        spans = [(span.subject, span.window) for span in record.reading_spans()]
        spans += [(reading.subject, reading.window) for reading in transcribed_readings()]
        self._spans = [one for one in spans if one[0].startswith("country:")]
        if not record.network.has_main_facts:
            self._spans = []
        self._found: dict[Window, tuple[Candidate, ...]] = {}

    def candidates(self, around: Window) -> tuple[Candidate, ...]:
        """Return the outages around a time as candidates."""
        day_s = around.start_s // DAY_S * DAY_S
        wide = Window(
            start_s=day_s - _BEFORE_S, end_s=(around.end_s // DAY_S + 1.0) * DAY_S + _AFTER_S
        )
        if wide not in self._found:
            self._found[wide] = tuple(self._look(wide, around))
        return self._found[wide]

    def _look(self, wide: Window, around: Window) -> Iterator[Candidate]:
        for subject in sorted({name for name, window in self._spans if window.overlap(wide)}):
            share = country_share(self._maps, subject.partition(":")[2], at_s=around.start_s)
            for outage in outages_around(
                self._record, subject, wide, about=around, detectors=self._detectors
            ):
                yield from candidates_of_outage(outage, share, now_s=wide.end_s)
