"""The bits of blocks that come without: from a list of epochs, or from the retarget rule."""

import csv
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import EPOCH_BLOCKS, bits_of_target, next_bits
from hashquake.core.errors import FormatError, InputError
from hashquake.core.network import Network
from hashquake.core.regular_file import read_regular
from hashquake.sources.tables._table_values import bits_of_cell

_HEADER = ["start_height", "bits"]


class EpochBits:
    """Follow a chain in height order and know each epoch's bits.

    Known from the start are the epochs listed and the first of the chain. The bits of any other
    follow from the epoch before it, where the first and last header time of that one were seen.

    Parameters
    ----------
    network : Network
        Whose rule holds; on the test networks single blocks break it, so only listed bits would
        be guesses there and are not used.
    listed : dict
        Start height of an epoch to its bits.
    """

    def __init__(self, network: Network, listed: dict[int, int]) -> None:
        easiest = bits_of_target(network.pow_limit)
        self._network = network
        self._constant = easiest if network.rpc_name == "regtest" else None
        self._bits = {0: easiest} | listed if network.retargets else {}
        self._first_s: dict[int, int] = {}
        self._last_s: dict[int, int] = {}

    def observe(self, height: NDArray[np.int64], header_s: NDArray[np.int64]) -> None:
        """Take the next main-chain blocks into account.

        Parameters
        ----------
        height, header_s : array of int64, shape (n,)
            In height order.

        Raises
        ------
        InputError
            ``bits-missing`` at the first block whose bits cannot be known.
        """
        if self._constant is not None:
            return
        for edge, seen in ((0, self._first_s), (EPOCH_BLOCKS - 1, self._last_s)):
            for at in np.flatnonzero(height % EPOCH_BLOCKS == edge).tolist():
                seen[int(height[at]) - edge] = int(header_s[at])
        for start in np.unique(height - height % EPOCH_BLOCKS).tolist():
            if start not in self._bits:
                first = int(height[height >= start][0])
                self._bits[start] = self._derived(start, first)

    def of(self, height: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return the bits of blocks whose epochs were observed.

        Parameters
        ----------
        height : array of int64, shape (n,)
            From 0.

        Raises
        ------
        InputError
            ``bits-missing``, for a stale block in an epoch without main-chain blocks.
        """
        if self._constant is not None:
            return np.full(len(height), self._constant, np.uint32)
        starts, where = np.unique(height - height % EPOCH_BLOCKS, return_inverse=True)
        for start in starts.tolist():
            if start not in self._bits:
                raise self._missing(int(height[height >= start][0]))
        return np.array([self._bits[start] for start in starts.tolist()], np.uint32)[where]

    def _derived(self, start: int, first_height: int) -> int:
        before = start - EPOCH_BLOCKS
        if not (before in self._bits and before in self._first_s and before in self._last_s):
            raise self._missing(first_height)
        return next_bits(
            self._bits[before],
            timespan_s=self._last_s[before] - self._first_s[before],
            pow_limit=self._network.pow_limit,
        )

    def _missing(self, height: int) -> InputError:
        return InputError(
            f"the bits of block {height} are neither in the table nor follow from it",
            code="bits-missing",
            hint="name a column with --map bits=COLUMN, or list the epochs in a CSV file "
            "start_height,bits and add --epochs FILE"
            if self._network.retargets
            else "name a column with --map bits=COLUMN",
        )


def read_epochs(path: Path) -> dict[int, int]:
    """Read a CSV file ``start_height,bits``, bits as numbers or in hexadecimal.

    Parameters
    ----------
    path : Path
        The CSV file.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        ``epochs-malformed`` with the line at fault.
    """
    try:
        text = read_regular(path).decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", code="file-missing") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", code="file-unreadable"
        ) from None
    except (UnicodeDecodeError, csv.Error):
        raise FormatError(f"{path} is not CSV text", code="epochs-malformed") from None
    if not rows or not set(_HEADER) <= set(rows[0]):
        raise FormatError(
            f"{path} does not begin with the line start_height,bits", code="epochs-malformed"
        )
    height_at, bits_at = (rows[0].index(name) for name in _HEADER)
    listed: dict[int, int] = {}
    for line, row in enumerate(rows[1:], 2):
        if not row:
            continue
        try:
            start, bits = int(row[height_at]), bits_of_cell(row[bits_at])
        except (ValueError, IndexError, FormatError):
            start, bits = -1, 0
        if start < 0 or start % EPOCH_BLOCKS:
            raise FormatError(
                f"line {line} of {path} does not describe an epoch: {','.join(row)[:60]!r}",
                code="epochs-malformed",
                hint="a start height is a multiple of 2016, bits look like 170b8c8b",
            )
        listed[start] = bits
    return listed
