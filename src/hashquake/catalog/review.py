"""Opinions of a quake, formed from blocks: the first at detection, later ones with more record.

Size, onset, end, pools and causes of a quake are computed here; when that happens, and what joins
what, is decided in `hashquake.catalog.association`.
"""

from dataclasses import replace
from math import exp

import numpy as np

from hashquake.catalog.labels import label_counts
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.label_gap import LabelGap
from hashquake.core.opinion import Status
from hashquake.core.pick import Pick
from hashquake.core.quake import Cause, Quake
from hashquake.core.reason import BlocksAlone, NullAlarms
from hashquake.core.subject import NETWORK, UNKNOWN_POOL
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.core.window import Window
from hashquake.estimate.drop import pool_drops
from hashquake.estimate.intervention import NETWORK_STEP, POOL_STEP, REAL_FALLS_PER_YEAR
from hashquake.estimate.share_change import share_drift_sd, share_fall_p_value
from hashquake.estimate.sizing import Sizing, size_fall

MADE_BY = "catalog/2"
OPENS = "shiryaev_roberts"
"""The detector whose picks open network quakes, so that theirs is the false-alarm rate. Picks of
other network detectors join and confirm."""
VIEW_S = 60.0 * DAY_S
"""How much of the past an opinion may look at."""
_BASELINE_S = 14.0 * DAY_S
_SIGNIFICANT = 0.05
_LEAST_LUCK = 0.001
_REJECTED, _CONFIRMED = 0.99, 0.05
"""Posterior probability that nothing broke: from which a review rejects, up to which an earlier
look confirms."""


def lost_at_detection_hps(blocks: BlockColumns, pick: Pick) -> Interval:
    """Turn a pick's remaining share into hashes per second, by the two weeks before its onset.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Known at detection.
    pick : Pick
        Of the network or of a pool.
    """
    clock_s = np.maximum.accumulate(blocks.header_s)
    inside = (clock_s >= pick.onset.start_s - _BASELINE_S) & (clock_s < pick.onset.start_s)
    part = blocks.take(inside)
    level = 0.0
    if len(part) > 1:
        passed = float((np.diff(clock_s[inside]) / part.work_hashes[1:]).sum())
        own = part.is_pool(pick.subject.partition(":")[2])
        count = float(len(part) - 1 if pick.subject == NETWORK else own.sum())
        level = count / passed if passed > 0.0 else 0.0
    share = pick.remaining_share
    return Interval(
        median=level * (1.0 - share.median),
        low=level * (1.0 - share.high),
        high=level * (1.0 - share.low),
        level=share.level,
    )


def fallen_pools(
    blocks: BlockColumns, onset: Window, until_s: float, gaps: tuple[LabelGap, ...]
) -> tuple[str, ...]:
    """Return the pools that fell by more than chance and drift, and further than the others.

    Every pool's hash rate falls with the network's, and that confirms nothing: so a pool's share
    of the blocks must have fallen too. Hash rates pay for the number of pools looked at (Holm);
    the share is asked of those alone that pass.

    How fast the network drifts is learned from the weeks given. More would change little: with a
    pool's own drift, 0.012 or 0.020 a square-root day of the network make 0.037 or 0.040, and no
    drift of the network moves a share.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        From two weeks before the onset to `until_s`.
    onset : Window
        When it began.
    until_s : float
        The end of what is compared with the two weeks before.
    gaps : tuple of LabelGap
        Pools they concern say nothing.
    """
    start_s = (onset.start_s + onset.end_s) / 2.0
    window = Window(start_s=start_s, end_s=max(until_s, start_s + 1.0))
    before = Window(start_s=onset.start_s - _BASELINE_S, end_s=onset.start_s)
    around = Window(start_s=before.start_s, end_s=window.end_s)
    try:
        drops = pool_drops(blocks, window, before, Coverage((around,)), with_intervals=False)
    except NoCoverage:
        return ()
    unclear = {UNKNOWN_POOL} | {
        name
        for gap in gaps
        if gap.window.overlap(around) is not None
        for name in (gap.pool, gap.filed_under)
    }
    counts, total = label_counts(blocks, window.start_s, window.end_s)
    counts_before, total_before = label_counts(blocks, before.start_s, before.end_s)

    def share_fell(pool: str) -> bool:
        code = blocks.pool_names.index(pool)
        p_value = share_fall_p_value(
            hits=int(counts[code]),
            total=total,
            hits_before=int(counts_before[code]),
            total_before=total_before,
            drift_sd=share_drift_sd(window, before),
        )
        return p_value < _SIGNIFICANT

    return tuple(
        sorted(
            one.pool
            for one in drops
            if one.p_value_adjusted < _SIGNIFICANT
            and one.drop.drop_share.median > 0.0
            and one.pool not in unclear
            and share_fell(one.pool)
        )
    )


def first_causes(false_alarms_per_year: float, nothing: float | None = None) -> tuple[Cause, ...]:
    """Return what is known of causes from blocks alone: that nothing broke, and that something did.

    Parameters
    ----------
    false_alarms_per_year : float
        How often the null model raises such a quake; against it stand `REAL_FALLS_PER_YEAR`.
    nothing : float or None
        Posterior probability that nothing broke; None at detection, where every quake has just
        reached the same threshold and the two rates say how likely it is.
    """
    if nothing is None:
        nothing = false_alarms_per_year / (false_alarms_per_year + REAL_FALLS_PER_YEAR)
    luck = min(max(round(nothing, 4), _LEAST_LUCK), 1.0 - _LEAST_LUCK)
    alarms = NullAlarms(false_alarms_per_year=false_alarms_per_year)
    return (
        Cause(name="luck", probability=luck, reason=alarms),
        Cause(name="unknown", probability=1.0 - luck, reason=BlocksAlone()),
    )


def chance_of_nothing(
    sizing: Sizing, search: Window, *, breaks_per_year: float = NETWORK_STEP.breaks_per_year
) -> float:
    """Return the posterior probability that the hash rate drifted and nothing broke.

    Spike and slab: beforehand breaks come so many times a year, any moment of the search as likely
    as any other. How often the detector raises false alarms does not enter: that a threshold was
    crossed says nothing that the counts themselves do not say.

    Parameters
    ----------
    sizing : Sizing
        With the evidence for a break against none, all moments and sizes integrated over.
    search : Window
        Where the break may lie.
    breaks_per_year : float
        Of the subject.
    """
    before = breaks_per_year * search.duration_s / YEAR_S
    return float(1.0 / (1.0 + before * exp(min(sizing.log_evidence_ratio, 50.0))))


def search_window(pick: Pick) -> Window:
    """Return where the onset may lie: what a pick says, with room before.

    Parameters
    ----------
    pick : Pick
        That opened the quake, of the subject reviewed.
    """
    start_s, end_s = pick.onset.start_s, pick.detected_s
    return Window(start_s=start_s - max(DAY_S, 0.5 * (end_s - start_s)), end_s=end_s)


def opening_pick(picks: tuple[Pick, ...], subject: str) -> Pick:
    """Return the pick of a subject that opened its quake.

    Others of the subject may be older: a pick that opens nothing waits, for up to days, until a
    quake comes that it may belong to, and what it pointed at may have been nothing.

    Parameters
    ----------
    picks : tuple of Pick
        Of all subjects of a quake.
    subject : str
        The one reviewed.
    """
    own = [pick for pick in picks if pick.subject == subject] or list(picks)
    return next((pick for pick in own if pick.made_by.startswith(OPENS)), own[0])


def reviewed(
    quake: Quake,
    blocks: BlockColumns,
    *,
    at_s: float,
    final: bool,
    gaps: tuple[LabelGap, ...] = (),
) -> Quake:
    """Form a new opinion of a quake from all blocks before an instant.

    Parameters
    ----------
    quake : Quake
        The opinion so far.
    blocks : BlockColumns, shape (n,)
        Main chain from `VIEW_S` before to the instant.
    at_s : float
        The instant, UTC Unix seconds.
    final : bool
        Whether this is the last look, which ends in ``reviewed`` or ``rejected``.
    gaps : tuple of LabelGap
        Known gaps in labels.
    """
    pick = opening_pick(quake.picks, quake.subject)
    search = search_window(pick)
    try:
        sizing = size_fall(
            blocks,
            subject=quake.subject,
            search=search,
            until_s=at_s,
            drift_log_per_sqrt_day=pick.drift_log_per_sqrt_day,
        )
    except NoCoverage:
        return replace(quake, revision=quake.revision + 1, issued_s=at_s)
    step = NETWORK_STEP if quake.subject == NETWORK else POOL_STEP
    nothing = chance_of_nothing(sizing, search, breaks_per_year=step.breaks_per_year)
    # A change that may have been a rise does not count as a fall, whatever broke.
    no_fall = nothing if sizing.remaining_share.high < 1.0 else 1.0
    pools = quake.pools
    if quake.subject == NETWORK:
        until_s = at_s if sizing.end_s is None else sizing.end_s
        seen = fallen_pools(blocks, sizing.onset, until_s, gaps)
        pools = tuple(sorted({*seen, *_picked_pools(quake.picks)}))
    return replace(
        quake,
        revision=quake.revision + 1,
        issued_s=at_s,
        status=_status(quake, no_fall, final=final),
        kind=("network+pools" if pools else "network") if quake.subject == NETWORK else "pools",
        onset=sizing.onset,
        end_s=sizing.end_s,
        remaining_share=sizing.remaining_share,
        lost_hps=sizing.lost_hps,
        pools=pools,
        causes=first_causes(quake.false_alarms_per_year, nothing),
        made_by=MADE_BY,
        nothing_probability=round(no_fall, 6),
    )


def _picked_pools(picks: tuple[Pick, ...]) -> set[str]:
    return {
        pick.subject.partition(":")[2]
        for pick in picks
        if pick.subject != NETWORK and pick.reported is None and pick.remaining_share.median < 1.0
    }


def _status(quake: Quake, nothing: float, *, final: bool) -> Status:
    """Stand by a fall unless it is all but sure that nothing broke.

    Short falls, such as the 30 hours of December 2022, leave little evidence two weeks later: the
    chance that nothing broke stands with the quake, and only a clear no rejects it.
    """
    if final:
        return "reviewed" if nothing < _REJECTED else "rejected"
    return "confirmed" if nothing < _CONFIRMED else quake.status
