"""Series of hash rates: each step is the exact rate of its window, and a gap is a gap."""

import importlib.util
import math
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import hashquake as hq
from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import open_observatory, rate_series


@pytest.fixture(scope="module")
def observatory() -> Any:
    with open_observatory("bundled") as opened:
        yield opened


def test_each_step_and_mean_is_the_exact_rate_of_its_window(observatory: hq.Observatory) -> None:
    series = observatory.rates("2022-01-01", "2022-01-04")
    assert len(series) == 3
    day = observatory.rate("2022-01-02", subjects=("network",))[0].hashrate.interval(0.9)
    assert series.steps.median_hps[1] == day.median
    assert (series.steps.low_hps[1], series.steps.high_hps[1]) == (day.low, day.high)
    week = observatory.rate("2021-12-27", "2022-01-03", subjects=("network",))[0].hashrate
    assert series.means[7].median_hps[1] == week.interval(0.9).median
    assert series.means[90].low_hps[0] > series.means[7].low_hps[0] * 0.5


def test_a_series_is_a_table_in_polars_pandas_and_a_notebook(observatory: hq.Observatory) -> None:
    series = observatory.rates("2022-01-01", "2022-01-03", subject="pool:f2pool")
    frame = series.to_polars()
    assert frame.columns[:4] == ["time", "median_hps", "low_hps", "high_hps"]
    assert "mean_30d_median_hps" in frame.columns
    assert list(series.to_pandas().index) == frame["time"].to_list()
    assert "<table" in series._repr_html_()
    assert "pool:f2pool" in repr(series)


def test_a_series_can_be_plotted(observatory: hq.Observatory) -> None:
    series = observatory.rates("2022-01-01", "2022-01-11")
    figure = Figure()
    axes = series.plot(figure.add_subplot())
    line, *means = axes.get_lines()
    assert np.asarray(line.get_ydata()).tolist() == series.steps.median_hps.tolist()
    assert len(means) == len(series.means)
    (band,) = axes.collections
    height = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert (height.min(), height.max()) == (
        series.steps.low_hps.min(),
        series.steps.high_hps.max(),
    )
    figure.savefig(BytesIO(), format="svg")
    assert any(label.get_text().endswith("EH/s") for label in axes.get_yticklabels())


def test_a_series_is_plotted_in_a_figure_of_its_own(observatory: hq.Observatory) -> None:
    axes = observatory.rates("2020-12-30", "2021-01-05").plot()
    assert np.isnan(np.asarray(axes.get_lines()[0].get_ydata(), float)).sum() == 4  # gaps stay
    plt.close("all")


def test_what_was_not_observed_is_a_gap(observatory: hq.Observatory) -> None:
    series = observatory.rates("2020-12-30", "2021-01-05")
    assert [math.isnan(one) for one in series.steps.median_hps] == [True] * 4 + [False] * 2
    assert all(math.isnan(one) for one in series.means[7].median_hps)
    assert series.to_polars()["median_hps"].null_count() == 4
    with pytest.raises(NoCoverage):
        observatory.rates("2019-01-01", "2019-01-05")


@pytest.mark.parametrize("step_s", [0.0, -5.0, 60.0, 1e9, math.nan, math.inf])
def test_a_step_that_does_not_fit_is_refused(observatory: hq.Observatory, step_s: float) -> None:
    with pytest.raises(HashquakeError) as caught:
        observatory.rates("2022-01-01", "2022-01-03", step_s=step_s)
    assert caught.value.code == "step-range"


def test_a_hole_in_the_middle_is_a_hole(tmp_path: Any) -> None:
    blocks = bundled_blocks().take(slice(2_016 * 3, 2_016 * 3 + 400))
    with open_observatory(str(tmp_path / "part.db"), create=True) as made:
        made.feed(Batch(blocks=blocks), source="test")
        start_s = float(blocks.header_s[0]) - 86_400
        series = made.rates(start_s, start_s + 2 * 86_400, step_s=21_600.0)
    assert math.isnan(series.steps.median_hps[0])
    assert not math.isnan(series.steps.median_hps[-1])


def test_times_are_text_and_events_have_names(observatory: hq.Observatory) -> None:
    day = observatory.rate("2022-01-05")
    assert day == observatory.rate("2022-01-05", "2022-01-06")
    moment = observatory.rate("2022-01-06T12:15Z", subjects=("network",))[0].hashrate.window
    assert moment.duration_s == 86_400
    with pytest.raises(HashquakeError, match="ISO 8601"):
        observatory.rate("yesterday")
    with pytest.raises(HashquakeError) as caught:
        observatory.report("kazakstan-2022")
    assert "kazakhstan-2022" in caught.value.hint
    assert "H/s" in repr(day[0])
    assert "<table" in day._repr_html_()


def test_events_are_listed_and_the_record_is_that_of_the_command_line(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)
    events = hq.events()
    assert "kazakhstan-2022" in repr(events)
    assert events.to_polars().height == len(events)
    assert "<table" in events._repr_html_()
    with hq.open() as observatory:
        assert observatory.record.read_only  # the bundled one, while there is no other
    monkeypatch.setenv("HASHQUAKE_DB", str(tmp_path / "own.db"))
    with hq.open(create=True) as observatory:
        assert observatory.record.tip() is None


def test_a_plot_without_matplotlib_names_the_extra_that_brings_it(
    observatory: hq.Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(name: str, *_rest: Any) -> Any:
        return None if name == "matplotlib" else importlib.util.find_spec(name)

    monkeypatch.setattr(rate_series, "find_spec", found)
    with pytest.raises(HashquakeError, match="matplotlib") as caught:
        observatory.rates("2020-12-30", "2021-01-05").plot()
    assert caught.value.code == "charts-missing"
    assert "hashquake[charts]" in caught.value.hint
