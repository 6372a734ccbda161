"""The price of a report: its document, and a chart that draws no line over a gap."""

import json

import numpy as np
import pytest
from tests.explain.test_price import EVENT, confounder, walk

from hashquake.core.candles import Candles
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.explain.price import price_study
from hashquake.serve.report.chart_price import _unbroken, price_charts
from hashquake.serve.report.price_shape import price_shape


def test_the_document_has_the_keys_of_the_contract() -> None:
    found = price_shape(price_study(walk(1), EVENT, [confounder(14)]), source="made")
    assert json.loads(json.dumps(found)) == found
    assert found["verdict"] == "not shown"
    assert found["whole"]["window"] == {"start_s": EVENT.start_s, "end_s": EVENT.end_s}
    for part in (found["whole"], found["clean"], *found["confounded"]):
        interval = part["abnormal_share"]
        assert interval["low"] <= interval["median"] <= interval["high"]
        assert 0 < part["p_value"] <= 1
        assert 0 < part["fall_seen_share"] < 1
    assert found["confounders"][0]["source"] == "https://example.com"


@pytest.mark.parametrize(
    ("fall", "verdict"), [(-0.15, "shown"), (0.2, "contradicted"), (0.0, "not shown")]
)
def test_every_call_has_its_word(fall: float, verdict: str) -> None:
    study = price_study(walk(1, fall=fall), EVENT)
    assert price_shape(study, source="made")["verdict"] == verdict


def test_charts_are_drawn_wide_and_narrow_and_name_confounders_by_letters() -> None:
    candles = walk(1)
    wide, narrow = price_charts(candles, price_study(candles, EVENT, [confounder(14)]))
    assert 'class="chart wide"' in wide
    assert 'class="chart narrow"' in narrow
    assert "a  14:00" in wide
    assert "before a" in narrow
    assert wide == price_charts(candles, price_study(candles, EVENT, [confounder(14)]))[0]


def test_no_line_is_drawn_over_a_gap() -> None:
    candles = walk(1).between(Window(start_s=EVENT.start_s, end_s=EVENT.start_s + 9 * HOUR_S))
    kept = np.arange(9) != 4
    columns = ("start_s", "open_usd", "high_usd", "low_usd", "close_usd", "volume_btc")
    holed = Candles(step_s=HOUR_S, **{name: getattr(candles, name)[kept] for name in columns})
    assert _unbroken(holed) == [slice(0, 4), slice(4, 8)]


def test_nothing_known_is_no_chart() -> None:
    candles = walk(1)
    study = price_study(candles, EVENT)
    empty = candles.between(Window(start_s=0.0, end_s=1.0))
    assert price_charts(empty, study) == ()
