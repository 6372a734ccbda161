"""The record in a SQL database: one SQLite file, or a server by URL."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, select

from hashquake.core import clock
from hashquake.core.block import Sighting
from hashquake.core.chain import MAX_FUTURE_S, ChainState
from hashquake.core.claim import Claim
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.coverage import Coverage
from hashquake.core.forecast import Forecast
from hashquake.core.network import Network
from hashquake.core.opinion import Change, ChangeKind, Opinion, OpinionKind, Searched, Snapshot
from hashquake.core.reading import Reading, ReadingSpan
from hashquake.core.record import AppendResult, WatchLock
from hashquake.core.run import Run
from hashquake.core.window import Window
from hashquake.store import changes as feed
from hashquake.store import opinions as kept
from hashquake.store.append import append_batch
from hashquake.store.chain_end import hash_at, state_before, tip_of
from hashquake.store.failures import record_errors, record_failure
from hashquake.store.freshness import read_arrivals, read_counts, read_edition, size_bytes
from hashquake.store.instruments import read_later, read_readings
from hashquake.store.kept_blocks import KeptBlocks, kept_now
from hashquake.store.known_series import KnownSeries, known_series
from hashquake.store.observed_runs import ObservedRuns, observed_runs
from hashquake.store.opening import Opened
from hashquake.store.outbox import Outbox
from hashquake.store.read_blocks import read_blocks
from hashquake.store.runs import add_run, last_runs
from hashquake.store.schema import pools
from hashquake.store.sightings import read_sightings
from hashquake.store.statements import add_forecast, read_claims, read_forecasts
from hashquake.store.stored_blocks import stale_rows, stored_stale
from hashquake.store.watch_lock import is_watched, watching


class SqlRecord:
    """Blocks, readings and opinions in a SQL database; rows are added, never edited or removed.

    Parameters
    ----------
    opened : Opened
        The database.
    now_s : callable
        The clock that dates batches, UTC Unix seconds.
    connection : Connection or None
        A transaction that everything goes through, as `writing` hands it out; None opens one for
        each question.
    """

    def __init__(
        self,
        opened: Opened,
        *,
        now_s: Callable[[], float] = clock.now_s,
        connection: Connection | None = None,
    ) -> None:
        self._opened = opened
        self._now_s = now_s
        self._connection = connection
        self._observed: ObservedRuns | None = None
        self._series = KnownSeries()
        self._kept: KeptBlocks | None = None
        self._tip: tuple[tuple[int, bytes | None] | None] | None = None

    @property
    def network(self) -> Network:
        """The network whose blocks the record holds."""
        return self._opened.network

    @property
    def read_only(self) -> bool:
        """Whether `append` is refused."""
        return self._opened.read_only

    @contextmanager
    def writing(self) -> "Iterator[SqlRecord]":
        """Open one transaction; see `hashquake.core.record.Record.writing`.

        Raises
        ------
        RecordError
            ``record-read-only``, ``record-locked``, ``disk-full``, ``record-unreachable`` or
            ``record-damaged``. Nothing of the transaction is kept.
        """
        if self._connection is not None:
            yield self
            return
        if self.read_only:
            raise record_failure("record-read-only", self._opened.where)
        with record_errors(self._opened.where), self._opened.writer.begin() as connection:
            inside = SqlRecord(self._opened, now_s=self._now_s, connection=connection)
            inside._observed, inside._series = self._observed, self._series
            yield inside
        # Only now is what the transaction knew of coverage and readings true for everybody.
        self._observed, self._series = inside._observed, inside._series

    def watching(self) -> AbstractContextManager[WatchLock]:
        """Keep a watcher's lock; see `hashquake.store.watch_lock.watching`."""
        return watching(self._opened.engine, self._opened.path, self._opened.where)

    def watched_now(self) -> bool:
        """Return whether some process watches the record."""
        return is_watched(self._opened.engine, self._opened.path, self._opened.where)

    def outbox(self) -> Outbox:
        """Return its alerts; see `hashquake.core.alert.AlertOutbox`."""
        return Outbox(self.writing, self._opened)

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file it lies in; None for a server."""
        return self._opened.path

    def append(self, batch: Batch, *, source: str) -> AppendResult:
        """Keep a batch in one transaction; keeping it again changes nothing.

        A block is new when neither its hash nor, where a hash is missing on either side, its
        height, header time and bits are stored. Blocks that compete with stored ones are weighed:
        the branch with more work becomes main, at a tie the one that came first stays.

        See `hashquake.core.record.Record.append` for parameters.

        Raises
        ------
        ChainError
            ``height-duplicate`` when two blocks of a height compete and no hash tells how they
            are linked, ``prev-mismatch`` when a block builds on none that is stored.
        InputError
            ``reading-value`` when a reading's value is not a number.
        RecordError
            ``record-read-only``, ``record-locked``, ``disk-full``, ``record-unreachable`` or
            ``record-damaged``. Nothing of the batch is kept.
        """
        if len(batch.blocks):
            self._tip = None
        with self._writing() as connection:
            return append_batch(connection, batch, source=source, received_s=self._now_s())

    def add_run(self, run: Run) -> None:
        """Keep how a run of a source ended; see `hashquake.core.record.Record.add_run`."""
        with self._writing() as connection:
            add_run(connection, run)

    def last_runs(self) -> tuple[Run, ...]:
        """Return the last run of each source, by source."""
        with self.connected() as connection:
            return last_runs(connection)

    def edition(self) -> str:
        """Return a text that changes with everything stored; see `hashquake.core.record.Record`."""
        with self.connected() as connection:
            return read_edition(connection)

    def arrivals(self) -> Mapping[str, float]:
        """Return when each source last gave a new block, by our clock, UTC Unix seconds."""
        with self.connected() as connection:
            return read_arrivals(connection)

    def size_bytes(self) -> int | None:
        """Return the size of its file with the log next to it, or of its database on a server."""
        with self.connected() as connection:
            return size_bytes(self.sqlite_path, connection)

    def add_opinions(self, opinions: Sequence[Opinion]) -> None:
        """Store opinions; see `hashquake.core.record.Record.add_opinions`."""
        with self._writing() as connection:
            kept.add_opinions(connection, opinions, recorded_s=self._now_s())

    def opinions(
        self,
        kind: OpinionKind,
        *,
        scope: str | None = None,
        name: str | None = None,
        latest_only: bool = False,
    ) -> tuple[Opinion, ...]:
        """Return stored opinions; see `hashquake.core.record.Record.opinions`."""
        with self.connected() as connection:
            return kept.read_opinions(
                connection, kind, scope=scope, name=name, latest_only=latest_only
            )

    def add_searched(self, searched: Sequence[Searched]) -> None:
        """Store where was searched; see `hashquake.core.record.Record.add_searched`."""
        with self._writing() as connection:
            kept.add_searched(connection, searched, recorded_s=self._now_s())

    def searched(self, kind: OpinionKind, *, subject: str | None = None) -> tuple[Searched, ...]:
        """Return where was searched, oldest first; see `hashquake.core.record.Record.searched`."""
        with self.connected() as connection:
            return kept.read_searched(connection, kind, subject=subject)

    def add_changes(self, changes: Sequence[Change]) -> None:
        """Append to the changes feed; see `hashquake.core.record.Record.add_changes`."""
        with self._writing() as connection:
            feed.add_changes(connection, changes, recorded_s=self._now_s())

    def changes(
        self, *, after_id: int = 0, limit: int = 1000, kind: ChangeKind | None = None
    ) -> tuple[Change, ...]:
        """Return the changes after one; see `hashquake.core.change_view.ChangeView.changes`."""
        with self.connected() as connection:
            return feed.read_changes(connection, after_id=after_id, limit=limit, kind=kind)

    def latest_changes(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return the last ones; see `hashquake.core.change_view.ChangeView.latest_changes`."""
        with self.connected() as connection:
            return feed.latest_changes(connection, kind)

    def last_change_id(self) -> int:
        """Return the number of the last change, 0 when there is none."""
        with self.connected() as connection:
            return feed.last_change_id(connection)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store a kernel's newest state; see `hashquake.core.record.Record.save_snapshot`."""
        with self._writing() as connection:
            feed.save_snapshot(connection, snapshot, recorded_s=self._now_s())

    def snapshot(self, kind: str, scope: str) -> Snapshot | None:
        """Return a kernel's stored state, or None; see `hashquake.core.record.Record.snapshot`."""
        with self.connected() as connection:
            return feed.read_snapshot(connection, kind, scope)

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim that came in, in order."""
        with self.connected() as connection:
            return read_claims(connection)

    def add_forecast(self, forecast: Forecast) -> bool:
        """Store a forecast; see `hashquake.core.record.Record.add_forecast`."""
        with self._writing() as connection:
            return add_forecast(connection, forecast, recorded_s=self._now_s())

    def forecasts(self, *, quantity: str | None = None) -> tuple[Forecast, ...]:
        """Return stored forecasts; see `hashquake.core.record.Record.forecasts`."""
        with self.connected() as connection:
            return read_forecasts(connection, quantity=quantity)

    def tip(self) -> tuple[int, bytes | None] | None:
        """Return height and hash of the highest block in the main chain, or None when empty."""
        if self._tip is not None:
            return self._tip[0]
        with self.connected() as connection:
            tip = tip_of(connection)
        if self._connection is not None:
            # Nobody else adds blocks during a transaction that writes.
            self._tip = (tip,)
        return tip

    def hash_at(self, height: int) -> bytes | None:
        """Return a hash, or None; see `hashquake.core.contracts.RecordView.hash_at`."""
        with self.connected() as connection:
            return hash_at(connection, height)

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        """Return stale hashes; see `hashquake.core.contracts.RecordView.stale_hashes`."""
        with self.connected() as connection:
            stale = stored_stale(connection, stale_rows(connection)).values()
            nodes = (item.node for item in stale)
            return frozenset(n.hash for n in nodes if n.hash and n.height >= first_height)

    def chain_state(self, before_height: int, *, prev: bytes | None = None) -> ChainState:
        """Return where `check_chain` goes on; see `hashquake.core.record.Record.chain_state`."""
        with self.connected() as connection:
            return state_before(connection, before_height, prev=prev)

    def blocks(
        self,
        *,
        first_height: int | None = None,
        last_height: int | None = None,
        window: Window | None = None,
        stale: bool = False,
        detail: bool = False,
    ) -> BlockColumns:
        """Return blocks in height order; see `hashquake.core.change_view.ChangeView.blocks`."""
        with self.connected() as connection:
            return read_blocks(
                connection,
                first_height=first_height,
                last_height=last_height,
                window=window,
                stale=stale,
                detail=detail,
                kept=self._kept_blocks(connection),
            )

    def keep_blocks(self) -> None:
        """Keep the numbers of all blocks in memory; see `hashquake.core.record.Record`."""
        with self.connected() as connection:
            self._kept = kept_now(connection, self._kept or KeptBlocks())

    def sightings(self, first_height: int, last_height: int) -> tuple[Sighting, ...]:
        """Return times of sources; see `hashquake.core.record.Record.sightings`."""
        with self.connected() as connection:
            return read_sightings(connection, first_height, last_height)

    def coverage(self) -> Coverage:
        """Return the stretches watched, and those between blocks that follow one another."""
        # A block may be dated up to two hours ahead of the clock: that time was not watched.
        with self.connected() as connection:
            self._observed = observed_runs(connection, self._observed)
            return self._observed.coverage.until(self._now_s(), ahead_s=MAX_FUTURE_S)

    def readings(self, *, subject: str, window: Window | None = None) -> tuple[Reading, ...]:
        """Return readings, oldest first; see `hashquake.core.record.ReadingView.readings`."""
        with self.connected() as connection:
            return read_readings(connection, subject=subject, window=window)

    def readings_after(self, *, subject: str, last_reading: int) -> tuple[Reading, ...]:
        """Return later readings; see `hashquake.core.record.Record.readings_after`."""
        with self.connected() as connection:
            return read_later(connection, subject=subject, last_reading=last_reading)

    def last_readings(self) -> Mapping[str, int]:
        """Return the number of the last stored reading of each subject."""
        with self.connected() as connection:
            return self._series_now(connection).last_readings()

    def pool_names(self) -> tuple[str, ...]:
        """Name every pool that a block of the record is labelled with, sorted."""
        with self.connected() as connection:
            return tuple(sorted(connection.execute(select(pools.c.slug)).scalars()))

    def subjects(self) -> tuple[str, ...]:
        """List the subjects that have readings, sorted."""
        with self.connected() as connection:
            return self._series_now(connection).subjects()

    def reading_spans(self) -> tuple[ReadingSpan, ...]:
        """Return when each series of readings begins and ends, and how many readings it has."""
        with self.connected() as connection:
            return self._series_now(connection).spans()

    def counts(self) -> Mapping[str, int]:
        """Count what is stored: all blocks, how many of them are stale, readings, batches."""
        with self.connected() as connection:
            return read_counts(connection)

    def close(self) -> None:
        """Let go of files and connections."""
        self._opened.engine.dispose()

    def __enter__(self) -> Self:
        """Return the record itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _series_now(self, connection: Connection) -> KnownSeries:
        self._series = known_series(connection, self._series)
        return self._series

    def _kept_blocks(self, connection: Connection) -> KeptBlocks | None:
        # A transaction that writes sees blocks that may yet be rolled back: it has none kept.
        if self._kept is not None:
            self._kept = kept_now(connection, self._kept)
        return self._kept

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Return the connection of its transaction, or of a new one that only reads."""
        if self._connection is not None:
            yield self._connection
            return
        with record_errors(self._opened.where), self._opened.engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.writing() as inside:
            connection = inside._connection  # noqa: SLF001  the same class
            assert connection is not None  # noqa: S101  `writing` sets it
            yield connection
