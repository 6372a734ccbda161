"""What every result that is also a table can do: pandas, polars, a notebook."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from hashquake.core.interval import QUANTILE_LEVELS, Quantiles
from hashquake.core.pandas_table import in_pandas

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_ROWS = 20


class ResultTable(ABC):
    """A result that is also a table."""

    __slots__ = ()

    @abstractmethod
    def to_polars(self) -> "pl.DataFrame":
        """Return the result as a table."""

    def to_pandas(self) -> "pd.DataFrame":
        """Return the same table in pandas.

        Raises
        ------
        HashquakeError
            ``pandas-missing`` when pandas is not installed.
        """
        return in_pandas(self.to_polars())

    def _repr_html_(self) -> str:
        """Return the table for a notebook: rounded, the first rows of a long one."""
        import polars as pl  # noqa: PLC0415  only who asks for tables loads them

        # Polars escapes the texts of a table: names of pools and places may be hostile.
        with pl.Config(tbl_rows=_ROWS, float_precision=4, tbl_cols=-1):
            return self.to_polars()._repr_html_()


def quantile_columns(quantiles: Quantiles | None, prefix: str = "") -> dict[str, float | None]:
    """Return quantiles by the names of their columns.

    Parameters
    ----------
    quantiles : Quantiles or None
        None fills the columns with None.
    prefix : str
        In front of each name.

    Examples
    --------
    >>> list(quantile_columns(None, "share_"))[:2]
    ['share_q2.5', 'share_q5']
    """
    values = [None] * len(QUANTILE_LEVELS) if quantiles is None else quantiles.values
    names = [f"{prefix}q{100 * level:g}" for level in QUANTILE_LEVELS]
    return dict(zip(names, values, strict=True))
