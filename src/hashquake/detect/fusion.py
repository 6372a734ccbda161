"""Fuse the dips of several signals of one place into dark windows and restorations.

Probing, traffic or routes may each open an outage; the telescope, which is noisy, may only
confirm one. Routes that stay up never vote against an outage: in January 2022 Kazakhstan's did
while everything behind them was gone. See ``docs/theory/outage_fusion.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.outage import Witness
from hashquake.core.window import Window
from hashquake.detect._dark_runs import (
    DARK,
    LIGHT,
    UNSEEN,
    StateRun,
    States,
    groups,
    runs,
    smoothed,
)
from hashquake.detect._outage_shape import common, light_after, onset, slopes_s
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.dark_bins import DEFAULT, FusionTuning, bin_states, low_bins
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC
from hashquake.detect.young_dark import young_windows

Floats = NDArray[np.float64]

DIRECT = (PROBING, TRAFFIC, BGP)
"""Signals by how directly they are about users; others come last, the telescope never opens."""


NATIONAL_DEPTH_SHARE = 0.3
"""Part of the usual connectivity whose loss makes an outage national; the least that is meant by a
signal that says dark and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """Dark windows that belong together, before anything is said of their cause.

    Parameters
    ----------
    subject : str
        Such as ``country:KZ``.
    onset : Window
        What the onsets of the signals that saw it have in common; where they have nothing in
        common, the stretch that holds them all.
    end_s : float or None
        When the last dark window ended; None when no light was seen after it.
    dark_windows, restorations : tuple of Window
        Oldest first; what lies between and is in neither was not seen.
    depth_share : Interval
        Median over signals and bins; the limits hold the bins of every signal that saw it. Where
        none states a level, all from the least depth on.
    depth_told : bool
        Whether one does.
    seen_by, not_seen_by : tuple of Witness
        Every signal given is in one of them.
    seen_until_s : float
        How far the signals had come.
    edge_step_s : float
        Resolution of the windows' edges: the step of the signal that draws them.
    fall_s, return_s : float or None
        How long connectivity took from nine tenths of the usual value to near its lowest, and
        back; 0 is within one step. None where no signal with a level shows it.
    """

    subject: str
    onset: Window
    end_s: float | None
    dark_windows: tuple[Window, ...]
    restorations: tuple[Window, ...]
    depth_share: Interval
    seen_by: tuple[Witness, ...]
    not_seen_by: tuple[Witness, ...]
    seen_until_s: float
    depth_told: bool = True
    edge_step_s: float = 0.0
    fall_s: float | None = None
    return_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedGroup:
    """Dark bins of any signal that lie close together, and what they were fused into.

    Parameters
    ----------
    window : Window
        From the first to the last bin in which any signal was dark.
    fused : Fused
        What the most direct signals make of it.
    """

    window: Window
    fused: Fused


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grid:
    start_s: float
    step_s: float
    flags: tuple[AnomalyFlags, ...]
    ratio: tuple[Floats, ...]
    states: tuple[States, ...]
    native: tuple[States, ...]
    young: NDArray[np.bool_]
    """Bins that open an outage although less than half an hour is dark."""

    def window(self, run: StateRun) -> Window:
        return Window(
            start_s=self.start_s + run.first * self.step_s,
            end_s=self.start_s + run.past * self.step_s,
        )


def fuse(signals: Sequence[AnomalyFlags], *, tuning: FusionTuning = DEFAULT) -> tuple[Fused, ...]:
    """Fuse the signals of one place.

    Parameters
    ----------
    signals : sequence of AnomalyFlags
        Of one subject, one for each signal and instrument, in any order; their grids may
        differ.
    tuning : FusionTuning
        What makes an outage.

    Returns
    -------
    tuple of Fused
        Oldest first.

    Raises
    ------
    UsageError
        ``fusion-subjects`` when the flags are of several subjects, or a signal of an instrument
        comes twice.
    """
    return tuple(group.fused for group in fused_groups(signals, tuning=tuning))


def fused_groups(
    signals: Sequence[AnomalyFlags], *, tuning: FusionTuning = DEFAULT
) -> tuple[FusedGroup, ...]:
    """Fuse the signals of one place, and say where each group of dark bins lies.

    Parameters
    ----------
    signals, tuning
        As for `fuse`.

    Returns
    -------
    tuple of FusedGroup
        Oldest first.

    Raises
    ------
    UsageError
        As `fuse` does.
    """
    if not signals:
        return ()
    names = [(flags.signal, flags.source, flags.quantity) for flags in signals]
    if len({flags.subject for flags in signals}) > 1 or len(set(names)) < len(names):
        shown = sorted(" ".join(name).strip() for name in names)
        raise UsageError(
            f"{sorted({flags.subject for flags in signals})} with {shown} cannot be fused",
            code="fusion-subjects",
            hint="give one subject and each signal of an instrument once",
        )
    grid = _lay(sorted(signals, key=_rank), tuning)
    opens = [states for states, flags in zip(grid.states, grid.flags, strict=True)
             if flags.signal != TELESCOPE]  # fmt: skip
    if not opens:
        return ()
    rough = _smooth(np.maximum.reduce(opens), grid, tuning, grid.young)
    fused = []
    for group in groups(rough, join_bins=tuning.join_s / grid.step_s):
        seen = _fallen(grid, group)
        # What decides about these bins lies less than the time away that parts two outages.
        reach = ceil(tuning.join_s / grid.step_s)
        near = slice(max(0, group[0].first - reach), group[-1].past + reach)
        states = _smooth(_most_direct(grid, seen, near), grid, tuning, grid.young[near])
        margin = round(tuning.least_dark_s / grid.step_s)
        first = max(0, group[0].first - margin) - near.start
        past = group[-1].past + margin - near.start
        inside = np.full_like(states, UNSEEN)
        inside[first:past] = states[first:past]
        dark = [run.moved(near.start) for run in runs(inside) if run.state == DARK] or group
        between = states[dark[0].first - near.start : dark[-1].past - near.start]
        window = grid.window(StateRun(DARK, group[0].first, group[-1].past))
        described = _describe(grid, seen, between, dark, tuning)
        fused.append(FusedGroup(window=window, fused=described))
    return tuple(fused)


def _rank(flags: AnomalyFlags) -> tuple[int, str, str, str]:
    known = DIRECT.index(flags.signal) if flags.signal in DIRECT else len(DIRECT)
    last = known + (flags.signal == TELESCOPE)
    return last, flags.signal, flags.source, flags.quantity


def _lay(signals: Sequence[AnomalyFlags], tuning: FusionTuning) -> _Grid:
    step_s = min(flags.step_s for flags in signals)
    start_s = min(flags.start_s for flags in signals)
    bins = round((max(flags.end_s for flags in signals) - start_s) / step_s)
    at_s = start_s + (np.arange(bins) + 0.5) * step_s
    ratios, all_states, native = [], [], []
    young = np.zeros(bins, np.bool_)
    for flags, since in zip(signals, young_windows(signals, tuning), strict=True):
        at = np.floor((at_s - flags.start_s) / flags.step_s).astype(np.int64)
        inside = (at >= 0) & (at < len(flags))
        ratio = np.full(bins, np.nan)
        states = np.full(bins, UNSEEN, np.int8)
        ratio[inside] = flags.ratio[at[inside]]
        levels = bin_states(flags, tuning)
        if since is not None:
            bin_s = flags.start_s + np.arange(len(flags)) * flags.step_s
            shared = bin_s + flags.step_s > since.start_s + 1e-6
            levels[shared & low_bins(flags, tuning)] = DARK
            young |= (at_s >= since.start_s) & (at_s < since.end_s)
        native.append(levels)
        states[inside] = levels[at[inside]]
        ratios.append(ratio)
        all_states.append(states)
    return _Grid(
        start_s=start_s,
        step_s=step_s,
        flags=tuple(signals),
        ratio=tuple(ratios),
        states=tuple(all_states),
        native=tuple(native),
        young=young,
    )


def _smooth(states: States, grid: _Grid, tuning: FusionTuning, kept: NDArray[np.bool_]) -> States:
    return smoothed(
        states,
        bridge_bins=tuning.bridge_s / grid.step_s,
        restoration_bins=tuning.least_restoration_s / grid.step_s,
        dark_bins=tuning.least_dark_s / grid.step_s,
        kept=kept,
    )


def _fallen(grid: _Grid, group: Sequence[StateRun]) -> list[int]:
    """Name the signals that were dark in most of the dark time they covered."""
    inside = np.concatenate([np.arange(run.first, run.past) for run in group])
    shares = []
    for flags, states in zip(grid.flags, grid.states, strict=True):
        seen = states[inside][states[inside] != UNSEEN]
        opens = flags.signal != TELESCOPE
        shares.append((float((seen == DARK).mean()) if len(seen) else 0.0, opens))
    seen_by = [at for at, (share, _) in enumerate(shares) if share >= 0.5]
    if not any(shares[at][1] for at in seen_by):
        # They took turns: the one that was dark longest stands for it.
        seen_by.append(max(range(len(shares)), key=lambda at: (shares[at][1], shares[at][0])))
    return sorted(seen_by)


def _most_direct(grid: _Grid, seen: Sequence[int], near: slice) -> States:
    """Let the most direct signal that saw it decide each bin, the others where it was blind."""
    states = np.full_like(grid.states[0][near], UNSEEN)
    for at in seen:
        if grid.flags[at].signal != TELESCOPE:
            states = np.where(states == UNSEEN, grid.states[at][near], states)
    return states


def _describe(
    grid: _Grid,
    seen: Sequence[int],
    between: States,
    dark: Sequence[StateRun],
    tuning: FusionTuning,
) -> Fused:
    """Describe an outage; `between` are the states from its first dark bin to its last."""
    inside = np.concatenate([np.arange(run.first, run.past) for run in dark])
    dark_windows = tuple(grid.window(run) for run in dark)
    least = tuning.least_restoration_s / grid.step_s - 1e-9
    restorations = tuple(
        grid.window(StateRun(LIGHT, dark[0].first + run.first, dark[0].first + run.past))
        for run in runs(between)
        if run.state == LIGHT and run.past - run.first >= least
    )
    witnesses = [
        _witness(grid, at, inside, dark_windows[0] if at in seen else None, tuning)
        for at in range(len(grid.flags))
    ]
    seen_by = tuple(witnesses[at] for at in seen)
    onsets = [
        witness.onset
        for witness in seen_by
        if witness.onset is not None and witness.signal != TELESCOPE
    ] or [Window(start_s=dark_windows[0].start_s - grid.step_s, end_s=dark_windows[0].start_s)]
    over = light_after([grid.states[at] for at in seen], dark[-1].past)
    slopes = slopes_s([grid.flags[at] for at in seen], dark_windows)
    return Fused(
        subject=grid.flags[0].subject,
        onset=common(onsets),
        end_s=dark_windows[-1].end_s if over else None,
        dark_windows=dark_windows,
        restorations=restorations,
        depth_share=_depth(grid, [at for at in seen if grid.flags[at].signal != TELESCOPE],
                           inside, NATIONAL_DEPTH_SHARE),
        seen_by=seen_by,
        not_seen_by=tuple(w for at, w in enumerate(witnesses) if at not in seen),
        seen_until_s=grid.start_s + len(grid.states[0]) * grid.step_s,
        depth_told=any(witness.remaining_share is not None for witness in seen_by),
        edge_step_s=grid.flags[seen[0]].step_s,
        fall_s=slopes[0],
        return_s=slopes[1],
    )  # fmt: skip


def _witness(
    grid: _Grid, at: int, inside: NDArray[np.int64], first: Window | None, tuning: FusionTuning
) -> Witness:
    """Return what a signal saw; `first` is the first dark window where it saw the outage."""
    ratio = grid.ratio[at][inside]
    known = ratio[np.isfinite(ratio)]
    covered = np.isfinite(ratio) | (grid.states[at][inside] == DARK)
    traffic = grid.flags[at].signal == TRAFFIC
    began_share = tuning.began_traffic_share if traffic else tuning.began_depth_share
    return Witness(
        signal=grid.flags[at].signal,
        covered_share=float(covered.mean()),
        remaining_share=float(np.median(known)) if len(known) else None,
        onset=None if first is None else onset(grid.flags[at], grid.native[at], first, began_share),
        made_by=grid.flags[at].made_by,
        source=grid.flags[at].source,
        quantity=grid.flags[at].quantity,
    )


def _depth(
    grid: _Grid, seen: Sequence[int], inside: NDArray[np.int64], least_share: float
) -> Interval:
    levels = []
    for at in seen:
        ratio = grid.ratio[at][inside]
        dark = ratio[np.isfinite(ratio)]
        if len(dark):
            levels.append(np.quantile(dark, (0.05, 0.5, 0.95)))
    if not levels:
        levels = [np.quantile([0.0, 1.0 - least_share], (0.0, 0.5, 1.0))]
    low, median, high = np.min(levels, 0)[0], np.mean(levels, 0)[1], np.max(levels, 0)[2]
    depth = np.clip([1.0 - high, 1.0 - median, 1.0 - low], 0.0, 1.0)
    return Interval(median=float(depth[1]), low=float(depth[0]), high=float(depth[2]), level=0.9)
