"""Work by place as logs of pools tell it: exact sums, the same whoever adds them in which order.

Work is counted in whole units of 2^-24 of a difficulty, in two limbs of 32 bits, so that no sum is
ever rounded. The workers of a pool are spread over a fixed number of groups by a hash of their
names: what it takes to know how far a share hangs on few workers has then the same size for ten
workers and for ten million.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import InputError

N_GROUPS = 1024
"""Groups of workers; a power of two."""
UNITS_PER_DIFFICULTY = 1 << 24
LARGEST_DIFFICULTY = float(1 << 38)
"""No pool asks so much of a share: above it a sum could overflow."""
N_COUNTRIES = 26 * 26
UNKNOWN, PRIVATE, RESERVED, UNREADABLE = range(N_COUNTRIES, N_COUNTRIES + 4)
"""Places are numbered: every pair of letters, then what has no country."""
HOSTING = 1024
"""Added to the number of a place where the address is a host's or a VPN's."""
_LIMB = np.int64((1 << 32) - 1)
_SPECIAL = {
    UNKNOWN: "unknown",
    PRIVATE: "private",
    RESERVED: "reserved",
    UNREADABLE: "unreadable",
}


def place_of_country(code: str) -> int:
    """Return the number of a country from its two letters.

    Parameters
    ----------
    code : str
        ISO 3166-1 alpha-2.

    Examples
    --------
    >>> place_name(place_of_country("KZ"))
    'KZ'
    """
    return (ord(code[0]) - 65) * 26 + ord(code[1]) - 65


def place_name(place: int) -> str:
    """Return the two letters of a place, or what it has instead of a country.

    Parameters
    ----------
    place : int
        From `place_of_country`, or one of the constants for addresses without a country.
    """
    place %= HOSTING
    return _SPECIAL.get(place) or chr(65 + place // 26) + chr(65 + place % 26)


class CellKey(NamedTuple):
    """What one cell is about: a pool, a month by its first second, a place's number.

    Parameters
    ----------
    pool : str
        Its slug.
    month_s : int
        The month's first second, UTC Unix seconds.
    place : int
        The place's number, see `place_of_country`.
    """

    pool: str
    month_s: int
    place: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell:
    """The rows of one pool, month and place.

    Parameters
    ----------
    n_rows : int
        Rows counted.
    first_s, last_s : float
        Times of the first and the last of them, UTC Unix seconds.
    high, low : array of int64, shape (1024,)
        Work by group of workers, ``high * 2^32 + low`` units, ``low`` under 2^32.
    """

    n_rows: int
    first_s: float
    last_s: float
    high: NDArray[np.int64]
    low: NDArray[np.int64]

    def __add__(self, other: "Cell") -> "Cell":
        """Add two cells exactly."""
        low = self.low + other.low
        return Cell(
            n_rows=self.n_rows + other.n_rows,
            first_s=min(self.first_s, other.first_s),
            last_s=max(self.last_s, other.last_s),
            high=self.high + other.high + (low >> 32),
            low=low & _LIMB,
        )

    def __eq__(self, other: object) -> bool:
        """Return whether two cells hold the very same sums."""
        return (
            isinstance(other, Cell)
            and (self.n_rows, self.first_s, self.last_s)
            == (other.n_rows, other.first_s, other.last_s)
            and np.array_equal(self.high, other.high)
            and np.array_equal(self.low, other.low)
        )

    def __hash__(self) -> int:
        """Hash what equal cells share."""
        return hash((self.n_rows, self.first_s, self.last_s))

    def difficulty(self) -> NDArray[np.float64]:
        """Return the work of each group in difficulty, rounded to a double once."""
        units = self.high.astype(np.float64) * float(1 << 32) + self.low
        return units / UNITS_PER_DIFFICULTY


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTally:
    """All that is kept of logs, however long they are.

    Parameters
    ----------
    cells : mapping of CellKey to Cell
        Only those with rows.
    n_outside : int
        Rows outside the time asked for.
    n_ahead : int
        Rows dated after our clock.
    weighted_by : {"difficulty", "rows"}
        ``rows`` where the log gives no difficulty, so that each row counts 1.
    """

    cells: Mapping[CellKey, Cell] = field(default_factory=dict)
    n_outside: int = 0
    n_ahead: int = 0
    weighted_by: str = "difficulty"

    @property
    def n_rows(self) -> int:
        """Rows counted."""
        return sum(cell.n_rows for cell in self.cells.values())

    @property
    def pools(self) -> tuple[str, ...]:
        """The pools, by name."""
        return tuple(sorted({key.pool for key in self.cells}))

    @property
    def months_s(self) -> tuple[int, ...]:
        """The first seconds of the months, in order."""
        return tuple(sorted({key.month_s for key in self.cells}))


def merge_tallies(tallies: Iterable[WorkTally]) -> WorkTally:
    """Add tallies; any order and any grouping give the same.

    Parameters
    ----------
    tallies : iterable of WorkTally
        Of one log or of several.

    Raises
    ------
    InputError
        ``weights-mixed`` when some count difficulty and some rows.
    """
    cells: dict[Any, Cell] = {}
    n_outside, n_ahead, weighted_by = 0, 0, ""
    for tally in tallies:
        if weighted_by and tally.weighted_by != weighted_by:
            raise InputError(
                "some of the logs state the difficulty of shares, others do not",
                code="weights-mixed",
                hint="make one map of each kind: work and rows cannot be added",
            )
        weighted_by = tally.weighted_by
        n_outside += tally.n_outside
        n_ahead += tally.n_ahead
        for key, cell in tally.cells.items():
            cells[key] = cells[key] + cell if key in cells else cell
    ordered = {key: cells[key] for key in sorted(cells)}
    return WorkTally(
        cells=ordered,
        n_outside=n_outside,
        n_ahead=n_ahead,
        weighted_by=weighted_by or "difficulty",
    )
