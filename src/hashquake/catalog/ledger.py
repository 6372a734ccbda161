"""The ledger of opinions: their names, what is latest, what is new, and what was searched.

An opinion is never edited. What a detector or a replay tells is compared with the tail of its own
quake or outage, and only what goes beyond it becomes a revision; what is no longer supported gets
a revision with the status ``rejected``. "None found" means something only inside what was
searched, so that is kept too.

Pure: a record is read by who calls, and what is to be added is returned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from string import ascii_lowercase
from typing import Any

from hashquake.catalog.documents import outage_document, same_opinion
from hashquake.core.coverage import Coverage
from hashquake.core.opinion import OUTAGE_SCOPE, Opinion, OpinionKind, Searched, quake_scope
from hashquake.core.outage import Outage
from hashquake.core.window import Window

Document = Mapping[str, Any]


def latest(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Return the last opinion of each quake or outage, in order of onset.

    Parameters
    ----------
    opinions : iterable of Opinion
        In the order in which they were recorded. Quakes of different catalogs may share a name;
        both are returned.
    """
    last = {(one.scope, one.name): one for one in opinions}
    return tuple(sorted(last.values(), key=lambda one: (_onset(one.document).start_s, one.name)))


def is_rejected(opinion: Opinion) -> bool:
    """Return whether an opinion withdraws its quake or outage.

    Parameters
    ----------
    opinion : Opinion
        Of a quake or an outage.
    """
    return opinion.document.get("status") == "rejected"


def next_quakes(stored: Sequence[Opinion], formed: Sequence[Document]) -> tuple[Opinion, ...]:
    """Return the opinions that a running catalog has just formed, numbered.

    Parameters
    ----------
    stored : sequence of Opinion
        Of quakes, in the order in which they were recorded.
    formed : sequence of mapping
        The documents of new opinions, in order.

    Returns
    -------
    tuple of Opinion
        To be added; one that repeats the last opinion of its quake is left out.
    """
    tails = {(one.scope, one.name): one for one in stored}
    added = []
    for document in formed:
        scope, name = quake_scope(document["false_alarms_per_year"]), str(document["id"])
        tail = tails.get((scope, name))
        if tail is not None and same_opinion(tail.document, document):
            continue
        revision = 1 if tail is None else tail.revision + 1
        tails[scope, name] = _numbered("quake", scope, document, revision)
        added.append(tails[scope, name])
    return tuple(added)


def replayed_quakes(
    stored: Sequence[Opinion],
    formed: Sequence[Document],
    *,
    scope: str,
    complete: bool,
    at_s: float,
    ignoring: frozenset[str] = frozenset(),
) -> tuple[Opinion, ...]:
    """Return what a replay, which tells every opinion from the first on, adds to a catalog.

    Parameters
    ----------
    stored : sequence of Opinion
        Of quakes of this catalog, in the order in which they were recorded.
    formed : sequence of mapping
        Every opinion of the replay, in order.
    scope : str
        The catalog.
    complete : bool
        Whether the replay went to the end of what was ever replayed. One that stopped earlier
        knows less, and withdraws or replaces nothing.
    at_s : float
        How far it went, UTC Unix seconds: the date of a withdrawal.
    ignoring : frozenset of str
        Keys of documents that do not count when opinions are compared, such as ``causes`` where
        those formed have none yet.

    Returns
    -------
    tuple of Opinion
        To be added. Of each quake that is what the replay tells after the last stored opinion;
        where the last stored opinion is not among those formed, the last one formed. So an early
        opinion that changed does not turn the latest back, and the latest opinion stored is the
        latest formed.
    """
    told_of: dict[str, list[Document]] = {}
    for document in formed:
        told_of.setdefault(str(document["id"]), []).append(document)
    stored_of: dict[str, list[Opinion]] = {}
    for one in stored:
        if one.scope == scope:
            stored_of.setdefault(one.name, []).append(one)
    added: list[Opinion] = []
    for name, documents in told_of.items():
        known = stored_of.get(name, [])
        revision = known[-1].revision if known else 0
        beyond = _beyond(known, documents, complete=complete, ignoring=ignoring)
        for at, document in enumerate(beyond, 1):
            added.append(_numbered("quake", scope, document, revision + at))
    if complete:
        for name, known in stored_of.items():
            if name not in told_of and not is_rejected(known[-1]):
                added.append(withdrawn(known[-1], at_s=at_s))
    return tuple(added)


def withdrawn(opinion: Opinion, *, at_s: float) -> Opinion:
    """Form the opinion that rejects a quake or outage that is no longer supported.

    Parameters
    ----------
    opinion : Opinion
        The last one.
    at_s : float
        When that became known, UTC Unix seconds.
    """
    document = {**opinion.document, "status": "rejected", "issued_s": round(at_s)}
    return _numbered(opinion.kind, opinion.scope, document, opinion.revision + 1)


def named_as_before(
    found: Sequence[Outage], stored: Sequence[Opinion]
) -> tuple[tuple[Outage, ...], tuple[Opinion, ...]]:
    """Match outages found with those the ledger knows.

    Parameters
    ----------
    found : sequence of Outage
        As detected, each in its first revision.
    stored : sequence of Opinion
        The last opinion of each outage.

    Returns
    -------
    tuple of Outage
        Under the names by which the ledger knows them: one is the same as before when it is of
        the same place and their onsets overlap; where none does, when their whole extents do.
        The revision goes up by one where the opinion changed. What is new takes a letter that is
        free.
    tuple of Opinion
        Those that no outage found was matched with.
    """
    free = {one.name: one for one in stored}
    used = set(free)
    named: dict[int, Outage] = {}
    for extents in (_onset, extent):
        for at, outage in enumerate(found):
            if at in named:
                continue
            mine = extents(outage_document(outage))
            match = next(
                (
                    one
                    for one in free.values()
                    if one.document["subject"] == outage.subject
                    and extents(one.document).overlap(mine) is not None
                ),
                None,
            )
            if match is not None:
                del free[match.name]
                named[at] = replace(outage, id=match.name, revision=match.revision + 1)
                if same_opinion(outage_document(named[at]), match.document, dated=False):
                    named[at] = replace(named[at], revision=match.revision)
    for at, outage in enumerate(found):
        if at not in named:
            named[at] = replace(outage, id=_free_name(outage.id, used))
            used.add(named[at].id)
    return tuple(named[at] for at in range(len(found))), tuple(free.values())


def next_outages(stored: Sequence[Opinion], named: Sequence[Outage]) -> tuple[Opinion, ...]:
    """Turn outages that `named_as_before` named into the opinions to be added.

    Parameters
    ----------
    stored : sequence of Opinion
        Opinions stored of outages.
    named : sequence of Outage
        Outages found, with the names that the ledger gives them.
    """
    tails = {one.name: one for one in stored}
    added = []
    for outage in named:
        tail = tails.get(outage.id)
        if tail is None or outage.revision > tail.revision:
            document = outage_document(outage)
            added.append(_numbered("outage", OUTAGE_SCOPE, document, outage.revision))
    return tuple(added)


def searched_throughout(
    searched: Iterable[Searched], wanted: Iterable[Window], *, detectors: str, last_reading: int
) -> bool:
    """Return whether all of some stretches was searched, by these detectors, in what is stored now.

    Parameters
    ----------
    searched : iterable of Searched
        Of one subject.
    wanted : iterable of Window
        What is asked about.
    detectors : str
        The detectors that would search now.
    last_reading : int
        The number of the subject's last stored reading.
    """
    seen = Coverage(
        tuple(
            one.window
            for one in searched
            if one.detectors == detectors and one.last_reading >= last_reading
        )
    )
    return not any(seen.gaps(window) for window in wanted)


def extent(one: Document) -> Window:
    """Return the time from an outage's onset to its last dark window's end.

    Parameters
    ----------
    one : Document
        The document of an outage.
    """
    return Window(
        start_s=one["onset"]["start_s"],
        end_s=max(one["onset"]["end_s"], one["dark_windows"][-1]["end_s"]),
    )


def _onset(one: Document) -> Window:
    return Window(start_s=one["onset"]["start_s"], end_s=one["onset"]["end_s"])


def _beyond(
    known: Sequence[Opinion],
    documents: Sequence[Document],
    *,
    complete: bool,
    ignoring: frozenset[str],
) -> Sequence[Document]:
    """Return what a replay says of a quake beyond its stored opinions."""
    if not known:
        return documents
    formed = [_without(document, ignoring) for document in documents]
    stored = [_without(one.document, ignoring) for one in known]
    at = next(
        (at for at in reversed(range(len(formed))) if same_opinion(formed[at], stored[-1])), None
    )
    if at is not None:
        return documents[at + 1 :]
    if not complete and (
        any(same_opinion(formed[-1], one) for one in stored)
        or documents[-1]["issued_s"] <= known[-1].document["issued_s"]
    ):
        return ()
    return documents[-1:]


def _numbered(kind: OpinionKind, scope: str, document: Document, revision: int) -> Opinion:
    return Opinion(
        kind=kind,
        scope=scope,
        name=str(document["id"]),
        revision=revision,
        document={**document, "revision": revision},
    )


def _without(document: Document, keys: frozenset[str]) -> Document:
    return {key: document[key] for key in document if key not in keys} if keys else document


def _free_name(name: str, used: set[str]) -> str:
    stem = name[:-1]
    endings = (*ascii_lowercase, *(a + b for a in ascii_lowercase for b in ascii_lowercase))
    free: str = next(stem + ending for ending in endings if stem + ending not in used)
    return free
