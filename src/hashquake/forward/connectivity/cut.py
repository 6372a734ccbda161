"""A cut: per network, connectivity falls, stays low and comes back, in each signal to its level."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.kernels import kernel
from hashquake.core.times import MINUTE_S
from hashquake.core.window import Window

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """One fall and return of some networks.

    Parameters
    ----------
    start_s, end_s : array of float, shape (networks,)
        When the fall begins and when the return begins; NaN for networks not touched.
    fall_s, rise_s : array of float, shape (networks,)
        How long fall and return take, in a straight line; zero is at once.
    remaining_share : array of float, shape (4, networks)
        What stays, by signal in the order of ``QUANTITIES``.

    Raises
    ------
    UsageError
        ``cut-times`` when a network would begin to return before it has fallen.
    """

    start_s: Floats
    end_s: Floats
    fall_s: Floats
    rise_s: Floats
    remaining_share: Floats

    def __post_init__(self) -> None:
        """Refuse a cut that ends before it is made."""
        if np.any(self.start_s + self.fall_s > self.end_s):
            raise UsageError(
                "a network of the cut returns before it has fallen",
                code="cut-times",
                hint="make the outage longer, or its spread or fall shorter",
            )


def impose(
    values: NDArray[np.float32], cut: Cut, *, row: int, start_s: float, step_s: float
) -> None:
    """Multiply values by the mean, over each step, of what a cut leaves.

    Parameters
    ----------
    values : array of float32, shape (networks, steps)
        Changed in place: the one working array of the simulator.
    cut : Cut
        What falls.
    row : int
        The signal, as an index of ``QUANTITIES``.
    start_s, step_s : float
        The grid of the values.
    """
    _impose(
        values,
        np.stack([cut.start_s, cut.end_s, cut.fall_s, cut.rise_s, cut.remaining_share[row]]),
        start_s,
        step_s,
    )


def national_share(
    cuts: tuple[Cut, ...], weights: Floats, *, row: int, window: Window
) -> NDArray[np.float64]:
    """Return what cuts leave of a country, minute by minute.

    Parameters
    ----------
    cuts : tuple of Cut
        Together; two that hold the same network multiply.
    weights : array of float, shape (networks,)
        Of the networks; their sum counts as 1.
    row : int
        The signal, as an index of ``QUANTITIES``.
    window : Window
        Where to look.

    Returns
    -------
    array of float, shape (minutes,)
        Means over minutes from the window's start.
    """
    minutes = int(np.ceil(window.duration_s / MINUTE_S))
    share = np.zeros(minutes)
    touched = ~np.all([np.isnan(cut.start_s) for cut in cuts], axis=0)
    for k in np.flatnonzero(touched):
        line = np.ones((1, minutes), np.float32)
        for cut in cuts:
            one = Cut(
                start_s=cut.start_s[k : k + 1],
                end_s=cut.end_s[k : k + 1],
                fall_s=cut.fall_s[k : k + 1],
                rise_s=cut.rise_s[k : k + 1],
                remaining_share=cut.remaining_share[:, k : k + 1],
            )
            impose(line, one, row=row, start_s=window.start_s, step_s=MINUTE_S)
        share += weights[k] * line[0]
    rest = weights[~touched].sum()
    return np.asarray((share + rest) / weights.sum(), np.float64)


def stretches(
    hold: NDArray[np.bool_], *, start_s: float, step_s: float = MINUTE_S
) -> tuple[Window, ...]:
    """Return the runs of steps in which something holds as windows.

    Parameters
    ----------
    hold : array of bool, shape (n,)
        Whether it holds in each step.
    start_s : float
        Start of the first step, UTC Unix seconds.
    step_s : float
        Length of a step, seconds.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hold, [False]]).astype(np.int8)))
    return tuple(
        Window(start_s=start_s + step_s * float(a), end_s=start_s + step_s * float(b))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    )


@kernel
def _area(time_s: float, length_s: float) -> float:
    """Integrate a ramp from 0 to 1 of a given length, from its foot to a time after it."""
    if time_s <= 0.0:
        return 0.0
    if time_s >= length_s:
        return time_s - 0.5 * length_s
    return 0.5 * time_s * time_s / length_s


@kernel
def _impose(values: NDArray[np.float32], shape: Floats, grid_s: float, step_s: float) -> None:
    steps = values.shape[1]
    for k in range(values.shape[0]):
        start, end, fall, rise, remaining = shape[:, k]
        if np.isnan(start):
            continue
        first = min(max((start - grid_s) / step_s, 0.0), float(steps))
        last = min(max((end + rise - grid_s) / step_s, 0.0), float(steps))
        for j in range(int(np.floor(first)), int(np.ceil(last))):
            a = grid_s + j * step_s
            b = a + step_s
            down = _area(b - start, fall) - _area(a - start, fall)
            back = _area(b - end, rise) - _area(a - end, rise)
            values[k, j] *= 1.0 - (1.0 - remaining) * min(max((down - back) / step_s, 0.0), 1.0)
