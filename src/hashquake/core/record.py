"""The record: blocks, readings, opinions, changes and states, whatever holds them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from hashquake.core.alert import AlertOutbox
from hashquake.core.block import Sighting
from hashquake.core.chain import ChainState
from hashquake.core.change_view import ChangeView
from hashquake.core.claim import Claim
from hashquake.core.contracts import Batch
from hashquake.core.forecast import Forecast
from hashquake.core.opinion import Change, Opinion, OpinionKind, Searched, Snapshot
from hashquake.core.reading import Reading, ReadingSpan
from hashquake.core.run import Run
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendResult:
    """What a batch changed in the record.

    Parameters
    ----------
    blocks_added, blocks_known, blocks_staled, readings_added, claims_added : int
        New blocks; blocks stored before; blocks that left the main chain; new readings and claims.
    lowest_changed : int or None
        The lowest height of a block that was stored before and that this batch changed: its
        pool, or whether it is in the main chain. None when there is none.
    lowest_timed : int or None
        The lowest height of a block that was stored before for which this batch says when it
        was first seen.
    """

    blocks_added: int = 0
    blocks_known: int = 0
    blocks_staled: int = 0
    readings_added: int = 0
    claims_added: int = 0
    lowest_changed: int | None = field(default=None, compare=False)
    lowest_timed: int | None = field(default=None, compare=False)

    def __add__(self, other: "AppendResult") -> "AppendResult":
        """Sum two results."""
        return AppendResult(
            blocks_added=self.blocks_added + other.blocks_added,
            blocks_known=self.blocks_known + other.blocks_known,
            blocks_staled=self.blocks_staled + other.blocks_staled,
            readings_added=self.readings_added + other.readings_added,
            claims_added=self.claims_added + other.claims_added,
            lowest_changed=_lower(self.lowest_changed, other.lowest_changed),
            lowest_timed=_lower(self.lowest_timed, other.lowest_timed),
        )


def _lower(one: int | None, other: int | None) -> int | None:
    return min((height for height in (one, other) if height is not None), default=None)


class WatchLock(Protocol):
    """What says that a process watches a record, while it is kept."""

    @property
    def alone(self) -> bool:
        """Whether no other process can watch the record meanwhile."""

    def renew(self) -> None:
        """Take it again where the database lost it, as one that was started again did.

        Raises
        ------
        RecordError
            ``record-unreachable`` while the database does not answer.
        """


class ReadingView(Protocol):
    """The readings of a record, for whoever needs nothing else of it."""

    def readings(self, *, subject: str, window: Window | None = None) -> tuple[Reading, ...]:
        """Return the readings of a subject whose windows overlap a window, oldest first.

        Parameters
        ----------
        subject : str
            Such as ``country:KZ``.
        window : Window or None
            None is all times.
        """

    def subjects(self) -> tuple[str, ...]:
        """List the subjects that have readings, sorted."""


class Record(ChangeView, ReadingView, Protocol):
    """The record, whatever holds it."""

    @property
    def read_only(self) -> bool:
        """Whether `append` is refused."""

    def append(self, batch: Batch, *, source: str) -> AppendResult:
        """Keep a batch in one transaction; keeping it again changes nothing.

        Parameters
        ----------
        batch : Batch
            Blocks, readings, maps and what was watched.
        source : str
            The plugin it came from.

        Raises
        ------
        RecordError
            ``record-read-only``, ``record-locked``, ``disk-full`` and the like.
        """

    def chain_state(self, before_height: int, *, prev: bytes | None = None) -> ChainState:
        """Return what the chain rules need to check a block at a height.

        Parameters
        ----------
        before_height : int
            The height about to be checked.
        prev : bytes or None
            The hash it builds on, where that may be a stale block.

        Returns
        -------
        ChainState
            Of the block below it; empty when that block is not stored.
        """

    def keep_blocks(self) -> None:
        """Keep heights, header times, bits and pools of all blocks in memory from now on.

        For a program that asks again and again, such as a server: `blocks` then reads only what
        came since. Some 50 bytes a block.
        """

    def sightings(self, first_height: int, last_height: int) -> tuple[Sighting, ...]:
        """Return when each source first saw each block, by height and then by time.

        Parameters
        ----------
        first_height, last_height : int
            Limits, both included.
        """

    def pool_names(self) -> tuple[str, ...]:
        """Name every pool that a block of the record is labelled with."""

    def reading_spans(self) -> tuple[ReadingSpan, ...]:
        """Return when each series of readings begins and ends, and how many readings it has."""

    def add_run(self, run: Run) -> None:
        """Keep how a run of a source ended; errors are those of `append`.

        Parameters
        ----------
        run : Run
            Its source, its end and its error, if any.
        """

    def last_runs(self) -> tuple[Run, ...]:
        """Return the last run of each source, by source."""

    def writing(self) -> AbstractContextManager["Record"]:
        """Open one transaction for several writes.

        What is read and written through the record it hands out is of one moment, and is kept
        whole, or not at all when an error leaves the block; errors are those of `append`.
        """

    def add_opinions(self, opinions: Sequence[Opinion]) -> None:
        """Store opinions as they are, numbered by the ledger; errors are those of `append`.

        ``record-locked`` also when another writer stored a revision first.

        Parameters
        ----------
        opinions : sequence of Opinion
            In the order in which they were formed.
        """

    def opinions(
        self,
        kind: OpinionKind,
        *,
        scope: str | None = None,
        name: str | None = None,
        latest_only: bool = False,
    ) -> tuple[Opinion, ...]:
        """Return stored opinions, in the order in which they were recorded.

        Parameters
        ----------
        kind : {"quake", "outage"}
            What they are of.
        scope, name : str or None
            Only of this catalog, only of this quake or outage; None is all.
        latest_only : bool
            Only the last opinion of each quake or outage: while one lasts, each look may add one.
        """

    def add_searched(self, searched: Sequence[Searched]) -> None:
        """Store where was searched for opinions.

        Parameters
        ----------
        searched : sequence of Searched
            Subject, span and detector of each search.
        """

    def searched(self, kind: OpinionKind, *, subject: str | None = None) -> tuple[Searched, ...]:
        """Return where was searched for opinions of a kind, oldest first.

        Parameters
        ----------
        kind : OpinionKind
            Such as ``outage``.
        subject : str or None
            None is all subjects.
        """

    def readings_after(self, *, subject: str, last_reading: int) -> tuple[Reading, ...]:
        """Return the readings of a subject that were stored after one, in the order they came.

        Parameters
        ----------
        subject : str
            Such as ``country:KZ``.
        last_reading : int
            The number of a stored reading, as `last_readings` returns them.
        """

    def last_readings(self) -> Mapping[str, int]:
        """Return the number of the last stored reading of each subject."""

    def add_changes(self, changes: Sequence[Change]) -> None:
        """Append to the changes feed; the record numbers and dates the rows.

        Parameters
        ----------
        changes : sequence of Change
            In order; their numbers are not set yet.
        """

    def edition(self) -> str:
        """Return a text that changes with everything that is stored."""

    def arrivals(self) -> Mapping[str, float]:
        """Return when each source last gave a new block, by our clock, UTC Unix seconds."""

    def size_bytes(self) -> int | None:
        """Return the size of its file or database; None where it has none of its own."""

    def watching(self) -> "AbstractContextManager[WatchLock]":
        """Keep the lock of a process that watches; several may watch a record on a server.

        Raises
        ------
        RecordError
            ``record-watched`` when another process watches a record in a file,
            ``record-read-only``.
        """

    def watched_now(self) -> bool:
        """Return whether some process watches the record."""

    def outbox(self) -> AlertOutbox | None:
        """Return its alerts; None where none can be stored."""

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store the state of a kernel in place of the one before.

        Parameters
        ----------
        snapshot : Snapshot
            State, version, and the block up to which it has read.
        """

    def snapshot(self, kind: str, scope: str) -> Snapshot | None:
        """Return the stored state of a kernel, or None.

        Parameters
        ----------
        kind, scope : str
            Which kernel, and for which question.
        """

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim that came in, in order."""

    def add_forecast(self, forecast: Forecast) -> bool:
        """Store a forecast, before the truth is known; return False where it is stored already.

        Parameters
        ----------
        forecast : Forecast
            With its quantiles or draws and its seed.
        """

    def forecasts(self, *, quantity: str | None = None) -> tuple[Forecast, ...]:
        """Return the stored forecasts, all or of one quantity, in the order of their making.

        Parameters
        ----------
        quantity : str or None
            None is every quantity.
        """

    def counts(self) -> Mapping[str, int]:
        """Count what is stored: blocks, stale blocks, readings, batches."""

    def close(self) -> None:
        """Let go of files and connections."""
