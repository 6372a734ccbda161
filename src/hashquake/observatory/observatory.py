"""A record with everything that can be asked of it."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from hashquake.core.contracts import AppendResult, Batch, Progress, Record
from hashquake.core.errors import UsageError
from hashquake.core.incident import Incident
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory import intake
from hashquake.observatory.asked import Moment, event_asked, moment_s, window_asked
from hashquake.observatory.places import Places
from hashquake.observatory.tables import Rates, block_table

if TYPE_CHECKING:
    import polars as pl

    from hashquake.core.event import Event
    from hashquake.core.quake import Quake
    from hashquake.forward.difficulty_forecast import DifficultyForecast
    from hashquake.forward.scenario import Scenario
    from hashquake.forward.simulation import Simulation
    from hashquake.observatory.rate_series import RateSeries


class Observatory(Places):
    """A record with everything that can be asked of it.

    Parameters
    ----------
    record : Record
        Where blocks are kept; closed with the observatory.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(self, record: Record, *, now_s: Callable[[], float] = time.time) -> None:
        super().__init__(record, now_s=now_s)

    def __enter__(self) -> Self:
        """Use it as a context."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the record."""
        self.record.close()

    def feed(self, batch: Batch, *, source: str) -> AppendResult:
        """Take in a batch: name its pools, check its chain, keep it whole or not at all.

        Parameters
        ----------
        batch : Batch
            Main-chain blocks in height order; stale ones marked.
        source : str
            Who gives it.

        Raises
        ------
        ChainError
            When its blocks break a rule of the chain; nothing of the batch is kept.
        RecordError
            When it cannot be kept.
        """
        return intake.feed(self.record, batch, source=source)

    def ingest(
        self,
        source: str,
        options: Mapping[str, Any],
        *,
        progress: Callable[[Progress], None] = lambda _progress: None,
        note: Callable[[str], None] = lambda _sentence: None,
        transport: Any = None,
    ) -> intake.IngestResult:
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
        return intake.ingest(
            self.record,
            source,
            options,
            now_s=self._now_s,
            progress=progress,
            note=note,
            transport=transport,
        )

    def blocks(self, window: Window | None = None) -> "pl.DataFrame":
        """Give the main chain's blocks as a polars table, all or those dated in a window."""
        return block_table(self.record.blocks(window=window, detail=True))

    def rate(
        self,
        window: "Window | Moment",
        until: "Moment | None" = None,
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
        since: "Window | Moment",
        until: "Moment | None" = None,
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
        from hashquake.observatory.rate_series import rate_series

        return rate_series(self.record, window_asked(since, until), step_s, subject)

    def rate_at(
        self, at_s: "Moment", *, subjects: tuple[str, ...] = (), method: str = "filter"
    ) -> Rates:
        """Estimate hash rates at an instant.

        Parameters
        ----------
        at_s : float or str
            UTC Unix seconds, or ISO 8601 text.
        subjects : tuple of str
            ``network`` or pools; empty means the network and every pool active then.
        method : {"filter", "smoother"}
            From what was known then, or from blocks on both sides.

        Raises
        ------
        NoCoverage
            When the record was not watching.
        UsageError
            ``method-unknown`` for another method.
        """
        from hashquake.observatory import instant_rates as foresight

        if method == "filter":
            return foresight.filtered_rates(self.record, moment_s(at_s), subjects)
        if method == "smoother":
            return foresight.smoothed_rates(self.record, moment_s(at_s), subjects)
        raise UsageError(
            f"there is no method {method!r} for an instant",
            code="method-unknown",
            hint="ask for filter or smoother",
        )

    def forecast(self, at_s: "Moment | None" = None) -> "DifficultyForecast":
        """Forecast the next difficulty, and when it comes.

        Parameters
        ----------
        at_s : float, str or None
            From what was known then, UTC Unix seconds or ISO 8601 text; None is the end of the
            record.

        Raises
        ------
        NoCoverage
            When the record was not watching, or does not hold the epoch's first block.
        """
        from hashquake.observatory import instant_rates as foresight

        return foresight.forecast(self.record, self.end_s() if at_s is None else moment_s(at_s))

    def replay(
        self,
        *,
        false_alarms_per_year: float = 1.0,
        until_s: float | None = None,
        write: bool = False,
    ) -> "tuple[Quake, ...]":
        """Build the catalog of quakes from the record's blocks, as live detection would have.

        Parameters
        ----------
        false_alarms_per_year : float
            How often luck and drift alone may raise a quake.
        until_s : float or None
            Use only what was known then; None is the end of the record.
        write : bool
            Whether to keep the opinions in the record.

        Returns
        -------
        tuple of Quake
            The last opinion of every quake, in order of onset.

        Raises
        ------
        UsageError
            ``false-alarms-range`` outside the calibrated range.
        RecordError
            When it is to be kept and cannot.
        """
        from hashquake.catalog import pipeline as cataloguing

        return cataloguing.replay(
            self.record,
            false_alarms_per_year=false_alarms_per_year,
            until_s=until_s,
            write=write,
        )

    def opinions_of_replay(self, *, false_alarms_per_year: float) -> "tuple[Quake, ...]":
        """Return every opinion that `replay` forms on its way, in order."""
        from hashquake.catalog import pipeline as cataloguing

        return cataloguing.opinions(self.record, false_alarms_per_year=false_alarms_per_year)

    def quakes(self) -> "tuple[Quake, ...]":
        """Return the latest opinion of each quake of the record's catalog, in order of onset.

        Raises
        ------
        RecordError
            ``opinion-unreadable``.
        """
        from hashquake.catalog import pipeline as cataloguing

        return cataloguing.latest(cataloguing.stored(self.record))

    def quake_opinions(self, quake: str | None = None) -> "tuple[Quake, ...]":
        """Return every stored opinion of a quake, or of all, in the order they were formed.

        Parameters
        ----------
        quake : str or None
            Such as ``hq20210416a``; None is all.
        """
        from hashquake.catalog import pipeline as cataloguing

        found = cataloguing.stored(self.record)
        return tuple(one for one in found if quake is None or one.id == quake)

    def report(
        self,
        event: "Event | Window | Moment",
        until: "Moment | None" = None,
        *,
        baseline: Window | None = None,
    ) -> Incident:
        """Set out what the blocks say of an event.

        Parameters
        ----------
        event : Event, Window, str or float
            An event or its name, such as ``"kazakhstan-2022"`` (`hashquake.events` lists them);
            or a window, as for `rate`.
        until : str, float or None
            End of a window given by its start.
        baseline : Window or None
            What to compare with; None means the 14 days before.

        Raises
        ------
        NoCoverage
            When the event or its baseline was not observed.
        """
        from hashquake.observatory import reporting

        return reporting.report(self.record, event_asked(event, until), baseline)

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
