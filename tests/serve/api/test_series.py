"""Series with fewer points: every peak and every gap stays, in order."""

from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.serve.api.csv_table import csv_bytes
from hashquake.serve.api.series import min_max


@given(
    values=st.lists(st.floats(1.0, 1e21) | st.none(), min_size=1, max_size=300),
    points=st.integers(2, 60),
)
def test_of_each_stretch_the_extremes_stay(values: list[float | None], points: int) -> None:
    medians = np.array(values, float)
    chosen, stretch = min_max(medians, points)
    assert len(chosen) <= points
    assert len(chosen) == 2 * -(-len(medians) // stretch)
    for at in range(0, len(chosen), 2):
        part = medians[at // 2 * stretch : (at // 2 + 1) * stretch]
        kept = chosen[at : at + 2]
        if np.isnan(part).all():
            assert kept.tolist() == [-1, -1]
        else:
            assert kept[0] <= kept[1]
            assert sorted(medians[kept]) == [np.nanmin(part), np.nanmax(part)]


def test_a_thinned_series_keeps_the_deepest_fall(api: httpx.Client) -> None:
    query = "/rates?since=2021-05-01&until=2021-09-01&step=12h"
    whole: dict[str, Any] = api.get(query).json()
    thin: dict[str, Any] = api.get(f"{query}&points=20").json()
    assert len(thin["median_hps"]) == len(thin["at_s"]) <= 20
    assert min(thin["median_hps"]) == min(whole["median_hps"])
    assert max(thin["median_hps"]) == max(whole["median_hps"])
    assert thin["at_s"] == sorted(thin["at_s"])
    assert thin["thinned_from_step_s"] == whole["step_s"] == 43_200
    at = whole["median_hps"].index(min(whole["median_hps"]))
    place = thin["median_hps"].index(min(thin["median_hps"]))
    assert thin["low_hps"][place] == whole["low_hps"][at]
    assert thin["at_s"][place] == whole["start_s"] + at * whole["step_s"]
    assert api.get(f"{query}&points=1000").json() == whole


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx"])
def test_no_cell_is_run_by_a_spreadsheet(text: str) -> None:
    assert csv_bytes([{"name": text}]).decode() == f"name\r\n'{text}\r\n"


def test_nested_documents_become_flat_columns() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "share": {"low": 0.5, "high": float("inf")}, "seen_by": ["x", "y"], "n": -1},
        {"id": 'b,"', "share": None, "more": True, "parts": [{"x": 1}]},
    ]
    assert csv_bytes(rows).decode().splitlines() == [
        "id,share_low,share_high,seen_by,n,share,more",
        "a,0.5,,x y,-1,,",
        '"b,""",,,,,,true',
    ]
