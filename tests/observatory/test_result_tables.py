"""Results in a notebook: one line each, a table in three forms, times in many spellings."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from hashquake.core.errors import UsageError
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.asked import Moment, moment_s
from hashquake.serve.outages.table import outage_bytes
from hashquake.serve.quake_table import quake_bytes

Question = Callable[[Observatory], Any]
TABLES: dict[str, Question] = {
    "earnings": lambda o: o.earnings("2022-01-05", "2022-01-10"),
    "exposure": lambda o: o.exposure("KZ"),
    "energy": lambda o: o.energy("KZ", "2022-01-05"),
    "halvings": lambda o: o.halvings(),
    "map": lambda o: o.map("2022-01-05"),
    "outages": lambda o: o.outages("Kazakhstan"),
    "outage_opinions": lambda o: o.outage_opinions(),
    "pools": lambda o: o.pools("2022-01-06"),
    "quake_opinions": lambda o: o.quake_opinions(),
    "quakes": lambda o: o.quakes(),
    "rate": lambda o: o.rate("2022-01-05"),
    "rates": lambda o: o.rates("2022-01-05", "2022-01-10"),
}
STORY = "The Bitcoin network lost 12 % of its hash rate on 5 January 2022."
SINGLES: dict[str, Question] = {
    "check": lambda o: o.check(STORY, published="2022-01-06"),
    "country": lambda o: o.map("2022-01-05").rows[0],
    "exposed pool": lambda o: o.exposure("KZ").rows[0],
    "verdict": lambda o: o.check(STORY, published="2022-01-06").verdicts[0],
    "forecast": lambda o: o.forecast("2022-01-05"),
    "outage": lambda o: o.outages("KZ")[0],
    "quake": lambda o: o.quakes()[0],
    "report": lambda o: o.report("kazakhstan-2022"),
}


@pytest.fixture(scope="module")
def bundled() -> Observatory:
    return open_observatory("bundled")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_goes_to_polars_pandas_and_a_notebook(bundled: Observatory, name: str) -> None:
    pytest.importorskip("pandas")
    found = TABLES[name](bundled)
    frame = found.to_polars()
    assert isinstance(frame, pl.DataFrame)
    assert frame.height > 0
    assert len(found.to_pandas()) == frame.height
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize("name", [*TABLES, *SINGLES])
def test_what_a_result_prints_is_short_and_rounded(bundled: Observatory, name: str) -> None:
    found = (TABLES | SINGLES)[name](bundled)
    each = [found] if name in SINGLES or not isinstance(found, tuple) else [found[0]]
    for one in each:
        text = repr(one)
        assert text.startswith("<")
        assert text.endswith(">")
        assert len(text) < 200
        assert not any(len(word.strip("[],;>")) > 22 for word in text.split()), text


def test_a_report_prints_what_it_found(bundled: Observatory) -> None:
    text = repr(bundled.report("kazakhstan-2022"))
    assert "kazakhstan-2022" in text
    assert "finding none" in text
    assert "663 blocks of 679 expected" in text


def test_the_table_of_opinions_is_what_the_command_exports(bundled: Observatory) -> None:
    quakes, outages = bundled.quakes(), bundled.outages()
    assert quakes.to_polars().write_csv().encode() == quake_bytes(quakes, ".csv")
    assert outages.to_polars().write_csv().encode() == outage_bytes(outages, ".csv")
    assert len(json.loads(quake_bytes(quakes, ".json"))) == len(quakes)


@pytest.mark.parametrize(
    "moment",
    [
        "2022-01-05",
        "2022-01-05T01:00+01:00",
        date(2022, 1, 5),
        datetime(2022, 1, 5, tzinfo=UTC),
        np.datetime64("2022-01-05"),
        np.datetime64("2022-01-05T00:00:00.000000000"),
        np.int64(1641340800),
        1641340800,
    ],
)
def test_a_moment_may_be_written_in_many_ways(moment: Moment) -> None:
    assert moment_s(moment) == 1641340800.0


@pytest.mark.parametrize("moment", [True, np.datetime64("NaT"), float("nan"), None, [], "now"])
def test_what_cannot_be_a_moment_is_refused(moment: Any) -> None:
    with pytest.raises(UsageError, match="is not a"):
        moment_s(moment)
