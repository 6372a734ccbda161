"""Whether a record is watched, how fresh it is, and what each source is doing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashquake.catalog.ledger import latest
from hashquake.core.opinion import Opinion
from hashquake.core.record import Record
from hashquake.core.silence import believed_silence_s, silence_probability
from hashquake.core.source_status import SourceStatus, status_of
from hashquake.core.times import DAY_S, HOUR_S

_PACE_BLOCKS = 11
_ORDINARY_FORK_S = HOUR_S
"""Two blocks found at once part the sources until the next one, which rarely takes longer."""
WATCHED_S = 2.0 * DAY_S
"""A place without a reading for longer is not watched now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TipAge:
    """The newest block and the silence since.

    Parameters
    ----------
    height : int
        Of the highest main-chain block.
    header_s : float
        Its time, UTC Unix seconds.
    age_s : float
        Seconds since; 0 for a block dated ahead of our clock.
    silence_probability : float or None
        The chance that a gap between blocks lasts longer, at the pace of the blocks before; None
        when there are too few.
    believed_s : float or None
        The longest silence that is believed before the source is doubted, seconds.
    """

    height: int
    header_s: float
    age_s: float
    silence_probability: float | None
    believed_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStatus:
    """How the watching of a record stands.

    Parameters
    ----------
    watching : bool
        Whether a process watches it now.
    tip : TipAge or None
        None when the record has no blocks.
    sources : tuple of SourceStatus
        What was last recorded of each source.
    open_quakes, open_outages : tuple of str
        Names of those that have not ended and are neither reviewed nor rejected yet.
    last_change_id : int
        The number of the last change, 0 when there is none.
    tips_apart : tuple of mapping
        The newest block of each source that follows another chain than the record: ``source``,
        ``height`` and ``hash``.
    apart_s : float or None
        For how long sources have followed different chains, seconds; None while they do not.
    """

    watching: bool
    tip: TipAge | None
    sources: tuple[SourceStatus, ...]
    open_quakes: tuple[str, ...]
    open_outages: tuple[str, ...]
    last_change_id: int
    tips_apart: tuple[Mapping[str, Any], ...] = ()
    apart_s: float | None = None

    @property
    def healthy(self) -> bool:
        """Whether it is watched, every source answers, all on one chain, and the tip is fresh."""
        fresh = self.tip is not None and (
            self.tip.believed_s is None or self.tip.age_s <= self.tip.believed_s
        )
        agreed = self.apart_s is None or self.apart_s < _ORDINARY_FORK_S
        return self.watching and fresh and agreed and all(one.state == "ok" for one in self.sources)


def tip_age(record: Record, now_s: float) -> TipAge | None:
    """Return how old the record's newest block is; None when it has none.

    Parameters
    ----------
    record : Record
        Whose blocks, or what was recorded of sources.
    now_s : float
        Our clock, UTC Unix seconds.
    """
    tip = record.tip()
    return None if tip is None else aged(tip[0], newest_times_s(record, tip[0]), now_s)


def newest_times_s(record: Record, height: int) -> tuple[float, ...]:
    """Return the header times of the newest blocks, from which the pace follows.

    Parameters
    ----------
    record : Record
        Whose blocks.
    height : int
        Of its highest main-chain block.

    Returns
    -------
    tuple of float
        By height, UTC Unix seconds.
    """
    newest = record.blocks(first_height=max(0, height - _PACE_BLOCKS + 1))
    return tuple(float(one) for one in newest.header_s)


def aged(height: int, times_s: Sequence[float], now_s: float) -> TipAge:
    """Return the age of the newest block.

    Parameters
    ----------
    height : int
        Of the highest main-chain block.
    times_s : sequence of float
        Header times of the newest blocks, UTC Unix seconds.
    now_s : float
        Our clock, UTC Unix seconds.
    """
    header_s = max(times_s)
    age_s = max(0.0, now_s - header_s)
    known = len(set(times_s)) > 1
    return TipAge(
        height=height,
        header_s=header_s,
        age_s=age_s,
        silence_probability=silence_probability(age_s, times_s) if known else None,
        believed_s=believed_silence_s(times_s) if known else None,
    )


def source_statuses(record: Record) -> tuple[SourceStatus, ...]:
    """Return what was last recorded of each source that is watched, by name.

    Parameters
    ----------
    record : Record
        Whose blocks, or what was recorded of sources.
    """
    found = (status_of(one.document) for one in record.latest_changes("source"))
    return tuple(one for one in found if one.state != "unwatched")


def watch_status(record: Record, now_s: float) -> WatchStatus:
    """Return how the watching of a record stands.

    Parameters
    ----------
    record : Record
        What is watched.
    now_s : float
        The present, UTC Unix seconds.
    """
    apart = [one for one in record.latest_changes("tips") if one.document["state"] == "apart"]
    return WatchStatus(
        watching=record.watched_now(),
        tip=tip_age(record, now_s),
        sources=source_statuses(record),
        open_quakes=_open(record.opinions("quake", latest_only=True)),
        open_outages=_open_outages(record, now_s),
        last_change_id=record.last_change_id(),
        tips_apart=tuple(tip for one in apart for tip in one.document["tips"]),
        apart_s=max(0.0, now_s - apart[0].at_s) if apart else None,
    )


def _open_outages(record: Record, now_s: float) -> tuple[str, ...]:
    """Return the open outages of places still watched: readings that stopped state no end."""
    opinions = record.opinions("outage", latest_only=True)
    spans = record.reading_spans()
    watched = {span.subject for span in spans if span.window.end_s > now_s - WATCHED_S}
    return _open([one for one in opinions if one.document["subject"] in watched])


def _open(opinions: Sequence[Opinion]) -> tuple[str, ...]:
    """Return the names of what has not ended and is not settled, by the latest opinion of each.

    A fall that was never made up for has no end; once reviewed it is history all the same.
    """
    return tuple(
        one.name
        for one in latest(opinions)
        if one.document["end_s"] is None and one.document["status"] in ("preliminary", "confirmed")
    )
