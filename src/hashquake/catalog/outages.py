"""National outages: from the readings in a record to opinions of what broke."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from hashquake.catalog.signals import Signal, explained, of_another_time, read_signals
from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.errors import UsageError
from hashquake.core.opinion import Status
from hashquake.core.outage import Outage
from hashquake.core.record import ReadingView
from hashquake.core.source_lags import NO_LAGS, SourceLags
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.detect.dark_bins import DEFAULT
from hashquake.detect.detector_choice import OWN, Detectors
from hashquake.detect.fusion import Fused, fuse
from hashquake.detect.outage_features import WatchedNetwork
from hashquake.detect.outages import MADE_BY, find_outages
from hashquake.detect.series import BGP, PROBING, TELESCOPE

SignalReader = Callable[[str], tuple[Signal, ...]]
"""Returns the judged signals of a subject."""
SignalFuser = Callable[[str, tuple[Signal, ...]], tuple[Fused, ...]]
"""Returns the fused signals of a subject."""
REVIEW_S = 1.0 * DAY_S
"""An outage is reviewed once so much was read after its end."""
LEAST_OTHERS = 3
"""Fewer other countries say nothing of a failure of the instrument: neighbours share cables."""


def versions_of(detectors: Detectors) -> str:
    """Return everything whose version moves an outage; a search by others is done again.

    Parameters
    ----------
    detectors : Detectors
        Those that judge readings.
    """
    return f"{MADE_BY}+{detectors.versions}"


def outages(
    record: ReadingView,
    *,
    subjects: Sequence[str] | None = None,
    window: Window | None = None,
    until_s: float | None = None,
    networks: Sequence[AutonomousSystem] | None = None,
    lags: SourceLags = NO_LAGS,
    detectors: Detectors = OWN,
    read: SignalReader | None = None,
    fused_of: SignalFuser | None = None,
) -> tuple[Outage, ...]:
    """Find the outages of countries in a record's readings.

    Parameters
    ----------
    record : ReadingView
        Where readings are kept.
    subjects : sequence of str or None
        Such as ``country:KZ``; None is every country that has readings. The others are read too,
        where there are at least three: an outage that began everywhere is the instrument's.
    window : Window or None
        Outages that overlap it; three weeks before it are read as history. None is all.
    until_s : float or None
        Use only what was published by then, UTC Unix seconds.
    lags : SourceLags
        How late the values of each source and quantity are out.
    detectors : Detectors
        Among which each series finds the one that judges it.
    networks : sequence of AutonomousSystem or None
        Which networks belong to which country. None takes the networks of a record that has one
        country only as that country's.
    read : callable or None
        Returns the judged signals of a subject, where they are kept; None reads and judges them.
    fused_of : callable or None
        Returns the fused signals of a subject, where they are kept; None fuses them.

    Returns
    -------
    tuple of Outage
        In order of onset. Countries without a usable reading have none, which does not mean that
        nothing happened there.

    Raises
    ------
    UsageError
        ``subject-no-country`` when a subject is not a country, ``subject-syntax``.
    """
    stored = record.subjects()
    countries = [name for name in stored if name.startswith("country:")]
    asked = countries if subjects is None else list(dict.fromkeys(subjects))
    for subject in asked:
        _require_country(subject)
    # Others are read only where there are enough of them to tell anything.
    several = len(set(countries) - set(asked[:1])) >= LEAST_OTHERS
    read = read or partial(
        read_signals, record, window=window, until_s=until_s, lags=lags, detectors=detectors
    )
    fused_of = fused_of or _fused
    judged = {
        subject: read(subject)
        for subject in dict.fromkeys((*asked, *(countries if several else ())))
    }
    fused = {subject: fused_of(subject, signals) for subject, signals in judged.items() if signals}
    found: list[Outage] = []
    for subject in asked:
        others: list[tuple[Fused, ...]] = [
            theirs for other, theirs in fused.items() if other != subject
        ]
        members: tuple[WatchedNetwork, ...] = ()
        if fused.get(subject):
            members = members_of(record, subject, networks, read=read)
        found += _found(
            judged[subject],
            fused.get(subject, ()),
            members,
            others if len(others) >= LEAST_OTHERS else [],
        )
    return tuple(
        outage
        for outage in sorted(found, key=lambda one: (one.onset, one.id))
        if window is None or whole_of(outage).overlap(window) is not None
    )


def _fused(subject: str, signals: Sequence[Signal]) -> tuple[Fused, ...]:
    del subject
    return fuse([signal.flags for signal in signals])


def members_of(
    record: ReadingView,
    subject: str,
    networks: Sequence[AutonomousSystem] | None,
    *,
    read: SignalReader,
) -> tuple[WatchedNetwork, ...]:
    """Read the signals of a country's networks, one by one.

    Parameters
    ----------
    record : ReadingView
        Where readings are kept.
    subject : str
        The country.
    networks, read
        As for `outages`.

    Returns
    -------
    tuple of WatchedNetwork
        A weight that is not given is the network's part of the visible or answering blocks of
        those read, or an equal part where nothing is counted.
    """
    watched: list[tuple[AutonomousSystem, tuple[Signal, ...]]] = []
    for network in _networks_of(subject, record.subjects(), networks):
        signals = read(network.subject)
        if signals:
            watched.append((network, signals))
    sizes = [_size(signals) for _, signals in watched]
    total = sum(sizes)
    return tuple(
        WatchedNetwork(
            subject=network.subject,
            weight_share=_weight(network, size, total, len(watched)),
            # The telescope is too noisy for one network to be judged by it.
            flags=tuple(s.flags for s in signals if s.flags.signal != TELESCOPE),
            access=network.access,
            upstream=network.upstream,
        )
        for (network, signals), size in zip(watched, sizes, strict=True)
    )


def status_of(outage: Outage) -> Status:
    """Return how far the opinion of an outage has come.

    Parameters
    ----------
    outage : Outage
        As detected.

    Returns
    -------
    {"preliminary", "confirmed", "reviewed"}
        Reviewed when it ended at least `REVIEW_S` before the last reading; else confirmed when
        signals of two kinds saw it and it was dark for half an hour; else preliminary. The ledger
        rejects what is no longer found.
    """
    if outage.end_s is not None and outage.issued_s >= outage.end_s + REVIEW_S:
        return "reviewed"
    kinds = {witness.signal for witness in outage.seen_by}
    longest_s = max(dark.duration_s for dark in outage.dark_windows)
    lasted = longest_s >= DEFAULT.least_dark_s - 1.0
    return "confirmed" if len(kinds) > 1 and lasted else "preliminary"


def _require_country(subject: str) -> None:
    if parse_subject(subject).kind != "country":
        raise UsageError(
            f"outages are of countries, and {subject} is not one",
            code="subject-no-country",
            hint="name one like country:KZ; its networks are read with it",
        )


def _found(
    signals: Sequence[Signal],
    fused: Sequence[Fused],
    members: Sequence[WatchedNetwork],
    others: Sequence[Sequence[Fused]],
) -> list[Outage]:
    return [
        replace(
            one,
            status=status_of(one),
            seen_by=tuple(explained(each, signals, one.dark_windows) for each in one.seen_by),
            not_seen_by=tuple(
                explained(each, signals, one.dark_windows)
                for each in one.not_seen_by
                if not of_another_time(each, signals, one.dark_windows)
            ),
        )
        for one in find_outages(
            [signal.flags for signal in signals], members=members, others=others, fused=fused
        )
    ]


def whole_of(outage: Outage) -> Window:
    """Return the time from an outage's onset to its last dark window's end.

    Parameters
    ----------
    outage : Outage
        With its dark windows in order.
    """
    last = outage.dark_windows[-1].end_s
    return Window(start_s=outage.onset.start_s, end_s=max(last, outage.onset.end_s))


def _networks_of(
    subject: str, subjects: Sequence[str], networks: Sequence[AutonomousSystem] | None
) -> list[AutonomousSystem]:
    country = subject.partition(":")[2]
    if networks is not None:
        return [one for one in networks if one.country == country and one.subject in subjects]
    if [name for name in subjects if name.startswith("country:")] != [subject]:
        return []
    numbers = [name.partition(":")[2] for name in subjects if name.startswith("asn:")]
    return [AutonomousSystem(asn=int(number), country=country) for number in numbers]


def _size(signals: Sequence[Signal]) -> float:
    """Return the usual count of blocks; shares of something else say nothing of size."""
    for wanted in (BGP, PROBING):
        for signal in signals:
            if signal.flags.signal == wanted and not signal.flags.quantity.endswith("_share"):
                return signal.usual_value
    return 0.0


def _weight(network: AutonomousSystem, size: float, total: float, n: int) -> float:
    if network.weight_share is not None:
        return network.weight_share
    return size / total if total > 0.0 else 1.0 / n
