"""Times in a table's cells, whatever way they are written, as whole UTC Unix seconds."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hashquake.core.errors import FormatError, UsageError
from hashquake.core.times import parse_time
from hashquake.sources.tables._table_cells import python_cells

_PER_S = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_MAX_S = 1 << 32  # header times have 32 bits
_MIN_MS = 100_000_000_000  # 1973; below, and at or above _MAX_S, a number is not a time
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]*)?$"


class TimeColumn:
    """Read one column of times batch by batch; its way of writing must not change.

    Numbers are seconds, or milliseconds when every value of the column says so. Datetimes and
    ISO 8601 text are UTC unless they carry a zone. A fraction of a second is cut from times and
    kept where `fractions` asks for it.

    Parameters
    ----------
    name, path : str
        The column and its file, for messages.
    fractions : bool
        Whether to keep fractions of a second.
    """

    def __init__(self, name: str, path: str, *, fractions: bool = False) -> None:
        self._name, self._path, self._fractions = name, path, fractions
        self._written: str | None = None
        self._written_row = 0

    def seconds(self, cells: pl.Series, first_row: int) -> NDArray[np.float64]:
        """Return the times of the next cells.

        Parameters
        ----------
        cells : polars.Series, shape (n,)
            The next batch of the column.
        first_row : int
            The row of its first cell, counted from 1.

        Returns
        -------
        array of float64, shape (n,)
            UTC Unix seconds; NaN for an empty cell.

        Raises
        ------
        FormatError
            ``time-units-mixed`` with the rows that disagree; ``time-malformed``.
        """
        kind = cells.dtype
        if isinstance(kind, pl.Datetime):
            self._agree("datetimes", first_row)
            return self._scaled(cells.to_physical(), _PER_S[kind.time_unit])
        if kind.is_numeric():
            return self._numbers(cells, first_row)
        if kind == pl.String:
            numeric = cells.str.contains(_NUMBER)
            if numeric.null_count() == len(cells) or not numeric.any():
                return self._text(cells, first_row)
            if numeric.all():  # of the cells that are not empty
                return self._numbers(cells.cast(pl.Float64), first_row)
            self._numbers(cells.set(~numeric, None).cast(pl.Float64), first_row)
            self._agree("ISO 8601 text", first_row + int((~numeric).arg_true()[0]))
            return self._text(cells, first_row)
        if kind == pl.Null:
            return np.full(len(cells), np.nan)
        raise FormatError(
            f"column {self._name!r} of {self._path} holds {str(kind)[:60]}, which is not a time",
            code="time-malformed",
            hint="give seconds, datetimes or ISO 8601 text",
        )

    def _numbers(self, cells: pl.Series, first_row: int) -> NDArray[np.float64]:
        values = _floats(cells)
        given = ~np.isnan(values)
        as_s = given & (values >= 0) & (values < _MAX_S)
        as_ms = given & (values >= _MIN_MS) & (values < _MAX_S * 1000.0)
        neither = given & ~as_s & ~as_ms
        if neither.any():
            at = int(np.flatnonzero(neither)[0])
            raise FormatError(
                f"row {first_row + at} of {self._path} has {values[at]:.15g} for a time",
                code="time-malformed",
                hint=f"column {self._name!r} must hold Unix seconds or milliseconds",
            )
        for unit, mask in (("seconds", as_s), ("milliseconds", as_ms)):
            if mask.any():
                self._agree(unit, first_row + int(np.flatnonzero(mask)[0]))
        return self._scaled(cells, 1000 if as_ms.any() else 1)

    def _text(self, cells: pl.Series, first_row: int) -> NDArray[np.float64]:
        if cells.null_count() < len(cells):
            self._agree("ISO 8601 text", first_row)
        times_s = np.full(len(cells), np.nan)
        for at, text in enumerate(python_cells(cells, self._path, first_row)):
            if text is None:
                continue
            try:
                times_s[at] = parse_time(text.strip().removesuffix(" UTC"))
            except (UsageError, OverflowError):
                raise FormatError(
                    f"row {first_row + at} of {self._path} has {text[:60]!r} for a time",
                    code="time-malformed",
                    hint=f"column {self._name!r} must hold times like 2022-01-05T10:45:00Z",
                ) from None
        return times_s

    def _scaled(self, cells: pl.Series, per_s: int) -> NDArray[np.float64]:
        times_s = _floats(cells) / per_s
        return times_s if self._fractions else np.floor(times_s)

    def _agree(self, written: str, row: int) -> None:
        if self._written is None:
            self._written, self._written_row = written, row
        elif self._written != written:
            raise FormatError(
                f"column {self._name!r} of {self._path} holds {self._written} in row "
                f"{self._written_row} and {written} in row {row}",
                code="time-units-mixed",
                hint="write all times of the column in one unit",
            )


def _floats(cells: pl.Series) -> NDArray[np.float64]:
    return np.asarray(cells.cast(pl.Float64).to_numpy(), np.float64)
