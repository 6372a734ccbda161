"""Results as pandas tables, for those who have pandas installed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from hashquake.core.errors import HashquakeError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def in_pandas(frame: "pl.DataFrame") -> "pd.DataFrame":
    """Return a polars table as a pandas one.

    Parameters
    ----------
    frame : polars.DataFrame
        Any table.

    Raises
    ------
    HashquakeError
        ``pandas-missing`` when pandas, or pyarrow on which the conversion rests, is not installed.
    """
    for name in ("pandas", "pyarrow"):
        if find_spec(name) is None:
            raise HashquakeError(
                f"{name} is not installed",
                code="pandas-missing",
                hint="pip install 'hashquake[pandas]', or use to_polars()",
            )
    return frame.to_pandas()
