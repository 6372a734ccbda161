"""Times in a table's cells, whatever way they are written, as whole UTC Unix seconds."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hashquake.core.errors import FormatError, UsageError
from hashquake.core.times import parse_time
from hashquake.sources.tables._table_cells import python_cells

_PER_S = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_MAX_S = 1 << 32  # header times have 32 bits
_MIN_MS = 100_000_000_000  # 1973; below, and at or above _MAX_S, a number is not a time
_NUMBER = r"^[+-]?\d+(\.\d*)?$"


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

    def seconds(self, cells: Any, first_row: int) -> NDArray[np.float64]:
        """Return the times of the next cells.

        Parameters
        ----------
        cells : pyarrow.Array, shape (n,)
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
        kind = cells.type
        if pa.types.is_timestamp(kind):
            self._agree("datetimes", first_row)
            return self._scaled(cells.cast(pa.int64()), _PER_S[kind.unit])
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            return self._numbers(cells, first_row)
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            numeric = pc.match_substring_regex(cells, _NUMBER)
            all_numeric = pc.all(numeric).as_py()
            if all_numeric:  # None, when every cell is empty, is neither
                return self._numbers(pc.cast(cells, pa.float64()), first_row)
            if pc.any(numeric).as_py():
                self._numbers(_where(numeric, cells), first_row)
                self._agree("ISO 8601 text", first_row + _first_true(pc.invert(numeric)))
            return self._text(cells, first_row)
        if pa.types.is_null(kind):
            return np.full(len(cells), np.nan)
        raise FormatError(
            f"column {self._name!r} of {self._path} holds {kind}, which is not a time",
            code="time-malformed",
            hint="give seconds, datetimes or ISO 8601 text",
        )

    def _numbers(self, cells: Any, first_row: int) -> NDArray[np.float64]:
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

    def _text(self, cells: Any, first_row: int) -> NDArray[np.float64]:
        if cells.null_count < len(cells):
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

    def _scaled(self, cells: Any, per_s: int) -> NDArray[np.float64]:
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


def _floats(cells: Any) -> NDArray[np.float64]:
    values = cells.cast(pa.float64(), safe=False)
    return np.asarray(values.to_numpy(zero_copy_only=False), np.float64)


def _where(mask: Any, cells: Any) -> Any:
    return pc.cast(pc.if_else(mask, cells, pa.scalar(None, cells.type)), pa.float64())


def _first_true(mask: Any) -> int:
    return int(pc.index(mask, pa.scalar(value=True)).as_py())
