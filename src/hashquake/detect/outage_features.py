"""What speaks of an outage's cause: numbers read from its windows, witnesses and networks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hashquake.core.autonomous_system import Access
from hashquake.core.outage import Witness
from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags, Dip, dips
from hashquake.detect.fusion import DIRECT, Fused
from hashquake.detect.series import BGP

TOGETHER_S = 15.0 * MINUTE_S
"""Onsets within this are simultaneous."""
GRADUAL_S = 30.0 * MINUTE_S
"""A fall that takes longer is gradual, as batteries empty."""
SAME_HOUR_S = 45.0 * MINUTE_S
RECUR_DAYS = 3
"""How many days away the same hour of another outage counts: exams stand days apart."""
NEAR_THE_MARK_S = 5.0 * MINUTE_S
HALF_HOUR_S = 30.0 * MINUTE_S
LEAST_FALL_SHARE = 0.3
RETURN_S = 3.0 * DAY_S
"""A network that is not back by then, after the country was, did not come back with it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WatchedNetwork:
    """One network of a country.

    Parameters
    ----------
    subject : str
        Such as ``asn:9198``.
    weight_share : float
        Its part of the country's users or /24s.
    flags : tuple of AnomalyFlags
        What detectors say of its signals.
    access : {"mobile", "fixed", "both"} or None
        How its users are connected, where known.
    upstream : str or None
        The network through which it reaches the world, where it is one.
    """

    subject: str
    weight_share: float
    flags: tuple[AnomalyFlags, ...]
    access: Access | None = None
    upstream: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageFeatures:
    """The numbers classes are judged by; None where nothing tells.

    Parameters
    ----------
    depth_share : float or None
        Part of the usual connectivity that was gone; None where no signal states a level.
    duration_s : float
        From the first dark window's start to the last one's end.
    route_share : float or None
        Routes left in the dark, over the usual number.
    witnesses, doubters : tuple of str
        Signals other than routes that saw it; that were covered and did not.
    routes_fell : bool
        Whether routes saw it.
    restorations : int
        Times it came back in between.
    recurrence_share : float
        Share of dark windows with another one at the same time of day: of this outage a day, or
        of an outage near it up to three days, before or after.
    dark_share : float
        Part of that time that was dark.
    half_hour_share : float
        How far more often than by chance windows begin and end on the hour or half hour; 0 where
        edges are resolved no more finely than that.
    fall_s, return_s : float or None
        How long the country took to fall, and to come back.
    fallen_share : float or None
        Weight of the networks that fell.
    fallen_depth_share : float or None
        What the networks that fell lost of themselves: their median, by weight.
    simultaneous_share : float or None
        Of the fallen weight, the largest part with onsets inside 15 minutes.
    stagger_s : float or None
        From the onset of the first tenth of the fallen weight to that of the last.
    gradual_share : float or None
        Of the fallen weight, the part that slid down for more than half an hour.
    together_back_share : float or None
        Of the fallen weight, the largest part that came back inside 15 minutes.
    mobile_fallen_share, fixed_fallen_share : float or None
        Of the weight of mobile and of fixed networks, the part that fell.
    upstream_share : float or None
        How well one shared upstream separates who fell from who did not: 1 when exactly its
        customers fell.
    elsewhere_share : float or None
        Share of other countries in which an outage began within 15 minutes.
    """

    depth_share: float | None
    duration_s: float
    route_share: float | None = None
    witnesses: tuple[str, ...] = ()
    doubters: tuple[str, ...] = ()
    routes_fell: bool = False
    restorations: int = 0
    recurrence_share: float = 0.0
    dark_share: float = 1.0
    half_hour_share: float = 0.0
    fall_s: float | None = None
    return_s: float | None = None
    fallen_share: float | None = None
    fallen_depth_share: float | None = None
    simultaneous_share: float | None = None
    stagger_s: float | None = None
    gradual_share: float | None = None
    together_back_share: float | None = None
    mobile_fallen_share: float | None = None
    fixed_fallen_share: float | None = None
    upstream_share: float | None = None
    elsewhere_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fall:
    member: WatchedNetwork
    dip: Dip
    flags: AnomalyFlags


def features_of(
    fused: Fused,
    members: Sequence[WatchedNetwork] = (),
    *,
    elsewhere_share: float | None = None,
    neighbours: Sequence[Fused] = (),
) -> OutageFeatures:
    """Read the features of an outage.

    Parameters
    ----------
    fused : Fused
        Its windows and witnesses.
    members : sequence of WatchedNetwork
        The country's networks, where they are watched one by one.
    elsewhere_share : float or None
        See `began_elsewhere`.
    neighbours : sequence of Fused
        Other outages of the place: those of the days around show whether it recurs.
    """
    reach = _reach(fused)
    members = [
        replace(member, flags=tuple(flags.cut(reach) for flags in member.flags))
        for member in sorted(members, key=lambda member: member.subject)
    ]
    routes = [
        w
        for w in (*fused.seen_by, *fused.not_seen_by)
        if w.signal == BGP and w.remaining_share is not None
    ]
    best_routes = max(routes, key=lambda w: w.covered_share, default=None)
    witnesses = _names(fused.seen_by)
    doubters = _names(w for w in fused.not_seen_by if w.covered_share > 0.5)
    falls = [fall for member in members if (fall := _fall(member, fused)) is not None]
    watched = [member for member in members if any(_seen(flags, fused) for flags in member.flags)]
    fallen = {id(fall.member) for fall in falls}
    weights = np.array([fall.member.weight_share for fall in falls])
    onsets_s = np.array([_middle(fall.dip.onset) for fall in falls])
    ends = [fall for fall in falls if fall.dip.end is not None and not fall.dip.accepted]
    duration_s = fused.dark_windows[-1].end_s - fused.dark_windows[0].start_s
    return OutageFeatures(
        depth_share=fused.depth_share.median if fused.depth_told else None,
        duration_s=duration_s,
        route_share=None if best_routes is None else best_routes.remaining_share,
        witnesses=witnesses,
        doubters=tuple(name for name in doubters if name not in witnesses),
        routes_fell=any(w.signal == BGP for w in fused.seen_by),
        restorations=len(fused.restorations),
        recurrence_share=recurrence_share(
            [window.start_s for window in fused.dark_windows],
            [w.start_s for other in neighbours if other is not fused for w in other.dark_windows],
        ),
        dark_share=sum(window.duration_s for window in fused.dark_windows) / duration_s,
        half_hour_share=half_hour_share(_edges_s(fused), step_s=fused.edge_step_s),
        fall_s=fused.fall_s,
        return_s=fused.return_s,
        fallen_share=_part(watched, fallen),
        fallen_depth_share=_middle_depth_share(falls, weights),
        simultaneous_share=_largest_share(onsets_s, weights),
        stagger_s=_stagger_s(onsets_s, weights),
        gradual_share=_weighed([_fall_s(fall) > GRADUAL_S for fall in falls], weights),
        together_back_share=_largest_share(
            np.array([_middle(fall.dip.end) for fall in ends if fall.dip.end is not None]),
            np.array([fall.member.weight_share for fall in ends]),
        ),
        mobile_fallen_share=_part([m for m in watched if m.access == "mobile"], fallen),
        fixed_fallen_share=_part([m for m in watched if m.access == "fixed"], fallen),
        upstream_share=_upstream_share(watched, fallen),
        elsewhere_share=elsewhere_share,
    )


def began_elsewhere(fused: Fused, others: Sequence[Sequence[Fused]]) -> float | None:
    """Return in what share of other countries an outage began within 15 minutes.

    Parameters
    ----------
    fused : Fused
        The outage in question.
    others : sequence of sequence of Fused
        The outages of each other country that was watched at the time.
    """
    if not others:
        return None
    at_s = _middle(fused.onset)
    return sum(
        any(abs(_middle(other.onset) - at_s) <= TOGETHER_S for other in country)
        for country in others
    ) / len(others)


def _names(witnesses: Iterable[Witness]) -> tuple[str, ...]:
    # Several instruments of one signal are one piece of evidence: they see the same thing.
    return tuple(dict.fromkeys(w.signal for w in witnesses if w.signal != BGP))


def _middle(window: Window) -> float:
    return (window.start_s + window.end_s) / 2.0


def _reach(fused: Fused) -> Window:
    """Return the time in which the networks' falls and returns are looked for."""
    near = _near(fused)
    end_s = max(fused.dark_windows[-1].end_s + RETURN_S, near.end_s)
    return Window(start_s=near.start_s - DAY_S, end_s=end_s)


def _near(fused: Fused) -> Window:
    first = fused.dark_windows[0]
    return Window(start_s=first.start_s - 6.0 * HOUR_S, end_s=first.start_s + 12.0 * HOUR_S)


def _seen(flags: AnomalyFlags, fused: Fused) -> bool:
    near = _near(fused)
    first = max(0, int((near.start_s - flags.start_s) // flags.step_s))
    past = max(0, int((near.end_s - flags.start_s) // flags.step_s))
    return bool(np.isfinite(flags.ratio[first:past]).any())


def _fall(member: WatchedNetwork, fused: Fused) -> _Fall | None:
    """Find how a network fell, by the most direct of its signals that shows it."""
    near = _near(fused)
    for signal in DIRECT:
        for flags in member.flags:
            if flags.signal != signal:
                continue
            for dip in dips(flags, near=near):
                if dip.remaining_share.median <= 1.0 - LEAST_FALL_SHARE:
                    return _Fall(member=member, dip=dip, flags=flags)
    return None


def _fall_s(fall: _Fall) -> float:
    """Return how long a network took from nine tenths of the usual to near its lowest."""
    flags, floor = fall.flags, fall.dip.remaining_share.median
    bad = round((fall.dip.window.start_s - flags.start_s) / flags.step_s)
    before = np.flatnonzero(flags.ratio[:bad] >= 0.9)
    after = np.flatnonzero(flags.ratio[bad:] <= floor + 0.25 * (1.0 - floor))
    if not len(before) or not len(after):
        return 0.0
    return float(bad + after[0] - before[-1] - 1) * flags.step_s


def _weighed(votes: Sequence[bool], weights: np.typing.NDArray[np.float64]) -> float | None:
    total = float(weights.sum())
    return float(weights[np.array(votes, np.bool_)].sum()) / total if total > 0.0 else None


def _middle_depth_share(
    falls: Sequence[_Fall], weights: np.typing.NDArray[np.float64]
) -> float | None:
    if not falls or weights.sum() <= 0.0:
        return None
    depths = np.array([1.0 - fall.dip.remaining_share.median for fall in falls])
    order = np.argsort(depths)
    grown = np.cumsum(weights[order])
    return float(depths[order][np.searchsorted(grown, grown[-1] / 2.0)])


def _part(members: Sequence[WatchedNetwork], fallen: set[int]) -> float | None:
    return _weighed(
        [id(member) in fallen for member in members],
        np.array([member.weight_share for member in members]),
    )


def _largest_share(
    times_s: np.typing.NDArray[np.float64], weights: np.typing.NDArray[np.float64]
) -> float | None:
    """Return the largest part of the weight whose times lie inside 15 minutes."""
    if len(times_s) < 2 or weights.sum() <= 0.0:
        return None
    inside = (times_s >= times_s[:, None]) & (times_s <= times_s[:, None] + TOGETHER_S)
    return float((inside @ weights).max() / weights.sum())


def _stagger_s(
    times_s: np.typing.NDArray[np.float64], weights: np.typing.NDArray[np.float64]
) -> float | None:
    if len(times_s) < 2 or weights.sum() <= 0.0:
        return None
    order = np.argsort(times_s)
    grown = np.cumsum(weights[order]) / weights.sum()
    first, last = np.searchsorted(grown, [0.1, 0.9])
    return float(times_s[order][min(last, len(times_s) - 1)] - times_s[order][first])


def recurrence_share(starts_s: Sequence[float], near_s: Sequence[float] = ()) -> float:
    """Return the share of starts with another one at the same time of day, days before or after.

    Parameters
    ----------
    starts_s : sequence of float
        Starts of the dark windows of an outage, at least one, UTC Unix seconds. Of these only
        such a day apart count: with several windows a day some share an hour by chance.
    near_s : sequence of float
        Starts of other dark windows of the place, up to three days away: exams stand days apart.

    Examples
    --------
    >>> recurrence_share([0.0, 86400.0, 2 * 86400.0 + 600.0]), recurrence_share([0.0], [180000.0])
    (1.0, 0.0)
    """
    own, near = np.array(starts_s), np.array(near_s)
    recurs = [
        _same_hour(own - start_s, most_days=1) or _same_hour(near - start_s, most_days=RECUR_DAYS)
        for start_s in starts_s
    ]
    return sum(recurs) / len(recurs)


def _same_hour(away_s: np.typing.NDArray[np.float64], *, most_days: int) -> bool:
    days = np.round(np.abs(away_s) / DAY_S)
    off_s = np.abs(np.abs(away_s) - days * DAY_S)
    return bool(((days >= 1) & (days <= most_days) & (off_s <= SAME_HOUR_S)).any())


def half_hour_share(edges_s: Sequence[float], *, step_s: float) -> float:
    """Return the excess over chance of edges on the hour or half hour, shrunk when they are few.

    Parameters
    ----------
    edges_s : sequence of float
        Where dark windows begin and end, at least one, UTC Unix seconds.
    step_s : float
        How finely they are known.
    """
    off_s = [min(edge % HALF_HOUR_S, HALF_HOUR_S - edge % HALF_HOUR_S) for edge in edges_s]
    chance = max(2.0 * NEAR_THE_MARK_S, step_s) / HALF_HOUR_S
    if chance >= 1.0:
        return 0.0
    hits = sum(away <= NEAR_THE_MARK_S for away in off_s) / len(edges_s)
    return max(0.0, (hits - chance) / (1.0 - chance)) * len(edges_s) / (len(edges_s) + 4.0)


def _edges_s(fused: Fused) -> list[float]:
    edges = [window.start_s for window in fused.dark_windows]
    return edges + [window.end_s for window in fused.dark_windows if fused.end_s is not None]


def _upstream_share(watched: Sequence[WatchedNetwork], fallen: set[int]) -> float | None:
    known = [member for member in watched if member.upstream is not None]
    best: float | None = None
    for upstream in {member.upstream for member in known}:
        behind = _part([m for m in known if m.upstream == upstream], fallen)
        others = _part([m for m in known if m.upstream != upstream], fallen)
        if behind is not None and others is not None:
            best = max(best or 0.0, behind * (1.0 - others))
    return best
