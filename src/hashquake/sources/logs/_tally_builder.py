"""Rows of logs into a tally, in memory that does not grow with the rows or the workers."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel
from hashquake.core.window import Window
from hashquake.core.work_tally import (
    HOSTING,
    N_GROUPS,
    UNITS_PER_DIFFICULTY,
    Cell,
    CellKey,
    WorkTally,
)
from hashquake.sources.logs._address_places import AddressPlaces
from hashquake.sources.logs._address_text import parse_addresses, text_buffers
from hashquake.sources.logs._work_log import LogPart, LogRows, read_log

Unit = Literal["account", "worker"]
_N_SLOTS = 2 * HOSTING
_FIRST_CELLS = 256
_FNV_BASIS = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_GROUP_SHIFT = np.uint64(64 - 10)  # the upper 10 bits of a hash name one of 1,024 groups


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyPlan:
    """How rows are to be counted.

    Parameters
    ----------
    places : AddressPlaces
        Where addresses are.
    window : Window or None
        Rows outside it are counted, not tallied.
    ahead_s : float
        Rows dated after it are counted, not tallied: our clock, UTC Unix seconds.
    unit : {"account", "worker"}
        What moves as one: all workers of an account (the name up to its first dot), or each.
    pool : str
        The pool of logs that name none.
    """

    places: AddressPlaces
    window: Window | None
    ahead_s: float
    unit: Unit
    pool: str


class TallyBuilder:
    """Counts rows by pool, month, place and group of workers.

    Parameters
    ----------
    plan : TallyPlan
        How.
    weighted_by : {"difficulty", "rows"}
        What the weight of a row is.
    """

    def __init__(self, plan: TallyPlan, *, weighted_by: str) -> None:
        self._plan, self._weighted_by = plan, weighted_by
        self._blocks: dict[tuple[str, int], int] = {}
        self._slots = np.full((0, _N_SLOTS), -1, np.int64)
        self._n_cells = 0
        self._n_outside = 0
        self._n_ahead = 0
        self._counts = np.zeros((0, 3), np.int64)  # rows, first and last second
        self._limbs = np.zeros((0, N_GROUPS, 2), np.int64)

    def add(self, rows: LogRows) -> None:
        """Count rows.

        Parameters
        ----------
        rows : LogRows
            Times, pools, addresses and work.
        """
        place = self._plan.places.locate(*parse_addresses(*text_buffers(rows.ip)))
        block = self._block_of_rows(rows)
        n_ahead = int((rows.time_s > self._plan.ahead_s).sum())
        self._n_ahead += n_ahead
        self._n_outside += int((block < 0).sum()) - n_ahead
        group = _groups(
            *text_buffers(rows.worker),
            rows.pool_code,
            np.array([_hash_of(name) for name in rows.pools], np.uint64),
            whole=self._plan.unit == "worker",
        )
        self._n_cells = _assign_cells(block, place, self._slots, self._n_cells)
        self._grow()
        # Rounded to a unit once, row by row: sums of whole numbers know no order.
        units = np.rint(rows.difficulty * UNITS_PER_DIFFICULTY).astype(np.int64)
        np.maximum(units, 1, out=units)
        keys = (block, place.astype(np.int64), group)
        _count(keys, rows.time_s, units, self._slots, self._counts, self._limbs)

    def tally(self) -> WorkTally:
        """Return what was counted."""
        cells: dict[CellKey, Cell] = {}
        for (pool, month_s), block in self._blocks.items():
            for place in np.flatnonzero(self._slots[block] >= 0).tolist():
                at = int(self._slots[block, place])
                n_rows, first_s, last_s = self._counts[at].tolist()
                cells[CellKey(pool, month_s, place)] = Cell(
                    n_rows=n_rows,
                    first_s=first_s,
                    last_s=last_s,
                    high=self._limbs[at, :, 0].copy(),
                    low=self._limbs[at, :, 1].copy(),
                )
        ordered = {key: cells[key] for key in sorted(cells)}
        return WorkTally(
            cells=ordered,
            n_outside=self._n_outside,
            n_ahead=self._n_ahead,
            weighted_by=self._weighted_by,
        )

    def _block_of_rows(self, rows: LogRows) -> NDArray[np.int64]:
        """Return the number of each row's pool and month, -1 outside the window."""
        month = rows.time_s.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
        first = int(month.min())
        n_months = int(month.max()) - first + 1
        pair = rows.pool_code * n_months + (month - first)
        inside = rows.time_s <= self._plan.ahead_s
        if self._plan.window is not None:
            window = self._plan.window
            inside &= (rows.time_s >= window.start_s) & (rows.time_s < window.end_s)
        number_of_pair = np.full(len(rows.pools) * n_months, -1, np.int64)
        present = np.bincount(pair[inside], minlength=len(number_of_pair))
        for code in np.flatnonzero(present).tolist():
            pool, offset = divmod(code, n_months)
            month_s = int(np.datetime64(first + offset, "M").astype("datetime64[s]").astype(int))
            number_of_pair[code] = self._blocks.setdefault(
                (rows.pools[pool], month_s), len(self._blocks)
            )
        if len(self._slots) < len(self._blocks):
            more = np.full((len(self._blocks), _N_SLOTS), -1, np.int64)
            more[: len(self._slots)] = self._slots
            self._slots = more
        return np.where(inside, number_of_pair[pair], -1)

    def _grow(self) -> None:
        if self._n_cells > len(self._counts):
            size = max(_FIRST_CELLS, self._n_cells + self._n_cells // 2)
            counts = np.zeros((size, 3), np.int64)
            counts[:, 1] = np.iinfo(np.int64).max
            limbs = np.zeros((size, N_GROUPS, 2), np.int64)
            counts[: len(self._counts)] = self._counts
            limbs[: len(self._limbs)] = self._limbs
            self._counts, self._limbs = counts, limbs


def tally_part(part: LogPart, plan: TallyPlan, progress: Any = None) -> WorkTally:
    """Count one part of a log; run here or on a cluster alike.

    Parameters
    ----------
    part : LogPart
        Which rows of which file.
    plan : TallyPlan
        What to count, and how.
    progress : object
        Called now and then with how far it is.
    """
    weighted_by = "difficulty" if "difficulty" in part.columns else "rows"
    builder = TallyBuilder(plan, weighted_by=weighted_by)
    for rows in read_log(part, pool=plan.pool):
        builder.add(rows)
        if progress is not None:
            progress(len(rows.time_s))
    return builder.tally()


def _hash_of(text: str) -> int:
    value = int(_FNV_BASIS)
    for byte in text.encode():
        value = (value ^ byte) * int(_FNV_PRIME) % (1 << 64)
    return value


@kernel(nogil=True)
def _groups(
    offsets: NDArray[np.int64],
    octets: NDArray[np.uint8],
    pool_code: NDArray[np.int64],
    pool_hash: NDArray[np.uint64],
    whole: bool,
) -> NDArray[np.int64]:
    """Hash pool and worker into a group: FNV-1a, then mixed so that its upper bits are even."""
    groups = np.empty(len(offsets) - 1, np.int64)
    for row in range(len(groups)):
        value = pool_hash[pool_code[row]] ^ np.uint64(0xFF)
        value *= _FNV_PRIME
        for at in range(offsets[row], offsets[row + 1]):
            if octets[at] == 46 and not whole:
                break
            value = (value ^ np.uint64(octets[at])) * _FNV_PRIME
        value ^= value >> np.uint64(33)
        value *= np.uint64(0xFF51AFD7ED558CCD)
        value ^= value >> np.uint64(33)
        value *= np.uint64(0xC4CEB9FE1A85EC53)
        value ^= value >> np.uint64(33)
        groups[row] = np.int64(value >> _GROUP_SHIFT)
    return groups


@kernel(nogil=True)
def _assign_cells(
    block: NDArray[np.int64],
    place: NDArray[np.int16],
    slots: NDArray[np.int64],
    n_cells: int,
) -> int:
    for row in range(len(block)):
        if block[row] >= 0 and slots[block[row], place[row]] < 0:
            slots[block[row], place[row]] = n_cells
            n_cells += 1
    return n_cells


@kernel(nogil=True)
def _count(
    keys: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    time_s: NDArray[np.int64],
    units: NDArray[np.int64],
    slots: NDArray[np.int64],
    counts: NDArray[np.int64],
    limbs: NDArray[np.int64],
) -> None:
    block, place, group = keys
    for row in range(len(block)):
        if block[row] < 0:
            continue
        cell = slots[block[row], place[row]]
        counts[cell, 0] += 1
        counts[cell, 1] = min(counts[cell, 1], time_s[row])
        counts[cell, 2] = max(counts[cell, 2], time_s[row])
        low = limbs[cell, group[row], 1] + (units[row] & 0xFFFFFFFF)
        limbs[cell, group[row], 1] = low & 0xFFFFFFFF
        limbs[cell, group[row], 0] += (units[row] >> 32) + (low >> 32)
