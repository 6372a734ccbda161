"""Time within each series of readings: forwards, without overlap, nothing twice."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import FormatError
from hashquake.core.times import format_time
from hashquake.core.window import Window

_MAX_S = 1 << 33


class SeriesOrder:
    """Follow many series through a table, whatever the order in which they stand in it.

    Parameters
    ----------
    path : str
        The file, for messages.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._last: dict[Any, tuple[float, float, int]] = {}

    def check(
        self,
        series: list[tuple[str, str]],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
        first_row: int,
    ) -> None:
        """Check the next rows.

        Parameters
        ----------
        series : list of (subject, quantity), n long
            Which series a row belongs to.
        start_s, end_s : array of float64, shape (n,)
            UTC Unix seconds.
        first_row : int
            The row of the first, counted from 1.

        Raises
        ------
        FormatError
            ``time-malformed`` for a time no instrument can mean; ``window-reversed`` when a
            row's end is not after its start; ``reading-twice``, ``readings-overlap`` or
            ``time-backwards`` with both rows.
        """
        rows = zip(series, start_s.tolist(), end_s.tolist(), strict=True)
        for row, (key, start, end) in enumerate(rows, first_row):
            if not (0 <= start < _MAX_S and end < _MAX_S):  # NaN fails, too
                raise FormatError(
                    f"row {row} of {self._path} lies outside the years 1970 to 2242",
                    code="time-malformed",
                    hint="check the times and the step",
                )
            if not start < end:
                raise FormatError(
                    f"row {row} of {self._path} ends at {format_time(end)}, not after its start "
                    f"at {format_time(start)}",
                    code="window-reversed",
                )
            before = self._last.get(key)
            if before is not None and start < before[1]:
                raise self._fault(key, row, Window(start_s=start, end_s=end), before)
            self._last[key] = (start, end, row)

    def _fault(
        self, key: tuple[str, str], row: int, window: Window, before: tuple[float, float, int]
    ) -> FormatError:
        earlier = Window(start_s=before[0], end_s=before[1])
        if window == earlier:
            code, problem = "reading-twice", f"give {key[1]} of {key[0]} from {window} twice"
            hint = "keep one row for each window of a series"
        else:
            backwards = window.start_s < earlier.start_s
            code = "time-backwards" if backwards else "readings-overlap"
            verb = "run backwards" if backwards else "overlap"
            problem = f"{verb} in {key[1]} of {key[0]}: {earlier}, then {window}"
            hint = "sort the table by time" if backwards else "is the step the time between values?"
        return FormatError(
            f"rows {before[2]} and {row} of {self._path} {problem}", code=code, hint=hint
        )
