"""The outages of one record: every batch of readings has the places searched that it may move.

As with the catalog, what was judged lives in memory and next to the record, and is read again where
neither fits.
"""

from collections.abc import Iterable
from dataclasses import replace

from hashquake.catalog.judged_signals import JudgedSignals
from hashquake.catalog.outage_search import enter, search, unsearched
from hashquake.catalog.outages import LEAST_OTHERS
from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change, Searched
from hashquake.core.record import Record
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.change_rows import opinion_changes


class OutageFollower:
    """The outages of one record; everything is done inside the transaction handed in."""

    def __init__(self) -> None:
        self._judged = JudgedSignals()
        self._entered: dict[str, tuple[Searched, ...]] = {}

    def undo(self) -> None:
        """Let go of what was done in a transaction that was not committed."""
        self._judged.forget()
        self._entered.clear()

    def take(self, inside: Record, batch: Batch, *, save: bool) -> list[Change]:
        """Search the places that a batch of readings may move; return what is new.

        Parameters
        ----------
        inside : Record
            In the transaction that stored the batch.
        batch : Batch
            As it was stored.
        save : bool
            Whether what was judged is written down now and then: while the record is watched.
        """
        countries = {one.subject for one in batch.readings if one.subject.startswith("country:")}
        known = _countries(inside)
        # Readings of networks are of the one country a record has; and where several countries
        # are known, those of one may show that the outage of another is the instrument's.
        if any(one.subject.startswith("asn:") for one in batch.readings) and len(known) == 1:
            countries.update(known)
        if countries and len(known) > LEAST_OTHERS:
            countries.update(known)
        changes = self._search(inside, sorted(countries))
        if save:
            self._judged.save(inside)
        return changes

    def rest(self, inside: Record, *, save: bool) -> list[Change]:
        """Search what was not searched yet.

        Parameters
        ----------
        inside : Record
            In a transaction.
        save : bool
            Whether everything that was judged is written down.
        """
        names = unsearched(inside, detectors=installed_detectors())
        known = _countries(inside)
        if names and len(known) > LEAST_OTHERS:
            names = tuple(known)
        changes = self._search(inside, names)
        if save:
            self._judged.save(inside, everything=True)
        return changes

    def _search(self, inside: Record, subjects: Iterable[str]) -> list[Change]:
        subjects = tuple(subjects)
        if not subjects:
            return []
        found = search(
            inside, subjects=subjects, detectors=installed_detectors(), judged=self._judged
        )
        searched: dict[str, tuple[Searched, ...]] = {}
        for one in found.searched:
            searched[one.subject] = (*searched.get(one.subject, ()), one)
        # Of a place that was searched for the sake of another nothing new is to be entered.
        fresh = tuple(
            one for one in found.searched if one not in self._entered.get(one.subject, ())
        )
        self._entered.update(searched)
        enter(inside, replace(found, searched=fresh))
        return opinion_changes(found.added)


def _countries(inside: Record) -> list[str]:
    return [name for name in inside.subjects() if name.startswith("country:")]
