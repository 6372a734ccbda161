"""Judgements in a SQL record: opinions, searches, changes, snapshots, claims, forecasts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from hashquake.core.claim import Claim
from hashquake.core.forecast import Forecast
from hashquake.core.opinion import Change, ChangeKind, Opinion, OpinionKind, Searched, Snapshot
from hashquake.store import changes as feed
from hashquake.store import opinions as kept
from hashquake.store.statements import add_forecast, read_claims, read_forecasts


class SqlJudgements(ABC):
    """The part of `hashquake.store.sql_record.SqlRecord` that keeps judgements."""

    _now_s: Callable[[], float]

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Open a transaction to read in."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]:
        """Open a transaction to write in."""

    def add_opinions(self, opinions: Sequence[Opinion]) -> None:
        """Store opinions; see `hashquake.core.record.Record.add_opinions`."""
        with self._writing() as connection:
            kept.add_opinions(connection, opinions, recorded_s=self._now_s())

    def opinions(
        self, kind: OpinionKind, *, scope: str | None = None, name: str | None = None
    ) -> tuple[Opinion, ...]:
        """Return stored opinions; see `hashquake.core.record.Record.opinions`."""
        with self._reading() as connection:
            return kept.read_opinions(connection, kind, scope=scope, name=name)

    def add_searched(self, searched: Sequence[Searched]) -> None:
        """Store where was searched for opinions."""
        with self._writing() as connection:
            kept.add_searched(connection, searched, recorded_s=self._now_s())

    def searched(self, kind: OpinionKind, *, subject: str | None = None) -> tuple[Searched, ...]:
        """Return where was searched for opinions of a kind, oldest first."""
        with self._reading() as connection:
            return kept.read_searched(connection, kind, subject=subject)

    def add_changes(self, changes: Sequence[Change]) -> None:
        """Append to the changes feed; the record numbers and dates the rows."""
        with self._writing() as connection:
            feed.add_changes(connection, changes, recorded_s=self._now_s())

    def changes(
        self, *, after_id: int = 0, limit: int = 1000, kind: ChangeKind | None = None
    ) -> tuple[Change, ...]:
        """Return the changes with numbers above one, in order."""
        with self._reading() as connection:
            return feed.read_changes(connection, after_id=after_id, limit=limit, kind=kind)

    def latest_changes(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return the last change of a kind for each subject, by subject."""
        with self._reading() as connection:
            return feed.latest_changes(connection, kind)

    def last_change_id(self) -> int:
        """Return the number of the last change, 0 when there is none."""
        with self._reading() as connection:
            return feed.last_change_id(connection)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store the state of a kernel in place of the one before."""
        with self._writing() as connection:
            feed.save_snapshot(connection, snapshot, recorded_s=self._now_s())

    def snapshot(self, kind: str, scope: str) -> Snapshot | None:
        """Return the stored state of a kernel, or None."""
        with self._reading() as connection:
            return feed.read_snapshot(connection, kind, scope)

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim that came in, in order."""
        with self._reading() as connection:
            return read_claims(connection)

    def add_forecast(self, forecast: Forecast) -> bool:
        """Store a forecast, before the truth is known; see `Record.add_forecast`."""
        with self._writing() as connection:
            return add_forecast(connection, forecast, recorded_s=self._now_s())

    def forecasts(self, *, quantity: str | None = None) -> tuple[Forecast, ...]:
        """Return the stored forecasts, all or of one quantity, in the order of their making."""
        with self._reading() as connection:
            return read_forecasts(connection, quantity=quantity)
