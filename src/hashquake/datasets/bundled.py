"""The bundled real record: main-chain heights 664063 to 946236, January 2021 to April 2026.

Its readings are transcribed, what instruments are documented to have seen of great outages, but for
the price of bitcoin by the hour.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import NoReturn

import numpy as np

from hashquake.core.block import Sighting
from hashquake.core.candles import BTC
from hashquake.core.chain import ChainState, check_chain
from hashquake.core.claim import Claim
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.coverage import Coverage
from hashquake.core.errors import RecordError
from hashquake.core.forecast import Forecast
from hashquake.core.network import MAIN, Network
from hashquake.core.opinion import (
    Change,
    ChangeKind,
    Opinion,
    OpinionKind,
    Searched,
    Snapshot,
    quake_scope,
)
from hashquake.core.reading import Reading, ReadingSpan, reading_spans
from hashquake.core.record import AppendResult
from hashquake.core.run import Run
from hashquake.core.subject import NETWORK
from hashquake.core.window import Window
from hashquake.datasets.catalog import (
    FALSE_ALARMS_PER_YEAR,
    bundled_outages,
    bundled_quakes,
    bundled_snapshot,
)
from hashquake.datasets.csv_rows import csv_rows
from hashquake.datasets.packed_arrays import packed_arrays
from hashquake.datasets.prices import bundled_price_readings, bundled_price_spans
from hashquake.datasets.transcribed import transcribed_readings

CHECKSUM = "blocks.sha256"
"""Of the files that were verified when the record was made."""


@lru_cache(maxsize=1)
def bundled_blocks() -> BlockColumns:
    """Load the bundled blocks.

    They were verified when the record was made. Files with another checksum than then, as after
    damage or an edit, are verified again, block by block.

    Returns
    -------
    BlockColumns, shape (282174,)
        With height, header time, bits and pool; hashes and coinbases are not part of it.

    Raises
    ------
    ChainError
        When heights are not contiguous, a header time is outside the consensus limits, or the
        bits of an epoch differ from those the retarget rule gives from the header times.
    """
    blocks = _read_blocks()
    if not is_as_verified():
        check_chain(blocks)
    return blocks


def _read_blocks() -> BlockColumns:
    columns = packed_arrays("blocks.npz")
    header_s = np.cumsum(
        np.concatenate([columns["first_header_s"], columns["interval_s"]]), dtype=np.int64
    )
    height = np.arange(len(header_s)) + int(columns["first_height"][0])
    epoch_bits = bundled_epoch_bits()
    starts = np.array(list(epoch_bits))
    bits = np.array(list(epoch_bits.values()), np.uint32)
    return BlockColumns.build(
        height=height,
        header_s=header_s,
        bits=bits[np.searchsorted(starts, height, side="right") - 1],
        pool_code=columns["pool_code"],
        pool_names=tuple(columns["pool_names"].tolist()),
    )


def is_as_verified() -> bool:
    """Return whether the bundled blocks are, byte for byte, those that were verified."""
    folder = resources.files("hashquake.datasets")
    return (folder / CHECKSUM).read_text(encoding="ascii").strip() == bundled_checksum()


def bundled_checksum() -> str:
    """Return the SHA-256 of the bundled blocks and epochs, in hexadecimal."""
    folder = resources.files("hashquake.datasets")
    digest = hashlib.sha256()
    for name in ("blocks.npz", "epochs.csv"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def bundled_epoch_bits() -> Mapping[int, int]:
    """Return the compact bits of the epochs the bundled record touches, by first height."""
    rows = csv_rows("epochs.csv")
    return MappingProxyType({int(row["start_height"]): int(row["bits"], 16) for row in rows})


class BundledRecord:
    """The bundled blocks behind the same interface as any record; read-only."""

    read_only = True

    @property
    def network(self) -> Network:
        """Mainnet."""
        return MAIN

    def append(self, batch: Batch, *, source: str) -> AppendResult:
        """Refuse. See `hashquake.core.record.Record.append`.

        Raises
        ------
        RecordError
            ``record-read-only``, always.
        """
        del batch
        raise _read_only(f"{source} cannot be added to it")

    def add_run(self, run: Run) -> None:
        """Refuse: no source can be read into it; see `hashquake.core.record.Record.add_run`."""
        self.append(Batch(), source=run.source)

    def last_runs(self) -> tuple[Run, ...]:
        """Return none: no source was read into it."""
        return ()

    def writing(self) -> NoReturn:
        """Refuse; see `append`."""
        raise _read_only("no catalog can be written to it")

    def add_opinions(self, opinions: Sequence[Opinion]) -> None:
        """Refuse; see `hashquake.core.record.Record.add_opinions`."""
        del opinions
        self.writing()

    def opinions(
        self,
        kind: OpinionKind,
        *,
        scope: str | None = None,
        name: str | None = None,
        latest_only: bool = False,
    ) -> tuple[Opinion, ...]:
        """Return the bundled catalog.

        Quakes are those of a replay of these very blocks at one false alarm a year, outages those
        that were found in the bundled readings.

        See `hashquake.core.record.Record.opinions` for parameters.
        """
        if kind == "claim":  # the bundled record is never written, so nobody's check is in it
            return ()
        found = tuple(
            one
            for one in (bundled_quakes() if kind == "quake" else bundled_outages()[0])
            if (scope is None or one.scope == scope) and (name is None or one.name == name)
        )
        if not latest_only:
            return found
        last = {(one.scope, one.name): one.revision for one in found}
        return tuple(one for one in found if one.revision == last[one.scope, one.name])

    def add_searched(self, searched: Sequence[Searched]) -> None:
        """Refuse; see `hashquake.core.record.Record.add_searched`."""
        del searched
        self.writing()

    def searched(self, kind: OpinionKind, *, subject: str | None = None) -> tuple[Searched, ...]:
        """Return the searches that the bundled catalog is the outcome of.

        See `hashquake.core.record.Record.searched` for parameters.
        """
        if kind == "outage":
            return tuple(one for one in bundled_outages()[1] if subject in (None, one.subject))
        if subject not in (None, NETWORK):
            return ()
        (window,) = self.coverage().windows
        scope = quake_scope(FALSE_ALARMS_PER_YEAR)
        return (Searched(kind="quake", scope=scope, subject=NETWORK, window=window, detectors=""),)

    def last_readings(self) -> Mapping[str, int]:
        """Return 0 for every subject: the bundled readings never change."""
        return dict.fromkeys(self.subjects(), 0)

    def add_changes(self, changes: Sequence[Change]) -> None:
        """Refuse; see `hashquake.core.record.Record.add_changes`."""
        del changes
        self.writing()

    def changes(
        self, *, after_id: int = 0, limit: int = 1000, kind: ChangeKind | None = None
    ) -> tuple[Change, ...]:
        """Return nothing: it never changes; see `hashquake.core.change_view.ChangeView.changes`."""
        del after_id, limit, kind
        return ()

    def last_change_id(self) -> int:
        """Return 0: nothing changes here."""
        return 0

    def edition(self) -> str:
        """Return one text forever: nothing is stored here."""
        return "bundled"

    def arrivals(self) -> Mapping[str, float]:
        """Return none: no block arrived here."""
        return {}

    def size_bytes(self) -> int | None:
        """Return None: it lies in no file of its own."""
        return None

    def latest_changes(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return nothing; see `hashquake.core.change_view.ChangeView.latest_changes`."""
        del kind
        return ()

    def watching(self) -> NoReturn:
        """Refuse; see `append`."""
        self.writing()

    def outbox(self) -> None:
        """Return None: nothing is raised in it."""

    def watched_now(self) -> bool:
        """Return False: nothing is added here."""
        return False

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Refuse; see `hashquake.core.record.Record.save_snapshot`."""
        del snapshot
        self.writing()

    def snapshot(self, kind: str, scope: str) -> Snapshot | None:
        """Return the state of the pipeline after the last block, for records that go on.

        See `hashquake.core.record.Record.snapshot` for parameters.
        """
        return bundled_snapshot(kind, scope)

    def claims(self) -> tuple[Claim, ...]:
        """Return none: claims of the bundled events are part of the events."""
        return ()

    def add_forecast(self, forecast: Forecast) -> NoReturn:
        """Refuse; see `hashquake.core.record.Record.add_forecast`."""
        del forecast
        raise _read_only("no forecast can be stored in it")

    def forecasts(self, *, quantity: str | None = None) -> tuple[Forecast, ...]:
        """Return none: no forecast was stored before the truth was known.

        See `hashquake.core.record.Record.forecasts` for parameters.
        """
        del quantity
        return ()

    def tip(self) -> tuple[int, bytes | None] | None:
        """Return the last height; hashes are not bundled."""
        return int(bundled_blocks().height[-1]), None

    def hash_at(self, height: int) -> bytes | None:
        """Return None, as no hash is bundled.

        See `hashquake.core.contracts.RecordView.hash_at`.
        """
        del height
        return None

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        """Return none: stale blocks are not bundled.

        See `hashquake.core.contracts.RecordView.stale_hashes` for parameters.
        """
        del first_height
        return frozenset()

    def chain_state(self, before_height: int, *, prev: bytes | None = None) -> ChainState:
        """Return the chain below a height; see `hashquake.core.record.Record.chain_state`."""
        del prev
        return check_chain(self.blocks(last_height=before_height - 1))

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
        del stale, detail
        blocks = bundled_blocks()
        origin = int(blocks.height[0])
        start = 0 if first_height is None else max(0, first_height - origin)
        stop = len(blocks) if last_height is None else max(0, last_height + 1 - origin)
        part = blocks.take(slice(start, stop))
        if window is None:
            return part
        inside = (part.header_s >= window.start_s) & (part.header_s < window.end_s)
        return part.take(inside)

    def keep_blocks(self) -> None:
        """Do nothing: they are in memory."""

    def sightings(self, first_height: int, last_height: int) -> tuple[Sighting, ...]:
        """Return none; see `hashquake.core.record.Record.sightings`."""
        del first_height, last_height
        return ()

    def coverage(self) -> Coverage:
        """Return the stretch from the first block to the last."""
        header_s = bundled_blocks().header_s
        return Coverage((Window(start_s=float(header_s[0]), end_s=float(header_s.max())),))

    def pool_names(self) -> tuple[str, ...]:
        """Name every pool of the bundled labels."""
        return bundled_blocks().pool_names

    def readings(self, *, subject: str, window: Window | None = None) -> tuple[Reading, ...]:
        """Return the transcribed readings of a subject, or the hourly prices of ``asset:btc``.

        See `hashquake.core.record.ReadingView.readings` for parameters.
        """
        if subject == BTC:
            return bundled_price_readings(window=window)
        return tuple(
            reading
            for reading in transcribed_readings()
            if reading.subject == subject
            and (window is None or reading.window.overlap(window) is not None)
        )

    def readings_after(self, *, subject: str, last_reading: int) -> tuple[Reading, ...]:
        """Return none; see `hashquake.core.record.Record.readings_after`."""
        del subject, last_reading
        return ()

    def subjects(self) -> tuple[str, ...]:
        """List the subjects that have readings, sorted."""
        return tuple(sorted({BTC} | {reading.subject for reading in transcribed_readings()}))

    def reading_spans(self) -> tuple[ReadingSpan, ...]:
        """Return when each series of readings begins and ends, and how many readings it has."""
        return (*bundled_price_spans(), *_transcribed_spans())

    def counts(self) -> Mapping[str, int]:
        """Count what is stored."""
        return {
            "blocks": len(bundled_blocks()),
            "stale": 0,
            "readings": len(transcribed_readings())
            + sum(span.n_readings for span in bundled_price_spans()),
            "batches": 1,
        }

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


@lru_cache(maxsize=1)
def _transcribed_spans() -> tuple[ReadingSpan, ...]:
    return reading_spans(transcribed_readings())


def _read_only(because: str) -> RecordError:
    return RecordError(
        f"the bundled record is read-only, {because}",
        code="record-read-only",
        hint="make a record of your own: hashquake init, or name a file with --db",
    )
