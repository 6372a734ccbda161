"""A record with everything that can be asked of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hashquake.core import clock
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, Progress
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.network import Network
from hashquake.core.reading import ReadingSpan
from hashquake.core.record import AppendResult, Record
from hashquake.core.run import Run
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory.asked import (
    Moment,
    Stretch,
    event_asked,
    moment_or_none_s,
    moment_s,
    window_asked,
    window_or_none,
)
from hashquake.observatory.tables import Rates, block_table

if TYPE_CHECKING:
    import polars as pl

    from hashquake.catalog.outage_signals import OutageSignals
    from hashquake.core.alert import AlertOutbox
    from hashquake.core.autonomous_system import AutonomousSystem
    from hashquake.core.block import Sighting
    from hashquake.core.claim import Claim, Verdict
    from hashquake.core.event import Event
    from hashquake.core.incident import Incident
    from hashquake.core.interval import Quantiles
    from hashquake.core.mining_map import MiningMap
    from hashquake.core.opinion import Change
    from hashquake.core.outage import Outage
    from hashquake.core.site import Site
    from hashquake.explain.energy import DarkPower
    from hashquake.explain.energy_report import EnergyReport
    from hashquake.explain.mining_table import MapTable
    from hashquake.forward.difficulty_forecast import DifficultyForecast
    from hashquake.forward.scenario import Scenario
    from hashquake.forward.simulation import Simulation
    from hashquake.judge.check import Check
    from hashquake.judge.forecast_outcomes import ForecastResult
    from hashquake.judge.forecast_scores import ForecasterScore
    from hashquake.observatory.claim_ledger import CheckedClaim
    from hashquake.observatory.earnings import DailyEarnings
    from hashquake.observatory.event_context import EventContext
    from hashquake.observatory.exposures import ExposureTable
    from hashquake.observatory.fleet_efficiency import EnergyPrices
    from hashquake.observatory.following import Follower
    from hashquake.observatory.halvings import HalvingGrowths
    from hashquake.observatory.intake import IngestResult
    from hashquake.observatory.live.status import WatchStatus
    from hashquake.observatory.opinion_tables import Outages, Quakes
    from hashquake.observatory.pool_detail import PoolDetail
    from hashquake.observatory.pool_standings import PoolStandings
    from hashquake.observatory.rate_series import RateSeries
    from hashquake.observatory.sites import SiteRows


class Observatory:
    """A record with everything that can be asked of it.

    Parameters
    ----------
    record : Record
        Where blocks are kept; closed with the observatory.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(self, record: Record, *, now_s: Callable[[], float] = clock.now_s) -> None:
        self.record = record
        self._now_s = now_s

    @cached_property
    def _follower(self) -> "Follower":
        from hashquake.observatory.intake import new_follower

        return new_follower()

    def __enter__(self) -> Self:
        """Use it as a context."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the record."""
        self.record.close()

    def end_s(self) -> float:
        """Return the end of what was observed, UTC Unix seconds.

        Raises
        ------
        NoCoverage
            When the record is empty.
        """
        windows = self.record.coverage().windows
        if not windows:
            found = "is empty" if self.record.tip() is None else "covers no stretch of time yet"
            raise NoCoverage(
                f"the record {found}", hint="fill it with hashquake ingest, or use --db bundled"
            )
        return windows[-1].end_s

    def record_age_s(self) -> float:
        """Return the time since the end of what was observed, seconds.

        Raises
        ------
        NoCoverage
            When the record is empty.
        """
        return self._now_s() - self.end_s()

    @property
    def network(self) -> Network:
        """The network whose blocks the record holds."""
        return self.record.network

    def coverage(self) -> Coverage:
        """Return the stretches during which the chain was observed."""
        return self.record.coverage()

    def sightings(self, first_height: int, last_height: int) -> "tuple[Sighting, ...]":
        """Return each source's own times; see `hashquake.core.record.Record.sightings`."""
        return self.record.sightings(first_height, last_height)

    def counts(self) -> Mapping[str, int]:
        """Count what is stored: blocks, stale blocks, readings, batches."""
        return self.record.counts()

    def tip(self) -> tuple[int, bytes | None] | None:
        """Return height and hash of the highest main block, or None when there is none."""
        return self.record.tip()

    def columns(self) -> BlockColumns:
        """Return the main chain's blocks as columns, for kernels and back-tests."""
        return self.record.blocks()

    def last_runs(self) -> tuple[Run, ...]:
        """Return how the last run of each source ended, by source."""
        return self.record.last_runs()

    def reading_subjects(self) -> tuple[str, ...]:
        """List the subjects that have readings, sorted."""
        return self.record.subjects()

    def reading_spans(self) -> tuple[ReadingSpan, ...]:
        """Return of each series of readings when it begins and ends, and how many there are."""
        return self.record.reading_spans()

    def watched(
        self, *, subjects: Sequence[str] | None = None, window: Stretch | None = None
    ) -> tuple[ReadingSpan, ...]:
        """Return the series that show connectivity; see `hashquake.observatory.watched`.

        Parameters
        ----------
        subjects : sequence of str or None
            Such as ``country:KZ``; None is every subject with such readings.
        window : Window or None
            None is all times.

        Raises
        ------
        NoCoverage
            When nothing watched a country asked for: that no outage is known says nothing then.
        """
        from hashquake.observatory.watched import watched

        return watched(self.record, subjects=subjects, window=window_or_none(window))

    def export_blocks(
        self, path: str | Path, *, window: Stretch | None = None, stale: bool = False
    ) -> int:
        """Write blocks to a file and count them; see `hashquake.store.export.export_blocks`.

        Parameters
        ----------
        path : Path
            A ``.csv`` or ``.parquet`` file.
        window : Window or None
            Header times; None is all blocks.
        stale : bool
            Whether to write stale blocks too.
        """
        from hashquake.store.export import export_blocks

        return export_blocks(self.record, Path(path), window=window_or_none(window), stale=stale)

    def backup(self, path: str | Path) -> int:
        """Copy the record into one file; see `hashquake.store.backup.backup_record`.

        Parameters
        ----------
        path : Path
            The new file; it must not exist.

        Returns
        -------
        int
            Blocks in the copy.
        int
            How many blocks were copied.
        """
        from hashquake.store.backup import backup_record

        return backup_record(self.record, Path(path))

    def with_pools(self, scenario: "Scenario") -> "Scenario":
        """Return a scenario with the pools and the difficulty of this record where it has none.

        Parameters
        ----------
        scenario : Scenario
            Its own pools and difficulty stay.
        """
        from hashquake.observatory.scenario_choice import with_record

        return with_record(scenario, self.record)

    def feed(self, batch: Batch, *, source: str, concluding: bool = True) -> AppendResult:
        """Take in a batch: name its pools, check its chain, store it and step the catalog with it.

        All of it is one transaction, kept whole or not at all. New opinions of quakes and outages
        are stored, and everything that changed is a row of `changes`.

        Parameters
        ----------
        batch : Batch
            Main-chain blocks in height order; stale ones marked.
        source : str
            Who gives it.
        concluding : bool
            Whether what follows from it is concluded as well; where not, `settle` does that later.

        Raises
        ------
        ChainError
            When its blocks break a rule of the chain; nothing of the batch is kept.
        InputError
            When it is about time ahead of our clock: ``reading-ahead``, ``coverage-ahead``,
            ``claim-ahead``.
        RecordError
            When it cannot be kept.
        ConclusionError
            When a fault of this program keeps it from concluding; nothing of the batch is kept.
        """
        from hashquake.observatory import intake

        take = intake.feed if concluding else intake.feed_alone
        return take(self.record, batch, source=source, follower=self._follower, now_s=self._now_s())

    def feed_all(
        self, batches: Iterable[Batch], *, source: str, formed: Record | None = None
    ) -> AppendResult:
        """Take in many batches that follow at once, as a back-fill does; see `feed`.

        Countries are searched and a state is written down once, after the last batch.

        Parameters
        ----------
        batches : iterable of Batch
            Oldest first.
        source : str
            Who gives them.
        formed : Record or None
            A record of the same blocks and readings: its catalog is taken over where it fits,
            rather than formed again. The outcome is the same.
        """
        from hashquake.observatory import intake

        feed = partial(intake.feed, self.record, source=source, follower=self._follower, bulk=True)
        with self._follower.deferring(until_adopted=formed is not None):
            result = sum((feed(batch, now_s=self._now_s()) for batch in batches), AppendResult())
        intake.settle(self.record, self._follower, formed=formed)
        return result

    def state_rates(self) -> None:
        """State hash rates and forecasts from now on, as changes, with what is fed."""
        self._follower.states_rates = True

    def silence_tells(self, watched_s: float) -> bool:
        """See `hashquake.observatory.following.Follower.foretells`."""
        return self._follower.foretells(watched_s)

    def settle(self) -> None:
        """Write the state of the catalog next to the record, so that a restart goes on from it."""
        from hashquake.observatory import intake

        intake.settle(self.record, self._follower)

    def status(self) -> "WatchStatus":
        """Return whether the record is watched, how fresh it is, what each source is doing."""
        from hashquake.observatory.live.status import watch_status

        return watch_status(self.record, self._now_s())

    def changes(self, *, after_id: int = 0, limit: int = 1000) -> "tuple[Change, ...]":
        """Return what changed after a change that is known, oldest first.

        Parameters
        ----------
        after_id : int
            The number of the last change known; 0 is from the first.
        limit : int
            At most so many; ask again from the last one returned.
        """
        return self.record.changes(after_id=after_id, limit=limit)

    def outbox(self) -> "AlertOutbox | None":
        """Return the alerts of the record and their deliveries; None where none can be stored."""
        return self.record.outbox()

    def edition(self) -> str:
        """Return a text that changes with everything that is stored."""
        return self.record.edition()

    def arrivals(self) -> Mapping[str, float]:
        """Return when each source last gave a new block, by our clock, UTC Unix seconds."""
        return self.record.arrivals()

    def ingest_latency_s(self) -> float | None:
        """Return how long after it was first seen the newest block was stored, seconds.

        None where no block came while watching, or nobody noted when it was seen.
        """
        stored = self.record.latest_changes("block")
        if not stored:
            return None
        last = max(stored, key=lambda one: one.id)
        height = int(last.document["height"])
        seen = [
            one.seen_s for one in self.record.sightings(height, height) if one.seen_s <= last.at_s
        ]
        return last.at_s - min(seen) if seen else None

    def size_bytes(self) -> int | None:
        """Return the size of the record's file or database; None where it has none of its own."""
        return self.record.size_bytes()

    def keep_blocks(self) -> None:
        """Keep blocks in memory; see `hashquake.core.record.Record.keep_blocks`."""
        self.record.keep_blocks()

    def last_change_id(self) -> int:
        """Return the number of the last change, 0 when there is none."""
        return self.record.last_change_id()

    def ingest(
        self,
        source: str,
        options: Mapping[str, Any],
        *,
        progress: Callable[[Progress], None] = lambda _progress: None,
        note: Callable[[str], None] = lambda _sentence: None,
        transport: Any = None,
    ) -> "IngestResult":
        """Read a source to its end into the record, batch by batch through `feed`.

        Parameters
        ----------
        source : str
            A source plugin's name.
        options : mapping
            Its options, as text or as values.
        progress : callable
            Called with how far the source is.
        note : callable
            Called with each sentence that the source has for the person who runs it; the result
            carries them too.
        transport : object or None
            Stands for the network in tests.

        Returns
        -------
        IngestResult
            With ``partial`` set when it was interrupted.

        Raises
        ------
        UsageError
            ``plugin-unknown`` or ``option-invalid``.
        HashquakeError
            What the source or the record says; batches before it are kept.
        """
        from hashquake.observatory import intake

        return intake.ingest(
            self.record,
            source,
            options,
            now_s=self._now_s,
            progress=progress,
            follower=self._follower,
            note=note,
            transport=transport,
        )

    def blocks(self, window: Stretch | None = None) -> "pl.DataFrame":
        """Return the main chain's blocks as a polars table, all or those dated in a window.

        Parameters
        ----------
        window : Window, str, pair of str or None
            By header time; None is all.
        """
        return block_table(self.record.blocks(window=window_or_none(window), detail=True))

    def rate(
        self,
        window: Stretch,
        until: Moment | None = None,
        *,
        subjects: tuple[str, ...] = (),
    ) -> Rates:
        """Estimate hash rates in a window, exactly, from the blocks in it.

        Parameters
        ----------
        window : Window, str or float
            Must have been observed throughout. A day such as ``"2022-01-05"``, the start of a
            window that `until` ends, or alone the moment at which 24 hours end.
        until : str, float or None
            End of a window given by its start.
        subjects : tuple of str
            ``network`` or pools; empty means the network and every pool that found a block.

        Raises
        ------
        NoCoverage
            When the window was not observed.
        UsageError
            ``subject-not-mined`` for what blocks do not tell, ``pool-unknown`` for a pool that
            neither the registry nor the record knows.
        """
        from hashquake.observatory import measure

        return measure.rates(self.record, window_asked(window, until), subjects)

    def rates(
        self,
        since: Stretch,
        until: Moment | None = None,
        *,
        step_s: float = float(DAY_S),
        subject: str = NETWORK,
    ) -> "RateSeries":
        """Estimate a hash rate step by step, with means over 7, 30 and 90 days.

        Parameters
        ----------
        since, until : Window, str or float
            As for `rate`.
        step_s : float
            Length of a step, seconds, from ten minutes on.
        subject : str
            ``network`` or ``pool:SLUG``.

        Returns
        -------
        RateSeries
            With ``to_polars`` and ``to_pandas``; a step that was not observed is a gap, never 0.

        Raises
        ------
        NoCoverage
            When no step was observed.
        UsageError
            ``step-range``, and those of `rate`.
        """
        return self.rates_of(window_asked(since, until), step_s=step_s, subjects=(subject,))[0]

    def rates_of(
        self,
        window: Stretch,
        *,
        step_s: float,
        subjects: tuple[str, ...],
        mean_days: tuple[int, ...] = (7, 30, 90),
    ) -> "tuple[RateSeries, ...]":
        """Estimate hash rates of several subjects step by step, from blocks read once.

        Parameters
        ----------
        window, step_s, subjects, mean_days
            As for `hashquake.observatory.rate_series.rate_series`, which also says what is raised.
        """
        from hashquake.observatory.rate_series import rate_series

        return rate_series(self.record, window_asked(window), step_s, subjects, mean_days=mean_days)

    def earnings(self, since: Stretch, until: Moment | None = None) -> "DailyEarnings":
        """Return what a terahash a second earned on each whole day.

        Parameters
        ----------
        since, until : Window, str or float
            As for `rate`.

        Returns
        -------
        DailyEarnings
            Hashprice with what fees usually are, and the subsidies of the blocks that were found
            over the hash rate; with ``to_polars`` and ``to_pandas``.

        Raises
        ------
        UsageError
            On another network than the main one; ``step-range`` when no day lies in the window.
        NoCoverage
            When no day was observed; ``price-missing`` when no price of any of them is known.
        """
        from hashquake.observatory.earnings import daily_earnings

        return daily_earnings(self.record, window_asked(since, until))

    def halvings(self) -> "HalvingGrowths":
        """Return how the hash rate went on after each halving that the record covers.

        Returns
        -------
        HalvingGrowths
            Weeks after each over the 30 days before it, with ``to_polars`` and ``to_pandas``.

        Raises
        ------
        UsageError
            On another network than the main one.
        NoCoverage
            When the record covers no halving.
        """
        from hashquake.observatory.halvings import halving_growths

        return halving_growths(self.record)

    def rate_at(
        self, at_s: Moment, *, subjects: tuple[str, ...] = (), method: str = "filter"
    ) -> Rates:
        """Estimate hash rates at an instant.

        Parameters
        ----------
        at_s : float or str
            UTC Unix seconds, or ISO 8601 text.
        subjects : tuple of str
            ``network`` or pools; empty means the network and every pool active then.
        method : {"filter", "smoother", "fused"}
            From what was known then, from blocks on both sides, or from what pools reported too.

        Raises
        ------
        NoCoverage
            When the record was not watching; ``no-reports`` when no pool reported.
        UsageError
            ``method-unknown`` for another method, ``fused-network-only``.
        """
        from hashquake.observatory.rate_methods import rates_by_method

        return rates_by_method(self.record, moment_s(at_s), subjects, method)

    def forecast(self, at_s: Moment | None = None, *, store: bool = True) -> "DifficultyForecast":
        """Forecast the next difficulty, and when it comes.

        One made of the record's end is stored where the record can be written: see `forecasts`.

        Parameters
        ----------
        at_s : float, str or None
            From what was known then, UTC Unix seconds or ISO 8601 text; None is the end of the
            record.
        store : bool
            Whether one made of the record's end is stored.

        Raises
        ------
        NoCoverage
            When the record was not watching, or does not hold the epoch's first block.
        """
        from hashquake.observatory import issuing

        asked_s = self.end_s() if at_s is None else moment_s(at_s)
        return issuing.forecast(self.record, asked_s, store=store)

    def forecasts(self) -> "tuple[ForecastResult, ...]":
        """Return the stored forecasts in the order of their making, with what came of each."""
        from hashquake.judge.forecast_outcomes import forecast_results

        return forecast_results(self.record, self.record.forecasts())

    def forecast_scores(self, files: "Sequence[Path]" = ()) -> "tuple[ForecasterScore, ...]":
        """Score forecasts of the next difficulty; see `hashquake.observatory.forecast_scoring`.

        Parameters
        ----------
        files : sequence of Path
            Published forecasts as TOML, besides those of formulas and the record's own.

        Raises
        ------
        InputError
            ``file-unreadable``.
        FormatError
            ``forecasts-malformed``.
        """
        from hashquake.observatory.forecast_scoring import forecast_scores

        return forecast_scores(self.record, files)

    def replay(
        self,
        *,
        false_alarms_per_year: float = 1.0,
        until_s: Moment | None = None,
        write: bool = False,
    ) -> "Quakes":
        """Build the catalog of quakes from the record's blocks, as live detection would have.

        Parameters
        ----------
        false_alarms_per_year : float
            False alarms a year under the null model, in which only chance and drift act: of the
            network's blocks, as many of the blocks of all pools together, and as many of what pools
            report.
        until_s : str, float or None
            Use only what was known then; None is the end of the record.
        write : bool
            Whether to keep the opinions in the record.

        Returns
        -------
        Quakes
            The last opinion of every quake, in order of onset.

        Raises
        ------
        UsageError
            ``false-alarms-range`` outside the calibrated range.
        RecordError
            When it is to be kept and cannot.
        """
        from hashquake.catalog import replay as replaying
        from hashquake.observatory.cards import installed_detectors
        from hashquake.observatory.opinion_tables import Quakes

        found = replaying.replay(
            self.record,
            false_alarms_per_year=false_alarms_per_year,
            until_s=moment_or_none_s(until_s),
            write=write,
            detectors=installed_detectors(),
        )
        return Quakes(found)

    def quakes(self) -> "Quakes":
        """Return the latest opinion of each quake of the record's catalog, in order of onset.

        Raises
        ------
        RecordError
            ``opinion-unreadable``.
        """
        from hashquake.catalog.documents import quake_of
        from hashquake.catalog.ledger import latest
        from hashquake.observatory.opinion_tables import Quakes

        return Quakes(
            quake_of(one.document)
            for one in latest(self.record.opinions("quake", latest_only=True))
        )

    def quake_opinions(self, quake: str | None = None) -> "Quakes":
        """Return every stored opinion of a quake, or of all, in the order they were formed.

        Parameters
        ----------
        quake : str or None
            Such as ``hq20210416a``; None is all.
        """
        from hashquake.catalog.documents import quake_of
        from hashquake.observatory.opinion_tables import Quakes

        return Quakes(quake_of(one.document) for one in self.record.opinions("quake", name=quake))

    def report(
        self,
        event: "Event | Stretch",
        until: Moment | None = None,
        *,
        baseline: Stretch | None = None,
        claims: "Sequence[Claim]" = (),
    ) -> "Incident":
        """Set out what the blocks say of an event, and judge what was said of it.

        Parameters
        ----------
        event : Event, Window, str or float
            An event or its name, such as ``"kazakhstan-2022"`` (`hashquake.events` lists them);
            or a window, as for `rate`.
        until : str, float or None
            End of a window given by its start.
        baseline : Window, tuple of two moments, str or None
            What to compare with; None means the 14 days before.
        claims : sequence of Claim
            To be judged with the event's own; one without a time is about the event's window.

        Raises
        ------
        NoCoverage
            When the event or its baseline was not observed.
        """
        from hashquake.observatory import reporting

        asked = event_asked(event, until)
        return reporting.report(
            self.record,
            replace(asked, claims=(*asked.claims, *claims)) if claims else asked,
            window_or_none(baseline),
            now_s=self._now_s(),
        )

    def simulate(
        self,
        scenario: "Scenario | str",
        *,
        paths: int = 100_000,
        seed: int = 1,
        settings: Mapping[str, str] | None = None,
        keep_paths: int = 10_000,
        cluster: str | None = None,
    ) -> "Simulation":
        """Simulate what would follow; a scenario without pools gets those of this record.

        Parameters
        ----------
        scenario, paths, seed, settings, keep_paths, cluster
            As for `hashquake.simulate`, which also says what is raised.
        """
        from hashquake.observatory import simulating

        return simulating.simulate(
            scenario,
            paths=paths,
            seed=seed,
            settings=settings,
            keep_paths=keep_paths,
            cluster=cluster,
            record=self.record,
        )

    def detect_outages(
        self,
        *,
        subjects: Sequence[str] | None = None,
        window: Stretch | None = None,
        until_s: Moment | None = None,
        networks: "Sequence[AutonomousSystem] | None" = None,
        write: bool = False,
    ) -> "Outages":
        """Find outages of countries in the record's readings.

        Parameters
        ----------
        subjects : sequence of str or None
            Such as ``country:KZ``; None is every country that has readings.
        window : Window or None
            Outages that overlap it; None is all.
        until_s : str, float or None
            Use only what was published by then, ISO 8601 text or UTC Unix seconds.
        networks : sequence of AutonomousSystem or None
            Which networks belong to which country. With `write` the record remembers them, and
            None goes by those it remembers; see `hashquake.catalog.outages`.
        write : bool
            Whether to keep the opinions in the record: a changed one is a new revision of the
            same outage, an unchanged one is nothing new.

        Returns
        -------
        Outages
            In order of onset, under the names the record knows them by.

        Raises
        ------
        UsageError
            ``subject-no-country``, ``subject-syntax``.
        RecordError
            When they are to be kept and cannot.
        """
        from hashquake.catalog import outage_search
        from hashquake.observatory.cards import installed_detectors, source_lags
        from hashquake.observatory.opinion_tables import Outages

        found = outage_search.detect(
            self.record,
            subjects=subjects,
            window=window_or_none(window),
            until_s=moment_or_none_s(until_s),
            networks=networks,
            lags=source_lags(),
            detectors=installed_detectors(),
            write=write,
        )
        return Outages(found)

    def outages(
        self,
        country: str | None = None,
        *,
        subjects: Sequence[str] | None = None,
        window: Stretch | None = None,
        rejected: bool = False,
        search: bool = True,
    ) -> "Outages":
        """Return the latest opinion of each outage, in order of onset.

        Where a place was not searched in all that is stored of it now, as in the bundled record,
        it is searched, and nothing is kept: "none" is only said of what was searched.

        Parameters
        ----------
        country : str or None
            One country by its code or name; None goes by `subjects`.
        subjects : sequence of str or None
            Such as ``country:KZ``; None is every country.
        window : Window or None
            Outages that overlap it; None is all.
        rejected : bool
            Whether to return withdrawn opinions too.
        search : bool
            Whether to search where nobody did; False reads the catalog alone.

        Raises
        ------
        RecordError
            ``opinion-unreadable``.
        """
        from hashquake.catalog.documents import outage_of
        from hashquake.catalog.outage_search import believed
        from hashquake.core.country import country_subject
        from hashquake.observatory.cards import installed_detectors
        from hashquake.observatory.opinion_tables import Outages

        found = believed(
            self.record,
            subjects=subjects if country is None else (country_subject(country),),
            window=window_or_none(window),
            rejected=rejected,
            search_rest=search,
            detectors=installed_detectors(),
        )
        return Outages(outage_of(one.document) for one in found)

    def outage_opinions(self, outage: str | None = None, *, search: bool = True) -> "Outages":
        """Return every opinion of an outage, or of all, in the order they were formed.

        Parameters
        ----------
        outage : str or None
            Such as ``ou20220105kza``; None is all. Where a place was not searched in all that is
            stored of it now, what a search tells follows what is stored.
        search : bool
            Whether to search there; False reads the catalog alone.
        """
        from hashquake.catalog.documents import outage_of
        from hashquake.catalog.outage_search import believed
        from hashquake.observatory.cards import installed_detectors
        from hashquake.observatory.opinion_tables import Outages

        stored = self.record.opinions("outage", name=outage)
        numbers = {(one.name, one.revision) for one in stored}
        newer = (
            one
            for one in believed(
                self.record, rejected=True, search_rest=search, detectors=installed_detectors()
            )
            if (outage is None or one.name == outage) and (one.name, one.revision) not in numbers
        )
        return Outages(outage_of(one.document) for one in (*stored, *newer))

    def outage_signals(
        self, outage: "Outage", *, networks: "Sequence[AutonomousSystem] | None" = None
    ) -> "OutageSignals":
        """Return the signals around an outage as they were judged, to be drawn.

        Parameters
        ----------
        outage : Outage
            One opinion of it.
        networks : sequence of AutonomousSystem or None
            As for `detect_outages`.
        """
        from hashquake.catalog import outage_signals
        from hashquake.observatory.cards import installed_detectors

        return outage_signals.signals_around(
            self.record, outage, networks=networks, detectors=installed_detectors()
        )

    def map(
        self,
        as_of_s: Moment | None = None,
        *,
        at_s: Moment | None = None,
        within: str | None = None,
        maps: "tuple[MiningMap, ...]" = (),
        prices: "EnergyPrices | None" = None,
    ) -> "MapTable":
        """Return where hash rate was: see `hashquake.observatory.geography.mining_map`.

        Without `as_of_s` it is what was known at the record's end, or is known now where it holds
        no blocks; without `at_s` the same time.

        Parameters
        ----------
        as_of_s : float or None
            Only maps published by then are used, UTC Unix seconds; None is the record's end.
        at_s : float or None
            The instant that shares are for; None is `as_of_s`.
        within : str or None
            ``CN`` gives China's provinces in place of countries; None is the world.
        maps : tuple of MiningMap
            Use these alone; empty is the bundled maps and those of the record.
        prices : EnergyPrices or None
            Of electricity and hardware; None is the bundled ones.
        """
        from hashquake.observatory import geography

        if as_of_s is None:
            as_of_s = self.end_s() if self.record.coverage().windows else self._now_s()
        known_s = moment_s(as_of_s)
        return geography.mining_map(
            self.record,
            at_s=known_s if at_s is None else moment_s(at_s),
            as_of_s=known_s,
            now_s=self._now_s(),
            within=within,
            maps=maps,
            prices=prices,
        )

    def energy(
        self,
        country: str | None = None,
        at_s: Moment | None = None,
        *,
        as_of_s: Moment | None = None,
        registered_mw: float | None = None,
        maps: "tuple[MiningMap, ...]" = (),
        prices: "EnergyPrices | None" = None,
    ) -> "EnergyReport":
        """Return the power that mining drew: see `hashquake.observatory.geography.energy`.

        Without `at_s` it is at the record's end; without `as_of_s` by all maps known by then.

        Parameters
        ----------
        country : str or None
            ISO 3166-1 alpha-2; None is the network.
        at_s : float or None
            The instant, UTC Unix seconds; None is the record's end.
        as_of_s : float or None
            Only maps published by then are used; None is the later of `at_s` and the record's end.
        registered_mw : float or None
            Power of registered miners; None is the bundled figure, if any.
        maps : tuple of MiningMap
            Use these alone; empty is the bundled maps and those of the record.
        prices : EnergyPrices or None
            Of electricity and hardware; None is the bundled ones.
        """
        from hashquake.observatory import geography

        then_s = self.end_s() if at_s is None else moment_s(at_s)
        return geography.energy(
            self.record,
            country=country,
            at_s=then_s,
            as_of_s=max(then_s, self.end_s()) if as_of_s is None else moment_s(as_of_s),
            now_s=self._now_s(),
            registered_mw=registered_mw,
            maps=maps,
            prices=prices,
        )

    def megawatts_dark(
        self,
        lost_hps: "Quantiles",
        *,
        at_s: Moment,
        country: str | None = None,
        as_of_s: Moment | None = None,
    ) -> "DarkPower":
        """Turn lost hash rate into megawatts: see `hashquake.observatory.geography.megawatts_dark`.

        Without `as_of_s` all maps known at the record's end may be used.

        Parameters
        ----------
        lost_hps : Quantiles
            Hash rate lost, hashes per second, all finite.
        at_s : float
            When, UTC Unix seconds.
        country : str or None
            Where: the loss is then also given as a share of the country's mining; None is anywhere.
        as_of_s : float or None
            Only maps published by then are used; None is the later of `at_s` and the record's end.
        """
        from hashquake.observatory import geography

        then_s = moment_s(at_s)
        return geography.megawatts_dark(
            self.record,
            lost_hps,
            at_s=then_s,
            country=country,
            as_of_s=max(then_s, self.end_s()) if as_of_s is None else moment_s(as_of_s),
        )

    def exposure(self, country: str | None = None) -> "ExposureTable":
        """Estimate how much of each pool's power sits in the places that went dark.

        Parameters
        ----------
        country : str or None
            ISO 3166 alpha-2; None means every country with an event that the record covers.

        Raises
        ------
        NoCoverage
            ``no-darkness`` when no event that the record covers darkened the country.
        UsageError
            ``subject-syntax`` when it is not a country.
        """
        from hashquake.observatory import exposures

        return exposures.exposures(self.record, country)

    def check(
        self,
        text: str = "",
        *,
        published: Moment | None = None,
        as_known_on: Moment | None = None,
        language: str | None = None,
        claims: "Sequence[Claim] | None" = None,
        url: str = "",
        keep: bool = False,
    ) -> "Check":
        """Find the claims in a text and judge each; see `hashquake.observatory.checking`.

        Parameters
        ----------
        text : str
            Plain text or HTML; hostile. Nothing in it is fetched or executed.
        published : str, float or None
            When it was published; None leaves open what depends on it, and asks.
        as_known_on : str, float or None
            Use only what was known by then; None is all that is known.
        language : str or None
            Such as ``de``; None finds it.
        claims : sequence of Claim or None
            Judge these instead of reading a text.
        url : str
            Where it was published; may be empty.
        keep : bool
            Whether to keep claims and verdicts in the ledger, if the record can be written.

        Raises
        ------
        UsageError
            ``time-syntax``, ``language-unknown``, ``text-too-long``; ``extra-missing`` where the
            extra ``claims`` is not installed.
        """
        from hashquake.observatory import checking

        return checking.check(
            self.record,
            text,
            published_s=None if published is None else moment_s(published),
            known_s=None if as_known_on is None else moment_s(as_known_on),
            now_s=self._now_s(),
            language=language,
            claims=claims,
            url=url,
            keep=keep,
        )

    def claim_ledger(self) -> "tuple[CheckedClaim, ...]":
        """Return every verdict on each claim checked, oldest first; see `claim_ledger`."""
        from hashquake.observatory import claim_ledger

        return claim_ledger.ledger(self.record)

    def pools(
        self,
        at: "Moment | None" = None,
        *,
        span_s: float = float(DAY_S),
        exposure: bool = False,
        named: tuple[str, ...] = (),
    ) -> "PoolStandings":
        """Compare what pools found with the hash rate they report, with how often chance does it.

        Parameters
        ----------
        at : str, float or None
            End of the window; None means the end of the record.
        span_s : float
            Its length, seconds.
        exposure : bool
            Whether to tell too how much of each pool sits in places that went dark.
        named : tuple of str
            Subjects such as ``pool:antpool`` that have a row even where they found no block.

        Raises
        ------
        NoCoverage
            When the window was not observed throughout, or its blocks name no pools.
        UsageError
            ``time-syntax``; ``window-reversed`` for a span that holds no time.
        """
        from hashquake.observatory import pool_standings as standings

        end_s = self.end_s() if at is None else moment_s(at)
        window = Window(start_s=end_s - span_s, end_s=end_s)
        rows = standings.pool_standings(self.record, window, named=named)
        return standings.with_exposures(rows, self.exposure().rows) if exposure else rows

    def pool(
        self,
        pool: str,
        at: "Moment | None" = None,
        *,
        span_s: float = float(DAY_S),
        exposure: bool = False,
    ) -> "PoolDetail":
        """Gather what concerns one pool: luck, who gained what it lost, its names, stale blocks.

        Parameters
        ----------
        pool : str
            Its slug, such as ``antpool``.
        at : str, float or None
            End of the window; None means the end of the record.
        span_s : float
            Its length, seconds.
        exposure : bool
            Whether to add how much of it sits in places that went dark.

        Returns
        -------
        PoolDetail
            Parts that cannot be determined are None, with the reason in ``missing``.

        Raises
        ------
        NoCoverage
            As for `pools`.
        UsageError
            ``pool-unknown``, ``subject-syntax``; ``time-syntax``, ``window-reversed``.
        """
        from hashquake.observatory.pool_detail import pool_detail

        end_s = self.end_s() if at is None else moment_s(at)
        window = Window(start_s=end_s - span_s, end_s=end_s)
        exposures = self.exposure().rows if exposure else ()
        return pool_detail(self.record, pool, window, exposures=exposures)

    def judge(self, claim: "Claim") -> "Verdict":
        """Judge one claim that names its time by the blocks of it and of the two weeks before.

        Parameters
        ----------
        claim : Claim
            With a window.

        Raises
        ------
        NoCoverage
            When the time right before its window was not observed.
        UsageError
            ``usage`` without a window.
        """
        from hashquake.observatory.judging import judge

        return judge(self.record, claim)

    def sites(
        self,
        sites: "Sequence[Site]",
        at: "Moment | None" = None,
        *,
        price_usd: float | None = None,
    ) -> "SiteRows":
        """Judge which mining farms stand behind a dark network or grid, and what is at risk.

        Outages are those of the catalog by what is known now; nothing is searched.

        Parameters
        ----------
        sites : sequence of Site
            As `hashquake.observatory.site_file.read_sites` returns them.
        at : str, float or None
            The instant; None means now.
        price_usd : float or None
            Price of a bitcoin; None is the record's own, else the bundled one.

        Raises
        ------
        UsageError
            ``time-syntax``.
        """
        from hashquake.observatory.sites import site_rows

        at_s = self._now_s() if at is None else moment_s(at)
        return site_rows(self.record, sites, at_s, price_usd=price_usd)

    def context(self, incident: "Incident") -> "EventContext":
        """Gather what is known around an incident besides its blocks: exposure, maps, power, price.

        Parameters
        ----------
        incident : Incident
            From `Observatory.report`.

        Returns
        -------
        EventContext
            What cannot be determined is None, with the reason in ``missing``.
        """
        from hashquake.observatory import event_context as context

        return context.context(self.record, incident, now_s=self._now_s())
