"""Published forecasts of difficulty written down by hand: TOML, one ``[[forecasts]]`` each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hashquake.datasets.toml_fields import (
    fail,
    refuse_lacking,
    refuse_strangers,
    text_of,
    time_s_of,
)
from hashquake.datasets.toml_rows import toml_rows

_KEYS = {"forecaster", "issued", "change_share", "ratio", "url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedForecast:
    """A forecast of the next retarget as somebody published it.

    Parameters
    ----------
    forecaster : str
        Who.
    issued_s : float
        When, UTC Unix seconds.
    ratio : float
        Next difficulty over the present one.
    """

    forecaster: str
    issued_s: float
    ratio: float


def read_forecasts(text: str, *, name: str) -> tuple[PublishedForecast, ...]:
    """Read a file of published forecasts.

    Parameters
    ----------
    text : str
        TOML with ``[[forecasts]]``: ``forecaster``, ``issued``, and ``change_share`` or ``ratio``.
    name : str
        Of the file, for errors.

    Raises
    ------
    FormatError
        ``forecasts-malformed``, saying what is wrong.
    """
    return toml_rows(text, "forecasts", _forecast, name=name)


def _forecast(row: Mapping[str, Any]) -> PublishedForecast:
    refuse_strangers(row, _KEYS, "a forecast")
    refuse_lacking(row, ("forecaster", "issued"), "a forecast")
    if ("change_share" in row) == ("ratio" in row):
        fail("a forecast has a change_share or a ratio, one of them")
    ratio = float(str(row["ratio"])) if "ratio" in row else 1.0 + float(str(row["change_share"]))
    if not 0.25 <= ratio <= 4.0:
        fail(f"the protocol allows a ratio of 0.25 to 4, got {ratio:g}")
    return PublishedForecast(
        forecaster=text_of(row, "forecaster"), issued_s=time_s_of(row["issued"]), ratio=ratio
    )
