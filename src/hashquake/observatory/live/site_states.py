"""Sites whose status changes while the record is watched: one change each, of kind ``site``."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hashquake.core.opinion import Change
from hashquake.core.site import Site

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

LOOK_S = 30.0
"""Sites are looked at so often."""
Matter = tuple[str, str | None]
"""What makes a change: the status of a site and the outage behind it."""


class SiteStates:
    """What was last stated of each site.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    sites : sequence of Site
        Of one operator.
    """

    def __init__(self, observatory: "Observatory", sites: Sequence[Site]) -> None:
        self._observatory = observatory
        self._sites = sites
        self._looked_s: float | None = None
        self._said: dict[str, Matter] = {}
        if sites:
            for change in observatory.record.latest_changes("site"):
                self._said[change.subject] = _matter(change)

    def news(self, now_s: float) -> list[Change]:
        """Return a change for each site that stands otherwise than was stated last.

        Parameters
        ----------
        now_s : float
            Our clock, UTC Unix seconds.
        """
        if not self._sites or (self._looked_s is not None and now_s < self._looked_s + LOOK_S):
            return []
        self._looked_s = now_s
        from hashquake.observatory.site_document import site_document
        from hashquake.observatory.sites import site_rows, site_standings

        record = self._observatory.record
        standings = site_standings(record, self._sites, now_s)
        turned = {
            one.site.subject
            for one in standings
            if self._said.get(one.site.subject) != (one.status, one.outage)
        }
        if not turned:  # what the others and the network do meanwhile takes longer to judge
            return []
        return [
            Change(kind="site", subject=one.standing.site.subject, document=site_document(one))
            for one in site_rows(record, self._sites, now_s)
            if one.standing.site.subject in turned
        ]

    def said(self, changes: Iterable[Change]) -> None:
        """Take note that changes which `news` returned are stored.

        Parameters
        ----------
        changes : iterable of Change
            The stored ones.
        """
        for one in changes:
            self._said[one.subject] = _matter(one)


def _matter(change: Change) -> Matter:
    found = change.document
    return str(found["status"]), found["outage"]
