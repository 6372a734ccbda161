"""Results as tables of a notebook."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_ROWS = 20


def html_table(frame: "pl.DataFrame") -> str:
    """Return a table as HTML: rounded, the first rows of a long one.

    Parameters
    ----------
    frame : polars.DataFrame
        Text in it is escaped.
    """
    import polars as pl

    with pl.Config(tbl_rows=_ROWS, float_precision=4, tbl_cols=-1):
        return frame._repr_html_()


def rounded(value: float) -> str:
    """Return a number with three digits, as ``1.72e+20``.

    Parameters
    ----------
    value : float
        Any number.
    """
    return f"{value:.3g}"
