"""What is kept of one place whose signals are judged as readings come, and its snapshot.

A snapshot is a cache next to the record: with it a program that starts again goes on without
reading and judging weeks of readings. What fits no more is read again.
"""

from dataclasses import dataclass, field

from hashquake.catalog.signals import Signal, assembled
from hashquake.catalog.snapshot import FORMAT, SnapshotError, decode, encode
from hashquake.catalog.steady_series import SteadySeries
from hashquake.core.opinion import Snapshot
from hashquake.core.record import Record
from hashquake.detect.detector_choice import Detectors
from hashquake.detect.fusion import Fused
from hashquake.detect.settled_fusion import SettledFusion, shape_of

KIND = "signals"
"""The kind of the snapshots; their scope is the place."""
Pair = tuple[str, str]
"""Source and quantity."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedPlace:
    """What is kept of one place.

    Parameters
    ----------
    last_reading : int
        The number of the last reading in it.
    versions : str
        Of the detectors that judged.
    others : frozenset of (str, str)
        Series that are not judged: another quantity of their source stands for them.
    steady : dict of (str, str) to SteadySeries
        Series that can be gone on with.
    rest : tuple of Signal
        Signals of the other series.
    signals : tuple of Signal
        Of the place.
    fused : tuple of Fused or None
        Of the signals; None until asked for.
    settled : SettledFusion or None
        What no later value changes of it.
    """

    last_reading: int
    versions: str
    others: frozenset[Pair]
    steady: dict[Pair, SteadySeries]
    rest: tuple[Signal, ...]
    signals: tuple[Signal, ...]
    fused: tuple[Fused, ...] | None = None
    settled: SettledFusion | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _StoredSeries:
    """A steady series as it is written down: its detector by name.

    Parameters
    ----------
    detector : str
        The name on its card.
    state : object
        The detector's.
    signal : Signal
        The judged series.
    """

    detector: str
    state: object
    signal: Signal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _StoredPlace:
    """A place as it is written down.

    Parameters
    ----------
    subject : str
        The place.
    last_reading, n_readings : int
        The number of the last reading in it, and how many readings the record has up to it.
    others : tuple of (str, str)
        Series that are not judged.
    steady : tuple of _StoredSeries
        Series that can be gone on with.
    rest : tuple of Signal
        Signals of the other series.
    settled : SettledFusion or None
        What no later value changes; the values that it was found in may have been let go.
    """

    subject: str
    last_reading: int
    n_readings: int
    others: tuple[Pair, ...]
    steady: tuple[_StoredSeries, ...]
    rest: tuple[Signal, ...] = field(default=())
    settled: SettledFusion | None = None


def snapshot(subject: str, place: JudgedPlace, *, n_readings: int) -> Snapshot | None:
    """Write a place down; None where nothing of it can be gone on with.

    Parameters
    ----------
    subject : str
        Such as ``country:KZ``.
    place : JudgedPlace
        What is kept of it.
    n_readings : int
        How many readings of the place the record has; all of them are in it.
    """
    if not place.steady:
        return None
    stored = _StoredPlace(
        subject=subject,
        last_reading=place.last_reading,
        n_readings=n_readings,
        others=tuple(sorted(place.others)),
        steady=tuple(
            _StoredSeries(detector=one.detector.card.name, state=one.state, signal=one.signal)
            for one in place.steady.values()
        ),
        rest=place.rest,
        settled=place.settled,
    )
    version = f"{FORMAT}+{place.versions}"
    return Snapshot(kind=KIND, scope=subject, version=version, height=-1, state=encode(stored))


def restored(inside: Record, subject: str, detectors: Detectors) -> JudgedPlace | None:
    """Read a place that `snapshot` wrote; None where it does not fit.

    Parameters
    ----------
    inside : Record
        The record that the snapshot lies next to.
    subject : str
        The place.
    detectors : Detectors
        Those that judge now; a snapshot of others does not fit.
    """
    found = inside.snapshot(KIND, subject)
    if found is None or found.version != f"{FORMAT}+{detectors.versions}":
        return None
    known = {one.card.name: one for one in detectors.members if not one.package}
    try:
        stored = decode(found.state)
        if not isinstance(stored, _StoredPlace) or stored.subject != subject:
            return None
        steady = {
            (one.signal.flags.source, one.signal.flags.quantity): SteadySeries(
                detector=known[one.detector], state=one.state, signal=one.signal
            )
            for one in stored.steady
        }
        place = JudgedPlace(
            last_reading=stored.last_reading,
            versions=detectors.versions,
            others=frozenset((source, quantity) for source, quantity in stored.others),
            steady=steady,
            rest=stored.rest,
            signals=whole(steady, stored.rest),
            settled=stored.settled,
        )
        if not _is_whole(place):
            return None
    except (SnapshotError, AttributeError, KeyError, TypeError, ValueError):
        # It may come from a file that somebody else wrote, with anything in any field.
        return None
    # Of another record, or of one whose last transactions were lost: the counts differ.
    later = inside.readings_after(subject=subject, last_reading=place.last_reading)
    return place if stored.n_readings + len(later) == count_readings(inside, subject) else None


def _is_whole(place: JudgedPlace) -> bool:
    """Return whether what was let go of a place's signals is in what was settled of them."""
    settled = place.settled
    if settled is None:
        return not any(one.earlier.windows for one in place.signals)
    return (
        isinstance(settled, SettledFusion)
        and all(isinstance(one, Fused) for one in settled.fused)
        and settled.shape == shape_of([one.flags for one in place.signals])
    )


def count_readings(inside: Record, subject: str) -> int:
    """Return how many readings of a place a record has, corrections included.

    Parameters
    ----------
    inside : Record
        Where readings are kept.
    subject : str
        The place.
    """
    return sum(one.n_readings for one in inside.reading_spans() if one.subject == subject)


def whole(steady: dict[Pair, SteadySeries], rest: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """Return the signals of a place.

    Parameters
    ----------
    steady : dict of (str, str) to SteadySeries
        Series that can be gone on with.
    rest : tuple of Signal
        Signals of the other series.
    """
    return assembled([*(series.signal for series in steady.values()), *rest])
