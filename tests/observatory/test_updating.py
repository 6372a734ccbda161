"""An update asks each source from where the record ends; one that fails keeps none from asking."""

from typing import Any

import pytest

from hashquake.core.coverage import Coverage
from hashquake.core.errors import HashquakeError, SourceError
from hashquake.core.record import AppendResult
from hashquake.core.times import parse_time
from hashquake.observatory import IngestResult, open_observatory
from hashquake.observatory.updating import planned, updated

NOW_S = float(parse_time("2026-11-29"))


def test_the_plan_goes_on_where_the_record_ends() -> None:
    with open_observatory("bundled") as observatory:
        blocks, prices, connectivity = planned(observatory, {}, now_s=NOW_S)
    assert (blocks.source, blocks.options) == ("mempool_rest", {})
    assert "946,237" in blocks.asks
    assert "mempool.space" in blocks.asks
    assert prices.source == "price"
    assert {"US", "RU"} <= set(connectivity.options["country"].split(","))
    assert connectivity.options["since"] == "2026-10-30T00:00:00Z"


def test_the_node_of_the_settings_is_asked_instead_of_a_service() -> None:
    settings: dict[str, dict[str, Any]] = {
        "bitcoind_rpc": {"url": "http://node:8332"},
        "ioda": {"country": "KZ"},
        "price": {"exchange": "kraken"},
    }
    with open_observatory("bundled") as observatory:
        blocks, prices, connectivity = planned(observatory, settings, now_s=NOW_S)
    assert (blocks.source, "node:8332" in blocks.asks) == ("bitcoind_rpc", True)
    assert prices.options["exchange"] == "kraken"
    assert connectivity.options["country"] == "KZ"


def test_a_source_that_fails_keeps_no_other_from_being_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def ingest(source: str, _options: Any, *, progress: Any) -> IngestResult:
        del progress
        asked.append(source)
        if source == "mempool_rest":
            raise SourceError("no answer", code="service-unreachable")
        if source == "price":
            raise HashquakeError("needs ccxt", code="plugin-extra")
        return IngestResult(
            changes=AppendResult(),
            first_height=None,
            last_height=None,
            coverage=Coverage(),
            partial=False,
        )

    with open_observatory("bundled") as observatory:
        monkeypatch.setattr(observatory, "ingest", ingest)
        done = list(updated(observatory, planned(observatory, {}, now_s=NOW_S)))
    assert asked == ["mempool_rest", "price", "ioda"]
    assert [one.state for one in done] == ["down", "refused", "ok"]
    assert "[service-unreachable]" in done[0].because
