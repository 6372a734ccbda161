"""Outages searched for in a record's readings, entered into its ledger, and read from it.

How much is read does not depend on what is asked: a place is searched as a whole, or by whole
years where its readings are many. So every question about an outage finds the same one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hashquake.catalog.judged_signals import JudgedSignals
from hashquake.catalog.ledger import (
    extent,
    is_rejected,
    latest,
    named_as_before,
    next_outages,
    searched_throughout,
    withdrawn,
)
from hashquake.catalog.outages import SignalReader, outages, versions_of, whole_of
from hashquake.catalog.signals import Signal
from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.opinion import OUTAGE_SCOPE, Opinion, Searched
from hashquake.core.outage import Outage, Witness
from hashquake.core.reason import SourceFailed
from hashquake.core.record import Record
from hashquake.core.run import Run
from hashquake.core.source_lags import NO_LAGS, SourceLags
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.detect.detector_choice import OWN, Detectors

WHOLE_S = 400.0 * DAY_S
"""A place whose readings reach over less is searched as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search found, and what it means for the ledger.

    Parameters
    ----------
    found : tuple of Outage
        Under their names in the ledger, in order of onset; those that overlap the window asked.
    added : tuple of Opinion
        New opinions: of outages found, and withdrawals of those no longer found.
    searched : tuple of Searched
        Where was searched.
    """

    found: tuple[Outage, ...]
    added: tuple[Opinion, ...]
    searched: tuple[Searched, ...]


def detect(
    record: Record,
    *,
    subjects: Sequence[str] | None = None,
    window: Window | None = None,
    until_s: float | None = None,
    networks: Sequence[AutonomousSystem] | None = None,
    lags: SourceLags = NO_LAGS,
    detectors: Detectors = OWN,
    write: bool = False,
) -> tuple[Outage, ...]:
    """Detect outages; see `Observatory.detect_outages`.

    Parameters
    ----------
    record : Record
        Readings, and the ledger.
    subjects : sequence of str or None
        Countries; None is those with readings.
    window : Window or None
        Only outages that overlap it; None is all.
    until_s : float or None
        Only what was published by then is used, UTC Unix seconds; None is all.
    networks : sequence of AutonomousSystem or None
        Which networks belong to which country; None is those the record implies.
    lags : SourceLags
        How late the values of each source and quantity are out.
    write : bool
        Whether to store the opinions formed.
    detectors : Detectors
        Those that judge readings.
    """

    def searched(of: Record) -> Search:
        return search(
            of,
            subjects=subjects,
            window=window,
            until_s=until_s,
            networks=networks,
            lags=lags,
            detectors=detectors,
        )

    if not write:
        return searched(record).found
    with record.writing() as inside:
        result = searched(inside)
        enter(inside, result)
    return result.found


def enter(record: Record, result: Search) -> None:
    """Enter a search into the ledger of a record; inside the transaction that searched.

    Parameters
    ----------
    record : Record
        Where to store.
    result : Search
        The search and what it found.
    """
    if result.added:
        record.add_opinions(result.added)
    if result.searched:
        record.add_searched(result.searched)


def search(
    record: Record,
    *,
    subjects: Sequence[str] | None = None,
    window: Window | None = None,
    until_s: float | None = None,
    networks: Sequence[AutonomousSystem] | None = None,
    lags: SourceLags = NO_LAGS,
    detectors: Detectors = OWN,
    judged: JudgedSignals | None = None,
) -> Search:
    """Search for outages, and compare what is found with the ledger.

    Parameters
    ----------
    record : Record
        Whose readings are searched.
    subjects, window, until_s, lags, detectors
        As for `hashquake.catalog.outages.outages`. A search of only what was out by an earlier
        instant withdraws nothing, and does not count as a search of what is stored.
    networks : sequence of AutonomousSystem or None
        Which networks belong to which country; None takes those that the last search with
        any was given: a search that knows less does not revise what it found.
    judged : JudgedSignals or None
        Of this record, kept from earlier searches.
    """
    spans = signal_spans(record, detectors=detectors)
    numbers = record.last_readings()
    asked = sorted(spans) if subjects is None else list(dict.fromkeys(subjects))
    reach = reach_of([span for name in asked for span in spans.get(name, ())], window)
    whole = reach is None and until_s is None
    found = outages(
        record,
        subjects=asked,
        window=reach,
        until_s=until_s,
        networks=known_networks(record, asked) if networks is None else networks,
        lags=lags,
        detectors=detectors,
        read=_kept(judged, record, detectors, numbers) if judged is not None and whole else None,
        fused_of=judged.fused if judged is not None and whole else None,
    )
    found = with_failures(found, record.last_runs())
    stored = latest(record.opinions("outage", latest_only=True))
    named, left = named_as_before(found, stored)
    added = list(next_outages(stored, named))
    searched = []
    if until_s is None:
        for name in asked:
            for span in spans.get(name, ()):
                seen = span if reach is None else span.overlap(reach)
                if seen is not None:
                    searched.append(
                        Searched(
                            kind="outage",
                            scope=OUTAGE_SCOPE,
                            subject=name,
                            window=seen,
                            detectors=versions_of(detectors),
                            last_reading=numbers.get(name, 0),
                            networks=_of_country(networks, name),
                        )
                    )
        added += [
            withdrawn(one, at_s=max(span.end_s for span in spans[one.document["subject"]]))
            for one in left
            if one.document["subject"] in asked
            and one.document["subject"] in spans
            and not is_rejected(one)
            and (reach is None or _inside(extent(one.document), reach))
        ]
    return Search(
        found=tuple(
            one for one in named if window is None or whole_of(one).overlap(window) is not None
        ),
        added=tuple(added),
        searched=tuple(searched),
    )


def known_networks(record: Record, subjects: Sequence[str]) -> tuple[AutonomousSystem, ...] | None:
    """Return the networks that the last searches of places were given.

    Parameters
    ----------
    record : Record
        Whose ledger is read.
    subjects : sequence of str
        Countries.

    Returns
    -------
    tuple of AutonomousSystem or None
        None when no search of any of them was given networks.
    """
    given = {
        one.subject: one.networks for one in record.searched("outage") if one.networks is not None
    }
    known = [given[name] for name in subjects if name in given]
    return tuple(network for networks in known for network in networks) if known else None


def believed(
    record: Record,
    *,
    subjects: Sequence[str] | None = None,
    window: Window | None = None,
    rejected: bool = False,
    search_rest: bool = True,
    detectors: Detectors = OWN,
) -> tuple[Opinion, ...]:
    """Return the latest opinion of each outage, in order of onset.

    Parameters
    ----------
    record : Record
        Whose ledger is read. Where a place was not searched in all that is stored of it now, it
        is searched, and nothing is kept: "none" is only said of what was searched.
    subjects : sequence of str or None
        Places; None is all.
    window : Window or None
        Outages that overlap it; None is all.
    rejected : bool
        Whether to return withdrawn ones too.
    search_rest : bool
        Whether to search at all; False reads the ledger as it is.
    detectors : Detectors
        As for `hashquake.catalog.outages.outages`.
    """
    stored = latest(record.opinions("outage", latest_only=True))
    open_to_search = (
        unsearched(record, subjects=subjects, window=window, detectors=detectors)
        if search_rest
        else ()
    )
    if open_to_search:
        result = search(record, subjects=open_to_search, window=window, detectors=detectors)
        stored = latest((*stored, *result.added))
    return tuple(
        one
        for one in stored
        if (subjects is None or one.document["subject"] in subjects)
        and (window is None or extent(one.document).overlap(window) is not None)
        and (rejected or not is_rejected(one))
    )


def unsearched(
    record: Record,
    *,
    subjects: Sequence[str] | None = None,
    window: Window | None = None,
    detectors: Detectors = OWN,
) -> tuple[str, ...]:
    """Return the places with readings that were not searched in all of them, as stored now.

    Parameters
    ----------
    record : Record
        Whose ledger is read.
    subjects : sequence of str or None
        Of these alone; None is of all.
    window : Window or None
        Only this time matters; None is all.
    detectors : Detectors
        A search by others does not count.
    """
    spans = signal_spans(record, detectors=detectors)
    numbers = record.last_readings()
    searched: defaultdict[str, list[Searched]] = defaultdict(list)
    for one in record.searched("outage"):
        searched[one.subject].append(one)
    names = []
    for name in sorted(spans) if subjects is None else subjects:
        wanted = [
            part
            for span in spans.get(name, ())
            if (part := span if window is None else span.overlap(window)) is not None
        ]
        if wanted and not searched_throughout(
            searched[name],
            wanted,
            detectors=versions_of(detectors),
            last_reading=numbers.get(name, 0),
        ):
            names.append(name)
    return tuple(names)


def signal_spans(record: Record, *, detectors: Detectors = OWN) -> dict[str, tuple[Window, ...]]:
    """Return, for each country with readings of connectivity, the spans of its series.

    Parameters
    ----------
    record : Record
        Whose readings.
    detectors : Detectors
        Those that judge readings.
    """
    spans: defaultdict[str, list[Window]] = defaultdict(list)
    for span in record.reading_spans():
        if span.subject.startswith("country:") and detectors.signal_of(span.quantity) is not None:
            spans[span.subject].append(span.window)
    return {name: tuple(windows) for name, windows in spans.items()}


def reach_of(spans: Sequence[Window], window: Window | None) -> Window | None:
    """Return the time that is searched when a window is asked for; None is everything.

    Parameters
    ----------
    spans : sequence of Window
        Of the readings of the places asked for.
    window : Window or None
        The time asked for.
    """
    if window is None or not spans:
        return window
    first_s, last_s = min(one.start_s for one in spans), max(one.end_s for one in spans)
    if last_s - first_s <= WHOLE_S:
        return None
    return Window(start_s=_new_year_s(window.start_s, 0), end_s=_new_year_s(window.end_s, 1))


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

    def marked(witness: Witness) -> Witness:
        run = failed.get(witness.source.partition(":")[0])
        if run is None or witness.covered_share > 0.0:
            return witness
        failure = SourceFailed(ended_s=run.ended_s, error=run.code)
        return replace(witness, reasons=(*witness.reasons, failure))

    return tuple(
        replace(outage, not_seen_by=tuple(map(marked, outage.not_seen_by))) for outage in found
    )


def _kept(
    judged: JudgedSignals, record: Record, detectors: Detectors, numbers: Mapping[str, int]
) -> SignalReader:
    def read(subject: str) -> tuple[Signal, ...]:
        last = numbers.get(subject, 0)
        return judged.read(record, subject, detectors=detectors, last_reading=last)

    return read


def _of_country(
    networks: Sequence[AutonomousSystem] | None, subject: str
) -> tuple[AutonomousSystem, ...] | None:
    if networks is None:
        return None
    return tuple(one for one in networks if one.country == subject.partition(":")[2])


def _inside(window: Window, whole: Window) -> bool:
    return whole.start_s <= window.start_s and window.end_s <= whole.end_s


def _new_year_s(at_s: float, years: int) -> float:
    year = datetime.fromtimestamp(at_s, UTC).year + years
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()
