"""Alarms in pools' reports: which quake they belong to, or a quake of their own.

They know nothing of blocks: an alarm joins a quake that is open, or opens one of the kind
``reports`` that says so. Blocks join it later, or contradict it. Decision:
``docs/decisions/0011-quakes-that-pools-report.md``.
"""

from dataclasses import replace

from hashquake.catalog.association import Book, joins_quake, new_id, with_looks
from hashquake.catalog.review import MADE_BY, first_causes
from hashquake.core.interval import Interval
from hashquake.core.pick import Pick
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK, POOLS


def admit_reported(book: Book, pick: Pick) -> Book:
    """Take an alarm in pools' reports: it joins a quake, or opens one.

    Parameters
    ----------
    book : Book
        What is thought so far.
    pick : Pick
        Of ``pools`` or of one pool, with what it rests on.
    """
    for quake in reversed(book.latest()):
        if _belongs(quake, pick):
            known = _part_of_sum(quake, pick)
            return book if known else book.with_opinion(_joined(quake, pick))
    opened = Quake(
        id=new_id(book, pick),
        revision=1,
        issued_s=pick.detected_s,
        status="preliminary",
        subject=pick.subject,
        kind="reports",
        onset=pick.onset,
        detected_s=pick.detected_s,
        end_s=None,
        remaining_share=pick.remaining_share,
        lost_hps=_lost_hps(pick),
        false_alarms_per_year=pick.false_alarms_per_year,
        picks=(pick,),
        pools=() if pick.subject == POOLS else (pick.subject.partition(":")[2],),
        causes=first_causes(pick.false_alarms_per_year),
        made_by=MADE_BY,
    )
    return with_looks(book.with_opinion(opened), opened, "reports")


def _belongs(quake: Quake, pick: Pick) -> bool:
    """Return whether a quake takes an alarm: of the network, of all that report, of that pool."""
    return joins_quake(quake, pick) and quake.subject in (NETWORK, POOLS, pick.subject)


def _part_of_sum(quake: Quake, pick: Pick) -> bool:
    """Return whether a pool's alarm says no more than the sum's, of which its reports are part."""
    sums = [one.reported for one in quake.picks if one.subject == POOLS and one.reported]
    pool = pick.subject.partition(":")[2]
    return any(pool in one.pools for one in sums)


def _joined(quake: Quake, pick: Pick) -> Quake:
    """Add an alarm; the sum of the reports confirms what blocks raised."""
    of_sum = pick.subject == POOLS
    confirmed = quake.status == "preliminary" and of_sum and quake.kind != "reports"
    return replace(
        quake,
        revision=quake.revision + 1,
        issued_s=max(pick.detected_s, quake.issued_s),
        status="confirmed" if confirmed else quake.status,
        picks=(*quake.picks, pick),
        made_by=MADE_BY,
    )


def _lost_hps(pick: Pick) -> Interval:
    """Return what stopped, by what was reported before."""
    level = 0.0 if pick.reported is None else pick.reported.before_hps
    share = pick.remaining_share
    return Interval(
        median=level * (1.0 - share.median),
        low=level * (1.0 - share.high),
        high=level * (1.0 - share.low),
        level=share.level,
    )
