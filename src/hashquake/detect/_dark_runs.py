"""Dark, light and unseen bins of a grid, smoothed into runs."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UNSEEN, LIGHT, DARK = -1, 0, 1
States = NDArray[np.int8]


class StateRun(NamedTuple):
    """Bins ``first`` to ``past``, the end not included, in one state.

    Parameters
    ----------
    state : int
        Dark, light or not seen.
    first : int
        Its first bin.
    past : int
        The bin after its last.
    """

    state: int
    first: int
    past: int

    def moved(self, bins: int) -> "StateRun":
        """Return the run on a grid that begins so many bins earlier.

        Parameters
        ----------
        bins : int
            How many bins earlier.
        """
        return StateRun(self.state, self.first + bins, self.past + bins)


def runs(states: States) -> list[StateRun]:
    """Cut a grid into runs.

    Parameters
    ----------
    states : States, shape (n,)
        The state of each bin.
    """
    if not len(states):
        return []
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    return [StateRun(int(states[first]), first, past) for first, past in pairwise(edges)]


def smoothed(
    states: States,
    *,
    bridge_bins: float,
    restoration_bins: float,
    dark_bins: float,
    kept: NDArray[np.bool_],
) -> States:
    """Fill short interruptions of the dark, then drop what is dark only shortly.

    Parameters
    ----------
    states : array of int8, shape (n,)
        `UNSEEN`, `LIGHT` or `DARK`.
    bridge_bins : float
        Unseen stretches up to this length between dark ones count as dark.
    restoration_bins, dark_bins : float
        Light stretches between dark ones, and dark ones, shorter than this are dropped.
    kept : array of bool, shape (n,)
        Dark stretches with any of these bins stay, however short.
    """
    out = states.copy()
    for gap, state in ((bridge_bins, UNSEEN), (restoration_bins - 1e-9, LIGHT)):
        cut = runs(out)
        for before, run, after in zip(cut, cut[1:], cut[2:], strict=False):
            between = before.state == DARK and after.state == DARK
            if between and run.state == state and run.past - run.first <= gap:
                out[run.first : run.past] = DARK
    for run in runs(out):
        short = run.past - run.first < dark_bins - 1e-9
        if run.state == DARK and short and not kept[run.first : run.past].any():
            out[run.first : run.past] = LIGHT
    return out


def groups(states: States, *, join_bins: float) -> list[list[StateRun]]:
    """Gather dark runs that lie no further apart than `join_bins`.

    Parameters
    ----------
    states : States, shape (n,)
        The state of each bin.
    join_bins : float
        Longest stretch between two runs of a group, in bins.
    """
    gathered: list[list[StateRun]] = []
    for run in runs(states):
        if run.state != DARK:
            continue
        if gathered and run.first - gathered[-1][-1].past <= join_bins:
            gathered[-1].append(run)
        else:
            gathered.append([run])
    return gathered


def held_open(
    deep: NDArray[np.bool_], kept: NDArray[np.bool_], *, least_bins: float
) -> NDArray[np.bool_]:
    """Keep runs in which something was deep long enough: a level to open, a lower one to hold.

    Parameters
    ----------
    deep, kept : array of bool, shape (n,)
        Bins that may open a run, and those that may belong to one; the former are of the latter.
    least_bins : float
        Deep bins side by side that open a run.
    """
    out = np.zeros_like(kept)
    long = np.zeros_like(deep)
    for first, past in _stretches(deep):
        long[first:past] = past - first >= least_bins - 1e-9
    for first, past in _stretches(kept):
        out[first:past] = long[first:past].any()
    return out


def _stretches(hold: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hold, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
