"""Weigh blocks against what pools reported: they bear a fall out, or contradict it.

Blocks are few and nobody can forge them; reports are many and the pools' own word. The blocks of
the very pools that reported are compared with their reports, so that what other pools did does
not enter. Theory and blind spots: ``docs/theory/reported_drop.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from hashquake.catalog.review import first_causes
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.pick import ReportedSum
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.sizing import Sizing, size_fall

Levels = Callable[[Window, Window], ReportedSum | None]
"""Returns what pools reported in two windows, of those that spoke in both; None where fewer than
two did."""

REPORTED_KINDS = ("reports", "disagreement")
_ONE = "all-that-report"
_Z90 = 1.6449
_EXCLUDES = 2.576
"""Blocks contradict a report when a fall as reported lies beyond their central 99 %."""
_BEFORE_S = 7.0 * DAY_S
_LEAST_POOLS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _BlocksSay:
    """What blocks say of the hash rate that pools reported.

    Parameters
    ----------
    sizing : Sizing
        Of the pools that report; of the network where blocks name no pool.
    middle, spread : float
        Of the log of hash rate after over before.
    expected : float
        The same log if what was reported is true.
    """

    sizing: Sizing
    middle: float
    spread: float
    expected: float

    @property
    def above(self) -> float:
        """How far blocks lie above what was reported, in standard deviations."""
        return (self.middle - self.expected) / self.spread

    @property
    def below_none(self) -> float:
        """How far blocks lie below no change, in standard deviations."""
        return -self.middle / self.spread


def weighed(quake: Quake, blocks: BlockColumns, *, at_s: float, final: bool) -> Quake:
    """Form a new opinion of a quake that reports raised, from all blocks before an instant.

    Parameters
    ----------
    quake : Quake
        The opinion so far; its first pick with reports says what was reported.
    blocks : BlockColumns, shape (n,)
        Main chain, the weeks before the instant.
    at_s : float
        The instant, UTC Unix seconds.
    final : bool
        Whether this is the last look.
    """
    opinion = replace(
        quake,
        revision=quake.revision + 1,
        issued_s=at_s,
        status="reviewed" if final else quake.status,
    )
    reported = next(pick.reported for pick in quake.picks if pick.reported is not None)
    said = _blocks_say(blocks, reported, quake.onset, at_s)
    if said is None:
        return opinion
    # Two simple hypotheses: as reported, or nothing at all.
    support = (said.below_none**2 - said.above**2) / 2.0
    first = next(cause.probability for cause in first_causes(quake.false_alarms_per_year))
    nothing = 1.0 / (1.0 + (1.0 - first) / first * exp(min(max(support, -50.0), 50.0)))
    causes = first_causes(quake.false_alarms_per_year, nothing)
    if said.above > _EXCLUDES:
        return replace(
            opinion,
            kind="disagreement",
            remaining_share=said.sizing.remaining_share,
            lost_hps=said.sizing.lost_hps,
            causes=causes,
        )
    fell = said.below_none > _Z90
    return replace(
        opinion,
        kind="reports",
        status="confirmed" if fell and not final else opinion.status,
        end_s=said.sizing.end_s if fell else None,
        causes=causes,
    )


def contradicted(quake: Quake, blocks: BlockColumns, *, at_s: float, levels: Levels) -> Quake:
    """Return a quake that blocks raised, as a disagreement where pools reported no such fall.

    Parameters
    ----------
    quake : Quake
        Of the network, just looked at again.
    blocks : BlockColumns, shape (n,)
        Main chain, the weeks before the instant.
    at_s : float
        The instant, UTC Unix seconds.
    levels : callable
        See `Levels`.
    """
    end_s = at_s if quake.end_s is None else min(at_s, quake.end_s)
    if quake.status == "rejected" or end_s - quake.onset.end_s < 6.0 * HOUR_S:
        return quake
    before = Window(start_s=quake.onset.start_s - _BEFORE_S, end_s=quake.onset.start_s)
    reported = levels(before, Window(start_s=quake.onset.end_s, end_s=end_s))
    if reported is None or len(reported.pools) < _LEAST_POOLS:
        return quake
    said = _blocks_say(blocks, reported, quake.onset, at_s)
    if said is None or not -said.above > _EXCLUDES:
        return quake
    return replace(quake, kind="disagreement")


def _blocks_say(
    blocks: BlockColumns, reported: ReportedSum, onset: Window, at_s: float
) -> _BlocksSay | None:
    """Size the fall of the pools that reported, by their blocks; None where too few."""
    search = Window(start_s=onset.start_s, end_s=max(onset.end_s, onset.start_s + HOUR_S))
    expected = log(max(reported.after_hps / reported.before_hps, 1e-6))
    codes = [at for at, name in enumerate(blocks.pool_names) if name in reported.pools]
    own = np.isin(blocks.pool_code, codes)
    subject, looked = pool_subject(_ONE), blocks
    if own.any():
        code = np.where(own, len(blocks.pool_names), blocks.pool_code).astype(np.int32)
        looked = replace(blocks, pool_code=code, pool_names=(*blocks.pool_names, _ONE))
    else:
        part = _share_of_network(blocks, reported, onset)
        if part is None:
            return None
        subject, expected = NETWORK, log(max(1.0 - part * (1.0 - exp(expected)), 1e-6))
    try:
        sizing = size_fall(looked, subject=subject, search=search, until_s=at_s)
    except NoCoverage:
        return None
    share = sizing.remaining_share
    low, high = log(max(share.low, 1e-6)), log(max(share.high, 2e-6))
    return _BlocksSay(
        sizing=sizing,
        middle=log(max(share.median, 1e-6)),
        spread=max((high - low) / (2.0 * _Z90), 1e-3),
        expected=expected,
    )


def _share_of_network(blocks: BlockColumns, reported: ReportedSum, onset: Window) -> float | None:
    """Return what part of the network reported, where blocks name no pool."""
    clock_s = np.maximum.accumulate(blocks.header_s.astype(np.float64))
    inside = (clock_s >= onset.start_s - 2.0 * _BEFORE_S) & (clock_s < onset.start_s)
    part = blocks.take(inside)
    if len(part) < 100:
        return None
    passed = float((np.diff(clock_s[inside]) / part.work_hashes[1:]).sum())
    return min(1.0, reported.before_hps * passed / (len(part) - 1)) if passed > 0.0 else None
