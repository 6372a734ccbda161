"""The catalog of outages: detected in a record's readings, kept in it, read from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hashquake.catalog import outages as connectivity
from hashquake.catalog.documents import outage_document, outage_of, same_opinion
from hashquake.catalog.signals import Signal, read_signals
from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.contracts import Record
from hashquake.core.outage import Outage, Witness
from hashquake.core.reason import SourceFailed
from hashquake.core.run import Run
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.detect.outage_features import Member


def detect(
    record: Record,
    *,
    subjects: Sequence[str] | None,
    window: Window | None,
    until_s: float | None,
    networks: Sequence[AutonomousSystem] | None,
    write: bool,
) -> tuple[Outage, ...]:
    """Detect outages; see `Observatory.detect_outages`."""
    found = connectivity.outages(
        record, subjects=subjects, window=window, until_s=until_s, networks=networks
    )
    found = with_failures(found, record.last_runs())
    known = stored(record)
    named = named_as_before(found, latest(known))
    revisions = {(one.id, one.revision) for one in known}
    new = [one for one in named if (one.id, one.revision) not in revisions]
    if write and new:
        record.append_opinions([outage_document(outage) for outage in new], about="outage")
    return named


def stored(record: Record) -> tuple[Outage, ...]:
    """Return every opinion of an outage in the record, in the order in which they were added.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    return tuple(outage_of(one) for one in record.opinions(about="outage"))


def held(
    record: Record, *, subjects: Sequence[str] | None, window: Window | None
) -> tuple[Outage, ...]:
    """Return the latest opinions; see `Observatory.outages`."""
    opinions = stored(record)
    if not opinions:
        found = connectivity.outages(record, subjects=subjects, window=window)
        opinions = with_failures(found, record.last_runs())
    return tuple(
        one
        for one in latest(opinions)
        if (subjects is None or one.subject in subjects)
        and (window is None or extent(one).overlap(window) is not None)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutageSignals:
    """What was seen around an outage.

    Parameters
    ----------
    window : Window
        The time around it.
    signals : tuple of Signal
        Of the country, each with the ratio to what is usual; they begin before the window.
    members : tuple of Member
        Of its networks, where they were watched one by one.
    """

    window: Window
    signals: tuple[Signal, ...]
    members: tuple[Member, ...]


def signals_around(
    record: Record, outage: Outage, *, networks: Sequence[AutonomousSystem] | None
) -> OutageSignals:
    """Give the signals around an outage; see `Observatory.outage_signals`."""
    whole = extent(outage)
    margin_s = max(12.0 * HOUR_S, 0.2 * whole.duration_s)
    window = Window(start_s=whole.start_s - margin_s, end_s=whole.end_s + margin_s)
    signals = read_signals(record, outage.subject, window=window)
    spoken = [seen for signal in signals for seen in signal.coverage.windows]
    if spoken:
        # Where nothing spoke any more, or not yet, there is nothing to draw.
        edge_s = 0.02 * whole.duration_s
        around = Window(
            start_s=min(seen.start_s for seen in spoken) - edge_s,
            end_s=max(seen.end_s for seen in spoken) + edge_s,
        )
        window = window.overlap(around) or window
    return OutageSignals(
        window=window,
        signals=signals,
        members=connectivity.members_of(record, outage.subject, networks, window=window),
    )


def latest(opinions: Iterable[Outage]) -> tuple[Outage, ...]:
    """Return the latest opinion of each outage, in order of onset."""
    last = {one.id: one for one in opinions}
    return tuple(sorted(last.values(), key=lambda one: (one.onset.start_s, one.id)))


def with_failures(found: Sequence[Outage], runs: Sequence[Run]) -> tuple[Outage, ...]:
    """Add the failure of a source to each of its witnesses that covered nothing.

    Parameters
    ----------
    found : sequence of Outage
        As detected.
    runs : sequence of Run
        The last run of each source.
    """
    failed = {run.source: run for run in runs if run.failed}

    def told(witness: Witness) -> Witness:
        run = failed.get(witness.source.partition(":")[0])
        if run is None or witness.covered_share > 0.0:
            return witness
        failure = SourceFailed(ended_s=run.ended_s, error=run.code)
        return replace(witness, reasons=(*witness.reasons, failure))

    return tuple(
        replace(outage, not_seen_by=tuple(map(told, outage.not_seen_by))) for outage in found
    )


def named_as_before(found: Sequence[Outage], known: Sequence[Outage]) -> tuple[Outage, ...]:
    """Return outages under the names by which the record already knows them.

    Parameters
    ----------
    found : sequence of Outage
        As detected, each in its first revision.
    known : sequence of Outage
        The latest stored opinions.

    Returns
    -------
    tuple of Outage
        One is the same as before when it is of the same place and their onsets overlap; where
        none does, when their whole extents do. What is new takes a letter that is free.
    """
    free = {one.id: one for one in known}
    used = set(free)
    named: dict[int, Outage] = {}
    for extents in (_onset, extent):
        for at, outage in enumerate(found):
            match = next(
                (
                    one
                    for one in free.values()
                    if one.subject == outage.subject
                    and extents(one).overlap(extents(outage)) is not None
                ),
                None,
            )
            if at not in named and match is not None:
                del free[match.id]
                named[at] = replace(outage, id=match.id, revision=match.revision + 1)
                if same_opinion(outage_document(named[at]), outage_document(match), dated=False):
                    named[at] = replace(named[at], revision=match.revision)
    for at, outage in enumerate(found):
        if at not in named:
            named[at] = replace(outage, id=_free_name(outage.id, used))
            used.add(named[at].id)
    return tuple(named[at] for at in range(len(found)))


def extent(one: Outage) -> Window:
    """Return the time from an outage's onset to the end of its last dark window."""
    return Window(start_s=one.onset.start_s, end_s=max(one.onset.end_s, one.dark_windows[-1].end_s))


def _onset(one: Outage) -> Window:
    return one.onset


def _free_name(name: str, used: set[str]) -> str:
    stem, letter = name[:-1], name[-1]
    while stem + letter in used:
        letter = chr(ord(letter) + 1)
    return stem + letter
