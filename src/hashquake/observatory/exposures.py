"""Exposure of pools to the places that went dark: record, events and map joined."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hashquake.catalog.causes import mapped_share
from hashquake.catalog.event_outages import outages_of_event
from hashquake.catalog.published_maps import published_maps
from hashquake.core.country import country_names, parse_country
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.event import Event, MapShare
from hashquake.core.interval import Interval
from hashquake.core.network import require_main
from hashquake.core.outage_intensity import OutageIntensity, intensity_of_outage
from hashquake.core.pool_exposure import Exposures
from hashquake.core.record import Record
from hashquake.core.reported_rate import moving_reports
from hashquake.core.result_table import ResultTable
from hashquake.core.subject import pool_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.events import load_events
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.datasets.outage_intensity import events_without_intensity, load_outage_intensities
from hashquake.datasets.pool_homes import load_pool_homes
from hashquake.estimate.adaptive import LEARN_DAYS
from hashquake.estimate.volatility import learned
from hashquake.explain.exposure_key import exposure_key
from hashquake.explain.pool_exposure import (
    DRAWS,
    Episode,
    PoolReport,
    count_episode,
    episodes_of,
    fit_exposures,
    share_around,
    view_of,
)
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.exposure_answers import keep_answer, known_answer
from hashquake.observatory.measure import blocks_around, heights_between

if TYPE_CHECKING:
    import polars as pl

SEED = 20_220_105
"""Of the draws: the same question has the same answer."""
_BEFORE_S = 3.0 * DAY_S
_DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExposureTable(Exposures, ResultTable):
    """Exposures that are also a table."""

    def __repr__(self) -> str:
        """Summarise it on one line."""
        places = dict.fromkeys(row.place for row in self.rows)
        return f"<ExposureTable: {len(self.rows)} rows, {len(places)} places, by {self.made_by}>"

    def to_polars(self) -> "pl.DataFrame":
        """Return a row for each pool, place and event, limits in columns of their own.

        Returns
        -------
        polars.DataFrame
            Columns ``exposure_share_median`` and so on.
        """
        import polars as pl

        return pl.DataFrame(
            [
                {"pool": row.pool, "country": row.country, "place": row.place, "event": one.event}
                | _limits("exposure_share", row.exposure_share)
                | _limits("prior_exposure_share", row.prior_exposure_share)
                | _limits("dark_share", one.dark_share)
                | _limits("prior_dark_share", one.prior_dark_share)
                | {
                    "n_blocks": one.n_blocks,
                    "expected_blocks": one.expected_blocks,
                    "share_before": row.share_before,
                    "note": row.note,
                }
                for row in self.rows
                for one in row.dark
            ]
        )


def _limits(name: str, interval: Interval) -> dict[str, float]:
    return {f"{name}_{part}": getattr(interval, part) for part in ("median", "low", "high")}


def exposures(
    record: Record,
    country: str | None,
    *,
    intensities: Sequence[OutageIntensity] | None = None,
    map_shares: Mapping[str, Interval] | None = None,
) -> ExposureTable:
    """Estimate exposures; see `Observatory.exposure`.

    All intensities are looked at together, whichever country is asked for.

    Parameters
    ----------
    record : Record
        Blocks, readings and maps.
    country : str or None
        ISO 3166-1 alpha-2; None is every country.
    intensities : sequence of OutageIntensity or None
        Outages to learn from; None is those of the record and the bundled ones.
    map_shares : mapping of str to Interval or None
        Share of each country by the map, 0 to 1; None is the map nearest in time.
    """
    if country is not None:
        country = parse_country(country)
    found = _answered(
        _question_of_all(record, country, intensities=intensities, map_shares=map_shares)
    )
    rows = tuple(row for row in found.rows if country in (None, row.country))
    asked = {event for row in rows for event in row.events}
    return ExposureTable(
        rows=rows,
        events=tuple(one for one in found.events if one.event in asked),
        made_by=found.made_by,
    )


def _question_of_all(
    record: Record,
    country: str | None,
    *,
    intensities: Sequence[OutageIntensity] | None = None,
    map_shares: Mapping[str, Interval] | None = None,
) -> "_Question":
    require_main(record.network, "the exposure of pools")
    every = _intensities(record) if intensities is None else tuple(intensities)
    covered = _covered(every, record.coverage())
    _require(covered, every, country)
    groups = episodes_of(covered)
    episodes = [_count(record, group) for group in groups]
    return _Question(
        episodes=tuple(episodes),
        map_shares=_known_shares(record, covered) if map_shares is None else map_shares,
        reports=tuple(_reports(record, groups, episodes)),
        draws=_DRAWS,
    )


def event_exposures(record: Record, event: Event) -> ExposureTable:
    """Estimate what an event says of pools, from it and what was dark within weeks of it alone.

    `exposures` looks at all events together, which lets them learn from each other and takes ten
    times as long. The network's dark share differs by half a point, those of pools by one to
    three, at most seven.

    Parameters
    ----------
    record : Record
        Blocks, readings and maps.
    event : Event
        The event asked about.

    Raises
    ------
    NoCoverage
        ``no-darkness`` when no source dates the hours in which the event darkened its place, or the
        record does not cover it.
    """
    found = _answered(_question_of_event(record, event))
    rows = (row for row in found.rows if event.id in row.events)
    return ExposureTable(
        rows=tuple(
            replace(row, dark=tuple(one for one in row.dark if one.event == event.id))
            for row in rows
        ),
        events=tuple(one for one in found.events if one.event == event.id),
        made_by=found.made_by,
    )


def _question_of_event(record: Record, event: Event) -> "_Question":
    require_main(record.network, "the exposure of pools")
    known = [one for one in load_outage_intensities() if one.event == event.id]
    if not known:
        because = events_without_intensity().get(event.id, "its place and dark time are not stated")
        raise NoCoverage(
            f"this event does not show where the machines of pools are: {_lower(because)}",
            code="no-darkness",
        )
    covered = _covered(_intensities(record), record.coverage())
    groups = [
        group for group in episodes_of(covered) if any(one.event == event.id for one in group)
    ]
    if not groups:
        raise NoCoverage(
            "the record does not cover the event and the days before it", code="no-darkness"
        )
    episodes = [_count(record, group) for group in groups]
    return _Question(
        episodes=tuple(episodes),
        map_shares=event_map_shares(),
        reports=tuple(_reports(record, groups, episodes)),
        draws=DRAWS,
    )


def estimates_to_bundle(record: Record) -> dict[str, Any]:
    """Estimate again what is asked of a record by events and of all events together.

    Parameters
    ----------
    record : Record
        With the blocks and readings of all bundled events.

    Returns
    -------
    dict of str to object
        Estimates as plain JSON, by the key of what they rest on.
    """
    questions = [_question_of_all(record, None)]
    for event in load_events():
        with suppress(NoCoverage):
            questions.append(_question_of_event(record, event))
    return {question.key: asdict(_estimated(question)) for question in questions}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Question:
    """What an estimate rests on; two with one key are one question."""

    episodes: tuple[Episode, ...]
    map_shares: Mapping[str, Interval]
    reports: tuple[PoolReport, ...]
    draws: int

    @property
    def key(self) -> str:
        return exposure_key(
            self.episodes,
            map_shares=self.map_shares,
            homes=load_pool_homes(),
            reports=self.reports,
            seed=SEED,
            draws=self.draws,
        )

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self.key == other.key


@lru_cache(maxsize=32)
def _answered(question: _Question) -> Exposures:
    """Look up the answer or estimate it: it rests on the question and a seed alone."""
    found = known_answer(question.key)
    if found is None:
        found = _estimated(question)
        keep_answer(question.key, found)
    return found


def _estimated(question: _Question) -> Exposures:
    return fit_exposures(
        question.episodes,
        map_shares=question.map_shares,
        homes=load_pool_homes(),
        reports=question.reports,
        rng=np.random.default_rng(SEED),
        draws=question.draws,
    )


def _lower(because: str) -> str:
    return f"{because[:1].lower()}{because[1:].rstrip('.')}"


def event_map_shares() -> dict[str, Interval]:
    """Return what maps show of the places of the catalog's events, nearest in time, by event id."""
    return {
        event.id: share_around(min(event.map_shares, key=lambda one: _away_s(one, event)).share)
        for event in load_events()
        if event.map_shares
    }


def _known_shares(record: Record, intensities: Sequence[OutageIntensity]) -> dict[str, Interval]:
    """Return shares by event: those of the place by its own sources, else the map's of the country.

    The sources of an event speak of the province; the map knows countries alone, and says nothing
    of a part of one, nor of a country that it does not name.
    """
    known = event_map_shares()
    maps = published_maps(record)
    names = country_names()
    for one in intensities:
        if one.event not in known and one.place in (one.country, names.get(one.country)):
            share = mapped_share(maps, one.country, at_s=one.span.start_s)
            if share is not None:
                known[one.event] = share
    return known


def _away_s(share: MapShare, event: Event) -> float:
    """Return how far from the event a map's month is; a year stands for its middle."""
    for form, days in (("%B %Y", 15.0), ("%Y", 182.0)):
        try:
            moment = datetime.strptime(share.as_of, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return abs(moment.timestamp() + days * DAY_S - event.window.start_s)
    return float("inf")


def _intensities(record: Record) -> tuple[OutageIntensity, ...]:
    """Return the intensity of the catalog's events, in the windows that instruments saw, if any."""
    events = {event.id: event for event in load_events()}
    return tuple(_as_seen(record, one, events[one.event]) for one in load_outage_intensities())


def _as_seen(record: Record, known: OutageIntensity, event: Event) -> OutageIntensity:
    if not event.cause.lower().startswith("internet"):
        return known
    outages, _ = outages_of_event(record, event, detectors=installed_detectors())
    stretches = tuple(
        stretch for outage in outages for stretch in intensity_of_outage(outage).stretches
    )
    return replace(known, stretches=stretches) if stretches else known


def _covered(
    intensities: Sequence[OutageIntensity], coverage: Coverage
) -> tuple[OutageIntensity, ...]:
    return tuple(
        one
        for one in intensities
        if not coverage.gaps(Window(start_s=one.span.start_s - _BEFORE_S, end_s=one.span.end_s))
    )


def _require(
    covered: Sequence[OutageIntensity], every: Sequence[OutageIntensity], country: str | None
) -> None:
    """Refuse a question that no dark place of the record can answer."""
    known = sorted({one.country for one in covered})
    hint = f"this record has events of {', '.join(known)}" if known else "use --db bundled"
    if country is None and not covered:
        raise NoCoverage("the record covers no event that darkened a place", hint=hint)
    if country is not None and country not in known:
        raise NoCoverage(_why_not(every, country), code="no-darkness", hint=hint)


def _why_not(every: Sequence[OutageIntensity], country: str) -> str:
    """Return why nothing is learnt of a country: not covered, too slow, or never dark."""
    if any(one.country == country for one in every):
        return f"the record does not cover the events that darkened {country}"
    reasons = events_without_intensity()
    slow = [one.id for one in load_events() if one.country == country and one.id in reasons]
    if slow:
        return f"{slow[0]} says nothing about exposure to {country}: {reasons[slow[0]].rstrip('.')}"
    return f"no event is known that darkened {country}"


def _count(record: Record, group: tuple[OutageIntensity, ...]) -> Episode:
    onset_s = group[0].span.start_s
    past = Window(start_s=max(0.0, onset_s - LEARN_DAYS * DAY_S), end_s=onset_s)
    return count_episode(
        blocks_around(record, view_of(group)),
        group,
        record.coverage(),
        label_gaps=load_label_gaps(),
        network=record.network,
        drift=learned(heights_between(record, past), until_s=onset_s),
    )


def _reports(
    record: Record, groups: Sequence[tuple[OutageIntensity, ...]], episodes: Sequence[Episode]
) -> list[PoolReport]:
    """Read the hash rates that pools reported themselves around each episode."""
    return [
        PoolReport(pool=pool, window=reading.window, hashrate_hps=reading.value)
        for group, episode in zip(groups, episodes, strict=True)
        for pool in episode.pools
        for reading in moving_reports(
            record.readings(subject=pool_subject(pool), window=view_of(group))
        )
        if reading.value > 0.0
    ]
