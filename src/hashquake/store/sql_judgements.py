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
        """Store where was searched; see `hashquake.core.record.Record.add_searched`."""
        with self._writing() as connection:
            kept.add_searched(connection, searched, recorded_s=self._now_s())

    def searched(self, kind: OpinionKind, *, subject: str | None = None) -> tuple[Searched, ...]:
        """Return where was searched, oldest first; see `hashquake.core.record.Record.searched`."""
        with self._reading() as connection:
            return kept.read_searched(connection, kind, subject=subject)

    def add_changes(self, changes: Sequence[Change]) -> None:
        """Append to the changes feed; see `hashquake.core.record.Record.add_changes`."""
        with self._writing() as connection:
            feed.add_changes(connection, changes, recorded_s=self._now_s())

    def changes(
        self, *, after_id: int = 0, limit: int = 1000, kind: ChangeKind | None = None
    ) -> tuple[Change, ...]:
        """Return the changes after one, in order; see `hashquake.core.record.Record.changes`."""
        with self._reading() as connection:
            return feed.read_changes(connection, after_id=after_id, limit=limit, kind=kind)

    def latest_changes(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return each subject's last change; see `hashquake.core.record.Record.latest_changes`."""
        with self._reading() as connection:
            return feed.latest_changes(connection, kind)

    def last_change_id(self) -> int:
        """Return the number of the last change, 0 when there is none."""
        with self._reading() as connection:
            return feed.last_change_id(connection)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store a kernel's newest state; see `hashquake.core.record.Record.save_snapshot`."""
        with self._writing() as connection:
            feed.save_snapshot(connection, snapshot, recorded_s=self._now_s())

    def snapshot(self, kind: str, scope: str) -> Snapshot | None:
        """Return a kernel's stored state, or None; see `hashquake.core.record.Record.snapshot`."""
        with self._reading() as connection:
            return feed.read_snapshot(connection, kind, scope)

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim that came in, in order."""
        with self._reading() as connection:
            return read_claims(connection)

    def add_forecast(self, forecast: Forecast) -> bool:
        """Store a forecast; see `hashquake.core.record.Record.add_forecast`."""
        with self._writing() as connection:
            return add_forecast(connection, forecast, recorded_s=self._now_s())

    def forecasts(self, *, quantity: str | None = None) -> tuple[Forecast, ...]:
        """Return stored forecasts; see `hashquake.core.record.Record.forecasts`."""
        with self._reading() as connection:
            return read_forecasts(connection, quantity=quantity)
