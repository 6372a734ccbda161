"""From picks to quakes: what belongs together, what is new, and when to look again.

Pools are stations. A pick of the network opens a quake; picks of pools whose onsets coincide join
it; a fall of pools alone is a quake of its own kind, a migration or one operator's trouble; a
change of labels is neither. Every change of opinion is a new revision: nothing is edited.

Here is only who belongs to whom. Sizes and causes: `hashquake.catalog.review`. Labels:
`hashquake.catalog.labels`. Theory and blind spots: ``docs/theory/association.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hashquake.catalog.labels import LabelChange, label_change
from hashquake.catalog.reported_review import REPORTED_KINDS, Levels, contradicted, weighed
from hashquake.catalog.review import (
    MADE_BY,
    OPENS,
    first_causes,
    lost_at_detection_hps,
    reviewed,
)
from hashquake.core.columns import BlockColumns
from hashquake.core.label_gap import LabelGap
from hashquake.core.pick import Pick
from hashquake.core.quake import Kind, Quake
from hashquake.core.subject import NETWORK, UNKNOWN_POOL
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window

View = Callable[[float], BlockColumns]
"""Returns the main chain's blocks of the last weeks before an instant."""

COINCIDE_S = 1.5 * DAY_S
"""How far apart two onset windows may lie and still be one onset."""
JOIN_S = 14.0 * DAY_S
"""How long after its detection a quake takes further picks."""
LABELS_S = 7.0 * DAY_S
"""How long after the onset of a pool's fall the names of others are looked at, at its review."""
LOOKS_S = {
    NETWORK: (3.0 * DAY_S, 14.0 * DAY_S),
    "pool": (14.0 * DAY_S,),
    "reports": (DAY_S, 3.0 * DAY_S, 14.0 * DAY_S),
}
"""When to look again, after detection; the last look is the review."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Due:
    """A look to be taken.

    Parameters
    ----------
    at_s : float
        When, UTC Unix seconds.
    quake_id : str
        At which quake.
    final : bool
        Whether it is the review.
    """

    at_s: float
    quake_id: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All opinions so far, and what waits.

    Parameters
    ----------
    revisions : tuple of Quake
        Every opinion, in the order in which they were formed.
    dues : tuple of Due
        Looks to be taken, soonest first.
    waiting : tuple of Pick
        Picks that may yet join a quake, oldest first.
    label_changes : tuple of LabelChange
        What looked like a fall and was a change of names.
    """

    revisions: tuple[Quake, ...] = ()
    dues: tuple[Due, ...] = ()
    waiting: tuple[Pick, ...] = ()
    label_changes: tuple[LabelChange, ...] = ()

    def latest(self) -> tuple[Quake, ...]:
        """Return the last opinion of every quake, in the order in which they were raised."""
        last: dict[str, Quake] = {}
        for quake in self.revisions:
            last[quake.id] = quake
        return tuple(last.values())

    def with_opinion(self, quake: Quake) -> "Book":
        """Add an opinion.

        Parameters
        ----------
        quake : Quake
            In its next revision.
        """
        return replace(self, revisions=(*self.revisions, quake))


def admit(book: Book, pick: Pick, view: View, gaps: tuple[LabelGap, ...]) -> Book:
    """Take a pick: it joins a quake, opens one, waits, or is a change of labels.

    Parameters
    ----------
    book : Book
        What is thought so far.
    pick : Pick
        The next in time.
    view : callable
        Blocks before an instant.
    gaps : tuple of LabelGap
        Known gaps in labels.
    """
    recent = tuple(p for p in book.waiting if p.detected_s > pick.detected_s - JOIN_S)
    book = replace(book, waiting=recent)
    if pick.subject == NETWORK:
        return _network(book, pick, view)
    pool = pick.subject.partition(":")[2]
    if pick.remaining_share.median < 1.0:
        change = label_change(
            view(pick.detected_s),
            pool=pool,
            onset=pick.onset,
            detected_s=pick.detected_s,
            gaps=gaps,
        )
        if change is not None:
            return replace(book, label_changes=(*book.label_changes, change))
        if pool != UNKNOWN_POOL:
            return _pool_fall(book, pick, view)
    return _join(book, pick) or replace(book, waiting=(*book.waiting, pick))


def look_again(
    book: Book,
    due: Due,
    view: View,
    gaps: tuple[LabelGap, ...],
    levels: Levels = lambda _before, _after: None,
) -> Book:
    """Take a due look at a quake.

    Parameters
    ----------
    book : Book
        Opinions so far.
    due : Due
        The look that is due.
    view : View
        Returns the main chain's blocks of the last weeks before an instant.
    gaps : tuple of LabelGap
        Known gaps in labels.
    levels : callable
        Returns what pools reported in two windows; None where they did not.
    """
    book = replace(book, dues=tuple(other for other in book.dues if other != due))
    quake = next(quake for quake in book.latest() if quake.id == due.quake_id)
    blocks = view(due.at_s)
    if quake.kind in REPORTED_KINDS and quake.subject != NETWORK:
        return book.with_opinion(weighed(quake, blocks, at_s=due.at_s, final=due.final))
    opinion = reviewed(quake, blocks, at_s=due.at_s, final=due.final, gaps=gaps)
    if quake.subject == NETWORK:
        return book.with_opinion(contradicted(opinion, blocks, at_s=due.at_s, levels=levels))
    if not due.final:
        return book.with_opinion(opinion)
    renamed = _label_changes(opinion, blocks, at_s=due.at_s, gaps=gaps)
    return replace(
        book.with_opinion(_without_renamed(opinion, renamed)),
        label_changes=(*book.label_changes, *renamed),
    )


def _label_changes(
    quake: Quake, blocks: BlockColumns, *, at_s: float, gaps: tuple[LabelGap, ...]
) -> tuple[LabelChange, ...]:
    """Return which pools of a quake lost only their names, now that more blocks tell.

    At the alarm, often within a day of the change, the counts are too few to say so; and what
    other pools did later must not be taken for a part of it.
    """
    falls = {
        pick.subject.partition(":")[2]: pick
        for pick in reversed(quake.picks)
        if pick.subject != NETWORK and pick.reported is None and pick.remaining_share.median < 1.0
    }
    found = []
    for pool, pick in sorted(falls.items()):
        onset = _either(pick.onset, quake.onset)
        until_s = min(at_s, onset.end_s + LABELS_S)
        change = label_change(blocks, pool=pool, onset=onset, detected_s=until_s, gaps=gaps)
        if change is not None:
            found.append(replace(change, detected_s=at_s))
    return tuple(found)


def _either(a: Window, b: Window) -> Window:
    """Return the window from the earlier start to the later end."""
    return Window(start_s=min(a.start_s, b.start_s), end_s=max(a.end_s, b.end_s))


def _without_renamed(opinion: Quake, renamed: tuple[LabelChange, ...]) -> Quake:
    """Take out of an opinion the pools that lost only their names; reject it when its own did."""
    names = {change.pool for change in renamed}
    pools = tuple(pool for pool in opinion.pools if pool not in names)
    if opinion.subject.partition(":")[2] not in names:
        return replace(opinion, pools=pools) if names else opinion
    causes = first_causes(opinion.false_alarms_per_year, 1.0)
    return replace(opinion, status="rejected", causes=causes, nothing_probability=1.0)


def coincide(a: Pick | Quake, b: Pick | Quake) -> bool:
    """Return whether two onsets may be one.

    Parameters
    ----------
    a, b : Pick or Quake
        Onsets as windows, UTC Unix seconds.
    """
    return (
        a.onset.start_s - COINCIDE_S <= b.onset.end_s
        and b.onset.start_s - COINCIDE_S <= a.onset.end_s
    )


def _network(book: Book, pick: Pick, view: View) -> Book:
    joined = _join(book, pick, subject=NETWORK)
    if joined is not None:
        return joined
    if not pick.made_by.startswith(OPENS):
        return replace(book, waiting=(*book.waiting, pick))
    risen = _upgrade(book, pick, view)
    return risen if risen is not None else _open(book, pick, view)


def _pool_fall(book: Book, pick: Pick, view: View) -> Book:
    joined = _join(book, pick)
    return joined if joined is not None else _open(book, pick, view)


def _open(book: Book, pick: Pick, view: View) -> Book:
    """Raise a quake, with the waiting picks that coincide."""
    joining = tuple(p for p in book.waiting if coincide(p, pick))
    picks = (*joining, pick)
    falls = tuple(
        sorted(
            {
                p.subject.partition(":")[2]
                for p in picks
                if p.subject != NETWORK and p.remaining_share.median < 1.0
            }
        )
    )
    network = pick.subject == NETWORK
    confirmed = network and (bool(falls) or any(p.subject == NETWORK for p in joining))
    quake = Quake(
        id=new_id(book, pick),
        revision=1,
        issued_s=pick.detected_s,
        status="confirmed" if confirmed else "preliminary",
        subject=pick.subject,
        kind=("network+pools" if falls else "network") if network else "pools",
        onset=pick.onset,
        detected_s=pick.detected_s,
        end_s=None,
        remaining_share=pick.remaining_share,
        lost_hps=lost_at_detection_hps(view(pick.detected_s), pick),
        false_alarms_per_year=pick.false_alarms_per_year,
        picks=picks,
        pools=falls,
        causes=first_causes(pick.false_alarms_per_year),
        made_by=MADE_BY,
    )
    waiting = tuple(p for p in book.waiting if p not in joining)
    return with_looks(
        replace(book, waiting=waiting).with_opinion(quake), quake, NETWORK if network else "pool"
    )


def _upgrade(book: Book, pick: Pick, view: View) -> Book | None:
    """Turn a quake of pools into one of the network, when the network's onset is the same."""
    for quake in reversed(book.latest()):
        if quake.subject != NETWORK and joins_quake(quake, pick):
            risen = replace(
                quake,
                revision=quake.revision + 1,
                issued_s=pick.detected_s,
                status="confirmed",
                subject=NETWORK,
                kind="network+pools" if quake.pools else "network",
                onset=pick.onset,
                remaining_share=pick.remaining_share,
                lost_hps=lost_at_detection_hps(view(pick.detected_s), pick),
                picks=(*quake.picks, pick),
                false_alarms_per_year=pick.false_alarms_per_year,
                causes=first_causes(pick.false_alarms_per_year),
                made_by=MADE_BY,
                nothing_probability=None,
            )
            dues = tuple(due for due in book.dues if due.quake_id != quake.id)
            book = replace(book, dues=dues).with_opinion(risen)
            return with_looks(book, replace(risen, detected_s=pick.detected_s), NETWORK)
    return None


def _join(book: Book, pick: Pick, subject: str | None = None) -> Book | None:
    """Add a pick to the quake it belongs to, network quakes before others, newest first."""
    open_quakes = [quake for quake in reversed(book.latest()) if joins_quake(quake, pick)]
    if subject is not None:
        open_quakes = [quake for quake in open_quakes if quake.subject == subject]
    if not open_quakes:
        return None
    quake = next((one for one in open_quakes if one.subject == NETWORK), open_quakes[0])
    falls = pick.subject != NETWORK and pick.remaining_share.median < 1.0
    pools = set(quake.pools) | ({pick.subject.partition(":")[2]} if falls else set())
    seen_twice = quake.subject == NETWORK and (falls or pick.subject == NETWORK)
    opinion = replace(
        quake,
        revision=quake.revision + 1,
        issued_s=pick.detected_s,
        status="confirmed" if seen_twice and quake.status == "preliminary" else quake.status,
        kind=_joined_kind(quake, pick, fell_too=bool(pools)),
        picks=(*quake.picks, pick),
        pools=tuple(sorted(pools)),
        made_by=MADE_BY,
    )
    return book.with_opinion(opinion)


def _joined_kind(quake: Quake, pick: Pick, *, fell_too: bool) -> Kind:
    """Return the kind of a quake that a pick of blocks joins."""
    if quake.subject == NETWORK:
        return "network+pools" if fell_too and quake.kind != "disagreement" else quake.kind
    # What a pool reported, its blocks now show too.
    return "pools" if quake.subject == pick.subject else quake.kind


def joins_quake(quake: Quake, pick: Pick) -> bool:
    """Return whether a quake still takes picks, and whose onsets may be one with this.

    Parameters
    ----------
    quake : Quake
        Its latest opinion.
    pick : Pick
        Of whatever subject.
    """
    return (
        quake.status != "rejected"
        and pick.detected_s < quake.detected_s + JOIN_S
        and coincide(quake, pick)
    )


def with_looks(book: Book, quake: Quake, kind: str) -> Book:
    """Plan the looks at a quake that was just opened.

    Parameters
    ----------
    book : Book
        With the quake.
    quake : Quake
        Looks are counted from its detection.
    kind : str
        A key of `LOOKS_S`.
    """
    looks = LOOKS_S[kind]
    new = tuple(
        Due(at_s=quake.detected_s + after_s, quake_id=quake.id, final=after_s == looks[-1])
        for after_s in looks
    )
    return replace(book, dues=tuple(sorted((*book.dues, *new))))


def new_id(book: Book, pick: Pick) -> str:
    """Return a name that no quake bears yet.

    Parameters
    ----------
    book : Book
        All quakes so far.
    pick : Pick
        That opens a quake; the day is its onset's.
    """
    day = format_time((pick.onset.start_s + pick.onset.end_s) / 2.0)[:10].replace("-", "")
    taken = {quake.id for quake in book.revisions}
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [*letters, *(first + second for first in letters for second in letters)]
    return next(name for name in (f"hq{day}{end}" for end in names) if name not in taken)
