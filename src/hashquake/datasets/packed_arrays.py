"""Bundled columns of numbers: one compressed NumPy archive a table, read without a table library.

A table library takes longer to load than these tables take to read, and every question reads one.
"""

import zipfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def packed_arrays(name: str) -> dict[str, NDArray[Any]]:
    """Read a bundled archive.

    Parameters
    ----------
    name : str
        A file of this folder, such as ``prices.npz``.

    Returns
    -------
    dict of str to array
        The columns by name.
    """
    # Only arrays of numbers and text are ever packed, so nothing in the file can run.
    with (
        (resources.files("hashquake.datasets") / name).open("rb") as file,
        np.load(file, allow_pickle=False) as archive,
    ):
        return {column: archive[column] for column in archive.files}


def pack_arrays(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write columns as a bundled archive; equal columns give equal bytes.

    Parameters
    ----------
    path : Path
        Where to.
    columns : mapping of str to array
        Whole numbers are written in the smallest type that holds them.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, column in columns.items():
            # A fixed date: the archive must not change when its columns do not.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, _smallest(column), allow_pickle=False)


def _smallest(column: NDArray[Any]) -> NDArray[Any]:
    if column.dtype.kind not in "iu" or not len(column):
        return column
    kinds = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32)
    low, high = int(column.min()), int(column.max())
    for kind in kinds:
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return column.astype(kind)
    return column
