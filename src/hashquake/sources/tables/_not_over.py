"""Rows of a table about time that is not over: left out, and said.

A value over a window that has not ended may still change, and one that has not begun was not
measured. What is left out can be read again when its time has passed.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import FormatError
from hashquake.core.times import format_time


class NotOver:
    """Finds the rows whose time is not over, and remembers the first.

    Parameters
    ----------
    path : str
        The table, for messages.
    now_s : float
        Our clock, UTC Unix seconds.
    """

    def __init__(self, path: str, now_s: float) -> None:
        self._path, self._now_s = path, now_s
        self._n_left_out, self._n_rows = 0, 0
        self._first = ""

    def is_over(
        self, start_s: NDArray[np.float64], end_s: NDArray[np.float64], rows: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return which rows may be kept.

        Parameters
        ----------
        start_s, end_s : array of float64, shape (n,)
            The rows' windows, UTC Unix seconds.
        rows : array of int64, shape (n,)
            Their numbers in the table, counted from 1.

        Returns
        -------
        array of bool, shape (n,)
            False where a window ends after now.
        """
        is_over = end_s <= self._now_s
        self._n_rows += len(rows)
        left_out = np.flatnonzero(~is_over)
        if len(left_out):
            if not self._n_left_out:
                at = left_out[0]
                self._first = f"row {int(rows[at])}, of {format_time(float(start_s[at]))}"
            self._n_left_out += len(left_out)
        return is_over

    def say(self, note: Callable[[str], None]) -> None:
        """Report how many rows were left out, if any.

        Parameters
        ----------
        note : callable
            Called with the line.

        Raises
        ------
        FormatError
            ``rows-ahead`` when none is left.
        """
        if not self._n_left_out:
            return
        clock = f"it is {format_time(self._now_s)} by this machine's clock"
        if self._n_left_out == self._n_rows:
            raise FormatError(
                f"no row of {self._path} is about time that is over: {clock}, the first is "
                f"{self._first}",
                code="rows-ahead",
                hint="check the column of times and its zone, and this machine's clock",
            )
        note(
            f"{self._path}: left out {self._n_left_out:,} of {self._n_rows:,} rows whose time is "
            f"not over ({clock}; the first is {self._first})"
        )
