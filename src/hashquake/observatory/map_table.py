"""A mining map as a table for analysts, in polars or pandas."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from hashquake.core.interval import QUANTILE_LEVELS
from hashquake.core.pandas_table import in_pandas
from hashquake.explain.mining_table import MapTable
from hashquake.observatory.notebook import html_table
from hashquake.observatory.tables import quantile_columns

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryMap(MapTable):
    """A mining map that is also a table; its fields are those of `MapTable`."""

    @classmethod
    def of(cls, table: MapTable) -> Self:
        """Return the same map with its table.

        Parameters
        ----------
        table : MapTable
            From `hashquake.observatory.geography.mining_map`.
        """
        return cls(**{one.name: getattr(table, one.name) for one in fields(MapTable)})

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a country, with the seven quantiles of each figure.

        Returns
        -------
        polars.DataFrame
            Columns ``country, rank, published_share``, ``share_q50`` and so on,
            ``hashrate_hps_q50`` and so on, ``power_mw_q50`` and so on, ``flags``; null where a
            figure is not known.
        """
        import polars as pl

        empty = [None] * len(QUANTILE_LEVELS)
        rows = []
        for one in self.rows:
            row: dict[str, Any] = {
                "country": one.country,
                "rank": one.rank,
                "published_share": one.published_share,
            }
            for name in ("share", "hashrate_hps", "power_mw"):
                quantiles = getattr(one, name)
                row.update(quantile_columns(name, empty if quantiles is None else quantiles.values))
            rows.append(row | {"flags": list(one.flags)})
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the same table in pandas.

        Raises
        ------
        HashquakeError
            ``pandas-missing`` when pandas is not installed.
        """
        return in_pandas(self.to_polars())

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        return html_table(self.to_polars())
