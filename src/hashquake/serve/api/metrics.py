"""Figures for Prometheus: gauges of the record, each absent until and unless it is known."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest

from hashquake.core.errors import HashquakeError
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.observatory.live.status import WatchStatus
from hashquake.plugins import list_plugins

_ANSWERS = ("ok", "late", "starting")
Gauge = GaugeMetricFamily


class Metrics:
    """The gauges of one record; those that only new data changes are kept by its edition.

    Parameters
    ----------
    observatory : Observatory
        Of the record.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(self, observatory: Observatory, *, now_s: Callable[[], float]) -> None:
        self._ask = observatory
        self._now_s = now_s
        self._kept: tuple[str, Sequence[Gauge]] = ("", ())

    def text(self, *, clients: int) -> bytes:
        """Return the gauges in Prometheus' text format.

        Parameters
        ----------
        clients : int
            How many follow the stream.
        """
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected(list(self._gauges(clients))))
        return generate_latest(registry)

    def _gauges(self, clients: int) -> Iterator[Gauge]:
        status = self._ask.status()
        yield from _of_status(status)
        yield from self._of_time(status)
        if _blocks_come(status):
            yield from self._of_data()
        yield _single("hashquake_stream_clients", "Clients that follow the stream", clients)
        latency_s = self._ask.ingest_latency_s()
        if latency_s is not None:
            yield _single(
                "hashquake_ingest_latency_seconds",
                "How long after it was first seen the newest block was stored",
                latency_s,
            )
        size_bytes = self._ask.size_bytes()
        if size_bytes is not None:
            yield _single("hashquake_record_bytes", "Size of the record's file", size_bytes)

    def _of_time(self, status: WatchStatus) -> Iterator[Gauge]:
        """Yield what changes with the clock alone."""
        now_s = self._now_s()
        states = {one.source: one.state for one in status.sources}
        ages = Gauge(
            "hashquake_last_block_age_seconds",
            "Time since the source last gave a new block",
            labels=["source"],
        )
        for source, at_s in sorted(self._ask.arrivals().items()):
            if states.get(source, "ok") in _ANSWERS:
                ages.add_metric([source], max(0.0, now_s - at_s))
        yield ages
        if status.tip is not None and _blocks_come(status):
            yield _single(
                "hashquake_tip_age_seconds", "Time since the newest block", status.tip.age_s
            )
            chance = status.tip.silence_probability
            if chance is not None:
                yield _single(
                    "hashquake_silence_probability",
                    "Chance that a gap between blocks lasts longer than the present one",
                    chance,
                )
        day = Window(start_s=now_s - DAY_S, end_s=now_s)
        parts = [one.overlap(day) for one in self._ask.coverage().windows]
        seen_s = sum(part.duration_s for part in parts if part is not None)
        yield _single(
            "hashquake_coverage_share",
            "Part of the last 24 hours in which the chain was observed",
            seen_s / DAY_S,
        )

    def _of_data(self) -> Sequence[Gauge]:
        """Return what changes with the record alone."""
        edition = self._ask.edition()
        if self._kept[0] != edition:
            self._kept = (edition, list(self._made()))
        return self._kept[1]

    def _made(self) -> Iterator[Gauge]:
        try:
            end_s = self._ask.end_s()
        except HashquakeError:
            return
        yield _single("hashquake_record_end_timestamp_seconds", "End of what was observed", end_s)
        for made in (self._rates, self._pools, self._difficulty):
            try:
                yield from made(end_s)
            except HashquakeError:  # not observed, or not to be known yet: no gauge, never 0
                continue
        yield from self._open_events()

    def _rates(self, end_s: float) -> Iterator[Gauge]:
        gauge = _quantiles(
            "hashquake_hashrate_hps", "Hash rate of the last 24 hours observed", "subject"
        )
        for row in self._ask.rate(Window(start_s=end_s - DAY_S, end_s=end_s)):
            _add(gauge, row.hashrate.subject, row.hashrate.interval(0.9))
        yield gauge

    def _pools(self, end_s: float) -> Iterator[Gauge]:
        found = _quantiles("hashquake_found_hps", "Hash rate by the blocks of a pool", "pool")
        reported = _quantiles(
            "hashquake_reported_hps", "Hash rate that a pool reports of itself", "pool"
        )
        for row in self._ask.pools(end_s):
            _add(found, row.pool, row.found_hps)
            if row.reported_hps is not None and row.reported_state in ("ok", "frozen"):
                _add(reported, row.pool, row.reported_hps)
        yield found
        yield reported

    def _difficulty(self, end_s: float) -> Iterator[Gauge]:
        made = self._ask.forecast(end_s, store=False)
        gauge = Gauge(
            "hashquake_next_difficulty_ratio",
            "The next difficulty over the present one",
            labels=["quantile"],
        )
        interval = made.next_difficulty_ratio.quantiles.interval(0.9)
        for name, value in _levels(interval):
            gauge.add_metric([name], value)
        yield gauge

    def _open_events(self) -> Iterator[Gauge]:
        status = self._ask.status()
        quakes = Gauge(
            "hashquake_open_quake_probability",
            "Causes of the quakes that are not over, with their probabilities",
            labels=["quake", "subject", "cause"],
        )
        for quake in self._ask.quakes():
            if quake.id in status.open_quakes:
                sums: dict[str, float] = {}
                for cause in quake.causes:
                    sums[cause.name] = sums.get(cause.name, 0.0) + cause.probability
                for name, probability in sums.items():
                    quakes.add_metric([quake.id, quake.subject, name], probability)
        outages = Gauge(
            "hashquake_open_outage_probability",
            "Classes of the outages that are not over, with their probabilities",
            labels=["outage", "country", "class"],
        )
        for outage in self._ask.outages(search=False):
            if outage.id in status.open_outages:
                country = outage.subject.partition(":")[2]
                for each in outage.classes:
                    outages.add_metric([outage.id, country, each.name], each.probability)
        yield quakes
        yield outages


class _Collected:
    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Gauge]:
        """Yield those gauges that have a value."""
        return (one for one in self._gauges if one.samples)

    def describe(self) -> Sequence[Gauge]:
        """Return none: what is there is known only when it is asked for."""
        return ()


def _of_status(status: WatchStatus) -> Iterator[Gauge]:
    yield _single("hashquake_watching", "Whether a process watches the record", status.watching)
    yield _single("hashquake_last_change_id", "Number of the last change", status.last_change_id)
    for name, ids in (("quakes", status.open_quakes), ("outages", status.open_outages)):
        yield _single(f"hashquake_open_{name}", f"Number of {name} that are not over", len(ids))
    states = Gauge(
        "hashquake_source_answers", "Whether a watched source answers", labels=["source", "state"]
    )
    for one in status.sources:
        states.add_metric([one.source, one.state], one.state in _ANSWERS)
    yield states


def _blocks_come(status: WatchStatus) -> bool:
    """Return whether the present of the chain is known: some source of blocks answers.

    A record that was never watched has no such source; its gauges are of its end.
    """
    giving = {one.name for one in list_plugins("sources") if "blocks" in one.card["gives"]}
    states = [one.state for one in status.sources if one.source in giving]
    return not states or any(state in _ANSWERS for state in states)


def _single(name: str, text: str, value: float) -> Gauge:
    gauge = Gauge(name, text)
    gauge.add_metric([], float(value))
    return gauge


def _quantiles(name: str, text: str, label: str) -> Gauge:
    return Gauge(name, text, labels=[label, "quantile"])


def _levels(interval: Interval) -> tuple[tuple[str, Any], ...]:
    return (("0.05", interval.low), ("0.5", interval.median), ("0.95", interval.high))


def _add(gauge: Gauge, name: str, interval: Interval) -> None:
    for quantile, value in _levels(interval):
        gauge.add_metric([name, quantile], value)
